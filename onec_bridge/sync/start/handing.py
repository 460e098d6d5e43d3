"""Orders go to 1C's people by e-mail or as files, while there is no exchange.

Rules: an order is mailed once, once more when it has changed, and tried again, later each time,
while the mail fails. A try is written down before it begins, so one that broke off is seen; what
came of it nobody knows, so the order is mailed again, under the same Message-ID, and the letter
says that it may have come before: nothing is lost, and nobody types it in twice.

What went out this way isn't given to the exchange, unless somebody has said so at the takeover
(:class:`.models.Meanwhile`). Goods that only spreadsheets know go by code and article: 1C's
people, unlike 1C, don't make new goods of them. What is wrong in itself (a sum that doesn't
agree) is held as always.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from io import BytesIO
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZipFile

from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.core.validators import validate_email
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from b2b_overlay.company.admit import demand_desk
from b2b_overlay.ordering.models import WholesaleOrder
from b2b_overlay.shop import Refusal, Refused
from onec_bridge.commerceml.records import Document, Problem
from onec_bridge.sync.orders_out import waiting_orders

from . import papers
from .models import HandedOrder, Meanwhile
from .settings import meanwhile_of

if TYPE_CHECKING:
    from b2b_overlay.company.access import User
    from onec_bridge.exchange.models import Connection

__all__ = ["Mailed", "Waiting", "archive", "mail_waiting", "mark_handed", "set_mail", "to_hand"]

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: An order whose mail failed is tried again after 1, 2, 4… minutes, at last every hour; one of
#: which nobody has said what came of it, after so long.
_LONGEST, _UNHEARD = timedelta(hours=1), timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Waiting:
    """An order that nobody has handed over yet."""

    order: WholesaleOrder
    documents: Sequence[Document]
    problems: Sequence[Problem]
    #: What was tried; None: nothing.
    handed: HandedOrder | None


@dataclass(slots=True)
class Mailed:
    """How many orders went, failed, and are to be tried later."""

    sent: int = 0
    failed: int = 0
    later: int = 0


def set_mail(by: User | None, connection: Connection, to: str, form: str) -> Meanwhile:
    """Say where orders go. Raises :class:`Refused` for what is no address."""
    if by is not None:
        demand_desk(by)
    addresses = [each.strip() for each in to.replace(";", ",").split(",") if each.strip()]
    for address in addresses:
        try:
            validate_email(address)
        except ValidationError as error:
            sentence = _("«%(address)s» is no e-mail address.") % {"address": address}
            raise Refused(Refusal("INVALID", sentence)) from error
    if form not in Meanwhile.Form.values or len(", ".join(addresses)) > 500:
        raise Refused(Refusal("INVALID", _("There is no such choice.")))
    row, _created = Meanwhile.objects.update_or_create(
        connection=connection,
        defaults={"orders_to": ", ".join(addresses), "orders_form": form},
    )
    return row


def to_hand(connection: Connection) -> list[Waiting]:
    """The orders that neither 1C nor its people have."""
    rows = HandedOrder.objects.filter(connection=connection)
    by_order = {row.order_id: row for row in rows}
    return [
        Waiting(export.order, documents, problems, by_order.get(export.order_id))
        for export, documents, problems in waiting_orders(connection, by_hand=True)
        if not ((row := by_order.get(export.order_id)) and row.has(export.order))
    ]


# --------------------------------------------------------------------------- by e-mail


def mail_waiting(connection: Connection, *, now: bool = False) -> Mailed:
    """Mail what waits. ``now``: those that failed and whose time to be tried again hasn't come,
    too. Nothing where no address is set."""
    mailed, settings = Mailed(), meanwhile_of(connection)
    if not settings.orders_to:
        return mailed
    for each in to_hand(connection):
        if each.problems:
            continue
        row = _claimed(connection, each.order, now)
        if row is None:
            mailed.later += 1
            continue
        _send(row, each, settings)
        row.save()
        mailed.sent += not row.error
        mailed.failed += bool(row.error)
    return mailed


@transaction.atomic(durable=True)
def _claimed(connection: Connection, order: WholesaleOrder, now: bool) -> HandedOrder | None:
    """The order's row, its try counted for all to see; None: it isn't its time, or another's."""
    row = _locked(connection, order)
    if row is None or row.has(order) or timezone.now() < _again_at(row, now):
        return None
    row.how, row.error = HandedOrder.How.MAIL, ""
    row.tries, row.tried_at = row.tries + 1, timezone.now()
    row.save()
    return row


def _again_at(row: HandedOrder, now: bool) -> datetime:
    tried_at = row.tried_at or row.order.placed_at
    if row.is_under_way:
        return tried_at + _UNHEARD
    if now or not row.tries:
        return tried_at
    return tried_at + min(timedelta(minutes=2 ** min(row.tries - 1, 10)), _LONGEST)


def _locked(connection: Connection, order: WholesaleOrder) -> HandedOrder | None:
    """The order's row; None: somebody else is at it."""
    HandedOrder.objects.get_or_create(
        connection=connection, order=order, defaults={"how": HandedOrder.How.MAIL}
    )
    rows = HandedOrder.objects.select_for_update(skip_locked=True)
    return rows.filter(connection=connection, order=order).first()


def _send(row: HandedOrder, each: Waiting, settings: Meanwhile) -> None:
    order, is_changed = each.order, row.handed_at is not None
    letter = f"{row.connection_id} {order.order_id} {order.revision}"
    digest = hashlib.sha256(letter.encode()).hexdigest()
    message = EmailMessage(
        papers.subject(each.documents, is_changed=is_changed),
        papers.covering(each.documents, is_changed=is_changed, is_repeated=row.tries > 1),
        to=settings.orders_to.split(", "),
        headers={"Message-ID": f"<order-{digest[:24]}@b2b-overlay>"},
    )
    for name, content, kind in _files(each.documents, settings.orders_form):
        message.attach(name, content, kind)
    try:
        message.send()
    except Exception as error:  # noqa: BLE001 - whatever a mail server may raise is shown
        row.error = f"{type(error).__name__}: {error}"[:500]
    else:
        row.handed_at, row.to, row.tries = timezone.now(), settings.orders_to, 0
        row.revision = order.revision


def _files(documents: Sequence[Document], form: str) -> Iterable[tuple[str, bytes, str]]:
    if form != Meanwhile.Form.XML:
        for document in documents:
            yield f"заказ {document.number}.xlsx", papers.table_of(document), _XLSX
    if form != Meanwhile.Form.SHEET:
        body = papers.xml_of(documents, timezone.localtime())
        yield f"заказ {documents[0].number}.xml", body, "text/xml"


# ----------------------------------------------------------------------------- as files


def archive(waiting: Sequence[Waiting]) -> bytes:
    """The orders that can go, in one archive: a list of them, a table each, one XML."""
    good = [each for each in waiting if not each.problems]
    documents = [document for each in good for document in each.documents]
    stream = BytesIO()
    with ZipFile(stream, "w", ZIP_DEFLATED) as archived:
        archived.writestr("заказы.xlsx", papers.list_of(documents))
        for document in documents:
            archived.writestr(f"заказ {document.number}.xlsx", papers.table_of(document))
        archived.writestr("orders.xml", papers.xml_of(documents, timezone.localtime()))
    return stream.getvalue()


@transaction.atomic
def mark_handed(by: User, connection: Connection, order_ids: Iterable[int]) -> int:
    """Somebody says that 1C's people have these orders; how many were news."""
    demand_desk(by)
    count = 0
    for order in WholesaleOrder.objects.filter(pk__in=list(order_ids)).order_by("pk"):
        row = _locked(connection, order)
        if row is None or row.has(order):
            continue
        row.how, row.handed_at, row.handed_by_id = HandedOrder.How.FILE, timezone.now(), by.pk
        row.revision, row.tries, row.error = order.revision, 0, ""
        row.save()
        count += 1
    return count
