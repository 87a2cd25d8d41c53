"""Programming languages: one canonical lower-case name each, how people write it, and what else it is called.

>>> canonical("Python3"), canonical("cpp"), display("c#")
('python', 'c++', 'C#')
"""

from __future__ import annotations

TEXT = "text"  # the name a row carries where there is no code

DISPLAY = {
    "assembly": "Assembly", "bash": "Bash", "c": "C", "c#": "C#", "c++": "C++", "css": "CSS", "dart": "Dart",
    "gdscript": "GDScript", "go": "Go", "haskell": "Haskell", "html": "HTML", "java": "Java",
    "javascript": "JavaScript", "json": "JSON", "julia": "Julia", "kotlin": "Kotlin", "lua": "Lua",
    "matlab": "MATLAB", "perl": "Perl", "php": "PHP", "powershell": "PowerShell", "python": "Python", "r": "R",
    "ruby": "Ruby", "rust": "Rust", "scala": "Scala", "sql": "SQL", "swift": "Swift", "typescript": "TypeScript",
    "xml": "XML", "yaml": "YAML", TEXT: "text",
}  # fmt: skip

ALIASES = {
    "python3": "python", "python2": "python", "py": "python", "js": "javascript", "node": "javascript",
    "nodejs": "javascript", "ts": "typescript", "cpp": "c++", "cc": "c++", "cxx": "c++", "csharp": "c#", "cs": "c#",
    "golang": "go", "rb": "ruby", "rs": "rust", "sh": "bash", "shell": "bash", "kt": "kotlin", "c语言": "c",
}  # fmt: skip


def canonical(name: str) -> str | None:
    """The canonical name of a language under any of its usual names, or None when it is not one we know."""
    name = name.strip().lower()
    name = ALIASES.get(name, name)
    return name if name in DISPLAY else None


def display(name: str) -> str:
    """How a canonical name is written in prose; raises KeyError for a name that is not canonical."""
    return DISPLAY[name]
