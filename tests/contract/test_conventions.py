"""Whatever we put into the shop's schema keeps the conventions of Saleor's own: found by
introspection, not listed here, so that a field added tomorrow is asked too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest

SCHEMA = """{ __schema { queryType { ...type } mutationType { ...type }
    types { name kind description
      fields(includeDeprecated: true) { ...field } inputFields { ...value }
      enumValues { name } } } }
  fragment type on __Type { fields(includeDeprecated: true) { ...field } }
  fragment field on __Field { name description isDeprecated deprecationReason
    args { ...value } type { ...kind } }
  fragment value on __InputValue { name description type { ...kind } }
  fragment kind on __Type { kind name ofType { kind name ofType { kind name ofType { kind name
    } } } }"""

ADDED = "Added in B2B overlay 0."

#: Lists that stay short by their nature, and why.
SHORT = {
    "b2bPrices": "of the variants that are named, 500 at most",
    "b2bPriceExplanation": "of one variant",
    "b2bPriceLists": "the shop has a few dozen",
    "b2bOrganizations": "the shop's own legal entities",
    "b2bFloors": "one a price list and group of goods",
    "b2bAssignments": "of one contract, legal entity, company or group",
    "b2bRules": "as many as the overlay knows",
    "b2bGroupVisibilities": "one a category that has a rule",
    "b2bSellingRules": "one a category and organisation",
    "b2bGroups": "the shop has a few dozen",
    "b2bWaysIn": "of one company's people",
    "b2bBuyers": "of one company",
}


class Said(NamedTuple):
    """A place in the schema and its description."""

    place: str
    text: str


@pytest.fixture
def schema(ask, db) -> dict[str, Any]:
    return ask(SCHEMA)["__schema"]


@pytest.fixture
def ours(schema) -> list[dict[str, Any]]:
    """Types of ours."""
    return [each for each in schema["types"] if each["name"].startswith("B2B")]


def _roots(schema: dict[str, Any], *kinds: str) -> list[dict[str, Any]]:
    found = [field for kind in kinds for field in schema[kind]["fields"]]
    return [field for field in found if field["name"].startswith("b2b")]


def _name(kind: dict[str, Any]) -> str:
    """As the schema writes it: ``[B2BOrder!]!``."""
    if kind["kind"] == "NON_NULL":
        return f"{_name(kind['ofType'])}!"
    if kind["kind"] == "LIST":
        return f"[{_name(kind['ofType'])}]"
    return str(kind["name"])


def _parts(kind: dict[str, Any]) -> Iterator[Said]:
    for each in kind["fields"] or ():
        yield Said(f"{kind['name']}.{each['name']}", each["description"])
        for argument in each["args"]:
            yield Said(
                f"{kind['name']}.{each['name']}({argument['name']})", argument["description"]
            )
    for each in kind["inputFields"] or ():
        yield Said(f"{kind['name']}.{each['name']}", each["description"])


def test_whatever_is_ours_is_described(schema, ours):
    parts = [part for kind in ours for part in _parts(kind)]
    for field in _roots(schema, "queryType", "mutationType"):
        parts += [Said(f"{field['name']}({a['name']})", a["description"]) for a in field["args"]]

    assert len(parts) > 500
    assert [part.place for part in parts if not part.text] == []


def test_whatever_is_ours_says_since_when(schema, ours):
    """A type and a field of the shop's own types; a field of our type that says nothing came
    with the type."""
    places = [Said(each["name"], each["description"]) for each in ours]
    for name in ("Checkout", "Order"):
        (theirs,) = [each for each in schema["types"] if each["name"] == name]
        places += [part for part in _parts(theirs) if part.place.startswith(f"{name}.b2b")]
    for field in _roots(schema, "queryType", "mutationType"):
        places.append(Said(field["name"], field["description"]))

    assert len(places) > 200
    assert [place for place, text in places if ADDED not in (text or "")] == []


def test_a_type_of_ours_is_never_taken_for_the_shops(schema):
    """What our fields answer with is either ours, by its name, or the shop's own."""
    kinds = {_name(field["type"]).strip("[]!") for field in _roots(schema, "mutationType")}

    assert {kind for kind in kinds if not kind.startswith("B2B")} == set()


def test_every_list_that_grows_is_a_connection_or_has_an_end(schema):
    lists = [f for f in _roots(schema, "queryType") if _name(f["type"]).startswith("[")]

    for field in lists:
        given = {argument["name"] for argument in field["args"]}
        paged = field["isDeprecated"] or {"first", "offset"} <= given or field["name"] in SHORT
        assert paged, field["name"]
    assert SHORT.keys() <= {field["name"] for field in lists}


def test_connections_are_relays(schema, ours):
    kinds = {kind["name"]: kind for kind in ours}
    fields = [f for f in _roots(schema, "queryType") if "Connection" in _name(f["type"])]
    ours_only = [f for f in fields if _name(f["type"]).startswith("B2B")]

    assert len(ours_only) > 8
    for field in ours_only:
        connection = {f["name"]: _name(f["type"]) for f in _fields(kinds, field["type"])}
        edge = connection["edges"].strip("[]!")
        assert connection["pageInfo"] == "PageInfo!", field["name"]
        assert {f["name"] for f in kinds[edge]["fields"]} == {"node", "cursor"}
        if field["name"] != "b2bEvents":  # a feed has no end, and goes one way
            given = {a["name"]: _name(a["type"]) for a in field["args"]}
            assert given.items() >= {
                "first": "Int", "after": "String", "last": "Int", "before": "String",
            }.items(), field["name"]  # fmt: skip
            assert connection["totalCount"] == "Int!"


def _fields(kinds: dict[str, Any], kind: dict[str, Any]) -> list[dict[str, Any]]:
    return list(kinds[_name(kind).strip("[]!")]["fields"])


def test_filters_and_orders_are_called_as_the_shops(schema, ours):
    inputs = {kind["name"]: kind["inputFields"] for kind in ours if kind["inputFields"]}
    for field in _roots(schema, "queryType"):
        for argument in field["args"]:
            kind = _name(argument["type"])
            if argument["name"] == "filter":
                assert kind.endswith("FilterInput"), field["name"]
            if argument["name"] == "sortBy":
                order = {each["name"]: _name(each["type"]) for each in inputs[kind]}
                assert order["direction"] == "OrderDirection!", field["name"]
                assert order["field"].endswith("Field!"), field["name"]


def test_every_mutation_refuses_in_errors(schema, ours):
    kinds = {kind["name"]: kind for kind in ours}
    codes = {each["name"] for each in kinds["B2BErrorCode"]["enumValues"]}
    error = {each["name"]: _name(each["type"]) for each in kinds["B2BError"]["fields"]}

    assert error == {"field": "String", "message": "String", "code": "B2BErrorCode!"}
    assert {"INVALID", "NOT_FOUND", "REQUIRED", "PERMISSION_DENIED"} <= codes
    for field in _roots(schema, "mutationType"):
        answers = {each["name"]: _name(each["type"]) for each in _fields(kinds, field["type"])}
        assert answers["errors"] == "[B2BError!]!", field["name"]


def test_what_is_deprecated_names_what_to_use(schema):
    there = {field["name"] for field in _roots(schema, "queryType", "mutationType")}
    gone = [f for f in _roots(schema, "queryType", "mutationType") if f["isDeprecated"]]

    assert gone
    for field in gone:
        assert field["deprecationReason"].split("`")[1] in there, field["name"]
