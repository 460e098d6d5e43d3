"""Place the order: the legal entity picked in so many words, its terms, the sum, one button."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from b2b_overlay.cabinet.pages import PageRequest, buyer_page, flash
from b2b_overlay.company import access
from b2b_overlay.company.models import LegalEntity
from b2b_overlay.ordering import cart as carts
from b2b_overlay.ordering import orders, picking
from b2b_overlay.ordering.checkouts import record_of
from b2b_overlay.shop import Refused
from b2b_overlay.terms.current import Terms, terms_of
from b2b_overlay.terms.models import Contract

from .cart import approval_of
from .catalogue import number
from .frame import show

__all__ = ["checkout", "has_ended"]

COMMENT_ROOM = 1000


@buyer_page
def checkout(request: PageRequest) -> HttpResponse:
    """GET shows, POST orders; with the button ``recount`` it only shows the prices of the
    legal entity picked."""
    if request.method != "POST":
        return _show(request)
    entity_id = number(request.POST.get("legal_entity"), 0)
    if not entity_id:
        flash(request, _("Say for which legal entity the order is."), "error")
        return _show(request, status=422)
    try:
        if "recount" in request.POST:
            carts.buy_for(request.shop, request.who, request.channel, entity_id)
            _pick(request)
            return _show(request)
        return _place(request, entity_id)
    except (LegalEntity.DoesNotExist, Contract.DoesNotExist):
        if not has_ended(request):
            raise
        return redirect("b2b:cart")


def _pick(request: PageRequest) -> None:
    """Contract and consignee, where the page asked for them under this legal entity."""
    cart = carts.open_checkout(request.shop, request.who, request.channel)
    if cart is None or request.POST.get("picked_for") != request.POST.get("legal_entity"):
        return
    asked = {name: request.POST[name] for name in ("contract", "consignee") if name in request.POST}
    if asked:
        picked = {name: number(text, 0) or None for name, text in asked.items()}
        picking.pick(request.shop, request.who, cart.id, picked)


def has_ended(request: PageRequest) -> bool:
    """Did the terms of his own cart end while he had this page open? The cart says why, and
    what he can do; of another's legal entity or cart he learns nothing."""
    cart = carts.look(request.shop, request.who, request.channel)
    return bool(cart and cart.problems and cart.terms is None)


def _place(request: PageRequest, entity_id: int) -> HttpResponse:
    try:
        _pick(request)
        order = orders.place(
            request.shop,
            request.who,
            request.POST.get("checkout", ""),
            entity_id,
            shown_total=_sum(request.POST.get("shown", "")),
            comment=request.POST.get("comment", "").strip()[:COMMENT_ROOM],
        )
    except Refused as refused:
        flash(request, "\n".join(r.message for r in refused.refusals), "error")
        return _show(request, status=422)
    flash(request, _("Order No. %(number)s is placed.") % {"number": order.number})
    return redirect("b2b:order", order.order_id)


def _sum(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def _show(request: PageRequest, status: int = 200) -> HttpResponse:
    cart = carts.look(request.shop, request.who, request.channel)
    if cart is None:
        return redirect("b2b:cart")
    entities = access.legal_entities(request.who).select_related("company").order_by("pk")
    choices = [
        terms_of(entity, request.channel)
        for entity in entities
        if access.can_order(request.who, entity)
    ]
    context = {
        "cart": cart,
        "approval": approval_of(cart),
        "choices": [(terms, _due(terms)) for terms in choices],
        "picked": cart.terms.legal_entity if cart.terms else None,
        **_beside(request, cart),
        "comment": request.POST.get("comment", ""),
    }
    template, fragment = "b2b/buyer/checkout.html", "b2b/buyer/_checkout.html"
    return show(request, template, context, fragment=fragment, status=status)


def _beside(request: PageRequest, cart: carts.Cart) -> dict[str, object]:
    """What there is to pick beside the legal entity, and what is picked."""
    if cart.terms is None:
        return {}
    return {
        "contracts": list(picking.contracts(cart.terms.legal_entity)),
        "consignees": list(picking.consignees(request.who)),
        "consignee": picking.consignee_of(record_of(cart.checkout.id)),
    }


def _due(terms: Terms) -> object:
    """The day an order of today is to be paid; None: no contract."""
    return terms.contract.due_date(timezone.localdate()) if terms.contract else None
