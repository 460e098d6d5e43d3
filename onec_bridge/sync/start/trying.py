"""What goods of a spreadsheet would change: applied, compared with what was, and taken back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.db import transaction

from b2b_overlay.pricing.models import Price
from b2b_overlay.quantities import as_quantity, dumped
from onec_bridge.commerceml.records import Problem, Record
from onec_bridge.sync.fold import apply_file
from onec_bridge.sync.models import Kind, Link, Match

from .known import Known
from .lists import adopt, free_lists, set_retail
from .records import References, offer_of, products_of
from .rows import Good

if TYPE_CHECKING:
    from onec_bridge.exchange.models import Connection

    from .models import GoodsSheet

__all__ = ["Change", "tried"]


@dataclass(slots=True)
class Change:
    """What would come of a row."""

    number: int
    name: str
    #: ``created``, ``changed``, ``unchanged``, or ``parked``: a person has to say what it is.
    outcome: str
    #: What was and what would be, by what it is of.
    parts: list[tuple[str, str, str]] = field(default_factory=list)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class _State:
    """What is known of the goods at one moment."""

    variants: Mapping[str, int]
    told: Mapping[str, Mapping[str, Any]]
    stock: Mapping[str, Mapping[str, int]]
    prices: Mapping[int, Mapping[str, Decimal]]
    asked: frozenset[str]


def tried(
    sheet: GoodsSheet, known: Known, goods: Sequence[Good]
) -> tuple[list[Change], list[Problem]]:
    """What would come of these, and what sync says of them. Nothing stays."""
    if not goods:
        return [], []
    references = References(known, sheet.file_name, free_lists())
    products = list(products_of(goods, references))
    offers = [offer_of(good, references) for good in goods]
    records: list[Record | Problem] = [*references.records(), *products, *offers]
    with transaction.atomic():
        before = _state(sheet.connection, goods)
        set_retail(sheet)
        adopt(sheet.connection, references.adopted)
        progress = apply_file(sheet.connection, iter(records), file_name=sheet.file_name)
        after = _state(sheet.connection, goods)
        transaction.set_rollback(True)
    return [_change(good, before, after) for good in goods], progress.problems


def _state(connection: Connection, goods: Iterable[Good]) -> _State:
    """Four queries."""
    wanted = {good.id for good in goods} | {good.product_id for good in goods}
    links = Link.objects.filter(connection=connection, external_id__in=wanted)
    offers = {link.external_id: link for link in links.filter(kind=Kind.OFFER)}
    products = {link.external_id: link for link in links.filter(kind=Kind.PRODUCT)}
    variants = {pk: int(link.local_id) for pk, link in offers.items() if link.local_id}
    prices: dict[int, dict[str, Decimal]] = {}
    rows = Price.objects.filter(variant_id__in=variants.values())
    rows = rows.exclude(price_list__assignments__is_individual=True)
    for variant_id, name, amount, coefficient, step in rows.values_list(
        "variant_id", "price_list__name", "amount", "coefficient", "min_quantity"
    ):
        label = name if step == 1 else f"{name} ({step.normalize():f})"
        prices.setdefault(variant_id, {})[label] = amount * coefficient
    asked = Match.objects.filter(connection=connection, external_id__in=wanted, used_at=None)
    return _State(
        variants,
        {pk: link.data.get("told", {}) for pk, link in (*products.items(), *offers.items())},
        {pk: link.data.get("stock", {}) for pk, link in offers.items()},
        prices,
        frozenset(asked.values_list("external_id", flat=True)),
    )


def _change(good: Good, before: _State, after: _State) -> Change:
    name = good.said.get("name") or str(
        after.told.get(good.product_id, {}).get("name") or good.product_id
    )
    parts = [*_parts(good, before, after)]
    if good.id not in after.variants:
        outcome = "parked" if good.id in after.asked else "unchanged"
    elif good.id not in before.variants:
        outcome = "created"
    else:
        outcome = "changed" if parts else "unchanged"
    return Change(good.number, name[:200], outcome, parts)


def _parts(good: Good, before: _State, after: _State) -> Iterator[tuple[str, str, str]]:
    """Each thing that differs: a price list, a warehouse (``stock``), a fact by its name."""
    variant = after.variants.get(good.id) or before.variants.get(good.id) or 0
    was, now = before.prices.get(variant, {}), after.prices.get(variant, {})
    for name in sorted({*was, *now}):
        if was.get(name) != now.get(name):
            yield name, _shown(was.get(name)), _shown(now.get(name))
    lay, lies = before.stock.get(good.id, {}), after.stock.get(good.id, {})
    if lay != lies:
        yield "stock", _sum(lay) if lay else "", _sum(lies)
    for pk in dict.fromkeys((good.product_id, good.id)):
        told, tells = before.told.get(pk, {}), after.told.get(pk, {})
        for name in tells:
            if told.get(name) != tells[name] and name != "groups" and tells[name]:
                yield name, str(told.get(name) or ""), str(tells[name])


def _shown(amount: Decimal | None) -> str:
    return f"{amount:.2f}" if amount is not None else ""


def _sum(levels: Mapping[str, int | str]) -> str:
    """All that lies somewhere, as links keep it."""
    total = sum((as_quantity(level) for level in levels.values()), 0)
    return str(dumped(as_quantity(total)))
