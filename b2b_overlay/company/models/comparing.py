"""What has to be compared with the rest of the base yet.

Rule: a row is written in the transaction that changes the legal entity and goes when it has
been compared, so a load that is cut off is compared later. It points at nothing: a legal entity
that is gone is passed over.
"""

from __future__ import annotations

from django.db import models


class ToCompare(models.Model):
    """A legal entity that was made or changed since it was last compared."""

    legal_entity_id = models.BigIntegerField(primary_key=True)

    class Meta:
        app_label = "b2b_overlay"
