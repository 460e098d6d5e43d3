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


class _Hashes:
    """Texts by their hashes, of which it is asked how often each is there."""

    def __init__(self) -> None:
        self._hashes = [array("q") for _each in range(_ARRAYS)]

    def _among(self, text: str) -> tuple[int, int, int]:
        """In which array it stands, from where and until before where."""
        wanted = hash(text)
        hashes = self._hashes[wanted % _ARRAYS]
        return wanted % _ARRAYS, bisect_left(hashes, wanted), bisect_right(hashes, wanted)

    def __getitem__(self, text: str) -> int:
        _array, first, end = self._among(text)
        return end - first

    def __contains__(self, text: str) -> bool:
        return self[text] > 0


class Counted(_Hashes):
    """Counts of texts, of which nothing else is ever asked.

    >>> articles = Counted(["A-1", "A-2", "A-1"])
    >>> articles.get("A-1", 0), articles["A-2"], articles["A-3"], "A-3" in articles
    (2, 1, 0, False)
    """

    def __init__(self, texts: Iterable[str] = ()) -> None:
        super().__init__()
        for text in texts:
            self.add(text)

    def add(self, text: str) -> None:
        """One more has it."""
        told = hash(text)
        insort(self._hashes[told % _ARRAYS], told)

    def get(self, text: str, _default: int = 0, /) -> int:
        """The same; of a text that nothing has, 0."""
        return self[text]


class Numbered(_Hashes):
    """Numbers by text. Two texts may, once in an age, have the same hash: whoever is given a number
    looks whether it is the right one.

    >>> variants = Numbered()
    >>> variants.add("A-1", 7), variants.add("A-1", 5)
    (None, None)
    >>> variants.of("A-1"), variants.of("A-2"), "A-1" in variants
    ([7, 5], [], True)
    """

    def __init__(self) -> None:
        super().__init__()
        self._numbers = [array("q") for _each in range(_ARRAYS)]

    def add(self, text: str, number: int) -> None:
        at, _first, end = self._among(text)
        self._hashes[at].insert(end, hash(text))
        self._numbers[at].insert(end, number)

    def of(self, text: str) -> list[int]:
        """In the order they were added."""
        at, first, end = self._among(text)
        return self._numbers[at][first:end].tolist()
