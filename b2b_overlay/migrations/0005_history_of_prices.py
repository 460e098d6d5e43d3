"""The history of prices found fast, and begun for what was there before it.

Two indexes over events that Django's models can't say: the events of one load (the id stands in
the event's context), and those of one good in one list, which every answer «as of» reads. And
one event for each row made before its history was kept, so that from the upgrade on it can be
told what a price was; of the time before nothing is known, and nothing is claimed.
"""

from __future__ import annotations

import json
from typing import Any

from django.db import migrations

#: What the answer «as of» is reckoned from; of the time of the upgrade, in this order.
BEGUN = (
    "Company",
    "LegalEntity",
    "Contract",
    "PriceList",
    "Markup",
    "Rate",
    "Price",
    "Assignment",
)
CONTEXT = json.dumps({"who": None, "via": "command", "where": "migrate"})
EVENT = ("pgh_created_at", "pgh_label", "pgh_context")


def begin(apps: Any, schema_editor: Any) -> None:
    """An «insert» of each row that has no event."""
    with schema_editor.connection.cursor() as cursor:
        # A table that was never analysed is taken for a small one.
        cursor.execute("SET LOCAL enable_nestloop = off")
        for name in BEGUN:
            _begin(cursor, apps.get_model("b2b_overlay", name), _event(apps, name))
        _begin_links(cursor, apps)
        cursor.execute("SET LOCAL enable_nestloop TO DEFAULT")


def _event(apps: Any, name: str) -> Any:
    return apps.get_model("b2b_overlay", f"{name}Event")


def _kept(event: Any) -> str:
    own = [f.column for f in event._meta.concrete_fields if not f.name.startswith("pgh_")]
    return ", ".join(f'"{column}"' for column in own)


def _begin(cursor: Any, model: Any, event: Any) -> None:
    columns, table, events = _kept(event), model._meta.db_table, event._meta.db_table
    cursor.execute(
        f"INSERT INTO {events} ({', '.join(EVENT)}, pgh_obj_id, {columns})"
        f" SELECT now(), 'insert', %s::jsonb, id, {columns} FROM {table} r"
        f" WHERE NOT EXISTS (SELECT FROM {events} e WHERE e.pgh_obj_id = r.id)",
        [CONTEXT],
    )


def _begin_links(cursor: Any, apps: Any) -> None:
    """Which companies are in which groups: rows that only link two others."""
    event = _event(apps, "GroupCompanies")
    table = apps.get_model("b2b_overlay", "Group").companies.through._meta.db_table
    columns, events = _kept(event), event._meta.db_table
    cursor.execute(
        f"INSERT INTO {events} ({', '.join(EVENT)}, {columns})"
        f" SELECT now(), 'insert', %s::jsonb, {columns} FROM {table} r"
        f" WHERE NOT EXISTS (SELECT FROM {events} e WHERE e.group_id = r.group_id"
        f" AND e.company_id = r.company_id)",
        [CONTEXT],
    )


class Migration(migrations.Migration):
    dependencies = [("b2b_overlay", "0004_terms_of_trade")]

    operations = [
        migrations.RunSQL(
            "CREATE INDEX b2b_price_event_load ON b2b_overlay_priceevent"
            " ((pgh_context ->> 'load')) WHERE (pgh_context ->> 'load') IS NOT NULL",
            "DROP INDEX b2b_price_event_load",
        ),
        migrations.RunSQL(
            "CREATE INDEX b2b_price_event_place ON b2b_overlay_priceevent"
            " (price_list_id, variant_id, pgh_obj_id, pgh_id DESC)",
            "DROP INDEX b2b_price_event_place",
        ),
        # Nothing to take back: what was recorded stays, and a second time finds it.
        migrations.RunPython(begin, migrations.RunPython.noop),
    ]
