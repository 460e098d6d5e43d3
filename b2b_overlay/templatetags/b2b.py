"""Template words of the cabinet: money, amounts, our files' addresses."""

from __future__ import annotations

from decimal import Decimal

from django import template
from django.urls import reverse
from django.utils import formats
from django.utils.safestring import SafeString, mark_safe

from b2b_overlay.cabinet.assets import asset_name
from b2b_overlay.money import Money, quantize

register = template.Library()

_SIGNS = {"RUB": "₽", "USD": "$", "EUR": "€", "KZT": "₸", "BYN": "Br", "CNY": "¥"}
#: A narrow no-break space: a sum never breaks in two lines.
_GAP = "\u202f"


@register.filter
def money(value: Money | None) -> str:
    """``1 234,50 ₽``, in the manner of the page's language; an em dash where there is none."""
    if value is None:
        return "—"
    amount = quantize(value.amount, value.currency)
    places = -int(amount.as_tuple().exponent)
    text = formats.number_format(amount, places, use_l10n=True, force_grouping=True)
    return f"{text}{_GAP}{_SIGNS.get(value.currency, value.currency)}"


@register.filter
def in_currency(amount: Decimal | None, currency: str) -> str:
    """A bare amount of a row that keeps its currency beside it."""
    return money(None if amount is None else Money(amount, currency))


@register.filter
def plain(value: Money | None) -> str:
    """``1234.50``, for machines: data attributes and hidden fields."""
    return "" if value is None else str(quantize(value.amount, value.currency))


@register.filter
def trimmed(value: Decimal | int | None) -> str:
    """``12`` for 12.000, ``2,5`` for 2.500."""
    if value is None:
        return ""
    return formats.number_format(Decimal(value).normalize(), use_l10n=True)


@register.filter
def grouped(value: int | None) -> str:
    """``12 345``"""
    return "" if value is None else formats.number_format(value, use_l10n=True, force_grouping=True)


@register.simple_tag
def asset(name: str) -> str:
    """The address of one of our files, by its plain name."""
    return reverse("b2b:asset", args=[asset_name(name)])


_ICONS = {
    "search": "M11 4a7 7 0 1 0 4.4 12.4l4.1 4.1 1-1-4.1-4.1A7 7 0 0 0 11 4Zm0 1.5a5.5 5.5 0 1 1 0 11 5.5 5.5 0 0 1 0-11Z",
    "cart": "M3 4h2.6l.6 3H21l-2 9H7.5L5 5.5H3V4Zm3.5 4.5 1.3 6h10l1.3-6H6.5ZM9 18a1.5 1.5 0 1 1 0 3 1.5 1.5 0 0 1 0-3Zm8 0a1.5 1.5 0 1 1 0 3 1.5 1.5 0 0 1 0-3Z",
}


@register.simple_tag
def icon(name: str) -> SafeString:
    """A small drawing beside a word that says the same; hidden from screen readers."""
    return mark_safe(  # noqa: S308 - from our own table
        f'<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d="{_ICONS[name]}"/></svg>'
    )
