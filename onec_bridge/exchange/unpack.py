"""An archive of 1C becomes files of its session, entry by entry.

An archive may hold thousands of pictures, so it goes on where the time ran out; entries are
rows like any file that came by itself, because the next request may be answered elsewhere.
Names may be in cp866 without saying so, with back slashes, or lead outside (in_practice, 12);
what doesn't unpack is a problem with the size that arrived, never an exception.
"""

from __future__ import annotations

import time
import zlib
from collections.abc import Iterator
from typing import IO
from zipfile import BadZipFile, ZipFile, ZipInfo

from django.db import transaction
from django.db.models import Sum

from onec_bridge.commerceml.archive import entry_name, is_safe
from onec_bridge.commerceml.records import Problem, Severity, Source
from onec_bridge.journal import problems

from . import names, store
from .models import FilePart, ReceivedFile

__all__ = ["unpack"]

#: What the standard library raises on a broken, encrypted or exotic archive.
BROKEN = (BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError, OSError)


def unpack(archive: ReceivedFile, *, limit: int, deadline: float) -> bool:
    """Go on with unpacking; True when there is no more to do, well or badly.

    Args:
        limit: bytes that all entries may have together.
        deadline: of `time.monotonic`; at least one entry is unpacked even so.
    """
    reason = ""
    with store.whole_copy(archive) as copy:
        try:
            with ZipFile(copy) as opened:
                entries = [entry for entry in opened.infolist() if not entry.is_dir()]
                for entry in entries[archive.position :]:
                    _take(archive, opened, entry, limit)
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


def _take(archive: ReceivedFile, opened: ZipFile, entry: ZipInfo, limit: int) -> None:
    """One entry, and the position behind it, or neither."""
    raw = entry_name(entry)
    with transaction.atomic():
        try:
            name = names.clean(raw if is_safe(raw) else "..")
        except names.BadNameError:
            problems.keep(
                [_problem(archive, "unsafe_zip_name", value=raw)],
                connection=archive.session.connection,
                session=archive.session,
                file=archive,
            )
        else:
            with opened.open(entry) as stream:
                _store(archive, name, stream, limit)
        archive.position += 1
        archive.save(update_fields=["position"])


def _store(archive: ReceivedFile, name: str, stream: IO[bytes], limit: int) -> None:
    chunks = iter(lambda: stream.read(store.CHUNK), b"")
    first = next(chunks, b"")
    file = ReceivedFile.objects.create(
        session=archive.session,
        name=name,
        type=archive.type,
        kind=store.kind_of(name, first),
        archive=archive,
    )
    used = archive.unpacked.aggregate(sum=Sum("size"))["sum"] or 0
    for number, chunk in enumerate(_with_first(first, chunks)):
        file.size += len(chunk)
        if used + file.size > limit:
            raise BadZipFile(f"more than {limit} bytes unpacked")
        FilePart.objects.create(file=file, number=number, body=chunk)
    file.save(update_fields=["size"])


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
