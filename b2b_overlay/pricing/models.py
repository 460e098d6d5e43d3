"""Price lists, prices, for whom a list is, and what wholesale needs to know of a variant."""

from __future__ import annotations

from decimal import Decimal

import pgtrigger
from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from b2b_overlay.company.models import Company, Group, LegalEntity
from b2b_overlay.history import tracked
from b2b_overlay.quantities import QuantityField
from b2b_overlay.terms.models import Contract


@tracked()
class PriceList(models.Model):
    """тип цен: a named set of prices, in one currency, with VAT inside or not.

    A list holds prices of its own, or derives them from another list or from the shop's retail
    by a percentage and a rounding rule, reckoned on reading and never copied; a price of its
    own comes before a derived one.
    """

    class Rounding(models.TextChoices):
        NEAREST = "nearest", _("to the nearest")
        UP = "up", _("up")
        DOWN = "down", _("down")

    name = models.CharField(_("name"), max_length=255)
    currency = models.CharField(_("currency"), max_length=3, default="RUB")
    vat_included = models.BooleanField(_("VAT included"), default=True)
    is_active = models.BooleanField(_("active"), default=True)
    #: What it derives from: a list, or the shop's retail prices; never both, no circles
    #: (``pricing.deriving.derive_list``).
    base = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="derived",
        verbose_name=_("derived from"),
    )
    base_retail = models.BooleanField(_("derived from retail"), default=False)
    #: Added to the base's price: −15 is a discount of 15 %. A :class:`Markup` comes before it.
    percent = models.DecimalField(_("percent"), max_digits=7, decimal_places=3, default=Decimal(0))
    #: A derived price is a multiple of this; in the list's currency.
    rounding_step = models.DecimalField(
        _("rounding step"),
        max_digits=10,
        decimal_places=2,
        default=Decimal("0.01"),
        validators=[MinValueValidator(Decimal("0.01"))],
    )
    rounding = models.CharField(
        _("rounding"), max_length=8, choices=Rounding, default=Rounding.NEAREST
    )
    #: May the shop's promotions and vouchers lower its prices? By default a contract price
    #: stays what it is.
    promotions_stack = models.BooleanField(_("promotions apply"), default=False)

    class Meta:
        app_label = "b2b_overlay"
        ordering = ["name", "pk"]
        verbose_name = _("price list")
        verbose_name_plural = _("price lists")
        constraints = [
            models.CheckConstraint(
                condition=Q(base=None) | Q(base_retail=False), name="b2b_price_list_one_base"
            ),
            models.CheckConstraint(
                condition=~Q(base=F("pk")), name="b2b_price_list_not_its_own_base"
            ),
            models.CheckConstraint(condition=Q(percent__gt=-100), name="b2b_price_list_percent"),
            models.CheckConstraint(condition=Q(rounding_step__gt=0), name="b2b_price_list_step"),
        ]

    def __str__(self) -> str:
        return self.name


@tracked(found_by=["price_list"])
class Markup(models.Model):
    """наценка ценовой группы: the percentage of a derived list for some of its goods, in place
    of the list's own. The price group comes first, then the manufacturer, then the deepest
    category."""

    price_list = models.ForeignKey(PriceList, models.CASCADE, related_name="markups")
    #: The shop's own category id (its descendants too), or one of 1C's two words.
    category_id = models.BigIntegerField(_("category"), null=True, blank=True)
    manufacturer = models.CharField(_("manufacturer"), max_length=255, blank=True)
    price_group = models.CharField(_("price group"), max_length=255, blank=True)
    percent = models.DecimalField(_("percent"), max_digits=7, decimal_places=3)

    class Meta:
        app_label = "b2b_overlay"
        ordering = ["price_list", "pk"]
        verbose_name = _("percentage of a group of goods")
        constraints = [
            models.CheckConstraint(
                name="b2b_markup_one_scope",
                condition=(
                    Q(category_id__isnull=False, manufacturer="", price_group="")
                    | (Q(category_id=None, price_group="") & ~Q(manufacturer=""))
                    | (Q(category_id=None, manufacturer="") & ~Q(price_group=""))
                ),
            ),
            models.CheckConstraint(condition=Q(percent__gt=-100), name="b2b_markup_percent"),
            models.UniqueConstraint(
                fields=["price_list", "category_id", "manufacturer", "price_group"],
                nulls_distinct=False,
                name="b2b_markup_once",
            ),
        ]


@tracked()
class Rate(models.Model):
    """курс дня: how much of ``to`` one unit of ``currency`` is worth, from this day until the
    next one that is known."""

    currency = models.CharField(_("currency"), max_length=3)
    to = models.CharField(_("in"), max_length=3, default="RUB")
    day = models.DateField(_("day"))
    rate = models.DecimalField(
        _("rate"),
        max_digits=18,
        decimal_places=8,
        validators=[MinValueValidator(Decimal("0.00000001"))],
    )

    class Meta:
        app_label = "b2b_overlay"
        ordering = ["-day", "currency"]
        verbose_name = _("exchange rate")
        verbose_name_plural = _("exchange rates")
        constraints = [
            models.UniqueConstraint(fields=["currency", "to", "day"], name="b2b_rate_once"),
            models.CheckConstraint(condition=Q(rate__gt=0), name="b2b_rate_positive"),
            models.CheckConstraint(condition=~Q(currency=F("to")), name="b2b_rate_of_another"),
        ]


@tracked(in_bulk=True)
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
    #: In force from the first moment until before the second; None: always.
    starts_at = models.DateTimeField(_("from"), null=True, blank=True)
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)

    class Meta:
        app_label = "b2b_overlay"
        verbose_name = _("price")
        # The shape that won in reference/performance.md ("Resolving prices"): one unique
        # index that covers what the resolver reads.
        constraints = [
            models.UniqueConstraint(
                fields=["price_list", "variant_id", "min_quantity", "starts_at"],
                include=["amount", "unit", "coefficient", "ends_at"],
                nulls_distinct=False,
                name="b2b_price_once",
            ),
            models.CheckConstraint(
                condition=Q(ends_at=None) | Q(starts_at=None) | Q(ends_at__gt=F("starts_at")),
                name="b2b_price_window",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="b2b_price_positive"),
            models.CheckConstraint(condition=Q(coefficient__gt=0), name="b2b_price_coefficient"),
        ]
        # Which lists have any, so that the rest are read without choosing among windows.
        indexes = [
            models.Index(
                fields=["price_list", "variant_id"],
                condition=~Q(starts_at=None) | ~Q(ends_at=None),
                name="b2b_price_windows",
            )
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
    #: личные цены of one legal entity, given by a manager: they come before its contract's.
    is_individual = models.BooleanField(_("individual prices"), default=False)
    #: Lower comes first within a level.
    priority = models.PositiveSmallIntegerField(_("priority"), default=0)
    #: колонка: the list holds once the cart comes to so much, in the channel's currency and
    #: VAT mode, reckoned at the prices without any column; the highest reached comes first.
    min_total = models.DecimalField(
        _("from a cart's sum of"),
        max_digits=16,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(Decimal(0))],
    )
    #: In force from the first moment until before the second; None: always.
    starts_at = models.DateTimeField(_("from"), null=True, blank=True)
    ends_at = models.DateTimeField(_("until"), null=True, blank=True)

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
            models.CheckConstraint(
                condition=Q(is_individual=False) | Q(legal_entity__isnull=False),
                name="b2b_assignment_individual",
            ),
            models.UniqueConstraint(
                fields=[
                    "price_list",
                    "contract",
                    "legal_entity",
                    "company",
                    "group",
                    "is_individual",
                    "min_total",
                    "starts_at",
                ],
                nulls_distinct=False,
                name="b2b_assignment_once",
            ),
        ]


class VariantFacts(models.Model):
    """What wholesale needs to know of a variant and the shop doesn't keep: 1C's article,
    its unit of measure (ОКЕИ) and its VAT rate."""

    #: The shop's own variant id; no foreign key into the shop.
    variant_id = models.BigIntegerField(primary_key=True)
    article = models.CharField(_("article"), max_length=255, blank=True)
    barcode = models.CharField(_("barcode"), max_length=64, blank=True)
    unit = models.CharField(_("unit"), max_length=25, default="шт")
    unit_code = models.CharField(_("OKEI code"), max_length=4, default="796")
    #: Percent. None with ``vat_exempt`` is «без НДС»; None without it is unknown.
    vat_rate = models.DecimalField(
        _("VAT rate, %"), max_digits=5, decimal_places=2, null=True, blank=True
    )
    vat_exempt = models.BooleanField(_("without VAT"), default=False)
    #: 1C's own words, by which a list's percentage may differ (:class:`Markup`).
    manufacturer = models.CharField(_("manufacturer"), max_length=255, blank=True)
    price_group = models.CharField(_("price group"), max_length=255, blank=True)
    #: Base units that are sold at once, whatever unit the price is for: 6, 12, 0.5…
    step = QuantityField(_("selling step"), default=1)
    #: Base units in one piece of the shop: 1, but of what is sold in fractions of its unit.
    #: Never changed once the shop has sold it (:mod:`b2b_overlay.pricing.pieces`).
    piece = models.DecimalField(
        _("piece"), max_digits=12, decimal_places=3, default=Decimal(1), db_default=Decimal(1)
    )
    #: Retail doesn't find it and can't buy it (:mod:`b2b_overlay.ordering.visibility`).
    wholesale_only = models.BooleanField(_("for wholesale only"), default=False)

    class Meta:
        app_label = "b2b_overlay"
        indexes = [
            models.Index(
                fields=["variant_id"],
                condition=Q(wholesale_only=True),
                name="b2b_facts_wholesale_only",
            ),
            models.Index(
                fields=["variant_id"],
                include=["piece"],
                condition=~Q(piece=1),
                name="b2b_facts_in_fractions",
            ),
            models.Index(fields=["article"], name="b2b_facts_article"),
            # Looked for by its beginning too.
            models.Index(
                fields=["barcode"], opclasses=["varchar_pattern_ops"], name="b2b_facts_barcode"
            ),
            models.Index(
                fields=["manufacturer"],
                condition=~Q(manufacturer=""),
                name="b2b_facts_manufacturer",
            ),
            models.Index(
                fields=["price_group"],
                condition=~Q(price_group=""),
                name="b2b_facts_price_group",
            ),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(piece__gt=0), name="b2b_facts_piece_positive"),
        ]
        verbose_name = _("wholesale facts of a variant")


class RetailNote(models.Model):
    """What the shop's own retail price was from a moment on: noted when it is seen to change,
    so that a list derived from retail can be reckoned as of then. Never changed or deleted."""

    variant_id = models.BigIntegerField()
    channel = models.CharField(max_length=255)
    #: None: not sold at retail.
    amount = models.DecimalField(max_digits=14, decimal_places=2, null=True)
    currency = models.CharField(max_length=3)
    noted_at = models.DateTimeField(default=timezone.now)

    class Meta:
        app_label = "b2b_overlay"
        indexes = [
            models.Index(
                fields=["variant_id", "channel", "-noted_at"],
                include=["amount", "currency"],
                name="b2b_retail_note_last",
            )
        ]
        triggers = [
            pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)
        ]


class PriceLoad(models.Model):
    """загрузка цен: prices that came together, from a file or a page: previewed, applied and
    undone as one thing. The price events it made carry its id in their context."""

    class Source(models.TextChoices):
        EXCHANGE = "exchange", _("exchange with 1C")
        SHEET = "sheet", _("spreadsheet")
        PAGE = "page", _("page")
        COMMAND = "command", _("command")

    class State(models.TextChoices):
        PREVIEW = "preview", _("looked at, not applied")
        APPLIED = "applied", _("applied")
        UNDONE = "undone", _("undone")
        DISCARDED = "discarded", _("discarded")

    source = models.CharField(max_length=16, choices=Source)
    #: The file's name, or what the page was about.
    name = models.CharField(_("name"), max_length=255)
    state = models.CharField(max_length=16, choices=State, default=State.PREVIEW)
    #: The spreadsheet between preview and confirmation; empty afterwards.
    content = models.BinaryField(default=b"")
    #: Rows by what became of them: created, changed, unchanged, deleted, refused.
    counts = models.JSONField(default=dict)
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    applied_at = models.DateTimeField(null=True)
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    #: An undo is a load too: the one it took back.
    undoes = models.ForeignKey(
        "self", models.SET_NULL, null=True, blank=True, related_name="undone_as"
    )
    #: What it is of, where it may be gone on with: 1C's file, read in many requests.
    key = models.CharField(max_length=64, blank=True, default="")

    class Meta:
        app_label = "b2b_overlay"
        ordering = ["-made_at", "-pk"]
        verbose_name = _("load of prices")
        verbose_name_plural = _("loads of prices")
        constraints = [
            models.UniqueConstraint(
                fields=["key"],
                condition=Q(state="applied") & ~Q(key=""),
                name="b2b_price_load_key",
            )
        ]

    def __str__(self) -> str:
        return self.name


class SheetLayout(models.Model):
    """Which column of a shop's own spreadsheet is what, remembered by its header."""

    #: Digest of the header's words.
    header = models.CharField(max_length=64, unique=True)
    #: The header itself, column by column, to write a list out in the same layout.
    titles = models.JSONField(default=list)
    #: ``{"article": 0, "price:12": 4, "price:12:10": 5}``: field, or price list and from what
    #: quantity → column.
    columns = models.JSONField(default=dict)
    changed_at = models.DateTimeField(auto_now=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        app_label = "b2b_overlay"


@tracked(found_by=["price_list"])
class Floor(models.Model):
    """нижняя граница: under it a manager gives no price without a second person.

    It is a price list's price, or the shop's retail, and a percentage: cost + 5 %, list − 0 %,
    retail − 30 %. ``price_list`` None with ``retail`` false can't be.
    """

    name = models.CharField(_("name"), max_length=255)
    price_list = models.ForeignKey(
        PriceList, models.PROTECT, null=True, blank=True, related_name="floors"
    )
    retail = models.BooleanField(_("from retail"), default=False)
    percent = models.DecimalField(_("percent"), max_digits=7, decimal_places=3, default=Decimal(0))
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        app_label = "b2b_overlay"
        ordering = ["pk"]
        verbose_name = _("floor of prices")
        verbose_name_plural = _("floors of prices")
        constraints = [
            models.CheckConstraint(
                condition=Q(price_list=None, retail=True)
                | Q(price_list__isnull=False, retail=False),
                name="b2b_floor_one_reference",
            ),
            models.CheckConstraint(condition=Q(percent__gt=-100), name="b2b_floor_percent"),
        ]


@tracked(found_by=["legal_entity"])
class PriceRequest(models.Model):
    """A price under a floor that a manager wants to give: it waits for a second person."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting for a second person")
        APPROVED = "approved", _("confirmed")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("withdrawn")

    legal_entity = models.ForeignKey(LegalEntity, models.CASCADE, related_name="price_requests")
    variant_id = models.BigIntegerField()
    min_quantity = models.DecimalField(max_digits=12, decimal_places=3, default=Decimal(1))
    #: Of one base unit.
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3)
    vat_included = models.BooleanField()
    starts_at = models.DateTimeField(null=True, blank=True)
    ends_at = models.DateTimeField(null=True, blank=True)
    #: Which floor, and how much it was then, in the same currency and VAT mode.
    floor = models.CharField(max_length=255)
    floor_amount = models.DecimalField(max_digits=14, decimal_places=2)
    reason = models.CharField(_("reason"), max_length=1000)
    state = models.CharField(max_length=16, choices=State, default=State.WAITING)
    asked_at = models.DateTimeField(auto_now_add=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    answer = models.CharField(max_length=1000, blank=True)

    class Meta:
        app_label = "b2b_overlay"
        ordering = ["-asked_at", "-pk"]
        verbose_name = _("request for a price")
        verbose_name_plural = _("requests for prices")
        constraints = [
            models.UniqueConstraint(
                fields=["legal_entity", "variant_id", "min_quantity"],
                condition=Q(state="waiting"),
                name="b2b_price_request_one_waiting",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0), name="b2b_price_request_positive"),
        ]
