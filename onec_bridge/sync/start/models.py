"""What is kept of a start without 1C: which column was what, a sheet until it is done, orders
that went out by other ways than the exchange."""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from b2b_overlay.ordering.models import WholesaleOrder

__all__ = ["GoodsLayout", "GoodsPiece", "GoodsSheet", "HandedOrder", "Kept", "Meanwhile"]

Kept = tuple[int, int, list[str]]
"""A row of a sheet: its number, how deep it stands, its cells as text."""


class GoodsLayout(models.Model):
    """What the columns of a header are, as a person has said once."""

    #: Digest of its words.
    header = models.CharField(max_length=64, unique=True)
    #: By the column's place: what it is, and the price type or warehouse.
    columns = models.JSONField()
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        app_label = "onec_bridge"


class GoodsSheet(models.Model):
    """A spreadsheet of goods, prices or stock on its way: looked at row by row, then confirmed."""

    class GroupRows(models.TextChoices):
        """What a row that only names something stands for."""

        GROUPS = "groups", _("groups of goods")
        WAREHOUSES = "warehouses", _("warehouses")
        NOTHING = "nothing", _("nothing: skip them")

    connection = models.ForeignKey(
        "onec_bridge.Connection", models.CASCADE, related_name="goods_sheets"
    )
    file_name = models.CharField(max_length=255)
    #: The file as it came, until all its rows are kept (:class:`GoodsPiece`).
    content = models.BinaryField()
    #: The row of the file from which on they aren't yet; 0: all are.
    read_from = models.PositiveIntegerField(default=0)
    #: Rows kept so far.
    row_count = models.PositiveIntegerField(default=0)
    #: ``columns.Layout``.
    layout = models.JSONField()
    group_rows = models.CharField(
        _("rows that only name something are"),
        max_length=16,
        choices=GroupRows,
        default=GroupRows.GROUPS,
    )
    #: Name of the price type that is the shop's retail price.
    retail = models.CharField(_("retail price"), max_length=150, blank=True)
    #: What the file doesn't name has none left in the warehouses that it does.
    whole_stock = models.BooleanField(_("the file has all the stock"), default=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    uploaded_at = models.DateTimeField(auto_now_add=True)
    #: Rows looked at; the rows that stand above the next one (how deep, and the name).
    looked = models.PositiveIntegerField(default=0)
    above = models.JSONField(default=list)
    #: What was known of goods when the preview began: another one, another preview.
    seen = models.CharField(max_length=64, blank=True)
    #: None: not all of them are looked at.
    looked_at = models.DateTimeField(null=True)
    #: Of the goods, how many were what.
    counts = models.JSONField(default=dict)
    #: The first of what is wrong, by cell, and of what would change.
    problems = models.JSONField(default=list)
    examples = models.JSONField(default=list)
    #: Ids of price lists of the shop that its price types are.
    adopts = models.JSONField(default=list)
    #: The session of the exchange that it became when it was confirmed.
    session = models.OneToOneField(
        "onec_bridge.Session", models.SET_NULL, null=True, related_name="goods_sheet"
    )

    class Meta:
        app_label = "onec_bridge"
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.file_name

    def keep(self, rows: Sequence[Kept]) -> None:
        """These rows come next; saving the sheet is the caller's."""
        number = self.pieces.count() + 1
        GoodsPiece.objects.create(sheet=self, number=number, content=packed(rows))
        self.row_count += len(rows)

    def forget_preview(self) -> None:
        """Look again from the first row; saving is the caller's."""
        self.pieces.update(is_looked_at=False, met={}, catalog=b"", package=b"")
        blank: dict[str, Any] = {"looked": 0, "looked_at": None, "seen": "", "counts": {}}
        for name in ("above", "problems", "examples", "adopts"):
            blank[name] = []
        for name, value in blank.items():
            setattr(self, name, value)


def packed(rows: Iterable[Kept]) -> bytes:
    """Rows as JSON, small."""
    return gzip.compress(json.dumps([*rows], ensure_ascii=False).encode(), 5)


class GoodsPiece(models.Model):
    """Some of a sheet's rows, and what 1C would send of them: made while they are looked at, so
    that nothing is left to do when they are confirmed."""

    sheet = models.ForeignKey(GoodsSheet, models.CASCADE, related_name="pieces")
    number = models.PositiveIntegerField()
    #: ``packed`` rows.
    content = models.BinaryField(default=b"")
    is_looked_at = models.BooleanField(default=False)
    #: By the id of a good met here first: its row.
    met = models.JSONField(default=dict)
    #: ``import.xml`` and ``offers.xml``; empty: there is nothing to send.
    catalog = models.BinaryField(default=b"")
    package = models.BinaryField(default=b"")

    class Meta:
        app_label = "onec_bridge"
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["sheet", "number"], name="onec_goods_piece_once")
        ]

    @property
    def rows(self) -> list[Kept]:
        """Its rows again, in their order."""
        return [
            (number, level, cells)
            for number, level, cells in json.loads(gzip.decompress(bytes(self.content)))
        ]


class Meanwhile(models.Model):
    """What holds for a connection until its real exchange has begun."""

    class Form(models.TextChoices):
        SHEET = "xlsx", _("XLSX, for «load from a file» in 1C")
        XML = "xml", _("CommerceML")
        BOTH = "both", _("both")

    connection = models.OneToOneField(
        "onec_bridge.Connection", models.CASCADE, primary_key=True, related_name="meanwhile"
    )
    #: Catalogues of the real exchange wait until somebody has seen what they take over.
    asks_takeover = models.BooleanField(
        _("ask before 1C takes over goods that came from spreadsheets"), default=True
    )
    #: What the waiting catalogues would take over (:class:`.foreseen.Foreseen`), read once; and
    #: what of, so that it is read anew where that is something else.
    foreseen = models.JSONField(null=True)
    foreseen_of = models.CharField(max_length=64, blank=True)
    taken_over_at = models.DateTimeField(null=True)
    taken_over_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    #: Addresses that orders go to, parted by commas.
    orders_to = models.CharField(_("e-mail for orders"), max_length=500, blank=True)
    orders_form = models.CharField(
        _("form of orders"), max_length=8, choices=Form, default=Form.BOTH
    )
    #: Orders handed over by e-mail or as files are given to the real exchange too.
    gives_again = models.BooleanField(
        _("give 1C also the orders handed over by e-mail or as files"), default=False
    )

    class Meta:
        app_label = "onec_bridge"


class HandedOrder(models.Model):
    """An order that goes to 1C's people by e-mail or as a file, past the exchange."""

    class How(models.TextChoices):
        MAIL = "mail", _("by e-mail")
        FILE = "file", _("as a file")

    connection = models.ForeignKey(
        "onec_bridge.Connection", models.CASCADE, related_name="handed_orders"
    )
    order = models.ForeignKey(
        "b2b_overlay.WholesaleOrder", models.CASCADE, related_name="onec_handed"
    )
    how = models.CharField(max_length=8, choices=How)
    #: Addresses that it went to.
    to = models.CharField(max_length=500, blank=True)
    #: None: it didn't go yet, and is tried again.
    handed_at = models.DateTimeField(null=True)
    #: Which revision of the order went: a later one goes again.
    revision = models.PositiveIntegerField(default=0)
    handed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    #: Since it last went. One is counted before it begins: whoever dies in it leaves it seen.
    tries = models.PositiveIntegerField(default=0)
    tried_at = models.DateTimeField(null=True)
    #: Why the last try failed; empty though there was one: it is going on, or broke off.
    error = models.CharField(max_length=500, blank=True)

    class Meta:
        app_label = "onec_bridge"
        constraints = [
            models.UniqueConstraint(fields=["connection", "order"], name="onec_handed_once")
        ]

    def has(self, order: WholesaleOrder) -> bool:
        """Do 1C's people have it as it is now?"""
        return self.handed_at is not None and self.revision >= order.revision

    @property
    def is_under_way(self) -> bool:
        """A letter is being sent, or was when its sender died."""
        return bool(self.tries) and not self.error
