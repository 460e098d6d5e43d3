"""A cart over its buyer's limit: he asks, an approver confirms or refuses.

Confirming places the order, as the buyer and for the buyer; the approval keeps who confirmed.
Rules kept here:

* an approver confirms for a legal entity that is his too, and never his own order;
* what he confirms is what he was shown: a cart that is another by now has to be asked for anew
  (:func:`settle`, called before anything is decided or listed);
* the confirmation is committed before the order is placed, because the shop's gate looks for
  it (on Saleor through a connection of its own). An order that is refused after all (stock, a
  new price, the credit limit) takes the confirmation back with it; where the process died in
  between, the buyer or an approver presses once more, and there is one order.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from b2b_overlay.company import access
from b2b_overlay.company.models import Buyer, LegalEntity
from b2b_overlay.money import Money
from b2b_overlay.quantities import dumped
from b2b_overlay.shop import Checkout, Refusal, Refused, Shop
from b2b_overlay.terms.current import Terms

from . import checkouts, gate, limits, orders
from .models import Approval, CheckoutTerms

__all__ = [
    "Standing",
    "approvals_for",
    "ask",
    "decide",
    "needed",
    "settle",
    "standing",
    "take_back",
    "to_decide",
]

State = Approval.State


# ------------------------------------------------------------------------ who sees what


def to_decide(user: access.User | None) -> QuerySet[Approval]:
    """Others' requests this user may confirm or refuse, decided ones included."""
    membership = access.buyers(user).filter(
        Q(role=Buyer.Role.OWNER)
        | Q(role=Buyer.Role.APPROVER, legal_entities=OuterRef("legal_entity")),
        company=OuterRef("buyer__company"),
    )
    found = Approval.objects.filter(
        Exists(membership.filter(company=OuterRef("legal_entity__company")))
    )
    return found.exclude(buyer__user=user.pk) if user and user.is_authenticated else found.none()


def approvals_for(user: access.User | None) -> QuerySet[Approval]:
    """Requests the user may see: his own, those he may decide; the sales desk all."""
    if access.is_desk(user):
        return Approval.objects.all()
    own = Q(buyer__in=access.buyers(user))
    return Approval.objects.filter(own | Q(pk__in=to_decide(user).values("pk")))


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands between a buyer and his order because of his limit."""

    limit: Money
    #: The latest that was asked for this very cart; None: nothing yet.
    asked: Approval | None
    #: Who can confirm it, by name.
    approvers: tuple[str, ...]

    @property
    def is_waiting(self) -> bool:
        return self.asked is not None and self.asked.state == State.WAITING

    @property
    def is_confirmed(self) -> bool:
        return self.asked is not None and self.asked.state == State.APPROVED


def needed(terms: Terms, user: access.User, total: Money) -> bool:
    """Must somebody confirm an order of this sum for this user?"""
    return limits.is_over(limits.limit_of(user.pk, terms.legal_entity.company_id), total)


def standing(checkout: Checkout, terms: Terms) -> Standing | None:
    """How it stands with this cart; None: nobody has to confirm it."""
    limit = limits.limit_of(checkout.user_id, terms.legal_entity.company_id)
    if limit is None or not limits.is_over(limit, checkout.total):
        return None
    asked = Approval.objects.filter(
        checkout_id=checkout.id,
        buyer__user=checkout.user_id,
        digest=limits.digest_of(checkout, terms),
    ).exclude(state=State.LAPSED)
    approvers = access.approvers(terms.legal_entity).exclude(user=checkout.user_id)
    return Standing(
        limit,
        asked.select_related("decided_by").first(),
        tuple(each.called for each in approvers.select_related("user").order_by("pk")),
    )


# ------------------------------------------------------------------------------ asking


def ask(
    shop: Shop,
    user: access.User,
    checkout_id: str,
    legal_entity_id: int,
    *,
    shown_total: Decimal | None = None,
    comment: str = "",
) -> Approval:
    """Ask the company's approvers for this cart, as it is now. Asking twice is asking once.

    ``shown_total`` is the sum the buyer saw. Raises :class:`Refused`, or
    ``LegalEntity.DoesNotExist`` for what isn't his; nothing is asked then.
    """
    checkouts.assign(shop, user, checkout_id, legal_entity_id)
    shop.checkouts.prepare(checkout_id, int(user.pk))
    checkout = shop.checkouts.get(checkout_id)
    terms = checkouts.terms_on(checkout) if checkout else None
    if checkout is None or terms is None:
        raise LegalEntity.DoesNotExist
    _demand_askable(shop, checkout, terms, shown_total)
    return _asked(shop, checkout, terms, comment.strip()[:1000])


def _demand_askable(
    shop: Shop, checkout: Checkout, terms: Terms, shown_total: Decimal | None
) -> None:
    if not checkout.lines:
        raise Refused(Refusal("NO_LINES", _("The cart is empty.")))
    if shown_total is not None and checkout.total.amount != shown_total:
        raise Refused(orders.sum_changed(checkout))
    if found := gate.obstacles(shop, checkout, terms):
        raise Refused(*found)
    stands = standing(checkout, terms)
    if stands is None or stands.is_confirmed:
        sentence = _("Nobody has to confirm this order: you can place it.")
        raise Refused(Refusal("INVALID", sentence))
    if not stands.approvers:
        sentence = _(
            "Nobody at «%(company)s» can confirm orders for %(entity)s: ask the shop's manager."
        )
        words = {"company": terms.legal_entity.company, "entity": terms.legal_entity.name}
        raise Refused(Refusal("INVALID", sentence % words))


@transaction.atomic
def _asked(shop: Shop, checkout: Checkout, terms: Terms, comment: str) -> Approval:
    CheckoutTerms.objects.select_for_update().get(checkout_id=checkout.id)  # one click at a time
    digest = limits.digest_of(checkout, terms)
    waiting = Approval.objects.filter(checkout_id=checkout.id, state=State.WAITING).first()
    if waiting is not None and waiting.digest == digest:
        return waiting
    if waiting is not None:
        _end(waiting, State.LAPSED)
    return Approval.objects.create(
        checkout_id=checkout.id,
        buyer=Buyer.objects.get(user=checkout.user_id, company=terms.legal_entity.company_id),
        legal_entity=terms.legal_entity,
        channel=checkout.channel.slug,
        digest=digest,
        lines=_lines(shop, checkout),
        total=checkout.total.quantized().amount,
        currency=checkout.total.currency,
        comment=comment,
    )


def _lines(shop: Shop, checkout: Checkout) -> list[dict[str, Any]]:
    ids = [line.variant_id for line in checkout.lines]
    variants = shop.catalogue.variants(ids, checkout.channel)
    facts = checkouts.facts_of(ids)
    return [
        {
            "name": variants[line.variant_id].full_name if line.variant_id in variants else "",
            "sku": variants[line.variant_id].sku if line.variant_id in variants else "",
            "quantity": dumped(line.quantity),
            "unit": facts[line.variant_id].unit,
            "unit_price": str(line.unit_price.quantized().amount),
            "total": str(line.total.quantized().amount),
        }
        for line in checkout.lines
    ]


@transaction.atomic
def take_back(user: access.User, approval_id: int) -> Approval:
    """Ask no longer; twice does no harm. Raises ``Approval.DoesNotExist`` for another's, and
    :class:`Refused` once it is decided."""
    own = Approval.objects.filter(buyer__in=access.buyers(user))
    row = own.select_for_update(of=("self",)).get(pk=approval_id)
    if row.state in (State.APPROVED, State.REFUSED):
        raise Refused(_decided_already(row))
    if row.state == State.WAITING:
        _end(row, State.LAPSED)
    return row


# ---------------------------------------------------------------------------- deciding


def decide(
    shop: Shop, user: access.User, approval_id: int, yes: bool, reason: str = ""
) -> Approval:
    """Confirm (the order is placed) or refuse, with a reason for the buyer.

    Raises ``Approval.DoesNotExist`` for what he may not see, and :class:`Refused` with why
    not; nothing is ordered then. Two approvers at once, or two clicks, make one order.
    """
    asked = _decidable(user, approval_id)
    if not yes and not reason.strip():
        raise Refused(Refusal("REQUIRED", _("Say why you refuse: the buyer reads it.")))
    if asked.state == State.WAITING:
        settle(shop, [asked])
    row = _decided(user, approval_id, yes, reason.strip()[:1000])
    return _placed(shop, row) if yes and row.order_id is None else row


def _decidable(user: access.User, approval_id: int) -> Approval:
    asked = approvals_for(user).select_related("buyer").get(pk=approval_id)
    if asked.buyer.user_id == user.pk:
        raise Refused(Refusal("PERMISSION_DENIED", _("Nobody confirms his own order.")))
    if not to_decide(user).filter(pk=asked.pk).exists():
        sentence = _("Only an approver of the company can confirm its orders.")
        raise Refused(Refusal("PERMISSION_DENIED", sentence))
    return asked


@transaction.atomic(durable=True)
def _decided(user: access.User, approval_id: int, yes: bool, reason: str) -> Approval:
    row = Approval.objects.select_for_update().get(pk=approval_id)
    wanted = State.APPROVED if yes else State.REFUSED
    if row.state == State.WAITING:
        _end(row, wanted, by=user, reason=reason)
    elif row.state != wanted:
        raise Refused(_decided_already(row))
    return row


def _placed(shop: Shop, row: Approval) -> Approval:
    """Place what was confirmed, as its buyer; where that is refused, nothing is confirmed."""
    try:
        row.order = orders.place(
            shop,
            row.buyer.user,
            row.checkout_id,
            row.legal_entity_id,
            shown_total=row.total,
            comment=row.comment,
        )
    except Refused as refused:
        _undecided(shop, row)
        raise Refused(
            Refusal("INVALID", _("The order isn't placed, the shop refuses it:")),
            *refused.refusals,
        ) from refused
    except LegalEntity.DoesNotExist:
        _undecided(shop, row)
        sentence = _("%(name)s may no longer order for %(entity)s.")
        words = {"name": row.buyer.called, "entity": row.legal_entity.name}
        raise Refused(Refusal("INVALID", sentence % words)) from None
    Approval.objects.filter(pk=row.pk, order=None).update(order=row.order)
    return row


def _undecided(shop: Shop, row: Approval) -> None:
    """It waits again, or is no longer asked for, whichever the cart says."""
    with transaction.atomic():
        found = Approval.objects.select_for_update().get(pk=row.pk)
        if found.state != State.APPROVED or found.order_id is not None:
            return
        others = Approval.objects.filter(checkout_id=row.checkout_id, state=State.WAITING)
        found.state = State.LAPSED if others.exists() else State.WAITING
        found.decided_by, found.decided_at, found.reason = None, None, ""
        found.save(update_fields=["state", "decided_by", "decided_at", "reason"])
    if found.state == State.WAITING:
        settle(shop, [found])


def _end(row: Approval, state: str, *, by: access.User | None = None, reason: str = "") -> None:
    row.state, row.reason = state, reason
    row.decided_by_id = by.pk if by else None
    row.decided_at = timezone.now()
    row.save(update_fields=["state", "reason", "decided_by", "decided_at"])


def _decided_already(row: Approval) -> Refusal:
    if row.state == State.LAPSED:
        sentence = _(
            "This is no longer asked for: the cart has been changed or ordered, or the buyer "
            "has taken it back."
        )
        return Refusal("INVALID", sentence)
    sentence = (
        _("%(name)s has confirmed it already.")
        if row.state == State.APPROVED
        else _("%(name)s has refused it already.")
    )
    return Refusal("INVALID", sentence % {"name": row.decider or "—"})


# ---------------------------------------------------------------------------- settling


def settle(shop: Shop, waiting: Iterable[Approval]) -> list[Approval]:
    """Those of them that still wait: the cart is what was asked for, its buyer may still order
    for the legal entity, and needs somebody's word. The others lapse."""
    left = []
    for row in waiting:
        if row.state != State.WAITING:
            continue
        if _still_asked(shop, row):
            left.append(row)
        else:
            row.state, row.decided_at = State.LAPSED, timezone.now()
            Approval.objects.filter(pk=row.pk, state=State.WAITING).update(
                state=row.state, decided_at=row.decided_at
            )
    return left


def _still_asked(shop: Shop, row: Approval) -> bool:
    checkout = shop.checkouts.get(row.checkout_id)
    terms = checkouts.terms_on(checkout) if checkout else None
    if checkout is None or terms is None or terms.legal_entity.pk != row.legal_entity_id:
        return False
    limit = limits.limit_of(checkout.user_id, terms.legal_entity.company_id)
    return limits.is_over(limit, checkout.total) and (
        limits.digest_of(checkout, terms) == row.digest
    )
