"""A spreadsheet of goods comes in: taken, its columns told, looked at piece by piece.

Rules: nothing is applied before it is confirmed; the preview applies each piece and takes it
back, so it can't disagree with the real thing; each step reads rows and looks at pieces until
its deadline, and the next goes on there, however long the sheet. Columns that somebody has told
are remembered.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import timedelta
from itertools import islice
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from b2b_overlay.company.admit import demand_desk
from b2b_overlay.pricing.sheets.given import opened, refused, weighed
from onec_bridge.commerceml.records import Problem
from onec_bridge.conf import conf
from onec_bridge.sync.models import Kind, Link
from onec_bridge.sync.payload import dump
from onec_bridge.sync.words import normal_name

from .columns import FIELDS, PRICE, STOCK, Layout, layout_of
from .known import Known
from .models import GoodsLayout, GoodsPiece, GoodsSheet
from .rows import Good, GoodsReader, kept_rows
from .trying import tried
from .writing import write_piece

if TYPE_CHECKING:
    from b2b_overlay.company.access import User
    from onec_bridge.exchange.models import Connection

__all__ = ["LARGEST", "is_stale", "look", "take_in", "tell"]

#: Bytes of a file: 100,000 rows of ten columns are a tenth of it.
LARGEST = 50 * 1024 * 1024
#: Rows that are kept, and looked at, at once.
_PIECE = 2_000
#: Problems and examples that are kept; all are counted.
_KEPT = 300


# ---------------------------------------------------------------------- coming in


def take_in(by: User | None, connection: Connection, name: str, content: bytes) -> GoodsSheet:
    """Take a file; it waits to be looked at, as long as files of 1C are kept. Raises ``Refused``
    for what is none.
    ``by`` None: whoever has the server's console."""
    if by is not None:
        demand_desk(by)
    old = timezone.now() - timedelta(days=conf.keep_days)
    GoodsSheet.objects.filter(session=None, uploaded_at__lt=old).delete()
    sheet = GoodsSheet(connection=connection, file_name=name.strip()[:255] or "—")
    sheet.uploaded_by_id = by.pk if by is not None else None
    with opened(weighed(content, LARGEST)) as table:
        types = Link.objects.filter(connection=connection, kind=Kind.PRICE_TYPE)
        names = [str(data["told"].get("name")) for data in types.values_list("data", flat=True)]
        layout = layout_of(table, names)
    if layout is None:
        raise refused(_("The file has no header: a row that names the columns («Code», «Price»)."))
    sheet.content, sheet.read_from = content, layout.first_row
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
    stays None stays as it was. Raises ``Refused`` for what can't be."""
    if by is not None:
        demand_desk(by)
    sheets = GoodsSheet.objects.select_for_update(of=("self",)).defer("content")
    sheet = sheets.get(pk=sheet.pk, session=None)
    layout = Layout.of_json(sheet.layout).told(said)
    if any(column.key not in (*FIELDS, PRICE, STOCK, "") for column in layout.columns):
        raise refused(_("There is no such column."))
    if group_rows is not None and group_rows not in GoodsSheet.GroupRows.values:
        raise refused(_("There is no such choice."))
    if layout.wanting:
        raise refused(*layout.wanting)
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
    """Go on reading and looking until all is looked at or the deadline; at least one piece.
    Where goods have changed since it began it begins anew. Raises ``Refused`` for a file that
    is damaged further down."""
    with transaction.atomic():
        sheets = GoodsSheet.objects.select_for_update(of=("self",)).defer("content")
        sheet = sheets.get(pk=sheet.pk)
        layout = Layout.of_json(sheet.layout)
        if sheet.looked_at is not None or layout.wanting:
            return sheet
        if not sheet.read_from or _read(sheet, deadline):
            _look(sheet, layout, deadline)
        sheet.save()
    return sheet


def _read(sheet: GoodsSheet, deadline: float) -> bool:
    """Keep rows of the file; the file itself only until all are. Is there time for more?"""
    with opened(bytes(sheet.content)) as table:
        rows = kept_rows(table.rows(sheet.read_from), table.levels)
        while piece := list(islice(rows, _PIECE)):
            sheet.keep(piece)
            sheet.read_from = piece[-1][0] + 1
            if time.monotonic() > deadline:
                return False
    sheet.content, sheet.read_from = b"", 0
    return True


def _look(sheet: GoodsSheet, layout: Layout, deadline: float) -> None:
    known = Known(sheet.connection)
    if sheet.seen != known.seen:
        sheet.forget_preview()
        sheet.seen = known.seen
    met: dict[str, int] = {}
    for told in sheet.pieces.filter(is_looked_at=True).values_list("met", flat=True):
        met |= told
    piece = _piece(sheet, sheet.pieces.filter(is_looked_at=True).count() + 1)
    while piece is not None:
        rows, after = piece.rows, _piece(sheet, piece.number + 1)
        reader = GoodsReader(sheet, layout, known, met)
        found = list(reader.read(rows, after.rows[0] if after else None))
        _look_at(sheet, known, found)
        met |= reader.met
        goods = [each for each in found if isinstance(each, Good)]
        write_piece(piece, known, goods, met if sheet.whole_stock and after is None else None)
        piece.is_looked_at, piece.met = True, reader.met
        piece.save(update_fields=["is_looked_at", "met", "catalog", "package"])
        sheet.above, sheet.looked = reader.above, sheet.looked + len(rows)
        if after is not None and time.monotonic() > deadline:
            return
        piece = after
    sheet.looked_at = timezone.now()


def _piece(sheet: GoodsSheet, number: int) -> GoodsPiece | None:
    return sheet.pieces.filter(number=number).first()


def is_stale(sheet: GoodsSheet) -> bool:
    """Have goods changed since it was looked at?"""
    return sheet.seen != Known(sheet.connection).seen


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
