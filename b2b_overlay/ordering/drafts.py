"""An order that the shop's staff put together for a customer, at his prices (Saleor: a draft order,
made in the Dashboard or by an app).

A draft is a cart under its order's id: the same terms, prices and gate. Only for whom it is can't
be taken from a browser's choice: the one legal entity that the customer may order for, of several
the one that he chose himself, else nobody's, at retail, until the desk says (:func:`choose`); and
then it becomes no order before. What the staff price themselves stays theirs: it is how goods get
into an order whose price is on request.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from b2b_overlay.company import access
from b2b_overlay.company.choice import told
from b2b_overlay.company.models import LegalEntity
from b2b_overlay.money import written
from b2b_overlay.shop import Checkout, Refusal, Shop

from . import checkouts, events, gate, limits, notes
from .models import CheckoutTerms

__all__ = ["Draft", "changed", "choose", "dropped", "look", "refusals", "refused"]


@dataclass(frozen=True, slots=True)
class Draft:
    """What the desk is shown of one."""

    cart: Checkout
    #: None: as a private person, or (not ``is_said``) nobody knows yet.
    legal_entity: LegalEntity | None
    is_said: bool
    #: Those the customer may order for.
    choices: Sequence[LegalEntity]
    problems: Sequence[Refusal]


def _choices(customer: access.User | None) -> list[LegalEntity]:
    entities = access.legal_entities(customer).select_related("company").order_by("name", "pk")
    return [entity for entity in entities if access.can_order(customer, entity)]


def _record(draft: Checkout) -> CheckoutTerms | None:
    """What was said of it; of another customer it was said in vain."""
    record = checkouts.record_of(draft.id)
    return record if record and record.user_id == draft.user_id else None


def changed(shop: Shop, draft_id: str) -> bool:
    """A draft was made or changed: give it its customer's legal entity where there is no doubt,
    bind its prices, and note on it for whom it is. False: a retail customer's. Called by the
    shop's hooks."""
    draft = shop.drafts.get(draft_id)
    if draft is None:
        return False
    if _record(draft) is None:
        was_anothers, _rows = CheckoutTerms.objects.filter(checkout_id=draft.id).delete()
        customer = checkouts.user_of(draft.user_id)
        choices = _choices(customer)
        if customer is not None and choices:
            is_said, entity = told(choices, customer, draft.channel.slug)
            if is_said:
                checkouts.put_for(draft.id, customer, entity)
        elif not was_anothers:
            return False
    checkouts.bind(shop.drafts, draft)
    _note(shop, draft)
    return True


def _note(shop: Shop, draft: Checkout) -> None:
    """As on an order; when it is due is known when it becomes one."""
    said = {**notes.of_cart(draft.id, draft.channel), "b2b.due_date": ""}
    shop.orders.note({draft.id: {key: said.get(key, "") for key in notes.AGREED}})


def dropped(draft_id: str) -> None:
    """There is no such draft any more."""
    CheckoutTerms.objects.filter(checkout_id=draft_id).delete()


def look(shop: Shop, user: access.User | None, draft_id: str) -> Draft:
    """For whom a draft is, for whom it can be, and what keeps it from becoming an order. Of the
    desk's only; raises ``LegalEntity.DoesNotExist`` for what is no draft."""
    draft = shop.drafts.get(draft_id) if access.is_desk(user) else None
    if draft is None:
        raise LegalEntity.DoesNotExist
    record = _record(draft)
    return Draft(
        cart=draft,
        legal_entity=record.legal_entity if record else None,
        is_said=record is not None,
        choices=_choices(checkouts.user_of(draft.user_id)),
        problems=_obstacles(shop, draft) if record else [],
    )


def choose(
    shop: Shop, user: access.User | None, draft_id: str, legal_entity_id: int | None
) -> Draft:
    """The desk says for which of the customer's legal entities a draft is; None: for himself.
    Raises ``LegalEntity.DoesNotExist`` for one he may not order for; nothing changes then."""
    before = look(shop, user, draft_id)
    customer = checkouts.user_of(before.cart.user_id)
    entity = next((each for each in before.choices if each.pk == legal_entity_id), None)
    if legal_entity_id is not None and entity is None:
        raise LegalEntity.DoesNotExist
    if customer is not None and before.choices:
        checkouts.put_for(draft_id, customer, entity)
        changed(shop, draft_id)
    return look(shop, user, draft_id)


def refusals(shop: Shop, draft_id: str) -> list[Refusal]:
    """Everything that keeps a draft from becoming an order, asked before the shop makes it one;
    empty: nothing, or it is a retail customer's."""
    draft = shop.drafts.get(draft_id)
    if draft is None:
        return []
    if _record(draft) is not None:
        return _obstacles(shop, draft)
    if not changed(shop, draft_id):
        return []
    if _record(draft) is None:
        text = _(
            "Say first for which of the customer's legal entities it is, or that it is his own."
        )
    else:
        text = _("The customer's own prices have been put in: look at the order again.")
    return [Refusal("INVALID", text)]


def refused(shop: Shop, draft_id: str, found: Sequence[Refusal]) -> None:
    """For these reasons the draft became no order: whoever is told that a price has changed finds
    the new one in it. Called outside the transaction that would have made the order."""
    events.refused(draft_id, found, is_draft=True)
    checkouts.changed(shop, draft_id)


def _obstacles(shop: Shop, draft: Checkout) -> list[Refusal]:
    if not gate.is_wholesale(draft.id):
        return []
    terms = checkouts.terms_on(draft)
    if terms is None:
        return gate.refusals(shop, draft)
    found = gate.obstacles(shop, draft, terms)
    limit = limits.limit_of(draft.user_id, terms.legal_entity.company_id)
    if limit is not None and limits.is_over(limit, draft.total):
        text = _(
            "This customer orders for no more than %(limit)s at once by himself: the order goes "
            "to somebody of the company who may order for more."
        )
        found.append(Refusal("INVALID", text % {"limit": written(limit)}))
    return found
