"""Walk a price list's chain: from where a price is written, through each list that derives from
it, to what is charged in the channel.

A thousand prices are asked for at once, and seldom how one was reckoned. So the amount is walked
for alone, and the steps in words only when somebody reads them, by the same walk.
"""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from django.utils.translation import gettext as _

from b2b_overlay.money import Money, smallest
from b2b_overlay.quantities import ONE, counted, grid
from b2b_overlay.values import value

from .levels import RETAIL
from .lists import ListRow, Ranked
from .needs import Needs
from .reckoning import Cant, Mode, Step, VatOf, at_last, converted, derived

__all__ = ["Found", "Walk"]


@value
class Found:
    """A price row: of the list ``hop`` steps down the chain of the list ranked ``rank``."""

    rank: int
    hop: int
    min_quantity: Decimal
    amount: Decimal
    unit: str
    coefficient: Decimal
    #: Base units in one piece of the shop; None: nobody asked yet.
    piece: Decimal | None = None


class Walk:
    """Within one question: what is charged where, and what reckoning may need."""

    #: In what the shop's retail prices are, and in what an answer is.
    at_retail: Mode
    here: Mode
    needs: Needs

    def amount(self, ranked: Ranked, variant_id: int, row: Found | None) -> Decimal | None:
        """A list's price of a variant: from its row, or from retail where it has none; None:
        it has none of either. Raises :class:`Cant`."""
        return self._walked(ranked, variant_id, row, None)

    def steps(self, ranked: Ranked, variant_id: int, row: Found | None) -> tuple[Step, ...]:
        """How that price was reckoned, in words; the last step is the price."""
        said: list[Step] = []
        self._walked(ranked, variant_id, row, said)
        return tuple(said)

    def _walked(
        self, ranked: Ranked, variant_id: int, row: Found | None, said: list[Step] | None
    ) -> Decimal | None:
        if row is not None:
            found = ranked.chain[row.hop]
            hop, amount, mode = row.hop, row.amount, found.mode
            if said is not None:
                said.append(_written(found.name, amount, mode))
        else:
            money = self.needs.retail(variant_id)
            if money is None:
                return None
            hop, amount, mode = len(ranked.chain), money.amount, self.at_retail
            if said is not None:
                said.append(_written(str(RETAIL.name), amount, mode))
        for each in reversed(ranked.chain[:hop]):
            amount = self._derive(each, variant_id, amount, mode, said)
            mode = each.mode
        if mode != self.here:
            amount = self._charge(variant_id, amount, mode, said)
        return self._of_pieces(amount, self._piece(variant_id, row), said)

    def _piece(self, variant_id: int, row: Found | None) -> Decimal:
        return row.piece if row and row.piece is not None else self.needs.piece(variant_id)

    def _of_pieces(self, amount: Decimal, piece: Decimal, said: list[Step] | None) -> Decimal:
        """A price of what is sold in fractions: such that a piece of the shop costs whole minor
        units. The one place where it is rounded to that; far off, it can't be told."""
        if piece == ONE:
            return amount
        step = grid(piece, smallest(self.here.currency))
        exact = (amount / step).quantize(ONE, ROUND_HALF_UP) * step
        if exact == amount:
            return amount
        words = {"piece": counted(piece), "step": Money(step, self.here.currency)}
        if abs(exact - amount) * 100 > amount:
            raise Cant(_("%(piece)s of it doesn't cost whole kopecks") % words)
        if said is not None:
            text = _("to %(step)s, so that %(piece)s costs whole kopecks") % words
            said.append(Step(text, Money(exact, self.here.currency)))
        return exact

    def _charge(
        self, variant_id: int, amount: Decimal, mode: Mode, said: list[Step] | None
    ) -> Decimal:
        """A price of another currency or VAT mode, as it is charged in the channel."""
        amount, words = self._converted(variant_id, amount, mode, self.here, said)
        amount = at_last(amount, self.here.currency)
        if amount <= 0:
            raise Cant(_("the converted price comes to nothing"))
        if said is not None:
            said.append(Step(words, Money(amount, self.here.currency)))
        return amount

    def _derive(
        self,
        price_list: ListRow,
        variant_id: int,
        amount: Decimal,
        mode: Mode,
        said: list[Step] | None,
    ) -> Decimal:
        """One list down the chain: converted to its own mode, its percentage, its rounding."""
        if mode != price_list.mode:
            amount, words = self._converted(variant_id, amount, mode, price_list.mode, said)
            if said is not None:
                said.append(Step(words))
        percent, of = self.needs.percent(price_list, variant_id)
        amount = derived(amount, percent, price_list.rounding_step, price_list.rounding)
        if amount <= 0:
            raise Cant(_("the derived price comes to nothing"))
        if said is not None:
            said.append(_derived(price_list, percent, of, amount))
        return amount

    def _converted(
        self, variant_id: int, amount: Decimal, mode: Mode, there: Mode, said: list[Step] | None
    ) -> tuple[Decimal, str]:
        words: list[str] | None = None if said is None else []
        vat = VatOf() if mode.vat_included is there.vat_included else self.needs.vat(variant_id)
        rates = {} if mode.currency == there.currency else self.needs.rates()
        amount = converted(amount, mode, there, vat, rates, words)
        return amount, "; ".join(words or ())


def _written(name: str, amount: Decimal, mode: Mode) -> Step:
    words = _("%(name)s, with VAT") if mode.vat_included else _("%(name)s, without VAT")
    return Step(words % {"name": name}, Money(amount, mode.currency))


def _derived(price_list: ListRow, percent: Decimal, of: str, amount: Decimal) -> Step:
    sentence = _("«%(list)s»: %(percent)s %%%(of)s, to %(step)s") % {
        "list": price_list.name,
        "percent": f"{percent.normalize():+f}",
        "of": f" ({of})" if of else "",
        "step": f"{price_list.rounding_step.normalize():f}",
    }
    return Step(sentence, Money(amount, price_list.currency))
