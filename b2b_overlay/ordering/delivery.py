"""What delivery costs a cart: what the shop says, unless the cart's contract says less.

A contract may have a price that no way of delivery costs more than, and a sum of goods from which
it is free. A way that is cheaper anyway (he fetches the goods himself) stays so. The shop asks
here whenever it says what delivery of a cart costs, and once more when the cart has changed.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.utils import timezone

from b2b_overlay.money import Money
from b2b_overlay.pricing.rates import in_currency
from b2b_overlay.shop import Channel
from b2b_overlay.terms.models import Contract

from .checkouts import in_force

__all__ = ["charged", "has_prices"]


def charged(
    checkout_id: str,
    user_id: int | None,
    channel: Channel,
    goods: Money,
    prices: Mapping[str, Money],
) -> dict[str, Money]:
    """What these ways of delivery (the shop's price of each, by its id) cost the cart, whose
    goods come to so much. Two queries; a retail cart's one."""
    contract = _contract(checkout_id, user_id, channel)
    if contract is None:
        return dict(prices)
    return {key: _agreed(contract, price, goods) for key, price in prices.items()}


def has_prices(checkout_id: str, user_id: int | None, channel: Channel) -> bool:
    """Does the cart's contract say anything of delivery?"""
    return _contract(checkout_id, user_id, channel) is not None


def _contract(checkout_id: str, user_id: int | None, channel: Channel) -> Contract | None:
    """The contract the cart is under, if that says anything of delivery."""
    terms = in_force(checkout_id, user_id, channel)
    contract = terms.contract if terms else None
    said = contract and (contract.delivery_price, contract.free_delivery_from) != (None, None)
    return contract if said else None


def _agreed(contract: Contract, price: Money, goods: Money) -> Money:
    day = timezone.localdate()

    def here(money: Money) -> Money | None:
        """In the channel's currency; None: no rate is known."""
        return in_currency(money, price.currency, day)

    if contract.free_delivery_from is not None:
        enough = here(Money(contract.free_delivery_from, contract.currency))
        if enough is not None and goods >= enough:
            return Money.zero(price.currency)
    if contract.delivery_price is not None:
        most = here(Money(contract.delivery_price, contract.currency))
        if most is not None and most < price:
            return most.quantized()
    return price
