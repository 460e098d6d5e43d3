"""Debts on the desk's pages of a company and of a counterparty, which know nothing of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils import timezone

from b2b_overlay.company.models import LegalEntity
from b2b_overlay.ordering.owing import Owing, owing

register = template.Library()


@register.simple_tag(takes_context=True)
def owing_of(context: dict[str, Any], entities: LegalEntity | Iterable[LegalEntity]) -> list[Owing]:
    """What these owe, or this one does, as far as the page's user may see it."""
    every = [entities] if isinstance(entities, LegalEntity) else entities
    return owing(context["who"], [each.pk for each in every], timezone.localdate())
