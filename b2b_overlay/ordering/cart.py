"""The buyer's open cart: look into it, put things in, say for whom it is.

One cart for a user and channel, the shop's own. Whom the buyer is buying for and whom his
cart is for change together here, so that the prices he looks at are the prices in his cart;
where another way in (the shop's own API) made them differ, the page says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from b2b_overlay.company import access
from b2b_overlay.company.choice import choose
from b2b_overlay.company.models import LegalEntity
from b2b_overlay.money import Money
from b2b_overlay.quantities import Quantity
from b2b_overlay.shop import Channel, Checkout, CheckoutLine, Refused, Shop
from b2b_overlay.terms.current import Terms, terms_for

from . import checkouts
from .gate import is_wholesale, refusals
from .goods import Good, beside, goods

__all__ = ["Cart", "CartLine", "add", "buy_for", "look", "open_checkout", "put", "terms_ahead"]


@dataclass(frozen=True, slots=True)
class CartLine:
    """A line as the shop charges it, and what keeps it from being ordered."""

    line: CheckoutLine
    #: None: the shop no longer shows this variant.
    good: Good | None
    problems: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cart:
    checkout: Checkout
    #: Under which terms; None: a retail cart, or terms that no longer hold.
    terms: Terms | None
    lines: tuple[CartLine, ...]
    #: What keeps the whole cart from being ordered.
    problems: tuple[str, ...]

    @property
    def can_be_ordered(self) -> bool:
        return bool(self.terms and self.lines and not self.problems) and not any(
            line.problems for line in self.lines
        )

    @property
    def vat(self) -> Money:
        """The VAT inside the lines' sums."""
        zero = Money.zero(self.checkout.channel.currency)
        return sum((x.good.vat_in(x.line.total) for x in self.lines if x.good), zero)


def open_checkout(shop: Shop, user: access.User, channel: Channel) -> Checkout | None:
    """The user's open cart as the shop has it; None: he has none."""
    if not user.is_authenticated:
        return None
    checkout_id = shop.checkouts.of_user(int(user.pk), channel)
    return shop.checkouts.get(checkout_id) if checkout_id else None


def look(shop: Shop, user: access.User, channel: Channel) -> Cart | None:
    """The open cart with everything that stands in its way; None: there is none."""
    checkout = open_checkout(shop, user, channel)
    if checkout is None or not checkout.lines:
        return None
    terms = checkouts.terms_on(checkout)
    found = goods(shop, channel, terms, {x.variant_id: x.quantity for x in checkout.lines})
    refused = refusals(shop, checkout)
    lines = tuple(
        CartLine(
            line,
            found.get(line.variant_id),
            tuple(r.message for r in refused if r.line_id == line.id),
        )
        for line in checkout.lines
    )
    return Cart(checkout, terms, lines, tuple(r.message for r in refused if not r.line_id))


def terms_ahead(shop: Shop, user: access.User, channel: Channel) -> Terms | None:
    """The terms what is put in now will be priced under: the cart's own, else the user's."""
    checkout = open_checkout(shop, user, channel)
    if checkout is not None and is_wholesale(checkout.id):
        return checkouts.terms_on(checkout)
    return terms_for(user, channel)


def put(shop: Shop, user: access.User, channel: Channel, quantities: Mapping[int, Quantity]) -> str:
    """Have these variants in the open cart at these quantities (base units; 0 takes out).

    Returns the cart's id. Raises :class:`Refused` for what isn't a whole number of packs and
    for whatever the shop refuses (stock, not for sale); nothing changes then.
    """
    terms = terms_ahead(shop, user, channel)
    wanted = {pk: quantity for pk, quantity in quantities.items() if quantity > 0}
    found = goods(shop, channel, terms, wanted, beside(shop, user, terms))
    wrong = [
        refusal
        for pk, good in found.items()
        if (terms or good.is_in_fractions) and (refusal := good.pack_refusal(wanted[pk]))
    ]
    if wrong:
        raise Refused(*wrong)
    return shop.checkouts.set_quantities(int(user.pk), channel, quantities)


def add(shop: Shop, user: access.User, channel: Channel, quantities: Mapping[int, Quantity]) -> str:
    """Put these quantities in besides what lies there already. As :func:`put`."""
    checkout = open_checkout(shop, user, channel)
    there = {x.variant_id: x.quantity for x in checkout.lines} if checkout else {}
    return put(
        shop, user, channel, {pk: there.get(pk, 0) + more for pk, more in quantities.items()}
    )


def buy_for(
    shop: Shop, user: access.User, channel: Channel, legal_entity_id: int | None
) -> LegalEntity | None:
    """Buy for this legal entity from now on, with what lies in the cart; None: as a private
    person, at retail. Raises ``LegalEntity.DoesNotExist`` for one he may not buy for.

    Whoever has none to choose from (B2B is off for his company) says it of this cart only: on
    again, he sees his own prices without choosing anew."""
    entity = None
    if legal_entity_id is not None or access.legal_entities(user).exists():
        entity = choose(user, channel.slug, legal_entity_id)
    checkout_id = shop.checkouts.of_user(int(user.pk), channel)
    if checkout_id and (entity is None or access.can_order(user, entity)):
        checkouts.assign(shop, user, checkout_id, legal_entity_id)
    return entity
