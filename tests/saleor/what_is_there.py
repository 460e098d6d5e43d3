"""Everything a database has besides the shop's own rows: what an installed overlay adds to it is
gone after it was removed, whatever it was.

Not found by our names: what is there before and after is compared, so that what somebody adds
tomorrow is found too.
"""

from __future__ import annotations

import psycopg

__all__ = ["what_is_there"]

_OURS_OR_NOT = "n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')"
_NAMED = {
    "relation": f"""SELECT c.relkind::text || ' ' || c.relname FROM pg_class c
        JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {_OURS_OR_NOT}""",
    "column": f"""SELECT c.relname || '.' || a.attname || ' '
        || format_type(a.atttypid, a.atttypmod)
        || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace
        WHERE {_OURS_OR_NOT} AND a.attnum > 0 AND NOT a.attisdropped""",
    "constraint": f"""SELECT o.conname || ' ' || pg_get_constraintdef(o.oid) FROM pg_constraint o
        JOIN pg_namespace n ON n.oid = o.connamespace WHERE {_OURS_OR_NOT}""",
    "index": f"""SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i
        JOIN pg_class c ON c.oid = i.indexrelid
        JOIN pg_namespace n ON n.oid = c.relnamespace WHERE {_OURS_OR_NOT}""",
    "trigger": "SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
    "function": f"""SELECT p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')'
        FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace WHERE {_OURS_OR_NOT}""",
    "type": f"""SELECT t.typname FROM pg_type t
        JOIN pg_namespace n ON n.oid = t.typnamespace WHERE {_OURS_OR_NOT}""",
    "schema": f"SELECT n.nspname FROM pg_namespace n WHERE {_OURS_OR_NOT} AND nspname !~ '^pg_'",
    "extension": "SELECT extname FROM pg_extension",
    "content type": "SELECT app_label || '.' || model FROM django_content_type",
    "permission": "SELECT codename FROM permission_permission",
    "migration": "SELECT app || '.' || name FROM django_migrations",
    "app": "SELECT coalesce(nullif(identifier, ''), name) FROM app_app",
    "plugin": "SELECT identifier FROM plugins_pluginconfiguration",
    "voucher": "SELECT coalesce(name, '') || ' ' || type FROM discount_voucher",
    "repeated task": "SELECT name FROM django_celery_beat_periodictask",
}


def what_is_there(url: str) -> set[str]:
    """Names of all of it, each with its kind."""
    with psycopg.connect(url, autocommit=True) as connection:
        return {
            f"{kind} {row[0]}"
            for kind, query in _NAMED.items()
            for row in connection.execute(query).fetchall()
        }
