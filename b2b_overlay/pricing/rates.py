"""Rates of exchange, day by day: entered by hand, or read from a file.

The overlay asks no bank by itself: a scheduled job puts the Bank of Russia's file (``XML_daily``)
or the shop's own table beside it, and ``b2b_rates`` reads it. A rate holds from its day until
the next one that is known. Rules: a rate is how much of one currency *one* unit of another is
worth, whatever nominal it was quoted for; a file with a wrong row changes nothing at all.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from b2b_overlay.company import access
from b2b_overlay.company.admit import demand_desk
from b2b_overlay.money import Money
from b2b_overlay.shop import Refusal, Refused

from .floors import guarded, reckoned_by
from .models import Rate

__all__ = [
    "RateRow",
    "delete_rate",
    "in_currency",
    "load_rates",
    "save_rate",
    "take_rates",
    "without_rate",
]

_CURRENCY = re.compile("[A-Z]{3}")
_SMALLEST = Decimal("0.00000001")
_MOST = Decimal(10) ** 10


@dataclass(frozen=True, slots=True)
class RateRow:
    """One unit of ``currency`` is worth so much of ``to`` from the day on."""

    currency: str
    to: str
    day: dt.date
    rate: Decimal


def save_rate(by: access.User, row: RateRow) -> Rate:
    """Enter a rate; one that stands there for the day is replaced."""
    demand_desk(by)
    with guarded(by, reckoned_by(row.currency, row.to), on=row.day):
        load_rates([row])
    return Rate.objects.get(currency=row.currency, to=row.to, day=row.day)


def delete_rate(by: access.User, rate: Rate) -> None:
    """Take back a rate entered by mistake; the one before it holds again."""
    demand_desk(by)
    with guarded(by, reckoned_by(rate.currency, rate.to), on=rate.day):
        rate.delete()


def take_rates(by: access.User, rows: Sequence[RateRow]) -> int:
    """:func:`load_rates` of a file that somebody at the desk brings."""
    demand_desk(by)
    lists = {pk for pair in {(row.currency, row.to) for row in rows} for pk in reckoned_by(*pair)}
    with guarded(by, lists, on=max((row.day for row in rows), default=None)):
        return load_rates(rows)


@transaction.atomic
def load_rates(rows: Iterable[RateRow]) -> int:
    """Enter these rates, all or none; how many are new or other than they were. For a
    command, which is nobody's at the desk; :func:`take_rates` for a person."""
    wanted = {(row.currency, row.to, row.day): _checked(row) for row in rows}
    known = Rate.objects.select_for_update().filter(day__in={day for _c, _t, day in wanted})
    before = {(each.currency, each.to, each.day): each for each in known.order_by("pk")}
    changed = 0
    fresh = []
    for key, rate in wanted.items():
        if key not in before:
            fresh.append(Rate(currency=key[0], to=key[1], day=key[2], rate=rate))
        elif before[key].rate != rate:
            before[key].rate = rate
            before[key].save(update_fields=["rate"])
            changed += 1
    Rate.objects.bulk_create(
        fresh,
        update_conflicts=True,
        unique_fields=["currency", "to", "day"],
        update_fields=["rate"],
    )
    return changed + len(fresh)


def _checked(row: RateRow) -> Decimal:
    words = {"currency": row.currency, "to": row.to, "day": row.day.strftime("%d.%m.%Y")}
    if not (_CURRENCY.fullmatch(row.currency) and _CURRENCY.fullmatch(row.to)):
        raise Refused(Refusal("INVALID", _("Write the currency as three letters: RUB, EUR, CNY.")))
    if row.currency == row.to:
        text = _("A currency has no rate in itself: %(currency)s.")
        raise Refused(Refusal("INVALID", text % words))
    rate = row.rate.quantize(_SMALLEST, ROUND_HALF_UP) if 0 < row.rate < _MOST else Decimal(0)
    if rate <= 0:
        text = _("The rate of %(currency)s in %(to)s of %(day)s must be above nothing.")
        raise Refused(Refusal("INVALID", text % words))
    return rate


# ------------------------------------------------------------------------------- reckoning


def without_rate(
    pairs: Iterable[tuple[str, str]], day: dt.date | None = None
) -> list[tuple[str, str]]:
    """Those of the pairs of currencies that can't be reckoned on the day (today). One query."""
    wanted = list(dict.fromkeys(pair for pair in pairs if pair[0] != pair[1]))
    if not wanted:
        return []
    rows = Rate.objects.filter(day__lte=day or timezone.localdate()).order_by()
    known = set(rows.values_list("currency", "to").distinct())
    return [(one, other) for one, other in wanted if not {(one, other), (other, one)} & known]


def in_currency(money: Money, currency: str, day: dt.date) -> Money | None:
    """The sum in another currency at the day's rate, rounded; None where none is known."""
    if money.currency == currency:
        return money
    rows = Rate.objects.filter(day__lte=day).order_by("-day")
    if found := rows.filter(currency=money.currency, to=currency).first():
        return Money(money.amount * found.rate, currency).quantized()
    if found := rows.filter(currency=currency, to=money.currency).first():
        return Money(money.amount / found.rate, currency).quantized()
    return None
