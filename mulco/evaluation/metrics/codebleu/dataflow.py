"""The data flow part of CodeBLEU: where the values of variables come from, as the prediction and the reference have it.

`b = a + 1; return b` has two flows: b is computed from a, and its use comes from b. A flow is (variable, relation,
sources); variables are renamed by their first appearance, so another name for a variable changes nothing. A loop is
read twice, so what one iteration leaves behind reaches the next. Everything goes by position in the source, never by
the order of a set, so the value is the same in every run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from tree_sitter import Node

Flow = tuple[str, str, tuple[str, ...]]
COMPUTED, COMES = "computed from", "comes from"


@dataclass(frozen=True)
class Grammar:
    """How a grammar names what matters here."""

    definitions: dict[str, tuple[str, str | None]]  # node -> field of the target, field of the value
    names: dict[str, tuple[str, ...]]  # node -> fields whose identifier is no variable, but a function, a type, a label
    loops: frozenset[str]
    parameters: frozenset[str]  # nodes whose direct identifiers are parameters
    steps: frozenset[str] = frozenset()  # `x++`: the operand is target and source
    ignored: frozenset[str] = frozenset()  # nodes without variables


GRAMMARS = {
    "python": Grammar(
        definitions={
            "assignment": ("left", "right"), "augmented_assignment": ("left", "right"),
            "named_expression": ("name", "value"), "for_statement": ("left", "right"),
            "for_in_clause": ("left", "right"), "default_parameter": ("name", "value"),
            "typed_default_parameter": ("name", "value"),
        },
        names={
            "attribute": ("attribute",), "keyword_argument": ("name",), "function_definition": ("name",),
            "class_definition": ("name",), "call": ("function",),
        },
        loops=frozenset({"for_statement", "while_statement"}),
        parameters=frozenset({"parameters", "lambda_parameters", "typed_parameter", "list_splat_pattern",
                              "dictionary_splat_pattern", "as_pattern_target"}),
        ignored=frozenset({"import_statement", "import_from_statement", "global_statement", "nonlocal_statement",
                           "type"}),
    ),
    "java": Grammar(
        definitions={
            "variable_declarator": ("name", "value"), "assignment_expression": ("left", "right"),
            "enhanced_for_statement": ("name", "value"), "resource": ("name", "value"),
        },
        names={
            "method_invocation": ("name",), "field_access": ("field",), "method_declaration": ("name",),
            "constructor_declaration": ("name",), "class_declaration": ("name",), "interface_declaration": ("name",),
            "enum_declaration": ("name",),
        },
        loops=frozenset({"for_statement", "enhanced_for_statement", "while_statement", "do_statement"}),
        parameters=frozenset({"formal_parameter", "spread_parameter", "catch_formal_parameter", "inferred_parameters"}),
        steps=frozenset({"update_expression"}),
        ignored=frozenset({"import_declaration", "package_declaration", "modifiers", "break_statement",
                           "continue_statement"}),
    ),
    "c#": Grammar(
        definitions={
            "variable_declarator": ("name", "value"), "assignment_expression": ("left", "right"),
            "foreach_statement": ("left", "right"),
        },
        names={
            "member_access_expression": ("name",), "member_binding_expression": ("name",),
            "method_declaration": ("name", "returns", "type"), "constructor_declaration": ("name",),
            "class_declaration": ("name",), "interface_declaration": ("name",), "struct_declaration": ("name",),
            "local_function_statement": ("name", "type"), "parameter": ("type",), "variable_declaration": ("type",),
            "object_creation_expression": ("type",), "cast_expression": ("type",), "array_type": ("type",),
            "property_declaration": ("name", "type"), "foreach_statement": ("type",), "catch_declaration": ("type",),
            "declaration_expression": ("type",), "argument": ("name",), "invocation_expression": ("function",),
            "nullable_type": ("type",), "typeof_expression": ("type",), "default_expression": ("type",),
        },
        loops=frozenset({"for_statement", "foreach_statement", "while_statement", "do_statement"}),
        parameters=frozenset({"parameter", "catch_declaration", "declaration_expression", "implicit_parameter"}),
        steps=frozenset({"prefix_unary_expression", "postfix_unary_expression"}),
        ignored=frozenset({"using_directive", "type_argument_list", "attribute_list", "modifier", "qualified_name",
                           "goto_statement", "base_list", "generic_name"}),
    ),
}  # fmt: skip
LANGUAGES = frozenset(GRAMMARS)


def matches(prediction: Node, reference: Node, programming_language: str) -> tuple[int, int]:
    """How many flows of the reference the prediction has too, each used once, and how many there are."""
    theirs, right = Counter(flows(prediction, programming_language)), Counter(flows(reference, programming_language))
    return (theirs & right).total(), right.total()


def flows(root: Node, programming_language: str) -> list[Flow]:
    """The flows of a program in the order of its source, variables named `v0`, `v1`, ... by first appearance.

    >>> flows(parse("b = a + 1\\nprint(b)", "python"), "python")
    [('v0', 'computed from', ('v1',)), ('v0', 'comes from', ('v0',))]
    """
    reader = _Reader(GRAMMARS[programming_language])
    reader.read(root)
    names: dict[str, str] = {}
    ordered = [reader.found[position] for position in sorted(reader.found)]
    for variable, _, sources in ordered:
        for name in (variable, *sources):
            names.setdefault(name, f"v{len(names)}")
    return [(names[variable], relation, tuple(names[s] for s in sources)) for variable, relation, sources in ordered]


class _Reader:
    """Walks a tree once, keeping which variables have a value and the flow found at each position."""

    def __init__(self, grammar: Grammar) -> None:
        self.grammar = grammar
        self.defined: set[str] = set()
        self.found: dict[int, Flow] = {}

    def read(self, node: Node) -> None:
        grammar = self.grammar
        if node.type in grammar.ignored:
            return
        if node.type == "identifier":
            self._use(node)
        elif node.type in grammar.steps and _steps(node):
            target = next((child for child in node.children if child.type == "identifier"), None)
            if target is None:
                self._children(node)
            else:
                self._define(target, [target])
        elif node.type in grammar.loops:
            for _ in range(2):
                self._definition(node) if node.type in grammar.definitions else self._children(node)
        elif node.type in grammar.definitions:
            self._definition(node)
        elif node.type in grammar.parameters:
            for child in self._parts(node):
                self._define(child, []) if child.type == "identifier" else self.read(child)
        else:
            self._children(node)

    def _definition(self, node: Node) -> None:
        target_field, value_field = self.grammar.definitions[node.type]
        target = node.child_by_field_name(target_field)
        value = node.child_by_field_name(value_field) if value_field else None
        if value is None and target is not None and node.type == "variable_declarator":
            value = next((child for child in reversed(node.named_children) if child != target), None)  # C# has no field
        sources = list(self._variables(value)) if value is not None else []
        if value is not None:
            self.read(value)
        if target is not None:
            operator = node.child_by_field_name("operator")
            updates = operator is not None and operator.type not in ("=", ":=")
            if target.type == "identifier" or "pattern" in target.type or "tuple" in target.type:
                for name in self._variables(target):
                    self._define(name, [name, *sources] if updates else sources)
            else:
                self.read(target)  # a[i] = b, a.x = b: its parts are used
        for child in self._parts(node):
            if child not in (target, value):
                self.read(child)

    def _define(self, node: Node, sources: list[Node]) -> None:
        name = _text(node)
        self.found[node.start_byte] = (name, COMPUTED, tuple(dict.fromkeys(map(_text, sources))))
        self.defined.add(name)

    def _use(self, node: Node) -> None:
        name = _text(node)
        if name in self.defined:
            self.found.setdefault(node.start_byte, (name, COMES, (name,)))

    def _children(self, node: Node) -> None:
        for child in self._parts(node):
            self.read(child)

    def _parts(self, node: Node) -> Iterator[Node]:
        """The children of a node but for identifiers that name no variable."""
        fields = self.grammar.names.get(node.type, ())
        for i, child in enumerate(node.children):
            if child.is_named and not (child.type == "identifier" and node.field_name_for_child(i) in fields):
                yield child

    def _variables(self, node: Node) -> Iterator[Node]:
        if node.type == "identifier":
            yield node
        elif node.type not in self.grammar.ignored:
            for child in self._parts(node):
                yield from self._variables(child)


def _steps(node: Node) -> bool:
    return any(child.type in ("++", "--") for child in node.children)


def _text(node: Node) -> str:
    return (node.text or b"").decode("utf-8", "replace")
