"""Price lists, prices, for whom a list is, and what wholesale needs to know of a variant."""

from __future__ import annotations

from decimal import Decimal

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from b2b_overlay.company.models import Company, Group, LegalEntity
from b2b_overlay.history import tracked
from b2b_overlay.terms.models import Contract


class PriceList(models.Model):
    """тип цен: a named set of prices, in one currency, with VAT inside or not."""

    name = models.CharField(_("name"), max_length=255)
    currency = models.CharField(_("currency"), max_length=3, default="RUB")
    vat_included = models.BooleanField(_("VAT included"), default=True)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        app_label = "b2b_overlay"
        ordering = ["name", "pk"]
        verbose_name = _("price list")
        verbose_name_plural = _("price lists")

    def __str__(self) -> str:
        return self.name


class Price(models.Model):
    """цена: one price of one variant from a minimum quantity.

    ``amount`` is for one base unit, exact in minor units, in the list's currency and VAT
    mode. ``unit`` and ``coefficient`` say how it was quoted (a box of 12).
    """

    price_list = models.ForeignKey(PriceList, models.CASCADE, related_name="prices")
    #: The shop's own variant id; no foreign key into the shop.
    variant_id = models.BigIntegerField()
    #: In base units.
    min_quantity = models.DecimalField(max_digits=12, decimal_places=3, default=Decimal(1))
    amount = models.DecimalField(
        max_digits=14, decimal_places=2, validators=[MinValueValidator(Decimal("0.01"))]
    )
    unit = models.CharField(max_length=25, blank=True, default="")
    coefficient = models.DecimalField(max_digits=12, decimal_places=3, default=Decimal(1))

    class Meta:
        app_label = "b2b_overlay"
        verbose_name = _("price")
        # The shape that won in reference/performance.md ("Resolving prices"): one unique
        # index that covers what the resolver reads.
        constraints = [
            models.UniqueConstraint(
                fields=["price_list", "variant_id", "min_quantity"],
                include=["amount", "unit", "coefficient"],
                name="b2b_price_once",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="b2b_price_positive"),
            models.CheckConstraint(condition=Q(coefficient__gt=0), name="b2b_price_coefficient"),
        ]


@tracked(found_by=["contract", "legal_entity", "company"])
class Assignment(models.Model):
    """For whom a price list is: exactly one of a contract, a legal entity, a company, a group
    of companies; or none of them, the shop's wholesale default."""

    price_list = models.ForeignKey(PriceList, models.CASCADE, related_name="assignments")
    contract = models.ForeignKey(
        Contract, models.CASCADE, null=True, blank=True, related_name="price_assignments"
    )
    legal_entity = models.ForeignKey(
        LegalEntity, models.CASCADE, null=True, blank=True, related_name="price_assignments"
    )
    company = models.ForeignKey(
        Company, models.CASCADE, null=True, blank=True, related_name="price_assignments"
    )
    group = models.ForeignKey(
        Group, models.CASCADE, null=True, blank=True, related_name="price_assignments"
    )
    #: Lower comes first within a level.
    priority = models.PositiveSmallIntegerField(_("priority"), default=0)

    class Meta:
        app_label = "b2b_overlay"
        constraints = [
            models.CheckConstraint(
                name="b2b_assignment_one_target",
                condition=(
                    Q(legal_entity=None, company=None, group=None)
                    | Q(contract=None, company=None, group=None)
                    | Q(contract=None, legal_entity=None, group=None)
                    | Q(contract=None, legal_entity=None, company=None)
                ),
            ),
            models.UniqueConstraint(
                fields=["price_list", "contract", "legal_entity", "company", "group"],
                nulls_distinct=False,
                name="b2b_assignment_once",
            ),
        ]


class VariantFacts(models.Model):
    """What wholesale needs to know of a variant and the shop doesn't keep: 1C's article,
    its unit of measure (ОКЕИ) and its VAT rate."""

    #: The shop's own variant id; no foreign key into the shop.
    variant_id = models.BigIntegerField(primary_key=True)
    article = models.CharField(_("article"), max_length=255, blank=True, db_index=True)
    barcode = models.CharField(_("barcode"), max_length=64, blank=True, db_index=True)
    unit = models.CharField(_("unit"), max_length=25, default="шт")
    unit_code = models.CharField(_("OKEI code"), max_length=4, default="796")
    #: Percent. None with ``vat_exempt`` is «без НДС»; None without it is unknown.
    vat_rate = models.DecimalField(
        _("VAT rate, %"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    vat_exempt = models.BooleanField(_("without VAT"), default=False)

    class Meta:
        app_label = "b2b_overlay"
        verbose_name = _("wholesale facts of a variant")
