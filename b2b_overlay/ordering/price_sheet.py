"""The buyer's own price list as a spreadsheet: the catalogue at the prices he would pay now.

What a good costs is the resolver's answer for the legal entity he buys for, as in the catalogue
and the cart; quantity steps are columns. A customer without one gets retail.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from itertools import islice
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from b2b_overlay.company import access
from b2b_overlay.money import Money
from b2b_overlay.pricing.parts import parts
from b2b_overlay.quantities import counted
from b2b_overlay.sheets import BookWriter
from b2b_overlay.shop import Channel, Shop
from b2b_overlay.terms.current import Terms, terms_for

from .goods import Good, beside, goods
from .visibility import hidden_from

__all__ = ["write_price_sheet"]

#: Goods priced at once.
_BATCH = 1_000
#: The shop's search wants a limit; no shop has so many goods.
_ALL = 10_000_000
#: Columns for quantity steps, the commonest ones.
_STEPS = 8

#: Prices by the quantity they begin from, above the first.
_Steps = dict[Decimal, Money]


def write_price_sheet(
    shop: Shop, user: access.User, channel: Channel, stream: BinaryIO
) -> Terms | None:
    """Write it; under which terms (None: retail). The number of queries grows by the thousand
    goods."""
    terms = terms_for(user, channel)
    priced = list(_priced(shop, user, channel, terms))
    met = Counter(step for _good, steps in priced for step in steps)
    columns = sorted(step for step, _count in met.most_common(_STEPS))
    first = [
        _("Article"),
        _("Barcode"),
        _("Name of the good"),
        _("Unit"),
        _("Price, %(currency)s") % {"currency": channel.currency},
    ]
    header = [
        *first,
        *(_("from %(count)s") % {"count": f"{step.normalize():f}"} for step in columns),
        _("VAT"),
        _("Sold by"),
        _("In stock"),
    ]
    money = range(len(first) - 1, len(first) + len(columns))
    title = terms.legal_entity.name if terms else _("Prices")
    writer = BookWriter(title, header, wide=[2], money=money)
    for good, steps in priced:
        writer.add(_row(good, steps, columns))
    writer.save(stream)
    return terms


def _priced(
    shop: Shop, user: access.User, channel: Channel, terms: Terms | None
) -> Iterator[tuple[Good, _Steps]]:
    cart = beside(shop, user, terms)
    hidden = hidden_from(shop, user)
    sold = shop.catalogue.search(
        "", channel, without=hidden.absent, without_variants=hidden.goods, limit=_ALL
    )
    ids = iter(sold.items)
    while batch := dict.fromkeys(islice(ids, _BATCH), 1):
        found = goods(shop, channel, terms, batch, cart)
        retail = {pk: good.variant.retail for pk, good in found.items()}
        told = parts(terms, dict.fromkeys(found, 1), retail, cart) if terms else {}
        for pk in batch:
            if pk in found:
                tiers = told[pk].tiers if pk in told else ()
                steps = {each.min_quantity: each.price for each in tiers if each.price}
                yield found[pk], {step: price for step, price in steps.items() if step > 1}


def _row(good: Good, steps: _Steps, columns: list[Decimal]) -> list[Any]:
    return [
        good.article,
        good.facts.barcode,
        good.variant.full_name,
        good.facts.unit,
        good.price.amount if good.price else None,
        *(steps[step].amount if step in steps else None for step in columns),
        good.vat_text,
        f"{good.sold_in} × {counted(good.step)}" if good.step != 1 else None,
        {"no": _("no"), "few": _("few"), "many": _("many")}[good.stock],
    ]
