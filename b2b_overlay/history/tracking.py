"""How a model is tracked: one way for all of them.

Triggers are per statement, not per row: a thousand legal entities of a 1C file are one more
INSERT. The context is a JSON column of the event, not pghistory's own table of contexts: it
can't be changed afterwards either, and needs no upsert on each statement.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, TypeVar

import pghistory
from django.core.exceptions import ImproperlyConfigured
from django.db import models
from django.db.models.base import ModelBase

try:
    from pghistory.models import Event
except RuntimeError as error:  # Django's word for a model of an app that isn't installed
    raise ImproperlyConfigured(
        "The overlay keeps a history of changes: add «pgtrigger» and «pghistory» to "
        "INSTALLED_APPS. Saleor does so by itself, by the overlay's entry points."
    ) from error

from . import bulk

__all__ = ["TRACKED", "Tracked", "tracked"]

APP = "b2b_overlay"
M = TypeVar("M", bound=type[models.Model])


@dataclass(frozen=True, slots=True)
class Tracked:
    """A tracked model and its event model."""

    model: type[models.Model]
    event: type[models.Model]
    #: Names of the foreign keys by which its changes are looked up.
    found_by: tuple[str, ...]
    #: Rows that only link two others: no changes, only made and gone.
    is_link: bool
    #: That rows were made and went is not kept.
    only_changes: bool


#: Every tracked model, in the order they were declared.
TRACKED: list[Tracked] = []


def tracked(
    *,
    found_by: Collection[str] = (),
    exclude: Collection[str] = (),
    is_link: bool = False,
    only_changes: bool = False,
    in_bulk: bool = False,
) -> Callable[[M], M]:
    """Keep the history of a model in ``<Model>Event``.

    ``found_by`` names the foreign keys that the history is looked up by (they are indexed);
    ``exclude`` the fields that must never be kept: secrets, files. A many-to-many table is
    tracked through a proxy of it, with ``is_link``. ``only_changes`` leaves out that rows were
    made and went: of those that are reckoned anew all the time, only decisions are history.
    ``in_bulk``: hundreds of thousands of rows change at once (:mod:`.bulk`).
    """
    trackers: Any = bulk if in_bulk else pghistory

    def track(model: M) -> M:
        unkept = {"id", *exclude}
        kept = [field for field in model._meta.concrete_fields if field.name not in unkept]
        base = pghistory.create_event_model(
            model,
            trackers.UpdateEvent(),
            *(() if only_changes else (trackers.InsertEvent(), trackers.DeleteEvent())),
            fields=[field.name for field in kept],
            # None is documented, and missing in pghistory's annotations.
            obj_field=None if is_link else pghistory.ObjForeignKey(related_name="+"),  # type: ignore[arg-type]  # None is what pghistory takes
            context_field=pghistory.ContextJSONField(),
            context_id_field=None,  # type: ignore[arg-type]  # likewise
            append_only=True,
            app_label=APP,
            base_model=Event,
            level=pghistory.Statement,
            attrs={
                field.name: _reference(field, indexed=field.name in found_by)
                for field in kept
                if isinstance(field, models.ForeignKey)
            },
        )
        # Made here, not by pghistory: it would want ``b2b_overlay.models`` to be imported.
        event: Any = ModelBase(f"{model.__name__}Event", (base,), {"__module__": model.__module__})
        TRACKED.append(Tracked(model, event, tuple(found_by), is_link, only_changes))
        return model

    return track


def _reference(field: models.ForeignKey[Any, Any], *, indexed: bool) -> models.ForeignKey[Any, Any]:
    """The key of the row that was referred to, whether it is still there or not."""
    return models.ForeignKey(
        field.remote_field.model,
        models.DO_NOTHING,
        null=field.null,
        db_constraint=False,
        db_index=indexed,
        related_name="+",
    )
