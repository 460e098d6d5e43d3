"""Everything that can be asked, found in the URLconf and in the schema, not listed here.

A page or a field added tomorrow is asked too; where its arguments can't be guessed from their
names, :class:`Unknown` says which to teach.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
)
from graphql_relay import to_global_id
from world import World

from sandbox.graphql.schema import schema

__all__ = ["Field", "Unknown", "addresses", "fields", "form", "queries_of"]


class Unknown(AssertionError):
    """Neither the page's address nor the field's name says what its argument is."""


# --------------------------------------------------------------------------------- pages


def addresses(made: World) -> Iterator[tuple[str, str]]:
    """(name, path) of every page of the overlay and of the bridge, asked for what is A's."""
    for pattern in get_resolver("sandbox.urls").url_patterns:
        if isinstance(pattern, URLResolver):
            for page in pattern.url_patterns:
                yield from _address(made, pattern.app_name or "", page)


def _address(made: World, app: str, page: URLPattern) -> Iterator[tuple[str, str]]:
    route, name = str(page.pattern), f"{app}:{page.name}"
    wanted = page.pattern.regex.groupindex or {}
    if not wanted:
        yield name, reverse(name)
        return
    arguments = {each: _argument(made, route, each) for each in wanted}
    yield name, reverse(name, kwargs=arguments)


def _argument(made: World, route: str, name: str) -> Any:
    cast, rest = made.cast, made.rest
    contract = cast.ooo.contracts.get()
    by_name = {
        "order_id": made.order.order_id,
        "variant_id": cast.hose.pk,
        "user_id": made.owner.pk,
        "contract_pk": contract.pk,
        "account_pk": cast.ooo.bank_accounts.get().pk,
        "token": rest["base"].token if "exchange" in route else made.secret.token,
        "name": "b2b.css",
    }
    by_route = {
        "people/": made.invited.pk,
        "approvals/": made.asked.pk,
        "desk/companies/": cast.company.pk,
        "desk/buyers/": made.invited.pk,
        "desk/entities/": cast.ooo.pk,
        "desk/applications/": made.application.pk,
        "desk/counterparties/": cast.ooo.pk,
        "desk/rearrangements/": made.done.pk,
        "desk/doubts/": made.doubt.pk,
        "desk/prices/": contract.price_assignments.get().price_list_id,
        "journal/<int:pk>/": rest["session"].pk,
        "journal/files/": rest["file"].pk,
        "journal/connections/": rest["base"].pk,
        "journal/matching/": rest["match"].pk,
        "journal/counterparties/": rest["sheet"].pk,
        "journal/quality/": rest["sheet"].pk,
        "journal/debts/": rest["sheet"].pk,
    }
    if name in by_name:
        return by_name[name]
    for start, value in by_route.items():
        if route.startswith(start):
            return value
    raise Unknown(f"teach tests/privacy/asking.py what <{name}> of «{route}» is")


def form(made: World) -> dict[str, Any]:
    """What a form might hold: ids of A wherever a form of ours asks for one."""
    cast = made.cast
    return {
        "entity": cast.ooo.pk, "legal_entity": cast.ooo.pk, "entities": cast.ooo.pk,
        "company": cast.company.pk, "kept": cast.ooo.pk, "gone": cast.free.pk,
        "target": cast.ooo.pk, "source": cast.ooo.pk, "into": cast.ooo.pk, "with": cast.free.pk,
        "parent": cast.company.pk, "group": 1, "buyer": made.invited.pk, "checkout": made.cart,
        "shown": "2715.82", "order": made.order.order_id, "role": "owner", "on": "0", "yes": "1",
        "confirm": "1", "decision": "confirm", "reason": "Так надо", "text": "Текст", "days": "3",
        "name": "Имя", "kind": "company", "email": "new@example.org", "login": "novyi",
        "inn": "7736050003", "secret": made.secret.token, "step": "mine", "quantity": "1",
        f"quantity_{cast.hose.pk}": "1", "lines": "SH-25 1", "q": "7707083893", "good": "шланг",
        "spending_limit": "1", "limit_currency": "RUB", "price": "1", "number": "1",
        "payment": "prepaid", "payment_days": "1", "currency": "RUB", "code": "same",
    }  # fmt: skip


# ------------------------------------------------------------------------------- GraphQL


@dataclass(frozen=True)
class Field:
    """A field of the root: ``query`` or ``mutation``."""

    root: str
    name: str
    definition: Any

    @property
    def is_ours(self) -> bool:
        return self.name.startswith("b2b")


def fields() -> Iterator[Field]:
    for root, kind in (("query", schema.get_query_type()), ("mutation", _mutations())):
        for name, definition in kind.fields.items():
            yield Field(root, name, definition)


def _mutations() -> GraphQLObjectType:
    return schema.get_mutation_type()


def queries_of(made: World, each: Field) -> Iterator[tuple[str, dict[str, Any]]]:
    """The field with A's ids, asked for everything it has, four levels down: with all it can
    be given, and without each id that it doesn't need."""
    arguments = each.definition.args
    yield _query(made, each, list(arguments))
    for name, argument in arguments.items():
        if str(argument.type) in ("ID", "[ID!]"):
            yield _query(made, each, [other for other in arguments if other != name])


def _query(made: World, each: Field, given: list[str]) -> tuple[str, dict[str, Any]]:
    arguments = {name: each.definition.args[name].type for name in given}
    variables = {name: _value(made, each.name, name, kind) for name, kind in arguments.items()}
    declared = ", ".join(f"${name}: {kind}" for name, kind in arguments.items())
    passed = ", ".join(f"{name}: ${name}" for name in arguments)
    head = f"{each.root}({declared})" if declared else each.root
    call = f"{each.name}({passed})" if passed else each.name
    return f"{head} {{ {call} {_selection(each.definition.type)} }}", variables


def _selection(kind: Any, depth: int = 4) -> str:
    kind = _bare(kind)
    if not isinstance(kind, GraphQLObjectType):
        return ""
    chosen = [
        f"{name}{'(first: 5)' if 'first' in field.args else ''} {_selection(field.type, depth - 1)}"
        for name, field in kind.fields.items()
        if not any(isinstance(a.type, GraphQLNonNull) for a in field.args.values())
        and (depth > 1 or not isinstance(_bare(field.type), GraphQLObjectType))
    ]
    return "{ " + " ".join(chosen or ["__typename"]) + " }"


def _bare(kind: Any) -> Any:
    while isinstance(kind, GraphQLNonNull | GraphQLList):
        kind = kind.of_type
    return kind


def _value(made: World, field: str, name: str, kind: Any) -> Any:
    if isinstance(kind, GraphQLNonNull):
        return _value(made, field, name, kind.of_type)
    if isinstance(kind, GraphQLList):
        return [_value(made, field, name, kind.of_type)]
    if isinstance(kind, GraphQLInputObjectType):
        return {n: _value(made, field, n, f.type) for n, f in kind.fields.items()}
    if isinstance(kind, GraphQLEnumType):
        return kind.values[0].name
    if str(kind) == "ID":
        return _id(made, field, name)
    return _plain(made, name, str(kind))


def _plain(made: World, name: str, kind: str) -> Any:
    texts = {
        "channel": "ru", "currency": "RUB", "limitCurrency": "RUB", "email": "new@example.org",
        "role": "owner", "payment": "prepaid", "state": "waiting", "decision": "waiting",
        "reason": "", "search": "", "secret": made.secret.token, "login": "novyi",
        "password": "очень длинный пароль", "kind": "company", "country": "RU",
        "code": "same_inn_and_kpp", "inn": "7736050003", "kpp": "773601001", "sku": "SH-25",
        "slug": "sh-25", "after": None, "card": None, "cardName": "",
    }  # fmt: skip
    if name in texts:
        return texts[name]
    by_kind = {"Int": 1, "Float": 1.0, "Boolean": True, "Date": "2026-11-24", "Decimal": "1"}
    if kind in by_kind:
        return 0 if name == "offset" else by_kind[kind]
    if kind in ("PositiveDecimal", "Upload", "JSONString"):
        return None
    return "Текст"


def _id(made: World, field: str, name: str) -> str:
    kind = _kind(field, name)
    return str(to_global_id(kind, _keys(made)[kind]))


def _keys(made: World) -> dict[str, Any]:
    cast = made.cast
    contract = cast.ooo.contracts.get()
    return {
        "B2BCompany": cast.company.pk,
        "B2BLegalEntity": cast.ooo.pk,
        "B2BBuyer": made.invited.pk,
        "B2BContract": contract.pk,
        "B2BPriceList": contract.price_assignments.get().price_list_id,
        "B2BApproval": made.asked.pk,
        "B2BApplication": made.application.pk,
        "B2BDoubt": made.doubt.pk,
        "B2BRearrangement": made.done.pk,
        "B2BBankAccount": cast.ooo.bank_accounts.get().pk,
        "B2BGroup": 1,
        "B2BOrganization": 1,
        "User": cast.manager.pk,
        "Checkout": made.cart,
        "CheckoutLine": _line(made.cart),
        "Order": made.order.order_id,
        "Product": cast.hose.product_id,
        "ProductVariant": cast.hose.pk,
        "Category": cast.hose.product.category_id,
        "ShippingMethod": 1,
    }


@cache
def _line(cart: str) -> str:
    from sandbox.models import CheckoutLine

    return str(CheckoutLine.objects.filter(checkout=cart).values_list("pk", flat=True).first())


#: What an argument's own name says; else what the field's name says («id» of b2bBuyerRemove).
_BY_NAME = {
    "company": "B2BCompany", "companyId": "B2BCompany", "companies": "B2BCompany",
    "parent": "B2BCompany", "add": "B2BCompany", "remove": "B2BCompany",
    "legalEntity": "B2BLegalEntity", "legalEntityId": "B2BLegalEntity",
    "legalEntities": "B2BLegalEntity", "buyer": "B2BBuyer", "contract": "B2BContract",
    "contracts": "B2BContract", "priceLists": "B2BPriceList", "checkoutId": "Checkout",
    "orderId": "Order", "orders": "Order", "variantId": "ProductVariant",
    "variantIds": "ProductVariant", "lineId": "CheckoutLine", "manager": "User",
    "deliveryMethodId": "ShippingMethod", "categories": "Category", "group": "B2BGroup",
    "groups": "B2BGroup", "buyers": "B2BBuyer", "bankAccounts": "B2BBankAccount",
    "organization": "B2BOrganization", "back": "B2BLegalEntity",
    "application": "B2BApplication", "user": "User",
}  # fmt: skip
_BY_FIELD = {
    "b2bCompan": "B2BCompany", "b2bGroup": "B2BGroup", "b2bBuyer": "B2BBuyer",
    "b2bLegalEntit": "B2BLegalEntity", "b2bContract": "B2BContract",
    "b2bApplication": "B2BApplication", "b2bApproval": "B2BApproval", "b2bDoubt": "B2BDoubt",
    "b2bRearrangement": "B2BRearrangement", "b2bBankAccount": "B2BBankAccount",
    "b2bCheckout": "Checkout", "b2bPerson": "User", "checkout": "Checkout", "order": "Order",
    "productVariant": "ProductVariant", "product": "Product",
}  # fmt: skip


def _kind(field: str, name: str) -> str:
    if name in _BY_NAME:
        return _BY_NAME[name]
    for start, kind in _BY_FIELD.items():
        if field.startswith(start) and name in ("id", "ids", "kept", "gone", "source"):
            return kind
    raise Unknown(f"teach tests/privacy/asking.py whose id «{name}» of {field} is")
