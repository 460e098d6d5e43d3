"""Price lists, for whom they are and rates in GraphQL: the desk's, and nobody else's."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from cast import Cast
from django.test import Client
from graphql_relay import to_global_id

from b2b_overlay.pricing.models import Assignment, PriceList, Rate
from sandbox.graphql import tokens


def answer(user: Any, query: str, **variables: Any) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {tokens.create(user)}"} if user else {}
    response = Client(headers=headers).post(
        "/graphql/", {"query": query, "variables": variables}, content_type="application/json"
    )
    return dict(json.loads(response.content))


def ask(user: Any, query: str, **variables: Any) -> Any:
    found = answer(user, query, **variables)
    assert "errors" not in found, found
    ((_name, value),) = found["data"].items()
    return value


def gid(row: Any) -> str:
    return to_global_id(f"B2B{type(row).__name__}", row.pk)


SAVE = """mutation($id: ID, $input: B2BPriceListSaveInput!) {
  b2bPriceListSave(id: $id, input: $input) {
    priceList { priceList { id name } base { name } baseRetail percent rounding roundingStep
      isKeptElsewhere warnings }
    errors { code message }
  }
}"""
MARKUPS = """mutation($list: ID!, $rows: [B2BMarkupInput!]!) {
  b2bMarkupsSet(priceList: $list, markups: $rows) {
    priceList { markups { category manufacturer priceGroup percent } }
    errors { code message }
  }
}"""
ASSIGN = """mutation($of: B2BPriceListOwnerInput!, $rows: [B2BAssignmentInput!]!) {
  b2bAssignmentsSet(of: $of, assignments: $rows) {
    assignments { priceList { name } minTotal startsAt endsAt contract { number }
      company { name } }
    warnings errors { code message }
  }
}"""
RATE = """mutation($input: B2BRateSaveInput!) {
  b2bRateSave(input: $input) { rate { id currency to day rate } errors { code message } }
}"""
TERMS = """query($id: ID!) {
  b2bPriceListTerms(id: $id) { assignments { contract { number } legalEntity { name } } }
}"""
CONTRACT = """mutation($input: B2BContractSaveInput!) {
  b2bContractSave(input: $input) { contract { priceLists { name } } errors { code message } }
}"""


def test_a_list_is_made_and_derives_from_another(cast: Cast) -> None:
    made = ask(
        cast.manager,
        SAVE,
        input={
            "name": "Опт −15",
            "base": gid(cast.wholesale),
            "percent": -15,
            "roundingStep": 10,
            "rounding": "up",
        },
    )

    assert made["errors"] == []
    assert made["priceList"]["base"] == {"name": "Опт"}
    found = PriceList.objects.get(name="Опт −15")
    assert (found.percent, found.rounding_step, found.rounding) == (-15, 10, "up")


def test_what_isnt_given_stays_and_null_takes_the_base_away(cast: Cast) -> None:
    PriceList.objects.filter(pk=cast.dealer.pk).update(base=cast.wholesale, percent=7)

    ask(cast.manager, SAVE, id=gid(cast.dealer), input={"percent": 8})
    cast.dealer.refresh_from_db()
    assert (cast.dealer.base, cast.dealer.percent) == (cast.wholesale, 8)

    ask(cast.manager, SAVE, id=gid(cast.dealer), input={"base": None})
    cast.dealer.refresh_from_db()
    assert (cast.dealer.name, cast.dealer.base, cast.dealer.percent) == ("Дилер", None, 8)


def test_a_circle_through_two_others_is_refused(cast: Cast) -> None:
    middle = PriceList.objects.create(name="Середина", base=cast.dealer)
    last = PriceList.objects.create(name="Конец", base=middle)

    saved = ask(cast.manager, SAVE, id=gid(cast.dealer), input={"base": gid(last)})

    assert saved["errors"][0]["code"] == "INVALID"
    assert "«Дилер» → «Конец» → «Середина» → «Дилер»" in saved["errors"][0]["message"]
    cast.dealer.refresh_from_db()
    assert cast.dealer.base is None


def test_percentages_are_set_by_category_and_words(cast: Cast) -> None:
    PriceList.objects.filter(pk=cast.dealer.pk).update(base_retail=True)
    category = to_global_id("Category", cast.hose.product.category_id)

    done = ask(
        cast.manager,
        MARKUPS,
        list=gid(cast.dealer),
        rows=[
            {"category": category, "percent": 5},
            {"manufacturer": "Садко", "percent": 6},
            {"priceGroup": "А", "percent": 7},
        ],
    )

    assert done["errors"] == []
    rows = done["priceList"]["markups"]
    assert [row["percent"] for row in rows] == [5, 6, 7]
    assert rows[0]["category"] == category

    refused = ask(
        cast.manager,
        MARKUPS,
        list=gid(cast.dealer),
        rows=[{"manufacturer": "А", "priceGroup": "Б", "percent": 1}],
    )
    assert refused["errors"][0]["code"] == "INVALID"
    assert cast.dealer.markups.count() == 3


def test_a_contract_gets_columns_and_days(cast: Cast) -> None:
    contract = cast.ooo.contracts.get()

    done = ask(
        cast.manager,
        ASSIGN,
        of={"contract": gid(contract)},
        rows=[
            {"priceList": gid(cast.dealer), "minTotal": 50000},
            {"priceList": gid(cast.wholesale), "endsAt": "2026-12-31T21:00:00+00:00"},
        ],
    )

    assert done["errors"] == []
    column, window = done["assignments"]
    assert (column["priceList"]["name"], column["minTotal"]) == ("Дилер", 50000)
    assert window["endsAt"].startswith("2026-12-31T21:00")

    # The old way of saying it keeps them.
    ask(
        cast.manager,
        CONTRACT,
        input={
            "id": gid(contract),
            "legalEntity": gid(cast.ooo),
            "priceLists": [gid(cast.wholesale), gid(cast.dealer)],
        },
    )
    kept = contract.price_assignments.order_by("priority")
    assert [(row.price_list, row.min_total) for row in kept] == [
        (cast.wholesale, None),
        (cast.dealer, Decimal(50000)),
    ]
    assert kept[0].ends_at is not None


def test_a_contract_is_saved_with_its_columns_at_once(cast: Cast) -> None:
    rows = [{"priceList": gid(cast.dealer), "minTotal": 10}]

    ask(cast.manager, CONTRACT, input={"legalEntity": gid(cast.free), "assignments": rows})

    assert cast.free.contracts.get().price_assignments.get().min_total == 10


@pytest.mark.parametrize("of", ["company", "legal_entity", "group", "everyone", "nobody", "two"])
def test_lists_are_given_to_one_owner(cast: Cast, of: str) -> None:
    group = cast.company.groups.create(name="Дилеры")
    owners = {
        "company": {"company": gid(cast.company)},
        "legal_entity": {"legalEntity": gid(cast.ooo)},
        "group": {"group": gid(group)},
        "everyone": {"everyone": True},
        "nobody": {},
        "two": {"group": gid(group), "everyone": True},
    }
    before = Assignment.objects.count()

    done = ask(cast.manager, ASSIGN, of=owners[of], rows=[{"priceList": gid(cast.dealer)}])

    if of in ("nobody", "two"):
        assert done["errors"][0]["code"] == "INVALID"
        assert Assignment.objects.count() == before
    else:
        assert done["errors"] == []
        assert Assignment.objects.count() == before + 1


def test_two_windows_of_one_list_that_overlap_are_refused_by_its_name(cast: Cast) -> None:
    rows = [
        {"priceList": gid(cast.dealer), "endsAt": "2026-12-15T00:00:00Z"},
        {"priceList": gid(cast.dealer), "startsAt": "2026-12-10T00:00:00Z"},
    ]
    before = Assignment.objects.count()

    done = ask(cast.manager, ASSIGN, of={"everyone": True}, rows=rows)

    assert done["errors"][0]["code"] == "INVALID"
    assert "«Дилер»" in done["errors"][0]["message"]
    assert Assignment.objects.count() == before


def test_a_list_in_a_currency_without_a_rate_is_given_and_warned_of(cast: Cast) -> None:
    euro = PriceList.objects.create(name="Евро", currency="EUR", vat_included=False)
    rows = [{"priceList": gid(euro)}]

    warned = ask(cast.manager, ASSIGN, of={"everyone": True}, rows=rows)
    rate = {"currency": "EUR", "day": "2026-11-01", "rate": 98.5}
    entered = ask(cast.manager, RATE, input=rate)
    again = ask(cast.manager, ASSIGN, of={"everyone": True}, rows=rows)

    assert "EUR" in warned["warnings"][0]
    assert (entered["rate"]["currency"], entered["rate"]["to"]) == ("EUR", "RUB")
    assert again["warnings"] == []


def test_a_list_1c_keeps_is_named_there(cast: Cast) -> None:
    from onec_bridge.models import Connection, Link

    connection = Connection.objects.create(name="УТ 11", login="1c", password="!")
    Link.objects.create(
        connection=connection,
        kind="price_type",
        external_id="t1",
        local_id=str(cast.dealer.pk),
        data={},
    )

    refused = ask(cast.manager, SAVE, id=gid(cast.dealer), input={"name": "Мой"})
    derived = ask(cast.manager, SAVE, id=gid(cast.dealer), input={"baseRetail": True})

    assert "1С" in refused["errors"][0]["message"] or "1C" in refused["errors"][0]["message"]
    assert derived["errors"] == []
    cast.dealer.refresh_from_db()
    assert (cast.dealer.name, cast.dealer.base_retail) == ("Дилер", True)


def test_strangers_and_buyers_change_and_learn_nothing(cast: Cast) -> None:
    calls: list[tuple[str, dict[str, Any]]] = [
        (SAVE, {"input": {"name": "Мой"}}),
        (MARKUPS, {"list": gid(cast.dealer), "rows": []}),
        (ASSIGN, {"of": {"everyone": True}, "rows": [{"priceList": gid(cast.dealer)}]}),
        (RATE, {"input": {"currency": "EUR", "day": "2026-11-01", "rate": 1}}),
    ]
    for user in (None, cast.olga, cast.stranger):
        for query, variables in calls:
            assert ask(user, query, **variables)["errors"][0]["code"] == "PERMISSION_DENIED"
        asked = answer(user, TERMS, id=gid(cast.dealer))
        assert asked["data"]["b2bPriceListTerms"] is None
        assert "PERMISSION_DENIED" in asked["errors"][0]["message"]

    assert PriceList.objects.count() == 2
    assert not Rate.objects.exists()
    assert not Assignment.objects.filter(contract=None).exists()
