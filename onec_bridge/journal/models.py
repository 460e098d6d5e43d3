"""An entry for each request, and a row for each problem."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from onec_bridge.exchange.models import Connection, ReceivedFile, Session


class Entry(models.Model):
    """What 1C asked once, and what it was answered."""

    #: A client may announce any number; the column holds this one.
    MOST_BYTES = 2**63 - 1

    connection = models.ForeignKey(
        Connection, models.CASCADE, null=True, related_name="entries", verbose_name=_("connection")
    )
    session = models.ForeignKey(Session, models.SET_NULL, null=True, related_name="entries")
    file = models.ForeignKey(ReceivedFile, models.SET_NULL, null=True, related_name="entries")
    at = models.DateTimeField(_("when"), auto_now_add=True, db_index=True)
    method = models.CharField(max_length=8)
    type = models.CharField(_("type"), max_length=32, blank=True)
    mode = models.CharField(_("mode"), max_length=32, blank=True)
    filename = models.CharField(_("file"), max_length=500, blank=True)
    #: As it was sent, also when it is wrong; a login is no secret.
    login = models.CharField(_("login"), max_length=150, blank=True)
    #: The query as it was sent, without ``sessid``.
    query = models.CharField(max_length=500, blank=True)
    state_before = models.CharField(max_length=16, blank=True)
    state_after = models.CharField(max_length=16, blank=True)
    bytes_in = models.PositiveBigIntegerField(default=0)
    bytes_out = models.PositiveBigIntegerField(default=0)
    status = models.PositiveSmallIntegerField()
    #: First line of the answer: success, progress, failure; «xml» for orders.
    word = models.CharField(_("answer"), max_length=16)
    #: What 1C shows its user; without what `checkauth` and `init` hand out.
    text = models.TextField(_("text"), blank=True)
    #: The first lines of the answer as it went out; a session's secrets are stars.
    answer = models.TextField(_("answer"), blank=True)
    milliseconds = models.PositiveIntegerField(_("ms"))
    ip = models.GenericIPAddressField(null=True)
    user_agent = models.CharField(max_length=255, blank=True)

    class Meta:
        app_label = "onec_bridge"
        ordering = ["-pk"]
        verbose_name = _("entry of the journal")

    def __str__(self) -> str:
        return f"{self.type}/{self.mode} {self.filename} → {self.word}"


class ProblemRecord(models.Model):
    """One problem, as code and values; `onec_bridge.journal.problems` puts it into words."""

    connection = models.ForeignKey(Connection, models.CASCADE, related_name="problems")
    session = models.ForeignKey(Session, models.SET_NULL, null=True, related_name="problems")
    file = models.ForeignKey(ReceivedFile, models.CASCADE, null=True, related_name="problems")
    at = models.DateTimeField(_("when"), auto_now_add=True)
    severity = models.CharField(_("severity"), max_length=8, db_index=True)
    code = models.CharField(max_length=64)
    #: Of `onec_bridge.commerceml.records.Source`.
    source_file = models.CharField(max_length=500, blank=True)
    line = models.PositiveBigIntegerField(default=0)
    ordinal = models.PositiveBigIntegerField(default=0)
    external_id = models.CharField(max_length=255, blank=True)
    path = models.CharField(max_length=1000, blank=True)
    field = models.CharField(max_length=500, blank=True)
    value = models.TextField(blank=True)
    params = models.JSONField(default=dict)

    class Meta:
        app_label = "onec_bridge"
        ordering = ["pk"]
        verbose_name = _("problem")
        indexes = [models.Index(fields=["file", "code"], name="onec_problem_by_code")]

    def __str__(self) -> str:
        return f"{self.code} {self.source_file}:{self.line}"
