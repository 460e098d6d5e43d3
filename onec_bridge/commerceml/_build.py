"""Parsed elements into records, by the description in `schema`.

Each `Shape` is compiled once into a tree of dictionaries (child tag → what to do), so that
reading an element costs one look-up and one call a child, whatever its kind. A value that
cannot be read becomes a `Problem` and the record goes on without it; an element that the
description doesn't name is counted and kept out of the way (format.md, section 0).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element

from onec_bridge.commerceml.records import Problem, Severity, Source
from onec_bridge.commerceml.schema import Field, Shape, Values
from onec_bridge.commerceml.values import TEXT, Value

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

TextAction = Callable[[str, Element, Values, Context], None]
"""Reads one text (of an element or attribute) into the values."""


class _Step(NamedTuple):
    """What to do with one child: a single text is read in place, all else by `action`."""

    name: str = ""
    parse: Callable[[str], Any] | None = None
    """`None`: the text is kept as it is, trimmed."""
    problem: str = ""
    path: str = ""
    action: Action | None = None


@dataclass(slots=True)
class _Node:
    """What to do below one element."""

    path: str
    attributes: list[tuple[str, TextAction]] = field(default_factory=list)
    children: dict[str, _Step] = field(default_factory=dict)
    branches: dict[str, _Node] = field(default_factory=dict)
    own_text: TextAction | None = None
    presence: str = ""

    def fill(self, element: Element, values: Values, context: Context) -> None:
        """Read the element's attributes, text and children into `values`.

        The innermost loop of the reader, hence flat: a call an element would double it.
        """
        for name, read_text in self.attributes:
            text = element.get(name)
            if text is not None:
                read_text(text, element, values, context)
        if self.own_text and (text := element.text) and not text.isspace():
            self.own_text(text, element, values, context)
        if self.presence:
            values[self.presence] = True
        children = self.children
        for child in element:
            step = children.get(child.tag)
            if step is None:
                context.unknown[child.tag] += 1
                continue
            name, parse, problem, path, action = step
            if action is not None:
                action(child, values, context)
            elif values.get(name, "") == "":  # the first text that says something holds
                text = child.text
                if parse is None:
                    values[name] = text.strip() if text else ""
                elif text:
                    try:
                        value = parse(text)
                    except (ValueError, ArithmeticError):
                        context.report(problem, child, path, text.strip())
                    else:
                        if value is not None:
                            values[name] = value

    def read_child(self, element: Element, values: Values, context: Context) -> None:
        """Read a single child, met by itself."""
        holder = Element(self.path)
        holder.append(element)
        _Node(self.path, children=self.children).fill(holder, values, context)


class Builder:
    """Makes records of one shape out of elements."""

    def __init__(self, shape: Shape, path: str = "") -> None:
        self._record = shape.record
        self._finish = shape.finish
        self._sourced = shape.sourced
        self._required = [(f.name, f.elements[0]) for f in shape.fields if f.required]
        self._many = tuple(dict.fromkeys(f.name for f in shape.fields if f.many))
        self._whole_path = self._path = ""
        self.node = _Node(path)
        for described in shape.fields:
            for place in described.elements:
                _attach(self.node, described, place)

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
        if self._finish:
            self._finish(values, _reporter(element, context, self.node.path))
        for name, place in self._required:
            if values.get(name, "") == "":
                if len(context.problems) == before:
                    context.report("missing_value", element, _join(self.node.path, place), "")
                return None
        if self._sourced:
            values["source"] = self._row_source(element, values, context)
        return self._make(values) if self._many else self._record(**values)

    def complete(self, element: Element, values: Values, context: Context) -> Any:
        """The record, once its values are there."""
        if self._finish:
            self._finish(values, _reporter(element, context, self.node.path))
        for name, place in self._required:
            if not values.get(name):
                context.report("missing_id", element, place, "")
        values["source"] = context.source
        return self._make(values)

    def _make(self, values: Values) -> Any:
        for name in self._many:
            if name in values:
                values[name] = tuple(values[name])
        return self._record(**values)

    def _row_source(self, element: Element, values: Values, context: Context) -> Source:
        whole = context.source
        if whole.path != self._whole_path:
            self._whole_path, self._path = whole.path, f"{whole.path}/{self.node.path}"
        ident = values.get("id") or whole.external_id
        return Source(whole.file, context.line_of(element), whole.ordinal, ident, self._path)


def _attach(node: _Node, described: Field, place: str) -> None:
    """Hang the reading of `described` at `place` under the node."""
    *above, last = place.split("/")
    for tag in above:
        node = _branch(node, tag)
    if described.presence:
        _branch(node, last).presence = described.name
    elif isinstance(described.what, Shape):
        builder = Builder(described.what, _join(node.path, last))
        if last.startswith("@"):
            _attach_short_form(node, described, last)
        else:
            node.children[last] = _Step(action=_row_action(builder, described))
    else:
        _attach_value(node, described, described.what, last)


def _attach_value(node: _Node, described: Field, what: Value, last: str) -> None:
    path = node.path if last == "." else _join(node.path, last)
    read_text = _text_action(described, what, path)
    if last == ".":
        node.own_text = read_text
    elif last.startswith("@"):
        node.attributes.append((last[1:], read_text))
    elif last in node.branches:
        node.branches[last].own_text = read_text
    else:
        node.children[last] = _step(described, what, path)


def _attach_short_form(node: _Node, described: Field, last: str) -> None:
    """A CommerceML 1 attribute where a structure is due: it becomes the first field."""
    assert isinstance(described.what, Shape)
    make, first = described.what.record, described.what.fields[0].name

    def read_text(text: str, element: Element, values: Values, context: Context) -> None:
        if text.strip() and described.name not in values:
            values[described.name] = make(**{first: text.strip()})

    node.attributes.append((last[1:], read_text))


def _branch(node: _Node, tag: str) -> _Node:
    """The node for a child element that itself holds what is looked for."""
    if tag not in node.branches:
        branch = node.branches[tag] = _Node(_join(node.path, tag))
        node.children[tag] = _Step(action=branch.fill)
    return node.branches[tag]


def _step(described: Field, what: Value, path: str) -> _Step:
    """The reading of an element that holds one text."""
    if not described.many:
        parse = None if what is TEXT else what.parse
        return _Step(described.name, parse, what.problem, path)
    read_text = _many_texts(described.name, what.parse)

    def read(element: Element, values: Values, context: Context) -> None:
        read_text(element.text or "", element, values, context)

    return _Step(action=read)


def _text_action(described: Field, what: Value, path: str) -> TextAction:
    """The reading of an attribute, or of an element's own text beside its children."""
    name, parse, problem = described.name, what.parse, what.problem
    if described.many:
        return _many_texts(name, parse)

    def read(text: str, element: Element, values: Values, context: Context) -> None:
        if values.get(name, "") == "":
            try:
                value = parse(text)
            except (ValueError, ArithmeticError):
                context.report(problem, element, path, text.strip())
            else:
                if value is not None:
                    values[name] = value

    return read


def _many_texts(name: str, parse: Callable[[str], Any]) -> TextAction:
    def read(text: str, element: Element, values: Values, context: Context) -> None:
        value = parse(text)
        if value:
            values.setdefault(name, []).append(value)

    return read


def _row_action(builder: Builder, described: Field) -> Action:
    name, build_row = described.name, builder.build_row

    def read_many(element: Element, values: Values, context: Context) -> None:
        row = build_row(element, context)
        if row is not None:
            values.setdefault(name, []).append(row)

    def read_one(element: Element, values: Values, context: Context) -> None:
        if name not in values:
            row = build_row(element, context)
            if row is not None:
                values[name] = row

    return read_many if described.many else read_one


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
