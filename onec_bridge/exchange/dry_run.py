"""A dry run: the second address of a connection, which answers as the first and changes nothing.

Files are received and kept as always. What importing them would do to the shop is done in a
transaction that is taken back; counts and problems stay. So that offers find the goods that an
earlier file of the run brings, each file is imported on top of those before it, as long as they
are few enough (`PRELUDE`); on top of larger ones only groups, price types, warehouses, units
and properties are, and offers of goods that aren't in the shop yet count as waiting. Pictures
are looked for but not written: the shop's storage takes nothing back.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.db import transaction

from onec_bridge import sync
from onec_bridge.commerceml import reader
from onec_bridge.commerceml.records import (
    Counterparty,
    Document,
    Offer,
    Problem,
    Product,
    Record,
)
from onec_bridge.conf import conf
from onec_bridge.journal import problems, words

from . import clock, names, store
from .models import ReceivedFile, Session

__all__ = ["rehearse", "taken_back"]

State = ReceivedFile.State
Item = Record | Problem
#: Records of earlier files that a file is imported on top of.
PRELUDE = 20_000
#: What a file tells of itself, however many goods follow.
_MANY = (Product, Offer, Counterparty, Document)


@contextmanager
def taken_back(session: Session) -> Iterator[None]:
    """Whatever is written within is rolled back, if the session is a dry run's."""
    if session.purpose != Session.Purpose.DRY_RUN:
        yield
        return
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@dataclass(slots=True)
class _Heard:
    """What came of the file in this request, kept outside the transaction."""

    position: int
    counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def checkpoint(
        self,
        position: int,
        counts: Mapping[str, Mapping[str, int]],
        found: Sequence[Problem],
    ) -> None:
        self.position, self.counts = position, words.add(self.counts, counts)
        self.problems += found


def rehearse(file: ReceivedFile, deadline: float) -> bool:
    """Go on with one file, and take it back; True when its end was reached."""
    heard, pictures = _Heard(file.position), _Pictures(file.session)
    with taken_back(file.session):
        _prelude(file)
        with store.open_file(file) as stream:
            progress = sync.apply_file(
                file.session.connection,
                reader.read(stream, file.name),
                file_name=file.name,
                skip=file.position,
                deadline=max(deadline, time.monotonic() + conf.time_budget / 2),
                images=pictures.look,
                checkpoint=heard.checkpoint,
            )
    found = [each for each in heard.problems if not pictures.came(each)]
    file.position, file.counts = heard.position, words.add(file.counts, heard.counts)
    file.save(update_fields=["position", "counts"])
    problems.keep(found, connection=file.session.connection, session=file.session, file=file)
    return progress.finished


def _prelude(file: ReceivedFile) -> None:
    """What the run told before this file's position."""
    room = PRELUDE
    for earlier in _earlier(file):
        room -= earlier.position
        _again(earlier, whole=room >= 0, until=earlier.position)
    if file.position:
        _again(file, whole=room >= file.position, until=file.position)


def _earlier(file: ReceivedFile) -> list[ReceivedFile]:
    done = ReceivedFile.objects.filter(
        session__connection=file.session.connection_id,
        session__purpose=Session.Purpose.DRY_RUN,
        session__seen_at__gt=clock.ago(conf.session_life),
        state=State.IMPORTED,
        kind=ReceivedFile.Kind.XML,
    )
    return list(done.select_related("session__connection").order_by("finished_at", "pk"))


def _again(file: ReceivedFile, *, whole: bool, until: int) -> None:
    with store.open_file(file) as stream:
        records = reader.read(stream, file.name)
        told = (
            record
            for position, record in enumerate(records)
            if position < until and (whole or not isinstance(record, _MANY))
        )
        sync.apply_file(file.session.connection, told, file_name=file.name)


class _Pictures:
    """Which pictures came; none is handed on, so none is written."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._came: set[str] = set()

    def look(self, path: str) -> bytes | None:
        try:
            if store.has_picture(self._session, names.clean(path)):
                self._came.add(path)
        except names.BadNameError:
            return None
        return None

    def came(self, problem: Problem) -> bool:
        """Is it a complaint of a picture that did come?"""
        return problem.code == "picture_missing" and problem.value in self._came
