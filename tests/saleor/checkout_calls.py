"""Saleor's mutations that touch a checkout, each as a call that can be made on any cart.

:data:`CALLS` is the table; :func:`touching_checkouts` finds in the schema what ought to be in it,
so that a mutation of a later Saleor is noticed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import saleor
from contract.conftest import CART, HOME, variant_gid
from graphql_relay import from_global_id

__all__ = ["CALLS", "ELSEWHERE", "GONE", "Call", "Tried", "touching_checkouts"]


@dataclass
class Tried:
    """A cart with three hoses and a bath, ready to be ordered, that a call is made on."""

    cart: str
    lines: dict[int, str]
    hose: int
    bath: int
    method: str
    gift_card: str
    #: What the mutation answered.
    answer: dict[str, Any] = field(default_factory=dict)

    @property
    def token(self) -> str:
        return str(from_global_id(self.cart)[1])


Variables = Callable[[Tried], dict[str, Any]]


@dataclass(frozen=True)
class Call:
    """One mutation; ``after`` are the pieces of hose and bath then lying in the cart."""

    name: str
    arguments: str
    variables: Variables
    selection: str = f"checkout {{ {CART} }}"
    after: tuple[int, int] = (3, 1)
    #: Permissions of an app that has to ask it; None: the cart's owner asks.
    app: tuple[str, ...] | None = None
    #: Off a retail cart's total by it.
    retail_less: int = 0
    #: Off any cart's.
    less: int = 0
    refused: str = ""
    retail_refused: str = ""
    #: Asked before, on the same cart.
    first: str = ""
    title: str = ""

    @property
    def query(self) -> str:
        names = [each.split(":")[0].strip() for each in self.arguments.split(",")]
        passed = ", ".join(f"{name}: ${name}" for name in names)
        declared = ", ".join(f"${each.strip()}" for each in self.arguments.split(","))
        return (
            f"mutation({declared}) {{ payload: {self.name}({passed}) "
            f"{{ {self.selection} errors {{ field message code }} }} }}"
        )

    def __str__(self) -> str:
        return self.title or self.name


def _cart(**more: Callable[[Tried], Any]) -> Variables:
    return lambda t: {"id": t.cart, **{name: of(t) for name, of in more.items()}}


def _line(pk: int, quantity: int, **more: Any) -> dict[str, Any]:
    return {"variantId": variant_gid(pk), "quantity": quantity, **more}


ID = "id: ID!"
META = [{"key": "note", "value": "1"}]
ITEM = f"item {{ ... on Checkout {{ {CART} }} ... on CheckoutLine {{ id }} }}"
#: An order holds what the cart held.
ORDER = (
    "order { id total { gross { amount } } lines { quantity variant { id } "
    "unitPrice { gross { amount } } totalPrice { gross { amount } } } }"
)

CALLS = [
    Call(
        "checkoutLinesAdd",
        "id: ID!, lines: [CheckoutLineInput!]!",
        _cart(lines=lambda t: [_line(t.hose, 2)]),
        after=(5, 1),
    ),
    Call(
        "checkoutLinesAdd",
        "id: ID!, lines: [CheckoutLineInput!]!",
        _cart(lines=lambda t: [_line(t.hose, 2, forceNewLine=True)]),
        after=(5, 1),
        title="checkoutLinesAdd to a line of its own",
    ),
    Call(
        "checkoutLinesUpdate",
        "id: ID!, lines: [CheckoutLineUpdateInput!]!",
        _cart(lines=lambda t: [_line(t.hose, 7)]),
        after=(7, 1),
    ),
    Call(
        "checkoutLinesUpdate",
        "id: ID!, lines: [CheckoutLineUpdateInput!]!",
        _cart(lines=lambda t: [_line(t.hose, 0)]),
        after=(0, 1),
        title="checkoutLinesUpdate to nothing",
    ),
    Call(
        "checkoutLineDelete",
        "id: ID!, lineId: ID!",
        _cart(lineId=lambda t: t.lines[t.bath]),
        after=(3, 0),
    ),
    Call(
        "checkoutLinesDelete",
        "id: ID!, linesIds: [ID!]!",
        _cart(linesIds=lambda t: [t.lines[t.bath]]),
        after=(3, 0),
    ),
    Call(
        "checkoutAddPromoCode",
        "id: ID!, promoCode: String!",
        _cart(promoCode=lambda t: "TEN"),
        retail_less=10,
        refused="VOUCHER_NOT_APPLICABLE",
    ),
    Call(
        "checkoutAddPromoCode",
        "id: ID!, promoCode: String!",
        _cart(promoCode=lambda t: t.gift_card),
        less=50,
        title="checkoutAddPromoCode with a gift card",
    ),
    Call(
        "checkoutRemovePromoCode",
        "id: ID!, promoCode: String!",
        _cart(promoCode=lambda t: "TEN"),
        first="checkoutAddPromoCode",
        refused="INVALID",
    ),
    Call(
        "checkoutRemovePromoCode",
        "id: ID!, promoCode: String!",
        _cart(promoCode=lambda t: "B2B"),
        retail_refused="NOT_FOUND",
        title="checkoutRemovePromoCode of the code that keeps promotions off",
    ),
    Call(
        "checkoutRemovePromoCode",
        "id: ID!, promoCode: String!",
        _cart(promoCode=lambda t: t.gift_card),
        first="checkoutAddPromoCode with a gift card",
        title="checkoutRemovePromoCode of a gift card",
    ),
    Call(
        "checkoutEmailUpdate",
        "id: ID!, email: String!",
        _cart(email=lambda t: "other@buyers.example"),
    ),
    Call(
        "checkoutBillingAddressUpdate",
        "id: ID!, billingAddress: AddressInput!",
        _cart(billingAddress=lambda t: HOME),
    ),
    Call(
        "checkoutShippingAddressUpdate",
        "id: ID!, shippingAddress: AddressInput!",
        _cart(shippingAddress=lambda t: {**HOME, "city": "Москва", "countryArea": "Москва"}),
    ),
    Call(
        "checkoutShippingMethodUpdate",
        "id: ID!, shippingMethodId: ID!",
        _cart(shippingMethodId=lambda t: t.method),
    ),
    Call(
        "checkoutDeliveryMethodUpdate",
        "id: ID!, deliveryMethodId: ID!",
        _cart(deliveryMethodId=lambda t: t.method),
    ),
    Call(
        "checkoutLanguageCodeUpdate",
        "id: ID!, languageCode: LanguageCodeEnum!",
        _cart(languageCode=lambda t: "RU"),
    ),
    Call(
        "checkoutCustomerNoteUpdate",
        "id: ID!, customerNote: String!",
        _cart(customerNote=lambda t: "До обеда"),
    ),
    Call("updateMetadata", "id: ID!, input: [MetadataInput!]!", _cart(input=lambda t: META), ITEM),
    Call(
        "updateMetadata",
        "id: ID!, input: [MetadataInput!]!",
        lambda t: {"id": t.lines[t.hose], "input": META},
        ITEM,
        title="updateMetadata of a line",
    ),
    Call("deleteMetadata", "id: ID!, keys: [String!]!", _cart(keys=lambda t: ["note"]), ITEM),
    Call(
        "updatePrivateMetadata",
        "id: ID!, input: [MetadataInput!]!",
        _cart(input=lambda t: META),
        ITEM,
        app=("manage_checkouts",),
    ),
    Call(
        "deletePrivateMetadata",
        "id: ID!, keys: [String!]!",
        _cart(keys=lambda t: ["note"]),
        ITEM,
        app=("manage_checkouts",),
    ),
    Call("deliveryOptionsCalculate", ID, _cart(), "deliveries { id }"),
    Call(
        "taxExemptionManage",
        "id: ID!, taxExemption: Boolean!",
        _cart(taxExemption=lambda t: True),
        f"taxableObject {{ ... on Checkout {{ {CART} }} }}",
        app=("manage_taxes",),
    ),
    Call(
        "transactionCreate",
        "id: ID!, transaction: TransactionCreateInput!",
        _cart(transaction=lambda t: {"amountAuthorized": {"amount": "1", "currency": "RUB"}}),
        "transaction { id }",
        app=("handle_payments",),
    ),
    Call("paymentGatewayInitialize", ID, _cart(), "gatewayConfigs { id }"),
    Call("checkoutComplete", ID, _cart(), ORDER, title="checkoutComplete"),
    Call(
        "orderCreateFromCheckout",
        ID,
        _cart(),
        ORDER,
        app=("handle_checkouts", "impersonate_user"),
    ),
]

#: Tried by tests of their own, or with nothing to price afterwards: why.
ELSEWHERE = {
    "checkoutCreate": "each cart of the table is made by it",
    "checkoutCreateFromOrder": "test_reorder",
    "checkoutCustomerAttach": "test_two_at_one_cart",
    "checkoutCustomerDetach": "test_two_at_one_cart",
    "checkoutPaymentCreate": "test_paying_for_it",
    "transactionInitialize": "test_paying_for_it",
    "checkoutDelete": "no cart is left",
    "shopSettingsUpdate": "the shop's own",
    "taxConfigurationUpdate": "the shop's own",
    "orderSettingsUpdate": "the shop's own",
    "channelCreate": "the shop's own",
    "channelUpdate": "the shop's own",
    "productVariantCreate": "the catalogue's",
    "productVariantBulkCreate": "the catalogue's",
    "productVariantBulkUpdate": "the catalogue's",
    "productVariantUpdate": "the catalogue's",
    "promotionRuleCreate": "the catalogue's",
    "promotionRuleUpdate": "the catalogue's",
    "voucherCreate": "the catalogue's",
    "voucherUpdate": "the catalogue's",
}

#: From Saleor 3.24 on they are gone (saleor#19580), or what they said of checkouts is.
_GONE_IN_3_24 = frozenset({"checkoutLineDelete", "orderSettingsUpdate"})
_VERSION = tuple(map(int, saleor.__version__.split(".")[:2]))
GONE = _GONE_IN_3_24 if _VERSION >= (3, 24) else frozenset()


def touching_checkouts(schema: Any) -> set[str]:
    """Saleor's mutations that say «checkout» in their name, an argument, an input or what they
    answer."""
    fields = schema.get_mutation_type().fields
    return {
        name
        for name, each in fields.items()
        if not name.startswith("b2b")
        and any("checkout" in word.lower() for word in _words(name, each))
    }


def _words(name: str, each: Any) -> Iterator[str]:
    yield name
    for answered in getattr(_named(each.type), "fields", {}).values():
        yield str(_named(answered.type))
    for argument, told in each.args.items():
        yield f"{argument} {told.description or ''}"
        for part, inner in getattr(_named(told.type), "fields", {}).items():
            yield f"{part} {inner.description or ''} {_named(inner.type)}"


def _named(kind: Any) -> Any:
    while hasattr(kind, "of_type"):
        kind = kind.of_type
    return kind
