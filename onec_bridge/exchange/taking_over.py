"""Catalogues of 1C wait, once, until somebody has seen what they take over of spreadsheets.

1C is answered ``success``: the files are kept whole, and it needn't send them again. When a
person agrees they are imported in the order of their coming, like any that was left
(:mod:`.leftovers`). Orders and counterparties don't wait.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from b2b_overlay.company.access import User
from onec_bridge.commerceml import reader
from onec_bridge.commerceml.records import Problem, Record
from onec_bridge.sync.models import Kind, Link
from onec_bridge.sync.payload import dump, load
from onec_bridge.sync.start.foreseen import Foreseen, foresee
from onec_bridge.sync.start.ids import made
from onec_bridge.sync.start.models import Meanwhile
from onec_bridge.sync.start.settings import agree_to_takeover, asks_takeover

from . import store
from .models import Connection, ReceivedFile, Session

__all__ = ["agree", "foreseen", "said", "waiting", "waits"]


def waits(file: ReceivedFile) -> bool:
    """Does this file have to wait for a person?"""
    return (
        file.type == "catalog"
        and file.state == ReceivedFile.State.RECEIVED
        and file.session.purpose == Session.Purpose.LIVE
        and not hasattr(file.session, "goods_sheet")
        and asks_takeover(file.session.connection)
    )


def said() -> str:
    """What 1C's user is told meanwhile."""
    return _("The file is kept. A manager of the shop looks at what it takes over first.")


def waiting(connection: Connection) -> QuerySet[ReceivedFile]:
    """Catalogues that came and wait, in the order of their coming."""
    return (
        ReceivedFile.objects.filter(
            session__connection=connection,
            session__purpose=Session.Purpose.LIVE,
            session__goods_sheet=None,
            type="catalog",
            kind=ReceivedFile.Kind.XML,
            state=ReceivedFile.State.RECEIVED,
        )
        .select_related("session")
        .order_by("session", "name", "pk")
    )


def foreseen(connection: Connection) -> Foreseen:
    """What those that wait would take over. Reads them whole, once: the result is kept until
    another file has come, or goods were told of otherwise."""
    files = list(waiting(connection))
    row, _created = Meanwhile.objects.get_or_create(connection=connection)
    goods = Link.objects.filter(connection=connection, kind__in=(Kind.PRODUCT, Kind.OFFER))
    known = goods.aggregate(all=Count("pk"), made=Count("pk", filter=made()))
    of = hashlib.sha256(f"{known} {[file.pk for file in files]}".encode()).hexdigest()
    if row.foreseen is None or row.foreseen_of != of:
        row.foreseen, row.foreseen_of = dump(foresee(connection, _records(files))), of
        row.save(update_fields=["foreseen", "foreseen_of"])
    found: Foreseen = load(Foreseen, row.foreseen)
    return found


def _records(files: Iterable[ReceivedFile]) -> Iterator[Record | Problem]:
    for file in files:
        if store.is_whole(file):
            with store.open_file(file) as stream:
                yield from reader.read(stream, file.name)


def agree(by: User | None, connection: Connection, *, gives_again: bool) -> None:
    """Somebody has looked: 1C may take over, and what waits is imported next."""
    agree_to_takeover(by, connection, gives_again=gives_again)
