"""The prices of one file of 1C are one load, however many requests they came in."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from b2b_overlay.history import TRACKED
from b2b_overlay.pricing.models import Price, PriceLoad
from b2b_overlay.pricing.undoing import undo
from onec_bridge.commerceml import records as r
from onec_bridge.commerceml.writer import Format, write_catalog, write_offers
from onec_bridge.sync import fold

pytestmark = pytest.mark.django_db(transaction=True)

HOW = Format(generated_at=dt.datetime(2026, 11, 24, 8, tzinfo=dt.UTC), schema="2.07")
GOODS = range(7)


@pytest.fixture(autouse=True)
def _channel(db):
    from sandbox import models

    models.Channel.objects.create(slug="ru", name="Садовник", currency="RUB")


@pytest.fixture
def onec_with_goods(onec):
    onec.sign_in()
    products = [r.Product(id=f"p-{n}", name=f"Лейка {n}", article=f"Л-{n}") for n in GOODS]
    header = r.CatalogHeader(id="c", only_changes=False)
    catalog = write_catalog(
        products, HOW, header=header, classifier=r.ClassifierHeader(id="k"), groups=[]
    )
    onec.send("catalog", "import0_1.xml", b"".join(catalog))
    assert onec.load("catalog", "import0_1.xml").word == "success"
    return onec


def send_prices(onec, name: str, amount: int) -> None:
    offers = [
        r.Offer(
            id=f"p-{n}",
            name=f"Лейка {n}",
            has_prices_block=True,
            prices=(r.OfferPrice(price_type_id="t", amount=Decimal(amount), currency="RUB"),),
        )
        for n in GOODS
    ]
    types = [r.PriceType(id="t", name="Опт", currency="RUB", vat_included=True)]
    header = r.OfferPackageHeader(id="c#", only_changes=False)
    body = b"".join(write_offers(offers, HOW, header=header, price_types=types))
    onec.send("catalog", name, body)
    assert onec.load("catalog", name).word == "success"


def test_a_file_read_in_many_requests_is_one_load_and_is_undone_as_one(
    onec_with_goods, monkeypatch
):
    monkeypatch.setattr(fold, "BATCH", 2)
    send_prices(onec_with_goods, "prices0_1.xml", 100)
    first = PriceLoad.objects.get()

    send_prices(onec_with_goods, "prices1_1.xml", 120)
    second = PriceLoad.objects.first()
    assert second is not None
    undo(None, second.pk)

    assert (first.name, first.source) == ("prices0_1.xml", "exchange")
    assert first.counts == {"created": len(GOODS), "changed": 0, "deleted": 0}
    assert second.counts == {"created": 0, "changed": len(GOODS), "deleted": 0}
    assert set(Price.objects.values_list("amount", flat=True)) == {Decimal(100)}


def test_a_file_that_changes_no_price_is_no_load_and_leaves_no_history(onec_with_goods):
    send_prices(onec_with_goods, "prices0_1.xml", 100)
    event = next(each.event for each in TRACKED if each.model is Price)
    events = event._base_manager.count()

    send_prices(onec_with_goods, "prices1_1.xml", 100)

    assert PriceLoad.objects.count() == 1
    assert event._base_manager.count() == events == len(GOODS)
