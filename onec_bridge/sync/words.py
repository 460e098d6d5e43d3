"""Names, SKUs and articles as they are compared. Pure."""

from __future__ import annotations

import re

__all__ = ["in_sku", "normal_name", "sku_of"]


def normal_name(name: str) -> str:
    """A name as it is compared: lower case, ё as е, words and numbers only.

    >>> normal_name("Шланг «Тайга» 1/2, зелёный")
    'шланг тайга 1 2 зеленый'
    """
    return " ".join(re.findall(r"[^\W_]+", name.lower().replace("ё", "е")))


def sku_of(text: str) -> str:
    """A SKU, code or article as it is compared: without blanks, letters in one case."""
    return "".join(text.split()).casefold()


def in_sku(label: str) -> str:
    """A variant's own name as it stands behind the article in an SKU that is made for it.

    >>> in_sku("15 м, зелёный")
    '15-м-зелёный'
    """
    return "-".join(label.replace(",", " ").split())
