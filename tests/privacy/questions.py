"""Every field of a GraphQL schema, asked for everything it has: found there, not listed here.

A field added tomorrow is asked too; where its arguments can't be guessed from their names,
:class:`Unknown` says which to teach. Knows no shop.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLUnionType,
)
from graphql_relay import to_global_id

__all__ = ["Field", "Unknown", "fields", "queries_of"]

#: Whom to ask for: a key by the type of its global id; «secret» of an invitation.
Keys = Mapping[str, Any]


class Unknown(AssertionError):
    """Nothing says what an argument is."""


@dataclass(frozen=True)
class Field:
    """A field of the root: ``query`` or ``mutation``."""

    root: str
    name: str
    definition: Any

    @property
    def is_ours(self) -> bool:
        return self.name.startswith("b2b")


def fields(schema: Any) -> Iterator[Field]:
    roots = (("query", schema.get_query_type()), ("mutation", schema.get_mutation_type()))
    for root, kind in roots:
        for name, definition in kind.fields.items():
            yield Field(root, name, definition)


def queries_of(keys: Keys, each: Field) -> Iterator[tuple[str, dict[str, Any]]]:
    """The field with A's ids, asked for everything it has, four levels down (a connection's edges
    and nodes aside): with all it can be given, and without each id that it doesn't need."""
    arguments = each.definition.args
    yield _query(keys, each, list(arguments))
    for name, argument in arguments.items():
        if str(argument.type) in ("ID", "[ID!]"):
            yield _query(keys, each, [other for other in arguments if other != name])


def _query(keys: Keys, each: Field, given: list[str]) -> tuple[str, dict[str, Any]]:
    arguments = {name: each.definition.args[name].type for name in given}
    variables = {name: _value(keys, each.name, name, kind) for name, kind in arguments.items()}
    declared = ", ".join(f"${name}: {kind}" for name, kind in arguments.items())
    passed = ", ".join(f"{name}: ${name}" for name in arguments)
    head = f"{each.root}({declared})" if declared else each.root
    call = f"{each.name}({passed})" if passed else each.name
    return f"{head} {{ {call} {_selection(each.definition.type)} }}", variables


def _selection(kind: Any, depth: int = 4) -> str:
    kind = _bare(kind)
    if isinstance(kind, GraphQLInterfaceType | GraphQLUnionType):
        return "{ __typename }"
    if not isinstance(kind, GraphQLObjectType):
        return ""
    chosen = [
        f"{name}{'(first: 5)' if 'first' in field.args else ''} "
        f"{_selection(field.type, depth - (name not in ('edges', 'node')))}"
        for name, field in kind.fields.items()
        if not any(isinstance(a.type, GraphQLNonNull) for a in field.args.values())
        and (depth > 1 or not isinstance(_bare(field.type), GraphQLObjectType))
    ]
    return "{ " + " ".join(chosen or ["__typename"]) + " }"


def _bare(kind: Any) -> Any:
    while isinstance(kind, GraphQLNonNull | GraphQLList):
        kind = kind.of_type
    return kind


def _value(keys: Keys, field: str, name: str, kind: Any) -> Any:
    if isinstance(kind, GraphQLNonNull):
        return _value(keys, field, name, kind.of_type)
    if isinstance(kind, GraphQLList):
        return [_value(keys, field, name, kind.of_type)]
    if isinstance(kind, GraphQLInputObjectType):
        return {n: _value(keys, field, n, f.type) for n, f in kind.fields.items()}
    if isinstance(kind, GraphQLEnumType):
        return kind.values[0].name
    if str(kind) == "ID":
        return _id(keys, field, name)
    return _plain(keys, name, str(kind))


def _plain(keys: Keys, name: str, kind: str) -> Any:
    texts = {
        "channel": "ru", "currency": "RUB", "limitCurrency": "RUB", "email": "new@example.org",
        "role": "owner", "payment": "prepaid", "state": "waiting", "decision": "waiting",
        "reason": "", "search": "", "secret": keys.get("secret", ""), "login": "novyi",
        "password": "очень длинный пароль", "kind": "company", "country": "RU",
        "code": "same_inn_and_kpp", "inn": "7736050003", "kpp": "773601001", "sku": "SH-25",
        "slug": "sh-25", "after": None, "last": None, "before": None, "gte": "0",
        "lte": "1000000", "card": None, "cardName": "",
    }  # fmt: skip
    if name in texts:
        return texts[name]
    by_kind = {
        "Int": 1,
        "Float": 1.0,
        "Boolean": True,
        "Date": "2026-11-24",
        "DateTime": "2026-11-24T00:00:00+00:00",
        "Decimal": "1",
    }
    if kind in by_kind:
        return 0 if name == "offset" else by_kind[kind]
    if kind in ("PositiveDecimal", "Upload", "JSONString"):
        return None
    return "Текст"


def _id(keys: Keys, field: str, name: str) -> str:
    kind = _kind(keys, field, name)
    return str(to_global_id(kind, keys[kind]))


#: What neither an argument's own name says nor its field's.
_KINDS = {
    "base": "B2BPriceList", "category": "Category", "categories": "Category",
    "parent": "B2BCompany", "add": "B2BCompany", "remove": "B2BCompany",
    "checkoutId": "Checkout", "orderId": "Order", "orders": "Order", "lineId": "CheckoutLine",
    "variantId": "ProductVariant", "variantIds": "ProductVariant", "variant": "ProductVariant",
    "deliveryMethodId": "ShippingMethod", "manager": "User", "user": "User",
    "back": "B2BLegalEntity", "b2bCheckout": "Checkout",
    "b2bPerson": "User", "product": "Product", "productVariant": "ProductVariant",
    "checkout": "Checkout", "order": "Order",
}  # fmt: skip


def _kind(keys: Keys, field: str, name: str) -> str:
    """By the argument's name («legalEntity»), else by the field's («id» of b2bBuyerRemove)."""
    if name in _KINDS:
        return _KINDS[name]
    own = _singular(re.sub("Ids?$", "", name))
    if f"B2B{own[:1].upper()}{own[1:]}" in keys:
        return f"B2B{own[:1].upper()}{own[1:]}"
    words = re.findall("b2b|[A-Z]?[a-z]+", field)
    for length in range(len(words), 0, -1):
        start = "".join(words[:length])
        kind = _KINDS.get(_singular(start)) or f"B2B{_singular(start)[3:]}"
        if kind in keys:
            return kind
    raise Unknown(f"teach tests/privacy/questions.py whose id «{name}» of {field} is")


def _singular(word: str) -> str:
    return re.sub("(?<!s)s$", "", re.sub("ies$", "y", word))
