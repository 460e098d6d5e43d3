"""What a price was at a moment is found in an index, without looking at its events."""

from __future__ import annotations

from django.db import migrations

_PLACE = (
    "DROP INDEX b2b_price_event_place;"
    "CREATE INDEX b2b_price_event_place ON b2b_overlay_priceevent"
    " (price_list_id, variant_id, pgh_obj_id, pgh_id DESC)"
)


class Migration(migrations.Migration):
    dependencies = [("b2b_overlay", "0006_exchange")]
    operations = [migrations.RunSQL(f"{_PLACE} INCLUDE (pgh_created_at)", _PLACE)]
