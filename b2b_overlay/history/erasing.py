"""The one way to change what the history holds: blank named columns (152-ФЗ, art. 21).

Called by the logged erasure of a person (``company.erase``) and by nothing else. That
something was changed, when and by whom, stays.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import pgtrigger
from django.db import DEFAULT_DB_ALIAS, models, transaction
from django.db.models import Q

from .tracking import TRACKED

__all__ = ["blank"]


def blank(model: type[models.Model], columns: Collection[str], rows: Q) -> int:
    """Blank these columns in every event of the model that ``rows`` selects; how many there
    were. Rows are selected by the event's own fields; ``pgh_obj`` is the changed object.

    A text becomes empty, a column that may be null becomes null; another one raises
    ``ValueError``, and nothing is changed.
    """
    event = next(each.event for each in TRACKED if each.model is model)
    empty = {name: _empty(event._meta.get_field(name)) for name in columns}
    guard = f"{event._meta.label}:append_only"
    with transaction.atomic(), pgtrigger.ignore(guard, databases=[DEFAULT_DB_ALIAS]):
        return event._base_manager.filter(rows).update(**empty)


def _empty(field: Any) -> object:
    if isinstance(field, models.CharField | models.TextField):
        return ""
    if field.null:
        return None
    if isinstance(field, models.JSONField):
        return {}
    raise ValueError(f"{field} can't be blank")
