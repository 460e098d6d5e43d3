"""What a 1C base calls the goods, buyers and currencies that orders are of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet

from b2b_overlay.company import joining
from b2b_overlay.pricing.models import PriceList

from .counterparties import SHEET_IDS
from .document import KnownBuyer, KnownGoods
from .models import Kind, Link
from .start.ids import is_made, made

if TYPE_CHECKING:
    from onec_bridge.exchange.models import Connection

__all__ = ["NamesIn1C", "buyers_in_1c"]


class NamesIn1C:
    """Goods by variant id, and currencies; four queries.

    ``by_hand``: for people, who know goods of spreadsheets by code and article too.
    """

    def __init__(
        self, connection: Connection, variant_ids: Iterable[int | None], *, by_hand: bool = False
    ) -> None:
        self._connection, self._by_hand = connection, by_hand
        self.goods = self._goods({str(pk) for pk in variant_ids if pk})
        self._currencies = self._known_currencies()

    def currency(self, code: str) -> str:
        """As 1C's price types spell it («руб.»); else the ISO code."""
        return self._currencies.get(code, code)

    def _goods(self, variant_ids: set[str]) -> Mapping[int, KnownGoods]:
        """An id that a spreadsheet's goods got here is none that 1C knows."""
        links = _links(self._connection, Kind.OFFER).filter(local_id__in=variant_ids)
        offers = list(links if self._by_hand else links.exclude(made()))
        products: dict[str, Any] = {
            link.external_id: link.data.get("told", {})
            for link in _links(self._connection, Kind.PRODUCT).filter(
                external_id__in={link.parent_id for link in offers}
            )
        }
        return {
            int(link.local_id): KnownGoods(
                "" if is_made(link.external_id) else link.external_id,
                link.data.get("told", {}),
                products.get(link.parent_id, {}),
            )
            for link in offers
        }

    def _known_currencies(self) -> Mapping[str, str]:
        links = {
            int(link.local_id): link
            for link in _links(self._connection, Kind.PRICE_TYPE)
            if link.local_id and link.data["told"].get("currency")
        }
        lists = PriceList.objects.filter(pk__in=links).values_list("pk", "currency")
        return {currency: links[pk].data["told"]["currency"] for pk, currency in lists}


def buyers_in_1c(connection: Connection, entity_ids: set[int]) -> Mapping[int, KnownBuyer]:
    """By 1C's own Ид before a spreadsheet's code, which 1C wouldn't know as an Ид; by the
    legal entity's own before one that was joined to it."""
    also = joining.aliases(entity_ids)
    by_entity: dict[int, list[Link]] = {}
    local_ids = [str(pk) for pks in also.values() for pk in pks]
    links = _links(connection, Kind.COUNTERPARTY).filter(local_id__in=local_ids)
    for link in links.order_by("pk"):
        by_entity.setdefault(int(link.local_id), []).append(link)
    found: dict[int, KnownBuyer] = {}
    for pk, pks in also.items():
        known = [link for each in pks for link in by_entity.get(each, ())]
        own = [link for link in known if not link.external_id.startswith(SHEET_IDS)]
        for link in (own or known)[:1]:
            external_id = link.external_id if own else ""
            found[pk] = KnownBuyer(external_id, link.data.get("told", {}))
    return found


def _links(connection: Connection, kind: Kind) -> QuerySet[Link]:
    return Link.objects.filter(connection=connection, kind=kind)
