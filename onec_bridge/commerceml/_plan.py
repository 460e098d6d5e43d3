"""What to do with the texts of a learned record, decided once for all records of its shape.

`_build` asks of every element what it is; for records of one shape the answers are always
the same. A `Plan` is those answers written down: which text goes into which field. It knows
the ordinary case only. Whatever isn't (a number that is none, a required value missing) is
`IrregularError`, and the record is built again the general way, which says what is wrong.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn
from xml.etree.ElementTree import Element

from onec_bridge.commerceml._build import Builder, Context, Leaf, Node
from onec_bridge.commerceml.schema import Values
from onec_bridge.commerceml.values import parse_ident

Slots = list[tuple[Element, str]]
"""Whose text, or which attribute of which element, each of the texts is."""

Texts = tuple[str, ...]


class IrregularError(Exception):
    """This record needs the general way."""


class Plan:
    """How the texts of one shape of record become the record, or a part of it."""

    def __init__(self, builder: Builder, element: Element, slots: Slots) -> None:
        self._builder = builder
        self.element = element
        self._constants: Values = {}
        self._plain: list[tuple[str, int]] = []
        self._own: list[tuple[str, int]] = []
        self._parsed: list[tuple[str, int, Callable[[str], Any]]] = []
        self._many: list[tuple[str, int, Callable[[str], Any]]] = []
        self._rows: list[tuple[str, bool, Plan]] = []
        self._filled: set[str] = set()
        self.unknown: list[str] = []
        groups = {(id(owner), attribute): place for place, (owner, attribute) in enumerate(slots)}
        self._walk(builder.node, element, slots, groups)
        self._required = [name for name, _ in builder.required]

    def build(self, texts: Texts, context: Context, known: Values) -> Any:
        """The record. Raises `IrregularError`."""
        values = self._values(texts, context, known)
        values["source"] = context.source
        return self._builder.make(values)

    def _build_row(self, texts: Texts, context: Context) -> Any:
        builder = self._builder
        values = self._values(texts, context, {})
        if builder.sourced:
            values["source"] = builder.row_source(self.element, values, context)
        return builder.make(values) if builder.many else builder.record(**values)

    def _values(self, texts: Texts, context: Context, known: Values) -> Values:
        values = known | self._constants
        for name, place in self._plain:
            values[name] = texts[place].strip()
        for name, place in self._own:
            if text := texts[place].strip():
                values[name] = text
        try:
            for name, place, parse in self._parsed:
                if text := texts[place]:
                    value = parse(text)
                    if value is not None:
                        values[name] = value
        except (ValueError, ArithmeticError) as error:
            raise IrregularError from error
        for name, place, parse in self._many:
            if value := parse(texts[place]):
                values.setdefault(name, []).append(value)
        for name, many, plan in self._rows:
            row = plan._build_row(texts, context)
            if many:
                values.setdefault(name, []).append(row)
            else:
                values[name] = row
        if self._builder.finish:
            self._builder.finish(values, _irregular)
        for name in self._required:
            if values.get(name, "") == "":
                raise IrregularError
        return values

    # --- Deciding ---

    def _walk(
        self, node: Node, element: Element, slots: Slots, groups: dict[tuple[int, str], int]
    ) -> None:
        """Write down what `Node.fill` would do with this element."""
        for name, attribute in node.attributes:
            if (text := element.get(name)) is None:
                continue
            place = groups.get((id(element), name))
            if not isinstance(attribute, Leaf) or attribute.many:
                raise IrregularError
            if place is not None:
                self._leaf(attribute, place)
            elif text:
                raise IrregularError  # an attribute written in a way the pattern doesn't know
            else:
                self._always_empty(attribute)
        if node.own_text and (place := groups.get((id(element), ""))) is not None:
            self._once(node.own_text.name)
            self._own.append((node.own_text.name, place))
        if node.presence:
            self._constants[node.presence] = True
        for child in element:
            self._child(node, child, slots, groups)

    def _child(
        self, node: Node, child: Element, slots: Slots, groups: dict[tuple[int, str], int]
    ) -> None:
        tag = child.tag
        if leaf := node.leaves.get(tag):
            place = groups.get((id(child), ""))
            if place is not None:
                self._leaf(leaf, place)
            elif leaf.parse is None and not leaf.many:
                self._always_empty(leaf)
        elif row := node.rows.get(tag):
            if not row.many:
                self._once(row.name)
            plan = Plan(row.builder, child, slots)
            self.unknown += plan.unknown
            self._rows.append((row.name, row.many, plan))
        elif branch := node.branches.get(tag):
            self._walk(branch, child, slots, groups)
        else:
            self.unknown.append(tag)

    def _leaf(self, leaf: Leaf, place: int) -> None:
        if leaf.many:
            self._many.append((leaf.name, place, leaf.parse or str.strip))
            return
        self._once(leaf.name)
        if leaf.parse is None:
            self._plain.append((leaf.name, place))
        else:
            self._parsed.append((leaf.name, place, leaf.parse))

    def _always_empty(self, leaf: Leaf) -> None:
        """A text that is empty in every record of this shape."""
        self._once(leaf.name)
        value = "" if leaf.parse is None else leaf.parse("")
        if value is not None:
            self._constants[leaf.name] = value

    def _once(self, name: str) -> None:
        """A field with two elements has a rule for which of them holds: the general way."""
        if name in self._filled:
            raise IrregularError
        self._filled.add(name)


class RecordPlan(Plan):
    """The plan of a whole record, which also knows where its id is."""

    def __init__(self, builder: Builder, element: Element, slots: Slots) -> None:
        super().__init__(builder, element, slots)
        places = [
            place
            for tag in ("Ид", "ИдХарактеристики")
            for place, (owner, attribute) in enumerate(slots)
            if not attribute and owner is element.find(tag)
        ]
        if not places or slots[places[0]][0].tag != "Ид":
            raise IrregularError
        self._id_place = places[0]
        self._characteristic_place = places[1] if len(places) > 1 else None

    def ident(self, texts: Texts) -> str:
        """The record's id, for its source. Raises `IrregularError` when there is none."""
        ident = texts[self._id_place]
        if self._characteristic_place is not None:
            characteristic = texts[self._characteristic_place]
            if not characteristic:
                raise IrregularError
            ident = f"{ident}#{characteristic}"
        if not ident:
            raise IrregularError
        return parse_ident(ident)


def _irregular(code: str, element: str, value: str, /) -> NoReturn:
    raise IrregularError(code)
