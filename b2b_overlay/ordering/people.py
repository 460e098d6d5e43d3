"""A company's people change, and their carts with them, at once.

The change is ``company.membership``'s and is committed first; from then on the gate refuses
what no longer holds. Then the open carts of whom it concerns get the prices that hold, and
what he had asked an approver for is looked at again. Not to be run inside a caller's
transaction (see ``ordering.switch``).
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext as _

from b2b_overlay.company import access, admit, membership
from b2b_overlay.company.models import Buyer, Company
from b2b_overlay.shop import Refusal, Refused, Shop

from .approval import settle
from .models import Approval
from .switch import recheck

__all__ = ["change", "link", "remove"]


def change(
    shop: Shop,
    by: access.User,
    buyer: Buyer,
    *,
    role: str,
    legal_entity_ids: Iterable[int],
    spending_limit: Decimal | None,
    limit_currency: str,
    name: str,
) -> Buyer:
    """:func:`b2b_overlay.company.membership.change`, for his carts too."""
    changed = membership.change(
        by,
        buyer,
        role=role,
        legal_entity_ids=legal_entity_ids,
        spending_limit=spending_limit,
        limit_currency=limit_currency,
        name=name,
    )
    _look_again(shop, [changed])
    return changed


def remove(shop: Shop, by: access.User, buyer: Buyer) -> Buyer:
    """:func:`b2b_overlay.company.membership.remove`, for his carts too."""
    removed = membership.remove(by, buyer)
    _look_again(shop, [removed])
    return removed


def link(
    shop: Shop,
    by: access.User,
    company: Company,
    emails: Iterable[str],
    *,
    role: str = Buyer.Role.BUYER,
    legal_entity_ids: Iterable[int] = (),
) -> list[Buyer]:
    """Personal cabinets that different people have made, linked to one company: all of them,
    or, where one can't be, none. The sales desk's; :func:`remove` unlinks."""
    admit.demand_desk(by)
    wanted, entities = (
        list(dict.fromkeys(filter(None, map(str.strip, emails)))),
        [*legal_entity_ids],
    )
    if not wanted:
        raise Refused(Refusal("REQUIRED", _("Give the e-mail of the buyer's account.")))
    linked: list[Buyer] = []
    refusals: list[Refusal] = []
    with transaction.atomic():
        for email in wanted:
            try:
                linked.append(
                    admit.add_buyer(
                        by, shop.people, company, email, role=role, legal_entity_ids=entities
                    )
                )
            except Refused as refused:
                refusals += refused.refusals
        if refusals:
            raise Refused(*dict.fromkeys(refusals))
    _look_again(shop, linked)
    return linked


def _look_again(shop: Shop, buyers: Iterable[Buyer]) -> None:
    ids = [each.user_id for each in buyers]
    recheck(shop, ids)
    settle(shop, Approval.objects.filter(buyer__user__in=ids, state=Approval.State.WAITING))
