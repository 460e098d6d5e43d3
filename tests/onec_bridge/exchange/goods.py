"""A catalogue and its offers as УТ 11 sends them, for exchanges that end in the sandbox's shop."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

from onec_bridge.commerceml import records as r
from onec_bridge.commerceml.writer import Format, write_catalog, write_offers

HOW = Format(generated_at=dt.datetime(2026, 11, 24, 8, tzinfo=dt.UTC), schema="2.07")
OPT = r.PriceType(id="opt", name="Опт", currency="RUB", vat_included=True)
WAREHOUSE = r.Warehouse(id="main", name="Основной склад")


def good(number: int) -> str:
    """1C's id of a good."""
    return f"good-{number:05d}"


def catalogue(numbers: Iterable[int], *, images: bool = False) -> bytes:
    """``import0_1.xml``: watering cans."""
    products = (
        r.Product(
            id=good(n),
            article=f"A-{n}",
            name=f"Лейка {n}",
            images=(f"import_files/{n}.png",) if images else (),
        )
        for n in numbers
    )
    return b"".join(write_catalog(products, HOW, header=r.CatalogHeader(id="c")))


def offers(numbers: Iterable[int], *, price: str = "10.50", quantity: int = 5) -> bytes:
    """``offers0_1.xml``: one price and the stock of each."""
    prices = (r.OfferPrice(price_type_id=OPT.id, amount=Decimal(price), currency="RUB"),)
    found = (r.Offer(id=good(n), prices=prices, quantity=Decimal(quantity)) for n in numbers)
    return b"".join(
        write_offers(found, HOW, header=r.OfferPackageHeader(id="c#"), price_types=[OPT])
    )
