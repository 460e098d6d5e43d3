"""A record of a shape not met before, taken apart: what is learned from, and what isn't.

Between `_learned`, which finds records of the shape, and `_plan`, which makes them.
"""

from __future__ import annotations

from typing import NamedTuple
from xml.etree.ElementTree import Element

Slots = list[tuple[Element, str]]
"""Whose text, or which attribute of which element, each of the texts is; in file order."""

Texts = tuple[str, ...]


class IrregularError(Exception):
    """This record needs the general way."""


IRREGULAR = (IrregularError, ValueError, ArithmeticError)
"""What a plan raises for a record it isn't made for."""


class Example(NamedTuple):
    """A parsed record of the shape in question, and where in it the texts are."""

    element: Element
    slots: Slots
    offsets: dict[Element, int]
    """Lines from where the pattern begins to each element, if no text has a line end."""
    plain_numbers: frozenset[int]
    """Which slots of the record hold nothing but digits and a point; see `_learned`."""
    long: frozenset[int]
    """Which slots of the record hold line ends."""

    def place(self, element: Element, attribute: str = "") -> int | None:
        """The slot of an element's text or attribute."""
        for place, (owner, name) in enumerate(self.slots):
            if owner is element and name == attribute:
                return place
        return None

    def part(self, element: Element) -> range:
        """The slots of an element and of what is in it; they are side by side."""
        inside = set(element.iter())
        places = [n for n, (owner, _) in enumerate(self.slots) if owner in inside]
        return range(places[0], places[-1] + 1) if places else range(0)

    def signature(self, element: Element) -> object:
        """What two elements have in common when the same is to be done with their texts."""
        inside = set(element.iter())
        slots = {(owner, name) for owner, name in self.slots if owner in inside}
        return tuple(
            (
                each.tag,
                len(each),
                (each, "") in slots,
                *((name, "" if (each, name) in slots else text) for name, text in each.items()),
            )
            for each in element.iter()
        )
