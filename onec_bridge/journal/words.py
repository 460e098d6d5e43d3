"""Counts of a file in words: «products: created 3, unchanged 297; problems: 2»."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

__all__ = ["KINDS", "OUTCOMES", "add", "in_order", "in_words", "total", "waiting"]

Counts = Mapping[str, Mapping[str, int]]

KINDS: Mapping[str, str | Promise] = {
    "group": gettext_lazy("groups"),
    "property": gettext_lazy("properties"),
    "price_type": gettext_lazy("price types"),
    "warehouse": gettext_lazy("warehouses"),
    "unit": gettext_lazy("units"),
    "product": gettext_lazy("products"),
    "offer": gettext_lazy("offers"),
    "offer_waited": gettext_lazy("offers that had waited"),
    "price": gettext_lazy("prices"),
    "stock": gettext_lazy("stock"),
    "picture": gettext_lazy("pictures"),
    "counterparty": gettext_lazy("counterparties"),
    "document": gettext_lazy("documents"),
    "partner": gettext_lazy("partners"),
    "contract": gettext_lazy("contracts"),
    "manager": gettext_lazy("managers"),
    "statement": gettext_lazy("settlements"),
    "terms_waited": gettext_lazy("terms that had waited"),
    "directory": gettext_lazy("directories"),
    "directory_row": gettext_lazy("directory rows"),
}
OUTCOMES: Mapping[str, str | Promise] = {
    "created": gettext_lazy("created"),
    "changed": gettext_lazy("changed"),
    "unchanged": gettext_lazy("unchanged"),
    "refused": gettext_lazy("refused"),
    "parked": gettext_lazy("waiting"),
}
WAITS: Mapping[str, str | Promise] = {
    "product": gettext_lazy("for the product with Ид %(id)s"),
    "offer": gettext_lazy("for the offer with Ид %(id)s"),
    "group": gettext_lazy("for the group with Ид %(id)s"),
    "price_type": gettext_lazy("for the price type with Ид %(id)s"),
    "warehouse": gettext_lazy("for the warehouse with Ид %(id)s"),
    "terms": gettext_lazy("for %(id)s"),
    "decision": gettext_lazy("for a person's decision on Ид %(id)s"),
}


def add(counts: Counts, more: Counts) -> dict[str, dict[str, int]]:
    """The sum of two tables of kind × outcome."""
    total = {kind: dict(row) for kind, row in counts.items()}
    for kind, row in more.items():
        mine = total.setdefault(str(kind), {})
        for outcome, count in row.items():
            mine[str(outcome)] = mine.get(str(outcome), 0) + count
    return total


def total(counts: Counts, *outcomes: str) -> int:
    """How many records ended so, of all kinds; of every outcome when none is named."""
    return sum(
        count
        for row in counts.values()
        for outcome, count in row.items()
        if not outcomes or outcome in outcomes
    )


def in_order(counts: Counts) -> list[tuple[str, Mapping[str, int]]]:
    """Kind by kind as a file has them, whatever order the database kept them in."""
    known = list(KINDS)
    return sorted(
        counts.items(), key=lambda row: known.index(row[0]) if row[0] in known else len(known)
    )


def in_words(counts: Counts, problems: int = 0) -> str:
    """One line in the language in force."""
    parts = []
    for kind, row in in_order(counts):
        outcomes = [f"{OUTCOMES.get(name, name)} {count}" for name, count in row.items() if count]
        if outcomes:
            parts.append(f"{KINDS.get(kind, kind)}: {', '.join(outcomes)}")
    if problems:
        parts.append(_("problems: %(count)s") % {"count": problems})
    return "; ".join(parts) or _("no records")


def waiting(kind: str, external_id: str) -> str:
    """What the first of the parked records waits for, and that it isn't lost."""
    what = str(WAITS.get(kind, "%(id)s")) % {"id": external_id}
    return _("Some wait, for example %(what)s; they are used when it comes") % {"what": what}
