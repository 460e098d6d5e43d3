"""Price lists as 1C sent them, and why a good costs what it costs for somebody."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.db.models import Count
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from b2b_overlay.cabinet.buyer.catalogue import number
from b2b_overlay.cabinet.pages import PageRequest, desk_page, render
from b2b_overlay.company.models import LegalEntity
from b2b_overlay.money import Money
from b2b_overlay.ordering.goods import Good, find, goods
from b2b_overlay.pricing.models import PriceList
from b2b_overlay.pricing.resolver import explain
from b2b_overlay.terms.current import terms_of

from .forms import page_of

__all__ = ["price_list", "price_lists", "why"]


@desk_page
def price_lists(request: PageRequest) -> HttpResponse:
    rows = PriceList.objects.annotate(count=Count("prices")).order_by("name", "pk")
    contracts = dict(
        PriceList.objects.annotate(used=Count("assignments__contract", distinct=True)).values_list(
            "pk", "used"
        )
    )
    context = {"rows": [(row, contracts[row.pk]) for row in rows]}
    return render(request, "b2b/desk/price_lists.html", context)


@desk_page
def price_list(request: PageRequest, pk: int) -> HttpResponse:
    """The prices of one list, and whose it is."""
    found = get_object_or_404(PriceList, pk=pk)
    page = page_of(request, found.prices.order_by("variant_id", "min_quantity"))
    prices = list(page["rows"])
    shown = goods(request.shop, request.channel, None, {p.variant_id: 1 for p in prices})
    page["rows"] = [
        (price, Money(price.amount, found.currency), shown.get(price.variant_id))
        for price in prices
    ]
    assignments = found.assignments.select_related(
        "contract__legal_entity", "legal_entity", "company", "group"
    )
    context = {"list": found, "assignments": assignments, **page}
    return render(request, "b2b/desk/price_list.html", context)


@desk_page
def why(request: PageRequest) -> HttpResponse:
    """Good × legal entity × quantity: every price considered, in order, and what beat it."""
    entity_id = number(request.GET.get("entity"), 0)
    entity = LegalEntity.objects.select_related("company").filter(pk=entity_id).first()
    text = request.GET.get("good", "").strip()
    quantity = number(request.GET.get("quantity"), 1)
    found = find(request.shop, request.channel, None, text, limit=10).items if text else []
    picked = _picked(found, number(request.GET.get("variant"), 0))
    context: dict[str, object] = {
        "entity": entity,
        "entities": LegalEntity.objects.exclude(company=None).order_by("name", "pk"),
        "text": text,
        "quantity": quantity,
        "found": found,
        "good": picked,
    }
    if entity and picked:
        terms = terms_of(entity, request.channel)
        candidates = explain(terms, picked.variant.id, Decimal(quantity), picked.variant.retail)
        context |= {"terms": terms, "candidates": candidates, "asked": True}
        if not entity.is_active:
            context["note"] = _("1C marked this legal entity for deletion: it can't buy.")
        elif entity.company and not entity.company.is_active:
            context["note"] = _("Wholesale is off for this company: its buyers pay retail.")
    return render(request, "b2b/desk/why.html", context, fragment="b2b/desk/_why.html")


def _picked(found: Sequence[Good], variant_id: int) -> Good | None:
    chosen = [good for good in found if good.variant.id == variant_id]
    return next(iter([*chosen, *found]), None)
