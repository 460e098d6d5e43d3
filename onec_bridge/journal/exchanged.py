"""How far an order has come on its way to each 1C, for the sales desk's pages of the order."""

from __future__ import annotations

from django.utils.translation import get_language

from b2b_overlay.cabinet.exchanged import Exchanged
from b2b_overlay.ordering.models import WholesaleOrder
from onec_bridge.sync.models import OrderExport
from onec_bridge.sync.orders_out import held_problems

from .problems import language

__all__ = ["on_the_way_to_1c"]


def on_the_way_to_1c(order: WholesaleOrder) -> list[Exchanged]:
    exports = OrderExport.objects.filter(order=order).select_related("connection")
    return [_exchanged(each) for each in exports.order_by("connection")]


def _exchanged(export: OrderExport) -> Exchanged:
    lang = language(get_language())
    held = held_problems(export) if export.state == OrderExport.State.HELD else []
    return Exchanged(
        where=export.connection.name,
        state=export.get_state_display(),
        since=export.confirmed_at or export.given_at,
        is_done=export.state == OrderExport.State.CONFIRMED,
        problems=tuple(f"{each.text(lang)} {each.hint(lang)}".strip() for each in held),
    )
