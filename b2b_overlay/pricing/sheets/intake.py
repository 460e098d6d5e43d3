"""A spreadsheet comes in: uploaded, looked at, and only then applied, as one load of prices.

Rules: for the desk alone; nothing of a sheet is in force before somebody has confirmed what he
saw, and where the prices have changed meanwhile so that something else would happen, he is shown
that first; pressed twice it is done once; the layout he confirmed is remembered by its header.
Floors hold as for any other change at the desk (:mod:`b2b_overlay.pricing.floors`). Between
upload and confirmation the file is kept with the load, afterwards not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from b2b_overlay.company import access
from b2b_overlay.company.admit import demand_desk
from b2b_overlay.pricing import changes, deriving, floors
from b2b_overlay.pricing.deriving import is_kept_elsewhere
from b2b_overlay.pricing.difference import Difference, Kind, preview
from b2b_overlay.pricing.loads import load_prices
from b2b_overlay.pricing.models import Floor, PriceList, PriceLoad, SheetLayout
from b2b_overlay.sheets import Sheet, TextSheet
from b2b_overlay.shop import Refused, Shop

from .columns import FIELDS, Layout, layout_of, own_lists, priced_by
from .given import opened, refused, weighed
from .goods import Goods
from .rows import Prices, read_prices

__all__ = [
    "LARGEST",
    "Looked",
    "apply",
    "discard",
    "look",
    "remember",
    "upload",
    "waiting",
]

_Opened = tuple[Sheet | TextSheet, Layout]

#: Bytes of a file.
LARGEST = 20 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Looked:
    """What a sheet that waits would do. ``prices`` and ``difference`` are None while something
    of its columns has to be said first (``layout.wanting``)."""

    load: PriceLoad
    layout: Layout
    lists: Mapping[int, PriceList]
    prices: Prices | None = None
    difference: Difference | None = None
    #: What the floors say against it; empty: nothing.
    floor: str = ""

    @property
    def touched(self) -> list[PriceList]:
        """The lists it fills."""
        found = {pk for pk, _variant in self.prices.where} if self.prices else set()
        return [self.lists[pk] for pk in sorted(found)]

    @property
    def kept_elsewhere(self) -> list[PriceList]:
        """Lists of 1C's among those: the next exchange may bring other prices."""
        return [each for each in self.touched if is_kept_elsewhere(each)]

    @property
    def warnings(self) -> list[str]:
        """Why prices of these lists couldn't be told: a currency without a rate."""
        return [text for each in self.touched for text in deriving.warnings(each)]

    @property
    def seen(self) -> str:
        """Stands for all that would change: another one, another change."""
        return self.prices.seen if self.prices else ""


# ------------------------------------------------------------------------------ coming in


def upload(by: access.User, name: str, content: bytes) -> PriceLoad:
    """Take a file; it waits to be looked at. Raises :class:`Refused` for what is none."""
    demand_desk(by)
    with _opened(weighed(content, LARGEST), own_lists()):
        pass
    return PriceLoad.objects.create(
        source=PriceLoad.Source.SHEET,
        name=name.strip()[:255] or _("spreadsheet"),
        state=PriceLoad.State.PREVIEW,
        content=content,
        made_by_id=by.pk,
    )


@contextmanager
def _opened(content: bytes, lists: Mapping[int, PriceList]) -> Iterator[_Opened]:
    """The sheet and its layout; a refusal with what to do where it can't be read."""
    with opened(content) as sheet:
        layout = layout_of(sheet, lists)
        if layout is None:
            raise refused(
                _("The file has no header: a row that names the columns («Article», «Price»).")
            )
        yield sheet, layout


def waiting(by: access.User | None) -> QuerySet[PriceLoad]:
    """The sheets that wait to be confirmed, the newest first; for the desk alone."""
    if not access.is_desk(by):
        return PriceLoad.objects.none()
    return PriceLoad.objects.filter(source=PriceLoad.Source.SHEET, state=PriceLoad.State.PREVIEW)


# --------------------------------------------------------------------------- being looked at


def look(
    shop: Shop,
    by: access.User | None,
    load_id: int,
    *,
    offset: int = 0,
    limit: int = 50,
    kind: Kind | None = None,
) -> Looked:
    """What the sheet would do, with one page of the changes. Writes nothing."""
    looked = _read(shop, waiting(by).get(pk=load_id))
    if (prices := looked.prices) is None:
        return looked
    difference = preview(prices.rows, prices.cleared, limit=limit, offset=offset, kind=kind)
    return replace(looked, difference=difference, floor=_floor(by, prices))


def _read(shop: Shop, load: PriceLoad) -> Looked:
    lists = own_lists()
    with _opened(bytes(load.content), lists) as (sheet, layout):
        if layout.wanting:
            return Looked(load, layout, lists)
        prices = read_prices(sheet, layout, lists, Goods(shop, layout.at.keys()))
    return Looked(load, layout, lists, prices)


class _TakenBack(Exception):
    """Ends a transaction that only asked what would be."""


def _floor(by: access.User | None, prices: Prices) -> str:
    """What the floors would say: done and taken back, since a derived list may be concerned."""
    if by is None or not Floor.objects.filter(is_active=True).exists():
        return ""
    try:
        with transaction.atomic():
            with floors.guarded(by, _lists(prices)):
                load_prices(prices.rows, prices.cleared)
            raise _TakenBack
    except _TakenBack:
        return ""
    except Refused as why:
        return str(why)


def _lists(prices: Prices) -> set[int]:
    return {pk for pk, _variant in prices.where}


@transaction.atomic
def remember(by: access.User, load_id: int, columns: Mapping[str, int]) -> Layout:
    """Columns as a person has told them; remembered for every file with this header."""
    demand_desk(by)
    load = waiting(by).get(pk=load_id)
    lists = own_lists()
    with _opened(bytes(load.content), lists) as (_sheet, layout):
        told = layout.told(_right(columns, layout, lists))
        if told.wanting:
            raise refused(*told.wanting)
    _keep(by, told)
    return told


def _right(
    columns: Mapping[str, int], layout: Layout, lists: Mapping[int, PriceList]
) -> Mapping[str, int]:
    """Raises :class:`Refused` for a field or list that there isn't, or a column."""
    for key, at in columns.items():
        of = priced_by(key)
        known = of[0] in lists if of else key in FIELDS
        if not known or not 0 <= at < len(layout.columns):
            raise refused(_("There is no such column."))
    if len(set(columns.values())) < len(columns):
        raise refused(_("One column can't be two things."))
    return columns


def _keep(by: access.User, layout: Layout) -> None:
    SheetLayout.objects.update_or_create(
        header=layout.digest,
        defaults={
            "titles": list(layout.titles),
            "columns": layout.at,
            "changed_by_id": by.pk,
        },
    )


# -------------------------------------------------------------------------- being confirmed


def apply(shop: Shop, by: access.User, load_id: int, seen: str = "") -> PriceLoad:
    """Put the sheet's prices in force, as one load that can be undone as one.

    ``seen`` is :attr:`Looked.seen` of what the person looked at: where something else would
    happen by now nothing does, and :class:`Refused` says so. Empty: whatever happens is meant.
    """
    demand_desk(by)
    with transaction.atomic():
        load = PriceLoad.objects.select_for_update().get(pk=load_id, source=PriceLoad.Source.SHEET)
        if load.state in (PriceLoad.State.APPLIED, PriceLoad.State.UNDONE):
            return load
        if load.state != PriceLoad.State.PREVIEW:
            raise refused(_("This file was discarded; load it again."))
        looked = _read(shop, load)
        if looked.prices is None:
            raise refused(*looked.layout.wanting)
        if not looked.prices.where:
            raise refused(_("The file has no price that could be loaded."))
        if seen and seen != looked.seen:
            raise refused(
                _("Prices have changed since you looked: look at the differences once more.")
            )
        _write(by, load, looked)
        _keep(by, looked.layout)
    return load


def _write(by: access.User, load: PriceLoad, looked: Looked) -> None:
    assert looked.prices is not None
    prices = looked.prices
    with floors.guarded(by, _lists(prices)), changes.load(load.source, load.name, by, row=load):
        loaded = load_prices(prices.rows, prices.cleared)
        load.counts = {
            "created": loaded.created,
            "changed": loaded.changed,
            "deleted": loaded.deleted,
            "unchanged": prices.unchanged + loaded.unchanged,
            "refused": prices.refused,
        }


def discard(by: access.User, load_id: int) -> PriceLoad:
    """Put the sheet away without applying it; the file is kept no longer."""
    demand_desk(by)
    with transaction.atomic():
        load = PriceLoad.objects.select_for_update().get(pk=load_id, source=PriceLoad.Source.SHEET)
        if load.state == PriceLoad.State.DISCARDED:
            return load
        if load.state != PriceLoad.State.PREVIEW:
            raise refused(_("This file is applied already; it can be undone."))
        load.state, load.content = PriceLoad.State.DISCARDED, b""
        load.save(update_fields=["state", "content"])
    return load
