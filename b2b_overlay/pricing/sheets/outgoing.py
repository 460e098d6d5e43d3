"""Price lists go out as a spreadsheet that can be loaded again as it is.

Rules: a row is a good in one unit and one term; a price is of the unit it was quoted for, so that
it is exact; quantity steps are columns. Prices of derived lists are written as they are reckoned
now, their columns are marked and never read back. The layout is ours or one that somebody has
told us about; either is remembered, so that the file is known when it comes back. A layout that
lacks what the prices need (a coefficient, a step, a term) gets columns for it at the end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any, BinaryIO, NamedTuple

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from b2b_overlay.company import access
from b2b_overlay.company.admit import demand_desk
from b2b_overlay.money import quantize
from b2b_overlay.pricing.models import Price, PriceList, SheetLayout, VariantFacts
from b2b_overlay.pricing.of_list import Chains
from b2b_overlay.pricing.resolver import Priced
from b2b_overlay.sheets import BookWriter, digest_of
from b2b_overlay.shop import Channel, KnownGood, Shop

from .columns import FIELDS, RECKONED, TALL_PRICE, own_lists, price_key, priced_by

__all__ = ["layouts", "write_lists"]

#: Goods whose prices are asked for at once.
_BATCH = 2_000

VAT = "vat"


def layouts() -> list[SheetLayout]:
    """The layouts of files that people have loaded, the last one first."""
    return list(SheetLayout.objects.exclude(changed_by=None).order_by("-changed_at"))


def write_lists(
    shop: Shop,
    by: access.User | None,
    lists: Sequence[PriceList],
    stream: BinaryIO,
    *,
    layout: SheetLayout | None = None,
    all_goods: bool = False,
) -> int:
    """Write these lists; how many rows. ``all_goods``: those without a price too, to be filled
    in. ``by`` None: whoever has the server's console. Rows are streamed."""
    if by is not None:
        demand_desk(by)
    plan = _Plan.of(shop, lists, layout)
    writer = BookWriter(
        ", ".join(each.name for each in lists) or _("Prices"),
        plan.titles,
        wide=[plan.at["name"]] if "name" in plan.at else [],
        money=[at for key, at in plan.at.items() if priced_by(key) or key == TALL_PRICE]
        + list(plan.reckoned.values()),
    )
    _remember(plan)
    count = 0
    goods = sorted(shop.writer.known_goods(), key=lambda good: (good.name, good.variant_id))
    for batch in _batches(goods):
        for row in _Rows(plan, batch, all_goods=all_goods).written():
            writer.add(row)
            count += 1
    writer.save(stream)
    return count


def _batches(goods: Iterable[KnownGood]) -> Iterator[list[KnownGood]]:
    going = iter(goods)
    while batch := list(islice(going, _BATCH)):
        yield batch


def _remember(plan: _Plan) -> None:
    """That this header is ours: as the file says, whatever was told about such a header."""
    told = {"titles": plan.titles, "columns": {k: at for k, at in plan.at.items() if k != VAT}}
    SheetLayout.objects.update_or_create(header=digest_of(plan.titles), defaults=told)


# ------------------------------------------------------------------------------ the columns


@dataclass(slots=True)
class _Plan:
    """What stands where."""

    channel: Channel
    own: list[PriceList]
    derived: list[PriceList]
    #: Of the own and the derived lists: the quantities their prices begin from.
    steps: Mapping[int, list[Decimal]]
    titles: list[str] = field(default_factory=list)
    at: dict[str, int] = field(default_factory=dict)
    #: Columns of reckoned prices: (list, from) → column.
    reckoned: dict[tuple[int, Decimal], int] = field(default_factory=dict)

    @classmethod
    def of(cls, shop: Shop, lists: Sequence[PriceList], layout: SheetLayout | None) -> _Plan:
        loaded = own_lists()
        own = [each for each in lists if each.pk in loaded]
        derived = [each for each in lists if each.pk not in loaded]
        steps = _steps(lists)
        plan = cls(shop.catalogue.channels()[0], own, derived, steps)
        if layout is not None:
            plan.titles = [str(title) for title in layout.titles]
            plan.at = dict(layout.columns)
        else:
            plan._begin()
        plan._complete()
        return plan

    @property
    def is_tall(self) -> bool:
        return TALL_PRICE in self.at

    @property
    def steps_in_rows(self) -> bool:
        return "min_quantity" in self.at

    def _add(self, title: str, key: str = "") -> int:
        self.titles.append(title)
        if key:
            self.at[key] = len(self.titles) - 1
        return len(self.titles) - 1

    def _begin(self) -> None:
        for key in ("article", "barcode", "name", "unit"):
            self._add(str(FIELDS[key][0]), key)
        self._add(_("VAT, %"), VAT)

    def _complete(self) -> None:
        """Columns for whatever these prices have that the layout doesn't."""
        rows = Price.objects.filter(price_list__in=self.own)
        if rows.exclude(coefficient=1).exists():
            for key in ("unit", "coefficient"):
                self._want(key)
        if rows.exclude(Q(starts_at=None) & Q(ends_at=None)).exists():
            for key in ("starts_at", "ends_at"):
                self._want(key)
        for price_list in self.own if not self.is_tall else ():
            for step in self.steps[price_list.pk]:
                key = price_key(price_list.pk, Decimal(1) if self.steps_in_rows else step)
                if key not in self.at:
                    self._add(_title(price_list.name, step), key)
        for price_list in self.derived:
            for step in self.steps[price_list.pk]:
                title = _title(f"{price_list.name} ({RECKONED})", step)
                self.reckoned[price_list.pk, step] = self._add(title)

    def _want(self, key: str) -> None:
        if key not in self.at:
            self._add(str(FIELDS[key][0]), key)


def _title(name: str, step: Decimal) -> str:
    if step == 1:
        return name
    return _("%(list)s from %(count)s") % {"list": name, "count": f"{step.normalize():f}"}


def _steps(lists: Sequence[PriceList]) -> dict[int, list[Decimal]]:
    """By list: from what quantities it has prices, its own and those it derives from."""
    chains = Chains.now()
    reached = {each.pk: {row.id for row in chains.of(each.pk)} for each in lists}
    rows = Price.objects.filter(price_list__in=set().union(*reached.values()))
    pairs = set(rows.order_by().values_list("price_list_id", "min_quantity").distinct())
    return {
        pk: sorted({Decimal(1)} | {step for of, step in pairs if of in ids})
        for pk, ids in reached.items()
    }


# --------------------------------------------------------------------------------- the rows


class _RowKey(NamedTuple):
    """What prices of one good share a row by; an empty list or step: in columns."""

    unit: str
    coefficient: Decimal
    starts_at: datetime | None
    ends_at: datetime | None
    price_list: str
    step: Decimal | None


class _Rows:
    """Of a batch of goods."""

    def __init__(self, plan: _Plan, batch: Sequence[KnownGood], *, all_goods: bool) -> None:
        self._plan, self._batch, self._all = plan, batch, all_goods
        ids = [good.variant_id for good in batch]
        self._facts = VariantFacts.objects.in_bulk(ids)
        self._own: dict[int, list[Price]] = {}
        rows = Price.objects.filter(price_list__in=plan.own, variant_id__in=ids)
        for row in rows.order_by("starts_at", "min_quantity", "pk"):
            self._own.setdefault(row.variant_id, []).append(row)
        self._reckoned = _reckoned(plan, ids)
        self._currency = {each.pk: each.currency for each in plan.own}
        self._names = {each.pk: each.name for each in plan.own}

    def written(self) -> Iterator[list[Any]]:
        for good in self._batch:
            facts = self._facts.get(good.variant_id) or VariantFacts()
            rows = self._of(good.variant_id, facts)
            for number, (key, cells) in enumerate(rows.items()):
                line: list[Any] = [None] * len(self._plan.titles)
                for name, value in self._said(good, facts, key).items():
                    if name in self._plan.at:
                        line[self._plan.at[name]] = value
                for at, amount in cells.items():
                    line[at] = amount
                if number == 0:
                    for at, amount in self._reckoned.get(good.variant_id, {}).items():
                        line[at] = amount
                yield line

    def _of(self, variant_id: int, facts: VariantFacts) -> dict[_RowKey, dict[int, Decimal]]:
        """Rows of one good: in each, the prices by their column."""
        plan = self._plan
        found: dict[_RowKey, dict[int, Decimal]] = {}
        for row in self._own.get(variant_id, ()):
            unit, coefficient = row.unit or facts.unit, row.coefficient
            amount = row.amount * coefficient
            if amount != quantize(amount, self._currency[row.price_list_id]):
                unit, coefficient, amount = facts.unit, Decimal(1), row.amount
            key = _RowKey(
                unit,
                coefficient.normalize(),
                row.starts_at,
                row.ends_at,
                self._names[row.price_list_id] if plan.is_tall else "",
                row.min_quantity if plan.steps_in_rows else None,
            )
            step = Decimal(1) if plan.steps_in_rows else row.min_quantity
            column = TALL_PRICE if plan.is_tall else price_key(row.price_list_id, step)
            found.setdefault(key, {})[plan.at[column]] = amount
        if not found and (self._all or variant_id in self._reckoned):
            found[_RowKey(facts.unit, Decimal(1), None, None, "", None)] = {}
        return found

    def _said(self, good: KnownGood, facts: VariantFacts, key: _RowKey) -> dict[str, Any]:
        exempt = _("without VAT") if facts.vat_exempt else None
        return {
            "article": facts.article or good.sku,
            "code": good.sku or facts.article,
            "barcode": facts.barcode or next(iter(good.barcodes), ""),
            "name": good.name,
            "unit": key.unit,
            VAT: exempt if facts.vat_rate is None else facts.vat_rate,
            "coefficient": key.coefficient,
            "starts_at": _moment(key.starts_at),
            "ends_at": _moment(key.ends_at, ends=True),
            "price_list": key.price_list or None,
            "min_quantity": key.step,
        }


def _reckoned(plan: _Plan, ids: Sequence[int]) -> dict[int, dict[int, Decimal]]:
    """By variant and column: prices of derived lists as they are now, in the channel's currency
    and VAT mode."""
    found: dict[int, dict[int, Decimal]] = {}
    if not plan.derived:
        return found
    chains, now = Chains.now(), timezone.now()
    for step in sorted({step for _pk, step in plan.reckoned}):
        lists = [pk for pk, of in plan.reckoned if of == step]
        answers = chains.prices(lists, plan.channel, dict.fromkeys(ids, step), now)
        for pk, priced in answers.items():
            for variant_id, answer in priced.items():
                if isinstance(answer, Priced) and (step == 1 or answer.min_quantity == step):
                    amount = answer.price.money.amount
                    found.setdefault(variant_id, {})[plan.reckoned[pk, step]] = amount
    return found


def _moment(moment: datetime | None, *, ends: bool = False) -> date | str | None:
    """A day where it begins or ends with one (the last day, as people write it), else to the
    second."""
    if moment is None:
        return None
    local = timezone.localtime(moment)
    if local.time() == time():
        return local.date() - timedelta(days=ends)
    return local.strftime("%d.%m.%Y %H:%M:%S" + (".%f" if local.microsecond else ""))
