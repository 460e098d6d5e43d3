"""What stands beside a customer, an order and a product in the Dashboard, in its frame."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from functools import wraps
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from saleor.product.models import ProductVariant

from b2b_overlay.cabinet import session
from b2b_overlay.cabinet.desk.companies import called, turn
from b2b_overlay.cabinet.desk.forms import id_in
from b2b_overlay.cabinet.desk.forms import ids as numbers
from b2b_overlay.cabinet.pages import (
    PageRequest,
    View,
    carried_page,
    flash,
    flash_refused,
    render,
)
from b2b_overlay.cabinet.rights import entities_of
from b2b_overlay.company import access, applications
from b2b_overlay.company.models import Company
from b2b_overlay.graphql import ids
from b2b_overlay.ordering import checkouts, drafts, people
from b2b_overlay.ordering.orders import orders_for
from b2b_overlay.ordering.shops_changes import up_to_date
from b2b_overlay.pricing.models import PriceList
from b2b_overlay.pricing.of_list import Chains
from b2b_overlay.shop import Refused

from . import admitting
from .entry import who_on
from .frame import in_the_dashboard

__all__ = ["customer", "draft", "order", "product"]

#: Companies that a search shows, and variants of one product.
MOST_COMPANIES, MOST_VARIANTS = 10, 100


def _framed(*permissions: str) -> Callable[[View], View]:
    """For the sales desk's staff with these permissions of Saleor's too; in a frame of the
    Dashboard's and of nobody else."""

    def decorate(view: View) -> View:
        name = view.__name__

        def guard(page: PageRequest) -> HttpResponse | None:
            if access.is_desk(page.who) and all(map(page.who.has_perm, permissions)):
                return None
            return render(page, "b2b/dashboard/closed.html", status=403)

        page = carried_page(view, guard, who_on(name))

        @wraps(view)
        def answer(request: HttpRequest) -> HttpResponseBase:
            return in_the_dashboard(page(request))

        return answer

    return decorate


def _show(request: PageRequest, name: str, context: Mapping[str, Any]) -> HttpResponse:
    ticket = session.ticket(request.shop.people, int(request.who.pk), name)
    return render(request, f"b2b/dashboard/{name}.html", {"ticket": ticket, **context})


@_framed()
def customer(request: PageRequest) -> HttpResponse:
    """For whom he buys: the company, its terms and debts, the switch; and where he buys for
    nobody yet, his application, and to whose buyers he can be added."""
    asked = request.POST.get("customerId", "")
    user_id = ids.number(asked, "User")
    person = request.shop.people.get([user_id]).get(user_id)
    if person is None:
        raise Http404
    if "on" in request.POST:
        _switch(request, user_id)
    elif "join" in request.POST:
        _join(request, person.email)
    elif "admit" in request.POST:
        admitting.admit(request, admitting.of_customer(request, user_id))
    text = request.POST.get("q", "").strip()
    found = called(access.companies(request.who).filter(merged_into=None), text)
    application = admitting.of_customer(request, user_id)
    context = {
        "customer": asked,
        "person": person,
        "buyers": access.people(request.who)
        .filter(user=user_id, is_active=True)
        .select_related("company__manager")
        .prefetch_related("company__legal_entities__contracts__price_assignments__price_list"),
        "application": application,
        "is_open": application is not None and application.state in applications.OPEN,
        "matches": admitting.who_it_may_be(application),
        "text": text,
        "found": found.order_by("name", "pk")[:MOST_COMPANIES] if text else [],
    }
    return _show(request, "customer", context)


def _switch(request: PageRequest, user_id: int) -> None:
    """Of a company that he buys for."""
    companies = Company.objects.filter(buyers__user=user_id, buyers__is_active=True)
    wanted = numbers([request.POST.get("company", "")])
    found = get_object_or_404(companies.distinct(), pk__in=wanted)
    turn(request, found, request.POST["on"] == "1")


def _join(request: PageRequest, email: str) -> None:
    """A buyer for every legal entity the company has; the desk narrows it."""
    wanted = numbers([request.POST["join"]])
    company = get_object_or_404(access.companies(request.who), pk__in=wanted)
    entities = list(entities_of(company).values_list("pk", flat=True))
    try:
        people.link(request.shop, request.who, company, [email], legal_entity_ids=entities)
    except Refused as refused:
        flash_refused(request, refused)
        return
    text = _("%(email)s buys for %(name)s now.")
    flash(request, text % {"email": email, "name": company.name})


@_framed("order.manage_orders")
def order(request: PageRequest) -> HttpResponse:
    """The legal entity and the contract, and how far it has come in 1C."""
    order_id = ids.text(request.POST.get("orderId", ""), "Order")
    found = orders_for(request.who).select_related("company", "legal_entity", "contract", "user")
    wholesale = found.filter(order_id=order_id).first()
    if wholesale is not None:
        up_to_date(request.shop, wholesale)
    return _show(request, "order", {"order": wholesale})


@_framed("order.manage_orders")
def draft(request: PageRequest) -> HttpResponse:
    """For which legal entity of its customer's a draft is, the choice of another, and what keeps
    it from becoming an order."""
    asked = request.POST.get("orderId", "")
    order_id = ids.text(asked, "Order")
    if "entity" in request.POST:
        entity = id_in(request.POST["entity"])
        drafts.choose(request.shop, request.who, order_id, entity)
    shown = drafts.look(request.shop, request.who, order_id)
    return _show(
        request,
        "draft",
        {
            "order_id": asked,
            "draft": shown,
            "terms": checkouts.terms_on(shown.cart),
            "entities": shown.choices,
        },
    )


@_framed("product.manage_products")
def product(request: PageRequest) -> HttpResponse:
    """What each price list says of each of its variants, for one base unit, now."""
    product_id = ids.number(request.POST.get("productId", ""), "Product")
    rows = ProductVariant.objects.filter(product=product_id).order_by("sort_order", "pk")
    variants = list(rows[:MOST_VARIANTS])
    lists = PriceList.objects.filter(is_active=True).exclude(assignments__is_individual=True)
    shown = list(lists.order_by("name", "pk"))
    told = Chains.now().prices(
        [each.pk for each in shown],
        request.channel,
        dict.fromkeys([each.pk for each in variants], Decimal(1)),
        timezone.now(),
    )
    facts = checkouts.facts_of([each.pk for each in variants])
    context = {
        "variants": [
            (
                variant,
                facts[variant.pk],
                [
                    (each, told[each.pk][variant.pk])
                    for each in shown
                    if variant.pk in told[each.pk]
                ],
            )
            for variant in variants
        ]
    }
    return _show(request, "product", context)
