"""What was erased of a person, and on whose word (152-ФЗ, art. 20 and 21)."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Erasure(models.Model):
    """One erasure: never what was erased, only where and how much."""

    #: «user» or «legal_entity», and its id.
    subject = models.CharField(max_length=16)
    subject_id = models.CharField(max_length=64)
    reason = models.CharField(_("reason"), max_length=1000)
    #: ``{"b2b_overlay_buyer.name": 2}``: rows blanked, by table and column.
    columns = models.JSONField(default=dict)
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        app_label = "b2b_overlay"
        ordering = ["-made_at", "-pk"]
