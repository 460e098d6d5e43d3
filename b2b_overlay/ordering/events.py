"""What the shop's other programs are told of: a company admitted, terms changed, a limit that
kept an order back, an order's way to 1C.

Rules: an event is written in the transaction of the change itself, by triggers, whoever writes
(an order that was refused has no transaction: whoever refuses it calls :func:`refused`). It
says who and which, by ids, never a price, a sum or a name: whoever may know those asks for them.
No foreign keys: an event outlives what it tells of.

Events are read in the order of their transactions' numbers, and only those before the oldest
transaction that is still running (:func:`told`): whatever commits later comes later, so whoever
goes on after the last one he saw misses none.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import pgtrigger
from django.db import models
from django.db.models import BigIntegerField, Func, Q, QuerySet
from django.db.models.functions import Now

from b2b_overlay.company.models import Company
from b2b_overlay.shop import Refusal
from b2b_overlay.terms.models import Contract

from .credit import OverLimit

__all__ = ["KEPT_DAYS", "MEANINGS", "Event", "Kind", "Place", "refused", "told", "when_changed"]

#: Older ones are swept out by those that come (``sweep``).
KEPT_DAYS = 30


class Event(models.Model):
    class Kind(models.TextChoices):
        COMPANY_ADMITTED = "company_admitted"
        COMPANY_SWITCHED_OFF = "company_switched_off"
        TERMS_CHANGED = "terms_changed"
        LIMIT_EXCEEDED = "limit_exceeded"
        ORDER_SENT_TO_1C = "order_sent_to_1c"
        ORDER_CONFIRMED_BY_1C = "order_confirmed_by_1c"

    #: ``pg_current_xact_id()``.
    transaction = models.BigIntegerField(
        db_default=Func(
            template="pg_current_xact_id()::text::bigint", output_field=BigIntegerField()
        )
    )
    at = models.DateTimeField(db_default=Now(), db_index=True)
    kind = models.CharField(max_length=32, choices=Kind)
    company_id = models.BigIntegerField(null=True)
    legal_entity_id = models.BigIntegerField(null=True)
    contract_id = models.BigIntegerField(null=True)
    #: The shop's own ids.
    order_id = models.CharField(max_length=64, null=True)
    checkout_id = models.CharField(max_length=64, null=True)

    class Meta:
        app_label = "b2b_overlay"
        indexes = [models.Index(fields=["transaction", "id"], name="b2b_event_in_order")]
        triggers = [
            pgtrigger.Trigger(
                name="sweep",
                level=pgtrigger.Statement,
                when=pgtrigger.After,
                operation=pgtrigger.Insert,
                func="""
                DELETE FROM b2b_overlay_event WHERE id = ANY (ARRAY(
                    SELECT id FROM b2b_overlay_event
                     WHERE at < now() - interval '30 days'
                     LIMIT 100 FOR UPDATE SKIP LOCKED));
                RETURN NULL;""",
            )
        ]


Kind = Event.Kind

#: When each comes, and what it names.
MEANINGS: dict[Kind, tuple[str, str]] = {
    Kind.COMPANY_ADMITTED: (
        "B2B was turned on for the company: its buyers buy at its terms from now on.",
        "company",
    ),
    Kind.COMPANY_SWITCHED_OFF: (
        "B2B was turned off for the company: its buyers are retail customers again.",
        "company",
    ),
    Kind.TERMS_CHANGED: (
        "A contract was made, or its payment, deferral, limit, currency, number, date, seller or "
        "standing changed: on the desk, by 1C or by a file.",
        "company, legalEntity, contract",
    ),
    Kind.LIMIT_EXCEEDED: (
        "An order was refused, since it goes over the contract's credit limit; once for each "
        "attempt. Of a draft of the staff's: `order` in place of `checkout`.",
        "company, legalEntity, contract, checkout",
    ),
    Kind.ORDER_SENT_TO_1C: (
        "The order was given to 1C, which hasn't confirmed it yet; again after it was changed.",
        "company, legalEntity, contract, order",
    ),
    Kind.ORDER_CONFIRMED_BY_1C: (
        "1C has stored the order that it was given.",
        "company, legalEntity, contract, order",
    ),
}

#: An event's columns that a trigger fills.
_COLUMNS = "kind, company_id, legal_entity_id, contract_id, order_id"


def when_changed(name: str, select: str) -> pgtrigger.Trigger:
    """An event for each row of ``select``, which reads ``old_values`` and ``new_values`` of an
    update and answers kind, company, legal entity, contract and order."""
    return pgtrigger.Trigger(
        name=name,
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Update,
        referencing=pgtrigger.Referencing(old="old_values", new="new_values"),
        func=f"INSERT INTO b2b_overlay_event ({_COLUMNS}) {select}; RETURN NULL;",
    )


_OF_CONTRACTS = """
    SELECT 'terms_changed', entity.company_id, entity.id, became.id, NULL
      FROM new_values AS became
      JOIN b2b_overlay_legalentity AS entity ON entity.id = became.legal_entity_id
"""

pgtrigger.register(
    when_changed(
        "event_switched",
        """SELECT CASE WHEN became.is_active THEN 'company_admitted'
                  ELSE 'company_switched_off' END, became.id, NULL, NULL, NULL
             FROM old_values AS was JOIN new_values AS became USING (id)
            WHERE was.is_active <> became.is_active""",
    )
)(Company)

pgtrigger.register(
    when_changed(
        "event_changed",
        _OF_CONTRACTS
        + "JOIN old_values AS was ON was.id = became.id WHERE was IS DISTINCT FROM became",
    ),
    pgtrigger.Trigger(
        name="event_made",
        level=pgtrigger.Statement,
        when=pgtrigger.After,
        operation=pgtrigger.Insert,
        referencing=pgtrigger.Referencing(new="new_values"),
        func=f"INSERT INTO b2b_overlay_event ({_COLUMNS}) {_OF_CONTRACTS}; RETURN NULL;",
    ),
)(Contract)


def refused(cart_id: str, refusals: Iterable[Refusal], *, is_draft: bool = False) -> None:
    """An order of this cart, or of this draft of the staff's, was refused. Called outside the
    transaction that was given up."""
    for over in refusals:
        if isinstance(over, OverLimit) and over.contract is not None:
            Event.objects.create(
                kind=Kind.LIMIT_EXCEEDED,
                company_id=over.contract.legal_entity.company_id,
                legal_entity_id=over.contract.legal_entity_id,
                contract_id=over.contract.pk,
                checkout_id=None if is_draft else cart_id,
                order_id=cart_id if is_draft else None,
            )


class Place(NamedTuple):
    """Where an event stands in the order of all."""

    transaction: int
    id: int


def told(after: Place | None = None, kinds: Iterable[str] | None = None) -> QuerySet[Event]:
    """Events whose place is settled, oldest first. One statement."""
    settled = Func(
        template="pg_snapshot_xmin(pg_current_snapshot())::text::bigint",
        output_field=BigIntegerField(),
    )
    found = Event.objects.filter(transaction__lt=settled).order_by("transaction", "pk")
    if kinds is not None:
        found = found.filter(kind__in=kinds)
    if after is not None:
        same = Q(transaction=after.transaction, pk__gt=after.id)
        found = found.filter(same | Q(transaction__gt=after.transaction))
    return found
