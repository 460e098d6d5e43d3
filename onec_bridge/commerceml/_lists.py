"""The quick way through long lists: stretches of whole records, read without expat's calls.

Most of a big file is one list of Товар or Предложение. There the bytes up to the last
closing tag at hand form a stretch of complete records. Each is read by the pattern of its
shape (`_learned`), or parsed by C alone and its shape learned; where shapes hardly repeat,
the C tree builder parses the whole stretch. The expat parser of `Skeleton` doesn't see
those bytes; it is told how many lines it missed.

When is that safe? The skeleton must stand cleanly between two records, and the stretch
must be well-formed by itself and hold exactly as many records as there are opening tags
in its bytes (so none hides in a comment or CDATA, or within another record). Anything
else, however rare, goes to the skeleton unchanged, which also finds the errors.
"""

from __future__ import annotations

import re
from contextlib import suppress
from functools import cache
from typing import Any, NamedTuple
from xml.etree.ElementTree import Element, ParseError, XMLParser
from xml.parsers import expat

from onec_bridge.commerceml._learned import Template, Templates
from onec_bridge.commerceml._skeleton import Skeleton

_RECORD_OF = {"Товары": "Товар", "Предложения": "Предложение"}
"""List → the record that it is long of."""

_ENCODINGS = frozenset({"utf-8", "utf8", "windows-1251", "cp1251"})
"""Encodings in which an ASCII byte always is that ASCII character."""

_LONGEST_RECORD = 1 << 22
"""Bytes kept waiting for the end of a record before the skeleton gets them all."""

_BLANKS = " \t\r\n"
_MISSES_AT_FIRST = 64
"""Records of one stretch that may be of new shapes before we stop learning."""

_WRAPPER = (b'<r xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">', b"</r>")


class Lists:
    """Feeds a skeleton, taking long lists past it."""

    def __init__(self, skeleton: Skeleton, *, enabled: bool) -> None:
        self._skeleton = skeleton
        self._enabled = enabled
        self._waiting = b""
        self._learns = True
        self._templates = {record: Templates() for record in _RECORD_OF.values()}
        self._record = ""
        """The record of the list we stand in, when the skeleton need not see its bytes."""

    def feed(self, data: bytes, *, final: bool = False) -> None:
        """Read on, through whichever of the two ways fits. Raises as `Skeleton.feed`."""
        data = self._waiting + data
        self._waiting = b""
        while data and self._enabled and not (final and self._record):
            data, waits = self._list(data) if self._record else self._outside(data)
            if waits:
                self._waiting = data
                return
        self._record = ""
        if data or final:
            self._skeleton.feed(data, final=final)

    def _outside(self, data: bytes) -> tuple[bytes, bool]:
        """Let the skeleton read up to where a list may begin; what is left, to go on with."""
        skeleton = self._skeleton
        match = _entrance(skeleton.list_tag).search(data)
        if not match:
            skeleton.feed(data)
            return b"", False
        boundary = skeleton.bytes_fed + match.start()
        skeleton.feed(data[: match.end()])
        if skeleton.encoding not in _ENCODINGS:
            self._enabled = False
        elif skeleton.boundary == boundary:
            self._record = _RECORD_OF.get(skeleton.list_tag, "")
        return data[match.end() :], False

    def _list(self, data: bytes) -> tuple[bytes, bool]:
        """Take all complete records; what is left, and whether to wait for more bytes."""
        skeleton = self._skeleton
        closing = f"</{self._record}>".encode(skeleton.encoding)
        end = data.rfind(closing)
        if end < 0:
            list_end = f"</{skeleton.list_tag}".encode(skeleton.encoding)
            waits = list_end not in data and len(data) < _LONGEST_RECORD
            self._record = self._record if waits else ""
            return data, waits
        end += len(closing)
        stretch = data[:end]
        if not self._take(stretch):
            self._record = ""
            skeleton.feed(stretch)
        return data[end:], False

    def _take(self, stretch: bytes) -> bool:
        """Make the records of a stretch, or leave everything as it was."""
        if stretch.count(b"\r") != stretch.count(b"\r\n"):
            return False  # expat counts a bare carriage return as a line, we don't
        found = self._recognised(stretch) if self._learns else None
        if found is None:
            found = self._parsed(stretch)
        if found is None:
            return False
        line, at = self._skeleton.line, 0
        for each in found:
            line += stretch.count(b"\n", at, each.start)
            line_ends = stretch.count(b"\n", each.start, each.end)
            self._make(each, stretch, line, line_ends)
            line += line_ends
            at = each.end
        self._skeleton.skipped_lines += stretch.count(b"\n")
        return True

    def _make(self, found: _Found, stretch: bytes, line: int, line_ends: int) -> None:
        """Make one record, the quickest way there is."""
        skeleton, tag = self._skeleton, self._record
        start, end, element, template, texts = found
        lines: KnownLines | Lines
        if template and line_ends == template.line_ends:
            lines = KnownLines(line, template.offsets)
        else:
            lines = Lines(element, stretch, start, end, line, skeleton.encoding)
        if template:
            if template.plan and skeleton.make_planned(tag, template.plan, texts, lines):
                return
            template.fill(texts)
        skeleton.make(tag, element, lines)

    def _parsed(self, stretch: bytes) -> list[_Found] | None:
        """The records of a stretch, parsed all together; `None` if it isn't records only."""
        tag, encoding = self._record, self._skeleton.encoding
        records = _parse(stretch, encoding)
        starts = _starts(tag, encoding, stretch)
        if records is None or len(starts) != len(records):
            return None
        if any(child.tag != tag for child in records):
            return None
        ends = [*starts[1:], len(stretch)]
        return [_Found(*each) for each in zip(starts, ends, records, strict=True)]

    def _recognised(self, stretch: bytes) -> list[_Found] | None:
        """The records of a stretch, by their shapes; `None` where patterns can't be trusted."""
        encoding, templates = self._skeleton.encoding, self._templates[self._record]
        closing_tag = f"</{self._record}>"
        closing = closing_tag.encode(encoding)
        found: list[_Found] = []
        misses, at = 0, 0
        windows = b"\r" in stretch
        for piece in stretch.split(closing)[:-1]:
            end = at + len(piece) + len(closing)
            try:
                text = piece.decode(encoding)
            except UnicodeDecodeError:
                return None
            record = text.lstrip(_BLANKS)
            start = at + len(text) - len(record)
            record += closing_tag
            if windows:
                record = record.replace("\r\n", "\n")
            if not Templates.has_plain_entities(record):
                return None
            if hit := templates.find(record):
                found.append(_Found(start, end, hit[0].tree, *hit))
            else:
                misses += 1
                alone = self._parsed(stretch[at:end])
                if alone is None or len(alone) != 1:
                    return None
                templates.learn(record, alone[0].element)
                found.append(_Found(at + alone[0].start, end, alone[0].element))
            at = end
        # Where hardly two records are alike, parsing them all together is quicker.
        self._learns = misses <= _MISSES_AT_FIRST or misses * 4 < len(found)
        return found


class _Found(NamedTuple):
    """A record of a stretch: from where to where, and its tree or what to fill a tree with."""

    start: int
    end: int
    element: Element
    template: Template | None = None
    texts: tuple[str, ...] = ()


class KnownLines:
    """The lines of a record of a learned shape: they differ by the first alone."""

    __slots__ = ("_line", "_offsets")

    def __init__(self, line: int, offsets: dict[Element, int]) -> None:
        self._line = line
        self._offsets = offsets

    def __call__(self, element: Element) -> int:
        """The line of an element of the record."""
        return self._line + self._offsets[element]


class Lines:
    """The lines of one record's elements, found from its bytes when somebody asks.

    The nth `<Цена` in the bytes is the nth Цена of the tree, provided there are equally
    many; if not (one stands in a comment), the record is parsed again to count.
    """

    __slots__ = ("_encoding", "_end", "_known", "_line", "_record", "_start", "_stretch")

    def __init__(
        self, record: Element, stretch: bytes, start: int, end: int, line: int, encoding: str
    ) -> None:
        self._record = record
        self._stretch = stretch
        self._start = start
        self._end = end
        self._line = line
        self._encoding = encoding
        self._known: dict[Element, int] = {record: line}

    def __call__(self, element: Element) -> int:
        """The line of an element of the record."""
        if element not in self._known:
            self._find(element.tag)
        return self._known[element]

    def _find(self, tag: str) -> None:
        elements = list(self._record.iter(tag))
        stretch, at, line = self._stretch, self._start, self._line
        matches = _opening(tag, self._encoding).finditer(stretch, self._start, self._end)
        starts = [match.start() for match in matches]
        if len(starts) != len(elements):
            self._parse_again()
            return
        for element, start in zip(elements, starts, strict=True):
            line += stretch.count(b"\n", at, start)
            at = start
            self._known[element] = line

    def _parse_again(self) -> None:
        lines: list[int] = []
        depth = 0
        parser = expat.ParserCreate(self._encoding)

        def start(tag: str, attributes: dict[str, str]) -> None:
            nonlocal depth
            depth += 1
            lines.append(parser.CurrentLineNumber + self._line - 1)

        def end(tag: str) -> None:
            nonlocal depth
            depth -= 1
            if not depth:
                raise _RecordEnd

        parser.StartElementHandler = start
        parser.EndElementHandler = end
        with suppress(_RecordEnd):
            parser.Parse(self._stretch[self._start : self._end], True)
        self._known.update(zip(self._record.iter(), lines, strict=True))


class _RecordEnd(Exception):
    """What follows the record (a comment, the next one's indent) is none of ours."""


def _parse(stretch: bytes, encoding: str) -> Element | None:
    """A stretch as the children of a root; `None` when it isn't well-formed by itself."""
    if b"xmlns" in stretch:
        return None  # namespaces are seen otherwise by this parser
    parser = XMLParser(encoding=encoding)  # noqa: S314 - a DOCTYPE can't stand in the wrapper
    try:
        parser.feed(_WRAPPER[0])
        parser.feed(stretch)
        parser.feed(_WRAPPER[1])
        root = parser.close()
    except (ParseError, ValueError):
        return None
    assert isinstance(root, Element)
    return root


def _starts(tag: str, encoding: str, data: bytes) -> list[int]:
    return [match.start() for match in _opening(tag, encoding).finditer(data)]


@cache
def _opening(tag: str, encoding: str) -> Any:
    return re.compile(re.escape(f"<{tag}".encode(encoding)) + rb"(?=[\s/>])")


@cache
def _entrance(list_tag: str) -> Any:
    """Where the skeleton may come to stand between two records: behind the opening tag of
    a list or, in one, behind the closing tag of a record."""
    if list_tag in _RECORD_OF:
        inner = _RECORD_OF[list_tag]
        return re.compile(b"|".join(f"</{inner}>".encode(name) for name in ("utf-8", "cp1251")))
    lists = [f"<{tag}".encode(name) for tag in _RECORD_OF for name in ("utf-8", "cp1251")]
    return re.compile(b"(?:" + b"|".join(lists) + rb")(?:\s[^>]*)?>")
