"""A file as a fold: records in batches, each batch planned and written in one transaction.

Rules: the position in the file is saved in the transaction of the batch it belongs to, so
whatever breaks, nothing is done twice and nothing skipped; every record that was read has
exactly one outcome; the same file again gives all *unchanged*. Within a batch kinds go in the
order in which they refer to each other, and a batch ends before an id repeats, so a later
record of the same thing holds.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from django.db import connection as database
from django.db import transaction

from b2b_overlay import garbage
from b2b_overlay.ordering.rearranging import scan_changed
from b2b_overlay.shop import get_shop
from onec_bridge.commerceml.records import (
    Contract,
    Counterparty,
    Directory,
    DirectoryRow,
    Document,
    Group,
    Manager,
    Offer,
    Partner,
    PriceType,
    Problem,
    Product,
    Property,
    Record,
    Severity,
    Statement,
    Unit,
    Warehouse,
)

from . import carriers, parking, terms
from .counterparties import take_counterparties
from .mapping import mapped
from .models import LONGEST_ID, Kind, Match, Parked
from .naming import named
from .news import take_documents
from .offers import take_offers
from .outcome import Counts, Item, Outcome, Progress, Tally
from .products import refresh_facts, take_products
from .properties import told_late
from .references import remember, take_groups, take_price_types, take_warehouses
from .start.takeover import take_over
from .supervision import dissolve
from .work import TELLING, File, Images, Knowledge, Work, channel_of

if TYPE_CHECKING:
    from onec_bridge.exchange.models import Connection

__all__ = ["Checkpoint", "apply_file", "use_decisions"]

#: Records in a file's first batch: long enough for bulk statements, short enough for a step.
BATCH = 1000
#: How many times that a batch may be where the shop is quick: it doubles after one that took less
#: than the first many seconds, and is as at first again after one that took more than the other.
MOST, QUICK, SLOW = 4, 1.0, 4.0


class Checkpoint(Protocol):
    """Called within each batch's transaction, with what was added since the last call."""

    def __call__(
        self,
        position: int,
        counts: Mapping[str, Mapping[str, int]],
        problems: Sequence[Problem],
        /,
    ) -> None: ...


def no_images(path: str) -> bytes | None:
    """No pictures came with the file."""
    return None


_KINDS: dict[type[Any], str] = {
    Group: "group",
    PriceType: "price_type",
    Warehouse: "warehouse",
    Unit: "unit",
    Property: "property",
    Directory: "directory",
    DirectoryRow: "directory_row",
    Product: "product",
    Offer: "offer",
    Counterparty: "counterparty",
    Document: "document",
    Partner: "partner",
    Contract: "contract",
    Manager: "manager",
    Statement: "statement",
}
"""What is counted, by the name it is counted under. Headers only set the scene."""


@garbage.put_off()
def apply_file(
    connection: Connection,
    records: Iterator[Record | Problem],
    *,
    file_name: str,
    load_key: str = "",
    sent_at: dt.datetime | None = None,
    skip: int = 0,
    deadline: float | None = None,
    images: Images = no_images,
    checkpoint: Checkpoint | None = None,
) -> Progress:
    """Apply a file, from item ``skip`` on, until its end or the deadline.

    Args:
        records: what a reader yields, from the file's beginning.
        load_key: names the file among all; its prices are then one load, which can be undone.
        sent_at: when the session it came in began.
        skip: how many items were applied by earlier calls (``Progress.done``).
        deadline: of ``time.monotonic``; one batch is done even past it.
        images: gives a picture's bytes by its path in the export.
        checkpoint: saves the position, in each batch's transaction.

    Raises whatever breaks a batch; the batches before it are committed and checkpointed.
    """
    shop = get_shop()
    run = _Run(connection, shop, File(file_name, load_key, sent_at=sent_at), images, checkpoint)
    use_decisions(connection)
    records = mapped(connection, records)
    batch: list[Record | Problem] = []
    met: set[tuple[type[Any], str]] = set()
    position, finished = 0, True
    for record in records:
        if position >= skip:
            key = (type(record), getattr(record, "id", ""))
            if len(batch) >= run.size or (key[1] and key in met):
                run.apply(batch, position)
                batch, met = [], set()
                garbage.collect()
                if deadline is not None and time.monotonic() > deadline:
                    finished = False
                    break
            batch.append(record)
            met.add(key)
        if type(record) in TELLING:
            run.file.observe(record)
        position += 1
    if finished:
        run.apply(batch, position, is_last=True)
        finished = run.finish(deadline)
    return Progress(max(position, skip), finished, run.total.counts, run.total.problems)


class _Run:
    """One call of :func:`apply_file`."""

    def __init__(
        self,
        connection: Connection,
        shop: Any,
        file: File,
        images: Images,
        checkpoint: Checkpoint | None,
    ) -> None:
        self.connection, self.shop, self.file, self.images = connection, shop, file, images
        self.channel = channel_of(shop, connection)
        self.knowledge = Knowledge(connection, shop)
        self.checkpoint = checkpoint
        self.total = Tally()
        #: Records in the next batch.
        self.size = BATCH

    def work(self) -> Work:
        return Work(
            self.connection, self.shop, self.channel, self.file, self.knowledge, self.images
        )

    def apply(self, batch: list[Record | Problem], position: int, *, is_last: bool = False) -> None:
        """One batch, one transaction."""
        work, began = self.work(), time.monotonic()
        with transaction.atomic():
            _prefer_indexes()
            _take(work, batch)
            if is_last:
                terms.finish(work)
            work.save()
            if self.checkpoint is not None:
                self.checkpoint(position, work.tally.counts, work.tally.problems)
        self.total.add(work.tally)
        took = time.monotonic() - began
        if took < QUICK:
            self.size = min(2 * self.size, MOST * BATCH)
        elif took > SLOW:
            self.size = BATCH

    def finish(self, deadline: float | None) -> bool:
        """What can only be said at the end of a file; False where the deadline came first.

        Counterparties are compared with the base here, once a file: the index over the base
        takes as long to make for one as for a thousand.
        """
        if "goods" in vars(self.knowledge) and dissolve(self.connection, self.knowledge.goods):
            use_decisions(self.connection)
        return scan_changed(self.shop, deadline).complete


def _prefer_indexes() -> None:
    """A batch asks for thousands of rows by their keys. Reckoned at what a disk's arm took for each
    (``random_page_cost`` 4, PostgreSQL's default), reading the whole table seems cheaper, of a
    hundred thousand goods in every batch anew."""
    with database.cursor() as cursor:
        cursor.execute("SET LOCAL random_page_cost = 1.1")


def use_decisions(connection: Connection) -> Counts:
    """Apply what people decided about goods of 1C, without 1C sending them again.

    Called at the beginning of each file, and by the page and the command that decide.
    """
    decided = Match.objects.filter(connection=connection, used_at=None).exclude(
        decision=Match.Decision.WAITING
    )
    ids = list(decided.values_list("external_id", flat=True))
    if not ids:
        return {}
    shop = get_shop()
    file = File("")
    work = Work(
        connection,
        shop,
        channel_of(shop, connection),
        file,
        Knowledge(connection, shop),
        no_images,
    )
    with transaction.atomic():
        woken = parking.wake(work, [Parked.DECISION], ids)
        take_offers(work, woken)
        work.watch(woken)
        work.save()
    return work.tally.counts


Handler = Callable[[Work, list[Item[Any]]], None]


def _take_products(work: Work, items: list[Item[Product]]) -> None:
    within = take_products(work, items)
    waiting = parking.wake(work, [Kind.PRODUCT], {item.record.product_id for item in items})
    _wake(work, waiting)
    take_offers(work, within)


def _take_price_types(work: Work, items: list[Item[PriceType]]) -> None:
    created = take_price_types(work, items)
    _wake(work, parking.wake(work, [Kind.PRICE_TYPE], created))
    terms.price_types_came(work, created)


def _take_warehouses(work: Work, items: list[Item[Warehouse]]) -> None:
    _wake(work, parking.wake(work, [Kind.WAREHOUSE], take_warehouses(work, items)))


def _take_properties(work: Work, items: list[Item[Property]]) -> None:
    remember(Kind.PROPERTY, lambda prop: prop.id)(work, items)
    if items:
        refresh_facts(work, told_late(work, items))


def _wake(work: Work, woken: list[Item[Offer]]) -> None:
    if woken:
        take_offers(work, woken)
        work.watch(woken)


_take_counterparties = terms.and_wake(take_counterparties, Kind.COUNTERPARTY)
_take_rows = remember(Kind.DIRECTORY_ROW, lambda row: row.id and f"{row.directory_id}#{row.id}")


#: In the order in which they refer to each other.
_HANDLERS: tuple[tuple[type[Any], Handler], ...] = (
    (Group, take_groups),
    (PriceType, _take_price_types),
    (Warehouse, _take_warehouses),
    (Unit, remember(Kind.UNIT, lambda unit: unit.id or unit.code or "")),
    (Property, _take_properties),
    (Directory, remember(Kind.DIRECTORY, lambda directory: directory.id)),
    (Product, _take_products),
    (Offer, take_offers),
    (Counterparty, terms.and_tell(_take_counterparties, carriers.of_counterparties)),
    *terms.TERMS.items(),
    (DirectoryRow, terms.and_tell(_take_rows, carriers.of_rows)),
    (Document, take_documents),
)


def _take(work: Work, batch: list[Record | Problem]) -> None:
    take_over(work, batch)
    by_type: dict[type[Any], list[Item[Any]]] = {}
    work.tally.problems += named(batch)
    for record in batch:
        if kind := _KINDS.get(type(record)):
            by_type.setdefault(type(record), []).append(Item(record, kind))
    for kind_of_record, handler in _HANDLERS:
        items = by_type.get(kind_of_record, [])
        handled = items
        if any(len(getattr(item.record, "id", "")) > LONGEST_ID for item in items):
            handled = [item for item in items if _has_sane_id(work, item)]
        if handled:
            handler(work, handled)
        work.watch(items)


def _has_sane_id(work: Work, item: Item[Any]) -> bool:
    if len(getattr(item.record, "id", "")) <= LONGEST_ID:
        return True
    work.problem("id_too_long", item.record, "Ид", item.record.id, Severity.ERROR)
    item.came(Outcome.REFUSED)
    return False
