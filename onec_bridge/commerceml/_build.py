"""Parsed elements into records, by the description in `schema`.

Each `Shape` is compiled once into a tree of dictionaries (child tag → what to do), so that
reading an element costs one look-up and one call a child, whatever its kind. A value that
cannot be read becomes a `Problem` and the record goes on without it; an element that the
description doesn't name is counted and kept out of the way (format.md, section 0).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Set
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element

from onec_bridge.commerceml._limits import count_unknown
from onec_bridge.commerceml._made import defaults_of, twin_of
from onec_bridge.commerceml.records import Problem, Severity, Source
from onec_bridge.commerceml.schema import CONTAINERS, RECORDS, Field, Shape, Values
from onec_bridge.commerceml.values import TEXT, parse_ident

_LONGEST_VALUE = 80
"""Characters of a faulty text that a problem quotes."""


@dataclass(slots=True)
class Context:
    """What building one record needs to know, and what it leaves behind."""

    source: Source
    line_of: Callable[[Element], int]
    """The line of any element within the record; may be costly, so asked only at need."""
    unknown: Counter[str]
    problems: list[Problem] = field(default_factory=list)

    def report(self, code: str, element: Element, path: str, value: str) -> None:
        """Add a problem about one element of the record."""
        value = value if len(value) <= _LONGEST_VALUE else value[: _LONGEST_VALUE - 1] + "…"
        source = self.source_at(self.line_of(element))
        self.problems.append(Problem(code, Severity.ERROR, source, path, value))

    def source_at(self, line: int) -> Source:
        """The record's source, at another line."""
        here = self.source
        return Source(here.file, line, here.ordinal, here.external_id, here.path)


Action = Callable[[Element, Values, Context], None]
"""Reads one child element into the values."""


class Leaf(NamedTuple):
    """What to do with one text."""

    name: str
    parse: Callable[[str], Any] | None
    """`None`: the text is kept as it is, trimmed."""
    problem: str
    path: str
    many: bool

    def read(self, text: str, element: Element, values: Values, context: Context) -> None:
        """Put what the text says into the values; the first that says something holds."""
        name, parse, problem, path, many = self
        if not many and values.get(name, "") != "":
            return
        try:
            value = text.strip() if parse is None else parse(text)
        except (ValueError, ArithmeticError):
            context.report(problem, element, path, text.strip())
            return
        if many:
            if value:
                values.setdefault(name, []).append(value)
        elif value is not None:
            values[name] = value


class Row(NamedTuple):
    """What to do with one part of a record."""

    name: str
    builder: Builder
    many: bool

    def read(self, element: Element, values: Values, context: Context) -> None:
        """Add the part to the values, if it is complete."""
        if self.many or self.name not in values:
            row = self.builder.build_row(element, context)
            if row is None:
                return
            if self.many:
                values.setdefault(self.name, []).append(row)
            else:
                values[self.name] = row


@dataclass(slots=True)
class Node:
    """What to do below one element."""

    path: str
    attributes: list[tuple[str, Leaf | Action]] = field(default_factory=list)
    leaves: dict[str, Leaf] = field(default_factory=dict)
    rows: dict[str, Row] = field(default_factory=dict)
    branches: dict[str, Node] = field(default_factory=dict)
    own_text: Leaf | None = None
    presence: str = ""

    def fill(self, element: Element, values: Values, context: Context) -> None:
        """Read the element's attributes, text and children into `values`."""
        for name, attribute in self.attributes:
            text = element.get(name)
            if text is None:
                continue
            if isinstance(attribute, Leaf):
                attribute.read(text, element, values, context)
            else:
                attribute(element, values, context)
        if self.own_text and (text := element.text) and not text.isspace():
            self.own_text.read(text, element, values, context)
        if self.presence:
            values[self.presence] = True
        for child in element:
            self.fill_child(child, values, context)

    def fill_child(self, child: Element, values: Values, context: Context) -> None:
        """Read one child into `values`, or count it as unknown."""
        tag = child.tag
        if leaf := self.leaves.get(tag):
            text = child.text
            if text or leaf.parse is None:
                leaf.read(text or "", child, values, context)
        elif row := self.rows.get(tag):
            row.read(child, values, context)
        elif branch := self.branches.get(tag):
            branch.fill(child, values, context)
        else:
            count_unknown(context.unknown, tag)


class Builder:
    """Makes records of one shape out of elements."""

    def __init__(self, shape: Shape, path: str = "") -> None:
        self.record = shape.record
        self.twin = twin_of(shape.record)
        self.new = self.twin or shape.record
        self.defaults = defaults_of(shape.record)
        self.finish = shape.finish
        self._finish_needs = shape.finish_needs
        self.touched = shape.finish_touches
        self.sourced = shape.sourced
        self.has_lines = _has_lines(shape)
        self.inherits = shape.inherits
        self.required = [(f.name, f.elements[0]) for f in shape.fields if f.required]
        self.many = tuple(dict.fromkeys(f.name for f in shape.fields if f.many))
        self.node = Node(path)
        for described in shape.fields:
            for place in described.elements:
                _attach(self.node, described, place)

    def reads(self, tag: str) -> bool:
        """Does a child of this name mean anything to the record?"""
        node = self.node
        return tag in node.leaves or tag in node.rows or tag in node.branches

    def build(self, element: Element, context: Context, known: Values) -> Any:
        """The record; `known` are values that come from around it."""
        values = dict(known)
        self.node.fill(element, values, context)
        return self.complete(element, values, context)

    def build_row(self, element: Element, context: Context) -> Any | None:
        """A part of a record; `None`, and a problem, when a required value is missing."""
        values: Values = {}
        before = len(context.problems)
        self.node.fill(element, values, context)
        if self.finish:
            self.finish(values, _reporter(element, context, self.node.path))
        for name, place in self.required:
            if values.get(name, "") == "":
                if len(context.problems) == before:
                    context.report("missing_value", element, _join(self.node.path, place), "")
                return None
        if self.sourced:
            line = context.line_of(element)
            values["source"] = self.row_source(context.source, line, values.get("id"))
        return self.make(values)

    def complete(self, element: Element, values: Values, context: Context) -> Any:
        """The record, once its values are there."""
        if self.finish:
            self.finish(values, _reporter(element, context, self.node.path))
        for name, place in self.required:
            if not values.get(name):
                context.report("missing_id", element, place, "")
        values["source"] = context.source
        return self.make(values)

    def make(self, values: Values) -> Any:
        """The record of these values."""
        for name in self.many:
            if name in values:
                values[name] = tuple(values[name])
        return self.new(**values)

    def has_to_finish(self, filled: Set[str]) -> bool:
        """Is there anything to complete in a record of which these fields are filled?"""
        needs = self._finish_needs
        return self.finish is not None and (not needs or not filled.isdisjoint(needs))

    def row_source(self, whole: Source, line: int, ident: str | None) -> Source:
        """The source of a part: the record's, at the part's own line."""
        path = f"{whole.path}/{self.node.path}"
        return Source(whole.file, line, whole.ordinal, ident or whole.external_id, path)


def _has_lines(shape: Shape) -> bool:
    """Does a record or part of this shape carry a source, or something in it one?"""
    within = (each.what for each in shape.fields if isinstance(each.what, Shape))
    return shape.sourced or any(map(_has_lines, within))


def _attach(node: Node, described: Field, place: str) -> None:
    """Hang the reading of `described` at `place` under the node."""
    *above, last = place.split("/")
    for tag in above:
        node = _branch(node, tag)
    path = node.path if last == "." else _join(node.path, last)
    what = described.what
    if described.presence:
        _branch(node, last).presence = described.name
    elif isinstance(what, Shape):
        if last.startswith("@"):
            node.attributes.append((last[1:], _short_form(described.name, what, last[1:])))
        else:
            node.rows[last] = Row(described.name, Builder(what, path), described.many)
    else:
        parse = None if what is TEXT else what.parse
        leaf = Leaf(described.name, parse, what.problem, path, described.many)
        if last == ".":
            node.own_text = leaf
        elif last.startswith("@"):
            node.attributes.append((last[1:], leaf))
        else:
            node.leaves[last] = leaf


def _branch(node: Node, tag: str) -> Node:
    """The node for a child element that itself holds what is looked for."""
    return node.branches.setdefault(tag, Node(_join(node.path, tag)))


def _short_form(name: str, shape: Shape, attribute: str) -> Action:
    """A CommerceML 1 attribute where a structure is due: it becomes the first field."""

    def read(element: Element, values: Values, context: Context) -> None:
        text = element.get(attribute, "").strip()
        if text and name not in values:
            values[name] = shape.record(**{shape.fields[0].name: text})

    return read


def _reporter(element: Element, context: Context, path: str) -> Callable[[str, str, str], None]:
    def report(code: str, place: str, value: str) -> None:
        context.report(code, element, _join(path, place), value)

    return report


def _join(path: str, place: str) -> str:
    return f"{path}/{place}" if path else place


def nested(element: Element, list_tag: str, tag: str) -> Iterator[tuple[Element, Element | None]]:
    """An element and those of its kind within it, parents first, each with its parent.

    Iterative: depth of nesting is the file's to choose, Python's stack is not.
    """
    waiting: list[tuple[Element, Element | None]] = [(element, None)]
    while waiting:
        here, parent = waiting.pop()
        yield here, parent
        inner = [child for part in here.iterfind(list_tag) for child in part.iterfind(tag)]
        waiting.extend((child, here) for child in reversed(inner))


def ident_of(element: Element) -> str:
    """The record's id, for its source, before anything else is read."""
    ident = (
        element.findtext("Ид")
        or element.get("Идентификатор")
        or element.get("ИдентификаторТовара")
        or element.findtext("Номер")
        or element.get("Номер")
        or ""
    )
    characteristic = element.findtext("ИдХарактеристики")
    return parse_ident(f"{ident}#{characteristic}" if characteristic and ident else ident)


BUILDERS = {tag: Builder(shape) for tag, shape in RECORDS.items()}
"""Element of a record → what makes it."""

HEADERS = {tag: Builder(shape) for tag, shape in CONTAINERS.items() if shape}
"""Element of a container → what makes its header."""
