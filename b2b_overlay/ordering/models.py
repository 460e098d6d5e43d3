"""A legal entity on a checkout, and the wholesale order as it was agreed.

The order is kept by the overlay whole, frozen at the moment of placing: it is what 1C gets
and what the buyer is shown, whatever later happens to contracts, names or the shop's own
row. Checkouts and orders of the shop are referred to by their ids.
"""

from __future__ import annotations

from decimal import Decimal

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from b2b_overlay.company.models import Buyer, Company, LegalEntity
from b2b_overlay.history import tracked
from b2b_overlay.terms.models import Contract


class CheckoutTerms(models.Model):
    """For whom a checkout is. No row: a retail cart."""

    checkout_id = models.CharField(max_length=64, primary_key=True)
    #: None: «как частное лицо», by the buyer's own choice, so that the next change of the cart
    #: doesn't give it his legal entity again.
    legal_entity = models.ForeignKey(
        LegalEntity, models.CASCADE, null=True, blank=True, related_name="+"
    )
    #: Who put the legal entity there; only he and the cart's owner see its prices.
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="b2b_checkout_terms"
    )
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        app_label = "b2b_overlay"


class WholesaleOrder(models.Model):
    """заказ: what was agreed, with whom, at what price, by which contract."""

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
    channel = models.CharField(max_length=255)
    currency = models.CharField(max_length=3)
    vat_included = models.BooleanField()
    total = models.DecimalField(_("total"), max_digits=16, decimal_places=2)
    #: Contract.Payment at that moment, and the day to pay by.
    payment = models.CharField(max_length=16)
    due_date = models.DateField(_("due"), null=True)
    comment = models.TextField(_("comment"), blank=True)

    # What 1C last told of it; empty: no news.
    onec_number = models.CharField(_("number in 1C"), max_length=64, blank=True)
    onec_date = models.DateField(null=True)
    onec_status = models.CharField(_("status in 1C"), max_length=255, blank=True)
    paid_at = models.DateField(_("paid"), null=True)
    shipped_at = models.DateField(_("shipped"), null=True)
    is_cancelled = models.BooleanField(_("cancelled"), default=False)
    onec_total = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    news_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "b2b_overlay"
        ordering = ["-placed_at", "-pk"]
        verbose_name = _("wholesale order")
        verbose_name_plural = _("wholesale orders")

    def __str__(self) -> str:
        return f"№ {self.number}"

    @property
    def state(self) -> str:
        """One word for the buyer, from what 1C told."""
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


class WholesaleOrderLine(models.Model):
    """A line as agreed. Sums are in the order's currency and VAT mode."""

    order = models.ForeignKey(WholesaleOrder, models.CASCADE, related_name="lines")
    position = models.PositiveIntegerField()
    variant_id = models.BigIntegerField(null=True)
    sku = models.CharField(max_length=255, blank=True)
    article = models.CharField(max_length=255, blank=True)
    name = models.CharField(max_length=512)
    #: Base units, and what they are.
    quantity = models.PositiveIntegerField()
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
