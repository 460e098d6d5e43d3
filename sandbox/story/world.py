"""What the story knows while it goes: who acts in it, and what it has found so far."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import Any

from onec_bridge.simulator import BITRIX, UT11, Client, Dialect, Options
from sandbox.data import Good, Offer, counterparties, goods, retail_goods
from sandbox.facts import Account, Facts

from . import queries
from .client import Api, Browser, NotHeld, demand

__all__ = ["Placed", "Shelf", "World", "amount_of"]


def amount_of(money: dict[str, Any]) -> Decimal:
    """The amount of a GraphQL money value, whole numbers too."""
    return Decimal(money["amount"])


@dataclass(frozen=True, slots=True)
class Shelf:
    """The catalogue as somebody sees it: products by id, variants by id, their prices."""

    products: dict[str, dict[str, Any]]

    @classmethod
    def seen_by(cls, api: Api, channel: str) -> Shelf:
        products: dict[str, dict[str, Any]] = {}
        after: str | None = None
        while True:
            page = api.run(queries.CATALOGUE, channel=channel, after=after)["products"]
            products.update((edge["node"]["id"], edge["node"]) for edge in page["edges"])
            after = page["pageInfo"]["endCursor"]
            if not page["pageInfo"]["hasNextPage"]:
                return cls(products)

    def variants(self) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
        """(product, variant) of everything on the shelf."""
        for product in self.products.values():
            for variant in product["variants"]:
                yield product, variant

    @property
    def prices(self) -> dict[str, Decimal]:
        """Price of one piece by variant id."""
        return {
            variant["id"]: amount_of(variant["pricing"]["price"]["gross"])
            for _product, variant in self.variants()
            if variant["pricing"] and variant["pricing"]["price"]
        }

    def by_sku(self, sku: str) -> dict[str, Any]:
        """Raises :class:`NotHeld` where it isn't on the shelf once."""
        found = [variant for _product, variant in self.variants() if variant["sku"] == sku]
        if len(found) != 1:
            raise NotHeld(f"{len(found)} variants with SKU {sku} on the shelf")
        return found[0]

    def changed(self, later: Shelf) -> list[tuple[Any, Any]]:
        """What of this shelf is another thing on a later one (before, after): texts, prices,
        publication. Stock may change, and a product may get more variants."""
        then, now = self._words(), later._words()
        return [(known, now.get(key)) for key, known in then.items() if now.get(key) != known]

    def _words(self) -> dict[str, dict[str, Any]]:
        """Products and variants by id, each without its parts and without stock."""
        aside = ("variants", "quantityAvailable")
        things = [*self.products.values(), *(variant for _product, variant in self.variants())]
        return {
            each["id"]: {key: value for key, value in each.items() if key not in aside}
            for each in things
        }


def known_offers() -> dict[str, tuple[Good, Offer]]:
    """1C's offers by the SKU under which the shop surely sells them: its own SKU for a good it
    sold before, the article for a new one that 1C has once and without characteristics."""
    by_id = {offer.id: (good, offer) for good in goods() for offer in good.offers}
    articles = [good.article for good in goods() if not good.deleted]
    sold_before = {each.of for good in retail_goods() for each in good.variants}
    known = {
        good.article: (good, good.offers[0])
        for good in goods()
        if good.article
        and not good.deleted
        and articles.count(good.article) == 1
        and len(good.offers) == 1
        and good.offers[0].id not in sold_before
    }
    for retail in retail_goods():
        if retail.published:
            known.update((v.sku, by_id[v.of]) for v in retail.variants if v.of)
    return known


@dataclass(frozen=True, slots=True)
class Placed:
    """An order: its global id, what people call it, what is to be paid, pieces by SKU."""

    id: str
    number: str
    total: Decimal
    wanted: Mapping[str, int]


@dataclass
class World:
    """Everybody of the story, and what the steps hand on to the next ones."""

    facts: Facts
    #: What a visitor saw before the first exchange, and what the buyer had as a customer.
    shelf_before: Shelf = field(default_factory=lambda: Shelf({}))
    customer_before: dict[str, Any] = field(default_factory=dict)
    #: What a visitor saw after it.
    shelf_now: Shelf = field(default_factory=lambda: Shelf({}))
    #: Global ids of the buyer's legal entities by INN.
    entities: dict[str, str] = field(default_factory=dict)
    #: The buyer's wholesale cart on the shop's own API, and the orders she has placed.
    cart: str = ""
    placed: list[Placed] = field(default_factory=list)
    #: The code of the colleague's invitation.
    code: str = ""
    #: What 1C was given (CommerceML), before it confirmed.
    orders_xml: bytes = b""

    @cached_property
    def visitor(self) -> Api:
        return Api(self.facts.graphql)

    @cached_property
    def buyer(self) -> Api:
        return Api(self.facts.graphql, self.buyer_account)

    @cached_property
    def stranger(self) -> Api:
        return Api(self.facts.graphql, self.stranger_account)

    @cached_property
    def admin(self) -> Api:
        return Api(self.facts.graphql, self.facts.admin)

    @cached_property
    def browser(self) -> Browser:
        """The buyer's."""
        return Browser(self.facts.url)

    @cached_property
    def colleague(self) -> Browser:
        """Whoever comes in by the owner's invitation."""
        return Browser(self.facts.url)

    @cached_property
    def strange_browser(self) -> Browser:
        """The stranger's."""
        return Browser(self.facts.url)

    @cached_property
    def desk(self) -> Browser:
        """The manager's."""
        return Browser(self.facts.url)

    @property
    def buyer_account(self) -> Account:
        return self.facts.buyers[0]

    @property
    def stranger_account(self) -> Account:
        return self.facts.buyers[1]

    def onec(self, dialect: Dialect = UT11, password: str | None = None) -> Client:
        """1C of that kind, in a hurry: without the pauses it makes between requests."""
        exchange = self.facts.exchange
        return Client(
            exchange.url,
            exchange.user,
            exchange.password if password is None else password,
            dialect=dialect,
            options=Options(pause_scale=0, part_size=100_000),
        )

    @property
    def bitrix(self) -> Client:
        return self.onec(BITRIX)

    def shelf(self, api: Api) -> Shelf:
        return Shelf.seen_by(api, self.facts.channel)

    def members(self, account: Account) -> list[Any]:
        """1C's counterparties that are this buyer's company."""
        found = [each for each in counterparties() if each.company == account.company]
        demand(found, f"1C knows no counterparty of «{account.company}»")
        return found
