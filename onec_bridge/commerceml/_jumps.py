"""Going on in the middle of a long list, without reading again what came before.

Nothing within a list of goods changes what the reader knows of the file but a few counters. So
a part of a list that was read can be jumped over: the file's beginning is read again up to the
list (it is short, and tells what the list's records are told by), then the stream is sought to
where the jump ends, and the counters are set. Records, problems and lines are the very same as
when all is read.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import NamedTuple

from onec_bridge.commerceml._headers import Frame
from onec_bridge.commerceml._skeleton import Skeleton
from onec_bridge.commerceml.records import Source

__all__ = ["Jump", "Jumps", "Mark"]

_KEPT = 8
"""Marks a reader remembers: whoever asks for one is a few stretches behind it at most."""


class Jump(NamedTuple):
    """A part of one list: where it begins and ends, and the counters at its end."""

    start: int
    end: int
    """Bytes of the file."""
    items: int
    """Records and problems in it."""
    line: int
    ordinal: int
    after: str
    """1C's id of the last record in it, and its line: what a fatal problem came after."""
    after_line: int


_MOST = 100
"""Lists of one file with jumps of their own; behind so many, all is read."""

Mark = tuple[Jump, ...]
"""Jumps of a file, one for each long list; reading it with them goes on behind the last."""


class Jumps:
    """The jumps a reader takes, those it could take next time, and marks of these."""

    def __init__(self, skeleton: Skeleton, mark: Iterable[Jump]) -> None:
        self._skeleton = skeleton
        self._ahead = deque(mark)
        self._done: list[Jump] = []
        self._frame: Frame | None = None
        """The list that the last of those done is a part of."""
        self._items_at_start = 0
        self._marks: deque[tuple[int, Mark]] = deque(maxlen=_KEPT)

    def mark(self, position: int) -> Mark | None:
        """From where to go on when so many items were used; None: no new place is known."""
        return next((mark for items, mark in reversed(self._marks) if items <= position), None)

    def enter(self, where: int, record: str) -> int:
        """The reader stands between two records of a list: where it is to go on."""
        skeleton = self._skeleton
        if not self._ahead or where < self._ahead[0].start:
            self.reach(where, record)
            return where
        jump = self._ahead.popleft()
        if where != jump.start:
            raise ValueError(f"the file isn't as it was: a list was to begin at {jump.start}")
        skeleton.skipped_lines += jump.line - skeleton.line
        skeleton.ordinals[record] = jump.ordinal
        path = f"{skeleton.frames[-1].path}/{record}"
        skeleton.last = Source(skeleton.name, jump.after_line, jump.ordinal, jump.after, path)
        skeleton.last_tag = record
        self._done.append(jump)
        self._frame = skeleton.frames[-1]
        self._items_at_start = skeleton.count
        skeleton.handed_out += jump.items
        return jump.end

    def reach(self, where: int, record: str) -> None:
        """All records of the list before this byte have been made."""
        skeleton = self._skeleton
        frame = skeleton.frames[-1]
        if frame is not self._frame:
            if len(self._done) == _MOST:
                return
            self._frame, self._items_at_start = frame, skeleton.count
            self._done.append(Jump(where, where, 0, 0, 0, "", 0))
        last = skeleton.last
        self._done[-1] = Jump(
            self._done[-1].start,
            where,
            skeleton.count - self._items_at_start,
            skeleton.line,
            skeleton.ordinals[record],
            last.external_id,
            last.line,
        )
        self._marks.append((skeleton.count, tuple(self._done)))
