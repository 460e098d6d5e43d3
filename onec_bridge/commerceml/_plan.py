"""What to do with the texts of a learned record, decided once for all records of its shape.

`_build` asks of every element what it is; for records of one shape the answers are always
the same. A `Plan` is those answers written down as one Python function, straight from texts
to the record; it is to `_build` what the `__init__` of a dataclass is to `setattr`, and made
as that is, by `exec`. Nothing that a file says gets into the code: it is made of names of
our own and of numbers.

A plan knows the ordinary case only. Whatever isn't (a number that is none, a required value
missing) is an error of `IRREGULAR`, and the record is built again the general way, which
says what is wrong. A part that carries no line is the same value whenever its texts are the
same, and is made once (units, requisites, tax rates).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import MISSING, fields
from decimal import Decimal
from typing import Any, NoReturn
from xml.etree.ElementTree import Element

from onec_bridge.commerceml._build import Builder, Leaf, Node
from onec_bridge.commerceml._example import Example, IrregularError, Texts
from onec_bridge.commerceml._remembered import Below, Parts, Remembered
from onec_bridge.commerceml.records import Source
from onec_bridge.commerceml.schema import Values
from onec_bridge.commerceml.values import fresh_ident, parse_ident, parse_number


class Plan:
    """How the texts of one shape of record become the record."""

    def __init__(self, builder: Builder, example: Example, parts: Parts) -> None:
        code = _Code(example, parts)
        around = {
            name: f"known.get({name!r}, {code.default(builder, name)})" for name in builder.inherits
        }
        ident, code.ident_place = _ident(example)
        code.add(f"ident = needed({ident})")
        made = code.made(builder, example.element, around | {"source": code.source("path")})
        self.make: Callable[[Texts, str, int, int, str, Values, bool], Any] = code.function(
            "texts, file, line, ordinal, path, known, lined", range(len(example.slots)), made
        )
        """Texts, file, line where the pattern begins, ordinal, path, what is known from around
        the record, and whether texts have line ends in them → the record."""
        self.numbers = code.numbers
        """Which texts it takes for plain numbers without looking."""
        self.unknown = code.unknown
        """Elements in each record of this shape that mean nothing to us."""
        self.shape = b""
        """A digest of the shape: of all that isn't in the texts."""


class _Code:
    """The code of a plan, and what the names in it stand for."""

    def __init__(self, example: Example, parts: Parts) -> None:
        self.example = example
        self.parts = parts
        self.ident_place: int | None = None
        """The text of which `ident` has been made, where it's that of one."""
        self.numbers: set[int] = set()
        self.unknown: list[str] = []
        self._lines: list[str] = []
        self._paths: dict[str, str] = {}
        self._names: dict[str, Any] = {
            "Decimal": Decimal,
            "Source": Source,
            "blank": object.__new__,
            "line_ends": _line_ends,
            "needed": _needed,
            "new": tuple.__new__,
            "fresh_ident": fresh_ident,
        }

    def name(self, thing: Any) -> str:
        """A name for it."""
        name = f"g{len(self._names)}"
        self._names[name] = thing
        return name

    def add(self, *statements: str) -> None:
        """Say what is done before the record is returned."""
        self._lines += statements

    def function(self, parameters: str, places: range, made: str) -> Callable[..., Any]:
        """The function that returns what is made, in which `t3` is the text of slot 3."""
        unpacked = [f"({_texts(places)}) = texts"] if places else []
        body = "".join(f"    {line}\n" for line in [*unpacked, *self._lines, f"return {made}"])
        exec(f"def make({parameters}):\n{body}", self._names)  # noqa: S102 - see the docstring
        function: Callable[..., Any] = self._names.pop("make")
        return function

    def made(
        self, builder: Builder, element: Element, more: dict[str, str], *, once: bool = False
    ) -> str:
        """The expression that makes an element's record or part, with these fields besides."""
        values = _Fields(self, builder, element, plain_numbers=not once)
        written = values.written() | more
        finishes = builder.has_to_finish(values.names())
        if not once and builder.twin and (not finishes or builder.touched):
            if finishes:
                written = self._finished(builder, written, values.uncertain)
            return self._filled(builder, written, builder.twin)
        if finishes:
            finisher = self.name(_finisher(builder, values.uncertain))
            return f"{self.name(builder.new)}(**{finisher}({_arguments(written, 'dict')}))"
        return _arguments(written, self.name(builder.new))

    def _finished(
        self, builder: Builder, written: dict[str, str], uncertain: list[str]
    ) -> dict[str, str]:
        """The fields after they are completed; those that finishing touches go through it."""
        finisher = self.name(_finisher(builder, [n for n in uncertain if n in builder.touched]))
        touched = {name: written[name] for name in builder.touched if name in written}
        self.add(f"finished = {finisher}({_arguments(touched, 'dict')})")
        after = {
            name: f"finished.get({name!r}, {self.default(builder, name)})"
            for name in builder.touched
        }
        return written | after

    def _filled(self, builder: Builder, written: dict[str, str], twin: type) -> str:
        """A twin filled field by field, quicker than by its `__init__`, and then the record."""
        made = f"r{len(self._lines)}"
        self.add(f"{made} = blank({self.name(twin)})")
        for each in fields(twin):
            if each.default_factory is not MISSING and each.name not in written:
                raise IrregularError  # each record has its own
            value = written.get(each.name) or self.default(builder, each.name)
            self.add(f"{made}.{each.name} = {value}")
        self.add(f"{made}.__class__ = {self.name(builder.record)}")
        return made

    def default(self, builder: Builder, name: str) -> str:
        """The expression for a field of which nothing is said."""
        default = builder.defaults.get(name)
        return "None" if default is None else self.name(default)

    def row(self, builder: Builder, element: Element) -> str:
        """The expression for a part of the record."""
        if builder.has_lines:
            return self.made(builder, element, {"source": self._row_source(builder, element)})
        places = self.example.part(element)
        key = (builder, self.example.signature(element))
        remembered = self.parts.get(key)
        if remembered is None:
            code = _Code(self.example, self.parts)
            made = code.made(builder, element, {}, once=True)
            remembered = Remembered(code.function("texts", places, made), code.unknown)
            self.parts[key] = remembered
        self.unknown += remembered.unknown
        return f"{self.name(remembered)}[({_texts(places)})]"

    def read(self, parse: Callable[[str], Any], default: Any, place: int) -> str:
        """The expression for what a text says, or what the field is when it says nothing."""

        def read(text: str) -> Any:
            value = parse(text) if text else None
            return default if value is None else value

        key = (parse, default)
        if key not in self.parts:
            self.parts[key] = Remembered(read)
        return f"{self.name(self.parts[key])}[t{place}]"

    def source(self, path: str, line: str = "") -> str:
        """The expression for the source of the record, or of a part at another line."""
        line = line or f"line + {self.example.offsets[self.example.element]}"
        return f"new(Source, (file, {line}, ordinal, ident, {path}))"

    def _row_source(self, builder: Builder, element: Element) -> str:
        if builder.reads("Ид"):
            raise IrregularError  # a part with an id of its own
        below = builder.node.path
        if below not in self._paths:
            self._paths[below] = f"path{len(self._paths)}"
            self.add(f"{self._paths[below]} = {self.name(Below(below))}[path]")
        first = self.example.part(element).start
        line = f"line + {self.example.offsets[element]} + (lined and line_ends(texts, {first}))"
        return self.source(self._paths[below], line)


class _Fields:
    """The expressions of one element's fields: what `Node.fill` would do, written down."""

    def __init__(
        self, code: _Code, builder: Builder, element: Element, *, plain_numbers: bool
    ) -> None:
        self._code = code
        self._builder = builder
        self._plain_numbers = plain_numbers
        self._one: dict[str, str] = {}
        self._many: dict[str, list[str]] = {}
        self._rows: dict[str, list[str]] = {}
        self.uncertain: list[str] = []
        """Fields whose texts may turn out to say nothing."""
        self._walk(builder.node, element)

    def names(self) -> set[str]:
        """The fields that are filled."""
        return {*self._one, *self._many, *self._rows}

    def written(self) -> dict[str, str]:
        """Each field's expression."""
        one = dict(self._one)
        for name, _ in self._builder.required:
            if name not in one:
                raise IrregularError
            if not one[name].startswith("Decimal(") and one[name] != "ident":
                one[name] = f"needed({one[name]})"
        many = {name: f"tuple(filter(None, ({', '.join(it)},)))" for name, it in self._many.items()}
        return one | many | {name: f"({', '.join(it)},)" for name, it in self._rows.items()}

    def _walk(self, node: Node, element: Element) -> None:
        for name, attribute in node.attributes:
            if (text := element.get(name)) is None:
                continue
            if not isinstance(attribute, Leaf) or attribute.many:
                raise IrregularError
            place = self._code.example.place(element, name)
            if place is None and text:
                raise IrregularError  # an attribute written in a way the pattern doesn't know
            self._leaf(attribute, place)
        own = node.own_text
        if own and (place := self._code.example.place(element)) is not None:
            if own.parse is not None:
                self._leaf(own, place)
            else:
                default = self._code.default(self._builder, own.name)
                self._put(own.name, f"(t{place}.strip() or {default})")
        if node.presence:
            self._put(node.presence, "True")
        for child in element:
            self._child(node, child)

    def _child(self, node: Node, child: Element) -> None:
        tag = child.tag
        if leaf := node.leaves.get(tag):
            self._leaf(leaf, self._code.example.place(child))
        elif row := node.rows.get(tag):
            part = self._code.row(row.builder, child)
            if row.many:
                self._rows.setdefault(row.name, []).append(part)
            else:
                self._put(row.name, part)
        elif branch := node.branches.get(tag):
            self._walk(branch, child)
        else:
            self._code.unknown.append(tag)

    def _leaf(self, leaf: Leaf, place: int | None) -> None:
        """The field of one text; of none, where the element is empty in the shape."""
        if leaf.many:
            if place is not None:
                text = f"{self._parser(leaf)}(t{place})"
                self._many.setdefault(leaf.name, []).append(text)
        elif leaf.parse is None:
            self._put(leaf.name, "''" if place is None else f"t{place}.strip()")
        elif place is None:
            if leaf.parse("") is not None:
                raise IrregularError
        elif self._is_plain_number(leaf, place):
            self._code.numbers.add(place)
            self._put(leaf.name, f"Decimal(t{place})")
        else:
            self._parsed(leaf, place)

    def _is_plain_number(self, leaf: Leaf, place: int) -> bool:
        numbers = self._code.example.plain_numbers
        return self._plain_numbers and leaf.parse is parse_number and place in numbers

    def _parsed(self, leaf: Leaf, place: int) -> None:
        if place == self._code.ident_place and leaf.parse is parse_ident:
            self._put(leaf.name, "ident")
            return
        assert leaf.parse
        self.uncertain.append(leaf.name)
        required = any(name == leaf.name for name, _ in self._builder.required)
        default = None if required else self._builder.defaults.get(leaf.name)
        self._put(leaf.name, self._code.read(leaf.parse, default, place))

    def _parser(self, leaf: Leaf) -> str:
        return self._code.name(leaf.parse or str.strip)

    def _put(self, name: str, expression: str) -> None:
        """A field with two elements has a rule for which of them holds: the general way."""
        if name in self._one:
            raise IrregularError
        self._one[name] = expression


def _texts(places: range) -> str:
    """The texts of these slots, with commas."""
    return "".join(f"t{place}, " for place in places)


def _arguments(written: dict[str, str], called: str) -> str:
    return f"{called}({', '.join(f'{name}={value}' for name, value in written.items())})"


def _ident(example: Example) -> tuple[str, int | None]:
    """The expression for the record's id, for its source, and of which single text it is."""
    ident, characteristic = (
        None if (element := example.element.find(tag)) is None else example.place(element)
        for tag in ("Ид", "ИдХарактеристики")
    )
    if ident is None:
        raise IrregularError
    if characteristic is None:
        return f"fresh_ident(t{ident})", ident
    return f"fresh_ident(needed(t{ident}) + '#' + needed(t{characteristic}))", None


def _finisher(builder: Builder, uncertain: list[str]) -> Callable[[Values], Values]:
    """Completes values, of which these may say nothing."""
    finish = builder.finish
    assert finish

    def finished(values: Values) -> Values:
        for name in uncertain:
            if values[name] is None:
                del values[name]
        finish(values, _irregular)
        return values

    return finished


def _needed(value: Any) -> Any:
    if value is None or value == "":
        raise IrregularError
    return value


def _line_ends(texts: Texts, before: int) -> int:
    """The line ends in the texts before one."""
    return sum([text.count("\n") for text in texts[:before]])


def _irregular(code: str, element: str, value: str, /) -> NoReturn:
    raise IrregularError(code)
