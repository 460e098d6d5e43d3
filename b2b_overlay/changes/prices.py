"""Who or which file made a price what it is: the last events of the row it is written in, of
the lists that derive from that one, and of its assignment to the buyer. From the history, as it
was at the moment asked about; a number of queries that doesn't grow with the price lists."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import models

from b2b_overlay.history import TRACKED
from b2b_overlay.pricing.models import Assignment, Markup, Price, PriceList
from b2b_overlay.pricing.resolver import Candidate
from b2b_overlay.shop import People

from .telling import Change, told

__all__ = ["by_event", "made_by", "set_by"]

#: A price row: its list, minimum quantity and amount.
_Row = tuple[int, Decimal, Decimal]
_Place = Mapping[str, Any]


def set_by(
    candidates: Sequence[Candidate], variant_id: int, as_of: datetime | None, people: People
) -> list[Change | None]:
    """For each candidate the change that last wrote its price; None: no list has it written,
    or it is older than the history."""
    keys = [_row_of(each) for each in candidates]
    places = _price_places({key for key in keys if key}, variant_id, as_of)
    changes = dict(zip(places, told(places.values(), people), strict=True))
    return [changes.get(key) if key else None for key in keys]


def made_by(candidate: Candidate, as_of: datetime | None, people: People) -> list[Change]:
    """What else made this candidate's price what it is: the last change of each list on the way
    from where it is written (or from retail), and the last one of the assignment."""
    hops = candidate.written.hop if candidate.written else len(candidate.chain)
    lists = [row.id for row in candidate.chain[:hops]]
    places = [
        *_last(PriceList, "pgh_obj_id", lists, as_of),
        *_last(Markup, "price_list_id", lists, as_of),
        *_last(Assignment, "pgh_obj_id", [candidate.assignment_id or 0], as_of),
    ]
    return told(places, people)


def by_event(event_ids: Sequence[int], people: People) -> dict[int, Change]:
    """Events of prices by their keys."""
    which = _which(Price)
    changes = told(({"which": which, "key": pk} for pk in event_ids), people)
    return dict(zip(event_ids, changes, strict=True))


def _row_of(candidate: Candidate) -> _Row | None:
    written = candidate.written
    if written is None:
        return None
    return written.price_list_id, written.min_quantity, written.amount


def _price_places(rows: set[_Row], variant_id: int, as_of: datetime | None) -> dict[_Row, _Place]:
    """The last event of each row that says what it says now."""
    fields = ("price_list_id", "min_quantity", "amount")
    events = (
        _events(Price, as_of)
        .filter(variant_id=variant_id, price_list_id__in={row[0] for row in rows})
        .exclude(pgh_label="delete")
        .order_by(*fields, "-pgh_id")
        .distinct(*fields)
    )
    which = _which(Price)
    found = {tuple(row): pk for *row, pk in events.values_list(*fields, "pgh_id")}
    return {row: {"which": which, "key": found[row]} for row in sorted(rows) if row in found}


def _last(
    model: type[models.Model], field: str, keys: Iterable[int], as_of: datetime | None
) -> list[_Place]:
    events = (
        _events(model, as_of)
        .filter(**{f"{field}__in": list(keys)})
        .order_by(field, "-pgh_id")
        .distinct(field)
    )
    which = _which(model)
    return [{"which": which, "key": pk} for pk in events.values_list("pgh_id", flat=True)]


def _which(model: type[models.Model]) -> int:
    return next(n for n, each in enumerate(TRACKED) if each.model is model)


def _events(model: type[models.Model], as_of: datetime | None) -> models.QuerySet[Any]:
    found: models.QuerySet[Any] = TRACKED[_which(model)].event._base_manager.all()
    return found.filter(pgh_created_at__lte=as_of) if as_of else found
