"""Files of 1C, kept as rows of parts and read back as streams.

1C cuts a large file into parts, sends them in order under one name and says neither which
part it is nor which is the last (protocol, section 4). So parts are appended, within one
session only, and whether a file is whole is told by how it ends. A body that begins a file
anew while what is stored is already whole replaces it: some clients send a file twice.
"""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import SpooledTemporaryFile
from typing import IO, BinaryIO, cast

from django.db import transaction
from django.db.models import Sum
from django.db.models.functions import Length
from django.utils.translation import gettext as _

from onec_bridge.conf import conf

from . import clock
from .arriving import Readable, RefusedFileError, arrived, too_large
from .models import MEBIBYTE, FilePart, ReceivedFile, Session

__all__ = [
    "RefusedFileError",
    "append",
    "drop_unfinished",
    "find_picture",
    "has_picture",
    "is_whole",
    "kind_of",
    "latest",
    "latest_of_run",
    "open_file",
    "whole_copy",
]

CHUNK = MEBIBYTE
#: More than the end-of-directory record of a zip with its longest comment.
TAIL = 70_000
#: What tells one file's beginning from another's: a prolog with its time, an archive's first
#: name and check sum.
HEAD = 64
#: A picture larger than this isn't one; it would be held in memory.
LARGEST_PICTURE = 64 * MEBIBYTE
BLANK = b" \r\n\t\0"
ROOT = re.compile(rb"<([^?!\s/>][^\s/>]*)")
BOM = b"\xef\xbb\xbf"
BEGINNINGS = (b"<?xml", b"PK\x03\x04", b"\xff\xd8\xff", b"\x89PNG", b"GIF8")
ENDS = {b"\xff\xd8\xff": b"\xff\xd9", b"\x89PNG": b"IEND\xaeB`\x82", b"GIF8": b"\x3b"}


def latest(session: Session, name: str) -> ReceivedFile | None:
    """The last file of that name in the session, from an archive or not."""
    return session.files.filter(name=name).exclude(state=ReceivedFile.State.DROPPED).first()


def latest_of_run(session: Session, name: str) -> ReceivedFile | None:
    """The last file of that name in earlier sessions of the same run: a client that signs in
    anew for each stage, or lost its cookie, asks in one session for what came in another."""
    return (
        ReceivedFile.objects.filter(
            session__connection=session.connection_id,
            session__purpose=session.purpose,
            session__seen_at__gt=clock.ago(conf.session_life),
            name=name,
        )
        .exclude(state=ReceivedFile.State.DROPPED)
        .first()
    )


def append(
    session: Session, type_: str, name: str, body: Readable, *, announced: int | None
) -> ReceivedFile:
    """Add a body to the session's file of that name, or begin the file with it.

    The whole body is stored or none of it. Raises `RefusedFileError`, and whatever reading
    raises when the connection breaks off. No transaction waits for a slow sender.

    Args:
        type_: the request's type (catalog, sale, reference).
        announced: Content-Length, if there was one.
    """
    with arrived(body, announced, limit=conf.max_file) as copy, transaction.atomic():
        Session.objects.select_for_update().get(pk=session.pk)
        chunk = copy.read(CHUNK)
        file = latest(session, name)
        if not chunk and file is None and not announced:
            raise RefusedFileError(
                _("The request has no body. Send the file itself as the body of a POST.")
            )
        if file is None or _begins_anew(file, chunk):
            _give_up(file)
            file = ReceivedFile.objects.create(
                session=session, name=name, type=type_, kind=kind_of(name, chunk)
            )
        _add_parts(file, chunk, copy)
        _check_room(session)
        file.save(update_fields=["size"])
        return file


def _add_parts(file: ReceivedFile, chunk: bytes, body: Readable) -> None:
    number = file.parts.count()
    while chunk:
        file.size += len(chunk)
        if file.size > conf.max_file:
            raise too_large(conf.max_file)
        FilePart.objects.create(file=file, number=number, body=chunk)
        number, chunk = number + 1, body.read(CHUNK)
    file.save(update_fields=["size"])


def _check_room(session: Session) -> None:
    used = session.files.aggregate(sum=Sum("size"))["sum"] or 0
    if used > conf.max_session:
        raise RefusedFileError(
            _("The files of this session are larger than the %(limit)s bytes that the site keeps.")
            % {"limit": conf.max_session}
        )


def kind_of(name: str, start: bytes) -> str:
    """By content first: names say little (protocol, section 4)."""
    if start.startswith(b"PK\x03\x04") or name.lower().endswith(".zip"):
        return ReceivedFile.Kind.ARCHIVE
    if name.lower().endswith(".xml") or start.lstrip(BOM + b" \r\n\t").startswith(b"<?xml"):
        return ReceivedFile.Kind.XML
    return ReceivedFile.Kind.OTHER


def _give_up(file: ReceivedFile | None) -> None:
    """What is replaced before it was done stays in the journal as left unfinished."""
    if file is not None and file.state in (
        ReceivedFile.State.RECEIVED,
        ReceivedFile.State.IMPORTING,
    ):
        file.state = ReceivedFile.State.DROPPED
        file.save(update_fields=["state"])


def _begins_anew(file: ReceivedFile, chunk: bytes) -> bool:
    """Is this body the first of a new file, not the next part of `file`?

    Yes when work on `file` has begun, so that it can't grow any more; when it begins as `file`
    did, for its sender begins again after a lost answer; and when `file` is whole and the body
    looks like the beginning of one.
    """
    if file.state != ReceivedFile.State.RECEIVED or file.position:
        return True
    head = chunk[:HEAD]
    if len(head) == HEAD and head == _head(file):
        return True
    return chunk.removeprefix(BOM).startswith(BEGINNINGS) and is_whole(file)


def _head(file: ReceivedFile) -> bytes:
    first = file.parts.order_by("number").first()
    return bytes(first.body[:HEAD]) if first else b""


def is_whole(file: ReceivedFile) -> bool:
    """Does the file end as a file of its kind ends? Only its last part is read."""
    tail, first = _tail(file), file.parts.order_by("number").first()
    start = bytes(first.body[:CHUNK]) if first else b""
    if file.kind == ReceivedFile.Kind.XML:
        return _xml_ends(start, tail)
    if file.kind == ReceivedFile.Kind.ARCHIVE:
        return _archive_ends(tail, file.size)
    return any(start.startswith(begin) and tail.endswith(end) for begin, end in ENDS.items())


def _xml_ends(start: bytes, tail: bytes) -> bool:
    """Is the first element closed at the very end? Fragments have roots of their own."""
    root = ROOT.search(start.removeprefix(BOM).replace(b"\0", b""))
    end = tail.replace(b"\0", b"").rstrip(BLANK)
    return root is not None and (
        end.endswith(b"</" + root[1] + b">") or (end.count(b"<") <= 2 and end.endswith(b"/>"))
    )


def _archive_ends(tail: bytes, size: int) -> bool:
    """Is there an end-of-directory record, and does it tell this very size?"""
    at = tail.rfind(b"PK\x05\x06")
    if at < 0 or len(tail) < at + 22:
        return False
    directory, offset = (int.from_bytes(tail[at + i : at + i + 4], "little") for i in (12, 16))
    comment = int.from_bytes(tail[at + 20 : at + 22], "little")
    is_zip64 = 0xFFFFFFFF in (directory, offset)
    return len(tail) == at + 22 + comment and (
        is_zip64 or size == directory + offset + 22 + comment
    )


def _tail(file: ReceivedFile) -> bytes:
    tail = b""
    for part in file.parts.order_by("-number")[:2]:
        tail = bytes(part.body) + tail
        if len(tail) >= TAIL:
            break
    return tail[-TAIL:]


class _Parts(io.RawIOBase):
    """The parts of a file, one in memory at a time."""

    def __init__(self, file: ReceivedFile) -> None:
        self._file = file
        self._at = 0
        self._number, self._skip = 0, 0
        """The part to read next, and how much of it was passed over."""
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: object) -> int:
        target = memoryview(cast(bytearray, buffer)).cast("B")
        if not self._rest:
            part = self._file.parts.filter(number=self._number).first()
            if part is None:
                return 0
            self._rest = memoryview(bytes(part.body))[self._skip :]
            self._number, self._skip = self._number + 1, 0
        size = min(len(target), len(self._rest))
        target[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        self._at += size
        return size

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """None of the parts that are passed over is read."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._file.size}[whence]
        self._at = self._skip = base + offset
        self._number, self._rest = 0, memoryview(b"")
        sizes = self._file.parts.order_by("number").values_list(Length("body"), flat=True)
        for size in sizes if self._at else ():
            if self._skip < size:
                break
            self._number, self._skip = self._number + 1, self._skip - size
        return self._at


def open_file(file: ReceivedFile) -> BinaryIO:
    """The file as a stream; memory is that of one part."""
    return cast(BinaryIO, io.BufferedReader(_Parts(file)))


@contextmanager
def whole_copy(file: ReceivedFile) -> Iterator[IO[bytes]]:
    """The file as a stream that can be sought, as an archive needs it; on disk when large."""
    with SpooledTemporaryFile(max_size=8 * MEBIBYTE) as copy:
        with open_file(file) as stream:
            shutil.copyfileobj(stream, copy, CHUNK)
        copy.seek(0)
        yield copy


def find_picture(session: Session, name: str) -> bytes | None:
    """A picture's bytes by its cleaned path: of this session, else the connection's latest.

    A node that sends only changes doesn't send a picture again with each change of its
    product. `None`: it never came, or its days are over.
    """
    found = _picture(session, name)
    if found is None:
        return None
    with open_file(found) as stream:
        return stream.read()


def has_picture(session: Session, name: str) -> bool:
    """Would `find_picture` find it?"""
    return _picture(session, name) is not None


def _picture(session: Session, name: str) -> ReceivedFile | None:
    files = ReceivedFile.objects.filter(
        session__connection=session.connection_id, name=name, kind=ReceivedFile.Kind.OTHER
    ).exclude(state=ReceivedFile.State.DROPPED)
    found = files.filter(session=session).first() or files.first()
    if found is None or found.size > LARGEST_PICTURE or not found.parts.exists():
        return None
    return found


def drop_unfinished(session: Session) -> int:
    """At ``init`` 1C begins anew: give up what it left half-sent in this session."""
    waiting = session.files.filter(
        state=ReceivedFile.State.RECEIVED,
        position=0,
        kind__in=(ReceivedFile.Kind.XML, ReceivedFile.Kind.ARCHIVE),
    )
    broken = [file.pk for file in waiting if not is_whole(file)]
    return ReceivedFile.objects.filter(pk__in=broken).update(state=ReceivedFile.State.DROPPED)
