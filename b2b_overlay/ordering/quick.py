"""Quick order: lines of «article quantity» pasted from a spreadsheet or a letter.

A line that can't be understood is kept and marked, never dropped: what can be ordered goes
into the cart, the rest comes back to be put right. Rules: the last word of a line is the
quantity, in base units, unless there is only one word (then: one pack); between them stands
a space, a tab, a semicolon or a comma; an article that several goods bear is not guessed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from django.utils.translation import gettext as _

from b2b_overlay.company import access
from b2b_overlay.quantities import Quantity, counted, read
from b2b_overlay.shop import Channel, Refusal, Refused, Shop
from b2b_overlay.terms.current import Terms

from . import cart
from .goods import Good, by_code, goods
from .visibility import NOTHING, Hidden, hidden_from

__all__ = ["MAX_LINES", "Entry", "match", "order", "parse"]

MAX_LINES = 300
#: Units that people write behind a quantity.
_UNITS = "шт|pcs|пог\\. ?м|м[23²³]?|кг|г|т|л|m|kg"
_LINE = re.compile(
    rf"^(?P<code>.+?)[\s;,]+(?P<quantity>[\d.,]+)\s*(?:{_UNITS})?\.?$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Entry:
    """One pasted line; with ``problem`` it could not be ordered, and why."""

    number: int
    text: str
    code: str
    #: Base units; None: one pack.
    quantity: Quantity | None
    good: Good | None = None
    problem: str = ""


def parse(text: str) -> list[Entry]:
    """The lines of ``text`` that aren't blank, numbered as pasted."""
    lines = [(n, line.strip()) for n, line in enumerate(text.splitlines(), 1)]
    return [_entry(number, line) for number, line in lines if line]


def _entry(number: int, line: str) -> Entry:
    if not (found := _LINE.match(line)):
        return Entry(number, line, line, None)
    code, quantity = found["code"].strip(), found["quantity"].strip(".,")
    if found_quantity := read(quantity):
        return Entry(number, line, code, found_quantity)
    problem = _("«%(quantity)s» is no quantity: write a number.") % {"quantity": quantity}
    return Entry(number, line, code, None, problem=problem)


def _by_sku(shop: Shop, channel: Channel, codes: Sequence[str]) -> dict[str, list[int]]:
    """Variant ids by the shop's own SKU, for codes that no article or barcode answered."""
    candidates = {code: shop.catalogue.search(code, channel, limit=3).items for code in codes}
    variants = shop.catalogue.variants({pk for ids in candidates.values() for pk in ids}, channel)
    return {
        code: [pk for pk in ids if pk in variants and variants[pk].sku.casefold() == code]
        for code, ids in candidates.items()
    }


def match(
    shop: Shop,
    channel: Channel,
    terms: Terms | None,
    entries: Sequence[Entry],
    *,
    without: Hidden = NOTHING,
) -> list[Entry]:
    """Find each entry's good and say what is wrong with it."""
    if len(entries) > MAX_LINES:
        text = _("That is %(count)s lines; at most %(most)s go in at once. Paste them in parts.")
        raise Refused(Refusal("INVALID", text % {"count": len(entries), "most": MAX_LINES}))
    codes = {e.code.casefold() for e in entries}
    ids = by_code([e.code for e in entries])
    ids |= _by_sku(shop, channel, sorted(codes - ids.keys()))
    wanted = {pk: 1 for many in ids.values() for pk in many}
    found = goods(shop, channel, terms, wanted, dict, without=without)
    return [_matched(entry, ids, found) for entry in entries]


def _matched(entry: Entry, ids: Mapping[str, list[int]], found: Mapping[int, Good]) -> Entry:
    if entry.problem:
        return entry
    good_ids = [pk for pk in ids.get(entry.code.casefold(), []) if pk in found]
    if not good_ids:
        problem = _("There is no article «%(code)s».") % {"code": entry.code}
        return replace(entry, problem=problem)
    if len(good_ids) > 1:
        problem = _("Several goods bear the article «%(code)s»; choose in the catalogue.")
        return replace(entry, problem=problem % {"code": entry.code})
    good = found[good_ids[0]]
    entry = replace(entry, good=good, quantity=entry.quantity or good.step)
    return replace(entry, problem=_problem(good, entry.quantity or good.step))


def _problem(good: Good, quantity: Quantity) -> str:
    if not good.answer.exists:
        return str(getattr(good.answer, "reason", ""))
    if refusal := good.pack_refusal(quantity):
        return refusal.message
    if quantity > good.in_stock:
        return _("Only %(count)s %(unit)s in stock.") % {
            "count": counted(good.in_stock),
            "unit": good.facts.unit,
        }
    return ""


def order(
    shop: Shop, user: access.User, channel: Channel, text: str
) -> tuple[list[Entry], list[Entry]]:
    """Put what can be ordered into the cart: (lines taken, lines left, each with why).

    Raises :class:`Refused` for more than :data:`MAX_LINES` lines; nothing changes then.
    """
    terms = cart.terms_ahead(shop, user, channel)
    entries = match(shop, channel, terms, parse(text), without=hidden_from(shop, user))
    taken = [entry for entry in entries if not entry.problem]
    left = [entry for entry in entries if entry.problem]
    while taken:
        try:
            cart.add(shop, user, channel, _quantities(taken))
        except Refused as refused:
            taken, back = _put_back(taken, refused)
            left += back
        else:
            break
    return taken, sorted(left, key=lambda entry: entry.number)


def _quantities(entries: Sequence[Entry]) -> dict[int, Quantity]:
    found: dict[int, Quantity] = {}
    for entry in entries:
        assert entry.good
        pk = entry.good.variant.id
        found[pk] = found.get(pk, 0) + (entry.quantity or entry.good.step)
    return found


def _put_back(taken: Sequence[Entry], refused: Refused) -> tuple[list[Entry], list[Entry]]:
    """Split by what the shop refused; a refusal that names no good is everybody's."""
    by_variant = {r.variant_id: r.message for r in refused.refusals}
    general = by_variant.pop(None, "")
    if general or not by_variant:
        return [], [replace(entry, problem=general or str(refused)) for entry in taken]
    kept: list[Entry] = []
    back: list[Entry] = []
    for entry in taken:
        assert entry.good
        problem = by_variant.get(entry.good.variant.id, "")
        (back if problem else kept).append(replace(entry, problem=problem))
    return (kept, back) if back else ([], [replace(e, problem=str(refused)) for e in taken])
