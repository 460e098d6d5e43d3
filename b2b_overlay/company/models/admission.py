"""Ways in: an invitation to a buyer his company or manager has made, a customer's application.

Rules: a secret is kept as its hash only; an invitation works once, until its term, unless it
is revoked; an application is never lost, whatever becomes of it.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from b2b_overlay.history import tracked

from .people import Buyer
from .structure import LegalEntity


@tracked(found_by=["buyer"], exclude=["token_hash", "code_hash"])
class Invitation(models.Model):
    """приглашение: a link, its QR code, or a short code to read out. They let one person in,
    once, to choose a password (or to join with the account he has)."""

    class Purpose(models.TextChoices):
        JOIN = "join", _("invitation")
        PASSWORD = "password", _("new password")

    buyer = models.ForeignKey(Buyer, models.CASCADE, related_name="invitations")
    purpose = models.CharField(max_length=16, choices=Purpose, default=Purpose.JOIN)
    #: Hashes of the link's secret and of the code; neither can be read back.
    token_hash = models.CharField(max_length=64, unique=True)
    code_hash = models.CharField(max_length=64, unique=True)
    expires_at = models.DateTimeField(_("valid until"))
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="b2b_invitations_made"
    )
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "b2b_overlay"
        ordering = ["-created_at", "-pk"]
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")


@tracked(found_by=["legal_entity", "buyer"], exclude=["card"])
class Application(models.Model):
    """заявка: a retail customer asks to buy wholesale."""

    class State(models.TextChoices):
        NEW = "new", _("waiting for the shop")
        ASKED = "asked", _("waiting for the customer's answer")
        ADMITTED = "admitted", _("admitted")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("withdrawn")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="b2b_applications"
    )
    state = models.CharField(max_length=16, choices=State, default=State.NEW)
    #: As typed: at least one of the two.
    inn = models.CharField(_("INN"), max_length=32, blank=True, db_index=True)
    invoice = models.CharField(_("number of any invoice of ours"), max_length=64, blank=True)
    company_name = models.CharField(_("company"), max_length=255, blank=True)
    contact = models.CharField(_("contact person"), max_length=255, blank=True)
    phone = models.CharField(_("phone"), max_length=64, blank=True)
    comment = models.TextField(_("comment"), blank=True, max_length=2000)
    #: Card of the enterprise: name of the file and its bytes.
    card_name = models.CharField(max_length=255, blank=True)
    card = models.BinaryField(default=b"")
    created_at = models.DateTimeField(auto_now_add=True)
    #: Whom he was admitted for.
    legal_entity = models.ForeignKey(
        LegalEntity, models.SET_NULL, null=True, blank=True, related_name="applications"
    )
    buyer = models.ForeignKey(
        Buyer, models.SET_NULL, null=True, blank=True, related_name="applications"
    )
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        app_label = "b2b_overlay"
        ordering = ["-created_at", "-pk"]
        verbose_name = _("application")
        verbose_name_plural = _("applications")
        constraints = [
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(state__in=["new", "asked"]),
                name="b2b_application_one_open",
            )
        ]


class ApplicationMessage(models.Model):
    """What the shop asked, what the customer answered, why he was refused."""

    application = models.ForeignKey(Application, models.CASCADE, related_name="messages")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    from_shop = models.BooleanField()
    text = models.TextField(max_length=2000)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "b2b_overlay"
        ordering = ["created_at", "pk"]
