"""What the database itself notes when the lists for some terms may be others (:mod:`.known`)."""

from __future__ import annotations

import pgtrigger
from django.db import models
from django.db.models.functions import Now

from b2b_overlay.company.models import Company, GroupCompanies, LegalEntity

from .models import Assignment, Markup, Price, PriceList

__all__ = ["ListsChange"]


class ListsChange(models.Model):
    """A transaction that changed what decides which lists are for whom, or which of them hold
    prices: whoever wrote, by whatever way. Rows a day old are swept out by those that come."""

    #: ``pg_current_xact_id()``.
    transaction = models.BigIntegerField(primary_key=True)
    at = models.DateTimeField(db_default=Now(), db_index=True)

    class Meta:
        app_label = "b2b_overlay"
        db_table = "b2b_overlay_listschange"


# The array is read once; ``IN`` with a LIMIT may be planned as a join that reads it again.
_TELL = """
INSERT INTO b2b_overlay_listschange (transaction)
VALUES (pg_current_xact_id()::text::bigint) ON CONFLICT DO NOTHING;
IF FOUND THEN
    DELETE FROM b2b_overlay_listschange WHERE transaction = ANY (ARRAY(
        SELECT transaction FROM b2b_overlay_listschange
         WHERE at < now() - interval '1 day' LIMIT 10 FOR UPDATE SKIP LOCKED));
END IF;
RETURN NULL;
"""

for _model in (Company, GroupCompanies, LegalEntity, PriceList, Markup, Price, Assignment):
    pgtrigger.register(
        pgtrigger.Trigger(
            name="lists_change",
            level=pgtrigger.Statement,
            when=pgtrigger.After,
            operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete | pgtrigger.Truncate,
            func=_TELL,
        )
    )(_model)
