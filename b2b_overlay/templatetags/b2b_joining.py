"""Blocks that the desk's pages of a counterparty and of a company include by one line."""

from __future__ import annotations

from typing import Any

from django import template

from b2b_overlay.cabinet.desk import joining
from b2b_overlay.company.models import Company, LegalEntity

register = template.Library()


@register.inclusion_tag("b2b/desk/_counterparty_alike.html", takes_context=True)
def counterparty_alike(context: dict[str, Any], entity: LegalEntity) -> dict[str, Any]:
    """Whom it may be, what was joined to it; join, split, move."""
    return {"request": context["request"], **joining.counterparty_block(entity)}


@register.inclusion_tag("b2b/desk/_company_join.html", takes_context=True)
def company_joining(context: dict[str, Any], company: Company) -> dict[str, Any]:
    """Join it with another; what came to it and left it."""
    return {"request": context["request"], **joining.company_block(company)}
