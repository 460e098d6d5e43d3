"""Личные цены: what a manager gives one legal entity on one good, before its contract's prices.

Each legal entity has one list of them for each currency and VAT mode, made with the first price
and never bound to anybody else. Rules kept here:

* a price under the floor isn't given: it waits as a request for a second person
  (:mod:`.requests`), whoever asks;
* two windows of one good at one quantity don't overlap, so that there is one answer; a price
  without a window stands behind those with one;
* with each price the history keeps why it was given and what the good cost without it, so that
  what was given away can be told for ever (``insight.exceptions``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _

from b2b_overlay.company import access
from b2b_overlay.company.admit import demand_desk
from b2b_overlay.company.models import LegalEntity
from b2b_overlay.history import noted
from b2b_overlay.money import quantize
from b2b_overlay.shop import Channel, Refusal, Refused, get_shop
from b2b_overlay.terms.current import terms_of

from .floors import Breach, under
from .models import Assignment, Price, PriceList, PriceRequest
from .of_list import without_individual
from .resolver import Priced

__all__ = ["Asked", "Given", "apply", "give", "is_individual", "lock", "prices", "take_back"]


@dataclass(frozen=True, slots=True)
class Asked:
    """A price of one base unit, in the channel's currency and VAT mode."""

    channel: Channel
    variant_id: int
    amount: Decimal
    min_quantity: Decimal = Decimal(1)
    starts_at: datetime | None = None
    ends_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Given:
    """What became of it: a price that holds, or a request that waits for a second person."""

    price: Price | None = None
    request: PriceRequest | None = None
    breach: Breach | None = None


def is_individual(price_list: PriceList) -> bool:
    """Does this list hold one legal entity's individual prices? It is changed here only."""
    return price_list.assignments.filter(is_individual=True).exists()


def prices(legal_entity: LegalEntity) -> QuerySet[Price]:
    """The individual prices of a legal entity, in every currency."""
    rows = Price.objects.filter(
        price_list__assignments__is_individual=True,
        price_list__assignments__legal_entity=legal_entity,
    )
    return rows.select_related("price_list").order_by(
        "price_list", "variant_id", "min_quantity", F("starts_at").asc(nulls_first=True)
    )


@transaction.atomic
def give(by: access.User, legal_entity: LegalEntity, asked: Asked, *, reason: str = "") -> Given:
    """Give a legal entity its own price on a good, or ask a second person for it.

    The same good, quantity and beginning again replaces that price. Raises :class:`Refused`.
    """
    demand_desk(by)
    entity = lock(legal_entity.pk)
    _demand_sensible(asked)
    _demand_one_answer(_list(entity, asked.channel), asked)
    reason = reason.strip()
    if breach := under(
        asked.channel, asked.variant_id, asked.min_quantity, asked.amount, asked.starts_at
    ):
        return Given(request=_ask(by, entity, asked, breach, reason), breach=breach)
    return Given(price=apply(entity, asked, reason=reason))


@transaction.atomic
def take_back(by: access.User, legal_entity: LegalEntity, price_id: int) -> None:
    """The good costs again what it does without this price."""
    demand_desk(by)
    entity = lock(legal_entity.pk)
    prices(entity).get(pk=price_id).delete()


def lock(legal_entity_id: int) -> LegalEntity:
    """One person at a time gives a legal entity prices."""
    entity = LegalEntity.objects.select_for_update(no_key=True).get(pk=legal_entity_id)
    if entity.merged_into_id is not None:
        raise Refused(Refusal("INVALID", _("It was joined with another one; open that one.")))
    return entity


def apply(
    entity: LegalEntity,
    asked: Asked,
    *,
    reason: str,
    request: PriceRequest | None = None,
) -> Price:
    """Write it. Whoever calls has locked the legal entity and checked the floor. Nothing is
    written where the price is the same already."""
    price_list = _list(entity, asked.channel)
    _demand_one_answer(price_list, asked)
    values: dict[str, Any] = {"amount": asked.amount, "ends_at": asked.ends_at}
    same: dict[str, Any] = {
        "price_list": price_list,
        "variant_id": asked.variant_id,
        "min_quantity": asked.min_quantity,
        "starts_at": asked.starts_at,
    }
    if known := Price.objects.filter(**same, **values).first():
        return known
    told = {"reason": reason}
    if instead := _instead(entity, asked):
        # Sold as it was: by the same box.
        values |= {"unit": instead.price.unit, "coefficient": instead.price.coefficient}
        told["instead"] = str(instead.price.money.amount)
    if request is not None:
        told |= {"request": str(request.pk), "asked_by": str(request.asked_by_id or "")}
    with noted(**{key: value for key, value in told.items() if value}):
        price, _made = Price.objects.update_or_create(**same, defaults=values)
    return price


def _instead(entity: LegalEntity, asked: Asked) -> Priced | None:
    """What the good costs without it, for this quantity."""
    variant = get_shop().catalogue.variants([asked.variant_id], asked.channel)[asked.variant_id]
    answer = without_individual(
        terms_of(entity, asked.channel),
        {asked.variant_id: asked.min_quantity},
        {asked.variant_id: variant.retail},
    )[asked.variant_id]
    return answer if isinstance(answer, Priced) else None


def _list(entity: LegalEntity, channel: Channel) -> PriceList:
    """The legal entity's own list, made when it is first needed. Its name tells it from every
    other one, since orders keep the name."""
    bound = Assignment.objects.filter(
        is_individual=True,
        legal_entity=entity,
        price_list__currency=channel.currency,
        price_list__vat_included=channel.prices_include_vat,
    ).select_related("price_list")
    if found := bound.order_by("pk").first():
        return found.price_list
    name = _("Individual prices: %(name)s (№ %(id)s)") % {"name": entity.name, "id": entity.pk}
    made = PriceList.objects.create(
        name=name[-255:], currency=channel.currency, vat_included=channel.prices_include_vat
    )
    Assignment.objects.create(price_list=made, legal_entity=entity, is_individual=True)
    return made


def _demand_sensible(asked: Asked) -> None:
    refuse = []
    if asked.amount <= 0 or asked.amount != quantize(asked.amount, asked.channel.currency):
        refuse.append(_("A price is more than zero, to the kopeck."))
    if asked.min_quantity <= 0:
        refuse.append(_("A quantity is more than zero."))
    if asked.starts_at and asked.ends_at and asked.ends_at <= asked.starts_at:
        refuse.append(_("The price would end before it begins."))
    if asked.variant_id not in get_shop().catalogue.variants([asked.variant_id], asked.channel):
        refuse.append(_("The shop has no such good."))
    if not refuse:
        row = Price(
            variant_id=asked.variant_id, amount=asked.amount, min_quantity=asked.min_quantity
        )
        try:
            row.clean_fields(exclude=["price_list"])
        except ValidationError as error:
            refuse += error.messages
    if refuse:
        raise Refused(*(Refusal("INVALID", each, asked.variant_id) for each in refuse))


def _demand_one_answer(price_list: PriceList, asked: Asked) -> None:
    """Two windows of one good at one quantity must not overlap."""
    if asked.starts_at is None and asked.ends_at is None:
        return
    others = Price.objects.filter(
        price_list=price_list, variant_id=asked.variant_id, min_quantity=asked.min_quantity
    ).exclude(starts_at=None, ends_at=None)
    if asked.starts_at is None:
        others = others.exclude(starts_at=None)
    else:
        others = others.exclude(starts_at=asked.starts_at)
        others = others.filter(Q(ends_at=None) | Q(ends_at__gt=asked.starts_at))
    if asked.ends_at is not None:
        others = others.filter(Q(starts_at=None) | Q(starts_at__lt=asked.ends_at))
    if others.exists():
        sentence = _("Another individual price of this good holds within that time.")
        raise Refused(Refusal("INVALID", sentence, asked.variant_id))


def _ask(
    by: access.User, entity: LegalEntity, asked: Asked, breach: Breach, reason: str
) -> PriceRequest:
    """A request in place of the price."""
    if not reason:
        sentence = _("%(breach)s. Say why: a second person has to agree.")
        raise Refused(Refusal("REQUIRED", sentence % {"breach": breach}, asked.variant_id))
    waiting = PriceRequest.objects.filter(
        legal_entity=entity,
        variant_id=asked.variant_id,
        min_quantity=asked.min_quantity,
        state=PriceRequest.State.WAITING,
    )
    if waiting.exists():
        sentence = _("A price of this good waits for a second person already.")
        raise Refused(Refusal("INVALID", sentence, asked.variant_id))
    return PriceRequest.objects.create(
        legal_entity=entity,
        variant_id=asked.variant_id,
        min_quantity=asked.min_quantity,
        amount=asked.amount,
        currency=asked.channel.currency,
        vat_included=asked.channel.prices_include_vat,
        starts_at=asked.starts_at,
        ends_at=asked.ends_at,
        floor=breach.limit.floor,
        floor_amount=breach.limit.lowest.amount,
        reason=reason[:1000],
        asked_by_id=by.pk,
    )
