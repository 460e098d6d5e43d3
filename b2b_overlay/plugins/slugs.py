"""Unique slugs for many rows at once; Saleor's own helper asks the database row by row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.text import slugify
from text_unidecode import unidecode

__all__ = ["unique_slugs"]


def unique_slugs(model: type[Any], names: Sequence[str]) -> list[str]:
    """A slug for each name, transliterated as Saleor's are; free in the table and among
    themselves. One query."""
    wanted = [slugify(unidecode(name))[:200] or "-" for name in names]
    pattern = rf"^({'|'.join(sorted(set(wanted)))})(-\d+)?$"
    taken = set(model.objects.filter(slug__regex=pattern).values_list("slug", flat=True))
    slugs = []
    for slug in wanted:
        free, number = slug, 2
        while free in taken:
            free, number = f"{slug}-{number}", number + 1
        taken.add(free)
        slugs.append(free)
    return slugs
