"""What the resolver answers: a price with all it comes from, or why there is none.

Whoever shows, binds or orders at a price gets one of these two, so that nobody takes «no price»
for zero or retail by mistake.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import ClassVar

from django.utils.translation import gettext as _

from b2b_overlay.money import Money, UnitPrice
from b2b_overlay.shop import Channel
from b2b_overlay.values import value

from .levels import RETAIL, Level
from .lists import ListRow
from .reckoning import Step

__all__ = ["Candidate", "NoPrice", "Priced", "Written", "at_retail", "on_request"]


@value
class Priced:
    """A price and where it comes from. ``price`` is of one base unit."""

    price: UnitPrice
    level: Level
    #: None: it is the shop's own retail.
    list: ListRow | None
    min_quantity: Decimal
    #: Makes ``steps``: they are seldom read.
    reckoned: Callable[[], tuple[Step, ...]] = field(default=tuple, compare=False, repr=False)
    exists: ClassVar[bool] = True

    @property
    def price_list_id(self) -> int | None:
        return self.list.id if self.list else None

    @property
    def price_list(self) -> str:
        return self.list.name if self.list else str(self.level.name)

    @property
    def promotions_stack(self) -> bool:
        """May the shop's promotions and vouchers lower it?"""
        return self.list is None or self.list.promotions_stack

    @property
    def steps(self) -> tuple[Step, ...]:
        """From what, by what percentage, VAT and rate, rounded how; the last one is the price."""
        return self.reckoned()

    @property
    def is_contract(self) -> bool:
        """Not retail: the price is the overlay's to bind."""
        return self.list is not None


@value
class NoPrice:
    """There is no price, and why, in a sentence for the buyer."""

    reason: str
    #: цена по запросу: a price list has a price for him, and it can't be told. Retail isn't his
    #: price then.
    is_contract: bool = False
    exists: ClassVar[bool] = False


@dataclass(frozen=True, slots=True)
class Written:
    """A price row by what it says: in this list (``hop`` steps down the chain)."""

    hop: int
    price_list_id: int
    min_quantity: Decimal
    amount: Decimal


@dataclass(frozen=True, slots=True)
class Candidate:
    """What was considered, for the explanation; the first one that has a price for the good
    holds, also where that price can't be told.

    ``beaten_by`` names the level that came first; ``out`` says why it gave no price at all.
    """

    level: Level
    price_list: str
    priced: Priced | None
    beaten_by: str = ""
    out: str = ""
    #: The list with what it derives from; empty: the shop's retail.
    chain: tuple[ListRow, ...] = ()
    assignment_id: int | None = None
    #: Where the price itself is written; None: in no list.
    written: Written | None = None
    #: цена по запросу: it has a price that can't be told, ``out`` says why.
    on_request: bool = False

    @property
    def holds(self) -> bool:
        return not self.beaten_by and (self.priced is not None or self.on_request)


def on_request(cause: str) -> NoPrice:
    """цена по запросу: a list has a price that can't be told."""
    return NoPrice(_("Price on request: %(reason)s.") % {"reason": cause}, is_contract=True)


def at_retail(channel: Channel, money: Money | None) -> Priced | NoPrice:
    """The shop's own price of one piece in the channel, as an answer."""
    if money is None:
        return NoPrice(_("No price has been set for you yet; ask your manager."))
    return Priced(UnitPrice(money, channel.prices_include_vat), RETAIL, None, Decimal(1))
