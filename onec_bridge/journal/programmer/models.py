"""Who may open the 1C programmer's page of a connection: a link and a password of its own."""

from __future__ import annotations

import secrets

from django.db import models
from django.utils.translation import gettext_lazy as _

from onec_bridge.exchange.models import Connection

__all__ = ["ProgrammerAccess"]


def new_link() -> str:
    """The part of the address that nobody guesses: 128 bits."""
    return secrets.token_hex(16)


class ProgrammerAccess(models.Model):
    """The link to one connection's page, and its password as a hash. Revoked, it is gone."""

    connection = models.OneToOneField(
        Connection, models.CASCADE, primary_key=True, related_name="programmer"
    )
    token = models.CharField(max_length=32, unique=True, default=new_link)
    password = models.CharField(_("password"), max_length=255)
    given_at = models.DateTimeField(auto_now=True)
    signed_in_at = models.DateTimeField(null=True)
    #: Wrong passwords since ``refused_since``; see `access.sign_in`.
    refused = models.PositiveIntegerField(default=0)
    refused_since = models.DateTimeField(null=True)

    class Meta:
        app_label = "onec_bridge"
        verbose_name = _("the 1C programmer's page")

    def __str__(self) -> str:
        return str(self.connection)
