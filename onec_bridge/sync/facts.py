"""What 1C says of goods, as the shop needs it told: unit, VAT, article, maker, price group.

Pure functions from a record to plain values that JSON can keep. Rule: only what the record
says is given; what it is silent about stays as it was (``told`` merges).
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from b2b_overlay.pricing.pieces import piece_for
from b2b_overlay.quantities import ONE, Quantity, as_quantity, dumped
from onec_bridge.commerceml.records import BaseUnit, Offer, Product, Requisite, TaxRate
from onec_bridge.commerceml.values import parse_flag, parse_number

__all__ = [
    "COEFFICIENT",
    "RULED",
    "STEP",
    "VARIANT_FACTS",
    "WHOLESALE",
    "key_of",
    "label",
    "offer_facts",
    "product_facts",
    "requisite",
    "step_said",
    "unit_name",
    "variant_facts",
    "wholesale_said",
]

#: Requisites by which a rule of the desk (:mod:`.mapping`) says what the format has no place for:
#: how many base units a price of the goods is for, where their offers don't; how many are sold at
#: once; that retail doesn't see them.
COEFFICIENT = "Базовых единиц в единице цены"
STEP = "Кратность продажи"
WHOLESALE = "Только опт"

#: Facts that only rules tell: a record that lacks them takes back what was told before.
RULED = frozenset({"coefficient", "step", "wholesale"})

#: ОКЕИ (ОК 015-94): codes that trade meets, and the short names people read.
OKEI = {
    "006": "м",
    "055": "м2",
    "112": "л",
    "113": "м3",
    "163": "г",
    "166": "кг",
    "168": "т",
    "625": "лист",
    "715": "пар",
    "736": "рул",
    "778": "упак",
    "796": "шт",
    "812": "ящ",
    "839": "компл",
    "018": "пог. м",
}


#: A step of more is a mistake in 1C.
_MOST_STEP = 1_000_000

#: Words for goods that retail doesn't see, as :func:`key_of` has them.
_ONLY_WHOLESALE = frozenset({"опт", "оптовый", "оптом", "толькоопт", "толькооптом", "дляопта"})


@lru_cache(maxsize=1024)
def unit_name(text: str) -> str:
    """A unit as people read it; 1C writes its name or its ОКЕИ code.

    >>> unit_name("796 "), unit_name("упак"), unit_name("6")
    ('шт', 'упак', 'м')
    """
    text = text.strip()
    return OKEI.get(text.zfill(3), text)[:25] if text.isdigit() else text[:25]


#: What bases in other languages call the requisites (in_practice.md, 72).
ALIASES: Mapping[str, tuple[str, ...]] = {
    "ВидНоменклатуры": ("Вид номенклатури", "Номенклатура түрі"),
    "ТипНоменклатуры": ("Тип номенклатури", "Номенклатура типі"),
    "Производитель": ("Виробник", "Вытворца", "Өндіруші"),
    "ЦеноваяГруппа": ("Цінова група", "Бағалар тобы"),
    "СтранаРегистрации": ("Країна реєстрації", "Тіркеу елі"),
    "Статус заказа": ("Статус замовлення",),
    "Отменен": ("Скасовано", "Скасований"),
}


@lru_cache(maxsize=1024)
def key_of(name: str) -> str:
    """Names are compared without case and blanks, as 1C itself does.

    >>> key_of(" Цена  оптовая") == key_of("ЦенаОптовая")
    True
    """
    return "".join(name.lower().split())


@lru_cache(maxsize=64)
def _keys(names: tuple[str, ...]) -> frozenset[str]:
    """Of these names in every known language."""
    return frozenset(key_of(each) for name in names for each in (name, *ALIASES.get(name, ())))


def requisite(rows: tuple[Requisite, ...], *names: str) -> str | None:
    """The value of the first requisite that has one of these names, in any known language."""
    wanted = _keys(names)
    for name, values in rows:
        if values and key_of(name) in wanted:
            return values[0].strip()
    return None


def step_said(text: str) -> Quantity | None:
    """How many base units are sold at once, of a text that says a number of them; a fraction
    makes the goods sold in fractions of their unit (:mod:`b2b_overlay.quantities`).

    >>> step_said("12"), step_said("6,0"), step_said("0,5"), step_said("упаковка")
    (12, 6, Decimal('0.5'), None)
    """
    try:
        number = parse_number(text)
    except ValueError:
        return None
    is_step = number is not None and 0 < number < _MOST_STEP and number == round(number, 3)
    return as_quantity(number) if number is not None and is_step else None


def wholesale_said(text: str) -> bool | None:
    """Is it for wholesale only? 1C's «да» and «нет», or words that people write.

    >>> wholesale_said("Да"), wholesale_said("только опт"), wholesale_said("нет")
    (True, True, False)
    >>> wholesale_said("опт и розница")
    """
    if key_of(text) in _ONLY_WHOLESALE:
        return True
    try:
        return parse_flag(text)
    except ValueError:
        return None


def label(offer: Offer, product_name: str = "") -> str:
    """A variant's own name: its characteristics, else what the offer adds in brackets."""
    if offer.characteristics:
        return ", ".join(c.value for c in offer.characteristics if c.value)[:255]
    name = offer.name or ""
    if offer.characteristic_id and name.endswith(")") and "(" in name:
        if product_name and name.startswith(product_name):
            return name[len(product_name) :].strip(" ()")[:255]
        return name[name.rindex("(") + 1 : -1].strip()[:255]
    return name[:255] if offer.characteristic_id else ""


def _unit(unit: BaseUnit | None) -> dict[str, Any]:
    if unit is None or not any((unit.code, unit.name, unit.full_name)):
        return {}
    code = (unit.code or (unit.name if (unit.name or "").isdigit() else "") or "").strip()
    name = unit_name(unit.name or "") or unit_name(code) or (unit.full_name or "").strip()
    return {"unit": name[:25], "unit_code": code[:4]}


def _vat(rates: tuple[TaxRate, ...]) -> dict[str, Any]:
    for rate in rates:
        if rate.is_exempt:
            return {"vat": None, "exempt": True}
        if rate.rate is not None:
            return {"vat": str(rate.rate), "exempt": False}
    return {}


#: What a requisite of goods tells, by its name as :func:`key_of` has it.
_TOLD_BY = {
    key: fact
    for fact, names in {
        "type": ("ТипНоменклатуры",),
        "sort": ("ВидНоменклатуры",),
        "manufacturer": ("Производитель", "Изготовитель"),
        "price_group": ("ЦеноваяГруппа", "Ценовая группа"),
        "coefficient": (COEFFICIENT,),
        "step": (STEP,),
        "wholesale": (WHOLESALE,),
    }.items()
    for key in _keys(names)
}


def _step(text: str) -> int | str | None:
    step = step_said(text)
    return None if step is None else dumped(step)


def _requisites(rows: tuple[Requisite, ...]) -> dict[str, str]:
    """What they tell, each fact by the first row that has a value."""
    found: dict[str, str] = {}
    for name, values in rows:
        if values and (fact := _TOLD_BY.get(key_of(name))):
            found.setdefault(fact, values[0].strip())
    return found


def product_facts(record: Product) -> dict[str, Any]:
    """What a product record says."""
    told = _requisites(record.requisites)
    said: dict[str, Any] = {
        "name": record.name,
        "article": record.article,
        "code": record.code,
        "barcode": record.barcode and record.barcode[:LONGEST_BARCODE],
        "description": record.description,
        "type": told.get("type"),
        "sort": told.get("sort"),
        "manufacturer": record.manufacturer_name or told.get("manufacturer"),
        "price_group": told.get("price_group"),
        "coefficient": told.get("coefficient"),
        "step": _step(told["step"]) if "step" in told else None,
        "wholesale": (wholesale_said(told["wholesale"]) or None) if "wholesale" in told else None,
        "deleted": record.deleted,
    }
    facts = {name: value for name, value in said.items() if value is not None}
    facts |= _unit(record.unit) | _vat(record.tax_rates)
    if record.group_ids:
        facts["groups"] = list(record.group_ids)
    return facts


def offer_facts(record: Offer, product_name: str = "") -> dict[str, Any]:
    """What an offer says of itself; empty for a thin one (prices and stock only)."""
    said: dict[str, Any] = {
        "name": record.name,
        "article": record.article,
        "barcode": record.barcode and record.barcode[:LONGEST_BARCODE],
    }
    facts = {name: value for name, value in said.items() if value is not None}
    facts |= _unit(record.unit)
    if record.characteristics:
        facts["characteristics"] = [[each.name, each.value] for each in record.characteristics]
    if facts or record.characteristics:
        if text := label(record, product_name):
            facts["label"] = text
        facts["deleted"] = record.deleted
    elif record.deleted:
        facts["deleted"] = True
    return facts


#: What is kept of a barcode.
LONGEST_BARCODE = 64

VARIANT_FACTS = (
    "variant_id",
    "article",
    "barcode",
    "unit",
    "unit_code",
    "vat_rate",
    "vat_exempt",
    "manufacturer",
    "price_group",
    "step",
    "wholesale_only",
    "piece",
)
"""Columns of :class:`~b2b_overlay.pricing.models.VariantFacts`."""
PIECE = VARIANT_FACTS.index("piece")


def variant_facts(
    variant_id: int, product: Mapping[str, Any], offer: Mapping[str, Any]
) -> tuple[str | None, ...]:
    """What wholesale needs to know of a variant, as :data:`VARIANT_FACTS` have it; the offer's
    own word before the product's."""
    unit = offer if offer.get("unit") else product
    return (
        str(variant_id),
        (offer.get("article") or product.get("article") or "")[:255],
        (offer.get("barcode") or product.get("barcode") or "")[:LONGEST_BARCODE],
        unit.get("unit") or "шт",
        unit.get("unit_code") or "796",
        product.get("vat"),
        str(bool(product.get("exempt"))),
        (product.get("manufacturer") or "")[:255],
        (product.get("price_group") or "")[:255],
        str(product.get("step") or 1),
        str(bool(product.get("wholesale"))),
        str(piece_for(as_quantity(product["step"])) if "step" in product else ONE),
    )
