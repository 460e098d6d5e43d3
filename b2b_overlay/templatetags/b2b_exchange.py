"""An order's way to 1C on the desk's pages, which know no exchange."""

from __future__ import annotations

from django import template

from b2b_overlay.cabinet.exchanged import Exchanged, exchanged
from b2b_overlay.ordering.models import WholesaleOrder

register = template.Library()


@register.simple_tag
def exchange_of(order: WholesaleOrder) -> list[Exchanged]:
    return exchanged(order)
