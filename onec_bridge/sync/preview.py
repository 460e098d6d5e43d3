"""How the goods of a file would be recognised, before anything of it is written.

The same :class:`~.matching.Goods` decides here and in an exchange; here the whole file is
seen at once, so it also tells articles that 1C repeats within it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from b2b_overlay.shop import get_shop
from onec_bridge.commerceml.records import Offer, Problem, Product, Record

from .facts import offer_facts, product_facts
from .matching import Offered, Verdict, Way, offered_as, sku_of
from .models import Kind, Link
from .work import Knowledge

if TYPE_CHECKING:
    from onec_bridge.exchange.models import Connection

__all__ = ["Preview", "preview_matches"]


@dataclass(frozen=True, slots=True)
class Preview:
    """What the goods of a file would be."""

    rows: tuple[tuple[Offered, Verdict], ...]
    #: Offers that this connection has met before.
    known: int
    problems: tuple[Problem, ...]

    def counts(self) -> Mapping[str, int]:
        """How many by each way, in the order of ways, ``known`` first."""
        found = Counter(verdict.way for _offered, verdict in self.rows)
        return {"known": self.known} | {way.value: found[way] for way in Way}


def preview_matches(
    connection: Connection, items: Iterable[Record | Problem], *, by_name: bool | None = None
) -> Preview:
    """Recognise the goods of one or several files, read in any order. Writes nothing.

    A product without offers in these files stands for its own offer. ``by_name`` overrides
    the connection's setting.
    """
    products: dict[str, dict[str, Any]] = {}
    offers: dict[str, Offer] = {}
    problems = []
    for item in items:
        if isinstance(item, Product) and item.product_id:
            products.setdefault(item.product_id, {}).update(product_facts(item))
        elif isinstance(item, Offer) and item.id and not item.deleted:
            if item.id not in offers or offer_facts(item):
                offers[item.id] = item
        elif isinstance(item, Problem):
            problems.append(item)
    with_offers = {offer.product_id for offer in offers.values()}
    for product_id, told in products.items():
        if product_id not in with_offers and not told.get("deleted"):
            offers[product_id] = Offer(id=product_id)
    linked = set(
        Link.objects.filter(connection=connection, kind=Kind.OFFER, external_id__in=offers)
        .exclude(local_id="")
        .values_list("external_id", flat=True)
    )
    articles = _articles(connection, products)
    fresh = [
        offered_as(offer, products.get(offer.product_id, {}), articles)
        for offer in offers.values()
        if offer.id not in linked
    ]
    by_name = connection.match_by_name if by_name is None else by_name
    return Preview(_recognise(connection, fresh, by_name), len(linked), tuple(problems))


def _articles(connection: Connection, products: Mapping[str, Mapping[str, Any]]) -> Counter[str]:
    """How often live goods have an article: those of the files, and those met before."""
    told: dict[str, Mapping[str, Any]] = {
        link.external_id: link.data["told"]
        for link in Link.objects.filter(connection=connection, kind=Kind.PRODUCT)
    }
    told |= products
    return Counter(
        sku_of(each.get("article") or "") for each in told.values() if not each.get("deleted")
    )


def _recognise(
    connection: Connection, fresh: list[Offered], by_name: bool
) -> tuple[tuple[Offered, Verdict], ...]:
    goods = Knowledge(connection, get_shop()).goods
    sure: dict[str, Verdict] = {}
    for offered in fresh:
        if (verdict := goods.exact(offered)) is not None and verdict.good is not None:
            goods.take(verdict.good.variant_id)
            sure[offered.id] = verdict
    return tuple(
        (offered, sure.get(offered.id) or goods.similar(offered, by_name=by_name))
        for offered in fresh
    )
