"""Price lists made and changed by the desk: what they derive from, by what percentage.

Rules: a list never derives from itself, through whatever others; what a list already has prices
in (currency, VAT) doesn't change under them; a list that another system keeps (a price type of
1C) is called, priced and switched there, and only how it derives is ours; a list that somebody
buys by isn't deleted. :func:`warnings` says what would leave goods without a price.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from b2b_overlay.company import access
from b2b_overlay.company.admit import demand_desk
from b2b_overlay.shop import Refusal, Refused, get_shop

from .floors import guarded
from .individual import is_individual
from .lists import DEPTH
from .models import Markup, PriceList, VariantFacts
from .rates import without_rate

__all__ = [
    "LIST_KEEPERS",
    "ListTerms",
    "MarkupRow",
    "delete_list",
    "is_kept_elsewhere",
    "known_words",
    "save_list",
    "set_markups",
    "terms_of_list",
    "warnings",
]

#: Who else keeps price lists: says which of these ids are its own. The 1C bridge appends here
#: in its ``AppConfig.ready``.
LIST_KEEPERS: list[Callable[[Collection[int]], Collection[int]]] = []


@dataclass(frozen=True, slots=True, kw_only=True)
class ListTerms:
    """What a price list is, but for its prices."""

    name: str
    currency: str = "RUB"
    vat_included: bool = True
    is_active: bool = True
    base: PriceList | None = None
    base_retail: bool = False
    percent: Decimal = Decimal(0)
    rounding_step: Decimal = Decimal("0.01")
    rounding: str = PriceList.Rounding.NEAREST.value
    promotions_stack: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkupRow:
    """A percentage of some goods: exactly one of the three says which."""

    percent: Decimal
    category_id: int | None = None
    manufacturer: str = ""
    price_group: str = ""


#: What another system says of a list that it keeps.
_ITS_OWN = ("name", "currency", "vat_included", "is_active")


def is_kept_elsewhere(price_list: PriceList) -> bool:
    """Does another system (1C) keep this list?"""
    return any(price_list.pk in keeper([price_list.pk]) for keeper in LIST_KEEPERS)


def terms_of_list(price_list: PriceList) -> ListTerms:
    """As they are now, to change some of them."""
    return ListTerms(**{name: getattr(price_list, name) for name in ListTerms.__slots__})


@transaction.atomic
def save_list(by: access.User, price_list: PriceList | None, given: ListTerms) -> PriceList:
    """Make a list (``price_list`` None), or change one."""
    demand_desk(by)
    given = replace(given, name=" ".join(given.name.split()), currency=given.currency.strip())
    found = _locked(price_list)
    _demand_nobodys(found, given.base)
    if given.base is not None:
        _demand_no_circle(found, given.base)
    if found.pk:
        _demand_its_own(found, given)
    if not re.fullmatch("[A-Z]{3}", given.currency):
        raise Refused(Refusal("INVALID", _("Write the currency as three letters: RUB, EUR, CNY.")))
    for name in ListTerms.__slots__:
        setattr(found, name, getattr(given, name))
    try:
        found.full_clean()
    except ValidationError as error:
        raise Refused(*(Refusal("INVALID", m) for m in error.messages)) from error
    with guarded(by, [found.pk] if found.pk else []):
        found.save()
    return found


def _locked(price_list: PriceList | None) -> PriceList:
    """The list as it is now. All are locked: two changes at once can't close a circle."""
    rows = PriceList.objects.select_for_update(no_key=True).order_by("pk")
    ids = list(rows.values_list("pk", flat=True))
    if price_list is None:
        return PriceList()
    if price_list.pk not in ids:
        raise PriceList.DoesNotExist
    return PriceList.objects.get(pk=price_list.pk)


def _demand_no_circle(price_list: PriceList, base: PriceList) -> None:
    """Refuse a base that derives from the list itself, with the way it does."""
    known = PriceList.objects.in_bulk()
    chain = [known[base.pk]]
    while (above := chain[-1].base_id) is not None and chain[-1].pk != price_list.pk:
        chain.append(known[above])
    if chain[-1].pk == price_list.pk:
        # «Опт» ← «Дилер» ← «Опт»: named in the order in which they derive.
        way = " → ".join(f"«{each.name}»" for each in [price_list, *chain])
        text = _("A price list can't derive from itself: %(way)s.") % {"way": way}
        raise Refused(Refusal("INVALID", text))
    if len(chain) + _below(price_list, known.values()) >= DEPTH:
        text = _("Too many lists derive from each other; at most %(most)s.") % {"most": DEPTH}
        raise Refused(Refusal("INVALID", text))


def _below(price_list: PriceList, known: Iterable[PriceList]) -> int:
    """How many lists deep others derive from this one."""
    rows, depth, level = list(known), 0, {price_list.pk}
    while level := {row.pk for row in rows if row.base_id in level}:
        depth += 1
    return depth


def _demand_nobodys(*lists: PriceList | None) -> None:
    """Refuse to change one legal entity's individual prices from here, or to derive others from
    them."""
    for each in lists:
        if each is not None and each.pk and is_individual(each):
            text = _("«%(list)s» are one legal entity's own prices: change them on its page.")
            raise Refused(Refusal("INVALID", text % {"list": each.name}))


def _demand_its_own(found: PriceList, given: ListTerms) -> None:
    """Refuse to change what 1C keeps, and currency or VAT of a list that has prices."""
    if is_kept_elsewhere(found) and any(
        getattr(found, name) != getattr(given, name) for name in _ITS_OWN
    ):
        text = _(
            "«%(list)s» is a price type of 1C: its name, currency, VAT and whether it is in "
            "force are changed there. Here it can be told what it derives from."
        )
        raise Refused(Refusal("INVALID", text % {"list": found.name}))
    mode = (found.currency, found.vat_included)
    if mode != (given.currency, given.vat_included) and found.prices.exists():
        text = _(
            "«%(list)s» has prices in %(currency)s already: make another list for another "
            "currency or VAT, and derive it from this one."
        )
        words = {"list": found.name, "currency": found.currency}
        raise Refused(Refusal("INVALID", text % words))


@transaction.atomic
def delete_list(by: access.User, price_list: PriceList) -> None:
    """Delete a list nobody buys by. Its history stays."""
    demand_desk(by)
    found = _locked(price_list)
    if is_kept_elsewhere(found):
        text = _("«%(list)s» is a price type of 1C: mark it for deletion there.")
        raise Refused(Refusal("INVALID", text % {"list": found.name}))
    if used := found.assignments.count():
        text = _("«%(list)s» is given to somebody (%(count)s): take it back first.")
        raise Refused(Refusal("INVALID", text % {"list": found.name, "count": used}))
    if found.floors.exists():
        text = _("«%(list)s» is a floor of prices: change the floor first.")
        raise Refused(Refusal("INVALID", text % {"list": found.name}))
    if derived := found.derived.first():
        text = _("«%(derived)s» derives from «%(list)s»: change that list first.")
        raise Refused(Refusal("INVALID", text % {"list": found.name, "derived": derived.name}))
    found.delete()


# ------------------------------------------------------------------ percentages of groups


@transaction.atomic
def set_markups(by: access.User, price_list: PriceList, rows: Sequence[MarkupRow]) -> None:
    """Make these the list's percentages of groups of goods; what is the same isn't touched."""
    demand_desk(by)
    found = PriceList.objects.select_for_update(no_key=True).get(pk=price_list.pk)
    _demand_nobodys(found)
    rows = [_tidy(row) for row in rows]
    _demand_rows(rows)
    with guarded(by, [found.pk]):
        _write_markups(found, {_scope(row): row.percent for row in rows})


def _write_markups(
    price_list: PriceList, wanted: dict[tuple[int | None, str, str], Decimal]
) -> None:
    for markup in price_list.markups.all():
        percent = wanted.pop(_scope(markup), None)
        if percent is None:
            markup.delete()
        elif percent != markup.percent:
            markup.percent = percent
            markup.save(update_fields=["percent"])
    Markup.objects.bulk_create(
        Markup(
            price_list=price_list,
            category_id=category,
            manufacturer=manufacturer,
            price_group=group,
            percent=percent,
        )
        for (category, manufacturer, group), percent in wanted.items()
    )


def _scope(row: MarkupRow | Markup) -> tuple[int | None, str, str]:
    return row.category_id, row.manufacturer, row.price_group


def _tidy(row: MarkupRow) -> MarkupRow:
    return replace(row, manufacturer=row.manufacturer.strip(), price_group=row.price_group.strip())


def _demand_rows(rows: Sequence[MarkupRow]) -> None:
    categories = {each.id for each in get_shop().catalogue.categories()}
    refusals, met = [], set()
    for number, row in enumerate(rows, 1):
        if sum(1 for part in _scope(row) if part) != 1:
            why = _("choose a category, a manufacturer or a price group, one of them")
        elif row.category_id is not None and row.category_id not in categories:
            why = _("there is no such category")
        elif _scope(row) in met:
            why = _("the same goods stand in another row")
        elif not -100 < row.percent < 10_000:
            why = _("the percentage must be above −100 and below 10 000")
        else:
            met.add(_scope(row))
            continue
        text = _("Percentage %(number)s: %(why)s.") % {"number": number, "why": why}
        refusals.append(Refusal("INVALID", text))
    if refusals:
        raise Refused(*refusals)


def known_words() -> tuple[list[str], list[str]]:
    """Manufacturers and price groups of the goods that 1C told of."""
    found = []
    for name in ("manufacturer", "price_group"):
        values = VariantFacts.objects.exclude(**{name: ""}).order_by(name)
        found.append(list(values.values_list(name, flat=True).distinct()))
    return found[0], found[1]


# ------------------------------------------------------------------------------ warnings


def warnings(price_list: PriceList) -> list[str]:
    """What is wrong with a list that can be kept as it is: goods would be without its price."""
    chain = _chain(price_list)
    found = [
        _("«%(base)s», which it derives from, is switched off: it gives no prices.")
        % {"base": each.name}
        for each in chain[1:]
        if not each.is_active
    ]
    pairs = [
        (below.currency, above.currency)
        for above, below in pairwise(chain)
        if below.currency != above.currency
    ]
    sold_in = list(dict.fromkeys(c.currency for c in get_shop().catalogue.channels()))
    if chain[-1].base_retail and chain[-1].currency not in sold_in:
        pairs += [(currency, chain[-1].currency) for currency in sold_in[:1]]
    if price_list.currency not in sold_in:
        pairs += [(price_list.currency, currency) for currency in sold_in]
    found += [
        _(
            "There is no rate of %(currency)s in %(to)s: until there is one, «%(list)s» gives no "
            "prices."
        )
        % {"currency": currency, "to": to, "list": price_list.name}
        for currency, to in without_rate(pairs)
    ]
    if chain[0].markups.exists() and not (price_list.base_id or price_list.base_retail):
        found.append(
            _("Percentages of groups of goods hold only where the list derives from another.")
        )
    return found


def _chain(price_list: PriceList) -> list[PriceList]:
    """The list and what it derives from, in order."""
    chain = [price_list]
    while chain[-1].base is not None and len(chain) <= DEPTH:
        chain.append(chain[-1].base)
    return chain
