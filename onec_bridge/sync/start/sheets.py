"""A spreadsheet of goods comes in: taken, its columns told, looked at, and written as 1C's files.

Rules: nothing is applied before it is confirmed; the preview applies each piece and takes it
back, so it can't disagree with the real thing; each step does as much as its deadline allows
and goes on there. Columns that somebody has told are remembered.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from decimal import Decimal
from io import BytesIO
from itertools import islice
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from b2b_overlay.company.admit import demand_desk
from b2b_overlay.sheets import Unreadable, open_table
from b2b_overlay.shop import Refusal, Refused
from onec_bridge.commerceml.records import (
    CatalogHeader,
    ClassifierHeader,
    Offer,
    OfferPackageHeader,
    Problem,
    StockRow,
)
from onec_bridge.commerceml.writer import Format, write_catalog, write_offers
from onec_bridge.sync.models import Kind, Link
from onec_bridge.sync.payload import dump
from onec_bridge.sync.words import normal_name

from .columns import FIELDS, PRICE, STOCK, Layout, layout_of
from .known import Known
from .lists import adopt_lists
from .models import GoodsLayout, GoodsSheet
from .records import References, offer_of, products_of
from .rows import Good, kept_rows, read_goods
from .trying import tried

if TYPE_CHECKING:
    from b2b_overlay.company.access import User
    from onec_bridge.exchange.models import Connection

__all__ = ["LARGEST", "documents", "look", "take_in", "tell"]

#: Bytes of a file: 100,000 rows of ten columns are a tenth of it.
LARGEST = 50 * 1024 * 1024
#: Goods that the preview tries at once.
_PIECE = 2_000
#: Problems and examples that are kept; all are counted.
_KEPT = 300


def _refused(*texts: str) -> Refused:
    return Refused(*(Refusal("INVALID", text) for text in texts))


# ---------------------------------------------------------------------- coming in


def take_in(by: User | None, connection: Connection, name: str, content: bytes) -> GoodsSheet:
    """Take a file; it waits to be looked at. Raises :class:`Refused` for what is none.
    ``by`` None: whoever has the server's console."""
    if by is not None:
        demand_desk(by)
    if not content:
        raise _refused(_("Choose a file."))
    if len(content) > LARGEST:
        raise _refused(
            _("The file is too large: at most %(most)s MB.") % {"most": LARGEST // 2**20}
        )
    sheet = GoodsSheet(connection=connection, file_name=name.strip()[:255] or "—")
    sheet.uploaded_by_id = by.pk if by is not None else None
    try:
        with open_table(BytesIO(content)) as table:
            types = Link.objects.filter(connection=connection, kind=Kind.PRICE_TYPE)
            names = [str(data["told"].get("name")) for data in types.values_list("data", flat=True)]
            layout = layout_of(table, names)
            if layout is None:
                raise _refused(
                    _("The file has no header: a row that names the columns («Code», «Price»).")
                )
            below = (row for row in table.rows() if row[0] >= layout.first_row)
            sheet.keep(kept_rows(below, dict(table.levels)))
    except Unreadable as error:
        sentence = _("The file can't be opened (%(why)s). Save it as XLSX and choose it again.")
        raise _refused(sentence % {"why": error}) from error
    sheet.layout, sheet.retail = layout.as_json(), _retail(connection, layout)
    sheet.group_rows = _group_rows(layout)
    sheet.save()
    return sheet


def _retail(connection: Connection, layout: Layout) -> str:
    """Which price is the shop's retail one, as long as the connection doesn't say."""
    if connection.retail_price_type:
        return connection.retail_price_type
    names = [column.name for column in layout.named(PRICE) if column.name]
    return next((name for name in names if normal_name(name).startswith("розн")), "")


def _group_rows(layout: Layout) -> str:
    """A report with stock and no warehouse among its columns mostly has it above the goods."""
    stock = layout.named(STOCK)
    bare = stock and not any(column.name for column in stock)
    if bare and "warehouse" not in layout.fields and not layout.named(PRICE):
        return GoodsSheet.GroupRows.WAREHOUSES
    return GoodsSheet.GroupRows.GROUPS


@transaction.atomic
def tell(
    by: User | None,
    sheet: GoodsSheet,
    said: Mapping[int, tuple[str, str]],
    *,
    group_rows: str | None = None,
    retail: str | None = None,
    whole_stock: bool | None = None,
) -> Layout:
    """Columns as a person has told them, remembered for every file with this header; what
    stays None stays as it was. Raises :class:`Refused` for what can't be."""
    if by is not None:
        demand_desk(by)
    sheet = GoodsSheet.objects.select_for_update(of=("self",)).get(pk=sheet.pk, session=None)
    layout = Layout.of_json(sheet.layout).told(said)
    if any(column.key not in (*FIELDS, PRICE, STOCK, "") for column in layout.columns):
        raise _refused(_("There is no such column."))
    if group_rows is not None and group_rows not in GoodsSheet.GroupRows.values:
        raise _refused(_("There is no such choice."))
    if layout.wanting:
        raise _refused(*layout.wanting)
    told = {"group_rows": group_rows, "retail": retail, "whole_stock": whole_stock}
    for name, value in told.items():
        if value is not None:
            setattr(sheet, name, value)
    sheet.layout = layout.as_json()
    sheet.forget_preview()
    sheet.save()
    GoodsLayout.objects.update_or_create(
        header=layout.digest,
        defaults={
            "columns": {str(c.at): [c.key, c.name] for c in layout.columns if c.key},
            "changed_by_id": by.pk if by is not None else None,
        },
    )
    return layout


# ---------------------------------------------------------------------- being looked at


def look(sheet: GoodsSheet, deadline: float) -> GoodsSheet:
    """Go on with the preview until all is looked at or the deadline; at least one piece."""
    with transaction.atomic():
        sheet = GoodsSheet.objects.select_for_update(of=("self",)).get(pk=sheet.pk)
        layout = Layout.of_json(sheet.layout)
        if sheet.looked_at is not None or layout.wanting:
            return sheet
        known = Known(sheet.connection)
        found = islice(read_goods(sheet, layout, known, sheet.rows()), sheet.looked, None)
        while True:
            piece = list(islice(found, _PIECE))
            _look_at(sheet, known, piece)
            sheet.looked += len(piece)
            if len(piece) < _PIECE:
                sheet.looked_at = timezone.now()
            if len(piece) < _PIECE or time.monotonic() > deadline:
                break
        sheet.save()
    return sheet


def _look_at(sheet: GoodsSheet, known: Known, piece: list[Good | Problem]) -> None:
    goods = [each for each in piece if isinstance(each, Good)]
    problems = [each for each in piece if isinstance(each, Problem)]
    changes, of_sync = tried(sheet, known, goods)
    for change in changes:
        sheet.counts[change.outcome] = sheet.counts.get(change.outcome, 0) + 1
        if change.outcome != "unchanged" and len(sheet.examples) < _KEPT:
            sheet.examples.append(change.as_json())
    if problems:
        sheet.counts["refused"] = sheet.counts.get("refused", 0) + len(problems)
    for problem in (*problems, *of_sync)[: _KEPT - len(sheet.problems)]:
        sheet.problems.append(dump(problem))


# ---------------------------------------------------------------------- as files of 1C


def documents(sheet: GoodsSheet) -> list[tuple[str, Iterable[bytes]]]:
    """The sheet as 1C would send it: names and bodies of ``import.xml`` and ``offers.xml``.

    Read once for what the goods refer to, and once for each file: memory stays flat."""
    layout, known = Layout.of_json(sheet.layout), Known(sheet.connection)

    def goods() -> Iterator[Good]:
        for each in read_goods(sheet, layout, known, sheet.rows()):
            if isinstance(each, Good):
                yield each

    references = References(known, sheet.file_name)
    references.meet(goods())
    adopt_lists(sheet.connection, references)
    how = Format(generated_at=timezone.localtime(), schema="2.08")
    stem = sheet.file_name.rpartition(".")[0] or sheet.file_name
    catalog = write_catalog(
        products_of(goods(), references),
        how,
        header=CatalogHeader(id="tables", name=stem, only_changes=True),
        classifier=ClassifierHeader(id="tables", name=stem, only_changes=True),
        groups=references.groups.values(),
        price_types=references.price_types.values(),
        warehouses=references.warehouses.values(),
    )
    package = write_offers(
        _offers(sheet, goods(), references),
        how,
        header=OfferPackageHeader(id="tables#", catalog_id="tables", only_changes=True),
    )
    return [(f"{stem} import.xml", catalog), (f"{stem} offers.xml", package)]


def _offers(sheet: GoodsSheet, goods: Iterable[Good], references: References) -> Iterator[Offer]:
    """The goods' offers; then of all that the sheet is silent about, that none is left."""
    met: set[str] = set()
    warehouses: set[str] = set()
    for good in goods:
        offer = offer_of(good, references)
        met.add(offer.id)
        warehouses.update(row.warehouse_id or "" for row in offer.stock)
        yield offer
    if not (sheet.whole_stock and warehouses):
        return
    links = Link.objects.filter(connection=sheet.connection, kind=Kind.OFFER)
    for external_id, data in links.exclude(local_id="").values_list("external_id", "data"):
        left = [at for at, quantity in data.get("stock", {}).items() if quantity]
        rows = tuple(StockRow(at, Decimal(0)) for at in left if at in warehouses)
        if external_id not in met and rows:
            yield Offer(id=external_id, stock=rows, only_changes=True)
