"""Which of our organisations sells what: by group of goods, by warehouse. Everyone at the desk
sees it, those who watch over prices change it."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from b2b_overlay.cabinet.pages import PageRequest, desk_page, flash, flash_refused, render
from b2b_overlay.company import access
from b2b_overlay.shop import Refusal, Refused
from b2b_overlay.terms.models import Organization, SellingRule
from b2b_overlay.terms.selling import add_rule, drop_rule

from .forms import id_in

__all__ = ["add", "drop", "selling"]


@desk_page
def selling(request: PageRequest) -> HttpResponse:
    """The rules, by the names of what they are of."""
    categories = request.shop.catalogue.categories()
    warehouses = request.shop.catalogue.warehouses()
    groups = {each.id: each.name for each in categories}
    places = {each.id: each.name for each in warehouses}
    rules = SellingRule.objects.select_related("organization")
    context = {
        "rows": [
            (
                rule,
                groups.get(rule.category_id) if rule.category_id else None,
                places.get(rule.warehouse_id) if rule.warehouse_id else None,
            )
            for rule in rules
        ],
        "categories": categories,
        "warehouses": warehouses,
        "organizations": Organization.objects.all(),
        "may_change": access.oversees(request.who),
    }
    return render(request, "b2b/desk/selling.html", context)


@desk_page
@require_POST
def add(request: PageRequest) -> HttpResponse:
    """``what`` is ``group-12`` or ``warehouse-…``."""
    kind, _dash, key = request.POST.get("what", "").partition("-")
    try:
        asked = id_in(request.POST.get("organization")) or 0
        organization = Organization.objects.filter(pk=asked).first()
        if organization is None:
            raise Refused(Refusal("REQUIRED", _("Choose the organisation that sells.")))
        add_rule(
            request.who,
            request.shop,
            organization,
            category_id=id_in(key) if kind == "group" else None,
            warehouse_id=key if kind == "warehouse" else "",
        )
    except Refused as refused:
        flash_refused(request, refused)
    else:
        flash(request, _("Saved. It holds for orders that 1C hasn't been given yet."))
    return redirect("b2b:selling")


@desk_page
@require_POST
def drop(request: PageRequest, pk: int) -> HttpResponse:
    try:
        drop_rule(request.who, get_object_or_404(SellingRule, pk=pk))
    except Refused as refused:
        flash_refused(request, refused)
    else:
        flash(request, _("Removed: the contract says again who sells these goods."))
    return redirect("b2b:selling")
