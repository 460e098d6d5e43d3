"""What the bridge remembers between two exchanges.

Rules: 1C's ids live within a connection, since two bases know the same goods under different
ids; nothing that was readable is thrown away, so what can't be applied yet is parked whole;
a decision of a person (what is joined to what) is a row of its own, undoable until it is
used.
"""

from __future__ import annotations

from io import BytesIO

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from b2b_overlay.ordering import events

from .start.ids import made

#: The longest id that is kept; 1C's own are 40 to 80 characters.
LONGEST_ID = 255


class Kind(models.TextChoices):
    """What a 1C id is the id of."""

    #: An enumeration's own is Python code, and these are looked up for every record.
    __hash__ = str.__hash__

    GROUP = "group", _("group of goods")
    PRICE_TYPE = "price_type", _("price type")
    WAREHOUSE = "warehouse", _("warehouse")
    UNIT = "unit", _("unit of measure")
    PROPERTY = "property", _("property")
    PRODUCT = "product", _("product")
    OFFER = "offer", _("offer")
    COUNTERPARTY = "counterparty", _("counterparty")
    DIRECTORY = "directory", _("directory")
    DIRECTORY_ROW = "directory_row", _("directory row")
    PARTNER = "partner", _("partner")
    CONTRACT = "contract", _("contract")


class Link(models.Model):
    """1C's id of something, and what it is here.

    ``data`` is what 1C last told of it: the difference to what it tells now is what has
    changed, so an edit made in the shop stays until 1C itself changes its mind.
    """

    connection = models.ForeignKey(
        "onec_bridge.Connection", models.CASCADE, related_name="links", db_index=False
    )  # the constraint has an index
    kind = models.CharField(max_length=16, choices=Kind)
    external_id = models.CharField(max_length=255)
    #: Id of the category, price list, product, variant…; empty: only remembered.
    local_id = models.CharField(max_length=64, blank=True)
    #: The product's 1C id, of an offer.
    parent_id = models.CharField(max_length=255, blank=True)
    data = models.JSONField(default=dict)

    class Meta:
        app_label = "onec_bridge"
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "kind", "external_id"], name="onec_link_once"
            )
        ]
        indexes = [
            models.Index(
                fields=["connection", "parent_id"],
                name="onec_link_parent",
                condition=~models.Q(parent_id=""),
            ),
            models.Index(fields=["kind", "local_id"], name="onec_link_local"),
            # Few, or none: asked for at the beginning of each file.
            models.Index(fields=["connection"], name="onec_link_made", condition=made()),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.external_id} → {self.local_id}"


class MappingRule(models.Model):
    """Where the goods of one 1C base carry what others tell in its own place; applied by
    :mod:`.mapping`, in the order of the rows."""

    class Target(models.TextChoices):
        """What the shop needs to be told."""

        ARTICLE = "article", _("article")
        CODE = "code", _("code")
        BARCODE = "barcode", _("barcode")
        MANUFACTURER = "manufacturer", _("manufacturer")
        PRICE_GROUP = "price_group", _("price group")
        VAT = "vat", _("VAT rate")
        COEFFICIENT = "coefficient", _("base units in the unit of the price")
        STEP = "step", _("selling step")
        WHOLESALE = "wholesale", _("for wholesale only")
        PRICE = "price", _("price of a price type")

    class Place(models.TextChoices):
        """Where 1C put it."""

        REQUISITE = "requisite", _("requisite")
        PROPERTY = "property", _("property")
        ELEMENT = "element", _("element of the goods")

    connection = models.ForeignKey(
        "onec_bridge.Connection", models.CASCADE, related_name="mapping_rules"
    )
    target = models.CharField(_("what"), max_length=16, choices=Target)
    #: Ид or name of a price type, of a price.
    price_type = models.CharField(_("price type"), max_length=255, blank=True)
    place = models.CharField(_("where"), max_length=16, choices=Place)
    #: Of the requisite or property, or a key of :data:`.mapping.ELEMENTS`.
    name = models.CharField(_("named"), max_length=255)

    class Meta:
        app_label = "onec_bridge"
        ordering = ["pk"]
        verbose_name = _("rule of what is taken from where")

    def __str__(self) -> str:
        return f"{self.target} ← {self.place} {self.name}"


class KeptPicture(models.Model):
    """A picture of a product that isn't in the shop yet: 1C won't send it again."""

    link = models.ForeignKey(Link, models.CASCADE, related_name="pictures")
    name = models.CharField(max_length=512)
    content = models.BinaryField()

    class Meta:
        app_label = "onec_bridge"
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["link", "name"], name="onec_kept_picture_once")
        ]


class Parked(models.Model):
    """An offer, or a part of one, waiting for what 1C hasn't sent or nobody has decided.

    Applied when that comes, without 1C sending it again.
    """

    #: What an offer waits for when a person has to decide (see :class:`Match`).
    DECISION = "decision"
    #: A product waiting for its group, rather than an offer.
    CATEGORY = "category"
    #: What ``waits_kind`` is of terms (a contract, a partner…): they wait for several kinds of
    #: thing, which ``waits_for`` names as ``kind:id``.
    TERMS = "terms"

    connection = models.ForeignKey("onec_bridge.Connection", models.CASCADE, related_name="parked")
    external_id = models.CharField(max_length=LONGEST_ID)
    #: A :class:`Kind`, or DECISION.
    waits_kind = models.CharField(max_length=16)
    waits_for = models.CharField(max_length=LONGEST_ID)
    #: Which parts of the offer: a later record with the same parts replaces this one, while
    #: a thin prices file is kept beside a thin stock file.
    part = models.CharField(max_length=32, blank=True)
    #: The record (see ``payload.py``).
    payload = models.JSONField(default=dict)
    parked_at = models.DateTimeField(auto_now=True)

    class Meta:
        app_label = "onec_bridge"
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "external_id", "waits_kind", "waits_for", "part"],
                name="onec_parked_once",
            )
        ]
        indexes = [
            models.Index(fields=["connection", "waits_kind", "waits_for"], name="onec_parked_waits")
        ]


class Match(models.Model):
    """An offer of 1C that looks like goods the shop already sells: a person decides."""

    class Decision(models.TextChoices):
        WAITING = "waiting", _("waiting")
        JOIN = "join", _("the same goods")
        NEW = "new", _("new goods")

    class Why(models.TextChoices):
        NAME = "name", _("similar name")
        ARTICLE = "article", _("article not unique")
        UNKNOWN = "unknown", _("new goods are not created by themselves")
        RENAMED = "renamed", _("known under another Ид: was the base restored?")

    connection = models.ForeignKey("onec_bridge.Connection", models.CASCADE, related_name="matches")
    external_id = models.CharField(max_length=255)
    name = models.CharField(max_length=512, blank=True)
    article = models.CharField(max_length=255, blank=True)
    barcode = models.CharField(max_length=64, blank=True)
    why = models.CharField(max_length=16, choices=Why)
    #: Ranked, best first: ``[{"variant_id", "name", "sku", "score"}]``, score of 100.
    candidates = models.JSONField(default=list)
    decision = models.CharField(max_length=16, choices=Decision, default=Decision.WAITING)
    variant_id = models.BigIntegerField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    #: When the decision was applied; from then on it can't be undone.
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        app_label = "onec_bridge"
        ordering = ["name", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["connection", "external_id"], name="onec_match_once")
        ]

    def __str__(self) -> str:
        return self.name or self.external_id


class MatchReport(models.Model):
    """How the goods of one file were recognised: counts by way (see ``matching.Way``)."""

    connection = models.ForeignKey(
        "onec_bridge.Connection", models.CASCADE, related_name="match_reports"
    )
    file_name = models.CharField(max_length=255)
    counts = models.JSONField(default=dict)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        app_label = "onec_bridge"
        ordering = ["-updated_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "file_name"], name="onec_match_report_once"
            )
        ]


class Export(models.Model):
    """An order on its way to one 1C base."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting for 1C")
        GIVEN = "given", _("given, not confirmed")
        CONFIRMED = "confirmed", _("stored in 1C")
        HELD = "held", _("held: needs a person")

    state = models.CharField(max_length=16, choices=State, default=State.WAITING)
    #: The exchange session it was given in; ``success`` confirms exactly those.
    session_id = models.CharField(max_length=64, blank=True)
    #: Which revision of the order was given: a later one is given again.
    revision = models.PositiveIntegerField(default=0)
    given_at = models.DateTimeField(null=True)
    confirmed_at = models.DateTimeField(null=True)
    #: Since when 1C knows of it (the first ``success``), calls it by its own number, and has
    #: shipped all of it: what its stock takes account of (see ``promised.py``).
    known_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    shipped_told_at = models.DateTimeField(null=True)
    #: Why it is held: ``[{"code", "field", "value", "params"}]``.
    problems = models.JSONField(default=list)

    class Meta:
        abstract = True


class OrderExport(Export):
    """A wholesale order on its way to one 1C base."""

    connection = models.ForeignKey(
        "onec_bridge.Connection", models.CASCADE, related_name="order_exports"
    )
    order = models.ForeignKey(
        "b2b_overlay.WholesaleOrder", models.CASCADE, related_name="onec_exports"
    )
    #: Whose it was when it was given.
    given_to = models.ForeignKey(
        "b2b_overlay.LegalEntity", models.SET_NULL, null=True, related_name="+"
    )
    #: НомерВерсии and the file's time of 1C's last news: older ones are not listened to.
    news_version = models.CharField(max_length=64, blank=True)
    news_told_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "onec_bridge"
        ordering = ["order__placed_at", "order_id"]
        constraints = [
            models.UniqueConstraint(fields=["connection", "order"], name="onec_order_once")
        ]
        triggers = [
            events.when_changed(
                "event_way",
                """SELECT CASE became.state WHEN 'given' THEN 'order_sent_to_1c'
                               ELSE 'order_confirmed_by_1c' END,
                          kept.company_id, kept.legal_entity_id, kept.contract_id, kept.order_id
                     FROM old_values AS was JOIN new_values AS became USING (id)
                     JOIN b2b_overlay_wholesaleorder AS kept ON kept.id = became.order_id
                    WHERE was.state <> became.state AND became.state IN ('given', 'confirmed')""",
            )
        ]


class RetailExport(Export):
    """A retail order of the shop on its way to one 1C base (``Connection.retail_orders``). The
    order itself stays in the shop, and is read there each time."""

    connection = models.ForeignKey(
        "onec_bridge.Connection", models.CASCADE, related_name="retail_exports"
    )
    order_id = models.CharField(max_length=64)
    number = models.CharField(max_length=64)
    placed_at = models.DateTimeField()
    #: What was given: an order with another one has changed, and is of the next revision.
    digest = models.CharField(max_length=64, blank=True)
    onec_number = models.CharField(max_length=64, blank=True)
    onec_status = models.CharField(max_length=255, blank=True)

    class Meta:
        app_label = "onec_bridge"
        ordering = ["placed_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "order_id"], name="onec_retail_order_once"
            )
        ]


class CounterpartySheet(models.Model):
    """A spreadsheet of counterparties, of their mending or their debts, between its preview
    and its confirmation."""

    connection = models.ForeignKey(
        "onec_bridge.Connection", models.CASCADE, related_name="counterparty_sheets"
    )
    file_name = models.CharField(max_length=255)
    content = models.BinaryField()
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    uploaded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "onec_bridge"

    def opened(self) -> BytesIO:
        return BytesIO(bytes(self.content))
