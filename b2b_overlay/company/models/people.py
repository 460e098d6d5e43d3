"""Buyers, and whom a buyer is buying for.

Rule: the only foreign keys into the shop are to its user, each with a related_name of its own
(Saleor's User has a ``note`` and others that would clash).
"""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from b2b_overlay import logins
from b2b_overlay.history import tracked

from .structure import Company, LegalEntity


@tracked(found_by=["company"])
class Buyer(models.Model):
    """закупщик: a shop user's membership of a company."""

    class Role(models.TextChoices):
        #: Everything, for all legal entities; invites and removes his own people.
        OWNER = "owner", _("owner")
        #: Orders, up to his spending limit.
        BUYER = "buyer", _("buyer")
        #: Orders without limit, and confirms what is over another's.
        APPROVER = "approver", _("approver")
        #: Sees orders, documents and debts; orders nothing.
        ACCOUNTANT = "accountant", _("accountant")
        VIEWER = "viewer", _("viewer")

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="b2b_memberships"
    )
    company = models.ForeignKey(Company, models.CASCADE, related_name="buyers")
    role = models.CharField(_("role"), max_length=16, choices=Role, default=Role.BUYER)
    #: The legal entities he may buy for; an owner may for all of the company's.
    legal_entities = models.ManyToManyField(LegalEntity, related_name="buyers", blank=True)
    #: An order of more than this waits for an approver; None: no limit. VAT and delivery
    #: included, as the buyer pays it.
    spending_limit = models.DecimalField(
        _("spending limit for one order"),
        max_digits=16,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
    )
    #: ISO 4217; an order in another currency is over any limit.
    limit_currency = models.CharField(_("currency of the limit"), max_length=3, default="RUB")
    #: How the company calls him, where his account has no name.
    name = models.CharField(_("name"), max_length=255, blank=True)
    is_active = models.BooleanField(_("active"), default=True)
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        app_label = "b2b_overlay"
        verbose_name = _("buyer")
        verbose_name_plural = _("buyers")
        constraints = [
            models.UniqueConstraint(fields=["user", "company"], name="b2b_buyer_once_per_company")
        ]

    @property
    def called(self) -> str:
        """What a person is called on pages: as his company calls him, else as he calls himself,
        else what he signs in with."""
        own = f"{self.user.first_name} {self.user.last_name}".strip()
        return self.name or own or logins.shown(str(self.user.email))


@tracked(found_by=["buyer"], is_link=True)
class BuyerLegalEntities(Buyer.legal_entities.through):  # type: ignore[misc,name-defined]  # a class Django makes
    """The table behind :attr:`Buyer.legal_entities`, for its history."""

    class Meta:
        app_label = "b2b_overlay"
        proxy = True


class Choice(models.Model):
    """Whom a user is buying for, per channel, kept by the server.

    ``legal_entity`` None is «как частное лицо»: retail prices, by his own choice. No row: the
    first legal entity he may buy for.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="b2b_choices")
    channel = models.CharField(max_length=255)
    legal_entity = models.ForeignKey(
        LegalEntity, models.CASCADE, null=True, blank=True, related_name="+"
    )

    class Meta:
        app_label = "b2b_overlay"
        constraints = [models.UniqueConstraint(fields=["user", "channel"], name="b2b_choice_once")]
