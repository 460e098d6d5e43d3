"""Blocks of price lists that other pages of the desk include by one line."""

from __future__ import annotations

from typing import Any

from django import template

from b2b_overlay.cabinet.desk import lists
from b2b_overlay.company.models import Company, LegalEntity
from b2b_overlay.pricing.assign import assignments_of
from b2b_overlay.pricing.models import Assignment, PriceList

register = template.Library()


@register.inclusion_tag("b2b/desk/_list_rules.html", takes_context=True)
def list_rules(context: dict[str, Any], price_list: PriceList) -> dict[str, Any]:
    """How it derives, for whom it is, what it reckons."""
    request = context["request"]
    return {"request": request, **lists.rules_of(request, price_list)}


@register.inclusion_tag("b2b/desk/_lists_of_groups.html")
def lists_of_groups() -> dict[str, Any]:
    """What holds without a contract: for all, for each group."""
    return lists.given_to_groups()


@register.inclusion_tag("b2b/desk/_own_lists.html")
def own_lists(kind: str, owner: Company | LegalEntity) -> dict[str, Any]:
    """Lists of a company or legal entity beside its contracts'."""
    return {"kind": kind, "owner": owner, "given": assignments_of(owner)}


@register.inclusion_tag("b2b/desk/_when.html")
def when(assignment: Assignment) -> dict[str, Any]:
    """«от 50 000 ₽, с 01.12.2026 по 31.12.2026»"""
    return {"each": assignment}
