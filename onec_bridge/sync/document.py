"""A wholesale order as the document that 1C reads. Pure but for what it is handed.

Rules (format.md, sections 5 and 6; in_practice.md, 45–70): number, date and time never change
on a repeat; every line has the Ид that 1C itself gave, because on an unknown one 1C makes new
goods; Сумма = price × quantity and Σ lines = the document's sum, to the kopeck; the buyer is
named exactly as 1C names him. What can't be said so is not said at all: the order is held
with a :class:`Problem` for a person, and the others go.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils import timezone

from b2b_overlay.company.models import LegalEntity
from b2b_overlay.money import Money
from b2b_overlay.ordering.models import WholesaleOrder, WholesaleOrderLine
from onec_bridge.commerceml.records import (
    Address,
    BaseUnit,
    Contact,
    Counterparty,
    CounterpartyKind,
    Document,
    DocumentLine,
    Problem,
    Requisite,
    Severity,
    Source,
    Tax,
    TaxRate,
)
from onec_bridge.commerceml.values import write_money, write_number

__all__ = ["KnownBuyer", "KnownGoods", "document_of"]

DELIVERY_ID = "ORDER_DELIVERY"
DELIVERY_NAME = "Доставка заказа"
#: УТ 11 looks the number up in a column this wide.
LONGEST_NUMBER = 11


@dataclass(frozen=True, slots=True)
class KnownGoods:
    """What 1C calls a variant."""

    external_id: str
    #: What it told of the offer and of its product.
    told: Mapping[str, Any] = field(default_factory=dict)
    product: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class KnownBuyer:
    """What 1C calls a legal entity; without an id 1C doesn't know it yet."""

    external_id: str = ""
    told: Mapping[str, Any] = field(default_factory=dict)


def document_of(
    order: WholesaleOrder,
    goods: Mapping[int, KnownGoods],
    buyer: KnownBuyer,
    currency: str,
) -> tuple[Document, list[Problem]]:
    """The document, and what keeps it from being given (nothing: give it).

    ``goods`` are by variant id; ``currency`` is the text by which this 1C base knows the
    order's currency.
    """
    lines = list(order.lines.all())
    placed = timezone.localtime(order.placed_at)
    document = Document(
        id=order.order_id,
        number=order.number,
        date=placed.date(),
        time=placed.time().replace(microsecond=0),
        operation="Заказ товара",
        role="Продавец",
        currency=currency,
        rate=Decimal(1),
        total=sum((line.total for line in lines), Decimal(0)),
        counterparties=(counterparty_of(order.legal_entity, buyer),),
        payment_due=order.due_date,
        comment=order.comment[:3000] or None,
        taxes=_taxes(order, lines),
        lines=tuple(_line(order, line, goods) for line in lines),
        requisites=_requisites(order),
    )
    return document, [*_held(order, lines, goods)]


# ---------------------------------------------------------------------------- lines


def _line(
    order: WholesaleOrder, line: WholesaleOrderLine, goods: Mapping[int, KnownGoods]
) -> DocumentLine:
    """Quantity and price in the unit the price was quoted for."""
    if _is_delivery(line):
        known = KnownGoods(DELIVERY_ID, {"name": DELIVERY_NAME}, {"type": "Услуга"})
    else:
        known = goods.get(line.variant_id or 0, KnownGoods(""))
    rate = _rate(line)
    return DocumentLine(
        id=known.external_id,
        article=line.article or None,
        name=str(known.told.get("name") or line.name)[:255],
        unit=BaseUnit(code=line.base_unit_code, name=line.base_unit),
        unit_name=line.unit or line.base_unit,
        coefficient=line.coefficient,
        price=line.unit_price * line.coefficient,
        quantity=line.quantity / line.coefficient,
        total=line.total,
        tax_rates=(rate,) if rate else (),
        taxes=(
            (Tax(name="НДС", included=order.vat_included, amount=line.vat, rate=rate.text),)
            if rate
            else ()
        ),
        requisites=_kinds(known.product),
    )


def _kinds(product: Mapping[str, Any]) -> tuple[Requisite, ...]:
    rows = [Requisite("ТипНоменклатуры", (product.get("type") or "Товар",))]
    if product.get("sort"):
        rows.insert(0, Requisite("ВидНоменклатуры", (product["sort"],)))
    return tuple(rows)


def _rate(line: WholesaleOrderLine) -> TaxRate | None:
    if line.vat_exempt:
        return TaxRate(name="НДС", text="Без НДС", is_exempt=True)
    if line.vat_rate is None:
        return None
    return TaxRate(name="НДС", text=write_number(line.vat_rate), rate=line.vat_rate)


def _is_delivery(line: WholesaleOrderLine) -> bool:
    """The order's own service line; goods that the shop has deleted keep their SKU."""
    return line.variant_id is None and not line.sku


def _taxes(order: WholesaleOrder, lines: list[WholesaleOrderLine]) -> tuple[Tax, ...]:
    """From here УТ 11 takes whether prices include VAT."""
    rates = {rate.text for line in lines if (rate := _rate(line))}
    return (
        Tax(
            name="НДС",
            included=order.vat_included,
            amount=sum((line.vat for line in lines), Decimal(0)),
            rate=rates.pop() if len(rates) == 1 else None,
        ),
    )


# ---------------------------------------------------------------------------- buyer


def counterparty_of(entity: LegalEntity, known: KnownBuyer) -> Counterparty:
    """The buyer by 1C's own words where it knows him, else by his card; a legal entity by
    ОфициальноеНаименование, others by ПолноеНаименование, never both."""
    is_legal = entity.kind in (LegalEntity.Kind.COMPANY, LegalEntity.Kind.FOREIGN)
    inn, kpp = known.told.get("inn") or entity.inn, known.told.get("kpp") or entity.kpp
    told = known.told.get("official_name") or known.told.get("full_name")
    full_name = told or entity.full_name or entity.name
    return Counterparty(
        id=known.external_id or f"b2b-{entity.pk}",
        name=(known.told.get("name") or entity.name)[:255],
        official_name=full_name if is_legal else None,
        full_name=None if is_legal else full_name,
        inn=inn or None,
        kpp=(kpp or None) if is_legal else None,
        kind=_counterparty_kind(entity, is_legal),
        legal_address=_address(entity.legal_address),
        address=_address(entity.address),
        contacts=_contacts(entity),
        role="Покупатель",
    )


def _counterparty_kind(entity: LegalEntity, is_legal: bool) -> CounterpartyKind:
    if is_legal:
        return CounterpartyKind.LEGAL
    return CounterpartyKind.ENTREPRENEUR if entity.inn else CounterpartyKind.PERSON


def _address(text: str) -> Address | None:
    return Address(presentation=text) if text else None


def _contacts(entity: LegalEntity) -> tuple[Contact, ...]:
    """The two types that УТ 11 stores, in its spelling."""
    pairs = (("ТелефонРабочий", entity.phone), ("Почта", entity.email))
    return tuple(Contact(kind, value) for kind, value in pairs if value)


# ----------------------------------------------------------------------- requisites


def _requisites(order: WholesaleOrder) -> tuple[Requisite, ...]:
    """Terms travel as requisites by name: 1C reads no invented elements."""
    contract = order.contract
    entity = order.legal_entity
    rows = [
        ("Статус заказа", "[N] Принят"),
        ("Отменен", "false"),
        ("Финальный статус", "false"),
        ("Заказ оплачен", "false"),
        ("Метод оплаты", "Предоплата" if order.payment == "prepaid" else "Отсрочка платежа"),
        ("Договор", _contract_name(order)),
        ("Соглашение", contract.number if contract else ""),
        ("Отсрочка", str(contract.payment_days) if contract else ""),
        ("Срок оплаты", order.due_date.isoformat() if order.due_date else ""),
        ("Адрес доставки", entity.address),
        ("Комментарии покупателя", order.comment[:1000]),
    ]
    return tuple(Requisite(name, (value,)) for name, value in rows if value)


def _contract_name(order: WholesaleOrder) -> str:
    """«№ 17 от 01.04.2026»: as 1C names contracts, whatever language the server speaks."""
    contract = order.contract
    if contract is None:
        return ""
    of = f"от {contract.date:%d.%m.%Y}" if contract.date else ""
    return " ".join(part for part in (contract.number and f"№ {contract.number}", of) if part)


# --------------------------------------------------------------------------- checks


def _held(
    order: WholesaleOrder,
    lines: list[WholesaleOrderLine],
    goods: Mapping[int, KnownGoods],
) -> list[Problem]:
    """Why 1C must not get the order as it stands."""
    source = Source("", 0, 0, order.order_id, "Документ")

    def problem(code: str, element: str, value: str, **params: str) -> Problem:
        words = {"number": order.number, **params}
        return Problem(code, Severity.ERROR, source, element, value, words)

    found = []
    if len(order.number) > LONGEST_NUMBER:
        found.append(problem("order_number_too_long", "Номер", order.number))
    for line in lines:
        if not _is_delivery(line) and (line.variant_id or 0) not in goods:
            found.append(problem("order_line_without_id", "Товары/Товар/Ид", line.name))
        product = Money(line.unit_price * line.quantity, order.currency).quantized().amount
        if product != line.total or line.quantity % line.coefficient:
            found.append(
                problem(
                    "order_line_mismatch",
                    "Товары/Товар/Сумма",
                    line.name,
                    product=write_money(product),
                    total=write_money(line.total),
                )
            )
    total = sum((line.total + _on_top(order, line) for line in lines), Decimal(0))
    if total != order.total:
        found.append(
            problem(
                "order_sum_mismatch", "Сумма", write_money(order.total), lines=write_money(total)
            )
        )
    return found


def _on_top(order: WholesaleOrder, line: WholesaleOrderLine) -> Decimal:
    return Decimal(0) if order.vat_included else line.vat
