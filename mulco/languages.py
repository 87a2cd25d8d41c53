"""Programming languages: one canonical lower-case name each, how people write it, and what else it is called.

>>> canonical("Python3"), canonical("cpp"), display("c#")
('python', 'c++', 'C#')
"""

from __future__ import annotations

TEXT = "text"  # the name a row carries where there is no code

DISPLAY = {
    "applescript": "AppleScript", "assembly": "Assembly", "bash": "Bash", "c": "C", "c#": "C#", "c++": "C++",
    "clojure": "Clojure", "css": "CSS", "dart": "Dart", "dockerfile": "Dockerfile", "elixir": "Elixir",
    "erlang": "Erlang", "f#": "F#", "fortran": "Fortran", "gdscript": "GDScript", "go": "Go", "graphql": "GraphQL",
    "groovy": "Groovy", "haskell": "Haskell", "html": "HTML", "java": "Java", "javascript": "JavaScript",
    "json": "JSON", "julia": "Julia", "kotlin": "Kotlin", "latex": "LaTeX", "lisp": "Lisp", "lua": "Lua",
    "makefile": "Makefile", "matlab": "MATLAB", "objective-c": "Objective-C", "ocaml": "OCaml", "pascal": "Pascal",
    "perl": "Perl", "php": "PHP", "powershell": "PowerShell", "prolog": "Prolog", "python": "Python", "r": "R",
    "ruby": "Ruby", "rust": "Rust", "scala": "Scala", "scheme": "Scheme", "solidity": "Solidity", "sql": "SQL",
    "swift": "Swift", "typescript": "TypeScript", "vb": "Visual Basic", "verilog": "Verilog", "vhdl": "VHDL",
    "xml": "XML", "yaml": "YAML", TEXT: "text",
}  # fmt: skip

ALIASES = {
    "python3": "python", "python2": "python", "py": "python", "js": "javascript", "jsx": "javascript",
    "node": "javascript", "nodejs": "javascript", "ts": "typescript", "tsx": "typescript", "cpp": "c++", "cc": "c++",
    "cxx": "c++", "csharp": "c#", "cs": "c#", "fsharp": "f#", "golang": "go", "rb": "ruby", "rs": "rust",
    "sh": "bash", "shell": "bash", "zsh": "bash", "kt": "kotlin", "c语言": "c", "mysql": "sql", "plsql": "sql",
    "postgresql": "sql", "tsql": "sql", "objectivec": "objective-c", "objc": "objective-c", "vba": "vb",
    "vbnet": "vb", "vb.net": "vb", "visual basic": "vb", "scss": "css", "tex": "latex", "asm": "assembly",
    "yml": "yaml", "docker": "dockerfile", "common lisp": "lisp",
}  # fmt: skip


def canonical(name: str) -> str | None:
    """The canonical name of a language under any of its usual names, or None when it is not one we know."""
    name = name.strip().lower()
    name = ALIASES.get(name, name)
    return name if name in DISPLAY else None


def display(name: str) -> str:
    """How a canonical name is written in prose; raises KeyError for a name that is not canonical."""
    return DISPLAY[name]
