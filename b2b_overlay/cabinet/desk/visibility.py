"""Who sees the goods of a group. Everyone at the desk looks, those who watch over prices set it."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from b2b_overlay.cabinet.pages import PageRequest, desk_page, flash, flash_refused, render
from b2b_overlay.company import access
from b2b_overlay.ordering.models import GroupVisibility
from b2b_overlay.ordering.visibility import set_rule
from b2b_overlay.pricing.models import VariantFacts
from b2b_overlay.shop import Refused

from .forms import id_in

__all__ = ["save", "visibility"]


@desk_page
def visibility(request: PageRequest) -> HttpResponse:
    """The rules, and the tree of groups to choose from."""
    categories = request.shop.catalogue.categories()
    names = {each.id: each.name for each in categories}
    context = {
        "rows": [
            (rule, names.get(rule.category_id, "?")) for rule in GroupVisibility.objects.all()
        ],
        "categories": categories,
        "rules": GroupVisibility.Rule.choices,
        "marked": VariantFacts.objects.filter(wholesale_only=True).count(),
        "may_change": access.oversees(request.who),
    }
    return render(request, "b2b/desk/visibility.html", context)


@desk_page
@require_POST
def save(request: PageRequest) -> HttpResponse:
    """Set a rule of a group; an empty one takes it away."""
    category_id = id_in(request.POST.get("group")) or 0
    try:
        set_rule(request.who, request.shop, category_id, request.POST.get("rule", ""))
    except Refused as refused:
        flash_refused(request, refused)
    else:
        flash(request, _("Saved. The shop shows it so within a few seconds."))
    return redirect("b2b:visibility")
