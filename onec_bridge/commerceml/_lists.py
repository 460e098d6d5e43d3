"""The quick way through long lists: stretches of whole records, read without expat's calls.

Most of a big file is one list of Товар or Предложение. There the bytes up to the last
closing tag at hand form a stretch of complete records. Each is read by the pattern of its
shape (`_learned`), or parsed by C alone and its shape learned; where shapes hardly repeat,
the C tree builder parses the whole stretch. The expat parser of `Skeleton` doesn't see
those bytes; it is told how many lines it missed. A stretch is found whole before the first
record of it is made, so that whatever is odd can still go the other way.

When is that safe? The skeleton must stand cleanly between two records, and the stretch
must be well-formed by itself and hold exactly as many records as there are opening tags
in its bytes (so none hides in a comment or CDATA, or within another record). Anything
else, however rare, goes to the skeleton unchanged, which also finds the errors.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from typing import Any
from xml.etree.ElementTree import Element, ParseError, XMLParser
from xml.parsers import expat

from onec_bridge.commerceml._example import Texts
from onec_bridge.commerceml._jumps import Jump, Jumps
from onec_bridge.commerceml._learned import (
    Template,
    Templates,
    has_plain_entities,
    in_lines,
    unescape,
)
from onec_bridge.commerceml._limits import DEEPEST, LONGEST_TAG, is_deeper
from onec_bridge.commerceml._skeleton import LineOf, Skeleton

_RECORD_OF = {"Товары": "Товар", "Предложения": "Предложение"}
"""List → the record that it is long of."""

_ENCODINGS = frozenset({"utf-8", "utf8", "windows-1251", "cp1251"})
"""Encodings in which an ASCII byte always is that ASCII character."""

_MISSES_AT_FIRST = 64
"""Records of one stretch that may be of new shapes before we stop learning."""

_WRAPPER = ('<r xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">', "</r>")


class Lists:
    """Feeds a skeleton, taking long lists past it."""

    def __init__(self, skeleton: Skeleton, mark: Iterable[Jump], *, enabled: bool) -> None:
        self._skeleton = skeleton
        self._enabled = enabled
        self.jumps = Jumps(skeleton, mark)
        self.reached = 0
        """Bytes of the file read so far, or jumped over: from where to go on."""
        self._waiting = b""
        self._learns = True
        self._templates = {record: Templates() for record in _RECORD_OF.values()}
        self._last: Template | None = None
        """The shape to try first: that of the last two records, if they are of one."""
        self._record = ""
        """The record of the list we stand in, when the skeleton need not see its bytes."""

    def feed(self, data: bytes, *, final: bool = False) -> None:
        """Read on, through whichever of the two ways fits. Raises as `Skeleton.feed`."""
        self.reached += len(data)
        data = self._waiting + data
        self._waiting = b""
        while data and self._enabled and not (final and self._record):
            data, waits = self._list(data) if self._record else self._outside(data)
            if waits:
                self._waiting = data
                return
        if data or final:
            self._record = ""
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
        rest = data[match.end() :]
        if self._record:
            here = self.reached - len(rest)
            there = self.jumps.enter(here, self._record)
            if there != here:
                self.reached, rest = there, b""
        return rest, False

    def _list(self, data: bytes) -> tuple[bytes, bool]:
        """Take all complete records; what is left, and whether to wait for more bytes."""
        skeleton = self._skeleton
        closing = f"</{self._record}>".encode(skeleton.encoding)
        end = data.rfind(closing)
        if end < 0:
            list_end = f"</{skeleton.list_tag}".encode(skeleton.encoding)
            waits = list_end not in data and len(data) < LONGEST_TAG
            self._record = self._record if waits else ""
            return data, waits
        end += len(closing)
        stretch = data[:end]
        rest = data[end:]
        if self._take(stretch):
            self.jumps.reach(self.reached - len(rest), self._record)
        else:
            self._record = ""
            skeleton.feed(stretch)
        return rest, False

    def _take(self, stretch: bytes) -> bool:
        """Make the records of a stretch, or leave everything as it was."""
        if len(stretch) > LONGEST_TAG:
            return False  # a record as long as that is for the skeleton to judge
        text = _decoded(stretch, self._skeleton.encoding)
        if text is None:
            return False
        found = self._recognised(text) if self._learns else None
        if found is None:
            found = self._parsed(text)
        if found is None:
            return False
        self._skeleton.skipped_lines += self._make_all(text, found)
        return True

    # --- Finding ---

    def _recognised(self, text: str) -> list[_Found] | None:
        """The records of a stretch, by their shapes; `None` where patterns can't be trusted."""
        templates, closing = self._templates[self._record], f"</{self._record}>"
        found: list[_Found] = []
        at, length, misses = 0, len(text), 0
        entity = _find(text, "&", 0)
        likely = template = self._last
        while at < length:
            match = likely.pattern.match(text, at) if likely else None
            if match:
                end = match.end()
            else:
                end, before = text.index(closing, at) + len(closing), template
                template, match = templates.find(text, at, end) or (None, None)
                likely = template if template is before else None
            texts = match.groups() if match else ()
            if entity < end:
                entity = _find(text, "&", end)
                texts = tuple(map(unescape, texts))
                match = match if has_plain_entities(text[at:end]) else None
            if match and template:
                found.append((at, end, template, texts))
            else:
                misses += 1
                alone = self._parsed(text[at:end])
                if alone is None or len(alone) != 1:
                    return None
                tree = alone[0][2]
                assert isinstance(tree, Element)
                templates.learn(text[at:end], tree)
                found.append((at, end, tree, ()))
            at = end
        self._last = likely
        # Where hardly two records are alike, parsing them all together is quicker.
        self._learns = misses <= _MISSES_AT_FIRST or misses * 4 < len(found)
        return found

    def _parsed(self, text: str) -> list[_Found] | None:
        """The records of a stretch, parsed all together; `None` if it isn't records only."""
        records = _parse(text)
        starts = [match.start() for match in _opening(self._record).finditer(text)]
        if records is None or len(starts) != len(records):
            return None
        if any(child.tag != self._record for child in records):
            return None
        room = DEEPEST - len(self._skeleton.frames)
        if text.count("</") > room and any(is_deeper(child, room) for child in records):
            return None
        begins, ends = [0, *starts[1:]], [*starts[1:], len(text)]
        return [(*each, ()) for each in zip(begins, ends, records, strict=True)]

    # --- Making ---

    def _make_all(self, text: str, found: list[_Found]) -> int:
        """Make the records of a stretch, each the quickest way there is; how many lines it is."""
        planned, line = self._skeleton.planned(self._record), self._skeleton.line
        first_line = line
        for start, end, shape, texts in found:
            if not isinstance(shape, Template):
                self._make(text[start:end], line, shape)
                line += text.count("\n", start, end)
                continue
            more_lines = 0
            if shape.long:
                more_lines = sum([texts[place].count("\n") for place in shape.long])
                if more_lines:
                    texts = in_lines(texts)
            if not (shape.plan and planned(shape.plan, texts, line, bool(more_lines))):
                known = None if more_lines else shape
                self._make(text[start:end], line, shape.fill(texts), known)
            line += shape.line_ends + more_lines
        return line - first_line

    def _make(
        self, text: str, line: int, element: Element, template: Template | None = None
    ) -> None:
        """Make one record the general way; with the lines of a template where they hold."""
        lines: LineOf = (
            KnownLines(line, template.example.offsets) if template else Lines(element, text, line)
        )
        self._skeleton.make(self._record, element, lines)


_Found = tuple[int, int, Template | Element, Texts]
"""A record of a stretch: from where to where, its shape and texts, or its tree."""


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
    """The lines of one record's elements, found in its text when somebody asks.

    The nth `<Цена` in the text is the nth Цена of the tree, provided there are equally
    many; if not (one stands in a comment), the record is parsed again to count.
    """

    __slots__ = ("_known", "_line", "_record", "_text")

    def __init__(self, record: Element, text: str, line: int) -> None:
        self._record = record
        self._text = text
        self._line = line
        self._known: dict[Element, int] = {}

    def __call__(self, element: Element) -> int:
        """The line of an element of the record."""
        if element not in self._known:
            self._find(element.tag)
        return self._known[element]

    def _find(self, tag: str) -> None:
        elements = list(self._record.iter(tag))
        at, line = 0, self._line
        starts = [match.start() for match in _opening(tag).finditer(self._text)]
        if len(starts) != len(elements):
            self._parse_again()
            return
        for element, start in zip(elements, starts, strict=True):
            line += self._text.count("\n", at, start)
            at = start
            self._known[element] = line

    def _parse_again(self) -> None:
        lines: list[int] = []
        depth = 0
        parser = expat.ParserCreate()

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
            parser.Parse(self._text, True)
        self._known.update(zip(self._record.iter(), lines, strict=True))


class _RecordEnd(Exception):
    """What follows the record (a comment, the next one's indent) is none of ours."""


def _decoded(stretch: bytes, encoding: str) -> str | None:
    """A stretch as text; `None` where only a parser can tell whether it is one."""
    try:
        text = stretch.decode(encoding)
    except UnicodeDecodeError:
        return None
    return None if "\ufffe" in text or "\uffff" in text else text


def _parse(text: str) -> Element | None:
    """A stretch as the children of a root; `None` when it isn't well-formed by itself."""
    if "xmlns" in text:
        return None  # namespaces are seen otherwise by this parser
    if "\r" in text and text.count("\r") != text.count("\r\n"):
        return None  # expat counts a bare carriage return as a line, we don't
    parser = XMLParser()  # noqa: S314 - a DOCTYPE can't stand in the wrapper
    try:
        parser.feed(_WRAPPER[0] + text + _WRAPPER[1])
        root = parser.close()
    except (ParseError, ValueError):
        return None
    assert isinstance(root, Element)
    return root


def _find(text: str, what: str, at: int) -> int:
    """Where it stands next; behind the end, where it doesn't any more."""
    found = text.find(what, at)
    return len(text) if found < 0 else found


@cache
def _opening(tag: str) -> re.Pattern[str]:
    return re.compile(rf"<{re.escape(tag)}(?=[\s/>])")


@cache
def _entrance(list_tag: str) -> Any:
    """Where the skeleton may come to stand between two records: behind the opening tag of
    a list or, in one, behind the closing tag of a record."""
    if list_tag in _RECORD_OF:
        inner = _RECORD_OF[list_tag]
        return re.compile(b"|".join(f"</{inner}>".encode(name) for name in ("utf-8", "cp1251")))
    lists = [f"<{tag}".encode(name) for tag in _RECORD_OF for name in ("utf-8", "cp1251")]
    return re.compile(b"(?:" + b"|".join(lists) + rb")(?:\s[^>]*)?>")
