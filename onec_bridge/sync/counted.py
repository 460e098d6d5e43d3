"""How many of something have a text, in eight bytes each, and which, in sixteen: a base has a
million articles.

The texts themselves aren't kept, only their hashes, in short ordered arrays.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable

__all__ = ["Counted", "Numbered"]

#: As many arrays: of a million texts each holds a thousand, and one more is put in at once.
_ARRAYS = 1024


class Counted:
    """Counts of texts, of which nothing else is ever asked.

    >>> articles = Counted(["A-1", "A-2", "A-1"])
    >>> articles.get("A-1", 0), articles["A-2"], articles["A-3"], "A-3" in articles
    (2, 1, 0, False)
    """

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self._hashes = [array("q") for _each in range(_ARRAYS)]
        for text in texts:
            self.add(text)

    def add(self, text: str) -> None:
        """One more has it."""
        told = hash(text)
        insort(self._hashes[told % _ARRAYS], told)

    def __getitem__(self, text: str) -> int:
        wanted = hash(text)
        hashes = self._hashes[wanted % _ARRAYS]
        return bisect_right(hashes, wanted) - bisect_left(hashes, wanted)

    def __contains__(self, text: str) -> bool:
        return self[text] > 0

    def get(self, text: str, _default: int = 0, /) -> int:
        """The same; of a text that nothing has, 0."""
        return self[text]


class Numbered:
    """Numbers by text. Two texts may, once in an age, have the same hash: whoever is given a number
    looks whether it is the right one.

    >>> variants = Numbered()
    >>> variants.add("A-1", 7), variants.add("A-1", 5)
    (None, None)
    >>> variants.of("A-1"), variants.of("A-2"), "A-1" in variants
    ([7, 5], [], True)
    """

    def __init__(self) -> None:
        self._hashes = [array("q") for _each in range(_ARRAYS)]
        self._numbers = [array("q") for _each in range(_ARRAYS)]

    def add(self, text: str, number: int) -> None:
        told = hash(text)
        hashes = self._hashes[told % _ARRAYS]
        place = bisect_right(hashes, told)
        hashes.insert(place, told)
        self._numbers[told % _ARRAYS].insert(place, number)

    def of(self, text: str) -> list[int]:
        """In the order they were added."""
        wanted = hash(text)
        hashes = self._hashes[wanted % _ARRAYS]
        first, last = bisect_left(hashes, wanted), bisect_right(hashes, wanted)
        return self._numbers[wanted % _ARRAYS][first:last].tolist()

    def __contains__(self, text: str) -> bool:
        return bool(self.of(text))
