"""The catalogue at the buyer's own prices, one good with the reason of its price, and the
choice of the legal entity."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from b2b_overlay.cabinet.pages import PageRequest, buyer_page, flash, next_url
from b2b_overlay.ordering import cart as actions
from b2b_overlay.ordering.goods import beside, find, goods
from b2b_overlay.ordering.visibility import hidden_from
from b2b_overlay.shop import Category
from b2b_overlay.terms.current import terms_for

from .frame import show
from .passport import passports

__all__ = ["catalogue", "choose", "good"]

PAGE = 30


def number(text: str | None, default: int) -> int:
    """A positive whole number of a query string, else ``default``."""
    return int(text) if text and text.isdecimal() and 0 < int(text) < 10**9 else default


@buyer_page
def catalogue(request: PageRequest) -> HttpResponse:
    """A page of goods: of a category (``c``), answering a search (``q``)."""
    text = request.GET.get("q", "").strip()
    categories = request.shop.catalogue.categories()
    category_id = number(request.GET.get("c"), 0) or None
    page = number(request.GET.get("page"), 1)
    terms = terms_for(request.who, request.channel)
    cart = beside(request.shop, request.who, terms)
    hidden = hidden_from(request.shop, request.who)
    found = find(
        request.shop,
        request.channel,
        terms,
        text,
        category_id=category_id,
        offset=(page - 1) * PAGE,
        limit=PAGE,
        cart=cart,
        without=hidden,
    )
    categories = [each for each in categories if each.id not in hidden.absent]
    context = {
        "goods": found.items,
        "passports": passports(found.items, terms, cart),
        "total": found.total,
        "text": text,
        "page": page,
        "pages": -(-found.total // PAGE),
        "categories": _opened(categories, category_id),
        "category": next((c for c in categories if c.id == category_id), None),
    }
    return show(request, "b2b/buyer/catalogue.html", context, fragment="b2b/buyer/_goods.html")


def _opened(categories: list[Category], current: int | None) -> list[Category]:
    """Roots, and the branch of the one he is in: ancestors, their children, its own."""
    by_id = {c.id: c for c in categories}
    opened: set[int | None] = {None}
    while current in by_id:
        opened.add(current)
        current = by_id[current].parent_id
    return [c for c in categories if c.parent_id in opened]


@buyer_page
def good(request: PageRequest, variant_id: int) -> HttpResponse:
    """One good, and why it costs what it costs."""
    terms = terms_for(request.who, request.channel)
    cart = beside(request.shop, request.who, terms)
    hidden = hidden_from(request.shop, request.who)
    wanted = {variant_id: 1}
    found = goods(request.shop, request.channel, terms, wanted, cart, without=hidden).get(
        variant_id
    )
    if found is None:
        raise Http404
    context = {"good": found, "passports": passports([found], terms, cart)}
    return show(request, "b2b/buyer/good.html", context)


@buyer_page
@require_POST
def choose(request: PageRequest) -> HttpResponse:
    """Buy for another legal entity, or as a private person (an empty value)."""
    wanted = request.POST.get("legal_entity", "")
    entity = actions.buy_for(
        request.shop, request.who, request.channel, number(wanted, 0) if wanted else None
    )
    if entity is None:
        flash(request, _("You are buying as a private person now, at retail prices."), "info")
    else:
        flash(request, _("You are buying for %(name)s now.") % {"name": entity.name}, "info")
    return redirect(next_url(request))
