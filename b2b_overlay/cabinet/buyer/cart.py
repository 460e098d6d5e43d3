"""The cart: look, put in, change, take out."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from b2b_overlay.cabinet.pages import PageRequest, buyer_page, flash, next_url
from b2b_overlay.ordering import cart as actions
from b2b_overlay.ordering.approval import Standing, standing
from b2b_overlay.ordering.goods import beside, goods
from b2b_overlay.quantities import Quantity, read
from b2b_overlay.shop import Refusal, Refused

from .frame import show
from .passport import passports_of_cart

__all__ = ["add", "approval_of", "cart", "change"]

#: No cart holds so many.
MOST = 10**9


@buyer_page
def cart(request: PageRequest) -> HttpResponse:
    return show_cart(request)


def approval_of(looked: actions.Cart | None) -> Standing | None:
    """What an approver has to do with this cart; None: nothing."""
    return standing(looked.checkout, looked.terms) if looked and looked.terms else None


def show_cart(request: PageRequest, status: int = 200) -> HttpResponse:
    looked = actions.look(request.shop, request.who, request.channel)
    context = {
        "cart": looked,
        "approval": approval_of(looked),
        "passports": passports_of_cart(looked),
    }
    return show(
        request, "b2b/buyer/cart.html", context, fragment="b2b/buyer/_cart.html", status=status
    )


def quantity_of(text: str) -> Quantity:
    """Base units, «2,5» or «2.5». Raises :class:`Refused` for what is no quantity."""
    found = read(text)
    if found is None or found >= MOST:
        raise Refused(Refusal("INVALID", _("Write the quantity as a number: 12 or 2.5.")))
    return found


@buyer_page
@require_POST
def add(request: PageRequest, variant_id: int) -> HttpResponse:
    """Put one good into the cart besides what lies there."""
    problem = ""
    try:
        quantity = quantity_of(request.POST.get("quantity", ""))
        actions.add(request.shop, request.who, request.channel, {variant_id: quantity})
    except Refused as refused:
        problem = str(refused)
    if request.is_htmx:
        terms = actions.terms_ahead(request.shop, request.who, request.channel)
        cart = beside(request.shop, request.who, terms)
        found = goods(request.shop, request.channel, terms, {variant_id: 1}, cart).get(variant_id)
        if found is None:
            raise Http404
        context = {"good": found, "problem": problem}
        return show(
            request,
            "b2b/buyer/cart.html",
            context,
            fragment="b2b/buyer/_order.html",
            status=422 if problem else 200,
        )
    if problem:
        flash(request, problem, "error")
    else:
        flash(request, _("It is in the cart."))
    return redirect(next_url(request))


@buyer_page
@require_POST
def change(request: PageRequest) -> HttpResponse:
    """New quantities for the cart's lines: fields ``quantity-<variant id>``; the button
    ``remove`` takes its variant out."""
    wanted: dict[int, Quantity] = {}
    try:
        for name, value in request.POST.items():
            kind, _dash, variant = name.partition("-")
            if kind == "quantity" and variant.isdecimal():
                wanted[int(variant)] = quantity_of(str(value))
        if (removed := request.POST.get("remove", "")).isdecimal():
            wanted = {int(removed): 0}
        if wanted:
            actions.put(request.shop, request.who, request.channel, wanted)
    except Refused as refused:
        flash(request, "\n".join(r.message for r in refused.refusals), "error")
    else:
        gone = sum(not quantity for quantity in wanted.values())
        if gone:
            text = ngettext("%(count)s line taken out.", "%(count)s lines taken out.", gone)
            flash(request, text % {"count": gone})
    if request.is_htmx:
        return show_cart(request)
    return redirect("b2b:cart")
