"""A company's people change, and their carts with them, at once.

The change is ``company.membership``'s, with the same arguments after the shop, and is committed
first; then the open carts of whom it concerns and what he had asked an approver for are looked
at again. Not to be run inside a caller's transaction (:mod:`.following`).
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from b2b_overlay.company import access, admit, membership
from b2b_overlay.company.models import Buyer, Company
from b2b_overlay.shop import Refusal, Refused, Shop

from .following import look_again, then

__all__ = ["change", "link", "remove"]


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
    with transaction.atomic(durable=True):
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
    _look_again(shop, *linked)
    return linked


def _look_again(shop: Shop, *buyers: Buyer) -> None:
    ids = [each.user_id for each in buyers]
    carts = Q(legal_entity__isnull=False, user__in=ids)
    look_again(shop, carts, Q(buyer__user__in=ids))


change = then(membership.change, _look_again)
remove = then(membership.remove, _look_again)
