"""What one batch of records works with, and what it is going to write.

Handlers of records plan into a :class:`Work`; :meth:`Work.save` writes it in a number of
statements that doesn't grow with the batch. :class:`File` is what has to be remembered of a
file from its beginning, also when its reading is resumed in the middle.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.db.models import Q, QuerySet
from django.db.models.fields.json import KT
from django.utils import timezone

from b2b_overlay.conf import conf
from b2b_overlay.copying import upsert
from b2b_overlay.money import Money
from b2b_overlay.pricing.changes import part
from b2b_overlay.pricing.loads import PriceRow, load_prices
from b2b_overlay.pricing.models import PriceList, PriceLoad, VariantFacts
from b2b_overlay.pricing.pieces import pieces_of
from b2b_overlay.pricing.retail import note_written
from b2b_overlay.quantities import ONE, Quantity
from b2b_overlay.shop import Channel, ProductDraft, Shop, StockLevel, VariantDraft
from onec_bridge.commerceml.records import (
    Header,
    OfferPackageHeader,
    PriceType,
    Problem,
    Record,
    SettlementListHeader,
    Severity,
    Statement,
)

from .counted import Counted
from .facts import PIECE, VARIANT_FACTS, variant_facts
from .fractions import as_counted
from .links import Links
from .matching import Goods, sku_of
from .models import LONGEST_ID, Kind, Link, MatchReport, Parked
from .outcome import Item, Outcome, Tally
from .prices import KnownPriceType
from .promised import Promised
from .properties import Described
from .start.ids import made
from .start.made import Made
from .told_again import reading
from .whole_list import WholeList

if TYPE_CHECKING:
    from onec_bridge.exchange.models import Connection

__all__ = ["TELLING", "File", "Images", "Work", "channel_of"]

Images = Callable[[str], bytes | None]
"""A picture by its path in the export; None where it wasn't sent."""


def channel_of(shop: Shop, connection: Connection) -> Channel:
    """The channel that the connection's goods appear in."""
    channels = shop.catalogue.channels()
    wanted = connection.channel or conf.channel
    return next((c for c in channels if c.slug == wanted), channels[0])


@dataclass(slots=True)
class File:
    """What is known of a file from the records read so far."""

    name: str
    #: Of the load that its prices are; empty: they are of none.
    load_key: str = ""
    #: When 1C formed it; None where it doesn't say.
    told_at: dt.datetime | None = None
    #: When the session it came in began; None: it came in none.
    sent_at: dt.datetime | None = None
    #: Is this offer package one that describes price types? Then it is about prices.
    prices_package: bool = False
    _in_package: bool = False
    #: Groups met: the same one may stand under two parents, and the first holds.
    groups: set[str] = field(default_factory=set)
    settlements: WholeList = field(default_factory=WholeList)

    @property
    def as_of(self) -> dt.datetime | None:
        """What it says is as of then, or later: whatever clock 1C's server has."""
        return min(filter(None, (self.told_at, self.sent_at)), default=None)

    def observe(self, record: Record | Problem) -> None:
        """Look at each record in turn that is one of :data:`TELLING`, those of an earlier call
        included."""
        if isinstance(record, Header):
            told_at = record.generated_at
            if told_at is not None and timezone.is_naive(told_at):
                told_at = timezone.make_aware(told_at)
            self.told_at = told_at
        elif isinstance(record, OfferPackageHeader):
            self._in_package, self.prices_package = True, False
        elif isinstance(record, PriceType):
            self.prices_package = self.prices_package or self._in_package
        elif isinstance(record, SettlementListHeader | Statement):
            self.settlements.observe(record)


#: Records that tell something of the file.
TELLING = frozenset({Header, OfferPackageHeader, PriceType, SettlementListHeader, Statement})


class Knowledge:
    """What the shop sells and 1C's base calls it, for one run over a file: read when the
    first offer has to be recognised, kept in step while the run goes on."""

    def __init__(self, connection: Connection, shop: Shop) -> None:
        self._connection, self._shop = connection, shop
        self._readings: dict[bool, str] = {}

    @cached_property
    def goods(self) -> Goods:
        joined = Link.objects.filter(kind=Kind.OFFER).exclude(local_id="")
        taken = joined.filter(connection=self._connection)
        of_sheets = _variants(taken.filter(made()))
        writer = self._shop.writer
        return Goods(
            writer.known_goods(),
            _variants(taken) - of_sheets,
            of_sheets,
            _variants(joined.exclude(connection=self._connection)),
            read=writer.known_goods,
        )

    @cached_property
    def has_made(self) -> bool:
        """Did spreadsheets bring anything that 1C hasn't taken over?"""
        return Link.objects.filter(made(), connection=self._connection).exists()

    @cached_property
    def made(self) -> Made:
        """The goods that they brought."""
        return Made(self._connection)

    @cached_property
    def promised(self) -> Promised:
        """What the shop's own orders do to 1C's stock."""
        return Promised(self._connection, self._shop)

    @cached_property
    def properties(self) -> Described:
        """The properties of goods that the 1C base has described."""
        return Described.by(self._connection)

    def properties_changed(self) -> None:
        """Some were described: look at them anew."""
        vars(self).pop("properties", None)
        self._readings.pop(True, None)

    def reading(self, has_properties: bool) -> str:
        """Under which conditions a product's record is read (:mod:`.told_again`)."""
        found = self._readings.get(has_properties)
        if found is None:
            described = self.properties if has_properties else None
            found = reading(described, owns_texts=self._connection.owns_texts)
            self._readings[has_properties] = found
        return found

    @cached_property
    def articles(self) -> Counted:
        """How many live goods of the 1C base have an article, by ``sku_of``."""
        return self._articles(Q())

    @cached_property
    def told_articles(self) -> Counted:
        """The same of those that 1C itself has told of."""
        return self._articles(~made())

    def _articles(self, which: Q) -> Counted:
        rows = (
            Link.objects.filter(which, connection=self._connection, kind=Kind.PRODUCT)
            .exclude(data__told__deleted=True)
            .values_list(KT("data__told__article"), flat=True)
        )
        return Counted(sku_of(article) for article in rows.iterator() if article)


def _variants(links: QuerySet[Link]) -> set[int]:
    """What these offers are here."""
    return set(map(int, links.values_list("local_id", flat=True).iterator()))


class Work:
    """One batch."""

    def __init__(
        self,
        connection: Connection,
        shop: Shop,
        channel: Channel,
        file: File,
        knowledge: Knowledge,
        images: Images,
    ) -> None:
        self.connection, self.shop, self.channel = connection, shop, channel
        self.file, self.knowledge, self.images = file, knowledge, images
        self.links = Links(connection)
        self.tally = Tally()
        self.ways: Counter[str] = Counter()
        self._watched: list[Item[Any]] = []
        self._rows: list[PriceRow] = []
        self._cleared: list[tuple[int, int]] = []
        self._priced: dict[int, list[Item[Any]]] = {}
        self._levels: dict[tuple[int, str], Quantity] = {}
        self._told_before: set[int] = set()
        self._taken_over: set[int] = set()
        self._facts: dict[int, tuple[str | None, ...]] = {}
        self._pieces: dict[int, Decimal] = {}
        self._drafts: dict[int, ProductDraft] = {}
        self._groupless: dict[str, str] = {}
        self._retail: dict[int, Money] = {}
        self._made: set[int] = set()

    # --- what is known ---

    @cached_property
    def price_types(self) -> dict[str, KnownPriceType]:
        """The connection's price types by 1C's id."""
        self.links.load(Kind.PRICE_TYPE)
        links = {k: link for k, link in self.links.all(Kind.PRICE_TYPE).items() if link.local_id}
        lists = PriceList.objects.in_bulk([int(link.local_id) for link in links.values()])
        return {
            external_id: KnownPriceType(found.pk, found.name, found.currency, found.vat_included)
            for external_id, link in links.items()
            if (found := lists.get(int(link.local_id)))
        }

    @cached_property
    def warehouses(self) -> dict[str, str]:
        """The shop's warehouse ids by 1C's id."""
        self.links.load(Kind.WAREHOUSE)
        return {
            external_id: link.local_id
            for external_id, link in self.links.all(Kind.WAREHOUSE).items()
            if link.local_id
        }

    @cached_property
    def is_waited_for(self) -> bool:
        """Does anything of the connection wait? Seldom; then nothing has to be looked for."""
        return Parked.objects.filter(connection=self.connection).exists()

    def something_waits(self) -> None:
        """From now on."""
        self.is_waited_for = True

    def references_changed(self) -> None:
        """Price types or warehouses were added: look at them anew."""
        for known in ("price_types", "retail_price_type", "retail_list", "warehouses"):
            vars(self).pop(known, None)

    @cached_property
    def retail_price_type(self) -> str:
        """Ид of the price type that is the shop's retail price, named by Ид or by name in the
        connection; "" while there is none."""
        wanted = self.connection.retail_price_type.strip().casefold()
        for external_id, known in self.price_types.items() if wanted else ():
            if wanted in (external_id.casefold(), known.name.casefold()):
                return external_id
        return ""

    @cached_property
    def retail_list(self) -> KnownPriceType | None:
        """The same as a price list here, if the channel can have its prices."""
        known, channel = self.price_types.get(self.retail_price_type), self.channel
        as_channel = channel.currency, channel.prices_include_vat
        return known if known and (known.currency, known.vat_included) == as_channel else None

    def learn_pieces(self, variant_ids: Iterable[int]) -> None:
        """Ask what the shop counts these in: one query."""
        self._pieces |= pieces_of(variant_ids)

    def piece(self, variant_id: int) -> Decimal:
        """Base units in a piece of the shop, of a variant asked for before; where its facts are
        planned, as they ask."""
        planned = self._facts.get(variant_id)
        return Decimal(planned[PIECE] or 1) if planned else self._pieces.get(variant_id, ONE)

    def was_lost(self, product_id: str) -> bool:
        """Did the shop delete all variants of this product? The product itself may be left,
        with 1C's id, which must be unique."""
        link = self.links.get(Kind.PRODUCT, product_id)
        return bool(link and link.data.get("lost"))

    def problem(
        self,
        code: str,
        record: Any,
        element: str = "",
        value: str = "",
        severity: Severity = Severity.WARNING,
        **params: str,
    ) -> None:
        """Something is to be looked at in this record."""
        if name := getattr(record, "name", None):
            params = {"name": name, **params}
        self.tally.problems.append(
            Problem(code, severity, record.source, element, value[:200], params)
        )

    # --- what is going to be written ---

    def price(
        self, item: Item[Any], variant_id: int, rows: list[PriceRow], cleared: list[tuple[int, int]]
    ) -> None:
        self._rows += rows
        self._cleared += cleared
        if rows or cleared:
            self._priced.setdefault(variant_id, []).append(item)

    def stock(
        self, variant_id: int, warehouse_id: str, quantity: Quantity, *, told_before: bool = False
    ) -> None:
        """1C's own number; the shop's orders are counted in when it is written, unless it comes
        from an earlier file, and nobody knows which of them that file knew."""
        self._levels[variant_id, warehouse_id] = quantity
        (self._told_before.add if told_before else self._told_before.discard)(variant_id)

    def take_over_stock(self, variant_id: int) -> None:
        """From now on 1C says what there is of this variant."""
        self._taken_over.add(variant_id)

    def made(self, variant_id: int) -> None:
        """The shop has just got this variant: there can be no price of it yet."""
        self._made.add(variant_id)

    def retail_written(self, variant_id: int, retail: Money) -> None:
        """The shop's own price of it was written: it is noted, for answers as of today."""
        self._retail[variant_id] = retail

    def facts(self, variant_id: int, product: Mapping[str, Any], offer: Mapping[str, Any]) -> None:
        """What 1C told of a variant's product, and of its offer."""
        self._facts[variant_id] = variant_facts(variant_id, product, offer)

    def wait_for_group(self, product_id: str, group_id: str) -> None:
        """The product goes to its category when 1C sends the group."""
        if len(group_id) <= LONGEST_ID:  # no group is kept under a longer one
            self._groupless[product_id] = group_id

    def touch_up(self, product_id: int, *variants: VariantDraft, **fields: Any) -> None:
        """Write these fields of a product that is in the shop, and of its variants."""
        draft = self._drafts.get(product_id) or ProductDraft(key=str(product_id), id=product_id)
        merged = {each.key: each for each in (*draft.variants, *variants)}
        self._drafts[product_id] = replace(draft, **fields, variants=tuple(merged.values()))

    def save(self) -> None:
        """Write everything planned, in the transaction of the batch."""
        if self._facts:
            ids = {
                int(link.local_id): link.external_id
                for link in self.links.all(Kind.OFFER).values()
                if link.local_id
            }
            rows = as_counted(
                self.shop.writer, self._facts, ids, self.file.name, self.tally.problems
            )
            upsert(VariantFacts, VARIANT_FACTS, ("variant_id",), list(rows))
        if self._drafts:
            drafts = list(self._drafts.values())
            self.shop.writer.save_products(drafts, self.channel)
            for variant in (each for draft in drafts for each in draft.variants):
                if variant.id and variant.retail:
                    self.retail_written(variant.id, variant.retail)
        loaded = load_prices(self._rows, self._cleared, part_of=self._load, made=self._made)
        for variant_id in loaded.touched:
            for item in self._priced.get(variant_id, ()):
                item.came(Outcome.CHANGED)
        if self._retail:
            note_written(self._retail, self.channel)
        if self._levels:
            told_now = {variant_id for variant_id, _w in self._levels} - self._told_before
            ours = self.knowledge.promised.counted(self.file.as_of, told_now)
            stood = ((key, each + ours.get(key, 0)) for key, each in self._levels.items())
            self.shop.writer.save_stock([StockLevel(*key, max(0, each)) for key, each in stood])
        if self._taken_over:
            self.shop.writer.clear_stock(self._taken_over, keep=self.warehouses.values())
        self.links.save()
        self._park_groupless()
        self._report_ways()
        self.tally.count(self._watched)

    def _load(self) -> AbstractContextManager[PriceLoad | None]:
        """The load that the file's prices are, whichever batch they come in."""
        if not self.file.load_key:
            return nullcontext()
        return part(PriceLoad.Source.EXCHANGE, self.file.name, self.file.load_key)

    def _park_groupless(self) -> None:
        Parked.objects.bulk_create(
            (
                Parked(
                    connection=self.connection,
                    external_id=product_id,
                    waits_kind=Kind.GROUP,
                    waits_for=group_id,
                    part=Parked.CATEGORY,
                )
                for product_id, group_id in self._groupless.items()
            ),
            ignore_conflicts=True,
        )

    def _report_ways(self) -> None:
        if not +self.ways:
            return
        report, _created = MatchReport.objects.get_or_create(
            connection=self.connection, file_name=self.file.name[:255]
        )
        report.counts = dict(Counter(report.counts) + self.ways)
        report.save()

    def watch(self, items: Iterable[Item[Any]]) -> None:
        """Count these records when all that comes of them is known: when the batch is saved."""
        self._watched += items
