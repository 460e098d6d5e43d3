"""The database of ``resolve_prices``, and the price lists of ``saleor``'s: made once by the server
itself, and kept.

``lists`` full price lists of ten thousand variants each, forty more that hold one variant in
ten, the first ten lists alone in a table of their own, retail prices, a million events of prices,
and legal entities under different terms.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from benchmarks.report import ROOT

if TYPE_CHECKING:
    from b2b_overlay.company.models import LegalEntity

VARIANTS = 10_000
SPARSE = 40
#: Of the first eight lists: so many of each price, a day apart, the seventh today.
VERSIONS = 13
#: The table of ten lists, and what says that all is there.
TEN, MADE = "b2b_bench_ten_lists", "b2b_bench_made_3"

_PRICES = """
INSERT INTO b2b_overlay_price (price_list_id, variant_id, min_quantity, amount, unit, coefficient)
SELECT l, {before} + v, 1, (1000 + (l * 31 + v * 17) % 90000) / 100.0, '', 1
  FROM generate_series({first}, {last}) l, generate_series(1, {variants}) v WHERE {which}
"""
#: In which of the sparse lists a variant is.
_SPARSELY = "(v * 7 + l * 3) % 10 = 0"

_EVENTS = """
INSERT INTO b2b_overlay_priceevent (pgh_created_at, pgh_label, pgh_obj_id, price_list_id,
       variant_id, min_quantity, amount, unit, coefficient)
SELECT now() + (7 - n) * interval '1 day',
       CASE WHEN n = {versions} THEN 'insert' ELSE 'update' END,
       id, price_list_id, variant_id, min_quantity, amount + n, unit, coefficient
  FROM generate_series({versions}, 1, -1) n, b2b_overlay_price WHERE price_list_id <= 8
 ORDER BY n DESC
"""


def sql(statement: str, *parameters: object) -> list[Any]:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement, parameters or None)
        return cursor.fetchall() if cursor.description else []


def made() -> bool:
    """Is it there, by the migrations that there are now?"""
    is_there = sql(f"SELECT to_regclass('{MADE}')") != [(None,)]
    return is_there and sql(f"SELECT schema FROM {MADE}") == [(_schema(),)]


def _schema() -> str:
    found = hashlib.sha256()
    for path in sorted(ROOT.glob("*/migrations/*.py")):
        found.update(path.read_bytes())
    return found.hexdigest()


def make(lists: int) -> None:
    from sandbox import prepare

    prepare.fresh()
    fill(lists)
    _retail()
    _people(lists)
    with _no_triggers():
        sql(f"CREATE TABLE {TEN} (LIKE b2b_overlay_price INCLUDING ALL)")
        sql(f"INSERT INTO {TEN} SELECT * FROM b2b_overlay_price WHERE price_list_id <= 10")
        sql(_EVENTS.format(versions=VERSIONS))
    sql(f"CREATE TABLE {MADE} AS SELECT '{_schema()}'::text AS schema")
    sql("VACUUM ANALYZE")


def fill(lists: int, before: int = 0) -> None:
    """The price lists, with prices of the ten thousand variants that come after this id."""
    _lists(lists)
    with _no_triggers():
        _prices(lists, before)


def amount(price_list: int, lists: int, number: int) -> Decimal | None:
    """What a list, of so many full ones, says of the variant with this number, from one on."""
    if price_list > lists and (number * 7 + price_list * 3) % 10:
        return None
    return Decimal(1000 + (price_list * 31 + number * 17) % 90000) / 100


@contextmanager
def _no_triggers() -> Iterator[None]:
    """Neither history nor foreign keys are looked at: ten million events aren't the subject."""
    sql("SET session_replication_role = replica")
    try:
        yield
    finally:
        sql("SET session_replication_role = DEFAULT")


def _lists(lists: int) -> None:
    from b2b_overlay.pricing.models import PriceList

    PriceList.objects.bulk_create(
        PriceList(pk=n, name=f"Список {n}") for n in range(1, lists + SPARSE + 1)
    )
    sql("SELECT setval('b2b_overlay_pricelist_id_seq', %s)", lists + SPARSE)


def _prices(lists: int, before: int) -> None:
    ((unique,),) = sql("SELECT indexdef FROM pg_indexes WHERE indexname = 'b2b_price_once'")
    sql("DROP INDEX b2b_price_once")
    for first in range(1, lists + 1, 100):
        _insert(first, min(first + 99, lists), before, "true")
    _insert(lists + 1, lists + SPARSE, before, _SPARSELY)
    sql(unique)


def _insert(first: int, last: int, before: int, which: str) -> None:
    from django.db import connection

    statement = _PRICES.format(
        first=first, last=last, before=before, variants=VARIANTS, which=which
    )
    with connection.cursor() as cursor:
        cursor.execute(statement)


def _retail() -> None:
    """Variants 1 … in the sandbox's own tables, each with its listing."""
    from sandbox import models

    channel = models.Channel.objects.create(slug="ru", name="Россия", currency="RUB")
    product = models.Product.objects.create(name="Товар", is_published=True)
    numbers = range(1, VARIANTS + 1)
    models.Variant.objects.bulk_create(
        models.Variant(pk=n, product=product, sku=f"Т-{n}") for n in numbers
    )
    models.Listing.objects.bulk_create(
        models.Listing(pk=n, variant_id=n, channel=channel, price=Decimal(n)) for n in numbers
    )


# --------------------------------------------------------------------------- under which terms


def _people(lists: int) -> None:
    """A legal entity for each kind of terms, by name."""
    full, sparse = range(1, lists + 1), range(lists + 1, lists + SPARSE + 1)
    entity("eight full", full[:8])
    entity("eight sparse", [*sparse[:7], full[8]])
    entity("32 sparse", [*sparse[:31], full[8]])
    entity("derived", [_derived(pk) for pk in full[:8]])
    entity("from retail", [_from_retail()])
    entity("columns", full[:8], columns=True)
    entity("euro", [_euro(pk) for pk in full[:8]])


def entity(name: str, price_lists: Iterable[int], *, columns: bool = False) -> LegalEntity:
    """Three of the lists are the contract's, three the legal entity's, the rest the company's."""
    from b2b_overlay.company.models import Company, LegalEntity
    from b2b_overlay.pricing.models import Assignment
    from b2b_overlay.terms.models import Contract

    company = Company.objects.create(name=name, is_active=True)
    found = LegalEntity.objects.create(name=name, company=company)
    contract = Contract.objects.create(legal_entity=found, number="1")
    for n, pk in enumerate(price_lists):
        target: dict[str, Any] = {"company": company}
        if n < 6:
            target = {"contract": contract} if n < 3 else {"legal_entity": found}
        total = Decimal(10_000 * (3 - n)) if columns and n < 3 else None
        Assignment.objects.create(price_list_id=pk, priority=n, min_total=total, **target)
    return found


def _derived(pk: int) -> int:
    """A list from a list from this one: a chain of three."""
    from b2b_overlay.pricing.models import PriceList

    middle = PriceList.objects.create(name=f"от {pk}", base_id=pk, percent=Decimal(-5))
    return int(
        PriceList.objects.create(
            name=f"от от {pk}", base=middle, percent=Decimal("-2.5"), rounding_step=Decimal("0.1")
        ).pk
    )


def _from_retail() -> int:
    from b2b_overlay.pricing.models import PriceList

    row = PriceList.objects.create(name="от розницы", base_retail=True, percent=Decimal(-15))
    return int(row.pk)


def _euro(pk: int) -> int:
    """A list in euro that takes its prices from this one in roubles, and is charged in roubles."""
    from b2b_overlay.pricing.models import PriceList, Rate

    Rate.objects.get_or_create(currency="EUR", to="RUB", day=date(2026, 1, 9), rate=Decimal("98.5"))
    row = PriceList.objects.create(name=f"в евро от {pk}", currency="EUR", base_id=pk)
    return int(row.pk)
