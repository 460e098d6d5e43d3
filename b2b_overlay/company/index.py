"""The base in memory, found by what a counterparty has in common with others. No database.

Rules: a number or a contact that one of ``_CROWD`` or more share finds nobody by itself, nor do
pieces of names that are everywhere; what was found is then compared in full
(:func:`likeness.compare`), and only that counts. 20,000 counterparties take some 100 MB.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from heapq import nlargest
from math import log2, sqrt

from .likeness import Census, Likeness, Traits, compare, inn_holds

__all__ = ["Index", "Match"]

#: More than this share it: a call centre, a business centre, a tax office's example.
_CROWD = 30
#: Of the namesakes, so many are compared in full.
_NAMESAKES = 40
#: Less of the name than this in common is not worth a full comparison.
_NEAR = 0.3
#: A piece of a name that more than one of so many have tells nothing, in a base of some size.
_EVERYWHERE = 20
_ALWAYS = 100


@dataclass(frozen=True, slots=True)
class Match:
    """One that may be the same, and why."""

    id: int
    likeness: Likeness


class Index:
    """Made of the whole base; asked for one counterparty at a time."""

    def __init__(self, base: Iterable[tuple[int, Traits]]) -> None:
        self.traits: dict[int, Traits] = dict(base)
        self.census = Census()
        self._by_key: defaultdict[str, list[int]] = defaultdict(list)
        self._by_piece: defaultdict[str, list[int]] = defaultdict(list)
        for pk, traits in self.traits.items():
            self.census.count(traits)
            for key in _keys(traits):
                self._by_key[key].append(pk)
            for piece in _pieces(traits):
                self._by_piece[piece].append(pk)

    def matches(self, pk: int, traits: Traits | None = None) -> list[Match]:
        """All that may be the same as this one, the likest first; itself left out. ``traits``
        are given for one that is not of the base."""
        mine = traits or self.traits[pk]
        found = (
            Match(other, likeness)
            for other in self._near(mine) - {pk}
            if (likeness := compare(mine, self.traits[other], self.census))
        )
        return sorted(found, key=lambda match: (-match.likeness.points, match.id))

    def compare(self, one: int, two: int) -> Likeness | None:
        """These two, if both are of the base."""
        if one not in self.traits or two not in self.traits:
            return None
        return compare(self.traits[one], self.traits[two], self.census)

    def _near(self, mine: Traits) -> set[int]:
        found = set(self._namesakes(mine))
        for key in (*_keys(mine), *self._slips(mine)):
            sharing = self._by_key.get(key, ())
            if len(sharing) <= _CROWD or key.startswith("inn:"):
                found.update(sharing)
        return found

    def _slips(self, mine: Traits) -> Iterator[str]:
        """Keys of the INN that a wrong one may be meant for."""
        if mine.inn and not mine.inn_holds:
            for meant in _meant(mine.inn):
                yield f"inn:{meant}"
        elif mine.inn:
            yield f"meant:{mine.inn}"

    def _namesakes(self, mine: Traits) -> list[int]:
        """Those with the rarest pieces of the name in common, by the share of what the pieces
        tell: «Фасад» is nearer to «Фсад» than «Фасад Комплект Юг» is."""
        known = sorted((len(found), piece) for piece, found in self._sharing(mine))
        most = max(len(self.traits) // _EVERYWHERE, _ALWAYS)
        points: defaultdict[int, float] = defaultdict(float)
        told = 0.0
        for place, (count, piece) in enumerate(known):
            bits = self._bits(count)
            told += bits
            if count <= most or place < 2:
                for other in self._by_piece[piece]:
                    points[other] += bits
        least, lengths = _NEAR * sqrt(told), self._lengths
        shares = [
            (share, -pk) for pk, value in points.items() if (share := value / lengths[pk]) >= least
        ]
        return [-pk for _share, pk in nlargest(_NAMESAKES, shares)]

    def _sharing(self, mine: Traits) -> Iterator[tuple[str, list[int]]]:
        for piece in _pieces(mine):
            if found := self._by_piece.get(piece):
                yield piece, found

    def _bits(self, count: int) -> float:
        return log2((len(self.traits) + 1) / count) + 0.1

    @cached_property
    def _lengths(self) -> dict[int, float]:
        """The square root of what all pieces of a name tell, by whose it is."""
        told = {piece: self._bits(len(found)) for piece, found in self._by_piece.items()}
        return {
            pk: sqrt(sum(told[piece] for piece in _pieces(traits)))
            for pk, traits in self.traits.items()
        }


def _keys(traits: Traits) -> Iterator[str]:
    """What finds another exactly."""
    if traits.inn:
        yield f"inn:{traits.inn}"
        if not traits.inn_holds:
            for meant in _meant(traits.inn):
                yield f"meant:{meant}"
    if traits.ogrn:
        yield f"ogrn:{traits.ogrn}"
    for account in traits.accounts:
        yield f"account:{account}"
    for phone in traits.phones:
        yield f"phone:{phone}"
    for email in traits.emails:
        yield f"email:{email}"
    for address in traits.addresses:
        numbers = [word for word in address if word[0].isdecimal()]
        for word in address.difference(numbers):
            yield from (f"address:{word} {number}" for number in numbers)


def _meant(inn: str) -> Iterator[str]:
    """Every INN a slip of the pen away whose check digits are right."""
    if len(inn) not in (10, 12) or not inn.isdecimal():
        return
    tried: set[str] = set()
    for at, old in enumerate(inn):
        for digit in "0123456789":
            if digit != old:
                tried.add(f"{inn[:at]}{digit}{inn[at + 1 :]}")
        if at + 1 < len(inn) and inn[at + 1] != old:
            tried.add(f"{inn[:at]}{inn[at + 1]}{old}{inn[at + 2 :]}")
    yield from sorted(each for each in tried if inn_holds(each))


def _pieces(traits: Traits) -> set[str]:
    """Three letters in a row of each word, its ends marked; of a person the surname with the
    first letter of his name too."""
    found: set[str] = set()
    for word in traits.name:
        edged = f"^{word}$"
        found.update(edged[at : at + 3] for at in range(max(len(edged) - 2, 1)))
    if traits.is_person and len(traits.name) > 1:
        first, second = traits.name[0], traits.name[1]
        found.update((f"{first} {second[0]}", f"{second} {first[0]}"))
    return found
