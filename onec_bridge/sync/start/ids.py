"""Ids that stand for 1C's own until 1C itself says them.

Rule: such an id says what it was made of, never looks like one of 1C's, and is never given to
1C: on an unknown Ид it would make new goods.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

from django.db.models import Q

from onec_bridge.sync.words import normal_name, sku_of

__all__ = [
    "by_article",
    "by_code",
    "by_name",
    "is_made",
    "made",
    "of_characteristic",
    "of_group",
    "of_price_type",
    "of_warehouse",
]

_CODE, _ARTICLE, _NAME = "Код:", "Артикул:", "Товар:"
_GROUP, _PRICE_TYPE, _WAREHOUSE = "Группа:", "Цены:", "Склад:"
_MADE = (_CODE, _ARTICLE, _NAME, _GROUP, _PRICE_TYPE, _WAREHOUSE)
#: Of the 255 that a link keeps; the rest is for a characteristic.
_LONGEST = 120


def _id(prefix: str, text: str) -> str:
    """«#» parts goods and characteristic; what is too long is told apart by a digest."""
    text = text.replace("#", "№")
    if len(text) > _LONGEST:
        text = f"{text[:_LONGEST]}…{hashlib.sha256(text.encode()).hexdigest()[:12]}"
    return prefix + text


def by_code(code: str) -> str:
    return _id(_CODE, "".join(code.split()))


def by_article(article: str) -> str:
    return _id(_ARTICLE, sku_of(article))


def by_name(name: str) -> str:
    return _id(_NAME, normal_name(name))


def of_characteristic(product_id: str, text: str) -> str:
    return f"{product_id}#{_id('', normal_name(text))}"


def of_group(path: Iterable[str]) -> str:
    return _id(_GROUP, "/".join(normal_name(name) for name in path))


def of_price_type(name: str) -> str:
    return _id(_PRICE_TYPE, normal_name(name))


def of_warehouse(name: str) -> str:
    return _id(_WAREHOUSE, normal_name(name))


def is_made(external_id: str) -> bool:
    """Is it one of these, rather than 1C's own?"""
    return external_id.startswith(_MADE)


def made(field: str = "external_id") -> Q:
    """Rows whose id is one of these."""
    found = Q()
    for prefix in _MADE:
        found |= Q(**{f"{field}__startswith": prefix})
    return found
