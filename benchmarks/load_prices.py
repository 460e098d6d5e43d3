"""From CommerceML files to prices in the database, beside the raw parse and the raw COPY.

100,000 products with three price types (``BENCH_PRODUCTS`` sets another number), written by
the project's own writer as a 1C base sends them in full. Each step stands beside what can't be
avoided: for reading, the same XML library (expat) without a handler over the same bytes; for
writing, COPY of the same rows into a bare table; for both, the sum of the two. CPU seconds of
this process and of the database server together, since on one machine they share it.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from xml.parsers import expat

from benchmarks.report import Row, table
from onec_bridge.commerceml import records as r
from onec_bridge.commerceml.reader import read
from onec_bridge.commerceml.writer import Format, write_catalog, write_offers

ROOT = Path(__file__).resolve().parent.parent
COUNT = int(os.environ.get("BENCH_PRODUCTS", "100000"))
FOLDER = ROOT / ".state" / "bench" / str(COUNT)
TYPES = ("Розничная", "Мелкий опт", "Дилерская")
NOW = datetime(2026, 4, 6, tzinfo=UTC)


def _django() -> None:
    os.environ.setdefault("SANDBOX_DATA", str(FOLDER / "shop"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sandbox.settings")
    import django

    django.setup()


# ------------------------------------------------------------------------ the files


def files() -> list[Path]:
    """The two files, written once and kept."""
    how = Format(generated_at=NOW, schema="2.07", bom=True)
    goods, prices = FOLDER / "import0_1.xml", FOLDER / "offers0_1.xml"
    if prices.exists():
        return [goods, prices]
    FOLDER.mkdir(parents=True, exist_ok=True)
    _write(
        goods,
        write_catalog(
            (_product(n) for n in range(COUNT)),
            how,
            header=r.CatalogHeader(id="c", only_changes=False),
            classifier=r.ClassifierHeader(id="k"),
            groups=[r.Group(id=f"g{n}", name=f"Группа {n}") for n in range(100)],
        ),
    )
    partial = prices.with_suffix(".part")
    _write(
        partial,
        write_offers(
            (_offer(n) for n in range(COUNT)),
            how,
            header=r.OfferPackageHeader(id="c#", only_changes=False),
            price_types=[
                r.PriceType(id=f"t{n}", name=name, currency="RUB", vat_included=True)
                for n, name in enumerate(TYPES)
            ],
            warehouses=[r.Warehouse(id="w", name="Склад")],
        ),
    )
    partial.rename(prices)
    return [goods, prices]


def _write(path: Path, chunks: Iterator[bytes]) -> None:
    with path.open("wb") as stream:
        stream.writelines(chunks)


def _ident(number: int) -> str:
    return f"{number:08x}-5b1d-4c3e-8f90-abcdef012345"


def _product(number: int) -> r.Product:
    return r.Product(
        id=_ident(number),
        article=f"АРТ-{number:06}",
        name=f"Шланг поливочный армированный «Тайга» № {number}",
        barcode=f"20{number:011}",
        unit=r.BaseUnit(code="796", name="шт", full_name="Штука", international="PCE"),
        group_ids=(f"g{number % 100}",),
        description="Рабочее давление до 8 бар, от −10 до +50 °C. Не перегибается.",
        tax_rates=(r.TaxRate(name="НДС", text="22", rate=Decimal(22)),),
        requisites=(r.Requisite("ТипНоменклатуры", ("Товар",)),),
    )


def _offer(number: int) -> r.Offer:
    return r.Offer(
        id=_ident(number),
        article=f"АРТ-{number:06}",
        name=f"Шланг поливочный армированный «Тайга» № {number}",
        unit=r.BaseUnit(code="796", name="шт", full_name="Штука", international="PCE"),
        has_prices_block=True,
        prices=tuple(
            r.OfferPrice(
                price_type_id=f"t{n}",
                amount=_price(number, n),
                currency="RUB",
                unit="шт",
                presentation="руб. за шт",
            )
            for n in range(len(TYPES))
        ),
        quantity=Decimal(number % 90),
        stock=(r.StockRow("w", Decimal(number % 90)),),
    )


def _price(number: int, kind: int) -> Decimal:
    return Decimal(10_000 + number * 7 % 90_000 - kind * 1_111).scaleb(-2)


# ---------------------------------------------------------------------- the measures


@dataclass(frozen=True, slots=True)
class Measure:
    """A step: its seconds, and what it is set beside."""

    name: str
    seconds: float
    beside: float = 0.0
    goal: float = 0.0
    unit: str = ""

    @property
    def ratio(self) -> float:
        return round(self.seconds / self.beside, 2) if self.beside else 0.0


def cpu(work: Callable[[], object]) -> float:
    """CPU seconds of this process and of its database session in ``work``."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    before = time.process_time() + _server(pid)
    work()
    return time.process_time() + _server(pid) - before


def _server(pid: int) -> float:
    """CPU seconds of the database session so far (Linux; 0 where there is no /proc)."""
    stat = Path(f"/proc/{pid}/stat")
    if not stat.exists():
        return 0.0
    fields = stat.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def parse_raw(paths: list[Path]) -> None:
    """Expat over the same bytes, with no handler."""
    for path in paths:
        with path.open("rb") as stream:
            expat.ParserCreate().ParseFile(stream)


def read_all(paths: list[Path]) -> None:
    """Every record, thrown away."""
    for path in paths:
        with path.open("rb") as stream:
            for _record in read(stream, path.name):
                pass


def copy_raw(rows: list[tuple[object, ...]]) -> None:
    """COPY of the same rows into a table without keys."""
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "CREATE TEMP TABLE bare (list_id bigint, variant_id bigint, amount numeric,"
            " min_quantity numeric, unit text, coefficient numeric) ON COMMIT DROP"
        )
        with cursor.copy("COPY bare FROM STDIN") as copy:
            for row in rows:
                copy.write("\t".join(map(str, row)) + "\n")


def take(paths: list[Path]) -> None:
    """The files through sync, as the exchange calls it."""
    from onec_bridge.models import Connection
    from onec_bridge.sync import apply_file

    connection = Connection.objects.get(login="bench")
    for path in paths:
        with path.open("rb") as stream:
            apply_file(connection, read(stream, path.name), file_name=path.name)


def _shop() -> None:
    from onec_bridge.models import Connection
    from sandbox import prepare
    from sandbox.models import Channel

    prepare.fresh()
    Channel.objects.create(slug="ru", name="Россия", currency="RUB")
    Connection.objects.create(name="bench", login="bench", password="!")


def run() -> list[Row]:
    _django()
    paths = files()
    _shop()
    measures = measure(paths)
    size = sum(path.stat().st_size for path in paths) / 2**20
    print(f"{COUNT:,} products × {len(TYPES)} price types, {size:.0f} MiB\n")
    lines = [
        (
            m.name,
            f"{m.seconds:.2f}",
            f"{m.ratio:.2f}" if m.beside else "",
            f"{m.goal:g}" if m.beside else "",
            m.unit,
        )
        for m in measures
    ]
    print(table(("step", "CPU s", "ratio", "goal", ""), lines))
    return [Row(f"load_prices: {m.name}", m.ratio, m.goal, m.unit) for m in measures if m.beside]


def measure(paths: list[Path]) -> list[Measure]:
    """Every step, in the order of the table."""
    from b2b_overlay.pricing.loads import PriceRow, load_prices
    from b2b_overlay.pricing.models import Price

    parse = cpu(lambda: parse_raw(paths))
    reading = cpu(lambda: read_all(paths))
    first = cpu(lambda: take(paths))
    fields = ("price_list_id", "variant_id", "amount", "min_quantity", "unit", "coefficient")
    rows = [PriceRow(*row) for row in Price.objects.values_list(*fields)]
    copied = cpu(lambda: copy_raw([tuple(row) for row in rows]))
    again = cpu(lambda: take(paths[1:]))
    Price.objects.all().delete()
    update = cpu(lambda: take(paths[1:]))
    Price.objects.all().delete()
    load = cpu(lambda: load_prices(rows))
    reload = cpu(lambda: load_prices(rows))
    both = parse + copied
    return [
        Measure("raw parse of the files", parse),
        Measure(f"raw COPY of the {len(rows):,} prices", copied),
        # Expat without handlers takes 0.6 to 0.9 of lxml's iterparse that throws away.
        Measure("records read", reading, parse, 2.5, "× raw parse"),
        Measure("load_prices, all new", load, copied, 12, "× raw COPY"),
        Measure("load_prices, nothing changed", reload, copied, 8, "× raw COPY"),
        Measure("files to prices, goods new too", first, both, 60, "× parse + COPY"),
        Measure("offers to prices, goods known", update, both, 20, "× parse + COPY"),
        Measure("offers again, nothing changed", again, both, 20, "× parse + COPY"),
    ]
