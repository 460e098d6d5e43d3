"""An archive of 1C becomes files of its session, entry by entry.

An archive may hold thousands of pictures, so it goes on where the time ran out; entries are
rows like any file that came by itself, because the next request may be answered elsewhere.
Names may be in cp866 without saying so, with back slashes, or lead outside (in_practice, 12);
what doesn't unpack is a problem with the size that arrived, never an exception. An archive may
be made to hurt: what it unpacks to is counted against limits, its links are skipped, and an
archive within it is an attachment like any other.
"""

from __future__ import annotations

import stat
import time
import zlib
from collections.abc import Iterator
from typing import IO
from zipfile import BadZipFile, ZipFile, ZipInfo

from django.db import transaction
from django.db.models import Sum

from onec_bridge.commerceml.archive import entry_name, files_of, is_safe, opened_zip
from onec_bridge.commerceml.records import Problem, Severity, Source
from onec_bridge.conf import conf
from onec_bridge.journal import problems

from . import names, store
from .models import MEBIBYTE, FilePart, ReceivedFile

__all__ = ["unpack"]

#: XML of a catalogue packs to a fiftieth at best, a bomb to a thousandth: an archive may unpack
#: to this many times its size, and a small one to `SMALL` bytes in any case.
RATIO, SMALL = 200, 64 * MEBIBYTE
#: What the standard library raises on a broken, encrypted or exotic archive.
BROKEN = (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError)


def unpack(archive: ReceivedFile, *, deadline: float) -> bool:
    """Go on with unpacking; True when there is no more to do, well or badly.

    Args:
        deadline: of `time.monotonic`; at least one entry is unpacked even so.
    """
    reason = ""
    with store.whole_copy(archive) as copy:
        try:
            with opened_zip(copy) as opened:
                entries = files_of(opened)
                if len(entries) > conf.max_entries:
                    raise BadZipFile(f"more than {conf.max_entries} files")
                for entry in entries[archive.position :]:
                    _take(archive, opened, entry)
                    if time.monotonic() > deadline and archive.position < len(entries):
                        return False
        except BROKEN as error:
            reason = str(error) or type(error).__name__
    if reason:
        problem = _problem(archive, "bad_zip", reason=reason, size=str(archive.size))
        problems.keep(
            [problem],
            connection=archive.session.connection,
            session=archive.session,
            file=archive,
        )
    archive.state = ReceivedFile.State.FAILED if reason else ReceivedFile.State.IMPORTED
    archive.save(update_fields=["state"])
    return True


def _take(archive: ReceivedFile, opened: ZipFile, entry: ZipInfo) -> None:
    """One entry, and the position behind it, or neither."""
    raw = entry_name(entry)
    with transaction.atomic():
        try:
            name = names.clean(raw if is_safe(raw) and not _is_link(entry) else "..")
        except names.BadNameError:
            problems.keep(
                [_problem(archive, "unsafe_zip_name", value=raw)],
                connection=archive.session.connection,
                session=archive.session,
                file=archive,
            )
        else:
            with opened.open(entry) as stream:
                _store(archive, name, stream)
        archive.position += 1
        archive.save(update_fields=["position"])


def _is_link(entry: ZipInfo) -> bool:
    """A symbolic link: its content is a path, to wherever its maker likes."""
    return stat.S_ISLNK(entry.external_attr >> 16)


def _store(archive: ReceivedFile, name: str, stream: IO[bytes]) -> None:
    chunks = iter(lambda: stream.read(store.CHUNK), b"")
    first = next(chunks, b"")
    file = ReceivedFile.objects.create(
        session=archive.session,
        name=name,
        type=archive.type,
        kind=_kind(name, first),
        archive=archive,
    )
    limit = min(conf.max_file, max(SMALL, archive.size * RATIO))
    used = archive.unpacked.aggregate(sum=Sum("size"))["sum"] or 0
    for number, chunk in enumerate(_with_first(first, chunks)):
        file.size += len(chunk)
        if used + file.size > limit:
            raise BadZipFile(f"more than {limit} bytes unpacked")
        FilePart.objects.create(file=file, number=number, body=chunk)
    file.save(update_fields=["size"])


def _kind(name: str, first: bytes) -> str:
    kind = store.kind_of(name, first)
    return ReceivedFile.Kind.OTHER if kind == ReceivedFile.Kind.ARCHIVE else kind


def _with_first(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    if first:
        yield first
    yield from rest


def _problem(archive: ReceivedFile, code: str, value: str = "", **params: str) -> Problem:
    return Problem(
        code=code,
        severity=Severity.FATAL if code == "bad_zip" else Severity.ERROR,
        source=Source(file=archive.name, line=0, ordinal=0, external_id="", path=""),
        value=value,
        params=params,
    )
