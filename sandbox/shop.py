"""The port's adapter over the sandbox's own models (setting ``B2B_SHOP``)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from django.core.cache import cache
from django.db import IntegrityError, transaction
from django.db.models import Case, IntegerField, Q, Value, When
from django.http import HttpRequest
from django.utils.translation import gettext as _

from b2b_overlay.money import Money
from b2b_overlay.ordering import gate
from b2b_overlay.pricing.pieces import pieces_of
from b2b_overlay.quantities import Quantity
from b2b_overlay.shop import (
    Catalogue,
    CatalogueInUnits,
    CatalogueWriter,
    Category,
    Channel,
    Checkout,
    Checkouts,
    CheckoutsInUnits,
    Drafts,
    Orders,
    OrdersInUnits,
    Page,
    People,
    Person,
    PlacedOrder,
    Refusal,
    Refused,
    Served,
    Variant,
    Warehouse,
    WriterInUnits,
)
from b2b_overlay.shop.passwords import demand_good

from . import carts, fulfilment, models, persons, staff, values
from .pricing import descendants, promoted, retail_prices
from .values import uuids
from .writing import Writer

__all__ = ["SandboxShop"]

#: Wrong passwords from one address for one e-mail before it has to wait, and how long (s).
ATTEMPTS, PAUSE = 10, 60


class ReadCatalogue:
    """The port's ``Catalogue``."""

    def channels(self) -> Sequence[Channel]:
        return [values.channel(each) for each in models.Channel.objects.filter(is_active=True)]

    def variants(self, ids: Iterable[int], channel: Channel) -> Mapping[int, Variant]:
        """At most seven queries, whatever the number of variants."""
        rows = models.Variant.objects.select_related("product").in_bulk(list(ids))
        row_channel = models.Channel.objects.get(slug=channel.slug)
        retail = retail_prices(rows, row_channel)
        free = carts.available(rows)
        images = _images({row.product_id for row in rows.values()})
        return {
            pk: Variant(
                id=pk,
                product_id=row.product_id,
                sku=row.sku or "",
                product_name=row.product.name,
                name=row.name,
                category_id=row.product.category_id,
                retail=Money(retail[pk].price, channel.currency) if pk in retail else None,
                available=free.get(pk, 0),
                image=images.get(row.product_id, ""),
                external_id=row.external_reference or "",
            )
            for pk, row in rows.items()
        }

    def list_prices(self, ids: Iterable[int], channel: Channel) -> Mapping[int, Money]:
        """One query."""
        rows = models.Listing.objects.filter(
            variant__in=list(ids), channel__slug=channel.slug
        ).values_list("variant_id", "price")
        return {pk: Money(price, channel.currency) for pk, price in rows}

    def promoted(self, prices: Mapping[int, Money], channel: Channel) -> Mapping[int, Money]:
        row = models.Channel.objects.get(slug=channel.slug)
        amounts = {pk: money.amount for pk, money in prices.items()}
        return {pk: Money(x, channel.currency) for pk, x in promoted(amounts, row).items()}

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
        words = text.split()
        found = models.Variant.objects.filter(
            product__is_published=True, listings__channel__slug=channel.slug
        ).exclude(Q(product__category__in=without) | Q(pk__in=without_variants))
        if category_id is not None:
            found = found.filter(product__category__in=descendants(category_id))
        if words:
            found = found.filter(_answers(words) | Q(pk__in=list(also)))
        exact = Case(
            When(sku__iexact=text.strip(), then=Value(0)),
            default=Value(1),
            output_field=IntegerField(),
        )
        ids = found.order_by(exact, "product__name", "pk").values_list("pk", flat=True)
        return Page(list(ids[offset : offset + limit]), found.count())

    def categories(self) -> Sequence[Category]:
        children: dict[int | None, list[models.Category]] = {}
        for row in models.Category.objects.all():
            children.setdefault(row.parent_id, []).append(row)
        return list(_tree(children, None, 0))

    def warehouses(self) -> Sequence[Warehouse]:
        rows = models.Warehouse.objects.order_by("name", "pk").values_list("pk", "name")
        return [Warehouse(str(pk), name) for pk, name in rows]


def _answers(words: Sequence[str]) -> Q:
    """Every word stands in the name or the SKU."""
    condition = Q()
    for word in words:
        condition &= (
            Q(product__name__icontains=word) | Q(name__icontains=word) | Q(sku__icontains=word)
        )
    return condition


def _images(product_ids: Iterable[int]) -> dict[int, str]:
    pictures = models.Picture.objects.filter(product__in=product_ids).order_by("-pk")
    return {picture.product_id: picture.file.url for picture in pictures}


def _tree(
    children: Mapping[int | None, Sequence[models.Category]], parent: int | None, depth: int
) -> Iterable[Category]:
    for row in children.get(parent, ()):
        yield Category(row.pk, row.name, parent, depth)
        yield from _tree(children, row.pk, depth + 1)


class Carts:
    """The port's ``Checkouts``."""

    def __init__(self, shop: SandboxShop) -> None:
        self._shop = shop

    def get(self, checkout_id: str) -> Checkout | None:
        rows = models.Checkout.objects.select_related("channel", "shipping_method")
        row = rows.filter(pk__in=uuids([checkout_id])).first()
        return carts.value_of(row) if row else None

    def of_user(self, user_id: int, channel: Channel) -> str | None:
        row = models.Checkout.objects.filter(user=user_id, channel__slug=channel.slug).first()
        return str(row.pk) if row else None

    def contents(self, user_id: int, channel: Channel) -> Mapping[int, Quantity]:
        cart = uuids(filter(None, [self.of_user(user_id, channel)]))
        lines = models.CheckoutLine.objects.filter(checkout__in=cart)
        return dict(lines.values_list("variant_id", "quantity"))

    def set_quantities(
        self, user_id: int, channel: Channel, quantities: Mapping[int, Quantity]
    ) -> str:
        counts = {pk: int(quantity) for pk, quantity in quantities.items()}
        checkout_id = self.of_user(user_id, channel)
        if checkout_id is not None:
            row = models.Checkout.objects.get(pk=checkout_id)
            return str(carts.change_lines(self._shop, row, counts).pk)
        user = models.User.objects.get(pk=user_id)
        row = models.Checkout(
            channel=models.Channel.objects.get(slug=channel.slug),
            user=user,
            email=user.email,
            shipping_address=user.default_shipping_address,
            billing_address=user.default_shipping_address,
        )
        return str(carts.create(self._shop, row, counts).pk)

    def held(self, checkout_id: str) -> Mapping[int, Quantity]:
        """Nothing is kept for a cart."""
        return {}

    def set_prices(
        self,
        checkout_id: str,
        prices: Mapping[str, Decimal | None],
        reason: str,
        promoted: Collection[str] = (),
    ) -> None:
        lines = list(
            models.CheckoutLine.objects.filter(
                pk__in=uuids(prices), checkout__in=uuids([checkout_id])
            )
        )
        for line in lines:
            line.price_override = prices[str(line.pk)]
            line.price_override_reason = reason if line.price_override is not None else ""
            line.promotions_apply = str(line.pk) in promoted
        models.CheckoutLine.objects.bulk_update(
            lines, ["price_override", "price_override_reason", "promotions_apply"]
        )

    @transaction.atomic
    def prepare(self, checkout_id: str, user_id: int) -> None:
        mine = models.Checkout.objects.filter(pk__in=uuids([checkout_id]), user=user_id)
        if row := mine.select_for_update().first():
            carts.fill_delivery(row)

    def complete(self, checkout_id: str, user_id: int) -> str:
        """An order placed on a page asks for no delivery: goods are collected, or delivered
        by agreement, so the cheapest method and an address without a street are put in."""
        mine = models.Checkout.objects.filter(pk__in=uuids([checkout_id]), user=user_id)
        try:
            with transaction.atomic():
                if row := mine.select_for_update().first():
                    carts.fill_delivery(row)
                elif not models.Order.objects.filter(
                    checkout_token=checkout_id, user=user_id
                ).exists():
                    raise models.Checkout.DoesNotExist
                return str(carts.complete(self._shop, checkout_id).pk)
        except models.Checkout.DoesNotExist as error:
            raise Refused(Refusal("NOT_FOUND", _("There is no such cart."))) from error
        except Refused as refused:
            # Outside the transaction: what was bound within it has gone with it.
            gate.refused(self._shop, checkout_id, refused.refusals)
            raise


class ReadOrders:
    """The port's ``Orders``."""

    def get(self, order_ids: Iterable[str]) -> Mapping[str, PlacedOrder]:
        rows = models.Order.objects.select_related(
            "channel", "billing_address", "shipping_address"
        ).prefetch_related("lines")
        return {str(r.pk): values.placed_order(r) for r in rows.filter(pk__in=uuids(order_ids))}

    def of_user(self, user_id: int, limit: int = 50) -> Sequence[str]:
        rows = models.Order.objects.filter(user=user_id).values_list("pk", flat=True)
        return [str(pk) for pk in rows[:limit]]

    def placed_since(self, moment: datetime) -> Sequence[str]:
        rows = models.Order.objects.filter(created_at__gte=moment).order_by("created_at", "pk")
        return [str(pk) for pk in rows.values_list("pk", flat=True)]

    def of_checkouts(self, checkout_ids: Iterable[str]) -> Mapping[str, str]:
        rows = models.Order.objects.filter(checkout_token__in=list(checkout_ids))
        return {token: str(pk) for token, pk in rows.values_list("checkout_token", "pk")}

    @transaction.atomic
    def note(self, notes: Mapping[str, Mapping[str, str]]) -> None:
        """No other programs are told: there are none."""
        rows = models.Order.objects.filter(pk__in=uuids(notes)).order_by("pk")
        for row in rows.select_for_update(of=("self",)):
            merged = {**row.notes, **notes[str(row.pk)]}
            row.notes = {key: text for key, text in merged.items() if text}
            row.save(update_fields=["notes"])

    def price(self, order_id: str, prices: Mapping[str, Decimal], reason: str) -> None:
        staff.price(order_id, prices)

    def authorise(self, order_id: str, total: Money) -> None:
        """Nothing is ever paid for here, so nothing is authorised."""

    def served(self, order_ids: Iterable[str]) -> Sequence[Served]:
        return fulfilment.served(order_ids)


class ReadPeople:
    """The port's ``People``."""

    def get(self, user_ids: Iterable[int]) -> Mapping[int, Person]:
        rows = models.User.objects.in_bulk(list(user_ids))
        return {pk: values.person(row) for pk, row in rows.items()}

    def find(self, email: str) -> Person | None:
        row = models.User.objects.filter(email__iexact=email.strip()).first()
        return values.person(row) if row else None

    def sign_in(self, request: object, email: str, password: str) -> Person | None:
        """After :data:`ATTEMPTS` wrong passwords the e-mail waits :data:`PAUSE` seconds, from
        that address. Raises :class:`Refused` meanwhile."""
        key = f"sign-in:{self.address(request)}:{email.strip().lower()}"
        if int(cache.get_or_set(key, 0, PAUSE) or 0) >= ATTEMPTS:
            raise Refused(Refusal("INVALID", _("Too many wrong passwords. Try again in a minute.")))
        row = models.User.objects.filter(email__iexact=email.strip(), is_active=True).first()
        if row is None or not row.check_password(password):
            cache.incr(key)
            return None
        cache.delete(key)
        return values.person(row)

    def stamp(self, user_id: int) -> str | None:
        row = models.User.objects.filter(pk=user_id, is_active=True).first()
        return row.jwt_token_key if row else None

    def address(self, request: object) -> str:
        return request.META.get("REMOTE_ADDR", "") if isinstance(request, HttpRequest) else ""

    def create(self, email: str, name: str) -> Person:
        try:
            with transaction.atomic():
                row = models.User.objects.create_user(email.strip().lower(), first_name=name)
        except IntegrityError:
            text = _("The shop already has an account «%(email)s».") % {"email": email}
            raise Refused(Refusal("INVALID", text)) from None
        return values.person(row)

    def set_password(self, user_id: int, password: str) -> None:
        row = models.User.objects.get(pk=user_id)
        demand_good(password, row)
        row.set_password(password)
        row.save(update_fields=["password", "jwt_token_key"])

    def shut_out(self, user_id: int) -> None:
        row = models.User.objects.get(pk=user_id)
        row.set_password(None)
        row.save(update_fields=["password", "jwt_token_key"])

    def exported(self, user_id: int) -> Mapping[str, object]:
        return persons.exported(user_id)

    def erase(self, user_id: int) -> Mapping[str, int]:
        return persons.erase(user_id)


class SandboxShop:
    """The sandbox through the port."""

    def __init__(self) -> None:
        self.catalogue: Catalogue = CatalogueInUnits(ReadCatalogue(), pieces_of)
        self.writer: CatalogueWriter = WriterInUnits(Writer(), pieces_of)
        self.checkouts: Checkouts = CheckoutsInUnits(Carts(self), self.catalogue, pieces_of)
        self.drafts: Drafts = staff.NoDrafts()
        self.orders: Orders = OrdersInUnits(ReadOrders(), pieces_of)
        self.people: People = ReadPeople()
