"""What the Dashboard opens. Namespace ``b2b_dashboard``."""

from __future__ import annotations

from django.urls import path

from . import at_desk, framed, sections

app_name = "b2b_dashboard"

urlpatterns = [
    path("customer/", framed.customer, name="customer"),
    path("order/", framed.order, name="order"),
    path("draft/", framed.draft, name="draft"),
    path("product/", framed.product, name="product"),
    path("customer/desk/", at_desk.customer, name="customer_at_desk"),
    path("order/desk/", at_desk.order, name="order_at_desk"),
    # Without a slash at its end, as the Dashboard asks for an app's page.
    path("section/<str:where>", sections.section, name="section"),
    path("enter/", sections.enter, name="enter"),
]
