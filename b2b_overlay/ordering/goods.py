"""What a buyer is shown of a good: his price beside the retail one, pack, stock, VAT.

Pages ask here, always for many goods at once: the number of queries doesn't grow with them.
What a good costs is the resolver's answer and nothing else, so that catalogue, cart and
order can't disagree.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext as _

from b2b_overlay.company import access
from b2b_overlay.money import Money, UnitPrice, Vat
from b2b_overlay.pricing.models import VariantFacts
from b2b_overlay.pricing.resolver import NoPrice, Priced, at_retail, resolve_cart
from b2b_overlay.quantities import Quantity, as_quantity
from b2b_overlay.shop import Channel, Page, Refusal, Shop, Variant
from b2b_overlay.terms.current import Terms

from .checkouts import as_charged, facts_of
from .gate import pack_refusal, step_of
from .models import CheckoutTerms
from .visibility import NOTHING, Hidden

__all__ = ["FEW_PACKS", "Good", "beside", "by_code", "find", "goods", "vat_text"]

#: Up to so many packs the stock is called «few».
FEW_PACKS = 10
#: As many goods as an article or barcode search may add to the shop's own search.
_ALSO = 500


def vat_text(facts: VariantFacts, included: bool) -> str:
    """«в т. ч. НДС 22 %», «без НДС» …: what a price says of VAT. «Без НДС» is not 0 %."""
    if facts.vat_exempt:
        return _("without VAT")
    if facts.vat_rate is None:
        return _("incl. VAT") if included else _("plus VAT")
    rate = {"rate": f"{facts.vat_rate.normalize():f}"}
    return _("incl. VAT %(rate)s %%") % rate if included else _("plus VAT %(rate)s %%") % rate


@dataclass(frozen=True, slots=True)
class Good:
    """One variant, as this buyer may buy it."""

    variant: Variant
    facts: VariantFacts
    answer: Priced | NoPrice
    vat_included: bool

    @property
    def article(self) -> str:
        return self.facts.article or self.variant.sku

    @property
    def price(self) -> Money | None:
        """His price of one base unit; None: it can't be ordered, see ``answer.reason``."""
        return self.answer.price.money if isinstance(self.answer, Priced) else None

    @property
    def retail(self) -> Money | None:
        """The retail price, where his own is another one."""
        return self.variant.retail if self.variant.retail != self.price else None

    @property
    def step(self) -> Quantity:
        """Base units that go in or out at once."""
        return step_of(self.answer, self.facts)

    def pack_refusal(self, quantity: Quantity) -> Refusal | None:
        """So many can't be bought at once, and why."""
        return pack_refusal(quantity, self.answer, self.facts, self.variant.full_name)

    @property
    def pack(self) -> UnitPrice | None:
        """The price as quoted, where it is for a pack."""
        if isinstance(self.answer, Priced) and self.answer.price.coefficient != 1:
            return self.answer.price
        return None

    @property
    def sold_in(self) -> str:
        """What goes in or out by :attr:`step`: the price's own pack, where that is all of it."""
        is_pack = self.pack is not None and self.pack.coefficient == self.step
        return (self.pack.unit or _("pack")) if self.pack and is_pack else self.facts.unit

    @property
    def in_stock(self) -> Quantity:
        """Base units that can be taken now: whole packs only."""
        return as_quantity(max(0, self.variant.available) // self.step * self.step)

    @property
    def is_in_fractions(self) -> bool:
        """Is it sold in fractions of its unit?"""
        return self.facts.piece != 1

    @property
    def stock(self) -> str:
        """``no``, ``few`` or ``many``."""
        if not self.in_stock:
            return "no"
        return "few" if self.in_stock <= FEW_PACKS * self.step else "many"

    @property
    def vat_text(self) -> str:
        return vat_text(self.facts, self.vat_included)

    def vat_in(self, total: Money) -> Money:
        """The VAT inside a line's sum; zero where prices are without it."""
        return Vat(self.facts.vat_rate if self.vat_included else None).inside(total)


def _retail(variant: Variant, channel: Channel) -> Priced | NoPrice:
    if variant.retail is None:
        return NoPrice(_("It isn't sold at retail; choose a legal entity."))
    return at_retail(channel, variant.retail)


#: What lies in a cart, asked for only where its sum chooses a price list.
Contents = Callable[[], Mapping[int, Quantity]]


def beside(shop: Shop, user: access.User | None, terms: Terms | None) -> Contents:
    """What lies in the user's open cart, if it is under the same terms: prices shown to him are
    those of the column that the cart's sum reaches, so that a good costs in the cart what it
    costs in the catalogue. Without a cart: the prices without columns."""

    def contents() -> Mapping[int, Quantity]:
        if terms is None or user is None or not user.is_authenticated:
            return {}
        found = shop.checkouts.contents(int(user.pk), terms.channel)
        return found if found and _is_for(shop, int(user.pk), terms) else {}

    return contents


def _is_for(shop: Shop, user_id: int, terms: Terms) -> bool:
    return CheckoutTerms.objects.filter(
        Q(contract=None) | Q(contract=terms.contract),
        checkout_id=shop.checkouts.of_user(user_id, terms.channel),
        legal_entity=terms.legal_entity,
        user_id=user_id,
    ).exists()


def goods(
    shop: Shop,
    channel: Channel,
    terms: Terms | None,
    quantities: Mapping[int, Quantity],
    cart: Contents | None = None,
    *,
    without: Hidden = NOTHING,
) -> dict[int, Good]:
    """Goods by variant id, priced at these quantities (base units); ``terms`` None: retail.
    What ``without`` lacks isn't there (:mod:`.visibility`).

    Where a cart's sum chooses prices, the quantities are taken for the whole cart, unless
    ``cart`` says what lies in one (:func:`beside`)."""
    known = shop.catalogue.variants(quantities, channel)
    variants = {pk: each for pk, each in known.items() if not without.lacks(each)}
    facts = facts_of(list(variants))
    answers: Mapping[int, Priced | NoPrice]
    if terms is None:
        answers = {pk: _retail(variant, channel) for pk, variant in variants.items()}
        for each in facts.values():
            each.step = as_quantity(each.piece)  # retail buys by the piece
    else:
        wanted = {pk: quantities[pk] for pk in variants}
        retail = {pk: variant.retail for pk, variant in variants.items()}
        answers = as_charged(shop, terms, resolve_cart(terms, wanted, retail, cart=cart))
    return {
        pk: Good(variant, facts[pk], answers[pk], channel.prices_include_vat)
        for pk, variant in variants.items()
    }


def by_code(codes: Iterable[str]) -> dict[str, list[int]]:
    """Variant ids by 1C's article or a barcode, letter case aside. One query."""
    wanted = {code.casefold() for code in codes if code}
    found: dict[str, list[int]] = {}
    if not wanted:
        return found
    spellings = wanted | {code.upper() for code in wanted} | {c for c in codes if c}
    rows = VariantFacts.objects.filter(Q(article__in=spellings) | Q(barcode__in=spellings))
    for row in rows.order_by("variant_id"):
        for code in {row.article.casefold(), row.barcode.casefold()} & wanted:
            found.setdefault(code, []).append(row.variant_id)
    return found


def find(
    shop: Shop,
    channel: Channel,
    terms: Terms | None,
    text: str = "",
    *,
    category_id: int | None = None,
    offset: int = 0,
    limit: int = 30,
    cart: Contents | None = None,
    without: Hidden = NOTHING,
) -> Page[Good]:
    """Goods whose name, SKU, article or barcode answers ``text``; whole codes come first.
    ``cart``: :func:`beside`; without it, prices are those without columns."""
    text = text.strip()
    also: list[int] = []
    exact: list[int] = []
    if text:
        exact = by_code([text]).get(text.casefold(), [])
        like = VariantFacts.objects.filter(Q(article__icontains=text) | Q(barcode__startswith=text))
        also = [*exact, *like.values_list("variant_id", flat=True)[:_ALSO]]
    page = shop.catalogue.search(
        text,
        channel,
        category_id=category_id,
        without=without.absent,
        without_variants=without.goods,
        also=also,
        offset=offset,
        limit=limit,
    )
    found = goods(shop, channel, terms, dict.fromkeys(page.items, 1), cart or dict)
    ids = sorted(page.items, key=lambda pk: pk not in exact)
    return Page([found[pk] for pk in ids if pk in found], page.total)
