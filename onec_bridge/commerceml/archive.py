"""Files as 1C sends them: an XML, or a zip of XML and pictures.

Zips come from Windows through half a dozen packers, so names arrive in cp866 or cp1251
without the UTF-8 flag and with back slashes; and from strangers, so nothing is unpacked to
disk here, a name never leaves its folder, and the unpacked size has a limit whatever the
archive says of itself (in_practice.md, 11, 12 and 18). What is wrong with an archive is a
`Problem`, as everywhere.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import IO, Any, BinaryIO, cast

from onec_bridge.commerceml.reader import Item, read
from onec_bridge.commerceml.records import Problem, Severity, Source

UNPACKED_LIMIT = 4 << 30
"""Bytes that one archive may unpack to, unless the caller says otherwise."""

DIRECTORY_LIMIT = 32 << 20
"""Bytes of an archive's list of its entries, which is read whole: enough for 200,000 pictures."""

_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
_BOX_DRAWING = frozenset(range(0xB0, 0xE0)) | frozenset(range(0xF2, 0x100))
"""Bytes that are no letters in cp866, but are in cp1251."""


class ArchiveError(Exception):
    """An archive that breaks off while it is read; carries the problem to show."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


@dataclass(frozen=True, slots=True)
class Opened:
    """One file, ready to be read once."""

    name: str
    """The path as given; within an archive, `archive.zip/folder/inner.xml`."""
    inner_name: str
    """The name within the archive, with forward slashes; else the file's own name."""
    stream: BinaryIO
    """Raises `ArchiveError` when the archive turns out to be broken or too large."""
    size: int
    """Bytes, unpacked."""


def open_files(
    path: Path, *, limit: int = UNPACKED_LIMIT, only_xml: bool = True
) -> Iterator[Opened | Problem]:
    """The file itself or, of an archive, what is in it, one after another.

    Each `stream` is valid until the next step of the iterator. Which files are XML is told
    by their first byte, not by their names; `only_xml=False` gives pictures as well.
    """
    try:
        size = path.stat().st_size
        with path.open("rb") as stream:
            yield from open_stream(stream, str(path), size, limit=limit, only_xml=only_xml)
    except OSError as error:
        reason = error.strerror or str(error)
        yield _problem("unreadable_file", str(path), Severity.FATAL, reason=reason)


def open_stream(
    stream: BinaryIO, name: str, size: int, *, limit: int = UNPACKED_LIMIT, only_xml: bool = True
) -> Iterator[Opened | Problem]:
    """The same of a file that lies elsewhere than on a disk; it has to be one that can seek."""
    start = stream.read(4)
    stream.seek(0)
    if start in _MAGIC or name.lower().endswith(".zip"):
        yield from _archive(stream, name, size, limit, only_xml)
    else:
        yield Opened(name, PurePath(name).name, stream, size)


def read_path(path: Path, *, limit: int = UNPACKED_LIMIT) -> Iterator[Item]:
    """Everything in a file or archive: for each XML its `Header`, records and problems."""
    for opened in open_files(path, limit=limit):
        if isinstance(opened, Problem):
            yield opened
        else:
            yield from read_opened(opened)


def read_opened(opened: Opened, *, unknown: Counter[str] | None = None) -> Iterator[Item]:
    """`reader.read`, with an archive that breaks off told as a fatal problem."""
    try:
        yield from read(opened.stream, opened.name, unknown=unknown)
    except ArchiveError as error:
        yield error.problem


def opened_zip(stream: IO[bytes]) -> zipfile.ZipFile:
    """The archive; raises what `zipfile` does where it is none, or its list is too long."""
    return zipfile.ZipFile(cast(IO[bytes], _Bounded(stream)))


def files_of(archive: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """Its entries but for folders. `ZipInfo.is_dir` of Python 3.11 fails on one without a name."""
    return [info for info in archive.infolist() if not info.filename.endswith("/")]


class _Bounded:
    """A file of which nothing is read in a larger piece than an archive's list may be."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self.seek, self.tell, self.seekable = stream.seek, stream.tell, stream.seekable

    def read(self, size: int = -1) -> bytes:
        if size > DIRECTORY_LIMIT:
            raise zipfile.BadZipFile(
                f"the list of its files is longer than {DIRECTORY_LIMIT} bytes"
            )
        return self._stream.read(size)


def entry_name(info: zipfile.ZipInfo) -> str:
    r"""The name of an archive's entry as its author meant it, with forward slashes.

    >>> entry_name(zipfile.ZipInfo("goods\\1\\import.xml"))
    'goods/1/import.xml'
    """
    name = info.orig_filename.partition("\0")[0]
    if not info.flag_bits & 0x800:
        name = _decode(name)
    return name.replace("\\", "/")


def is_safe(name: str) -> bool:
    """Does the name stay within the folder it is put into?

    >>> is_safe("import_files/01/a.jpg"), is_safe("../a.php"), is_safe("C:/a"), is_safe("/a")
    (True, False, False, False)
    """
    parts = name.split("/")
    return bool(parts[0]) and ":" not in parts[0] and ".." not in parts and "\0" not in name


def _decode(name: str) -> str:
    """A name without the UTF-8 flag: `zipfile` took its bytes for cp437."""
    try:
        raw = name.encode("cp437")
    except UnicodeEncodeError:
        return name
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        encoding = "cp1251" if _BOX_DRAWING.intersection(raw) else "cp866"
        return raw.decode(encoding, "replace")


def _archive(
    stream: BinaryIO, name: str, size: int, limit: int, only_xml: bool
) -> Iterator[Opened | Problem]:
    try:
        archive = opened_zip(stream)
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        yield _problem("bad_zip", name, Severity.FATAL, reason=str(error), size=str(size))
        return
    budget = _Budget(limit)
    with archive:
        for info in files_of(archive):
            inner = entry_name(info)
            if not is_safe(inner):
                yield _problem("unsafe_zip_name", name, Severity.ERROR, value=inner)
                continue
            try:
                opened = _open_entry(archive, info, f"{name}/{inner}", inner, budget, size)
            except ArchiveError as error:
                yield error.problem
                continue
            if not only_xml or _looks_like_xml(opened.stream):
                yield opened
            if budget.spent > limit:
                return


@dataclass(slots=True)
class _Budget:
    """What an archive may still unpack, over all its entries."""

    limit: int
    spent: int = 0


def _open_entry(
    archive: zipfile.ZipFile,
    info: zipfile.ZipInfo,
    name: str,
    inner: str,
    budget: _Budget,
    size: int,
) -> Opened:
    try:
        source = archive.open(info)
    except (zipfile.BadZipFile, RuntimeError, OSError) as error:
        raise ArchiveError(
            _problem("bad_zip", name, Severity.FATAL, reason=str(error), size=str(size))
        ) from error
    entry = _Entry(source, name, budget, size)
    return Opened(name, inner, io.BufferedReader(entry), info.file_size)


class _Entry(io.RawIOBase):
    """One entry, unpacked as it is read, against the archive's budget.

    Once it has failed it fails for good: whoever peeked at it must not hide that.
    """

    def __init__(self, source: IO[bytes], name: str, budget: _Budget, size: int) -> None:
        self._source = source
        self._name = name
        self._budget = budget
        self._size = size
        self._error: ArchiveError | None = None

    def readable(self) -> bool:
        """Yes: a raw stream must say so."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Unpack the next bytes. Raises `ArchiveError`."""
        if self._error:
            raise self._error
        view = memoryview(buffer).cast("B")
        try:
            data = self._source.read(len(view))
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError) as error:
            raise self._fail("bad_zip", reason=str(error), size=str(self._size)) from error
        self._budget.spent += len(data)
        if self._budget.spent > self._budget.limit:
            raise self._fail("zip_too_large", limit=str(self._budget.limit))
        view[: len(data)] = data
        return len(data)

    def _fail(self, code: str, **params: str) -> ArchiveError:
        problem = _problem(code, self._name, Severity.FATAL, value=self._name, **params)
        self._error = ArchiveError(problem)
        return self._error


def _looks_like_xml(stream: BinaryIO) -> bool:
    """By its first character; an entry that can't be read is left to whoever reads it."""
    assert isinstance(stream, io.BufferedReader)
    try:
        start = stream.peek(64)[:64]
    except ArchiveError:
        return True
    return start.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"<" or start[:2] in {
        b"\xff\xfe",
        b"\xfe\xff",
    }


def _problem(code: str, name: str, severity: Severity, value: str = "", **params: str) -> Problem:
    return Problem(code, severity, Source(name, 0, 0, "", ""), value=value, params=params)
