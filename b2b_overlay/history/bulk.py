"""Events of tables in which hundreds of thousands of rows change at once.

pghistory's statement-level triggers with two changes, each worth a multiple of the load itself:

* an UPDATE's trigger joins the old rows with the new, and PostgreSQL keeps the plan of its first
  call in the session: planned for no rows it is a nested loop, and for 300,000 rows that doesn't
  end. So it is planned with nested loops off, in the function, where reinstalling keeps it;
* who did it is read from the session once a statement, not parsed anew for each row.
"""

from __future__ import annotations

from typing import Any

import pghistory
import pgtrigger
from pghistory import trigger

__all__ = ["DeleteEvent", "InsertEvent", "UpdateEvent"]

_CONTEXT = "COALESCE(NULLIF(CURRENT_SETTING('pghistory.context_metadata', TRUE), ''), NULL)::JSONB"
_END = "RETURN NULL;"


class _Trigger(trigger.Event):
    """pghistory's, with the words of the module above."""

    def get_declare(self, model: Any) -> list[tuple[str, str]]:
        return [
            ("_context", f"JSONB := {_CONTEXT}"),
            ("_nestloop", "TEXT := CURRENT_SETTING('enable_nestloop')"),
        ]

    def get_func(self, model: Any) -> Any:
        written = super().get_func(model).func  # type: ignore[no-untyped-call]  # pghistory's
        assert written.endswith(_END), written
        assert _CONTEXT in written, written
        body = written.replace(_CONTEXT, "_context").removesuffix(_END)
        return pgtrigger.Func(
            "PERFORM SET_CONFIG('enable_nestloop', 'off', TRUE);"
            f" {body}"
            f" PERFORM SET_CONFIG('enable_nestloop', _nestloop, TRUE); {_END}"
        )


class _Bulk:
    """Mixed into pghistory's trackers: registers the trigger above."""

    def add_event_trigger(self: Any, event_model: Any) -> None:
        pgtrigger.register(
            _Trigger(  # type: ignore[no-untyped-call]  # pgtrigger's
                event_model=event_model,
                label=self.label,
                name=self.trigger_name,
                row=self.row,
                operation=self.operation,
                condition=self.condition,
                level=self.level,
            )
        )(event_model.pgh_tracked_model)


class InsertEvent(_Bulk, pghistory.InsertEvent):
    """A row was made."""


class UpdateEvent(_Bulk, pghistory.UpdateEvent):
    """A row was changed."""


class DeleteEvent(_Bulk, pghistory.DeleteEvent):
    """A row was removed."""
