"""What stays in the database when tables of ours are gone: the functions of triggers, and what
Django knows of models.

pgtrigger drops a trigger and keeps its function; Django keeps the content types of models that
are no more, with their permissions. After ``migrate b2b_overlay zero`` (``onec_bridge``,
``pghistory``) these go too, so that nothing of the overlay stays in the shop's database.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps as installed
from django.db import connections

__all__ = ["leave"]

_APPS = frozenset({"b2b_overlay", "onec_bridge", "pghistory"})
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


def leave(plan: Any = (), using: str = "default", apps: Any = None, **kwargs: Any) -> None:
    """A receiver of ``post_migrate``: after a step back of ours, at no other time. ``apps`` are
    the models there are now."""
    stepped = {migration.app_label for migration, backwards in plan if backwards} & _APPS
    if not stepped:
        return
    with connections[using].cursor() as cursor:
        cursor.execute(_DROP)
    if installed.is_installed("django.contrib.contenttypes"):
        gone = stepped - {model._meta.app_label for model in apps.get_models()}
        types = installed.get_model("contenttypes", "ContentType")
        types._default_manager.using(using).filter(app_label__in=gone).delete()
