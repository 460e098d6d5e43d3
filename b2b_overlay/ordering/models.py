"""A legal entity on a checkout, and the wholesale order as it was agreed.

The order is kept by the overlay whole, as it was placed: it is what 1C gets and what the buyer
is shown, whatever later happens to contracts, names and prices. Its lines change when somebody
changes the order itself: the shop's staff, or 1C where the desk takes its side. Checkouts and
orders of the shop are referred to by their ids.
"""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from b2b_overlay.company.models import Buyer, Company, LegalEntity
from b2b_overlay.history import tracked
from b2b_overlay.quantities import QuantityField
from b2b_overlay.terms.models import Contract, Organization


class CheckoutTerms(models.Model):
    """For whom a checkout is. No row: a retail cart."""

    checkout_id = models.CharField(max_length=64, primary_key=True)
    #: None: «как частное лицо», by the buyer's own choice, so that the next change of the cart
    #: doesn't give it his legal entity again.
    legal_entity = models.ForeignKey(
        LegalEntity, models.CASCADE, null=True, blank=True, related_name="+"
    )
    #: Which of its contracts the order goes under; None, or one that ended: the one that its
    #: orders in this channel go under (``terms.current``).
    contract = models.ForeignKey(Contract, models.SET_NULL, null=True, related_name="+")
    #: грузополучатель: who gets the goods; None: the legal entity itself.
    consignee = models.ForeignKey(LegalEntity, models.SET_NULL, null=True, related_name="+")
    #: Who put the legal entity there; only he and the cart's owner see its prices.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="b2b_checkout_terms"
    )
    updated_at = models.DateTimeField(auto_now=True)
    #: What the order of it takes of a contract's limit, from the moment the order stands until
    #: it is recorded (:mod:`.credit`). Written in the transaction that makes the order.
    reserved_under = models.ForeignKey(Contract, models.SET_NULL, null=True, related_name="+")
    reserved = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    reserved_currency = models.CharField(max_length=3, blank=True)

    class Meta:
        app_label = "b2b_overlay"


class Stage(models.TextChoices):
    """How far an order has come in 1C, in the order in which it comes."""

    ACCEPTED = "accepted", _("accepted")
    IN_WORK = "in_work", _("in work")
    READY = "ready", _("ready to ship")
    SHIPPED = "shipped", _("shipped")
    CLOSED = "closed", _("closed")
    CANCELLED = "cancelled", _("cancelled")


class ToldBy1C(models.Model):
    """What 1C last told of an order, or of a part of one; empty: no news."""

    onec_number = models.CharField(_("number in 1C"), max_length=255, blank=True)
    onec_date = models.DateField(null=True)
    onec_status = models.CharField(_("status in 1C"), max_length=255, blank=True)
    #: How far that is, by the words of this 1C (a setting of its connection); empty: not known.
    stage = models.CharField(_("stage"), max_length=16, choices=Stage, blank=True)
    paid_at = models.DateField(_("paid"), null=True)
    shipped_at = models.DateField(_("shipped"), null=True)
    is_cancelled = models.BooleanField(_("cancelled"), default=False)
    onec_total = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    news_at = models.DateTimeField(null=True)

    class Meta:
        abstract = True

    @property
    def state(self) -> str:
        """One word for the buyer."""
        if self.is_cancelled:
            return str(_("cancelled"))
        if self.shipped_at:
            return str(_("shipped"))
        if self.paid_at:
            return str(_("paid"))
        if self.onec_status:
            return self.onec_status
        if self.onec_number:
            return str(_("accepted"))
        return str(_("placed"))


class WholesaleOrder(ToldBy1C):
    """заказ: what was agreed, with whom, at what price, by which contract.

    What 1C told of an order that it keeps as several documents is put together from them
    (:mod:`.parts`)."""

    class Mixed(models.TextChoices):
        """How far the parts have come, where not all have come as far."""

        SHIPPED = "shipped", _("shipped in part")
        PAID = "paid", _("paid in part")
        ACCEPTED = "accepted", _("accepted in part")
        STATUS = "status", _("its parts are at different stages")

    order_id = models.CharField(max_length=64, unique=True)
    checkout_id = models.CharField(max_length=64, blank=True, db_index=True)
    #: The shop's own number, as buyer and 1C read it.
    number = models.CharField(_("number"), max_length=64, db_index=True)
    placed_at = models.DateTimeField(_("placed"), db_index=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="b2b_orders"
    )
    company = models.ForeignKey(Company, models.PROTECT, related_name="orders")
    legal_entity = models.ForeignKey(LegalEntity, models.PROTECT, related_name="orders")
    contract = models.ForeignKey(Contract, models.PROTECT, null=True, related_name="orders")
    #: грузополучатель: who gets the goods; None: the legal entity itself.
    consignee = models.ForeignKey(LegalEntity, models.PROTECT, null=True, related_name="+")
    channel = models.CharField(max_length=255)
    currency = models.CharField(max_length=3)
    vat_included = models.BooleanField()
    total = models.DecimalField(_("total"), max_digits=16, decimal_places=2)
    #: Contract.Payment at that moment, and the day to pay by.
    payment = models.CharField(max_length=16)
    due_date = models.DateField(_("due"), null=True)
    comment = models.TextField(_("comment"), blank=True)
    #: Counts its changes, and the times when the desk had it sent to 1C again, unchanged.
    revision = models.PositiveIntegerField(default=0)

    mixed = models.CharField(max_length=16, choices=Mixed, blank=True)

    #: What the shop's own order was when it was last looked at (:mod:`.shops_changes`).
    shop_digest = models.CharField(max_length=64, blank=True)
    #: And the ids of its lines: others the staff have added since, at no price of ours.
    shop_lines = models.JSONField(default=list)
    #: Of the total, what a change of the staff's brought over the credit limit: the shop's own
    #: order shows it as not authorised.
    not_authorised = models.DecimalField(max_digits=16, decimal_places=2, default=Decimal(0))
    #: The shop's staff cancelled it: ``is_cancelled`` whatever 1C says.
    cancelled_here = models.BooleanField(default=False)
    #: The lines the buyer ordered, of an order that was changed since (:mod:`.rewriting`).
    as_placed = models.JSONField(default=list)
    changed_at = models.DateTimeField(_("changed"), null=True)

    class Meta:
        app_label = "b2b_overlay"
        ordering = ["-placed_at", "-pk"]
        verbose_name = _("wholesale order")
        verbose_name_plural = _("wholesale orders")

    def __str__(self) -> str:
        return f"№ {self.number}"

    @property
    def state(self) -> str:
        """One word for the buyer, or a few where its parts have come unequally far."""
        return self.get_mixed_display() if self.mixed else super().state


class WholesaleOrderLine(models.Model):
    """A line as agreed. Sums are in the order's currency and VAT mode."""

    order = models.ForeignKey(WholesaleOrder, models.CASCADE, related_name="lines")
    position = models.PositiveIntegerField()
    variant_id = models.BigIntegerField(null=True)
    sku = models.CharField(max_length=255, blank=True)
    article = models.CharField(max_length=255, blank=True)
    name = models.CharField(max_length=512)
    #: Base units, and what they are.
    quantity = QuantityField()
    base_unit = models.CharField(max_length=25)
    base_unit_code = models.CharField(max_length=4)
    #: One base unit.
    unit_price = models.DecimalField(max_digits=14, decimal_places=2)
    #: The unit the price was quoted for, of ``coefficient`` base units.
    unit = models.CharField(max_length=25, blank=True)
    coefficient = models.DecimalField(max_digits=12, decimal_places=3, default=Decimal(1))
    total = models.DecimalField(max_digits=16, decimal_places=2)
    #: Percent; None with ``vat_exempt`` is «без НДС».
    vat_rate = models.DecimalField(max_digits=5, decimal_places=2, null=True)
    vat_exempt = models.BooleanField(default=False)
    vat = models.DecimalField(max_digits=16, decimal_places=2)
    price_list = models.CharField(max_length=255, blank=True)

    class Meta:
        app_label = "b2b_overlay"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["order", "position"], name="b2b_order_line_once")
        ]


class OrderPart(ToldBy1C):
    """One document of an order that the seller's books keep as several: of one organisation,
    warehouse, VAT. Made when it is first given to 1C, and the same ever after. The buyer has
    one order."""

    order = models.ForeignKey(WholesaleOrder, models.CASCADE, related_name="parts")
    #: Whose document: the connection's id, as text.
    books = models.CharField(max_length=64)
    #: From 1.
    position = models.PositiveSmallIntegerField()
    #: «1234-1»
    number = models.CharField(_("number"), max_length=64, db_index=True)
    #: What 1C knows it by.
    document_id = models.CharField(max_length=64, unique=True)
    organization = models.ForeignKey(
        Organization, models.SET_NULL, null=True, related_name="+", verbose_name=_("organisation")
    )
    warehouse_id = models.CharField(max_length=64, blank=True)
    warehouse = models.CharField(_("warehouse"), max_length=255, blank=True)
    #: How the order was cut, ``{"organization", "warehouse", "vat", "taxed"}``: what is added to
    #: it is cut the same way, whatever the settings are by then.
    cut = models.JSONField(default=dict)
    total = models.DecimalField(_("total"), max_digits=16, decimal_places=2)
    #: НомерВерсии and the file's time of 1C's last news of this document.
    news_version = models.CharField(max_length=64, blank=True)
    news_told_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "b2b_overlay"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["order", "books", "position"], name="b2b_order_part_once"
            )
        ]

    def __str__(self) -> str:
        return f"№ {self.number}"


class OrderPartLine(models.Model):
    """A line, or the share of one, in a part. Shares come to the line, to the kopeck."""

    part = models.ForeignKey(OrderPart, models.CASCADE, related_name="lines")
    line = models.ForeignKey(WholesaleOrderLine, models.CASCADE, related_name="shares")
    #: Base units.
    quantity = QuantityField()
    total = models.DecimalField(max_digits=16, decimal_places=2)
    vat = models.DecimalField(max_digits=16, decimal_places=2)

    class Meta:
        app_label = "b2b_overlay"
        ordering = ["line__position"]
        constraints = [
            models.UniqueConstraint(fields=["part", "line"], name="b2b_order_part_line_once")
        ]


class GroupVisibility(models.Model):
    """Goods of a group that retail doesn't see, or sees without prices before signing in. It
    holds for the groups below too."""

    class Rule(models.TextChoices):
        WHOLESALE = "wholesale", _("for wholesale only")
        SIGN_IN = "sign_in", _("prices after signing in")

    #: The shop's own id of the group.
    category_id = models.BigIntegerField(unique=True)
    rule = models.CharField(_("rule"), max_length=16, choices=Rule)

    class Meta:
        app_label = "b2b_overlay"
        ordering = ["pk"]


class OrderPaper(models.Model):
    """документ по заказу: a payment, a shipment or a return that 1C has made of an order."""

    class Kind(models.TextChoices):
        PAYMENT = "payment", _("payment")
        SHIPMENT = "shipment", _("shipment")
        RETURN = "return", _("return of goods")
        REFUND = "refund", _("refund")
        OTHER = "other", _("document")

    order = models.ForeignKey(WholesaleOrder, models.CASCADE, related_name="papers")
    #: What it is of: the order's own id, or that of a part of it.
    of_document = models.CharField(max_length=64)
    document_id = models.CharField(max_length=255)
    kind = models.CharField(_("document"), max_length=16, choices=Kind)
    #: In 1C's words: «Отпуск товара».
    operation = models.CharField(max_length=255)
    number = models.CharField(_("number"), max_length=255, blank=True)
    date = models.DateField(_("date"), null=True)
    #: None: 1C told no sum, and the whole order is meant.
    total = models.DecimalField(_("sum"), max_digits=16, decimal_places=2, null=True)

    class Meta:
        app_label = "b2b_overlay"
        ordering = ["date", "pk"]
        verbose_name = _("document of an order")
        verbose_name_plural = _("documents of orders")
        constraints = [
            models.UniqueConstraint(fields=["order", "document_id"], name="b2b_order_paper_once")
        ]


@tracked(exclude=["lines"])
class OrderCorrection(models.Model):
    """исправление: a document of an order as 1C has it, where its goods or sums aren't those the
    buyer ordered. It stands beside the order until the desk takes one of the two."""

    class State(models.TextChoices):
        WAITING = "waiting", _("differs, nobody has decided")
        TAKEN = "taken", _("as in 1C")
        KEPT = "kept", _("as ordered")

    order = models.ForeignKey(WholesaleOrder, models.CASCADE, related_name="corrections")
    #: The order's own id, or that of a part of it.
    document_id = models.CharField(_("document"), max_length=64)
    #: As 1C told them, in base units: ``[{"variant_id", "name", "article", "quantity", "unit",
    #: "price", "total"}]``, numbers as text.
    lines = models.JSONField(default=list)
    total = models.DecimalField(_("total"), max_digits=16, decimal_places=2)
    told_at = models.DateTimeField(_("told"))
    state = models.CharField(max_length=16, choices=State, default=State.WAITING)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )

    class Meta:
        app_label = "b2b_overlay"
        ordering = ["-told_at", "-pk"]
        verbose_name = _("order changed in 1C")
        verbose_name_plural = _("orders changed in 1C")
        constraints = [
            models.UniqueConstraint(
                fields=["order", "document_id"], name="b2b_order_correction_once"
            )
        ]

    @property
    def part(self) -> OrderPart | None:
        """The document that it is of; None: of all of the order."""
        return self.order.parts.filter(document_id=self.document_id).first()


@tracked(found_by=["buyer", "legal_entity"], exclude=["lines", "digest"])
class Approval(models.Model):
    """согласование: a cart over its buyer's limit, waiting for an approver. What he confirms
    is exactly what he was shown (``digest``); a changed cart has to be confirmed anew."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting for confirmation")
        APPROVED = "approved", _("confirmed")
        REFUSED = "refused", _("refused")
        #: The cart was changed, or the buyer took it back.
        LAPSED = "lapsed", _("no longer asked for")

    checkout_id = models.CharField(max_length=64, db_index=True)
    buyer = models.ForeignKey(Buyer, models.CASCADE, related_name="approvals")
    legal_entity = models.ForeignKey(LegalEntity, models.CASCADE, related_name="approvals")
    channel = models.CharField(max_length=255)
    #: Of lines, prices, total and legal entity.
    digest = models.CharField(max_length=64)
    #: The lines as asked for: ``[{"name", "sku", "quantity", "unit_price", "total"}]``.
    lines = models.JSONField(default=list)
    total = models.DecimalField(_("total"), max_digits=16, decimal_places=2)
    currency = models.CharField(max_length=3)
    comment = models.TextField(_("comment"), blank=True, max_length=1000)
    state = models.CharField(max_length=16, choices=State, default=State.WAITING)
    asked_at = models.DateTimeField(auto_now_add=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    reason = models.CharField(_("reason"), max_length=1000, blank=True)
    order = models.ForeignKey(WholesaleOrder, models.SET_NULL, null=True, related_name="approvals")

    class Meta:
        app_label = "b2b_overlay"
        ordering = ["-asked_at", "-pk"]
        verbose_name = _("approval")
        verbose_name_plural = _("approvals")
        constraints = [
            models.UniqueConstraint(
                fields=["checkout_id"],
                condition=models.Q(state="waiting"),
                name="b2b_approval_one_waiting",
            )
        ]

    @property
    def decider(self) -> str:
        """Who decided, as his company calls him."""
        members = Buyer.objects.filter(user=self.decided_by_id, company=self.buyer.company_id)
        found = members.select_related("user").first() if self.decided_by_id else None
        return found.called if found else ""
