"""What the demo's shop sells at retail before 1C has ever called.

Seventy products with the shop's own names, texts, prices and SKUs. Sixty of them 1C knows too, each
in one of the ways in which real shops and 1C bases overlap (`Match`); `RetailVariant.of` says which
offer of 1C is the right answer, so that a test can tell a good match from a lucky one. The file
(retail.json) holds no id and no barcode: both are 1C's, and come from the catalogue.
"""

import json
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any, Literal

from sandbox.data.catalogue import HERE, Offer, goods

# What the shop's product and 1C's good have in common, the strongest first:
# external_id: the shop keeps 1C's id; sku: SKU equals the article; barcode: only the barcode is
# equal; name: only the name is alike, a person must say; ambiguous: SKU equals an article that 1C
# uses twice, a person must choose; none: 1C doesn't know it.
Match = Literal["external_id", "sku", "barcode", "name", "ambiguous", "none"]


@dataclass(frozen=True, slots=True)
class RetailVariant:
    """A thing on the shop's shelf. `price` is retail, roubles with VAT, for one base unit.

    `external_id` and `barcode` are empty where the shop doesn't hold them; `of` is the id of the
    offer in 1C that it really is, None when there is none. `label` names it among its siblings.
    """

    sku: str
    label: str
    price: Decimal
    quantity: int
    external_id: str
    barcode: str
    of: str | None


@dataclass(frozen=True, slots=True)
class RetailGood:
    """A product of the shop as its content manager wrote it."""

    name: str
    category: str
    description: str
    published: bool
    match: Match
    variants: tuple[RetailVariant, ...]


@cache
def retail_goods() -> tuple[RetailGood, ...]:
    """Every product of retail.json, in its order."""
    rows = json.loads((HERE / "retail.json").read_text(encoding="utf-8"))
    return tuple(
        RetailGood(
            name=row["name"],
            category=row["category"],
            description=row["text"],
            published=row["published"],
            match=row["match"],
            variants=tuple(_variant(variant, row["match"]) for variant in row["variants"]),
        )
        for row in rows
    )


def _variant(row: dict[str, Any], match: Match) -> RetailVariant:
    offer = _offer(*row["of"]) if row["of"] else None
    return RetailVariant(
        sku=row["sku"],
        label=row["label"],
        price=Decimal(row["price"]),
        quantity=row["quantity"],
        external_id=offer.id if offer and match == "external_id" else "",
        barcode=offer.barcode if offer and match == "barcode" else "",
        of=offer.id if offer else None,
    )


def _offer(article: str, characteristics: str) -> Offer:
    """The offer of a good by article and by `Имя=Значение;…`; the first of a repeated article."""
    for good in goods():
        for offer in good.offers:
            written = ";".join(f"{name}={value}" for name, value in offer.characteristics)
            if (good.article, written) == (article, characteristics):
                return offer
    raise LookupError(f"retail.json names {article} ({characteristics}), which goods.csv lacks")
