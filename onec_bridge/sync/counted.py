"""How many of something have a text, in eight bytes each: a base has a million articles.

The texts themselves aren't kept, only their hashes, in order.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Iterable

__all__ = ["Counted"]


class Counted:
    """Counts of texts, of which nothing else is ever asked.

    >>> articles = Counted(["A-1", "A-2", "A-1"])
    >>> articles.get("A-1", 0), articles["A-2"], articles["A-3"]
    (2, 1, 0)
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self._hashes = array("q", sorted(array("q", map(hash, texts))))

    def __getitem__(self, text: str) -> int:
        wanted = hash(text)
        return bisect_right(self._hashes, wanted) - bisect_left(self._hashes, wanted)

    def get(self, text: str, _default: int = 0, /) -> int:
        """The same; of a text that nothing has, 0."""
        return self[text]
