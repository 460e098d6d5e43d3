"""What is made of the same texts again and again, within bounds that a file can't choose."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

_MOST = 256
"""Parts of one shape that are kept, to be used again."""
_LONGEST = 512
"""Characters of such a part's texts."""


class Remembered(dict[Any, Any]):
    """What is made of the same texts again and again, made when it's asked for first."""

    def __init__(self, make: Callable[[Any], Any], unknown: Sequence[str] = ()) -> None:
        super().__init__()
        self._make = make
        self.unknown = unknown
        """Elements in each that mean nothing to us."""

    def __missing__(self, texts: Any) -> Any:
        """Make one. Raises an error of `IRREGULAR`."""
        made = self._make(texts)
        if len(self) >= _MOST:
            self.clear()
        size = len(texts) if isinstance(texts, str) else sum(map(len, texts))
        if size <= _LONGEST:
            self[texts] = made
        return made


Parts = dict[object, Remembered]
"""Parts of a file's records by builder and signature, and values by how they are read."""


class Below(dict[str, str]):
    """The path of a part, by that of its record."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self._path = path

    def __missing__(self, whole: str) -> str:
        self[whole] = f"{whole}/{self._path}"
        return self[whole]
