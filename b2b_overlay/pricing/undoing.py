"""Undo a load of prices: each price gets back the state it had before the load.

Rules:

* what a load changed, and from what, is read from the history, which nobody can change;
* a price that isn't any more as the load left it has been changed since, by a later load or a
  person: it is left alone, counted, and listed; so is one whose place another
  price has taken meanwhile, and one whose list is gone;
* the undo is a load of its own, in the history as one thing, and can be undone in turn: then the
  first load holds again;
* a person undoes nothing that would take a good under its floor (:mod:`.floors`);
* pressed twice it is done once: the second answer is the first one's.

A price that was removed comes back under its old id, so its history goes on.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from b2b_overlay.company import access
from b2b_overlay.company.access import User
from b2b_overlay.shop import Refusal, Refused

from .changes import AFTER_AND_BEFORE, IS_OF_LOAD, PRICE_EVENTS, load
from .floors import guarded
from .loads import LARGE
from .models import Price, PriceList, PriceLoad

__all__ = ["Undone", "undo"]

State = PriceLoad.State


@dataclass(frozen=True, slots=True)
class Undone:
    """``back`` prices have their state of before; ``left`` were changed since. ``undo`` is the
    load that did it, None where there was nothing to give back."""

    load: PriceLoad
    undo: PriceLoad | None
    back: int
    left: int
    #: It had been undone before this was asked.
    already: bool = False


def undo(by: User | None, load_id: int, source: str = PriceLoad.Source.PAGE) -> Undone:
    """Undo this load. ``by`` is one of the desk; None: whoever has the server's console."""
    if by is not None and not access.is_desk(by):
        raise PriceLoad.DoesNotExist
    with transaction.atomic():
        row = PriceLoad.objects.select_for_update().get(pk=load_id)
        if row.state == State.UNDONE:
            return _before(row)
        if row.state != State.APPLIED:
            raise Refused(Refusal("INVALID", _("This load was never applied.")))
        with _kept_to_floors(by, row), load(source, row.name, by, undoes=row) as own:
            back, left = _give_back(row)
            own.counts["left"] = left
        _mark(row, by)
        return Undone(row, own if own.pk else None, back, left)


def _kept_to_floors(by: User | None, row: PriceLoad) -> AbstractContextManager[None]:
    """A person doesn't go under a floor by undoing either."""
    if by is None:
        return nullcontext()
    with connection.cursor() as cursor:
        cursor.execute(_LISTS.format(**_NAMES), {"load": str(row.pk)})
        return guarded(by, [pk for (pk,) in cursor.fetchall()])


def _before(row: PriceLoad) -> Undone:
    """What the undo of before did."""
    own = row.undone_as.filter(state=State.APPLIED).order_by("-pk").first()
    counts = own.counts if own else {}
    back = sum(counts.get(word, 0) for word in ("created", "changed", "deleted"))
    return Undone(row, own, back, counts.get("left", 0), already=True)


def _mark(row: PriceLoad, by: User | None) -> None:
    row.state, row.undone_at = State.UNDONE, timezone.now()
    row.undone_by_id = by.pk if by is not None else None
    row.save(update_fields=["state", "undone_at", "undone_by"])
    if row.undoes_id is not None:
        PriceLoad.objects.filter(pk=row.undoes_id).update(
            state=State.APPLIED, undone_at=None, undone_by=None, key=""
        )


# ----------------------------------------------------------------------------- the statements

_VALUES = (
    "price_list_id",
    "variant_id",
    "min_quantity",
    "amount",
    "unit",
    "coefficient",
    "starts_at",
    "ends_at",
)


def _row(of: str) -> str:
    return ", ".join(f"{of}.{column}" for column in _VALUES)


_NAMES = {
    "price": Price._meta.db_table,
    "price_list": PriceList._meta.db_table,
    "events": PRICE_EVENTS,
    "columns": ", ".join(_VALUES),
    "back": _row("back"),
    "before": _row("before"),
    "after": _row("after"),
    "now": _row("now"),
    "set": ", ".join(f"{column} = back.{column}" for column in _VALUES),
    "of_load": IS_OF_LOAD,
    "after_and_before": AFTER_AND_BEFORE,
}

_LISTS = "SELECT DISTINCT price_list_id FROM {events} WHERE {of_load}"

_LOCK = """
SELECT count(*) FROM (
    SELECT FROM {price} WHERE id IN (SELECT pgh_obj_id FROM {events} WHERE {of_load})
     ORDER BY id FOR UPDATE) locked
"""

#: ``exists_then`` and ``exists_now``: was there a price before the load, is there one now. What
#: is as the load left it goes back.
_PLAN = """
CREATE TEMP TABLE b2b_back ON COMMIT DROP AS
SELECT after.pgh_obj_id AS id, {before},
       coalesce(before.pgh_label <> 'delete', false) AS exists_then,
       now.id IS NOT NULL AS exists_now,
       CASE WHEN after.pgh_label = 'delete' THEN now.id IS NULL
            ELSE now.id IS NOT NULL AND ({after}) IS NOT DISTINCT FROM ({now}) END AS untouched
  FROM {after_and_before}
  LEFT JOIN {price} now ON now.id = after.pgh_obj_id
 WHERE NOT (after.pgh_label = 'delete' AND coalesce(before.pgh_label = 'delete', true))
   AND NOT (after.pgh_label <> 'delete' AND coalesce(before.pgh_label <> 'delete', false)
            AND ({after}) IS NOT DISTINCT FROM ({before}))
"""

_DELETE = """
DELETE FROM {price} p USING b2b_back back
 WHERE p.id = back.id AND back.untouched AND back.exists_now AND NOT back.exists_then
"""

#: Whether another price stands where this one would go.
_TAKEN = """
EXISTS (SELECT FROM {price} o WHERE o.price_list_id = back.price_list_id
           AND o.variant_id = back.variant_id AND o.min_quantity = back.min_quantity
           AND o.starts_at IS NOT DISTINCT FROM back.starts_at AND o.id <> back.id)
"""

_UPDATE = """
UPDATE {price} p SET {set} FROM b2b_back back
 WHERE p.id = back.id AND back.untouched AND back.exists_now AND back.exists_then
   AND NOT {taken}
"""

_INSERT = """
INSERT INTO {price} (id, {columns})
SELECT back.id, {back} FROM b2b_back back
  JOIN {price_list} l ON l.id = back.price_list_id
 WHERE back.untouched AND NOT back.exists_now AND back.exists_then AND NOT {taken}
    ON CONFLICT DO NOTHING
"""


def _give_back(row: PriceLoad) -> tuple[int, int]:
    """How many prices went back, and how many were left."""
    of = {"load": str(row.pk)}
    taken = _TAKEN.format(**_NAMES)
    with connection.cursor() as cursor:
        cursor.execute(_LOCK.format(**_NAMES), of)
        cursor.execute(_PLAN.format(**_NAMES), of)
        cursor.execute("ANALYZE b2b_back")
        cursor.execute("SELECT count(*) FROM b2b_back")
        (planned,) = cursor.fetchone()
        if planned >= LARGE:
            cursor.execute("SET LOCAL enable_nestloop = off")
        back = 0
        for statement in (_DELETE, _UPDATE, _INSERT):
            cursor.execute(statement.format(taken=taken, **_NAMES))
            back += cursor.rowcount
        cursor.execute("DROP TABLE b2b_back; SET LOCAL enable_nestloop TO DEFAULT")
    return back, planned - back
