"""Orders to 1C, for the session that asks. A dry run shows them once and gives none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from django.utils import timezone

from onec_bridge import sync
from onec_bridge.commerceml.records import Document, schema_version
from onec_bridge.commerceml.writer import write_orders

from . import dry_run
from .models import Connection, Session

__all__ = ["VERSION", "confirm", "to_give", "written"]

#: The latest that we say we speak when a client names its version. The 1C-Bitrix module reads
#: the last four characters and loads no documents below 2.08.
VERSION = "2.09"
CONTAINERS_SINCE = (2, 8)


def to_give(session: Session) -> Sequence[Document]:
    """What this session wasn't given yet, as many as the connection takes at once."""
    if session.purpose == Session.Purpose.DRY_RUN and _shown(session):
        return ()  # A client that asks until there is nothing more would ask for ever.
    with dry_run.taken_back(session):
        connection = session.connection
        return sync.orders_to_give(connection, str(session.pk), connection.order_batch)


def _shown(session: Session) -> bool:
    return session.entries.filter(mode="query", word="xml").exists()


def confirm(session: Session) -> int:
    """1C has stored what it was given in this session; how many that were."""
    with dry_run.taken_back(session):
        return sync.confirm_given(session.connection, str(session.pk))


def written(
    connection: Connection, documents: Iterable[Document], version: str = ""
) -> Iterator[bytes]:
    """The package that a 1C of this connection gets which has named this version, or none."""
    asked = schema_version(version)
    agreed = asked is not None and asked >= CONTAINERS_SINCE
    containers = {
        Connection.Containers.YES: True,
        Connection.Containers.NO: False,
    }.get(Connection.Containers(connection.containers), agreed)
    is_old = connection.encoding == Connection.Encoding.CP1251
    is_first = connection.orders_format == Connection.OrdersFormat.CML1
    return write_orders(
        documents,
        schema="1" if is_first else VERSION if containers else "2.05",
        encoding="windows-1251" if is_old else "utf-8",
        containers=containers,
        generated_at=timezone.localtime(),
    )
