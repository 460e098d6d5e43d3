"""Mutations of the shop itself; a refusal comes in ``errors``, as in Saleor."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import graphene
from django.utils.translation import gettext as _

from b2b_overlay.graphql.context import current_user
from b2b_overlay.graphql.ids import UnknownId, number, text
from b2b_overlay.shop import Refusal, Refused, get_shop
from sandbox import carts, models

from . import tokens, types
from .queries import cart_of, find_channel, global_ids

__all__ = ["Mutations"]

P = TypeVar("P", bound="CheckoutPayload")

#: Saleor 3.23's codes, as many as the shop and the overlay use.
CheckoutErrorCode = graphene.Enum(
    "CheckoutErrorCode",
    [
        (code, code)
        for code in (
            "BILLING_ADDRESS_NOT_SET",
            "CHECKOUT_NOT_FULLY_PAID",
            "DELIVERY_METHOD_NOT_APPLICABLE",
            "EMAIL_NOT_SET",
            "GRAPHQL_ERROR",
            "INSUFFICIENT_STOCK",
            "INVALID",
            "NOT_FOUND",
            "NO_LINES",
            "PRODUCT_NOT_PUBLISHED",
            "QUANTITY_GREATER_THAN_LIMIT",
            "REQUIRED",
            "SHIPPING_ADDRESS_NOT_SET",
            "SHIPPING_METHOD_NOT_SET",
            "UNAVAILABLE_VARIANT_IN_CHANNEL",
            "ZERO_QUANTITY",
        )
    ],
)
AccountErrorCode = graphene.Enum(
    "AccountErrorCode",
    [(code, code) for code in ("INVALID_CREDENTIALS", "LOGIN_ATTEMPT_DELAYED")],
)


class CheckoutError(graphene.ObjectType):
    field = graphene.String()
    message = graphene.String()
    code = CheckoutErrorCode(required=True)
    variants = graphene.List(graphene.NonNull(graphene.ID))
    lines = graphene.List(graphene.NonNull(graphene.ID))


class AccountError(graphene.ObjectType):
    field = graphene.String()
    message = graphene.String()
    code = AccountErrorCode(required=True)


def _error(refusal: Refusal) -> CheckoutError:
    variant, line = refusal.variant_id, refusal.line_id
    return CheckoutError(
        field="quantity" if refusal.code in ("INSUFFICIENT_STOCK", "ZERO_QUANTITY") else None,
        message=refusal.message,
        code=refusal.code,
        variants=global_ids("ProductVariant", [variant]) if variant is not None else None,
        lines=global_ids("CheckoutLine", [line]) if line is not None else None,
    )


class CreateToken(graphene.Mutation):
    token = graphene.String()
    user = graphene.Field(types.User)
    errors = graphene.List(graphene.NonNull(AccountError), required=True, default_value=())

    class Arguments:
        email = graphene.String(required=True)
        password = graphene.String(required=True)

    @classmethod
    def mutate(cls, root: Any, info: Any, email: str, password: str) -> CreateToken:
        code, message = "INVALID_CREDENTIALS", _("Please, enter valid credentials")
        try:
            person = get_shop().people.sign_in(info.context, email, password)
        except Refused as refused:
            person, code, message = None, "LOGIN_ATTEMPT_DELAYED", str(refused)
        if person is None:
            return cls(errors=[AccountError(field="email", message=message, code=code)])
        user = models.User.objects.get(pk=person.id)
        info.context.user = user
        return cls(token=tokens.create(user), user=user)


# ------------------------------------------------------------------------------ carts


class CheckoutLineInput(graphene.InputObjectType):
    quantity = graphene.Int(required=True)
    variant_id = graphene.ID(required=True)


class CheckoutLineUpdateInput(graphene.InputObjectType):
    variant_id = graphene.ID()
    quantity = graphene.Int()
    line_id = graphene.ID()


class AddressInput(graphene.InputObjectType):
    first_name = graphene.String()
    last_name = graphene.String()
    company_name = graphene.String()
    street_address_1 = graphene.String(name="streetAddress1")
    city = graphene.String()
    country_area = graphene.String()
    postal_code = graphene.String()
    country = graphene.String()
    phone = graphene.String()


class CheckoutCreateInput(graphene.InputObjectType):
    channel = graphene.String()
    lines = graphene.List(graphene.NonNull(CheckoutLineInput), required=True)
    email = graphene.String()
    shipping_address = AddressInput()
    billing_address = AddressInput()


class CheckoutPayload(graphene.Mutation):
    """A cart as it is after the change, prices bound; or why it wasn't changed."""

    class Meta:
        abstract = True

    checkout = graphene.Field(types.Checkout)
    errors = graphene.List(graphene.NonNull(CheckoutError), required=True, default_value=())

    @classmethod
    def attempt(cls: type[P], action: Callable[[], models.Checkout]) -> P:
        try:
            checkout = action()
        except Refused as refused:
            return cls(errors=[_error(each) for each in refused.refusals])
        except (models.Checkout.DoesNotExist, UnknownId):
            return cls(errors=[_error(_not_found())])
        rows = models.Checkout.objects.select_related(
            "channel", "shipping_method__channel", "shipping_address", "billing_address"
        )
        return cls(checkout=types.CartView.of(rows.get(pk=checkout.pk)))


def _not_found() -> Refusal:
    return Refusal("NOT_FOUND", _("Couldn't resolve to a node."))


def _wanted(lines: list[Any]) -> dict[int, int]:
    """Quantities by variant; every one at least 1."""
    wanted: dict[int, int] = {}
    for line in lines:
        variant_id = number(line.variant_id, "ProductVariant")
        if line.quantity < 1:
            raise Refused(
                Refusal(
                    "ZERO_QUANTITY",
                    _("The quantity should be higher than zero."),
                    variant_id=variant_id,
                )
            )
        wanted[variant_id] = wanted.get(variant_id, 0) + line.quantity
    return wanted


def _variant_of(checkout: models.Checkout, line_id: str) -> int:
    key = text(line_id, "CheckoutLine")
    line = next((each for each in checkout.lines.all() if str(each.pk) == key), None)
    if line is None:
        raise UnknownId(line_id)
    return line.variant_id


def _address(given: Any) -> models.Address:
    """Not saved yet."""
    return models.Address(**{key: value for key, value in given.items() if value is not None})


class CheckoutCreate(CheckoutPayload):
    class Arguments:
        input = CheckoutCreateInput(required=True)

    @classmethod
    def mutate(cls, root: Any, info: Any, input: Any) -> CheckoutCreate:
        return cls.attempt(lambda: cls._create(current_user(info), input))

    @staticmethod
    def _create(user: models.User | None, given: Any) -> models.Checkout:
        wanted = _wanted(given.lines)
        checkout = models.Checkout(
            channel=find_channel(given.get("channel")),
            user=user,
            email=given.get("email") or (user.email if user else ""),
        )
        for kind in ("shipping_address", "billing_address"):
            if given.get(kind):
                setattr(checkout, kind, _address(given[kind]))
        return carts.create(get_shop(), checkout, wanted)


class CheckoutLinesAdd(CheckoutPayload):
    class Arguments:
        id = graphene.ID(required=True)
        lines = graphene.List(graphene.NonNull(CheckoutLineInput), required=True)

    @classmethod
    def mutate(cls, root: Any, info: Any, id: str, lines: list[Any]) -> CheckoutLinesAdd:
        return cls.attempt(
            lambda: carts.change_lines(get_shop(), cart_of(info, id), _wanted(lines), add=True)
        )


class CheckoutLinesUpdate(CheckoutPayload):
    class Arguments:
        id = graphene.ID(required=True)
        lines = graphene.List(graphene.NonNull(CheckoutLineUpdateInput), required=True)

    @classmethod
    def mutate(cls, root: Any, info: Any, id: str, lines: list[Any]) -> CheckoutLinesUpdate:
        def update() -> models.Checkout:
            checkout = cart_of(info, id)
            return carts.change_lines(get_shop(), checkout, cls._quantities(checkout, lines))

        return cls.attempt(update)

    @staticmethod
    def _quantities(checkout: models.Checkout, lines: list[Any]) -> dict[int, int]:
        """By variant, whether the line or the variant was named; 0 removes."""
        wanted = {}
        for line in lines:
            if line.get("line_id"):
                variant_id = _variant_of(checkout, line.line_id)
            else:
                variant_id = number(line.get("variant_id") or "", "ProductVariant")
            wanted[variant_id] = max(0, line.get("quantity") or 0)
        return wanted


class CheckoutLineDelete(CheckoutPayload):
    class Arguments:
        id = graphene.ID(required=True)
        line_id = graphene.ID(required=True)

    @classmethod
    def mutate(cls, root: Any, info: Any, id: str, line_id: str) -> CheckoutLineDelete:
        def delete() -> models.Checkout:
            checkout = cart_of(info, id)
            return carts.change_lines(get_shop(), checkout, {_variant_of(checkout, line_id): 0})

        return cls.attempt(delete)


class CheckoutEmailUpdate(CheckoutPayload):
    class Arguments:
        id = graphene.ID(required=True)
        email = graphene.String(required=True)

    @classmethod
    def mutate(cls, root: Any, info: Any, id: str, email: str) -> CheckoutEmailUpdate:
        return cls.attempt(lambda: carts.set_field(get_shop(), cart_of(info, id), email=email))


class CheckoutShippingAddressUpdate(CheckoutPayload):
    class Arguments:
        id = graphene.ID(required=True)
        shipping_address = AddressInput(required=True)

    @classmethod
    def mutate(
        cls, root: Any, info: Any, id: str, shipping_address: Any
    ) -> CheckoutShippingAddressUpdate:
        return cls.attempt(
            lambda: carts.set_field(
                get_shop(), cart_of(info, id), shipping_address=_address(shipping_address)
            )
        )


class CheckoutBillingAddressUpdate(CheckoutPayload):
    class Arguments:
        id = graphene.ID(required=True)
        billing_address = AddressInput(required=True)

    @classmethod
    def mutate(
        cls, root: Any, info: Any, id: str, billing_address: Any
    ) -> CheckoutBillingAddressUpdate:
        return cls.attempt(
            lambda: carts.set_field(
                get_shop(), cart_of(info, id), billing_address=_address(billing_address)
            )
        )


class CheckoutDeliveryMethodUpdate(CheckoutPayload):
    class Arguments:
        id = graphene.ID(required=True)
        delivery_method_id = graphene.ID()

    @classmethod
    def mutate(
        cls, root: Any, info: Any, id: str, delivery_method_id: str | None = None
    ) -> CheckoutDeliveryMethodUpdate:
        def update() -> models.Checkout:
            checkout = cart_of(info, id)
            method = None
            if delivery_method_id is not None:
                key = number(delivery_method_id, "ShippingMethod")
                method = checkout.channel.shipping_methods.filter(pk=key).first()
                if method is None:
                    raise Refused(
                        Refusal(
                            "DELIVERY_METHOD_NOT_APPLICABLE",
                            _("This delivery method is not applicable."),
                        )
                    )
            return carts.set_field(get_shop(), checkout, shipping_method=method)

        return cls.attempt(update)


class CheckoutComplete(graphene.Mutation):
    order = graphene.Field(types.Order)
    confirmation_needed = graphene.Boolean(required=True, default_value=False)
    errors = graphene.List(graphene.NonNull(CheckoutError), required=True, default_value=())

    class Arguments:
        id = graphene.ID(required=True)

    @classmethod
    def mutate(cls, root: Any, info: Any, id: str) -> CheckoutComplete:
        """Completing twice answers with the same order, as in Saleor."""
        user = current_user(info)
        try:
            key = text(id, "Checkout")
            if not models.Order.objects.filter(checkout_token=key, user=user).exists():
                key = str(cart_of(info, id).pk)
            return cls(order=carts.complete(get_shop(), key))
        except Refused as refused:
            return cls(errors=[_error(each) for each in refused.refusals])
        except (models.Checkout.DoesNotExist, UnknownId):
            return cls(errors=[_error(_not_found())])


class Mutations(graphene.ObjectType):
    token_create = CreateToken.Field()
    checkout_create = CheckoutCreate.Field()
    checkout_lines_add = CheckoutLinesAdd.Field()
    checkout_lines_update = CheckoutLinesUpdate.Field()
    checkout_line_delete = CheckoutLineDelete.Field()
    checkout_email_update = CheckoutEmailUpdate.Field()
    checkout_shipping_address_update = CheckoutShippingAddressUpdate.Field()
    checkout_billing_address_update = CheckoutBillingAddressUpdate.Field()
    checkout_delivery_method_update = CheckoutDeliveryMethodUpdate.Field()
    checkout_complete = CheckoutComplete.Field()
