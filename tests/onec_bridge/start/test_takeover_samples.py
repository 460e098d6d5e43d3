"""Real exports of other people's shops take over sheets made of their own goods."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest

from onec_bridge.commerceml import records as r
from onec_bridge.commerceml.reader import read
from onec_bridge.sync.models import Kind, Link, Match
from onec_bridge.sync.start.ids import made
from sandbox import models

SAMPLES = Path(__file__).resolve().parents[4] / "shared" / "samples"
#: Files of goods and of offers, and how many goods can't be told apart without a person.
SHOPS = {
    "RBDI__epc/1c": ("import.xml", "offers.xml", 0),
    "mahov07a-spec__modx": ("import.xml", "offers.xml", 0),
    "bogutski__1C-CommerceML-to-JSON/in_xml": ("import.xml", "offers.xml", 11),
    "dobromyslov__commerceml-parser/data": ("import0_1.xml", "offers0_1.xml", 0),
}

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not SAMPLES.is_dir(), reason=f"no samples in {SAMPLES}"),
]


def records(folder, name):
    path = SAMPLES / folder / name
    return read(BytesIO(path.read_bytes()), name)


def sheet_of(folder, names):
    """The list that a manager would have saved: goods for sale, by code, article and name."""
    offers = {each.id: each for each in records(folder, names[1]) if isinstance(each, r.Offer)}
    rows = [["Код", "Артикул", "Наименование", "Розничная"]]
    for number, each in enumerate(records(folder, names[0]), 1):
        if isinstance(each, r.Product) and not each.deleted and each.id in offers:
            prices = [price.amount for price in offers[each.id].prices if price.amount]
            price = prices[0] if prices else None
            rows.append([f"Б-{number:06}", each.article, each.name, price])
    return rows


@pytest.mark.parametrize("folder", SHOPS)
def test_nothing_is_doubled_when_the_real_exchange_comes(folder, load, exchange):
    *names, asked = SHOPS[folder]
    rows = sheet_of(folder, names)
    load(rows)
    before = (models.Product.objects.count(), models.Variant.objects.count())
    assert before == (len(rows) - 1, len(rows) - 1)

    for _repeat in range(2):
        for name in names:
            exchange((SAMPLES / folder / name).read_bytes(), name)

    assert Match.objects.filter(used_at=None).count() == asked
    assert Link.objects.filter(made(), kind=Kind.OFFER).exclude(local_id="").count() == asked
    new = len(of_nothing_here(folder, names))
    assert models.Variant.objects.count() - before[1] <= new
    assert models.Product.objects.count() - before[0] <= new


def of_nothing_here(folder, names):
    """Offers whose product the sheet didn't have: only they may be new."""
    products = (each for each in records(folder, names[0]) if isinstance(each, r.Product))
    had = {each.id for each in products if not each.deleted}
    offers = (each for each in records(folder, names[1]) if isinstance(each, r.Offer))
    return {each.id for each in offers} - had
