"""Template words of the cabinet: money, amounts, our files' addresses."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import template
from django.urls import reverse
from django.utils import formats

from b2b_overlay import logins
from b2b_overlay.cabinet.assets import asset_name
from b2b_overlay.money import Money, quantize, written
from b2b_overlay.quantities import Quantity, as_quantity, counted

register = template.Library()


@register.filter
def money(value: Money | None) -> str:
    """``1 234,50 ₽``, in the manner of the page's language; an em dash where there is none."""
    return "—" if value is None else written(value)


@register.filter
def in_currency(amount: Decimal | None, currency: str) -> str:
    """A bare amount of a row that keeps its currency beside it."""
    return money(None if amount is None else Money(amount, currency))


@register.filter
def amount(text: str, currency: str) -> str:
    """An amount kept as text (in JSON), with its currency."""
    return money(Money(Decimal(text), currency))


@register.filter
def plain(value: Money | Decimal | None) -> str:
    """``1234.50``, for machines: data attributes and hidden fields."""
    if isinstance(value, Money):
        value = quantize(value.amount, value.currency)
    return "" if value is None else str(value)


@register.filter
def trimmed(value: Decimal | int | None) -> str:
    """``12`` for 12.000, ``2,5`` for 2.500."""
    if value is None:
        return ""
    return formats.number_format(Decimal(value).normalize(), use_l10n=True)


@register.filter
def grouped(value: Quantity | str | None) -> str:
    """``12 345``, ``2,5``"""
    return "" if value is None else counted(as_quantity(value))


@register.simple_tag
def asset(name: str) -> str:
    """The address of one of our files, by its plain name."""
    return reverse("b2b:asset", args=[asset_name(name)])


@register.filter
def of(mapping: Mapping[Any, Any], key: Any) -> Any:
    """What stands under ``key``, or nothing."""
    return mapping.get(key, "")


@register.filter
def login(email: str) -> str:
    """What somebody signs in with: his e-mail, or the login of an account that has none."""
    return logins.shown(email)
