"""What the bridge keeps of a person: files as they came, what 1C last told, problems.

A text file keeps its length and its place in the exchange, the person in it is overwritten. An
archive or a spreadsheet can't be overwritten: where he is in it, or may be, it goes as a whole,
and the erasure says how many went. An archive that isn't unpacked yet would take with it what 1C
sends only once: the erasure is refused until it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import IO
from zipfile import ZipFile

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from b2b_overlay.company.personal import Keeper, Mentions, Subject, Told
from b2b_overlay.company.traces import LONGEST, Traces
from b2b_overlay.shop import Refusal, Refused
from onec_bridge.exchange.models import FilePart, ReceivedFile
from onec_bridge.exchange.store import whole_copy
from onec_bridge.exchange.unpack import BROKEN
from onec_bridge.journal.models import Entry, ProblemRecord

from .models import CounterpartySheet, Link, OrderExport, Parked

__all__ = ["KEEPERS", "Files", "Sheets"]


class Files:
    """Files of 1C, part by part; a trace may lie across two of them."""

    def told(self, subject: Subject) -> list[Told]:
        names = [file.name for file in self._whole() if self._is_in(file, subject.traces)]
        return _told("onec_bridge_filepart.body", names)

    def erase(self, subject: Subject) -> Mapping[str, int]:
        masked = dropped = 0
        for file in self._whole():
            if not self._is_in(file, subject.traces):
                continue
            if file.kind == ReceivedFile.Kind.ARCHIVE:
                _demand_unpacked(file)
                file.parts.all().delete()
                dropped += 1
            else:
                masked += _mask(file, subject.traces)
        return {"onec_bridge_filepart.body": masked, "onec_bridge_filepart (archive)": dropped}

    def _whole(self) -> QuerySet[ReceivedFile]:
        """Every file that still has its bytes."""
        return ReceivedFile.objects.filter(parts__number=0).order_by("pk")

    def _is_in(self, file: ReceivedFile, traces: Traces) -> bool:
        if file.kind == ReceivedFile.Kind.ARCHIVE:
            with whole_copy(file) as copy:
                return _is_in_archive(copy, traces)
        return next(_changed(file, traces), None) is not None


def _demand_unpacked(archive: ReceivedFile) -> None:
    if archive.state == ReceivedFile.State.RECEIVED:
        sentence = _(
            "The archive «%(name)s» from 1C is not taken in yet, and the person may be in it. "
            "Erase when the exchange is over."
        )
        raise Refused(Refusal("INVALID", sentence % {"name": archive.name}))


def _mask(file: ReceivedFile, traces: Traces) -> int:
    """Overwrite him; how many parts he was in."""
    changed = set()
    for part in _changed(file, traces):
        part.save(update_fields=["body"])
        changed.add(part.number)
    return len(changed)


def _changed(file: ReceivedFile, traces: Traces) -> Iterator[FilePart]:
    """Its parts that are others once masked, with their new bodies, not saved. The end of a
    part is looked at again together with the next one's beginning."""
    before: FilePart | None = None
    for part in file.parts.order_by("number").iterator(chunk_size=1):
        tail = bytes(before.body[-LONGEST:]) if before else b""
        masked = traces.mask_bytes(tail + bytes(part.body))
        if before is not None and tail and masked[: len(tail)] != tail:
            before.body = bytes(before.body[: -len(tail)]) + masked[: len(tail)]
            yield before
        if masked[len(tail) :] != bytes(part.body):
            part.body = masked[len(tail) :]
            yield part
        before = part


def _is_in_archive(copy: IO[bytes], traces: Traces) -> bool:
    """One that can't be opened or is locked is taken for one that holds him."""
    try:
        with ZipFile(copy) as opened:
            return any(
                traces.is_in(entry.filename.encode()) or traces.is_in(opened.read(entry))
                for entry in opened.infolist()
            )
    except BROKEN:
        return True


class Sheets:
    """Spreadsheets between their preview and their confirmation."""

    def told(self, subject: Subject) -> list[Told]:
        names = [sheet.file_name for sheet in self._found(subject.traces)]
        return _told("onec_bridge_counterpartysheet.content", names)

    def erase(self, subject: Subject) -> Mapping[str, int]:
        found = [sheet.pk for sheet in self._found(subject.traces)]
        CounterpartySheet.objects.filter(pk__in=found).delete()
        return {"onec_bridge_counterpartysheet.content": len(found)}

    def _found(self, traces: Traces) -> Iterator[CounterpartySheet]:
        for sheet in CounterpartySheet.objects.iterator(chunk_size=1):
            content = bytes(sheet.content)
            is_zip = content.startswith(b"PK\x03\x04")
            holds = _is_in_archive(BytesIO(content), traces) if is_zip else traces.is_in(content)
            if holds:
                yield sheet


def _told(where: str, names: list[str]) -> list[Told]:
    rows = [{"file": name} for name in names]
    return [Told(where, _("files of 1C as they came"), rows)] if rows else []


KEEPERS: list[Keeper] = [
    Files(),
    Sheets(),
    Mentions(Link, ("data",)),
    Mentions(Parked, ("payload",)),
    Mentions(ProblemRecord, ("value", "params", "path", "external_id")),
    Mentions(OrderExport, ("problems",)),
    Mentions(Entry, ("text", "login")),
]
