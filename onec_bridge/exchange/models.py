"""Who may exchange, the conversations under way, and the files that came in them.

Rules: passwords are hashed by Django's hashers and tokens by SHA-256, so the database gives
neither away; a file belongs to the session it came in, because a left-over of an earlier
session must never be appended to; its bytes are rows, because processes and hosts share the
database and not a disk.
"""

from __future__ import annotations

import datetime as dt
import secrets

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

MEBIBYTE = 1024 * 1024


def new_token() -> str:
    """A token for a path: 1C glues ``?type=…`` on, so a key can't be in the query."""
    return secrets.token_hex(8)


class Connection(models.Model):
    """One 1C base (узел обмена) that exchanges with this shop, and what was agreed with it.

    Ids of 1C live within a connection: two bases may use one id for different things.
    """

    class Encoding(models.TextChoices):
        UTF8 = "utf-8", "UTF-8"
        CP1251 = "windows-1251", "windows-1251"

    class Containers(models.TextChoices):
        AUTO = "auto", _("as agreed at init")
        YES = "yes", _("always")
        NO = "no", _("never")

    class OrdersFormat(models.TextChoices):
        CML2 = "2", "CommerceML 2"
        CML1 = "1", "CommerceML 1 (1C 7.7)"

    class Language(models.TextChoices):
        RU = "ru", "Русский"
        EN = "en", "English"

    class SplitVat(models.TextChoices):
        NO = "no", _("not by VAT")
        MODE = "mode", _("what is without VAT apart")
        RATE = "rate", _("each rate apart")

    class StockIs(models.TextChoices):
        """What 1C's number means."""

        FREE = "free", _("free stock: its reserves are taken off")
        ON_HAND = "on_hand", _("all that lies in the warehouse")

    class Reserves(models.TextChoices):
        """From when on 1C's free stock is less by an order of the shop."""

        STORED = "stored", _("as soon as it has stored the order")
        ACCEPTED = "accepted", _("once it has told its own number of the order")
        NEVER = "never", _("never: it doesn't reserve for the shop's orders")

    name = models.CharField(_("name"), max_length=255)
    login = models.CharField(_("login"), max_length=150, unique=True)
    password = models.CharField(_("password"), max_length=255)
    #: The last part of an address that only this connection may use.
    token = models.CharField(max_length=32, unique=True, default=new_token)
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    # How this 1C speaks.
    encoding = models.CharField(
        _("encoding of orders"), max_length=16, choices=Encoding, default=Encoding.UTF8
    )
    #: Of the texts 1C shows to its user.
    language = models.CharField(
        _("language of answers"), max_length=2, choices=Language, default=Language.RU
    )
    use_zip = models.BooleanField(_("accept archives"), default=True)
    #: Bytes; larger files come in parts. Keep it under the proxy's limit.
    file_limit = models.PositiveIntegerField(
        _("part size"), default=5 * MEBIBYTE, validators=[MinValueValidator(1024)]
    )
    #: УТ 11 loads all orders of an answer in one transaction, so a batch is capped.
    order_batch = models.PositiveIntegerField(
        _("orders per answer"), default=100, validators=[MinValueValidator(1)]
    )
    #: Контейнер around each order: the 1C-Bitrix module wants it, УТ 11 doesn't know it.
    containers = models.CharField(
        _("orders in containers"), max_length=4, choices=Containers, default=Containers.AUTO
    )
    #: CommerceML 1 is 1C 7.7's: attributes in place of elements, no containers.
    orders_format = models.CharField(
        _("format of orders"), max_length=4, choices=OrdersFormat, default=OrdersFormat.CML2
    )
    #: Its words for how far an order has come, in small letters: text → stage.
    order_stages = models.JSONField(default=dict, blank=True)
    #: Some nodes are set not to wait for the import, and never ask for it.
    import_leftovers = models.BooleanField(
        _("import files that 1C left without asking for it"), default=True
    )

    #: At ``deactivate``, after a full export in packages. Off: goods that didn't come stay for
    #: sale, for a filter in 1C, or a portion that failed, looks just like goods removed.
    takes_off_absent = models.BooleanField(
        _("take goods off sale that a full export didn't bring"), default=False
    )
    #: The brake: more than that, and nothing is taken off until a person says so.
    absent_at_most = models.PositiveSmallIntegerField(
        _("take off at most, per cent of the goods"),
        default=10,
        validators=[MaxValueValidator(100)],
    )

    # What is taken from it (see onec_bridge.sync).
    create_products = models.BooleanField(_("create new products"), default=True)
    publish_new = models.BooleanField(_("publish new products"), default=True)
    #: The highest groups aren't categories of the shop: they only repeat the catalogue's name.
    skip_root_group = models.BooleanField(_("leave out the root group"), default=False)
    match_by_name = models.BooleanField(_("suggest matches by name"), default=True)
    #: Ид or name of the price type that is the shop's retail price; empty: none, and goods that
    #: 1C makes can't be sold, not wholesale either: no shop sells what has no retail price.
    retail_price_type = models.CharField(_("retail price type"), max_length=80, blank=True)
    owns_retail_prices = models.BooleanField(
        _("1C sets retail prices of goods already sold"), default=False
    )
    owns_texts = models.BooleanField(_("1C sets texts of goods already sold"), default=False)
    #: Stock of goods already sold is what 1C says, wherever the shop itself kept some. Off:
    #: 1C's stock is added to the shop's own.
    owns_stock = models.BooleanField(_("stock is what 1C says"), default=True)
    stock_is = models.CharField(
        _("what its stock means"), max_length=8, choices=StockIs, default=StockIs.FREE
    )
    reserves = models.CharField(
        _("when it reserves the shop's orders"),
        max_length=8,
        choices=Reserves,
        default=Reserves.STORED,
    )

    # How an order of the shop becomes documents of it (b2b_overlay.ordering.parts).
    split_by_organization = models.BooleanField(
        _("a document for each organisation"), default=False
    )
    split_by_warehouse = models.BooleanField(_("a document for each warehouse"), default=False)
    split_by_vat = models.CharField(
        _("documents by VAT"), max_length=4, choices=SplitVat, default=SplitVat.NO
    )
    #: Orders of private persons go to it too; those placed since it was switched on.
    retail_orders = models.BooleanField(_("retail orders go to 1C too"), default=False)
    retail_since = models.DateTimeField(null=True, blank=True)
    #: Slug of the channel that goods appear in; empty: the overlay's.
    channel = models.SlugField(_("channel"), max_length=255, blank=True)

    class Meta:
        app_label = "onec_bridge"
        ordering = ["name", "pk"]
        verbose_name = _("connection with 1C")
        verbose_name_plural = _("connections with 1C")

    def __str__(self) -> str:
        return self.name

    def take_retail(self, wanted: bool) -> None:
        """Retail orders go to it, or don't: from this moment, not those of years before. Saving
        is the caller's."""
        if wanted and not self.retail_orders:
            self.retail_since = timezone.now()
        self.retail_orders = wanted

    def set_password(self, raw: str) -> None:
        """Hash `raw` into the row; saving is the caller's."""
        self.password = make_password(raw)

    def check_password(self, raw: str) -> bool:
        """Is it the password?"""
        return check_password(raw, self.password)


class Session(models.Model):
    """From one ``checkauth`` to the next. 1C signs in again for each stage of one run, so a
    session is never the unit of an import."""

    class State(models.TextChoices):
        """Where the conversation stands; see `onec_bridge.exchange.table`."""

        NEW = "new", _("not signed in")
        SIGNED_IN = "signed_in", _("signed in")
        AGREED = "agreed", _("terms of transfer agreed")
        RECEIVING = "receiving", _("receiving files")
        IMPORTING = "importing", _("importing")
        GIVING = "giving", _("giving orders")

    class Dialect(models.TextChoices):
        """Which family of clients it speaks like (`onec_bridge.doctor.families`); for people,
        never for decisions."""

        UNKNOWN = "", _("not told apart")
        UT = "ut", _("УТ 11, КА, ERP, Розница")
        UNF = "unf", _("УНФ")
        BITRIX = "bitrix", _("1C-Bitrix module")
        OLD = "old", _("УТ 10.3, УПП, КА 1.1")
        SEVEN = "seven", _("1C 7.7")
        MOYSKLAD = "moysklad", _("МойСклад")
        OTHER = "other", _("other")

    class Purpose(models.TextChoices):
        """What comes of what is said in it."""

        LIVE = "live", _("exchange")
        DRY_RUN = "dry_run", _("dry run")
        REPLAY = "replay", _("replay")

    connection = models.ForeignKey(Connection, models.CASCADE, related_name="sessions")
    purpose = models.CharField(max_length=8, choices=Purpose, default=Purpose.LIVE)
    #: The session whose files are applied again, of a replay.
    replays = models.ForeignKey("self", models.SET_NULL, null=True, related_name="replayed_by")
    #: SHA-256 of the cookie's value, which is also ``sessid``.
    token_hash = models.CharField(max_length=64, unique=True)
    #: Keyed digest of the Authorization header that was found right at ``checkauth``: the
    #: platform sends it with every request, and hashing a password each time is slow.
    authorization = models.CharField(max_length=64, blank=True, db_index=True)
    state = models.CharField(max_length=16, choices=State, default=State.SIGNED_IN)
    type = models.CharField(max_length=32, blank=True)
    #: What ``version=`` of the client was, if it sent one.
    version = models.CharField(max_length=8, blank=True)
    dialect = models.CharField(max_length=8, choices=Dialect, blank=True)
    ip = models.GenericIPAddressField(null=True)
    user_agent = models.CharField(max_length=255, blank=True)
    started_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(db_index=True)
    #: When a worker was last called to import what came in it; empty: none was, or what came
    #: of it is told already.
    queued_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "onec_bridge"
        ordering = ["-pk"]
        verbose_name = _("exchange session")

    def __str__(self) -> str:
        return f"{self.connection} #{self.pk}"

    @property
    def began_at(self) -> dt.datetime:
        """When 1C said what is in it, in a replay too."""
        return (self.replays or self).started_at


class Lease(models.Model):
    """Who is importing for a connection right now: no two runs at once.

    A row, not a database lock, because an import goes on over many requests and may sit
    behind a connection pool; it lapses by itself when its holder dies.
    """

    connection = models.OneToOneField(Connection, models.CASCADE, primary_key=True)
    session = models.ForeignKey(Session, models.CASCADE, related_name="+")
    #: True while a request is working, False between two ``progress`` rounds.
    in_flight = models.BooleanField(default=True)
    #: Drawn anew by each request or worker that takes it: whoever was thought dead and wakes up
    #: finds another's here, and its batch is rolled back.
    holder = models.CharField(max_length=32, default="")
    since = models.DateTimeField()
    until = models.DateTimeField()

    class Meta:
        app_label = "onec_bridge"


class ReceivedFile(models.Model):
    """A file of 1C: its parts, how far its import is, and what came of it."""

    class Kind(models.TextChoices):
        XML = "xml", "XML"
        ARCHIVE = "zip", _("archive")
        OTHER = "other", _("picture or attachment")

    class State(models.TextChoices):
        RECEIVED = "received", _("received")
        IMPORTING = "importing", _("being imported")
        IMPORTED = "imported", _("imported")
        FAILED = "failed", _("failed")
        DROPPED = "dropped", _("left unfinished by 1C")

    session = models.ForeignKey(Session, models.CASCADE, related_name="files")
    #: Cleaned: XML by its base name, pictures by their path in the export's folder.
    name = models.CharField(_("file"), max_length=500)
    type = models.CharField(max_length=32)
    kind = models.CharField(max_length=8, choices=Kind)
    archive = models.ForeignKey(
        "self", models.CASCADE, null=True, related_name="unpacked", verbose_name=_("archive")
    )
    state = models.CharField(
        _("state"), max_length=16, choices=State, default=State.RECEIVED, db_index=True
    )
    size = models.PositiveBigIntegerField(_("bytes"), default=0)
    #: Where the import goes on: records consumed, or entries unpacked.
    position = models.PositiveBigIntegerField(default=0)
    #: What of its records needn't be read again (`commerceml.reader.Mark`).
    mark = models.JSONField(default=list)
    #: Kind of record → outcome (created, changed, unchanged, refused, parked) → how many.
    counts = models.JSONField(default=dict)
    problem_count = models.PositiveIntegerField(_("problems"), default=0)
    received_at = models.DateTimeField(_("received at"), auto_now_add=True)
    finished_at = models.DateTimeField(_("finished at"), null=True)

    class Meta:
        app_label = "onec_bridge"
        ordering = ["-pk"]
        verbose_name = _("file of 1C")
        indexes = [models.Index(fields=["session", "name"], name="onec_file_by_name")]

    def __str__(self) -> str:
        return self.name


class FilePart(models.Model):
    """A piece of a file, in the order of arrival."""

    file = models.ForeignKey(ReceivedFile, models.CASCADE, related_name="parts")
    number = models.PositiveIntegerField()
    body = models.BinaryField()

    class Meta:
        app_label = "onec_bridge"
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["file", "number"], name="onec_file_part_once")
        ]


class MetProduct(models.Model):
    """In which session a product last came; kept where absent goods are taken off sale.

    By session and not by time: clocks of hosts differ, numbers of sessions don't.
    """

    connection = models.ForeignKey(Connection, models.CASCADE, related_name="met_products")
    external_id = models.CharField(max_length=255)
    session_number = models.BigIntegerField()

    class Meta:
        app_label = "onec_bridge"
        constraints = [
            models.UniqueConstraint(fields=["connection", "external_id"], name="onec_met_once")
        ]


class AbsentGoods(models.Model):
    """What a full export of 1C didn't bring, and whether it was taken off sale for that."""

    class State(models.TextChoices):
        TAKEN_OFF = "taken_off", _("taken off sale")
        ASKED = "asked", _("waiting for a decision")
        KEPT = "kept", _("left on sale")

    session = models.OneToOneField(Session, models.CASCADE, related_name="absent_goods")
    state = models.CharField(max_length=16, choices=State)
    #: The run's first session: what came in it or later isn't absent.
    since_number = models.BigIntegerField()
    absent = models.PositiveIntegerField(_("absent"))
    of = models.PositiveIntegerField(_("goods of this 1C on sale"))
    at = models.DateTimeField(auto_now_add=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)

    class Meta:
        app_label = "onec_bridge"
        ordering = ["-pk"]
        verbose_name = _("goods absent from an export")
