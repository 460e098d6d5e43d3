"""The reference reader: expat calls Python for each element, outside and inside records.

Outside records a stack of frames follows the containers (Каталог, Товары, …); within one,
the element is collected by the standard library's C tree builder and, once complete, made
into a record. What comes out waits in `items` until the caller takes it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from onec_bridge.commerceml._build import BUILDERS, HEADERS, Context, ident_of, nested
from onec_bridge.commerceml._example import IRREGULAR, Texts
from onec_bridge.commerceml._headers import Coding, Frame, file_header
from onec_bridge.commerceml._limits import (
    LONGEST_RECORD,
    LONGEST_TAG,
    MOST_ELEMENTS,
    RefusedError,
    check_depth,
    check_tag,
    count_unknown,
)
from onec_bridge.commerceml._plan import Plan
from onec_bridge.commerceml.records import NOWHERE, Group, Problem, Product, Record, Source
from onec_bridge.commerceml.schema import CHANGES_PACKAGE, CONTAINERS, RECORDS, ROOT, Values

LINE = "#line"
"""Attribute that carries an element's line; no XML attribute can be named so."""

_GROUP = "Группа"
_PIECE = 1 << 16
"""Bytes parsed between two looks at the limits."""
_CHARACTER = 4
"""Most bytes of one character in UTF-8."""

LineOf = Callable[[Element], int]
"""Tells the line of an element of the record at hand."""


class Skeleton:
    """An expat parser and the records it has produced so far."""

    def __init__(self, name: str, *, bom: bool, unknown: Counter[str]) -> None:
        self.name = name
        self.items: list[Record | Problem] = []
        self.handed_out = 0
        """Items taken so far, or jumped over."""
        self.unknown = unknown
        self.frames: list[Frame] = []
        self.skipped_lines = 0
        """Lines of the stretches that another reader took from between two feeds."""
        self.bytes_fed = 0
        """Bytes given to the parser so far; skipped ones not included."""
        self.boundary = -1
        """Byte at which the tag begins that last opened a container or ended a record."""
        self.at_end = False
        """All bytes were good, and the question is only whether they are all."""
        self.declared: str | None = None
        self.last: Source = NOWHERE
        self.last_tag = ""
        self._bom = bom
        self._tail = b""
        self._prefixed = False
        self._began: tuple[int, int] | None = None
        """Byte and line at which the element begins that is being gathered."""
        self.ordinals: Counter[str] = Counter()
        """Of each kind of element, how many there were."""
        # A byte order mark is surer than a declaration that contradicts it.
        parser = expat.ParserCreate("utf-8" if bom else None)
        parser.buffer_text = True
        parser.buffer_size = 1 << 16
        parser.XmlDeclHandler = self._declaration
        parser.StartDoctypeDeclHandler = self._doctype
        self.parser = parser
        self._between_records()

    # --- For the caller ---

    def feed(self, data: bytes, *, final: bool = False) -> None:
        """Parse on. Raises `expat.ExpatError` or `RefusedError`; `items` stay good."""
        try:
            for at in range(0, len(data), _PIECE):
                self._parse(data[at : at + _PIECE])
        except (LookupError, ValueError) as error:
            if self.ordinals:
                raise
            # Nothing was read yet: it is the declared encoding that Python knows nothing of.
            raise RefusedError("unknown_encoding", declared=self.declared or "") from error
        if final:
            self.at_end = True
            self.parser.Parse(b"", True)

    def _parse(self, piece: bytes) -> None:
        self._tail = self._tail[-_CHARACTER:] + piece
        self.bytes_fed += len(piece)
        self.parser.Parse(piece, False)
        if self.bytes_fed - self.parser.CurrentByteIndex > LONGEST_TAG:
            raise RefusedError("tag_too_long", limit=LONGEST_TAG)
        self._check_size(self.bytes_fed)

    def _check_size(self, reached: int) -> None:
        if self._began and reached - self._began[0] > LONGEST_RECORD:
            raise RefusedError("record_too_large", self._began[1], limit=LONGEST_RECORD)

    def character_at_error(self) -> bytes:
        """The bytes of the character that the parser stumbled over."""
        at = self.parser.ErrorByteIndex - (self.bytes_fed - len(self._tail))
        found = self._tail[at : at + _CHARACTER] if at >= 0 else b""
        return found[:1] if found[:1].isascii() else found

    def take(self) -> list[Record | Problem]:
        """What was produced since the last call."""
        items, self.items = self.items, []
        self.handed_out += len(items)
        return items

    @property
    def count(self) -> int:
        """How many items of the file come before the place where the parser is."""
        return self.handed_out + len(self.items)

    @property
    def encoding(self) -> str:
        """The encoding that the file is read in."""
        return "utf-8" if self._bom else self.declared or "utf-8"

    @property
    def list_tag(self) -> str:
        """The container in which the parser stands, between two records; else empty."""
        return "" if self._collecting or not self.frames else self.frames[-1].tag

    @property
    def line(self) -> int:
        """The line of the file that the parser is at; between feeds, the line it goes on at."""
        return self.parser.CurrentLineNumber + self.skipped_lines

    # --- Between records ---

    def _between_records(self) -> None:
        self._collecting = False
        self._began = None
        self.parser.StartElementHandler = self._open
        self.parser.EndElementHandler = self._close
        self.parser.CharacterDataHandler = None

    def _declaration(self, version: str, encoding: str | None, standalone: int) -> None:
        self.declared = encoding.lower() if encoding else None

    def _doctype(self, *declared: object) -> None:
        raise RefusedError("doctype_refused")

    def _open(self, qualified: str, attributes: dict[str, str]) -> None:
        tag = qualified.rpartition(":")[2]
        check_tag(attributes)
        check_depth(len(self.frames) + 1)
        if not self.frames and not self.ordinals:
            self._root(qualified, tag, attributes)
        frame = self.frames[-1] if self.frames else None
        if tag in RECORDS:
            if frame:
                self._emit_header(frame)
            self._collect(tag, attributes, self._record_done)
        elif tag in CONTAINERS:
            if frame:
                self._emit_header(frame)
            self._push(tag, attributes)
        elif frame and frame.header and frame.header.reads(tag):
            self._collect(tag, attributes, self._header_field_done)
        else:
            count_unknown(self.unknown, tag)
            self._skip()

    def _close(self, qualified: str) -> None:
        self._emit_header(self.frames[-1])
        self.frames.pop()

    def _root(self, qualified: str, tag: str, attributes: dict[str, str]) -> None:
        if tag not in RECORDS and tag not in CONTAINERS:
            raise RefusedError("not_commerceml", root=qualified)
        prefix = qualified.rpartition(":")[0]
        self._prefixed = bool(prefix) or any(
            name.startswith("xmlns:") and "commerceml" in urn for name, urn in attributes.items()
        )
        self.ordinals[ROOT] = 1
        source = Source(self.name, self.line, 1, "", tag)
        coding = Coding(self.encoding, self.declared, self._bom)
        self.items += file_header(attributes, prefix, source, coding)

    def _push(self, tag: str, attributes: dict[str, str]) -> None:
        outer = self.frames[-1] if self.frames else None
        path = f"{outer.path}/{tag}" if outer else tag
        frame = Frame(tag, path, self.line, HEADERS.get(tag))
        frame.inherited = dict(outer.inherited) if outer else {}
        self.frames.append(frame)
        self.boundary = self.parser.CurrentByteIndex
        if frame.header:
            self.ordinals[tag] += 1
            source = Source(self.name, self.line, self.ordinals[tag], "", path)
            frame.context = Context(source, lambda element: frame.line, self.unknown)
            frame.header.node.fill(Element(tag, attributes), frame.values, frame.context)
            if tag == CHANGES_PACKAGE:
                frame.values.update(is_changes_package=True, only_changes=True)
            for name in ("only_changes", "told_at"):
                frame.inherited[name] = frame.values.get(name)

    def _emit_header(self, frame: Frame) -> None:
        """A header is complete when the first container or record within it begins."""
        if not (frame.header and frame.context):
            return
        context, frame.context = frame.context, None
        ident = frame.values.get("id", "")
        here = context.source
        context.source = Source(here.file, here.line, here.ordinal, ident, here.path)
        header = frame.header.complete(Element(frame.tag), frame.values, context)
        frame.inherited["directory_id"] = ident
        self.items.append(header)
        self.items.extend(context.problems)

    def _skip(self) -> None:
        """Read past an element that is none of ours, however large."""
        outside = len(self.frames)
        depth = outside + 1

        def start(tag: str, attributes: dict[str, str]) -> None:
            nonlocal depth
            depth += 1
            check_depth(depth)

        def end(tag: str) -> None:
            nonlocal depth
            depth -= 1
            if depth == outside:
                self._between_records()

        self._collecting = True
        self.parser.StartElementHandler = start
        self.parser.EndElementHandler = end

    # --- Within a record ---

    def _collect(self, tag: str, attributes: dict[str, str], done: Any) -> None:
        """Gather an element as a tree, each with its line, and hand it to `done`."""
        parser, builder = self.parser, TreeBuilder()
        start_element, end_element = builder.start, builder.end
        prefixed, skipped = self._prefixed, self.skipped_lines
        self._began = parser.CurrentByteIndex, self.line
        attributes[LINE] = str(self.line)
        root = start_element(tag, attributes)
        depth, count = len(self.frames) + 1, 1

        def start(tag: str, attributes: dict[str, str]) -> None:
            nonlocal depth, count
            depth += 1
            count += 1
            check_depth(depth)
            check_tag(attributes)
            if count > MOST_ELEMENTS:
                raise RefusedError("too_many_elements", limit=MOST_ELEMENTS)
            if prefixed:
                tag = tag.rpartition(":")[2]
            attributes[LINE] = str(parser.CurrentLineNumber + skipped)
            start_element(tag, attributes)

        def end(tag: str) -> None:
            nonlocal depth
            depth -= 1
            if end_element(tag) is root:
                self._check_size(parser.CurrentByteIndex)
                self._between_records()
                done(tag.rpartition(":")[2], root)

        self._collecting = True
        parser.StartElementHandler = start
        parser.EndElementHandler = end
        parser.CharacterDataHandler = builder.data

    def _header_field_done(self, tag: str, element: Element) -> None:
        frame = self.frames[-1]
        if frame.header and frame.context:
            frame.header.node.fill_child(element, frame.values, frame.context)

    def _record_done(self, tag: str, element: Element) -> None:
        self.boundary = self.parser.CurrentByteIndex
        self.make(tag, element, line_of)

    def make(self, tag: str, element: Element, lines: LineOf) -> None:
        """Turn a complete element into its record, or records, and their problems."""
        if tag == _GROUP:
            self._make_groups(element, lines)
        else:
            self._make_one(tag, element, lines, self._known(tag))

    def planned(self, tag: str) -> Callable[[Plan, Texts, int, bool], bool]:
        """What makes records of texts by plan, here between two records.

        It is given the record's line, and whether its texts have line ends in them. It says
        `False`, with nothing done, if a record needs `make`.
        """
        known, path = self._known(tag), self._source(tag, "", 0, 0).path
        name, items, ordinals, unknown = self.name, self.items, self.ordinals, self.unknown

        def make(plan: Plan, texts: Texts, line: int, lined: bool) -> bool:
            ordinal = ordinals[tag] + 1
            try:
                record = plan.make(texts, name, line, ordinal, path, known, lined)
            except IRREGULAR:
                return False
            ordinals[tag] = ordinal
            self.last, self.last_tag = record.source, tag
            if type(record) is Product:
                object.__setattr__(record, "made_of", (plan.shape, texts))
            items.append(record)
            for each in plan.unknown:
                count_unknown(unknown, each)
            return True

        return make

    def _known(self, tag: str) -> Values:
        """What a record is told by what it stands in."""
        around = self.frames[-1].inherited if self.frames else {}
        return {name: around[name] for name in RECORDS[tag].inherits if name in around}

    def _source(self, tag: str, ident: str, line: int, ordinal: int) -> Source:
        path = f"{self.frames[-1].path}/{tag}" if self.frames else tag
        return Source(self.name, line, ordinal, ident, path)

    def _make_one(self, tag: str, element: Element, lines: LineOf, known: Values) -> Record:
        self.ordinals[tag] += 1
        source = self._source(tag, ident_of(element), lines(element), self.ordinals[tag])
        context = Context(source, lines, self.unknown)
        record: Record = BUILDERS[tag].build(element, context, known)
        self.last, self.last_tag = source, tag
        self.items.append(record)
        if context.problems:
            self.items.extend(context.problems)
        return record

    def _make_groups(self, element: Element, lines: LineOf) -> None:
        ids: dict[Element, str] = {}
        for group, parent in nested(element, "Группы", _GROUP):
            known = {} if parent is None else {"parent_id": ids[parent]}
            record = self._make_one(_GROUP, group, lines, known)
            assert isinstance(record, Group)
            ids[group] = record.id


def line_of(element: Element) -> int:
    """The line noted while the element was collected."""
    return int(element.get(LINE, "0"))
