"""From CommerceML files to the shop's database, beside what can't be avoided.

100,000 products with three price types (``BENCH_PRODUCTS`` sets another number), catalogue and
offers, through ``onec_bridge.sync`` as the exchange calls it: goods made, prices with their
history, stock, 1C's ids. Beside it stand lxml reading the same bytes and throwing them away, and
COPY of every row the import has left into the shop's own tables as they are, with their keys,
indexes and references: a database that lacks them is no shop's. What it is beside COPY into bare
tables is told with it. Then the same files again, of which nothing has changed. CPU seconds of
this process and of its database session, together since on one machine they share it. What the
reader takes alone is one more figure. Where there is a Saleor (SALEOR=<checkout>), what it takes
there is printed, for fewer goods.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path
from statistics import median
from typing import NamedTuple

from lxml import etree

from benchmarks._commerceml_files import PRICE_TYPES, uniform
from benchmarks._cpu import Spent, spent
from benchmarks.report import ROOT, Row, table
from onec_bridge.commerceml.reader import read

COUNT = int(os.environ.get("BENCH_PRODUCTS", "100000"))
ON_SALEOR = min(COUNT, 5_000)
#: The figures are medians of so many.
ROUNDS = 3
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
    rounds = [_round(paths) for _ in range(ROUNDS)]
    parse, typed, first, again, copy, keyed = (
        Spent(median(each.client for each in step), median(each.server for each in step))
        for step in zip(*rounds, strict=True)
    )
    to_shop = median(each.first.both / (each.parse.both + each.keyed.both) for each in rounds)
    to_bare = median(each.first.both / (each.parse.both + each.copy.both) for each in rounds)
    repeated = median(each.again.both / each.first.both for each in rounds)
    least = parse.both + keyed.both
    size = sum(path.stat().st_size for path in paths) / 2**20
    print(f"{COUNT:,} products × {len(PRICE_TYPES)} price types, {size:.0f} MiB, {ROUNDS} rounds\n")
    lines = [
        _line("lxml reads and discards", parse),
        _line("COPY into the shop's own tables", keyed),
        _line("COPY into bare tables", copy),
        _line("files to database, × the shop's own tables", first, to_shop, "2.5"),
        _line("the same, × bare tables", first, to_bare),
        _line("the same again", again, repeated, "0.35"),
        _line("of these: typed records alone", typed, typed.both / least),
    ]
    print(table(("step", "client CPU s", "server CPU s", "ratio", "goal"), lines))
    _saleor()
    why = (
        f"beside COPY into bare tables, without the shop's keys, indexes and references, it is"
        f" {to_bare:.1f} ×; of the ratio {typed.both / least:.1f} is reading,"
        f" {keyed.both / least:.1f} COPY, {(first.client - typed.client) / least:.1f} deciding in"
        f" Python what each record means, {(first.server - keyed.server) / least:.1f} looking up"
        " and comparing"
    )
    return [
        Row(
            "exchange: files to the sandbox's database",
            round(to_shop, 2),
            2.5,
            "× raw parse and raw COPY into the shop's own tables",
            reason=why,
        ),
        Row(
            "exchange: the same files again",
            round(repeated, 2),
            0.35,
            "× the first time",
            reason=f"{typed.both / first.both:.2f} × is reading the files",
        ),
    ]


class Round(NamedTuple):
    """All of it once, one step after another: a busy neighbour touches all alike."""

    parse: Spent
    typed: Spent
    first: Spent
    again: Spent
    copy: Spent
    keyed: Spent


def _round(paths: list[Path]) -> Round:
    _shop()
    parse, typed = spent(lambda: _parse_raw(paths)), spent(lambda: _read(paths))
    first, again = spent(lambda: _take(paths, "1")), spent(lambda: _take(paths, "2"))
    return Round(parse, typed, first, again, _copy_all(keys=False), _copy_all(keys=True))


def _line(step: str, found: Spent, ratio: float | None = None, goal: str = "") -> tuple[str, ...]:
    shown = "" if ratio is None else f"{ratio:.2f}"
    return step, f"{found.client:.1f}", f"{found.server:.1f}", shown, goal


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


def _read(paths: list[Path]) -> None:
    """Typed records, and nothing done with them; garbage is looked for as sync does."""
    from b2b_overlay import garbage

    with garbage.put_off():
        for path in paths:
            with path.open("rb") as stream:
                for _record in read(stream, path.name):
                    pass


def _take(paths: list[Path], time: str) -> None:
    """The files through sync, as the exchange calls it."""
    from django.utils import timezone

    from onec_bridge.models import Connection
    from onec_bridge.sync import apply_file

    connection, began = Connection.objects.get(login="bench"), timezone.now()
    for path in paths:
        with path.open("rb") as stream:
            apply_file(
                connection,
                read(stream, path.name),
                file_name=path.name,
                load_key=f"bench:{time}:{path.name}",
                sent_at=began,
            )


def _copy_all(*, keys: bool) -> Spent:
    """COPY of every row there is, into tables without keys or with all of the shop's own."""
    found = [_copied(name, keys=keys) for name in TABLES]
    return Spent(sum(each.client for each in found), sum(each.server for each in found))


def _copied(name: str, *, keys: bool) -> Spent:
    from django.db import connection, transaction

    with transaction.atomic(), connection.cursor() as cursor:
        with cursor.copy(f"COPY {name} TO STDOUT") as copy:
            rows = b"".join(bytes(each) for each in copy)
        cursor.execute(f"CREATE TABLE bare (LIKE {name} {'INCLUDING ALL' if keys else ''})")
        if keys:
            cursor.execute(_REFERENCES, [name])
            for (definition,) in cursor.fetchall():
                cursor.execute(f"ALTER TABLE bare ADD {definition}")

        def write() -> None:
            with cursor.copy("COPY bare FROM STDIN") as copy:
                for start in range(0, len(rows), _PIECE):
                    copy.write(rows[start : start + _PIECE])
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")

        found = spent(write)
        transaction.set_rollback(True)
        return found


#: Bytes to a write of the COPY stream.
_PIECE = 1 << 17
_REFERENCES = """
SELECT pg_get_constraintdef(oid) FROM pg_constraint
 WHERE conrelid = %s::regclass AND contype = 'f'
"""


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
