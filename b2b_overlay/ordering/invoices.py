"""Whose invoice a number is: an order's, the shop's or 1C's, or a document of a debt.

People write «123» where 1C has «УТ-000123», and «счёт № 00БП-000123 от 12.11.2026» where it has
«00БП-000123»: a number that stands there as written is one thing, the same digits are another.
"""

from __future__ import annotations

import re

from django.db.models import Q
from django.utils import formats

from b2b_overlay.company.matches import Invoice
from b2b_overlay.terms.models import Settlement

from .models import WholesaleOrder

__all__ = ["find"]

#: A number of many companies tells nobody apart; so many are looked at.
_MOST = 30
#: The number itself: letters, digits and dashes, the last such word with a digit in it.
_NUMBER = re.compile(r"[\w/.-]*\d[\w/-]*")
_DATE = re.compile(r"(?:от|of|from)?\s*\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b.*", re.IGNORECASE)


def find(written: str) -> dict[int, Invoice]:
    """Legal entities by id, each with the document of theirs that the number may be of."""
    number = _number_in(written)
    if not number:
        return {}
    digits = re.findall(r"\d+", number)[-1].lstrip("0")
    same = rf"(^|[^0-9])0*{digits}([^0-9]|$)" if digits else None
    found: dict[int, Invoice] = {}
    for entity, document, numbers in [*_orders(number, same), *_debts(number, same)]:
        is_exact = any(number.lower() in _words(each) for each in numbers)
        known = found.get(entity)
        if known is None or (is_exact and not known.is_exact):
            found[entity] = Invoice(document, is_exact)
    return found


def _number_in(written: str) -> str:
    """«счёт № 00БП-000123 от 12.11.2026» → «00БП-000123»."""
    found = _NUMBER.findall(_DATE.sub("", written))
    return str(found[-1].strip("./-")) if found else ""


def _words(document: str) -> set[str]:
    return {each.strip("./-").lower() for each in _NUMBER.findall(document)}


def _orders(number: str, same: str | None) -> list[tuple[int, str, list[str]]]:
    wanted = Q(number=number) | Q(onec_number__iexact=number)
    if same:
        wanted |= Q(onec_number__regex=same)
    rows = WholesaleOrder.objects.filter(wanted).order_by("-placed_at")[:_MOST]
    return [
        (
            row.legal_entity_id,
            f"{row} {formats.date_format(row.placed_at, 'SHORT_DATE_FORMAT')}",
            [row.number, row.onec_number],
        )
        for row in rows
    ]


def _debts(number: str, same: str | None) -> list[tuple[int, str, list[str]]]:
    wanted = Q(document__icontains=number)
    if same:
        wanted |= Q(document__regex=same)
    rows = Settlement.objects.filter(wanted).order_by("-document_date")[:_MOST]
    return [(row.legal_entity_id, row.document, [row.document]) for row in rows]
