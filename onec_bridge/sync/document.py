"""A wholesale order as the documents that 1C reads: one, or one for each of its parts. Pure
but for what it is handed.

Rules (format.md, sections 5 and 6; in_practice.md, 45–70): number, date and time never change
on a repeat, and НомерВерсии only with the order; every line has the Ид that 1C itself gave,
because on an unknown one 1C makes new goods; Сумма = price × quantity and Σ lines = the
document's sum, to the kopeck; the buyer is named exactly as 1C names him. What can't be said
so is not said at all: the order is held with a :class:`Problem` for a person, and the others go.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.utils import timezone

from b2b_overlay.company.models import LegalEntity
from b2b_overlay.money import Money
from b2b_overlay.ordering.models import WholesaleOrder, WholesaleOrderLine
from b2b_overlay.ordering.splitting import is_delivery
from b2b_overlay.terms.models import Organization
from onec_bridge.commerceml.records import (
    Address,
    BaseUnit,
    Characteristic,
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
    Warehouse,
)
from onec_bridge.commerceml.values import write_money, write_number

__all__ = ["KnownBuyer", "KnownGoods", "Paper", "documents_of", "whole"]

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


@dataclass(frozen=True, slots=True)
class Paper:
    """One document of an order."""

    id: str
    number: str
    lines: Sequence[WholesaleOrderLine]
    organization: Organization | None = None
    warehouse: Warehouse | None = None
    #: Which of how many.
    place: int = 1
    of: int = 1
    #: What the shop itself knows; of wholesale orders 1C is the one to tell.
    is_paid: bool = False
    is_cancelled: bool = False


def whole(order: WholesaleOrder) -> Paper:
    """The order as a single document."""
    lines = list(order.lines.all())
    return Paper(order.order_id, order.number, lines, is_cancelled=order.cancelled_here)


def documents_of(
    order: WholesaleOrder,
    papers: Sequence[Paper],
    goods: Mapping[int, KnownGoods],
    buyer: KnownBuyer,
    currency: str,
) -> tuple[list[Document], list[Problem]]:
    """The documents, and what keeps them from being given (nothing: give them).

    ``goods`` are by variant id; ``currency`` is the text by which this 1C base knows the
    order's currency.
    """
    documents = [_document(order, paper, goods, buyer, currency) for paper in papers]
    problems = [each for paper in papers for each in _held(order, paper, goods)]
    lines = [line for paper in papers for line in paper.lines]
    return documents, [*problems, *_held_whole(order, lines)]


def _document(
    order: WholesaleOrder,
    paper: Paper,
    goods: Mapping[int, KnownGoods],
    buyer: KnownBuyer,
    currency: str,
) -> Document:
    placed = timezone.localtime(order.placed_at)
    return Document(
        id=paper.id,
        number=paper.number,
        version=str(order.revision + 1),
        date=placed.date(),
        time=placed.time().replace(microsecond=0),
        operation="Заказ товара",
        role="Продавец",
        currency=currency,
        rate=Decimal(1),
        total=sum((line.total for line in paper.lines), Decimal(0)),
        counterparties=(counterparty_of(order.legal_entity, buyer),),
        warehouses=(paper.warehouse,) if paper.warehouse else (),
        payment_due=order.due_date,
        comment=_comment(order, paper) or None,
        taxes=_taxes(order, paper.lines),
        lines=tuple(_line(order, line, goods) for line in paper.lines),
        requisites=_requisites(order, paper),
    )


def _comment(order: WholesaleOrder, paper: Paper) -> str:
    """In 1C somebody has to see that there is more of the same order, or none any more: УТ 10.3
    and 7.7 read no requisite that says so."""
    said = [
        "Отменён на сайте." if paper.is_cancelled else "",
        f"Часть {paper.place} из {paper.of} заказа {order.number}." if paper.of > 1 else "",
        order.comment,
    ]
    return " ".join(filter(None, said))


# ---------------------------------------------------------------------------- lines


def _line(
    order: WholesaleOrder, line: WholesaleOrderLine, goods: Mapping[int, KnownGoods]
) -> DocumentLine:
    """Quantity and price in the unit the price was quoted for."""
    if is_delivery(line):
        known = KnownGoods(DELIVERY_ID, {"name": DELIVERY_NAME}, {"type": "Услуга"})
    else:
        known = goods.get(line.variant_id or 0, KnownGoods(""))
    rate = _rate(line)
    return DocumentLine(
        id=known.external_id,
        article=line.article or None,
        name=str(known.told.get("name") or line.name),
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
        requisites=_kinds(known),
        characteristics=tuple(
            Characteristic(name, value) for name, value in known.told.get("characteristics", ())
        ),
    )


def _kinds(known: KnownGoods) -> tuple[Requisite, ...]:
    """What sort of goods it is; what 1C has no Ид of here (a spreadsheet brought it) is told by
    its code, to people."""
    product = known.product
    rows = [Requisite("ТипНоменклатуры", (product.get("type") or "Товар",))]
    if product.get("sort"):
        rows.insert(0, Requisite("ВидНоменклатуры", (product["sort"],)))
    if not known.external_id and product.get("code"):
        rows.append(Requisite("Код", (product["code"],)))
    return tuple(rows)


def _rate(line: WholesaleOrderLine) -> TaxRate | None:
    if line.vat_exempt:
        return TaxRate(name="НДС", text="Без НДС", is_exempt=True)
    if line.vat_rate is None:
        return None
    return TaxRate(name="НДС", text=write_number(line.vat_rate), rate=line.vat_rate)


def _taxes(order: WholesaleOrder, lines: Sequence[WholesaleOrderLine]) -> tuple[Tax, ...]:
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
        name=known.told.get("name") or entity.name,
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


def _requisites(order: WholesaleOrder, paper: Paper) -> tuple[Requisite, ...]:
    """Terms travel as requisites by name: 1C reads no invented elements."""
    seller = paper.organization
    contract = order.contract
    gets = order.consignee
    rows = [
        ("Статус заказа", "[N] Принят"),
        ("Отменен", "true" if paper.is_cancelled else "false"),
        ("Финальный статус", "false"),
        ("Заказ оплачен", "true" if paper.is_paid else "false"),
        ("Метод оплаты", "Предоплата" if order.payment == "prepaid" else "Отсрочка платежа"),
        ("Договор", _contract_name(order)),
        ("Соглашение", contract.number if contract else ""),
        ("Отсрочка", str(contract.payment_days) if contract else ""),
        ("Срок оплаты", order.due_date.isoformat() if order.due_date else ""),
        ("Адрес доставки", (gets or order.legal_entity).address),
        ("Грузополучатель", gets.name if gets else ""),
        ("ИНН грузополучателя", gets.inn if gets else ""),
        ("КПП грузополучателя", gets.kpp if gets else ""),
        ("Комментарии покупателя", order.comment),
        ("Организация", seller.name if seller else ""),
        ("ИНН организации", seller.inn if seller else ""),
        ("Склад", (paper.warehouse.name or "") if paper.warehouse else ""),
        ("Заказ на сайте", order.number if paper.of > 1 else ""),
        ("Часть заказа", f"{paper.place} из {paper.of}" if paper.of > 1 else ""),
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


def _problem(order: WholesaleOrder, code: str, element: str, value: str, **params: str) -> Problem:
    source = Source("", 0, 0, order.order_id, "Документ")
    words = {"number": order.number, **params}
    return Problem(code, Severity.ERROR, source, element, value, words)


def _held(
    order: WholesaleOrder, paper: Paper, goods: Mapping[int, KnownGoods]
) -> Iterator[Problem]:
    """Why 1C must not get this document as it stands."""
    if len(paper.number) > LONGEST_NUMBER:
        yield _problem(order, "order_number_too_long", "Номер", paper.number)
    for line in paper.lines:
        if not is_delivery(line) and (line.variant_id or 0) not in goods:
            yield _problem(order, "order_line_without_id", "Товары/Товар/Ид", line.name)
        product = Money(line.unit_price * line.quantity, order.currency).quantized().amount
        is_broken = line.coefficient != 1 and line.quantity % line.coefficient
        if product != line.total or is_broken:
            sums = {"product": write_money(product), "total": write_money(line.total)}
            element = "Товары/Товар/Сумма"
            yield _problem(order, "order_line_mismatch", element, line.name, **sums)


def _held_whole(order: WholesaleOrder, lines: Sequence[WholesaleOrderLine]) -> Iterator[Problem]:
    """Why the documents together aren't the order."""
    total = sum((line.total + _on_top(order, line) for line in lines), Decimal(0))
    if total != order.total:
        sums = write_money(order.total), write_money(total)
        yield _problem(order, "order_sum_mismatch", "Сумма", sums[0], lines=sums[1])


def _on_top(order: WholesaleOrder, line: WholesaleOrderLine) -> Decimal:
    return Decimal(0) if order.vat_included else line.vat
