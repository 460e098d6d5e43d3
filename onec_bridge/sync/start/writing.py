"""Goods of a spreadsheet as the files that 1C would send: ``import.xml`` and ``offers.xml``."""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from decimal import Decimal

from django.utils import timezone

from onec_bridge.commerceml.records import (
    CatalogHeader,
    ClassifierHeader,
    Offer,
    OfferPackageHeader,
    StockRow,
)
from onec_bridge.commerceml.writer import Format, write_catalog, write_offers
from onec_bridge.sync.models import Kind, Link

from .columns import STOCK, Layout
from .known import Known
from .lists import free_lists
from .models import GoodsPiece, GoodsSheet
from .records import References, offer_of, products_of
from .rows import Good

__all__ = ["write_piece"]

#: The version from which price types and warehouses stand in the classifier.
_SCHEMA = "2.08"
_ID = "tables"


def write_piece(
    piece: GoodsPiece, known: Known, goods: Sequence[Good], met: Container[str] | None
) -> None:
    """The piece's goods as files; saving it is the caller's. ``met``: the last piece of a sheet
    that has all the stock, and the offers that it names; of all others none is left."""
    sheet = piece.sheet
    references = References(known, sheet.file_name, free_lists())
    references.meet(goods)
    offers = [offer_of(good, references) for good in goods]
    if met is not None:
        offers += _silent(sheet, references, met)
    if not offers:
        return
    sheet.adopts = sorted({*sheet.adopts, *references.adopted})
    how = Format(generated_at=timezone.localtime(), schema=_SCHEMA)
    catalog = write_catalog(
        products_of(goods, references),
        how,
        header=CatalogHeader(id=_ID, name=sheet.file_name, only_changes=True),
        classifier=ClassifierHeader(id=_ID, name=sheet.file_name, only_changes=True),
        groups=references.groups.values(),
        price_types=references.price_types.values(),
        warehouses=references.warehouses.values(),
    )
    header = OfferPackageHeader(id=f"{_ID}#", catalog_id=_ID, only_changes=True)
    piece.catalog = b"".join(catalog)
    piece.package = b"".join(write_offers(offers, how, header=header))


def _silent(sheet: GoodsSheet, references: References, met: Container[str]) -> Iterator[Offer]:
    """That none is left, in the warehouses that are the sheet's columns, of what it is silent
    about."""
    columns = Layout.of_json(sheet.layout).named(STOCK)
    mine = {references.warehouse(column.name) for column in columns if column.name}
    links = Link.objects.filter(connection=sheet.connection, kind=Kind.OFFER)
    rows = links.exclude(local_id="").values_list("external_id", "data__stock")
    for external_id, stock in rows.iterator(chunk_size=5000):
        left = [at for at, quantity in (stock or {}).items() if quantity and at in mine]
        if left and external_id not in met:
            none_left = tuple(StockRow(at, Decimal(0)) for at in left)
            yield Offer(id=external_id, stock=none_left, only_changes=True)
