"""What the shop's own catalogue shows somebody: his prices of variants, and of whole products.

A product costs what the cheapest of its variants does, as the shop's own catalogue has it. Always
for many at once, thousands where a catalogue is listed by price: the number of statements grows
with neither.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple

from b2b_overlay.company import access
from b2b_overlay.pricing.resolver import NoPrice, Priced, resolve_cart
from b2b_overlay.shop import Channel, Shop
from b2b_overlay.terms.current import Terms, terms_for
from b2b_overlay.values import value

from .checkouts import as_charged
from .goods import beside
from .visibility import hidden_from

__all__ = ["Costing", "Listed", "Own", "costing", "own_prices"]


class Own(NamedTuple):
    """A contract price of one piece, and as the shop's promotions lower it where its list lets
    them; None: on request."""

    agreed: Decimal | None
    charged: Decimal | None


def own_prices(
    shop: Shop, user: access.User | None, terms: Terms, variant_ids: Collection[int]
) -> dict[int, Own]:
    """Contract prices by variant, in the column that the user's open cart reaches; one at retail
    is absent."""
    wanted = dict.fromkeys(variant_ids, 1)
    answers = resolve_cart(terms, wanted, {}, cart=beside(shop, user, terms))
    contract = {pk: answer for pk, answer in answers.items() if answer.is_contract}
    charged = as_charged(shop, terms, contract)
    return {pk: Own(_amount(answer), _amount(charged[pk])) for pk, answer in contract.items()}


def _amount(answer: Priced | NoPrice) -> Decimal | None:
    return answer.price.of_piece.amount if isinstance(answer, Priced) else None


@value
class Listed:
    """A product as the shop's catalogue lists it in a channel."""

    id: int
    name: str
    category_id: int | None
    #: What a piece costs a visitor now, by each variant that is sold there.
    retail: Mapping[int, Decimal]


@value
class Costing:
    """What a product costs somebody."""

    product: Listed
    #: Of a piece of its cheapest variant; None: on request, or told after signing in.
    price: Decimal | None
    #: Has he an agreed price of any of its variants?
    is_contract: bool


def costing(
    shop: Shop, user: access.User | None, channel: Channel, products: Sequence[Listed]
) -> list[Costing]:
    """What each product costs this user, in the order they came in."""
    terms = terms_for(user, channel)
    variants = [pk for product in products for pk in product.retail]
    own = own_prices(shop, user, terms, variants) if terms and variants else {}
    priceless = hidden_from(shop, user).priceless
    return [
        Costing(
            product,
            None if product.category_id in priceless else _lowest(product.retail, own),
            bool(own) and any(pk in own for pk in product.retail),
        )
        for product in products
    ]


def _lowest(retail: Mapping[int, Decimal], own: Mapping[int, Own]) -> Decimal | None:
    return min(_known(retail.items(), own), default=None)


def _known(retail: Iterable[tuple[int, Decimal]], own: Mapping[int, Own]) -> Iterator[Decimal]:
    for pk, amount in retail:
        price = own[pk].charged if pk in own else amount
        if price is not None:
            yield price
