"""From CommerceML files to the shop's database, beside what can't be avoided.

100,000 products with three price types (``BENCH_PRODUCTS`` sets another number), catalogue and
offers, through ``onec_bridge.sync`` as the exchange calls it: goods made, prices with their
history, stock, 1C's ids. Beside it stand lxml reading the same bytes and throwing them away, and
COPY of every row the import has left into tables without keys. Then the same files again, of
which nothing has changed. CPU seconds of this process and of its database session together,
since on one machine they share it. Where there is a Saleor (SALEOR=<checkout>), what it takes
there is printed, for fewer goods.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path

from lxml import etree

from benchmarks._commerceml_files import PRICE_TYPES, uniform
from benchmarks._cpu import cpu
from benchmarks.report import ROOT, Row, table
from onec_bridge.commerceml.reader import read

COUNT = int(os.environ.get("BENCH_PRODUCTS", "100000"))
ON_SALEOR = min(COUNT, 5_000)
FOLDER = ROOT / ".state" / "bench" / f"exchange-{COUNT}"
#: Where the import leaves rows in the sandbox.
TABLES = (
    "sandbox_product",
    "sandbox_variant",
    "sandbox_listing",
    "sandbox_stock",
    "b2b_overlay_price",
    "b2b_overlay_priceevent",
    "b2b_overlay_retailnote",
    "b2b_overlay_variantfacts",
    "onec_bridge_link",
)


def run() -> list[Row]:
    os.environ.setdefault("SANDBOX_DATA", str(FOLDER / "shop"))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sandbox.settings")
    import django

    django.setup()
    paths = uniform(FOLDER, COUNT)
    _shop()
    parse = cpu(lambda: _parse_raw(paths))
    first = cpu(lambda: _take(paths))
    again = cpu(lambda: _take(paths))
    copy = _copy_raw()
    lines = [
        ("lxml reads and discards", f"{parse:.1f}", "", ""),
        ("COPY of the rows", f"{copy:.1f}", "", ""),
        ("files to database", f"{first:.1f}", f"{first / (parse + copy):.2f}", "2.5"),
        ("the same again", f"{again:.1f}", f"{again / first:.2f}", "0.35"),
    ]
    size = sum(path.stat().st_size for path in paths) / 2**20
    print(f"{COUNT:,} products × {len(PRICE_TYPES)} price types, {size:.0f} MiB\n")
    print(table(("step", "CPU s", "ratio", "goal"), lines))
    _saleor()
    return [
        Row(
            "exchange: files to the sandbox's database",
            round(first / (parse + copy), 2),
            2.5,
            "× raw parse and raw COPY",
            reason="indexes, history and constraints of nine tables; one Python object a record",
        ),
        Row("exchange: the same files again", round(again / first, 2), 0.35, "× the first time"),
    ]


def _shop() -> None:
    from onec_bridge.models import Connection
    from sandbox import prepare
    from sandbox.models import Channel

    prepare.fresh()
    Channel.objects.create(slug="ru", name="Россия", currency="RUB")
    Connection.objects.create(
        name="bench", login="bench", password="!", retail_price_type=PRICE_TYPES[0]
    )


# ---------------------------------------------------------------------- the measures


def _parse_raw(paths: list[Path]) -> None:
    for path in paths:
        for _event, element in etree.iterparse(path, tag=("{*}Товар", "{*}Предложение")):
            element.clear()
            while element.getprevious() is not None:
                del element.getparent()[0]


def _take(paths: list[Path]) -> None:
    """The files through sync, as the exchange calls it."""
    from onec_bridge.models import Connection
    from onec_bridge.sync import apply_file

    connection = Connection.objects.get(login="bench")
    for path in paths:
        with path.open("rb") as stream:
            apply_file(connection, read(stream, path.name), file_name=path.name)


def _copy_raw() -> float:
    """COPY of every row there is into tables without keys."""
    return sum(_copied(name) for name in TABLES)


def _copied(name: str) -> float:
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        with cursor.copy(f"COPY {name} TO STDOUT") as copy:
            rows = [bytes(each) for each in copy]
        cursor.execute(f"CREATE TEMP TABLE bare ON COMMIT DROP AS SELECT * FROM {name} LIMIT 0")

        def write() -> None:
            with cursor.copy("COPY bare FROM STDIN") as copy:
                for row in rows:
                    copy.write(row)

        return cpu(write)


# -------------------------------------------------------------------------- on Saleor


def _saleor() -> None:
    """Print what it takes on a real Saleor, or why it wasn't measured."""
    from tests.saleor.databases import Missing

    saleor = Path(os.environ.get("SALEOR", Path.home() / "saleor"))
    server = os.environ.get("DATABASE_URL", "postgres://saleor:saleor@localhost:5432/saleor")
    with tempfile.TemporaryDirectory(prefix="b2b-bench-") as folder:
        try:
            first, again = _on_saleor(saleor, server, Path(folder))
        except Missing as missing:
            print(f"Saleor not measured: {missing}", file=sys.stderr)
            return
    print(f"\nOn Saleor, {ON_SALEOR:,} products: {first:.1f} CPU s, again {again:.1f}.")


def _on_saleor(saleor: Path, server: str, folder: Path) -> tuple[float, float]:
    from tests.saleor import run as saleor_run

    saleor_run.demand(saleor)
    bench = saleor_run.Run(saleor.resolve(), server, folder)
    goods, prices = uniform(FOLDER, ON_SALEOR)
    told = folder / "measured.json"
    with bench.retail_shop("b2b_bench_exchange") as url:
        bench.env |= {
            "DATABASE_URL": url,
            "BENCH_FILES": f"{goods}{os.pathsep}{prices}",
            "BENCH_TOLD": str(told),
            "BENCH_RETAIL": PRICE_TYPES[0],
        }
        python = bench.install()
        bench.inside(python, str(Path(__file__).parent / "plugins/saleor_exchange.py"), repo=True)
    first, again = json.loads(told.read_text())
    return float(first), float(again)
