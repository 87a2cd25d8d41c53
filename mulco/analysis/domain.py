"""What a row is about: code, mathematics, or anything else, by rules that can be read.

    domain("Reverse a list.", "", "xs[::-1]", "python")                              # "code"
    domain("小明有 3 个苹果，又买了 5 个，一共有多少个？", "", "8 个", "text")          # "mathematics"
    domain("Write a poem about the sea.", "", "...", "text")                         # "general"

A row is code where its programming language is known, where it holds a fence, or where its answer looks like code; and
where its words are those of programmers, as in a question about threads. It is mathematics where no code stands in it
and it holds a formula in LaTeX, or a question over numbers, or the words of mathematicians. The rest is general. In
doubt between the last two the stronger evidence wins, and mathematics needs two points of it.

Measured on 160 questions about code, numbers and machines, labelled by hand (`benchmarks/categories.py`): .93 of them
right, kappa .80. How general instruction data fares is not measured.
"""

from __future__ import annotations

import re

from mulco.analysis.lexicon import Lexicon
from mulco.languages import TEXT

FENCE = re.compile(r"^[ ]{0,3}(?:```|~~~)[ \t]*([\w+#.-]+)?[^\n`]*\n(.*?)(?:^[ ]{0,3}(?:```|~~~)|\Z)", re.M | re.S)
LOOKED_AT = 2_000  # characters of each part: what a row is about, it says early
SHARE = 0.4  # of the lines of a text that must look like code for the text to be code

LINE = 200  # characters of a line: enough to know it by
# What a line of code looks like, and a sentence does not.
_CODE_LINES = (
    r"(?:def|class|struct|enum|interface|trait|impl|fn|func|fun|function) \w+.*[({:<]?$",
    r"(?:import|package|using|use|from|require|include) [\"'<]?[\w.:/*{}, ]+[\">';]?(?: import .+)?;?$",
    r"# ?(?:include|define|ifdef|ifndef|endif|pragma)\b|#!",
    r"(?:if|for|while|switch|foreach|elif|else if|catch|with|unless|until)\b.*[:{)](?:\s*(?:#|//).*)?$",
    r"(?:else|try|finally|do|begin|end|fi|done|then|esac) ?[:{]?$",
    r"(?:public|private|protected|static|final|const|let|var|val|export|async|await|throw|raise) \w+"
    r".*[\w;{}()\]\"',>]$",
    r"(?:return|yield|echo|puts|print|printf|new|delete|void|int|float|double|char|bool|boolean|string|String|long|auto)"
    r"\b(?! (?:the|a|an|of|to|is|and|in)\b).*[\w;{}()\]\"',>]$",
    r"(?:SELECT|INSERT INTO|UPDATE|DELETE FROM|CREATE (?:TABLE|VIEW|DATABASE|INDEX)|ALTER TABLE|DROP TABLE|FROM|WHERE|"
    r"GROUP BY|ORDER BY|(?:LEFT|INNER|RIGHT) JOIN|JOIN|VALUES)\b",
    r"(?i:select)\s.+\s(?i:from)\s",
    r"</?[A-Za-z!?][\w:-]*(?:\s[^<>]*)?/?>",
    r"@\w+(?:\(.*\))?$",
    r"//|/\*|\*/|-- |<!--|>>> |\$ [a-z]",
    r"[\w.\[\]\"'$@*&>-]+(?:, ?[\w.\[\]$@]+)* ?(?:[-+*/%|&^.:]|\|\||<<)?=(?!=) ?\S",  # total += price
    r"(?:\w+ ){1,3}\*?[\w\[\]]+ ?= ?\S.*;$",  # int total = 0;
    r"[\w.$>:\[\]-]+\(.*\)[;,]?(?:\s*[{:]|\s+(?:#|//).*)?$",  # sort(rows)
    r".*[;{}]$|[)\]}][)\]};,]*$|.*; ?(?:do|then)$",
    r".*(?:=>|->|::|&&|\|\||==|!=|<-|\+\+|\)\.\w+\()",
    r"(?:sudo|apt|apt-get|pip3?|npm|git|docker|curl|wget|ls|cd|grep|awk|sed|find|mkdir|chmod|rm|cat) [-\w./].*[^.]$",
    r"[\"'][\w ]+[\"'] ?: ?\S",
    r"\w+ (?:INT|INTEGER|VARCHAR|TEXT|DATE|DATETIME|TIMESTAMP|DECIMAL|FLOAT|BOOLEAN|SERIAL|CHAR|BIGINT)\b",
    r"(?:PRIMARY|FOREIGN) KEY\b",
)
_CODE_LINE = re.compile("|".join(_CODE_LINES))
_SENTENCE = re.compile(r"[A-Z][a-z']*,? (?:\S+ ){3,}\S+[.!?][\"')]?$|.*[\u3400-\u9fff，。].*[。！？：]$")
_LATEX = re.compile(
    r"\\(?:frac|sqrt|sum|int|prod|lim|cdot|times|le|ge|leq|geq|neq|infty|alpha|beta|theta|pi|boxed|angle|binom|mathbb|"
    r"left|right|begin\{(?:align|equation|matrix|cases))\b|\$[^$\n]{1,80}[\\^_=][^$\n]{0,80}\$"
)
_FORMULA = re.compile(
    r"(?<![\w.^\[\]-])[a-z0-9] ?\^ ?\d(?!\w)|\b\d+[xyz] ?[-+=]|\b\d+ ?[-+*/×÷] ?\d+ ?=|\d ?[×÷] ?\d|[≤≥√∑∫π²³]"
)
_LIST = re.compile(r"[\[{(][^\]})\n]*[\]})]")
_NUMBER = re.compile(r"(?<![\w.])\d[\d,]*(?:\.\d+)?(?![\w.]*\w)|[一二三四五六七八九十百千]+(?=[个只元米斤岁本支张人])")
_ASKED_QUANTITY = re.compile(
    r"\bhow (?:many|much|long|far|old|fast|tall)\b|"
    r"\b(?:find|calculate|compute|evaluate|solve|simplify|determine|convert|result of)\b|"
    r"\bwhat (?:is|are|was) the (?:\w+ ){0,3}(?:sum|total|average|mean|median|product|difference|area|perimeter|volume|"
    r"value|probability|ratio|percentage|remainder|cost|price|speed|distance|length|number)\b|"
    r"多少|几[个只元米斤岁天本支张人次]|求[出证]?|计算|等于几|解方程",
    re.I,
)
# Words of mathematicians, and of programmers: a term counts once.
_WORDS = Lexicon({
    "mathematics": {
        1: """
            equation, theorem, lemma, proof, prove, triangle, polynomial, derivative, integral, calculus, algebra,
            algebraic, geometry, geometric, trigonometry, arithmetic, fraction, numerator, denominator, hypotenuse,
            quadratic, logarithm, matrix, matrices, vector space, eigenvalue, probability, permutation, combination,
            prime number, square root, perimeter, radius, diameter, circumference, parabola, inequality, modulo,
            integer solution, mathematics, mathematical, mathematically, math, divide, dividing, multiply,
            multiplying, multiplication, sum, average, mean of, the mean, median, area, percentage, prime, even number,
            odd number, natural number, dot product, standard deviation, gaussian, entropy, remainder, celsius,
            fahrenheit
            方程, 定理, 证明, 三角形, 多项式, 导数, 微积分, 积分法, 定积分, 代数, 几何, 三角函数, 分数, 二次函数, 对数,
            矩阵, 特征值, 概率, 排列组合, 质数, 素数, 平方根, 周长, 半径, 直径, 抛物线, 不等式, 应用题, 数学, 勾股,
            平均数, 平均值, 之和, 总和, 面积, 体积, 百分之几, 余数, 公倍数, 公约数, 奇数, 偶数, 自然数
        """,
    },
    "code": {
        1: """
            code, coding, program, programming, programmer, algorithm, function, method, class, compiler, variable,
            array, string, pointer, recursion, recursive, loop, api, sdk, thread, threading, mutex, deadlock, database,
            sql, query, json, xml, html, css, javascript, typescript, python, java, php, c++, c#, golang, rust, kotlin,
            swift, linux, unix, bash, shell, script, git, docker, kubernetes, software, framework, library, debug,
            debugging, runtime, stack, queue, linked list, hash, hash map, hash table, hashmap, binary tree, regex,
            object oriented, inheritance, polymorphism, regular expression, http, tcp, ip address, server, client,
            browser, frontend, front end, backend, back end, website, web site, web page, webpage, web application,
            machine learning, neural network, data structure, operating system, cache, memory leak, big o, syntax,
            garbage collection, command line, terminal, unit test, refactor, refactoring, microservice, node.js,
            integer, boolean, computer system, overflow, data type, dictionary, tuple, logical expression, jvm, redis,
            mysql, spring, kafka, socket, elasticsearch, mybatis, dubbo, zookeeper, oracle, mongodb, nginx, tomcat,
            netty, selenium, tensorflow, salesforce, arraylist, pascal, tensorboard, visualforce, rabbitmq, hadoop,
            spark, servlet, jdbc, jdk, bean, iterator, url, cookie, session, cpu, ruby, rails, scala, perl, android,
            aws, azure, openstack, cloud computing, vpc, ec2, hdfs, mapreduce, wsdl, restful, testng,
            junit, test case, asp.net, reactjs, vue, jsx, django, flask, laravel, hibernate,
            numpy, pytorch, keras, deep learning, linear regression, logistic regression, decision tree,
            overfitting, classifier, training data, dataset, search tree, ascii, unicode, enum, lambda, dns, dhcp,
            vlan, osi, ospf, subnet, router, vpn, nosql, xpath, aop, aspect oriented, dependency injection, mvc,
            bitcoin, blockchain
            计算机, 软件测试, 自动化测试, 区块链, 设计模式, 迭代器, 网络中, 局域网, 多路复用, 整数型, 存储过程, 代码,
            编程, 程序, 算法, 函数, 方法, 编译, 变量, 数组, 字符串, 指针, 递归, 循环, 接口, 线程, 进程, 互斥, 死锁,
            加锁, 锁的, 数据库, 索引, 事务, 查询, 主键, 脚本, 软件, 框架, 调试, 运行时, 队列, 链表, 哈希, 二叉树,
            面向对象, 继承, 多态, 正则, 协议, 握手, 服务器, 客户端, 浏览器, 前端, 后端, 网页, 网站, 机器学习, 神经网络,
            数据结构, 操作系统, 缓存, 内存, 语法, 垃圾回收, 垃圾收集, 命令行, 终端, 单元测试, 重构, 微服务, 分布式,
            消息, 字节, 泛型, 异常, 注解, 容器, 序列化, 集群, 注册中心, 运算符, 操作符, 超类, 子类, 基类, 父类, 构造器,
            枚举, 散列, 搜索树, 排序, 测试用例, 测试驱动, 数据节点, 云计算, 私有云, 虚拟机, 网络层, 链路层, 会话层,
            传输层, 路由器, 子网, 交换机, 深度学习, 过拟合, 过度拟合, 混淆矩阵, 卷积, 激活函数, 训练集, 线性回归,
            源代码, 版本控制, 配置文件, 渲染, 面向切面, 比特币, 网络延迟, 网络设备, 应用程序, 文件系统, 数据类型,
            多处理器
        """,
    },
})  # fmt: skip
_MATH_LEAST = 2.0  # points
_CODE_LEAST = 1.0


def code_share(text: str) -> float:
    """The share of the lines of a text that look like code, in [0, 1]; the first lines are looked at."""
    lines = [line.strip()[:LINE] for line in text[:LOOKED_AT].split("\n")]
    lines = [line for line in lines if line]
    found = sum(1 for line in lines if _CODE_LINE.match(line) and not _SENTENCE.match(line))
    return found / len(lines) if lines else 0.0


def holds_code(text: str) -> bool:
    """Whether a text is code, or has code in a fence."""
    return "```" in text or "~~~" in text or code_share(text) >= SHARE


def domain(instruction: str, given: str, output: str, programming_language: str) -> str:
    """code, mathematics or general: what a row is about."""
    if programming_language != TEXT or "```" in output or "```" in given:
        return "code"
    asked = f"{instruction}\n{given}"[:LOOKED_AT]
    answer = output[:LOOKED_AT]
    said, answered = _WORDS.points(asked), _WORDS.points(answer)
    points = _figures(asked, answer) + min(2.0, said.get("mathematics", 0.0)) + 0.5 * ("mathematics" in answered)
    words = said.get("code", 0.0) + 0.5 * answered.get("code", 0.0)
    if points < _MATH_LEAST and (code_share(output) >= SHARE or code_share(given) >= SHARE):
        return "code"
    if points >= _MATH_LEAST and points > words:
        return "mathematics"
    return "code" if words >= _CODE_LEAST else "general"


def _figures(asked: str, answer: str) -> float:
    """Points for formulas, and for a question over numbers."""
    points = 2.0 * bool(_LATEX.search(asked) or _LATEX.search(answer))
    points += 1.0 * bool(_FORMULA.search(asked) or _FORMULA.search(answer))
    if _ASKED_QUANTITY.search(asked) and _NUMBER.search(asked):
        answered = _NUMBER.search(answer) is not None
        if len(_NUMBER.findall(_LIST.sub(" ", asked))) >= 2:  # numbers of a list in brackets count as one
            points += 2.0 if answered else 1.0
        elif answered:
            points += 1.0
    return points
