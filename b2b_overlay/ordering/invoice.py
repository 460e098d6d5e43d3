"""счёт на оплату: what a wholesale order asks to pay, to whom, by which requisites.

Rules kept here:

* goods, prices, VAT and sums are the order's own, frozen when it was placed; nothing is reckoned
  from today's prices. Requisites of seller and payer are today's: money goes to the account that
  is open now;
* quantity and price are in the unit the price was quoted for, as in the document 1C gets;
* VAT is summed by rate over the lines, each rounded to the kopeck when the order was made: so it
  is in 1C's XML and in 1C itself, which keeps VAT by line; the VAT of the total may differ by
  kopecks;
* an invoice that doesn't add up to its order, or has nowhere to pay to, isn't shown: a sentence
  says why.

It is paper for the payer's accountant, not an electronic document in law: the original is 1C's.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from django.utils import timezone
from django.utils.translation import gettext as _

from b2b_overlay.company import access
from b2b_overlay.company.models import LegalEntity
from b2b_overlay.in_words import in_words
from b2b_overlay.money import Money, quantize
from b2b_overlay.shop import Refusal, Refused
from b2b_overlay.terms.models import Contract, Organization
from b2b_overlay.terms.organizations import lacking, seller_of

from .models import WholesaleOrder, WholesaleOrderLine
from .orders import orders_for
from .payment_code import Payee, payment_code

__all__ = ["Invoice", "InvoiceLine", "VatPart", "invoice_for", "invoice_of", "line_of"]


@dataclass(frozen=True, slots=True)
class InvoiceLine:
    """A line in the unit it was sold by."""

    position: int
    article: str
    name: str
    quantity: Decimal
    unit: str
    price: Money
    total: Money
    #: Percent; None: «без НДС» where it is exempt, else not told.
    vat_rate: Decimal | None
    is_vat_exempt: bool
    vat: Money


@dataclass(frozen=True, slots=True)
class VatPart:
    """The VAT of one rate; without a rate: what is «без НДС»."""

    rate: Decimal | None
    #: Sum of the lines it is reckoned from, as they stand.
    base: Money
    vat: Money


@dataclass(frozen=True, slots=True)
class Invoice:
    """Everything that stands on it."""

    order: WholesaleOrder
    number: str
    day: date
    seller: Organization
    payer: LegalEntity
    contract: Contract | None
    lines: tuple[InvoiceLine, ...]
    vat_included: bool
    #: By rate from the highest, then what is without VAT.
    vat_parts: tuple[VatPart, ...]
    #: Of the lines; with VAT on top, ``total`` is more.
    goods: Money
    vat: Money
    total: Money
    #: «Двести двадцать один рубль 05 копеек»
    in_words: str
    is_prepaid: bool
    due_date: date | None
    purpose: str
    #: Text of the payment code; empty: none can be given.
    code: str
    #: What 1C says the order comes to, where that is another sum.
    onec_total: Money | None

    @property
    def is_copy(self) -> bool:
        """Has 1C a document of its own?"""
        return bool(self.order.onec_number)


def invoice_for(user: access.User | None, order_id: str) -> Invoice:
    """The invoice of an order the user may see. Raises ``WholesaleOrder.DoesNotExist`` for
    others', and :class:`Refused` where there can be no invoice, with what the desk can do."""
    order = (
        orders_for(user)
        .select_related("legal_entity", "company", "contract__organization")
        .get(order_id=order_id)
    )
    return invoice_of(order, for_desk=access.is_desk(user))


def invoice_of(order: WholesaleOrder, *, for_desk: bool = True) -> Invoice:
    """The order as an invoice. Raises :class:`Refused`; a buyer isn't told what the shop lacks."""
    seller = seller_of(order.contract)
    if order.is_cancelled:
        raise Refused(Refusal("INVALID", _("The order is cancelled: there is nothing to pay.")))
    if seller is None or lacking(seller):
        raise Refused(Refusal("INVALID", _nowhere_to_pay(seller, for_desk)))
    lines = [line_of(order, line) for line in order.lines.all()]
    parts = _by_rate(lines, order.currency)
    goods = _sum((line.total for line in lines), order.currency)
    vat = _sum((line.vat for line in lines), order.currency)
    total = Money(quantize(order.total, order.currency), order.currency)
    if (goods if order.vat_included else goods + vat) != total:
        raise Refused(Refusal("INVALID", _doesnt_add_up(order, for_desk)))
    return _invoice(order, seller, tuple(lines), parts, (goods, vat, total))


def _invoice(
    order: WholesaleOrder,
    seller: Organization,
    lines: tuple[InvoiceLine, ...],
    parts: tuple[VatPart, ...],
    sums: tuple[Money, Money, Money],
) -> Invoice:
    goods, vat, total = sums
    day = timezone.localdate(order.placed_at)
    purpose = _purpose(order.number, day, parts, vat)
    differs = order.onec_total is not None and order.onec_total != total.amount
    is_payable = not differs and order.paid_at is None
    words = in_words(total)
    return Invoice(
        order=order,
        number=order.number,
        day=day,
        seller=seller,
        payer=order.legal_entity,
        contract=order.contract,
        lines=lines,
        vat_included=order.vat_included,
        vat_parts=parts,
        goods=goods,
        vat=vat,
        total=total,
        in_words=words[0].upper() + words[1:],
        is_prepaid=order.payment == Contract.Payment.PREPAID,
        due_date=order.due_date,
        purpose=purpose,
        # A code is paid at a press: not for a sum that isn't owed any more.
        code=payment_code(_payee(seller), total, purpose) if is_payable else "",
        onec_total=Money(order.onec_total, order.currency)
        if differs and order.onec_total is not None
        else None,
    )


def line_of(order: WholesaleOrder, line: WholesaleOrderLine) -> InvoiceLine:
    """In the unit the price was quoted for; in base units where it was sold in parts of one."""
    whole = line.coefficient > 0 and not line.quantity % line.coefficient
    coefficient = line.coefficient if whole else Decimal(1)
    return InvoiceLine(
        position=line.position,
        article=line.article,
        name=line.name,
        quantity=(Decimal(line.quantity) / coefficient).normalize() + 0,
        unit=(line.unit if whole else "") or line.base_unit,
        price=Money(line.unit_price * coefficient, order.currency).quantized(),
        total=Money(line.total, order.currency).quantized(),
        vat_rate=None if line.vat_exempt else line.vat_rate,
        is_vat_exempt=line.vat_exempt,
        vat=Money(line.vat, order.currency).quantized(),
    )


def _sum(of: Iterable[Money], currency: str) -> Money:
    return sum(of, Money.zero(currency)).quantized()


def _by_rate(lines: Iterable[InvoiceLine], currency: str) -> tuple[VatPart, ...]:
    grouped: dict[Decimal | None, list[InvoiceLine]] = {}
    for line in lines:
        if line.vat_rate is not None or line.is_vat_exempt:
            grouped.setdefault(line.vat_rate, []).append(line)
    rates = sorted(grouped, key=lambda rate: -1 if rate is None else rate, reverse=True)
    return tuple(
        VatPart(
            rate,
            _sum((line.total for line in grouped[rate]), currency),
            _sum((line.vat for line in grouped[rate]), currency),
        )
        for rate in rates
    )


def _payee(seller: Organization) -> Payee:
    return Payee(
        name=seller.full_name or seller.name,
        account=seller.account,
        bank_name=seller.bank_name,
        bic=seller.bic,
        correspondent=seller.correspondent,
        inn=seller.inn,
        kpp=seller.kpp,
    )


def _purpose(number: str, day: date, parts: tuple[VatPart, ...], vat: Money) -> str:
    """назначение платежа, as banks and accountants read it; in Russian whoever looks."""
    text = f"Оплата по счёту № {number} от {day:%d.%m.%Y}"
    if vat.amount:
        rates = [f" {part.rate.normalize():f}%" for part in parts if part.rate is not None]
        return f"{text}. В том числе НДС{rates[0] if len(rates) == 1 else ''} {vat.amount}"
    untaxed = parts and all(part.rate is None for part in parts)
    return f"{text}. НДС не облагается" if untaxed else text


def _nowhere_to_pay(seller: Organization | None, for_desk: bool) -> str:
    if not for_desk:
        return _("There is no invoice for this order yet. Ask your manager for one.")
    if seller is None:
        return _(
            "No invoice: the shop has no organisation written down. Write its requisites and "
            "its bank account under «Organisations»."
        )
    sentence = _("No invoice: of the organisation «%(name)s» this isn't known: %(what)s.")
    return sentence % {"name": seller.name, "what": ", ".join(lacking(seller))}


def _doesnt_add_up(order: WholesaleOrder, for_desk: bool) -> str:
    if not for_desk:
        return _("There is no invoice for this order yet. Ask your manager for one.")
    sentence = _("No invoice: the lines of order No. %(number)s don't come to its sum.")
    return sentence % {"number": order.number}
