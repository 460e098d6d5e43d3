"""What somebody brings by hand goes the way of what 1C sends: a session, its files, the lease.

So a spreadsheet of goods is imported in steps, goes on where it was cut off (by the page, a
worker, or cron), stands in the journal with its problems, and its prices can be undone.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from b2b_overlay.company.access import User
from b2b_overlay.company.admit import demand_desk
from b2b_overlay.shop import Refusal, Refused
from onec_bridge.sync.start.lists import adopt, set_retail
from onec_bridge.sync.start.models import GoodsSheet
from onec_bridge.sync.start.sheets import is_stale

from . import clock, work, worker
from .lease import BusyError, hold
from .models import MEBIBYTE, FilePart, ReceivedFile, Session

__all__ = ["Standing", "begin", "go_on", "standing"]

State = ReceivedFile.State


@dataclass(frozen=True, slots=True)
class Standing:
    """How far it has come."""

    files: list[ReceivedFile]

    @property
    def finished(self) -> int:
        """Of the files, how many nothing is left to do of."""
        return sum(file.state in (State.IMPORTED, State.FAILED) for file in self.files)

    @property
    def is_done(self) -> bool:
        return self.finished == len(self.files)

    @property
    def failed(self) -> bool:
        return any(file.state == State.FAILED for file in self.files)

    @property
    def done(self) -> int:
        """Records imported so far."""
        return sum(file.position for file in self.files)


@transaction.atomic
def begin(by: User | None, sheet_id: int) -> Session | None:
    """Somebody has confirmed what he saw of a sheet; confirmed twice it is done once. None:
    goods have changed since, so that he has to look once more."""
    if by is not None:
        demand_desk(by)
    sheets = GoodsSheet.objects.select_for_update(of=("self",)).select_related("connection")
    sheet = sheets.defer("content").get(pk=sheet_id)
    if sheet.session is not None:
        return sheet.session
    if sheet.looked_at is None:
        sentence = _("Not all of the file has been looked at yet.")
        raise Refused(Refusal("INVALID", sentence))
    if is_stale(sheet):
        sheet.forget_preview()
        sheet.save()
        return None
    set_retail(sheet)
    adopt(sheet.connection, sheet.adopts)
    session = Session.objects.create(
        connection=sheet.connection,
        token_hash=secrets.token_hex(32),
        type="catalog",
        dialect=Session.Dialect.OTHER,
        user_agent=sheet.file_name,
        seen_at=clock.now(),
    )
    stem = sheet.file_name.rpartition(".")[0] or sheet.file_name
    told = sheet.pieces.exclude(package=b"").defer("content", "met")
    for piece in told.iterator(chunk_size=1):
        _store(session, f"{stem} {piece.number:03} import.xml", bytes(piece.catalog))
        _store(session, f"{stem} {piece.number:03} offers.xml", bytes(piece.package))
    sheet.pieces.all().delete()
    sheet.session = session
    sheet.save(update_fields=["session"])
    return session


def _store(session: Session, name: str, body: bytes) -> None:
    file = ReceivedFile.objects.create(
        session=session,
        name=name[-500:],
        type="catalog",
        kind=ReceivedFile.Kind.XML,
        size=len(body),
    )
    pieces = range(0, len(body), MEBIBYTE)
    FilePart.objects.bulk_create(
        FilePart(file=file, number=number, body=body[start : start + MEBIBYTE])
        for number, start in enumerate(pieces)
    )


def go_on(session: Session, deadline: float) -> Standing:
    """Import what is left of it until the deadline, or have a worker do it."""
    waiting = list(_files(session).exclude(state__in=(State.IMPORTED, State.FAILED)))
    if waiting and not worker.call(session):
        try:
            with hold(session) as held:
                for file in waiting:
                    outcome = work.import_file(file, held, deadline)
                    if outcome.result is work.Result.GOING or time.monotonic() > deadline:
                        break
                held.finished = True
        except BusyError:
            time.sleep(0.5)
    return standing(session)


def standing(session: Session) -> Standing:
    """How far it has come, without doing anything."""
    return Standing(list(_files(session)))


def _files(session: Session) -> QuerySet[ReceivedFile]:
    return session.files.filter(kind=ReceivedFile.Kind.XML).order_by("pk")
