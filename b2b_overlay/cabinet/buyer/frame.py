"""What stands on every buyer's page: for whom he buys, and what lies in his cart."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse

from b2b_overlay.cabinet.pages import PageRequest, render
from b2b_overlay.company import access, applications
from b2b_overlay.company.models import Buyer, Company
from b2b_overlay.ordering.cart import open_checkout
from b2b_overlay.terms.current import terms_for

from .standing import membership_of

__all__ = ["show"]

#: Parts of the header that any change may change; a fragment brings them along.
_HEADER = ("b2b/buyer/_picker.html", "b2b/buyer/_cart_link.html")


def show(
    request: PageRequest,
    template: str,
    context: Mapping[str, Any] | None = None,
    *,
    fragment: str = "",
    status: int = 200,
) -> HttpResponse:
    """:func:`~b2b_overlay.cabinet.pages.render` with the header's facts in the context."""
    everything = {**_frame(request), **(context or {})}
    return render(request, template, everything, fragment=fragment, also=_HEADER, status=status)


def _frame(request: PageRequest) -> dict[str, Any]:
    who = request.who
    entities = list(access.legal_entities(who).select_related("company").order_by("pk"))
    terms = terms_for(who, request.channel)
    checkout = open_checkout(request.shop, who, request.channel)
    return {
        "entities": entities,
        "terms": terms,
        "entity": terms.legal_entity if terms else None,
        "in_cart": {x.variant_id: x.quantity for x in checkout.lines} if checkout else {},
        "cart_total": checkout.total if checkout and checkout.lines else None,
        "owns": access.buyers(who).filter(role=Buyer.Role.OWNER).exists(),
        "application": applications.latest(who),
        "switched_off": [] if entities else _switched_off(who),
        "membership": membership_of(who, entities, terms.legal_entity if terms else None),
    }


def _switched_off(who: access.User) -> list[Company]:
    """Companies he would buy for, were B2B on for them."""
    return list(
        Company.objects.filter(is_active=False, buyers__user=who.pk, buyers__is_active=True)
    )
