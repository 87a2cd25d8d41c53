"""The words that the weighted part of CodeBLEU counts more: reserved words of each programming language.

Python, Java and C# as the original counts them, the words that C# reserves only in places included.
"""

from __future__ import annotations

KEYWORDS: dict[str, frozenset[str]] = {
    name: frozenset(words.split())
    for name, words in {
        "python": """False None True and as assert async await break class continue def del elif else
            except finally for from global if import in is lambda nonlocal not or pass raise return
            try while with yield""",
        "java": """abstract assert boolean break byte case catch char class const continue default do
            double else enum extends final finally float for goto if implements import instanceof
            int interface long native new package private protected public return short static
            strictfp super switch synchronized this throw throws transient try void volatile while""",
        "c#": """abstract as base bool break byte case catch char checked class const continue
            decimal default delegate do double else enum event explicit extern false finally fixed
            float for foreach goto if implicit in int interface internal is lock long namespace new
            null object operator out override params private protected public readonly ref return
            sbyte sealed short sizeof stackalloc static string struct switch this throw true try
            typeof uint ulong unchecked unsafe ushort using virtual void volatile while add alias
            ascending async await by descending dynamic equals from get global group into join let
            nameof notnull on orderby partial remove select set unmanaged value var when where yield""",
        "c": """auto break case char const continue default do double else enum extern float for
            goto if inline int long register restrict return short signed sizeof static struct
            switch typedef union unsigned void volatile while""",
        "c++": """alignas alignof and asm auto bool break case catch char class const consteval
            constexpr const_cast continue decltype default delete do double dynamic_cast else enum
            explicit export extern false float for friend goto if inline int long mutable namespace
            new noexcept not nullptr operator or private protected public register reinterpret_cast
            requires return short signed sizeof static static_assert static_cast struct switch
            template this throw true try typedef typeid typename union unsigned using virtual void
            volatile wchar_t while xor""",
        "go": """break case chan const continue default defer else fallthrough for func go goto if
            import interface map package range return select struct switch type var""",
        "javascript": """async await break case catch class const continue debugger default delete do else
            export extends false finally for function if import in instanceof let new null of return
            static super switch this throw true try typeof var void while with yield""",
        "typescript": """abstract any as async await boolean break case catch class const continue debugger
            declare default delete do else enum export extends false finally for from function if
            implements import in instanceof interface let module namespace new null number of
            package private protected public readonly return static string super switch symbol this
            throw true try type typeof var void while with yield""",
        "php": """abstract and array as break callable case catch class clone const continue declare
            default do echo else elseif empty enddeclare endfor endforeach endif endswitch endwhile
            eval exit extends final finally fn for foreach function global goto if implements
            include include_once instanceof insteadof interface isset list match namespace new or
            print private protected public readonly require require_once return static switch throw
            trait try unset use var while xor yield""",
        "ruby": """BEGIN END alias and begin break case class def defined? do else elsif end ensure
            false for if in module next nil not or redo rescue retry return self super then true
            undef unless until when while yield""",
    }.items()
}
