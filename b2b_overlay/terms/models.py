"""Contracts between the shop and a legal entity."""

from __future__ import annotations

import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from b2b_overlay.company.models import LegalEntity
from b2b_overlay.history import tracked

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

#: An organisation's has 10.
LENGTH_OF_A_PERSONS_INN = 12


@tracked()
class Organization(models.Model):
    """организация: one of the shop's own legal entities, which sells. Tracked: whoever changes
    the account that buyers pay to leaves his name."""

    name = models.CharField(_("name"), max_length=255)
    full_name = models.CharField(_("full name"), max_length=1000, blank=True)
    inn = models.CharField(_("INN"), max_length=12, blank=True)
    kpp = models.CharField(_("KPP"), max_length=9, blank=True)
    address = models.CharField(_("address"), max_length=500, blank=True)
    #: Where buyers pay to; without it there are no invoices.
    account = models.CharField(_("account"), max_length=20, blank=True)
    bic = models.CharField(_("BIC"), max_length=9, blank=True)
    bank_name = models.CharField(_("bank"), max_length=255, blank=True)
    correspondent = models.CharField(_("correspondent account"), max_length=20, blank=True)
    #: Whose names stand under an invoice.
    director = models.CharField(_("director"), max_length=255, blank=True)
    accountant = models.CharField(_("chief accountant"), max_length=255, blank=True)

    class Meta:
        app_label = "b2b_overlay"
        ordering = ["pk"]
        verbose_name = _("organisation")

    def __str__(self) -> str:
        return self.name

    @property
    def is_entrepreneur(self) -> bool:
        """ИП: he signs himself, and has no chief accountant."""
        return len(self.inn) == LENGTH_OF_A_PERSONS_INN


class SellingRule(models.Model):
    """Goods of a group, or out of a warehouse, are another organisation's to sell than the
    contract's. A group's or a warehouse's: one of the two."""

    organization = models.ForeignKey(
        Organization, models.CASCADE, related_name="selling", verbose_name=_("organisation")
    )
    #: The shop's own ids.
    category_id = models.BigIntegerField(null=True, unique=True)
    warehouse_id = models.CharField(max_length=64, null=True, unique=True)

    class Meta:
        app_label = "b2b_overlay"
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(category_id__isnull=True) ^ models.Q(warehouse_id__isnull=True),
                name="b2b_selling_group_or_warehouse",
            )
        ]


def _sum(name: _StrPromise) -> models.DecimalField[Decimal | None, Decimal | None]:
    """A sum of a contract's that needn't be agreed."""
    return models.DecimalField(
        name,
        max_digits=16,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
    )


@tracked(found_by=["legal_entity"])
class Contract(models.Model):
    """договор, соглашение: the terms of one legal entity."""

    class Payment(models.TextChoices):
        PREPAID = "prepaid", _("prepayment")
        ON_ACCOUNT = "on_account", _("deferred payment")

    legal_entity = models.ForeignKey(
        LegalEntity, models.CASCADE, related_name="contracts", verbose_name=_("legal entity")
    )
    organization = models.ForeignKey(
        Organization,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="contracts",
        verbose_name=_("organisation"),
    )
    number = models.CharField(_("number"), max_length=64, blank=True)
    date = models.DateField(_("date"), null=True, blank=True)
    #: ISO 4217; an order under this contract is in this currency.
    currency = models.CharField(_("currency"), max_length=3, default="RUB")
    payment = models.CharField(
        _("payment"), max_length=16, choices=Payment, default=Payment.ON_ACCOUNT
    )
    #: Calendar days from the order to its due date; 0 with prepayment.
    payment_days = models.PositiveSmallIntegerField(
        _("deferral, days"), default=0, validators=[MaxValueValidator(365)]
    )
    #: How much may be owed under it, in its currency, VAT included; None: no limit.
    credit_limit = _sum(_("credit limit"))
    #: Goods of an order make at least so much, in its currency, VAT as the channel has it.
    min_order = _sum(_("smallest order"))
    #: Days that a debt may be overdue before nothing more is ordered; None: no matter how many.
    overdue_days = models.PositiveSmallIntegerField(
        _("days overdue that stop orders"),
        null=True,
        blank=True,
        validators=[MaxValueValidator(365)],
    )
    #: What any way of delivery costs at most, in its currency; None: what the shop says.
    delivery_price = _sum(_("delivery costs at most"))
    #: Of goods for so much delivery is free; None: of none.
    free_delivery_from = _sum(_("free delivery from"))
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        app_label = "b2b_overlay"
        ordering = ["pk"]
        verbose_name = _("contract")
        verbose_name_plural = _("contracts")

    def __str__(self) -> str:
        parts = [str(_("Contract"))]
        if self.number:
            parts.append(f"№ {self.number}")
        if self.date:
            parts.append(str(_("of %(date)s") % {"date": self.date.strftime("%d.%m.%Y")}))
        return " ".join(parts)

    @property
    def payment_text(self) -> str:
        """«отсрочка 14 дней», «предоплата»"""
        if self.payment == self.Payment.PREPAID:
            return str(_("prepayment"))
        return ngettext(
            "deferral of %(days)s day", "deferral of %(days)s days", self.payment_days
        ) % {"days": self.payment_days}

    def due_date(self, ordered: datetime.date) -> datetime.date:
        """When an order of that day is to be paid."""
        return ordered + datetime.timedelta(days=self.payment_days)


class Settlement(models.Model):
    """взаиморасчёты: what a legal entity owes by one document, as 1C last told. One that owes
    nothing has a single row of zero, so that it is known since when (``terms.settlements``)."""

    legal_entity = models.ForeignKey(LegalEntity, models.CASCADE, related_name="settlements")
    contract = models.ForeignKey(
        Contract, models.SET_NULL, null=True, blank=True, related_name="settlements"
    )
    #: «Реализация 00-000123».
    document = models.CharField(_("document"), max_length=255, blank=True)
    document_date = models.DateField(_("of"), null=True, blank=True)
    #: Owed to the shop; negative: paid in advance. VAT included.
    amount = models.DecimalField(_("owed"), max_digits=16, decimal_places=2)
    currency = models.CharField(_("currency"), max_length=3, default="RUB")
    due_date = models.DateField(_("due"), null=True, blank=True)
    #: As of when, and in which file.
    told_at = models.DateTimeField()
    source = models.CharField(max_length=255, blank=True)

    class Meta:
        app_label = "b2b_overlay"
        ordering = ["due_date", "document_date", "pk"]
        verbose_name = _("settlement")
        verbose_name_plural = _("settlements")
        constraints = [
            models.UniqueConstraint(
                #: A document may be paid in parts, each due on a day of its own.
                fields=[
                    "legal_entity",
                    "contract",
                    "document",
                    "document_date",
                    "currency",
                    "due_date",
                ],
                nulls_distinct=False,
                name="b2b_settlement_once",
            )
        ]
