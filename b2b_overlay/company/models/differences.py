"""A change made in both places: 1C's word beside what stands here, until a person takes one.

Rules: what a person of the desk changed is never overwritten by an exchange; what 1C told last
holds, so a row is replaced by newer news and goes when both sides say the same; rows name what
they are about by kind and id, since a contract's prices are known only further up.
"""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Difference(models.Model):
    """расхождение: one field that the desk and 1C have changed, each in its own way."""

    class About(models.TextChoices):
        CONTRACT = "contract", _("contract")
        COMPANY = "company", _("company")
        LEGAL_ENTITY = "legal_entity", _("legal entity")

    about = models.CharField(max_length=16, choices=About)
    object_id = models.BigIntegerField()
    field = models.CharField(max_length=32)
    #: 1C's value, as ids of this site where it is one (a price list, a manager).
    theirs = models.JSONField(null=True)
    #: Which 1C base said so.
    source = models.CharField(max_length=255, blank=True)
    told_at = models.DateTimeField(auto_now=True)

    class Meta:
        app_label = "b2b_overlay"
        ordering = ["-told_at", "-pk"]
        verbose_name = _("difference from 1C")
        verbose_name_plural = _("differences from 1C")
        constraints = [
            models.UniqueConstraint(
                fields=["about", "object_id", "field"], name="b2b_difference_once"
            )
        ]
