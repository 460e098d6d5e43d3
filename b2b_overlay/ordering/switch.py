"""Turn B2B on and off for one customer, in one place, effective at once; and off for all,
before the overlay is removed."""

from __future__ import annotations

from b2b_overlay.company import access
from b2b_overlay.company.admit import demand_desk
from b2b_overlay.company.models import Company
from b2b_overlay.shop import Shop

from . import checkouts
from .models import CheckoutTerms, WholesaleOrder

__all__ = ["switch", "switch_all_off"]


def switch(shop: Shop, by: access.User, company: Company, on: bool) -> None:
    """B2B on or off for this company. Its open carts get the prices that hold now; off, they
    are at retail, and the gate refuses them until their buyer decides."""
    demand_desk(by)
    company.is_active = on
    company.save(update_fields=["is_active"])
    for checkout_id in _open_carts(legal_entity__company=company):
        checkouts.changed(shop, checkout_id)


def switch_all_off(shop: Shop) -> tuple[int, int]:
    """B2B off for every company and every open cart a retail one, nothing of ours left on it:
    what is done before the overlay is removed. How many companies and carts there were."""
    companies = Company.objects.filter(is_active=True).update(is_active=False)
    carts = _open_carts()
    for checkout_id in carts:
        checkouts.release(shop, checkout_id)
    return companies, len(carts)


def _open_carts(**which: object) -> list[str]:
    carts = CheckoutTerms.objects.filter(**which).exclude(
        checkout_id__in=WholesaleOrder.objects.values("checkout_id")
    )
    return list(carts.values_list("checkout_id", flat=True))
