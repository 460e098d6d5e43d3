"""What the history leaves in the database when its tables are gone: the functions of triggers.

pgtrigger drops a trigger and keeps its function. After ``migrate b2b_overlay zero`` (or
``migrate pghistory zero``) those that no trigger calls go too, so that nothing of the overlay
stays in the shop's database.
"""

from __future__ import annotations

from typing import Any

from django.db import connections

__all__ = ["drop_functions"]

_APPS = {"b2b_overlay", "pghistory"}
_DROP = """
DO $$
DECLARE orphan regprocedure;
BEGIN
    FOR orphan IN
        SELECT oid::regprocedure FROM pg_proc
        WHERE proname LIKE 'pgtrigger\\_%' AND prorettype = 'trigger'::regtype
        AND NOT EXISTS (SELECT 1 FROM pg_trigger WHERE tgfoid = pg_proc.oid)
    LOOP
        EXECUTE 'DROP FUNCTION ' || orphan;
    END LOOP;
    IF NOT EXISTS (SELECT 1 FROM pg_proc WHERE proname LIKE 'pgtrigger\\_%') THEN
        DROP FUNCTION IF EXISTS _pgtrigger_should_ignore(name);
    END IF;
    IF to_regclass('pghistory_context') IS NULL THEN
        DROP FUNCTION IF EXISTS _pgh_attach_context();
    END IF;
END $$
"""


def drop_functions(plan: Any = (), using: str = "default", **kwargs: Any) -> None:
    """A receiver of ``post_migrate``: after a step back of ours, at no other time."""
    if any(backwards and migration.app_label in _APPS for migration, backwards in plan):
        with connections[using].cursor() as cursor:
            cursor.execute(_DROP)
