"""Goods that 1C sells in fractions of their unit, as the shop can count them.

A selling step of 0.1 m makes a piece of the shop 0.1 m (:mod:`b2b_overlay.pricing.pieces`), but
what the shop has ever sold stays counted as it is. Then the step becomes one that it can sell by,
and the 1C programmer is told.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from b2b_overlay.pricing.pieces import settle
from b2b_overlay.quantities import as_quantity, common, counted, dumped
from b2b_overlay.shop import CatalogueWriter
from onec_bridge.commerceml.records import Problem, Severity, Source

from .facts import PIECE, STEP, VARIANT_FACTS

__all__ = ["as_counted"]

_STEP = VARIANT_FACTS.index("step")
_UNIT, _ARTICLE = VARIANT_FACTS.index("unit"), VARIANT_FACTS.index("article")

Row = tuple[str | None, ...]


def as_counted(
    writer: CatalogueWriter,
    rows: Mapping[int, Row],
    ids: Mapping[int, str],
    file: str,
    problems: list[Problem],
) -> Iterable[Row]:
    """These facts of variants, by variant, with pieces and steps as they can be; ``ids`` are
    1C's. Stock and retail prices follow a piece that changes. Few queries."""
    wanted = {pk: Decimal(row[PIECE] or 1) for pk, row in rows.items()}
    settled = settle(writer, wanted)
    for pk, row in rows.items():
        if settled[pk] == wanted[pk]:
            yield row
            continue
        asked = as_quantity(row[_STEP] or "1")
        step = common(asked, settled[pk])
        if step != asked:
            words = {
                "article": row[_ARTICLE] or "—",
                "shown": counted(step),
                "unit": row[_UNIT] or "",
            }
            source = Source(file, 0, 0, ids.get(pk, ""), "Товар")
            problems.append(
                Problem("step_of_sold", Severity.WARNING, source, STEP, counted(asked), words)
            )
        values = list(row)
        values[_STEP], values[PIECE] = str(dumped(step)), str(settled[pk])
        yield tuple(values)
