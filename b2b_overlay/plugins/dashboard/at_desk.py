"""From the Dashboard to the sales desk's own pages, in a tab of their own, signed in.

The token is changed for the desk's cookie once; what is opened then are the desk's pages, with
the permissions that the user has in Saleor, for a working day.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpResponse
from django.shortcuts import redirect, resolve_url

from b2b_overlay.cabinet import session
from b2b_overlay.cabinet.pages import PageRequest, View, carried_page
from b2b_overlay.company import access, applications
from b2b_overlay.company.models import Application
from b2b_overlay.graphql import ids
from b2b_overlay.ordering.orders import orders_for

from .entry import bearer, came_from_dashboard, desk_only

__all__ = ["customer", "order"]


def _entering(address: Callable[[PageRequest], str]) -> View:
    """A form of the Dashboard's becomes a visit to the page at this address."""

    def enter(request: PageRequest) -> HttpResponse:
        response = redirect(address(request))
        people = request.shop.people
        session.sign_in(request, response, people, int(request.who.pk), session.VISIT)
        return response

    return carried_page(enter, desk_only(came_from_dashboard), bearer)


def _customer(request: PageRequest) -> str:
    """His company; his application, where he has one only; else where a company is made."""
    user_id = ids.number(request.POST.get("customerId", ""), "User")
    buyer = access.people(request.who).filter(user=user_id, is_active=True).first()
    if buyer is not None:
        return resolve_url("b2b:company", buyer.company_id)
    waiting = applications.at_desk(request.who).filter(
        user=user_id, state__in=(Application.State.NEW, Application.State.ASKED)
    )
    if (found := waiting.first()) is not None:
        return resolve_url("b2b:application", found.pk)
    return resolve_url("b2b:company_create")


def _order(request: PageRequest) -> str:
    """The wholesale order; of a retail one the desk has no page, so all of them."""
    order_id = ids.text(request.POST.get("orderId", ""), "Order")
    if orders_for(request.who).filter(order_id=order_id).exists():
        return resolve_url("b2b:desk_order", order_id)
    return resolve_url("b2b:desk_orders")


customer, order = _entering(_customer), _entering(_order)
