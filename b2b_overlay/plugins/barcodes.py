"""Barcodes on Saleor, which has no field for them: metadata «barcode» of a variant, or an
attribute with the slug ``barcode`` or ``ean``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping

from saleor.attribute.models import AssignedVariantAttributeValue

__all__ = ["BARCODE", "from_attributes"]

BARCODE = "barcode"
_SLUGS = ("barcode", "ean")


def from_attributes(variant_ids: Collection[int] | None = None) -> Mapping[int, tuple[str, ...]]:
    """Barcodes kept as attribute values, by variant id (None: of all). One query."""
    found: dict[int, list[str]] = defaultdict(list)
    rows = AssignedVariantAttributeValue.objects.filter(value__attribute__slug__in=_SLUGS)
    if variant_ids is not None:
        rows = rows.filter(assignment__variant_id__in=variant_ids)
    values = rows.values_list("assignment__variant_id", "value__name", "value__plain_text")
    for variant_id, name, plain_text in values:
        found[variant_id].append((plain_text or name).strip())
    return {pk: tuple(filter(None, codes)) for pk, codes in found.items()}
