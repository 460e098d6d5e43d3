"""Counterparties that can't be told apart, what was decided of them, and what moved then.

Rules: a decision is a row, made by a person or by a rule that the shop can switch off; every
rearrangement says exactly which rows it moved, so that it can be undone.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from b2b_overlay.history import tracked

from .structure import Company, LegalEntity


@tracked(found_by=["source", "target", "source_company", "target_company"])
class Rearrangement(models.Model):
    """перестановка: rows that went from one owner to another as one thing, undoable as one."""

    class Kind(models.TextChoices):
        JOIN = "join", _("legal entities joined")
        SPLIT = "split", _("legal entity split")
        MOVE = "move", _("legal entity moved to another company")
        JOIN_COMPANIES = "join_companies", _("companies joined")

    kind = models.CharField(max_length=16, choices=Kind)
    #: JOIN, SPLIT: rows went from ``source`` to ``target``. MOVE: ``target`` is what moved.
    source = models.ForeignKey(LegalEntity, models.PROTECT, null=True, blank=True, related_name="+")
    target = models.ForeignKey(
        LegalEntity, models.PROTECT, null=True, blank=True, related_name="rearrangements"
    )
    #: MOVE, JOIN_COMPANIES: from which company to which.
    source_company = models.ForeignKey(
        Company, models.PROTECT, null=True, blank=True, related_name="+"
    )
    target_company = models.ForeignKey(
        Company, models.PROTECT, null=True, blank=True, related_name="rearrangements"
    )
    #: ``{"changes": [{"field": "b2b_overlay.Contract.legal_entity", "old", "new", "rows"}],
    #: "stayed": […]}``: what went, step by step, and what a constraint kept (``rearranging``).
    moved = models.JSONField(default=dict)
    #: Code of the rule that did it; empty: a person.
    rule = models.CharField(max_length=32, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        app_label = "b2b_overlay"
        ordering = ["-made_at", "-pk"]
        verbose_name = _("rearrangement")
        verbose_name_plural = _("rearrangements")


@tracked(found_by=["low", "high"], exclude=["score", "reasons"], only_changes=True)
class Doubt(models.Model):
    """сомнение: two legal entities that may be one. ``low`` has the lower id."""

    class Decision(models.TextChoices):
        WAITING = "waiting", _("waiting")
        JOINED = "joined", _("the same, joined")
        DIFFERENT = "different", _("different")

    low = models.ForeignKey(LegalEntity, models.CASCADE, related_name="+")
    high = models.ForeignKey(LegalEntity, models.CASCADE, related_name="+")
    #: Of 100, how alike.
    score = models.PositiveSmallIntegerField()
    #: Codes of :class:`b2b_overlay.company.likeness.Reason`, the weightiest first.
    reasons = models.JSONField(default=list)
    decision = models.CharField(max_length=16, choices=Decision, default=Decision.WAITING)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    rearrangement = models.ForeignKey(
        Rearrangement, models.SET_NULL, null=True, related_name="doubts"
    )

    class Meta:
        app_label = "b2b_overlay"
        ordering = ["-score", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["low", "high"], name="b2b_doubt_once"),
            models.CheckConstraint(
                condition=models.Q(low__lt=models.F("high")), name="b2b_doubt_ordered"
            ),
        ]


@tracked()
class Rule(models.Model):
    """A certain case that joins by itself (``company.rules``): on or off. No row: as the rule
    itself says."""

    code = models.CharField(max_length=32, unique=True)
    is_on = models.BooleanField()
    changed_at = models.DateTimeField(auto_now=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        app_label = "b2b_overlay"
        ordering = ["code"]
