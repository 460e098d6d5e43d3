"""Value types and Protocols of the port. See the package's docstring."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Generic, Protocol, TypeVar

from b2b_overlay.money import Money
from b2b_overlay.quantities import ONE, Quantity
from b2b_overlay.values import value

T = TypeVar("T")

# --------------------------------------------------------------------------- values


@dataclass(frozen=True, slots=True)
class Channel:
    """Where the shop sells: Saleor's channel. Never one per customer."""

    slug: str
    name: str
    currency: str
    #: Whether the prices entered in this channel include VAT.
    prices_include_vat: bool


@dataclass(frozen=True, slots=True)
class Category:
    id: int
    name: str
    parent_id: int | None
    depth: int


@dataclass(frozen=True, slots=True)
class Variant:
    """One thing that can be ordered, as the shop's channel shows it to a retail visitor."""

    id: int
    product_id: int
    sku: str
    product_name: str
    #: The variant's own name («красный, 25 м»); empty where the product has just one.
    name: str
    category_id: int | None
    #: Retail price of one base unit in the channel; None where it isn't sold at retail.
    retail: Money | None
    #: Base units free to sell.
    available: Quantity
    #: URL of the first picture, "" without one.
    image: str
    external_id: str = ""
    #: Base units in one piece of the shop (:mod:`b2b_overlay.quantities`).
    piece: Decimal = ONE

    @property
    def full_name(self) -> str:
        """«Шланг поливочный (25 м)»"""
        if not self.name or self.name == self.product_name:
            return self.product_name
        return f"{self.product_name} ({self.name})"


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    items: Sequence[T]
    total: int


@value
class KnownGood:
    """What the shop already sells, by everything it can be recognised by."""

    variant_id: int
    product_id: int
    name: str
    sku: str = ""
    external_id: str = ""
    barcodes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CheckoutLine:
    id: str
    variant_id: int
    #: Base units.
    quantity: Quantity
    #: Price of one base unit as the shop would charge it now, in the channel's VAT mode.
    unit_price: Money
    total: Money
    #: Price of one base unit before the shop's promotions; None: the same.
    undiscounted: Money | None = None
    #: Given by an order promotion; nobody's price is bound to it.
    is_gift: bool = False
    #: In a draft: the shop's staff set a price of their own, which nobody's list changes.
    is_by_staff: bool = False
    #: Base units in one piece of the shop.
    piece: Decimal = ONE


@dataclass(frozen=True, slots=True)
class Checkout:
    """An open cart, or a draft of the staff's (:class:`Drafts`). ``user_id`` is None for a
    visitor's."""

    id: str
    channel: Channel
    user_id: int | None
    lines: tuple[CheckoutLine, ...]
    total: Money


@dataclass(frozen=True, slots=True)
class PlacedOrderLine:
    """A line of a placed order, as the shop recorded it."""

    id: str
    variant_id: int | None
    sku: str
    name: str
    #: Base units; whole pieces of a good that the shop has deleted.
    quantity: Quantity
    #: Of one base unit, in the channel's VAT mode (``PlacedOrder.vat_included``).
    unit_price: Money
    total: Money
    #: VAT of the line as the shop itself reckoned it (zero where the shop reckons no taxes).
    tax: Money
    #: Base units in one piece of the shop.
    piece: Decimal = ONE


@dataclass(frozen=True, slots=True)
class PlacedOrder:
    """A placed order. ``total`` is what the buyer pays, VAT and delivery included."""

    id: str
    number: str
    placed_at: datetime
    channel: Channel
    user_id: int | None
    email: str
    lines: tuple[PlacedOrderLine, ...]
    #: Price of delivery, in the channel's VAT mode; zero where there is none.
    shipping: Money
    total: Money
    #: The checkout it came from, where the shop still knows it.
    checkout_id: str | None
    #: The shop's own word for its state (Saleor's OrderStatus value).
    status: str
    #: Who ordered, as written on the order; empty: not told.
    name: str = ""
    phone: str = ""
    address: str = ""
    is_paid: bool = False

    @property
    def is_cancelled(self) -> bool:
        return self.status.casefold() in ("canceled", "expired")

    @property
    def digest(self) -> str:
        """Of what is ordered and what it comes to: another one where that was changed. A good
        that the shop has deleted since is no change."""
        lines = sorted(
            (line.id, int(line.quantity / line.piece), line.total.amount) for line in self.lines
        )
        said = (self.number, self.total.amount, self.shipping.amount, lines)
        return hashlib.sha256(repr(said).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Warehouse:
    """Where goods lie."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Served:
    """Base units of a variant that a warehouse holds for an order, and has sent off for it."""

    order_id: str
    variant_id: int
    warehouse_id: str
    reserved: Quantity = 0
    shipped: Quantity = 0


@dataclass(frozen=True, slots=True)
class Person:
    id: int
    email: str
    name: str
    is_staff: bool
    is_active: bool = True


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why something can't be done, for a person: what, at which line, what to do.

    ``code`` is a CheckoutErrorCode value of Saleor 3.23, so that it can travel in
    ``errors[]`` of its checkout mutations; ``message`` is already in the user's language.
    """

    code: str
    message: str
    variant_id: int | None = None
    line_id: str | None = None


class Refused(Exception):
    """An action was refused; nothing was changed."""

    def __init__(self, *refusals: Refusal) -> None:
        super().__init__("; ".join(r.message for r in refusals))
        self.refusals = refusals


# ----------------------------------------------------------------- drafts (written by 1C)


@dataclass(frozen=True, slots=True)
class CategoryDraft:
    """A group of goods to create or rename. ``id`` None creates."""

    key: str
    id: int | None
    name: str
    parent_key: str | None


@value
class VariantDraft:
    """A variant to create (``id`` None) or to touch up. ``key`` is the caller's own id.

    A field that is None is left alone; on creation it becomes empty.
    """

    key: str
    id: int | None
    sku: str | None = None
    name: str | None = None
    barcode: str | None = None
    #: 1C's id, kept in the shop's own ``external_reference``.
    external_id: str | None = None
    #: Retail price of one base unit; written only on creation or where the shop lets 1C own
    #: retail prices.
    retail: Money | None = None


@value
class ProductDraft:
    """A product to create (``id`` None) or to touch up; None fields are left alone."""

    key: str
    id: int | None
    name: str | None = None
    description: str | None = None
    category_id: int | None = None
    external_id: str | None = None
    #: True publishes, False takes off sale, None leaves the shop's own choice.
    publish: bool | None = None
    variants: tuple[VariantDraft, ...] = ()


@value
class SavedProduct:
    id: int
    created: bool
    #: By VariantDraft.key.
    variants: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WarehouseDraft:
    key: str
    id: str | None
    name: str


@value
class StockLevel:
    """Base units of a variant lying in a warehouse, of which the shop counts whole pieces;
    negative stock is written as 0."""

    variant_id: int
    warehouse_id: str
    quantity: Quantity


# -------------------------------------------------------------------------- protocols


class Catalogue(Protocol):
    """Reading the catalogue. Called by pages, the resolver's callers and the exporter."""

    def channels(self) -> Sequence[Channel]:
        """The active channels, the default one first. One query."""

    def variants(self, ids: Iterable[int], channel: Channel) -> Mapping[int, Variant]:
        """Variants by id, sold at retail or not. A constant number of queries."""

    def list_prices(self, ids: Iterable[int], channel: Channel) -> Mapping[int, Money]:
        """Retail prices before the shop's promotions, by variant; one that isn't sold at
        retail is absent. What a price list «from retail» is reckoned from. Two queries."""

    def promoted(self, prices: Mapping[int, Money], channel: Channel) -> Mapping[int, Money]:
        """These prices of one piece as the shop's catalogue promotions lower them, by variant,
        as they would in a cart; one that no promotion touches may be absent. Called where a
        price list lets promotions apply. A constant number of queries."""

    def search(
        self,
        text: str,
        channel: Channel,
        *,
        category_id: int | None = None,
        without: Collection[int] = (),
        without_variants: Collection[int] = (),
        also: Iterable[int] = (),
        offset: int = 0,
        limit: int = 50,
    ) -> Page[int]:
        """Ids of published variants whose SKU or product name answers ``text``.

        An exact SKU comes first, then by name. ``also`` are variant ids the overlay found by
        itself (1C's article, a barcode) and wants in the result. Empty text lists all.
        A category answers for its descendants too; goods right in the categories named in
        ``without``, and the variants named in ``without_variants``, aren't found.
        """

    def categories(self) -> Sequence[Category]:
        """The tree, parents above children, in the shop's order. One query."""

    def warehouses(self) -> Sequence[Warehouse]:
        """All of them, by name. One query."""


class CatalogueWriter(Protocol):
    """Writing the catalogue. Called by ``onec_bridge.sync`` only, in its transaction; but for
    :meth:`known_goods`, which spreadsheets of prices ask too."""

    def known_goods(self, variant_ids: Iterable[int] | None = None) -> Iterable[KnownGood]:
        """Everything the shop sells, or these variants of it, the oldest first, to be recognised
        in what 1C or a spreadsheet sends."""

    def existing(self, variant_ids: Iterable[int]) -> Collection[int]:
        """Those of these variants that are still in the shop. One query."""

    def save_categories(self, drafts: Sequence[CategoryDraft]) -> Mapping[str, int]: ...

    def save_products(
        self, drafts: Sequence[ProductDraft], channel: Channel
    ) -> Mapping[str, SavedProduct]:
        """Create and touch up, by draft key. A number of queries that doesn't grow with the
        batch, but for what the shop itself does per product (slugs, search)."""

    def save_warehouses(
        self, drafts: Sequence[WarehouseDraft], channel: Channel
    ) -> Mapping[str, str]:
        """Create (to sell in this channel) and rename, by draft key."""

    def save_stock(self, levels: Sequence[StockLevel]) -> None: ...

    def reserved(self, variant_ids: Iterable[int]) -> Sequence[Served]:
        """What open orders hold of these variants, retail ones included. None of it is sent off
        or let go until the transaction ends: stock reckoned from it can be written. Two
        queries."""

    def recount(self, pieces: Mapping[int, tuple[Decimal, Decimal]]) -> Collection[int]:
        """From now on one piece of these variants is so many base units: (was, is), by variant.
        Stock and retail prices stay what they are in base units (whole pieces, whole minor
        units). What was ever ordered or lies in a cart stays counted as it is: those variants
        are answered. A constant number of queries."""

    def clear_stock(self, variant_ids: Iterable[int], *, keep: Iterable[str]) -> None:
        """Nothing of these variants is free in other warehouses than those to ``keep``: where
        1C says what there is, the shop's own count would be added to it. What is allocated to
        open orders stays."""

    def save_image(self, product_id: int, name: str, content: bytes) -> None:
        """Add a picture, or replace the one saved under the same ``name``; equal content is
        left alone. Raises ``ValueError`` with a reason for what is not a picture."""


class Carts(Protocol):
    """What prices can be bound to: a customer's own carts, and the staff's drafts."""

    def get(self, checkout_id: str) -> Checkout | None: ...

    def set_prices(
        self,
        checkout_id: str,
        prices: Mapping[str, Decimal | None],
        reason: str,
        promoted: Collection[str] = (),
    ) -> None:
        """Bind a price of one piece to each line id (None: the shop's own retail price), exact
        against the shop's promotions and vouchers. Those ``promoted`` its catalogue promotions may
        lower; promo codes and promotions of whole orders only where every bound line is so.
        A line that isn't named is left alone. Called by ``ordering.checkouts``."""


class Drafts(Carts, Protocol):
    """Orders that the shop's staff are putting together for a customer, each under its order's
    id: what has become an order is a draft no more. Asked by hooks, and where the desk says for
    which legal entity one is."""


class Checkouts(Carts, Protocol):
    """Carts. Quantities are in base units, prices bound to lines are of one piece of the shop."""

    def of_user(self, user_id: int, channel: Channel) -> str | None:
        """The user's open cart in the channel, the latest one."""

    def contents(self, user_id: int, channel: Channel) -> Mapping[int, Quantity]:
        """Quantities by variant in that cart, gifts aside; empty where there is none. Three
        queries: a catalogue asks it, beside whose prices the cart's sum chooses columns."""

    def held(self, checkout_id: str) -> Mapping[int, Quantity]:
        """What the shop keeps from others for this very cart, by variant; empty where it keeps
        nothing. One query; asked where a line seems to want more than there is."""

    def set_quantities(
        self, user_id: int, channel: Channel, quantities: Mapping[int, Quantity]
    ) -> str:
        """Put variants into the user's open cart at these quantities (0 removes), creating
        the cart where there is none; returns its id. Raises :class:`Refused`. The shop's own
        after-change hook runs, so contract prices are set when this returns."""

    def prepare(self, checkout_id: str, user_id: int) -> None:
        """Put in what an order needs and the buyer wasn't asked for (addresses, delivery), as
        :meth:`complete` would: the sum he then sees is the order's. Called before an approver
        is asked for that sum. A cart that isn't the user's is left alone."""

    def complete(self, checkout_id: str, user_id: int) -> str:
        """Turn the cart into an order on account and return the order's id; the shop's own
        gate hook and order hook run. Raises :class:`Refused`; a refusal changes nothing."""


class Orders(Protocol):
    def get(self, order_ids: Iterable[str]) -> Mapping[str, PlacedOrder]: ...

    def of_user(self, user_id: int, limit: int = 50) -> Sequence[str]:
        """Ids of the user's orders, newest first, retail ones included."""

    def placed_since(self, moment: datetime) -> Sequence[str]:
        """Ids of all orders placed since then, oldest first, wholesale ones included; drafts
        and what isn't confirmed yet are no orders. One query."""

    def of_checkouts(self, checkout_ids: Iterable[str]) -> Mapping[str, str]:
        """Order ids by the id of the checkout, or of the draft, they came from. One query."""

    def note(self, notes: Mapping[str, Mapping[str, str]]) -> None:
        """Write on these orders, under these keys, what only staff and the shop's own programs
        may read; an empty text takes the key away. Those programs are told after the commit
        where anything changed. One query, and one for each order that changes."""

    def price(self, order_id: str, prices: Mapping[str, Decimal], reason: str) -> None:
        """Give these lines of an order that its staff may still change these prices. Called
        where they have added goods to a wholesale order."""

    def authorise(self, order_id: str, total: Money) -> None:
        """Of what the order comes to, so much is good on account; less than all shows on the
        shop's own order. One that was never on account stays as it is. Called in the
        transaction that follows a change of the staff's."""

    def served(self, order_ids: Iterable[str]) -> Sequence[Served]:
        """Which warehouses serve these orders, or have served them. Goods whose stock the shop
        doesn't track are absent. Two queries."""


class People(Protocol):
    def get(self, user_ids: Iterable[int]) -> Mapping[int, Person]: ...

    def find(self, email: str) -> Person | None: ...

    def sign_in(self, request: object, email: str, password: str) -> Person | None:
        """Check a password with the shop's own throttling; None where it doesn't hold."""

    def stamp(self, user_id: int) -> str | None:
        """Changes when the password does or the user is shut out (None): a sign-in cookie
        made under another stamp is void."""

    def address(self, request: object) -> str:
        """The network address a request came from, as the shop's own throttling sees it."""

    def create(self, email: str, name: str) -> Person:
        """A new customer, confirmed, whom no password lets in yet; nothing is mailed. Raises
        :class:`Refused` where the e-mail is taken."""

    def set_password(self, user_id: int, password: str) -> None:
        """Asks the shop's own rules (:class:`Refused` with their sentences); every sign-in and
        token given out under the old password falls."""

    def shut_out(self, user_id: int) -> None:
        """No password lets him in until :meth:`set_password`; whatever is open falls."""

    def exported(self, user_id: int) -> Mapping[str, object]:
        """All that the shop itself keeps of a person, as JSON has it: ``email``,
        ``first_name``, ``last_name``, ``addresses`` (each with ``phone``), ``orders`` (number,
        day, sum, currency) and what else it has. Unknown: empty."""

    def erase(self, user_id: int) -> Mapping[str, int]:
        """Blank a person's account, in the caller's transaction: name, e-mail (another one,
        :func:`b2b_overlay.logins.erased`), the account's addresses, notes; nobody can sign in
        with it; open carts go. Orders stay, documents as they are, with that e-mail. Rows by
        ``table.column``; what is blank already isn't counted."""


class Shop(Protocol):
    """The sum of the port."""

    @property
    def catalogue(self) -> Catalogue: ...

    @property
    def writer(self) -> CatalogueWriter: ...

    @property
    def checkouts(self) -> Checkouts: ...

    @property
    def drafts(self) -> Drafts: ...

    @property
    def orders(self) -> Orders: ...

    @property
    def people(self) -> People: ...
