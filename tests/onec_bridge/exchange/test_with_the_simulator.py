"""Whole runs over HTTP with a client that judges each answer as the real 1C would.

The simulator knows nothing of the exchange, so the two can't agree on a mistake.
"""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest

from onec_bridge.commerceml import records as r
from onec_bridge.commerceml.writer import Format, write_catalog, write_offers
from onec_bridge.models import Connection, ProblemRecord, ReceivedFile
from onec_bridge.simulator import BITRIX, OLD, UNF, UT11, Client, Options, table
from sandbox import models
from sandbox.data import truth, write_exchange
from sandbox.data.pictures import draw

pytestmark = [pytest.mark.long, pytest.mark.django_db(transaction=True)]

DIALECTS = [UT11, UNF, BITRIX, OLD]
EXPORTS = {"ut11": "ut11", "unf": "ut11", "bitrix": "bitrix", "old": "ut11"}


@pytest.fixture(scope="module")
def exports(tmp_path_factory):
    folders = {name: tmp_path_factory.mktemp(name) for name in ("ut11", "bitrix")}
    for name, folder in folders.items():
        write_exchange(folder, name)
    return folders


FEW = 25


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """An export of a few goods with two pictures, for runs that differ in how files travel."""
    folder = tmp_path_factory.mktemp("small")
    (folder / "import_files").mkdir()
    for n in range(2):
        (folder / "import_files" / f"{n}.png").write_bytes(draw("hose", "y"))
    products = (
        r.Product(
            id=f"good-{n}",
            article=f"A-{n}",
            name=f"Шланг {n}",
            images=(f"import_files/{n}.png",) if n < 2 else (),
        )
        for n in range(FEW)
    )
    prices = (r.OfferPrice(price_type_id="opt", amount=Decimal("10.50"), currency="RUB"),)
    offers = (r.Offer(id=f"good-{n}", prices=prices, quantity=Decimal(5)) for n in range(FEW))
    opt = r.PriceType(id="opt", name="Опт", currency="RUB", vat_included=True)
    how = Format(generated_at=dt.datetime(2026, 11, 24, 8, tzinfo=dt.UTC), schema="2.07")
    (folder / "import0_1.xml").write_bytes(
        b"".join(write_catalog(products, how, header=r.CatalogHeader(id="c")))
    )
    (folder / "offers0_1.xml").write_bytes(
        b"".join(write_offers(offers, how, header=r.OfferPackageHeader(id="c#"), price_types=[opt]))
    )
    return folder


@pytest.fixture
def one_c(live_server, db):
    models.Channel.objects.create(slug="ru", name="Садовник", currency="RUB")
    connection = Connection(name="1С", login="обмен")
    connection.set_password("пароль")
    connection.save()

    def client(dialect, **options):
        return Client(
            f"{live_server.url}/onec/exchange/",
            "обмен",
            "пароль",
            dialect=dialect,
            options=Options(pause_scale=0, **options),
        )

    return client


def counts() -> dict[str, dict[str, int]]:
    """Outcomes by kind, over the files of the latest runs."""
    found: dict[str, dict[str, int]] = {}
    for file in ReceivedFile.objects.filter(kind="xml"):
        for kind, row in file.counts.items():
            mine = found.setdefault(kind, {})
            for outcome, count in row.items():
                mine[outcome] = mine.get(outcome, 0) + count
    return found


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_each_family_of_1c_sends_its_catalogue_and_finds_no_fault(one_c, exports, dialect):
    run = one_c(dialect).send_catalog(exports[EXPORTS[dialect.name]])

    assert run.succeeded, table(run.steps)
    assert not run.faults, table(run.steps)
    assert models.Variant.objects.count() == truth().offers
    assert not counts()["product"].get("refused")


def test_the_same_export_again_changes_nothing(one_c, small):
    one_c(UT11).send_catalog(small)
    ReceivedFile.objects.all().delete()
    run = one_c(UT11).send_catalog(small)

    assert run.succeeded
    assert {outcome for row in counts().values() for outcome in row} == {"unchanged"}


@pytest.mark.parametrize(
    "options",
    [
        {"zipped": False},
        {"part_size": 700, "zipped": False},
        {"part_size": 700, "zipped": True},
        {"reversed_order": True, "zipped": False},
        {"repeats_files": True, "zipped": False},
    ],
    ids=lambda options: ", ".join(options),
)
def test_however_files_travel_the_shop_ends_up_the_same(one_c, small, options):
    run = one_c(UT11, **options).send_catalog(small)

    assert run.succeeded, table(run.steps)
    assert models.Variant.objects.count() == FEW
    assert models.Picture.objects.count() == 2
    assert not ProblemRecord.objects.filter(severity="fatal").exists()


@pytest.mark.parametrize("after", [2, 4, 6])
def test_a_run_that_breaks_off_is_made_good_by_the_next(one_c, small, after):
    broken = one_c(UT11, breaks_after=after, zipped=False).send_catalog(small)
    run = one_c(UT11, zipped=False).send_catalog(small)

    assert broken.broken_off
    assert run.succeeded, table(run.steps)
    assert models.Variant.objects.count() == FEW


@pytest.mark.parametrize("dialect", DIALECTS, ids=lambda dialect: dialect.name)
def test_without_orders_each_family_gets_a_package_it_takes_for_empty(one_c, dialect):
    client = one_c(dialect)
    run = client.fetch_orders()

    assert run.succeeded, table(run.steps)
    assert not run.faults, table(run.steps)
    assert client.confirm().succeeded


def test_a_wrong_password_is_what_the_1c_user_is_told_of(one_c, small, live_server):
    client = Client(f"{live_server.url}/onec/exchange/", "обмен", "нет", dialect=UT11)

    run = client.send_catalog(small)

    assert not run.succeeded
    assert len(run.steps) == 1
    assert models.Variant.objects.count() == 0


def test_two_runs_at_once_neither_mix_files_nor_lock_each_other(one_c, small):
    clients = [one_c(UT11, zipped=False) for _ in range(2)]
    with ThreadPoolExecutor(2) as pool:
        runs = list(pool.map(lambda client: client.send_catalog(small), clients))

    sent_away = [run for run in runs if not run.succeeded]
    assert len(sent_away) < 2
    for run in sent_away:
        assert "Уже идёт обмен" in run.steps[-1].answer.text(UT11)
    assert models.Variant.objects.count() == FEW
    assert not ProblemRecord.objects.filter(severity="fatal").exists()
