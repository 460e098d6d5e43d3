"""Floors: how low a price may go before a second person has to agree.

A floor is a price list (cost), or the shop's retail, and a percentage. Of the active floors that
have a price for a good the highest one holds. Rules kept here:

* an individual price under it is no price: it becomes a request (:mod:`.requests`);
* whatever else a person changes at the desk (a list's percentage, its prices, a spreadsheet, a
  rate) is done within :func:`guarded`, and refused whole where any good of any list concerned
  would go under, or further under, its floor;
* a list with goods under the floor is given to somebody by an overseer alone
  (:func:`demand_bindable`), and a list that a floor is reckoned from is changed by one alone;
* 1C's prices are 1C's decision: its exchange isn't stopped, and the exceptions report shows them;
* what can't be reckoned (no rate for the day) isn't allowed.

Only overseers (``company.access.oversees``) set floors, and each change of one is in the history.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import ROUND_CEILING, Decimal
from itertools import pairwise

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from b2b_overlay.company import access
from b2b_overlay.company.admit import demand_desk, demand_overseer
from b2b_overlay.money import Money, written
from b2b_overlay.shop import Channel, Refusal, Refused, get_shop

from .models import Floor, Price, PriceList
from .of_list import Chains
from .reckoning import Mode
from .resolver import Priced

__all__ = [
    "Breach",
    "Limit",
    "breaches",
    "demand_bindable",
    "every_good",
    "guarded",
    "limits",
    "lowest_of",
    "reckoned_by",
    "save_floor",
    "under",
]

_CENT = Decimal("0.01")
#: Goods a refusal names.
_NAMED = 3


@dataclass(frozen=True, slots=True)
class Limit:
    """The lowest price that needs nobody else, of one base unit, and the floor it is by."""

    floor: str
    lowest: Money


@dataclass(frozen=True, slots=True)
class Breach:
    """A price under its floor."""

    variant_id: int
    min_quantity: Decimal
    price: Money
    limit: Limit
    price_list: str = ""

    def __str__(self) -> str:
        return _("%(price)s is under %(lowest)s, the floor «%(floor)s»") % {
            "price": written(self.price),
            "lowest": written(self.limit.lowest),
            "floor": self.limit.floor,
        }


def save_floor(
    by: access.User,
    floor: Floor | None,
    *,
    name: str,
    price_list: PriceList | None,
    percent: Decimal,
    is_active: bool = True,
) -> Floor:
    """Make or change a floor; without a price list it is reckoned from the shop's retail."""
    demand_overseer(by)
    floor = floor or Floor()
    floor.name, floor.price_list, floor.retail = name.strip(), price_list, price_list is None
    floor.percent, floor.is_active = percent, is_active
    try:
        floor.full_clean()
    except ValidationError as error:
        raise Refused(*(Refusal("INVALID", message) for message in error.messages)) from error
    floor.save()
    return floor


# ----------------------------------------------------------------------- the limit of a good


def limits(
    channel: Channel, quantities: Mapping[int, Decimal], at: datetime | None = None
) -> dict[int, Limit]:
    """The limit of each good at its quantity, in the channel's currency and VAT mode; a good
    that no active floor has a price for is absent. A constant number of queries.

    Raises :class:`Refused` where a floor has a price and it can't be reckoned.
    """
    return _limits(Chains.now(), channel, quantities, at or timezone.now())


def _limits(
    chains: Chains, channel: Channel, quantities: Mapping[int, Decimal], at: datetime
) -> dict[int, Limit]:
    found: dict[int, Limit] = {}
    floors = list(Floor.objects.filter(is_active=True))
    if not floors or not quantities:
        return found
    lists = {floor.price_list_id for floor in floors if floor.price_list_id is not None}
    listed = chains.prices(lists, channel, quantities, at)
    for floor in floors:
        if floor.price_list_id is None:
            base = dict(get_shop().catalogue.list_prices(quantities, channel))
        else:
            base = _told(floor, listed[floor.price_list_id])
        for variant_id, price in base.items():
            limit = Limit(floor.name, lowest_of(price, floor.percent))
            if variant_id not in found or found[variant_id].lowest < limit.lowest:
                found[variant_id] = limit
    return found


def _told(floor: Floor, answers: Mapping[int, Priced | str]) -> dict[int, Money]:
    found = {}
    for variant_id, answer in answers.items():
        if isinstance(answer, str):
            sentence = _("The floor «%(floor)s» can't be reckoned: %(why)s.")
            raise Refused(
                Refusal("INVALID", sentence % {"floor": floor.name, "why": answer}, variant_id)
            )
        found[variant_id] = answer.price.money
    return found


def lowest_of(price: Money, percent: Decimal) -> Money:
    """To the kopeck upwards: what is shown as the lowest is never under the floor itself."""
    amount = price.amount * (100 + percent) / 100
    return Money(amount.quantize(_CENT, ROUND_CEILING), price.currency)


def under(
    channel: Channel,
    variant_id: int,
    min_quantity: Decimal,
    amount: Decimal,
    since: datetime | None = None,
) -> Breach | None:
    """Is this price of one base unit, in the channel's currency and VAT mode, under a floor when
    it begins (by what is known now)?"""
    now = timezone.now()
    limit = limits(channel, {variant_id: min_quantity}, max(now, since or now)).get(variant_id)
    price = Money(amount, channel.currency)
    if limit is None or not price < limit.lowest:
        return None
    return Breach(variant_id, min_quantity, price, limit)


# ------------------------------------------------------------------------------ whole lists

#: List, variant, minimum quantity, and from when (None: now).
_Key = tuple[int, int, Decimal, datetime | None]


def breaches(list_ids: Collection[int], at: datetime | None = None) -> dict[_Key, Breach]:
    """Every price of these lists, their own and derived, at a moment (now) and in windows that
    begin later, that is under its floor. The number of queries grows with windows and quantity
    steps, not with goods. Raises :class:`Refused` where a floor can't be reckoned."""
    if not list_ids or not Floor.objects.filter(is_active=True).exists():
        return {}
    chains = Chains.now()
    begins = at or timezone.now()
    found: dict[_Key, Breach] = {}
    for channel, ids in _by_channel(chains, list_ids):
        for (later, step), variants in _asked(chains, ids, channel, begins).items():
            quantities = dict.fromkeys(variants, step)
            lowest = _limits(chains, channel, quantities, later or begins)
            priced = chains.prices(ids, channel, quantities, later or begins)
            for list_id, answers in priced.items():
                name = chains.rows[list_id].name
                for breach in _too_cheap(answers, lowest, step, name):
                    found[list_id, breach.variant_id, step, later] = breach
    return found


def _too_cheap(
    answers: Mapping[int, Priced | str], lowest: Mapping[int, Limit], step: Decimal, name: str
) -> Iterator[Breach]:
    for pk, answer in answers.items():
        if isinstance(answer, Priced) and pk in lowest:
            price = answer.price.money
            if price < lowest[pk].lowest:
                yield Breach(pk, step, price, lowest[pk], name)


def _by_channel(chains: Chains, list_ids: Collection[int]) -> Iterator[tuple[Channel, list[int]]]:
    """Lists by the channel their prices are said in: one of their own currency and VAT mode, or
    the first."""
    channels = list(get_shop().catalogue.channels())
    grouped: dict[str, list[int]] = {}
    for pk in list_ids:
        mode = chains.rows[pk].mode
        same = (c for c in channels if Mode(c.currency, c.prices_include_vat) == mode)
        grouped.setdefault(next(same, channels[0]).slug, []).append(pk)
    for channel in channels:
        if channel.slug in grouped:
            yield channel, grouped[channel.slug]


def _asked(
    chains: Chains, list_ids: Collection[int], channel: Channel, begins: datetime
) -> dict[tuple[datetime | None, Decimal], set[int]]:
    """Which goods are asked about from which later moment (None: at once) and quantity."""
    reached = [chains.of(pk) for pk in list_ids]
    found: dict[tuple[datetime | None, Decimal], set[int]] = {}
    rows = Price.objects.filter(price_list__in={row.id for chain in reached for row in chain})
    for pk, step, starts_at in rows.values_list("variant_id", "min_quantity", "starts_at"):
        moment = starts_at if starts_at is not None and starts_at > begins else None
        found.setdefault((moment, step), set()).add(pk)
    if any(chain[-1].base_retail for chain in reached):
        found.setdefault((None, Decimal(1)), set()).update(every_good(channel))
    return found


def every_good(channel: Channel) -> Sequence[int]:
    """Every variant sold in the channel: the search wants a limit, and no shop has so many."""
    return get_shop().catalogue.search("", channel, limit=10_000_000).items


@contextmanager
def guarded(by: access.User, list_ids: Iterable[int], on: date | None = None) -> Iterator[None]:
    """Change these lists (their prices, percentages, what they derive from) within.

    One transaction: where any of them, or of those that derive from them, would have a price
    under its floor that is now above it or not as far under, all is undone and :class:`Refused`.
    A list that is made within needs no naming beforehand: call :func:`demand_bindable` when it
    is given to somebody. ``on``: a day to come on which the change begins.
    """
    demand_desk(by)
    at = _beginning(on)
    with transaction.atomic():
        if not Floor.objects.filter(is_active=True).exists():
            yield
            return
        chains = Chains.now()
        concerned = chains.with_derived(set(list_ids) & chains.rows.keys())
        _demand_no_reference(by, concerned)
        before = breaches(concerned, at)
        yield
        after = breaches(Chains.now().with_derived(concerned), at)
        worse = [
            breach
            for key, breach in after.items()
            if key not in before or breach.price < before[key].price
        ]
        if worse:
            raise Refused(_too_low(worse))


def _beginning(day: date | None) -> datetime | None:
    """The end of a day to come; None for today and before: it begins at once."""
    if day is None or day <= timezone.localdate():
        return None
    return timezone.make_aware(datetime.combine(day, time.max))


def reckoned_by(currency: str, to: str) -> list[int]:
    """The price lists whose prices are reckoned by this rate, one way or the other."""
    chains, pair = Chains.now(), {currency, to}
    sold_in = {channel.currency for channel in get_shop().catalogue.channels()}
    found = []
    for pk in chains.rows:
        met = [row.currency for row in chains.of(pk)]
        steps = {frozenset(each) for each in pairwise(met)}
        steps |= {frozenset((met[0], each)) for each in sold_in}
        if chains.of(pk)[-1].base_retail:
            steps |= {frozenset((met[-1], each)) for each in sold_in}
        if frozenset(pair) in steps:
            found.append(pk)
    return found


def _demand_no_reference(by: access.User, list_ids: Collection[int]) -> None:
    """Whoever could move the floor could go under it."""
    if access.oversees(by):
        return
    floors = Floor.objects.filter(is_active=True, price_list__in=list_ids)
    if floor := floors.select_related("price_list").first():
        sentence = _(
            "The floor «%(floor)s» is reckoned from «%(list)s»: only those who watch over "
            "prices change it here."
        )
        words = {"floor": floor.name, "list": str(floor.price_list)}
        raise Refused(Refusal("PERMISSION_DENIED", sentence % words))


def demand_bindable(by: access.User, list_ids: Collection[int]) -> None:
    """Refuse to give somebody a list with goods under the floor; an overseer may.

    Called with the lists that are newly given, not with those that already were.
    """
    demand_desk(by)
    if access.oversees(by):
        return
    if found := list(breaches(list_ids).values()):
        raise Refused(_too_low(found))


def _too_low(found: Collection[Breach]) -> Refusal:
    """How many goods, and the worst of them by name."""
    worst = sorted(found, key=lambda each: each.price.amount / each.limit.lowest.amount)[:_NAMED]
    names = get_shop().catalogue.variants(
        {each.variant_id for each in worst}, get_shop().catalogue.channels()[0]
    )
    told = [
        f"{names[each.variant_id].full_name if each.variant_id in names else each.variant_id}: "
        f"{each}"
        for each in worst
    ]
    count = len({each.variant_id for each in found})
    lists = ", ".join(sorted({f"«{each.price_list}»" for each in found}))
    sentence = ngettext(
        "%(count)s good of %(lists)s would be under the floor: %(told)s. Give it as an individual "
        "price, which a second person confirms, or ask those who watch over prices.",
        "%(count)s goods of %(lists)s would be under the floor: %(told)s. Give them as individual "
        "prices, which a second person confirms, or ask those who watch over prices.",
        count,
    )
    return Refusal("INVALID", sentence % {"count": count, "lists": lists, "told": "; ".join(told)})
