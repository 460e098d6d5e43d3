"""Exceptions from the terms of trade, for the shop's owner: so that no kickback has a place.

Three questions, each answered from the database's own events in a constant number of queries:
who gave what under the list, to whom, and what like buyers get; what was made cheaper shortly
before an order and taken back after it; one buyer's discounts by manager. It accuses nobody:
each line leads to the history of the price, where the reason stands. The fourth, what is under a
floor, is :mod:`.below`.

Only overseers (``company.access.oversees``) may ask; for everybody else there is no report.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

from django.core.exceptions import ObjectDoesNotExist
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from b2b_overlay import logins
from b2b_overlay.company import access
from b2b_overlay.money import Money
from b2b_overlay.quantities import Quantity, as_quantity
from b2b_overlay.shop import Channel, Shop

from . import statements

__all__ = [
    "KINDS",
    "Asked",
    "Dip",
    "Discount",
    "Given",
    "Names",
    "Peers",
    "demand",
    "dips",
    "discounts",
    "given",
    "rows_of",
]

#: What may have been changed.
KINDS = {
    "price": _("price of the good"),
    "percent": _("percentage of the price list"),
    "markup": _("percentage of a group of goods"),
    "binding": _("price list given"),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """Which part of the report. ``manager`` is a user's key, of whoever gave."""

    since: datetime
    until: datetime
    manager: int | None = None
    company: int | None = None
    #: How long before an order a change counts, and how long after it the change back.
    before: timedelta = timedelta(hours=24)
    after: timedelta = timedelta(days=7)
    #: Changes that 1C's exchange made, too.
    exchange: bool = False
    limit: int = 50
    offset: int = 0

    @property
    def parameters(self) -> dict[str, Any]:
        return {
            "since": self.since,
            "until": self.until,
            "manager": self.manager,
            "company": self.company,
            "before": self.before,
            "after": self.after,
            "everything": self.exchange,
            "limit": self.limit,
            "offset": self.offset,
        }


class Peers(NamedTuple):
    """Like buyers: of the same group, or with a price list in common. Those without an
    individual price pay the list's."""

    number: int
    with_own: int
    lowest: Decimal | None
    highest: Decimal | None


@dataclass(frozen=True, slots=True)
class Given:
    """An individual price lower than what the good cost without it."""

    at: datetime
    price_list_id: int
    variant_id: int
    good: str
    min_quantity: Decimal
    price: Money
    #: None: it came by another way than the overlay's, and what it stood instead of is not known.
    instead: Money | None
    starts_at: datetime | None
    ends_at: datetime | None
    legal_entity_id: int
    legal_entity: str
    company_id: int | None
    company: str
    who: str
    #: The second person, where it was under a floor.
    confirmed_by: str
    reason: str
    peers: Peers

    @property
    def percent(self) -> Decimal | None:
        """How much under, in percent."""
        if self.instead is None:
            return None
        return ((1 - self.price.amount / self.instead.amount) * 100).quantize(Decimal("0.1"))


@dataclass(frozen=True, slots=True)
class Dip:
    """Cheaper shortly before an order, and back after it."""

    kind: str
    price_list_id: int
    price_list: str
    variant_id: int | None
    good: str
    at: datetime
    who: str
    #: Amounts or percentages, by ``kind``; None: there was none.
    before: Decimal | None
    value: Decimal
    back_at: datetime
    back_by: str
    order_id: str
    number: str
    placed_at: datetime
    legal_entity_id: int
    legal_entity: str
    company_id: int
    company: str
    quantity: Quantity
    unit_price: Money
    total: Money

    @property
    def what(self) -> str:
        """What was changed, in words."""
        return str(KINDS[self.kind])


@dataclass(frozen=True, slots=True)
class Discount:
    """One buyer's individual prices by one manager."""

    who: str
    legal_entity_id: int
    legal_entity: str
    company_id: int | None
    company: str
    prices: int
    average: Decimal | None
    deepest: Decimal | None
    #: How many a second person confirmed.
    under_floor: int
    #: Ordered at these prices in the period; None: nothing.
    ordered: Money | None
    given_away: Money | None


def demand(by: access.User | None) -> None:
    """For a stranger and a manager there is no such report."""
    if not access.oversees(by):
        raise ObjectDoesNotExist


def given(by: access.User, shop: Shop, channel: Channel, asked: Asked) -> tuple[list[Given], int]:
    """Who gave what under the list, to whom, beside what like buyers get; newest first, and how
    many there are. Five queries."""
    demand(by)
    rows = rows_of(statements.GIVEN, asked.parameters)
    total: int = rows_of(statements.COUNT, asked.parameters)[0][0]
    peers = _peers([(row[8], row[2]) for row in rows])
    names = Names(shop, channel, [row[2] for row in rows], [u for r in rows for u in r[12:14]])
    found = [
        Given(
            at=row[0],
            price_list_id=row[1],
            variant_id=row[2],
            good=names.good(row[2]),
            min_quantity=row[3],
            price=Money(row[4], row[7]),
            instead=Money(row[14], row[7]) if row[14] is not None else None,
            starts_at=row[5],
            ends_at=row[6],
            legal_entity_id=row[8],
            legal_entity=row[9],
            company_id=row[10],
            company=row[11] or "",
            who=names.person(row[12]),
            confirmed_by=names.person(row[13]),
            reason=row[15],
            peers=peers[row[8], row[2]],
        )
        for row in rows
    ]
    return found, total


def dips(by: access.User, shop: Shop, asked: Asked) -> list[Dip]:
    """What was made cheaper shortly before an order and went back after it, the newest order
    first. Two queries."""
    demand(by)
    with transaction.atomic(), connection.cursor() as cursor:
        # The planner can't know how few changes lie before an order, and would loop.
        cursor.execute("SET LOCAL enable_nestloop = off")
        rows = rows_of(statements.DIPS, asked.parameters)
        cursor.execute("SET LOCAL enable_nestloop TO DEFAULT")
    names = Names(shop, None, (), [user for row in rows for user in (row[5], row[9])])
    return [
        Dip(
            kind=row[0],
            price_list_id=row[1],
            price_list=row[21],
            variant_id=row[2],
            good=row[3],
            at=row[4],
            who=names.person(row[5]),
            before=row[6],
            value=row[7],
            back_at=row[8],
            back_by=names.person(row[9]),
            order_id=row[10],
            number=row[11],
            placed_at=row[12],
            legal_entity_id=row[13],
            legal_entity=row[14],
            company_id=row[15],
            company=row[16],
            quantity=as_quantity(row[17]),
            unit_price=Money(row[18], row[20]),
            total=Money(row[19], row[20]),
        )
        for row in rows
    ]


def discounts(by: access.User, shop: Shop, asked: Asked) -> list[Discount]:
    """Each buyer's discounts by manager, the dearest to the shop first. Two queries."""
    demand(by)
    rows = rows_of(statements.BY_MANAGER, asked.parameters)
    names = Names(shop, None, (), [row[0] for row in rows])
    return [
        Discount(
            who=names.person(row[0]),
            legal_entity_id=row[1],
            legal_entity=row[2],
            company_id=row[3],
            company=row[4] or "",
            prices=row[6],
            average=row[7],
            deepest=row[8],
            under_floor=row[9],
            ordered=Money(row[10], row[5]) if row[10] is not None else None,
            given_away=Money(row[11], row[5]) if row[11] is not None else None,
        )
        for row in rows
    ]


def rows_of(statement: str, parameters: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement.format(**statements.tables()), parameters)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        return found


def _peers(pairs: Sequence[tuple[int, int]]) -> dict[tuple[int, int], Peers]:
    if not pairs:
        return {}
    wanted = list(dict.fromkeys(pairs))
    rows = rows_of(
        statements.PEERS,
        {"entities": [each[0] for each in wanted], "variants": [each[1] for each in wanted]},
    )
    return {(row[0], row[1]): Peers(*row[2:]) for row in rows}


class Names:
    """Of people and goods, asked for once."""

    def __init__(
        self,
        shop: Shop,
        channel: Channel | None,
        variants: Sequence[int],
        users: Sequence[int | None],
    ) -> None:
        self._people = shop.people.get({each for each in users if each is not None})
        self._goods = shop.catalogue.variants(set(variants), channel) if channel else {}

    def person(self, user_id: int | None) -> str:
        if user_id is None:
            return ""
        if user_id not in self._people:
            return f"№ {user_id}"
        person = self._people[user_id]
        login = logins.shown(person.email)
        return f"{person.name} ({login})" if person.name else login

    def good(self, variant_id: int) -> str:
        found = self._goods.get(variant_id)
        return found.full_name if found else f"№ {variant_id}"
