"""Turn B2B on and off for customers, in one place, effective at once; and off for all, before
the overlay is removed.

Rules: the switch is committed before any cart is touched, so from then on the gate refuses;
an order that was being placed at that moment is finished first (``gate.last_look`` holds the
company's row, and this waits for it), so that once the switch has answered no order comes at
terms that ended. Nothing here runs inside a caller's transaction (:mod:`.following` says why).
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q

from b2b_overlay.company import access
from b2b_overlay.company.admit import demand_desk
from b2b_overlay.company.models import Company
from b2b_overlay.shop import Shop

from . import checkouts
from .following import reprice

__all__ = ["switch", "switch_all_off", "switch_many", "turn"]


def switch(shop: Shop, by: access.User, company: Company, on: bool) -> None:
    """B2B on or off for this company. Its open carts get the prices that hold now; off, they
    are at retail, and the gate refuses them until their buyer decides."""
    demand_desk(by)
    turn(shop, [company.pk], on)
    company.is_active = on


def switch_many(shop: Shop, by: access.User, company_ids: Iterable[int], on: bool) -> list[Company]:
    """The same for several at once; those that were switched by it, without those that were
    so already. Raises ``Company.DoesNotExist`` for one that isn't there; nothing changes then.
    """
    demand_desk(by)
    wanted = set(company_ids)
    found = Company.objects.in_bulk(wanted)
    if len(found) < len(wanted):
        raise Company.DoesNotExist
    switched = [found[pk] for pk in sorted(turn(shop, wanted, on))]
    for company in switched:
        company.is_active = on
    return switched


def turn(shop: Shop, company_ids: Iterable[int], on: bool) -> set[int]:
    """Switch these companies; the ids of those that weren't so already. For the server's own
    commands: whoever may run one needs no leave."""
    wanted = set(company_ids)
    with transaction.atomic(durable=True):
        rows = Company.objects.filter(pk__in=wanted).order_by("pk")
        turned = {row.pk for row in rows.select_for_update(no_key=True) if row.is_active != on}
        Company.objects.filter(pk__in=turned).update(is_active=on)
    # Of all that were asked for: pressing again mends what an interrupted switch left.
    reprice(shop, Q(legal_entity__company__in=wanted))
    return turned


def switch_all_off(shop: Shop) -> tuple[int, int]:
    """B2B off for every company and every open cart a retail one, nothing of ours left on it:
    what is done before the overlay is removed. How many companies and carts there were."""
    companies = Company.objects.filter(is_active=True).update(is_active=False)
    carts = list(checkouts.open_carts().values_list("pk", flat=True))
    for checkout_id in carts:
        checkouts.release(shop, checkout_id)
    return companies, len(carts)
