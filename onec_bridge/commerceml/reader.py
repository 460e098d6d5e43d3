"""CommerceML read as a stream: records and problems in file order, in flat memory.

The rules this module keeps:

- Only XML that cannot go on ends the reading, with one fatal `Problem` that says after
  which record. A value that cannot be read is a `Problem`; its record still comes.
- What is read is told by elements, never by the file's name; every block is optional and
  may stand in any order (format.md, section 0). Unknown elements are counted, not failed.
- DOCTYPE is refused, and with it entities; so is what no 1C base writes (`_limits`).
- Lines are exact. Expat counts them; lxml's `sourceline` does not past line 65,535.

Two ways lead to the same records. `Skeleton` lets expat call Python for every element, and
is the reference. Within the long lists of goods and offers, `Lists` reads whole stretches
of complete records at once, those of a shape seen before by one pattern each, which is
twice as fast, and gives back to the reference whatever it isn't sure of. Tests hold the
two to the same answers, on real files and on damaged ones.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import BinaryIO
from xml.parsers import expat

from onec_bridge.commerceml._jumps import Jump, Mark
from onec_bridge.commerceml._limits import RefusedError
from onec_bridge.commerceml._lists import Lists
from onec_bridge.commerceml._skeleton import Skeleton
from onec_bridge.commerceml.records import Problem, Record, Severity, Source

__all__ = ["Item", "Jump", "Mark", "Reading", "read"]

_CHUNK = 1 << 16
"""Bytes asked for at a time: what stays in memory beside one record."""

_BOM = b"\xef\xbb\xbf"

_ERRORS = expat.errors.codes
_JUNK_AFTER_END = _ERRORS[expat.errors.XML_ERROR_JUNK_AFTER_DOC_ELEMENT]
_INVALID_TOKEN = _ERRORS[expat.errors.XML_ERROR_INVALID_TOKEN]
_BAD_ENCODING = {
    _ERRORS[expat.errors.XML_ERROR_UNKNOWN_ENCODING],
    _ERRORS[expat.errors.XML_ERROR_INCORRECT_ENCODING],
}

Item = Record | Problem
"""What a reader yields."""


def read(
    stream: BinaryIO,
    name: str,
    *,
    unknown: Counter[str] | None = None,
    fast: bool = True,
    mark: Iterable[Jump] = (),
) -> Reading:
    """Read one CommerceML file.

    The first item is the `Header` (unless the file cannot be read at all), then records
    and problems in file order, a record before the problems found in it.

    Args:
        stream: a binary file, read once from where it stands, sought only with a mark.
        name: what to call it in every `Source`.
        unknown: counts the elements that this package doesn't know, by name.
        fast: `False` reads every element the reference way; the answers are the same.
        mark: of an earlier reading of this very file (`Reading.mark`); the items that it
            passes over don't come again, those before the long lists do.
    """
    return Reading(stream, name, unknown if unknown is not None else Counter(), fast, tuple(mark))


class Reading(Iterator[Item]):
    """One pass over one file."""

    def __init__(
        self, stream: BinaryIO, name: str, unknown: Counter[str], fast: bool, mark: Mark
    ) -> None:
        self._stream = stream
        self._name = name
        self._unknown = unknown
        self._fast = fast
        self._jumps = mark
        self._beginning = b""
        self._size = 0
        self._items = self._read_all()
        self._lists: Lists | None = None

    def __next__(self) -> Item:
        return next(self._items)

    def mark(self, position: int) -> Mark | None:
        """From where to go on another time when this many items of the file, jumped ones
        included, were used; None: from where this reading went on."""
        return self._lists.jumps.mark(position) if self._lists else None

    def _read_all(self) -> Iterator[Item]:
        data = self._read_start()
        skeleton = Skeleton(self._name, bom=data.startswith(_BOM), unknown=self._unknown)
        lists = self._lists = Lists(skeleton, self._jumps, enabled=self._fast)
        self._skeleton = skeleton
        final = False
        while not final:
            final = not data
            if len(self._beginning) < _CHUNK:
                self._beginning += data
            try:
                lists.feed(data, final=final)
            except (expat.ExpatError, RefusedError) as error:
                yield from skeleton.take()
                yield self._fatal(error)
                return
            if skeleton.items:
                yield from skeleton.take()
            if lists.reached != self._size:
                self._size = self._stream.seek(lists.reached)
            data = self._read()

    def _read(self) -> bytes:
        """The next bytes, to where they would end if nothing had been jumped over: where a
        tag is cut in two decides where a list is entered."""
        data = self._stream.read(_CHUNK - self._size % _CHUNK)
        self._size += len(data)
        return data

    def _read_start(self) -> bytes:
        """At least as much as a byte order mark, however little a read gives."""
        start = self._read()
        while 0 < len(start) < len(_BOM):
            more = self._read()
            if not more:
                break
            start += more
        return start

    # --- When it cannot go on ---

    def _fatal(self, error: Exception) -> Problem:
        last = self._skeleton.last
        after = f"{self._skeleton.last_tag} {last.external_id} ({last.line})" if last.line else "—"
        code, params = self._diagnosis(error)
        line = self._skeleton.line
        if isinstance(error, expat.ExpatError):
            line = error.lineno + self._skeleton.skipped_lines
        elif isinstance(error, RefusedError) and error.line:
            line = error.line
        source = Source(self._name, line, 0, "", self._path())
        return Problem(code, Severity.FATAL, source, params={**params, "after": after})

    def _path(self) -> str:
        frames = self._skeleton.frames
        return frames[-1].path if frames else ""

    def _diagnosis(self, error: Exception) -> tuple[str, dict[str, str]]:
        """What an error of the parser means to whoever made the file: code and words."""
        declared = self._skeleton.declared or "utf-8"
        if likely := self._likely_encoding(error, declared):
            return "encoding_mismatch", {"declared": declared, "likely": likely}
        if isinstance(error, RefusedError):
            return error.code, error.params
        if not self._size:
            return "empty_file", {}
        assert isinstance(error, expat.ExpatError)
        if error.code in _BAD_ENCODING:
            return "unknown_encoding", {"declared": declared}
        if error.code == _JUNK_AFTER_END:
            return "junk_after_end", {}
        if self._skeleton.at_end:
            return "truncated_file", {"size": str(self._size)}
        return "malformed_xml", {"reason": expat.ErrorString(error.code)}

    def _likely_encoding(self, error: Exception, declared: str) -> str:
        """The encoding the file seems to be in, when it isn't the declared one; else empty."""
        code = getattr(error, "code", None)
        if declared.startswith("utf"):
            broken = code == _INVALID_TOKEN and not _is_utf8(self._skeleton.character_at_error())
            return "windows-1251" if broken else ""
        at_root = code in {_INVALID_TOKEN, "not_commerceml"} and not self._skeleton.frames
        beginning = self._beginning
        return "utf-8" if at_root and not beginning.isascii() and _is_utf8(beginning) else ""


def _is_utf8(data: bytes) -> bool:
    """Can this be UTF-8, cut off at the end?"""
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        return error.end >= len(data) and error.reason == "unexpected end of data"
    return True
