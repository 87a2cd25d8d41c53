"""Signs of programming languages: what their code shows, and how people name them.

`recognition` reads these tables. They were written for the sources in Alpaca's form, whose code is short and often a
part of a program: measured on the excerpts at hand, see there.
"""

from __future__ import annotations

# Per language, regular expressions over lines, apart by two spaces: what it alone writes, and what others write, too.
SIGNS = {
    "python": (
        r"""
            ^[ \t]*(?:async )?def \w+ ?\(.*\)\s*(?:->.*)?:    ^[ \t]*from [\w.]+ import\b    \b__\w+__\b
            ^[ \t]*import [\w.]+(?: as \w+)?(?:, *\w+)*[ \t]*$    \bself\.\w    ^[ \t]*(?:elif|except)\b.*:
            ^[ \t]*(?:for .+ in .+|while .+|if [^{}\n]+|with .+ as \w+):[ \t]*(?:#.*)?$    \[-?\d*:-?\d*:?-?\d*\]
            \bfor \w+(?:, *\w+)* in [^{}:\n]{1,99}[\])]    \blambda\b[^:;{}\n]*:    ^[ \t]*class \w+(?:\(.*\))?:[ \t]*$
            ^[ \t]*print\(f?['\"].*\)[ \t]*(?:#.*)?$    ^>>>\s    \b(?:pd|np|plt|df|tf|nn|torch|nltk)\.\w
        """,
        r"""
            \b(?:None|True|False)\b    ^[ \t]*print ?\(.*\)[ \t]*(?:#.*)?$    ^[ \t]*(?:else|try|finally):
            \b(?:abs|all|any|dict|enumerate|float|input|int|len|list|map|max|min|open|range|set|sorted|str|sum|tuple|zip)\(
            ^[ \t]*#(?![!i\w])    \b(?:not|and|or) \w    '''    ""["]    \b[fr]['\"]    ^[ \t]*@\w+
            \.(?:append|format|join|items|keys|split|strip)\(    ^[ \t]*[a-z_]\w*(?:\[.*\])? = [^;{\n]*$
        """,
    ),
    "javascript": (
        r"""
            \b(?:const|let|var) \{? ?\w+(?:, \w+)* ?\}? ?=    \)\s*=>|\b\w+ =>    \bconsole\.(?:log|error)\b
            \b(?:document|window|localStorage)\.\w    \bfunction\s*\w*\s*\([\w\s,=\[\]{}.]*\)\s*\{
            \brequire\(['\"]    \bmodule\.exports\b    \bexport (?:default|const|function)\b    ^[ \t]*constructor\(
            ^[ \t]*import (?:\w+|\{[^}]*\}|\* as \w+)(?:, *\{[^}]*\})? from ['\"]    \bJSON\.(?:parse|stringify)\b
            \b(?:useState|useEffect|React|jQuery|addEventListener|Promise)\b    \$\(['\"#.]    \btypeof \w
            \bnew (?:Date|Map|Set|RegExp)\(    \basync function\b|\bawait \w    \bMath\.(?:floor|random|round|PI)\b
            \bdb\.\w+\.(?:find|insert|update|delete|aggregate|count|create)\w*\(
        """,
        r"""
            //    ;[ \t]*$    [!=]==    \.(?:length|push|map|filter|forEach|reduce|slice|includes|split|join)\b
            \bnull\b|\bundefined\b    \bthis\.\w    \btrue\b|\bfalse\b    \bfunction\b    \}\);?[ \t]*$
        """,
    ),
    "typescript": (
        r"""
            \b\w+\??: (?:string|number|boolean|any|void|unknown)\b(?:\[\])?    ^[ \t]*(?:export )?interface \w+ ?\{
            \)\s*: (?:string|number|boolean|void|any|Promise<\w+>)(?:\[\])?\s*(?:\{|=>)
            \bprivate (?:readonly )?\w+:    ^[ \t]*(?:export )?type \w+ =
            ^[ \t]*@(?:Component|Injectable|Input)\(    from ['\"]@angular
        """,
        r"""
            \b(?:const|let)\b
        """,
    ),
    "java": (
        r"""
            \bSystem\.(?:out|in|err)\b    \bString\[\] ?args\b    ^[ \t]*import (?:java|javax|org|android)\.
            ^[ \t]*@Override\b    \bthrows \w+Exception\b    \bprivate final\b|\bfinal int\b    \bboolean \w+
            \bnew (?:ArrayList|HashMap|HashSet|LinkedList|Scanner|StringBuilder|Random|Thread)\b.*\(
            ^package [\w.]+;
            \b(?:public|private|protected) (?:static |final )*\w+(?:<[\w, ]+>)?(?:\[\])* [a-z]\w*\((?!\$)
            \bpublic class \w+(?:<\w+>)?(?: extends \w+)?(?: implements [\w, ]+)? ?\{
            \.(?:charAt|equals|println|nextInt|toCharArray)\(
            \b(?:Integer|Arrays|Collections|Character|Double)\.[a-zM]\w+    \bMath\.(?:abs|max|min|pow|sqrt)\b.*;
        """,
        r"""
            ^[ \t]*(?:public|private|protected)\s    \bString \w+    \b(?:int|double|String|char|long)(?:\[\])+ \w+
            ;[ \t]*$    \bnew \w+\(    \bthis\.\w+ =\s    \bclass \w+(?: extends \w+)? ?\{    \bfor ?\(int \w+
            \.length\b
        """,
    ),
    "c++": (
        r"""
            #include ?<(?!\w+\.h>)[\w/+.]+>    \bstd::    \bcout ?<<|\bcin ?>>    \busing namespace std\b
            \btemplate ?<    \b(?:vector|map|unordered_map|set|pair|queue|stack) ?<[\w, <>:*]+> ?&?\w+
            \bnullptr\b    \bendl\b    ^[ \t]*(?:public|private|protected):[ \t]*$    \b[A-Z]\w*::~?\w+\(
            \bstring& \w+|\bconst \w+& ?\w+    \bvirtual \w+
        """,
        r"""
            \bint main\(    \bbool \w+    \bstring \w+    ;[ \t]*$
            \b(?:int|char|double|float|void|bool) \*?[a-z]\w*\(    ->\w    \bstruct \w+    \bclass \w+\s*\{
            \bdelete\b|\bnew \w+[;\[(]    \bfor ?\(int \w+    ^\};    #include    \bint \w+\[
        """,
    ),
    "c": (
        r"""
            #include ?<\w+(?:/\w+)?\.h>    \btypedef struct\b    \bstruct \w+ ?\*    \bint main\(void\)
            \b(?:printf|scanf|malloc|free|strlen|strcpy|strcmp|fgets|fopen|sizeof|getchar|fprintf) ?\((?!\$)
            \bchar ?\*? ?\w+\[\d*\]    \b(?:int|char|void|float|double) ?\*+ ?\w+
        """,
        r"""
            \bint main\(    \bNULL\b    ;[ \t]*$    \b(?:int|char|double|float|void|long) \w+\(    ->\w
            \bstruct \w+    #define\b    \bunsigned\b    \bfor ?\(\w+ ?=
            \b(?:int|char|float|double) \w+(?:\[\w*\])?(?: =|;|,)    #include
        """,
    ),
    "c#": (
        r"""
            ^[ \t]*using (?:System|Microsoft|UnityEngine)\b    \bConsole\.(?:Write|Read)    \{ get;    \$\"
            \bforeach ?\(\w+ \w+ in\b    \bstatic (?:async )?\w+(?:<\w+>)? Main\(    \bnamespace \w+(?:\.\w+)*\s*\{
            \bnew (?:List|Dictionary|HashSet|Queue|Stack)<[\w, ]+>(?:\(|\s*\{)
            \bstring\.(?:Join|Format|Empty|IsNullOrEmpty)
            \b(?:public|private|protected|internal) (?:(?:static|virtual|override|async) )*[\w<>, \[\]]+ [A-Z]\w*\(
            \b(?:public|private) (?:bool|string|decimal)\b
            \.(?:Length|Count|Add|Select|Where|OrderBy|ToList|ToString|Contains|Parse|ToArray|Substring|Split|Sort|Append)\b
            \b(?:Math|Array|String|Enumerable|Convert|DateTime|File|Regex)\.[A-Z]\w*
        """,
        r"""
            \bstring(?:\[\])? \w+    \bvar \w+ =    \bbool \w+    ;[ \t]*$    ^[ \t]*(?:public|private|protected)\s
            \bclass \w+    =>    \bfor ?\(int \w+    \bnew \w+(?:\(|\[)    \b(?:int|double)\[,?\] \w+
        """,
    ),
    "go": (
        r"""
            ^package \w+\s*$    ^func (?:\(\w+ \*?\w+\) )?\w+\(.*\).*\{    \bfmt\.\w    \b\w+ :=\s
            \bgo func\(    ^import (?:\"|\()    \bdefer \w    \berr != nil\b
            \[\](?:string|int|byte|float64|bool)\b    \bmap\[\w+\]\w
        """,
        r"""
            \bnil\b    \bfunc\b    \btype \w+ struct\b    \bstrings\.\w
        """,
    ),
    "rust": (
        r"""
            \bfn \w+(?:<[^>]+>)?\(    \blet mut\b    \b(?:println|vec|print|panic|format|assert_eq|assert)!
            ^[ \t]*use (?:std|crate|\w+::)    \bimpl\b.*\{    &mut\b|&str\b|&self\b    \b(?:Some|Ok|Err)\(
            \b(?:Vec|Option|Result|Box|HashMap)::    \bpub (?:fn|struct|enum|mod)\b    #\[derive
            \b(?:i32|u32|u64|i64|usize|f64|u8)\b
        """,
        r"""
            \blet \w+    \bmatch \w+ \{    ->    \.iter\(\)
        """,
    ),
    "ruby": (
        r"""
            ^[ \t]*def (?:self\.)?[\w?!]+(?: ?\([^)]*\))?[ \t]*$    ^[ \t]*end[ \t]*(?:#.*)?$    ^[ \t]*puts\b
            \bdo ?\|    \{ ?\|\w+(?:, ?\w+)*\|    ^[ \t]*(?:require|require_relative|include|gem) ['\"]
            ^[ \t]*elsif\b    \battr_(?:accessor|reader|writer)\b    #\{    \b(?:unless|until)\s
            ^[ \t]*class \w+(?: < [\w:]+)?[ \t]*$    \(&:\w+\)
            \.(?:each|nil\?|empty\?|each_with_index|times|to_s|to_i|gsub|include\?|inject|select!|map!)(?![(\w])
            (?<!\w)@\w+ ?=
        """,
        r"""
            \bnil\b    (?<![\w:]):\w+    =>    \.(?:map|select|each|length|size|new|push)\b    ^[ \t]*if [^:{}\n]+$
            ^[ \t]*@?[a-z_]\w* = [^;{\n]*$    (?<!\w)@\w+    ^[ \t]*def \w+[^:]*$
        """,
    ),
    "php": (
        r"""
            <\?php|<\?=    ^[ \t]*\$\w+(?:\[.*\])? ?[.+-]?= ?    \$this->    \$\w+->\w
            \bfunction ?\w*\s*\((?:\w+ )?&?\$\w    \bforeach ?\(\$\w+ as\b    \becho ['\"$]
            \$_(?:GET|POST|SESSION|SERVER|FILES)\b    \bfor ?\(\$\w+
            \b(?:isset|empty|array_\w+|str_\w+|preg_\w+|mysqli_\w+|file_\w+|strlen|count|explode|implode)\(.*\$
        """,
        r"""
            \becho\b    \barray\(    \$\w+    ;[ \t]*$    =>
        """,
    ),
    "swift": (
        r"""
            \bfunc \w+(?:<\w+(?:: \w+)?>)?\(.*\)\s*(?:-> .+)?\{
            ^import (?:UIKit|Foundation|SwiftUI|Combine|MapKit)\b    \b(?:guard|if) let\b
            \b(?:let|var) \w+\s*: \[?[A-Z]\w*\]?    \bUI[A-Z]\w+    @(?:IBOutlet|IBAction|State|objc)\b
            \bprint\(\"[^\"]*\\\(    \b_ \w+:\s    \bfor \w+ in \w+(?:\.\.[.<]\w+)? \{    \bstruct \w+: \w+ ?\{
        """,
        r"""
            \b(?:let|var) \w+ =\s    \bnil\b    \bfunc\b    ^[ \t]*print\(    ->\s    \binit\(
        """,
    ),
    "kotlin": (
        r"""
            \bfun (?:<\w+> )?(?:\w+\.)?\w+\(    \bval \w+    \bdata class\b    \bprintln\(\"?.*\$
            \bvar \w+ ?: [A-Z]\w+    \b(?:arrayOf|listOf|mutableListOf|mapOf|setOf|readLine)\(
            \bwhen ?(?:\(.*\))? ?\{
        """,
        r"""
            \bvar \w+    \bprintln\(    \bnull\b    \boverride\b
        """,
    ),
    "r": (
        r"""
            (?:^|[\w\])]) ?<-\s    \blibrary\(\w+\)
            \b(?:data\.frame|ggplot|read\.csv|rnorm|sapply|lapply|paste0?|hist|barplot|lm)\(    %>%|%in%
            \b\w+ ?= ?c\(|<- ?c\(    <- function\(    \baes\(
        """,
        r"""
            \bc\(    \b(?:TRUE|FALSE|NULL)\b    \w\$\w    \bfunction\(    \b(?:mean|sum|cat|plot|matrix|var|sd)\(
        """,
    ),
    "sql": (
        r"""
            ^\s*(?:SELECT|select)\b[\s\S]{0,500}?\b(?:FROM|from)\b    (?i:\binsert into \S+)
            ^\s*(?:UPDATE|update)\b[\s\S]{0,500}?\b(?:SET|set)\b
            (?i:\b(?:create|alter|drop|truncate) (?:or replace )?(?:table|view|database|index|trigger|procedure|user)\b)
            (?i:^\s*delete\s+from\b)    (?i:\b(?:group|order) by\b)    (?i:\b(?:inner|left|right|outer|full) join\b)
            \bVARCHAR ?\(|\bPRIMARY KEY\b|\bNOT NULL\b    ^\s*(?:GRANT|REVOKE) .*\bON\b
        """,
        r"""
            \b(?:WHERE|FROM|SELECT|JOIN|HAVING|LIMIT|LIKE|VALUES|DISTINCT|BETWEEN|COUNT|SUM|AVG|MAX)\b
        """,
    ),
    "html": (
        r"""
            (?i:<!doctype html|<html\b)    (?i:</?(?:head|body|title)>)
            (?i:</(?:div|p|form|table|ul|ol|h[1-6]|select|nav|button|span|section|header|footer)>)
            (?i:<(?:div|p|form|table|ul|ol|h[1-6]|a|input|img|link|meta|select|nav|button|label|textarea)\b[^<>\n]*>)
            (?i:</(?:li|td|tr|th|a|option|label|b|strong|em|i|style|script|textarea)>)
        """,
        r"""
            ^[ \t]*<\w+    \b(?:class|id|href|src|type|name)=\"
        """,
    ),
    "xml": (
        r"""
            <\?xml\b    </\w+:\w+>    \bxmlns\b
        """,
        r"""
            ^[ \t]*<(\w+)[^>]*>.*</\1>    </\w+>
        """,
    ),
    "css": (
        r"""
            ^[ \t]*[.#@]?[a-zA-Z][\w\-.#:>, *\[\]=\"'+~()]*\s*\{\s*(?:/\*.*\*/\s*)?[a-z-]+\s*:\s*[^;{}\n]+;
            \b(?:margin|padding|color|background|border|width|height|display|(?:font|text)-\w+)\s*:\s*[^;{}\n]+;
            @media\b|@keyframes\b|@import\b
        """,
        r"""
            \b\d+(?:px|em|rem|vh|vw)\b    #[0-9a-fA-F]{3,6}\b    ^[ \t]*[\w-]*[.#][\w-]+ ?\{
        """,
    ),
    "json": (
        r"""
            ^\s*[\[{]\s*[\n{]*\s*\"\w[^\"\n]*\"\s*:
        """,
        r"""
            ^[ \t]*\"[^\"\n]+\"\s*:\s*[\"\d\[{tfn]
        """,
    ),
    "bash": (
        r"""
            ^#! ?/(?:usr/)?bin/(?:env )?(?:ba|z|k)?sh\b    ^[ \t]*(?:fi|done|esac|then|do)[ \t]*$
            ;[ \t]*(?:then|do)\b    \bif \[\[?\s    \$\([a-z]    \"\$[1-9#@]|\$\{\w+\}
            ^[ \t]*echo (?:-\w+ )?(?:[\"'$]|\w+(?![\w(]))    ^[ \t]*read (?:-\w+ )?['\"\w]
            ^[ \t]*(?:sudo|apt(?:-get)?|yum|brew|npm|pip3?|git|docker|kubectl|curl|wget|tar|ssh|scp) [^=(;\s][^(;]*$
            ^[ \t]*(?:chmod|mkdir|cd|ls|cp|mv|rm|grep|awk|sed|find|cat|ps|kill|du|df|tail|head|wc) [^=(;\s][^=(;]*$
            \| ?(?:grep|awk|sed|sort|wc|head|tail|xargs|cut|uniq|tr|tee)\b    ^[ \t]*ls(?: -\w+)*[ \t]*$
        """,
        r"""
            \$\w+    ^[ \t]*#    ^\w+=[^ =]    \w -{1,2}[a-zA-Z]
        """,
    ),
    "latex": (
        r"""
            \\(?:begin|end|documentclass|usepackage|section|hline|textbf|frac)\b
        """,
        r"""
        """,
    ),
}

_THING = r"(?:program|code|function|script|language|snippet|method|class|struct|array|list|vector|compiler|package)"
# How requests name a language, and what is used in it alone.
NAMES = {
    "python": r"python ?[23]?|pandas|numpy|django|flask|matplotlib|pytorch|tensorflow|keras|scikit-learn|nltk|tkinter",
    "javascript": r"javascript|js|node\.?js|(?-i:React)(?:\.?js| native)?|jquery|vue(?:\.?js)?|(?-i:Express)|mongodb",
    "typescript": r"typescript|angular",
    "java": r"java|spring boot|android",
    "c++": r"c\+\+|cpp|(?-i:STL)",
    "c": rf"(?-i:C) {_THING}s?|(?:in|using|to|into|from|of|ANSI) (?-i:C)",
    "c#": r"c#|\.net|asp\.net|(?-i:LINQ)|(?-i:Unity)",
    "go": rf"golang|(?-i:Go) {_THING}s?|(?:in|using|to|into|from) (?-i:Go)",
    "rust": r"(?-i:Rust)",
    "ruby": r"(?-i:Ruby|Rails)",
    "php": r"php|laravel",
    "swift": r"(?-i:Swift|SwiftUI)",
    "kotlin": r"kotlin",
    "r": rf"(?-i:R) {_THING}s?|(?:in|using|to|into|from) (?-i:R)|ggplot2?",
    "sql": r"(?:my|postgre|no|pl/)?sql(?:ite)?(?: server)?|postgres",
    "html": r"html5?|bootstrap",
    "xml": r"xml",
    "css": r"css3?|sass|scss",
    "json": r"json",
    "bash": r"bash|shell(?! ?sort)|unix|linux",
    "latex": r"(?-i:LaTeX)",
    # without signs: believed where they are named alone
    "applescript": r"applescript",
    "assembly": r"assembly (?:language|code|program)|(?-i:x86)",
    "clojure": r"clojure",
    "dart": r"(?-i:Dart)|flutter",
    "elixir": r"(?-i:Elixir)",
    "erlang": r"erlang",
    "f#": r"f#",
    "fortran": r"fortran",
    "gdscript": r"gdscript",
    "graphql": r"graphql",
    "groovy": r"(?-i:Groovy)",
    "haskell": r"haskell",
    "julia": rf"(?-i:Julia) {_THING}s?|(?:in|using) (?-i:Julia)",
    "lisp": r"(?-i:Lisp|LISP)",
    "lua": r"(?-i:Lua)",
    "matlab": r"matlab",
    "objective-c": r"objective[- ]c",
    "ocaml": r"ocaml",
    "pascal": rf"(?-i:Pascal) {_THING}s?",
    "perl": r"(?-i:Perl)",
    "powershell": r"powershell",
    "prolog": r"prolog",
    "scala": r"(?-i:Scala)",
    "solidity": r"solidity",
    "vb": r"vba|vb(?:\.net)?|visual basic(?: \.net)?",
    "verilog": r"verilog",
    "vhdl": r"vhdl",
    "yaml": r"ya?ml",
}
MARKUP = ("sql", "html", "xml", "css", "json", "bash")  # a request may name them as mere subjects
DIALECTS = {"typescript": "javascript", "c++": "c"}  # show the signs of the other as well
OPENINGS = {
    "php": r"\s*<\?php",
    "html": r"\s*(?:<!--.*?-->\s*)?<(?:!doctype html|html|head|body|table|div|form|ul|ol|section|nav|p|h[1-6])\b",
    "bash": r"\s*#! ?/(?:usr/)?bin/(?:ba)?sh",
}
NO_CODE_TAGS = ("text", "txt", "plaintext", "plain", "output", "console", "csv", "none", "markdown", "md", "regex")
