"""Loads of prices at the desk: listed, shown price by price, undone; and one price's history."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from graphql_relay import to_global_id

from b2b_overlay.history import recorded
from b2b_overlay.pricing.changes import load
from b2b_overlay.pricing.loads import PriceRow, load_prices
from b2b_overlay.pricing.models import Price, PriceLoad
from sandbox.graphql import tokens


@pytest.fixture
def made(cast) -> PriceLoad:
    """The hose rises, the boards vanish, the bath appears, in «Опт»."""
    rows = [
        PriceRow(cast.wholesale.pk, cast.hose.pk, Decimal("3100.00"), unit="шт"),
        PriceRow(cast.wholesale.pk, cast.bath.pk, Decimal("2500.00")),
    ]
    with (
        recorded(cast.manager, "page", "/desk/prices/sheet/"),
        load(PriceLoad.Source.SHEET, "прайс июнь.xlsx", cast.manager) as done,
    ):
        load_prices(rows, [(cast.wholesale.pk, cast.boards.pk)])
    return done


def prices(cast) -> dict[int, Decimal]:
    return dict(Price.objects.filter(price_list=cast.wholesale).values_list("variant_id", "amount"))


def test_the_loads_are_listed_with_who_and_how_much(cast, made, manager):
    page = manager.get("/desk/loads/").content.decode()

    assert "прайс июнь.xlsx" in page
    assert cast.manager.email in page


def test_a_load_shows_what_rose_appeared_and_vanished_and_whom_it_concerns(cast, made, manager):
    page = manager.get(f"/desk/loads/{made.pk}/").content.decode()

    assert "+106,6" in page
    assert page.count("data-kind=") == 3
    assert "1 юрлицо" in page
    assert "1 закупщик" in page


def test_the_changes_of_a_load_are_narrowed_to_what_vanished(cast, made, manager):
    page = manager.get(f"/desk/loads/{made.pk}/?kind=vanishes").content.decode()

    assert page.count("data-kind=") == 1
    assert "Доска террасная" in page


def test_a_load_undone_at_the_desk_gives_the_prices_back_once(cast, made, manager):
    for _press in (1, 2):
        answer = manager.post(f"/desk/loads/{made.pk}/undo/", follow=True)

    assert prices(cast) == {cast.hose.pk: Decimal("1500.50"), cast.boards.pk: Decimal("400.00")}
    assert PriceLoad.objects.count() == 2
    assert "отменена" in answer.content.decode()


def test_what_was_changed_since_is_named_when_a_load_is_undone(cast, made, manager):
    Price.objects.filter(variant_id=cast.bath.pk).update(amount=Decimal("2400.00"))

    manager.post(f"/desk/loads/{made.pk}/undo/")
    page = manager.get(f"/desk/loads/{made.pk}/").content.decode()

    assert prices(cast)[cast.bath.pk] == Decimal("2400.00")
    assert "Ванна садовая" in page[page.index('id="left"') : page.index('id="load-changes"')]


def test_the_history_of_a_price_says_who_set_it_from_which_file(cast, made, manager):
    page = manager.get(f"/desk/prices/{cast.wholesale.pk}/{cast.hose.pk}/history/").content.decode()

    assert "3\u202f100,00" in page or "3\xa0100,00" in page
    assert cast.manager.email in page
    assert page.count("data-change=") == 2


def test_the_history_of_a_price_for_a_legal_entity_is_of_its_lists_only(cast, made, manager):
    address = f"/desk/prices/{cast.wholesale.pk}/{cast.hose.pk}/history/?entity={cast.plus.pk}"

    page = manager.get(address).content.decode()

    assert "3\u202f100,00" not in page
    assert "3\xa0100,00" not in page
    assert page.count("data-change=") == 1


@pytest.mark.parametrize("who", ["olga", "stranger", "retail"])
def test_loads_are_not_there_for_anybody_but_the_desk(cast, made, sign_in, who):
    client, before = sign_in(getattr(cast, who)), prices(cast)

    answers = [
        client.get("/desk/loads/"),
        client.get(f"/desk/loads/{made.pk}/"),
        client.post(f"/desk/loads/{made.pk}/undo/"),
        client.get(f"/desk/prices/{cast.wholesale.pk}/{cast.hose.pk}/history/"),
    ]

    assert [answer.status_code for answer in answers] == [404] * 4
    assert prices(cast) == before


def test_a_load_is_undone_by_a_command(cast, made, capsys):
    call_command("b2b_loads")
    call_command("b2b_loads", undo=made.pk)

    assert "прайс июнь.xlsx" in capsys.readouterr().out
    assert prices(cast)[cast.hose.pk] == Decimal("1500.50")
    with pytest.raises(CommandError):
        call_command("b2b_loads", undo=10**6)


# ------------------------------------------------------------------------------- GraphQL

LOADS = "{ b2bPriceLoads { id name madeBy created changed deleted difference { total } } }"
UNDO = """mutation ($id: ID!) { b2bPriceLoadUndo(id: $id) {
  back left load { isUndone } undo { undoes { id } } errors { code } } }"""
HISTORY = """query ($variant: ID!, $list: ID) {
  b2bPriceHistory(variantId: $variant, priceList: $list) { who event turns { old new } } }"""


def asked(client, user, query: str, **variables):
    headers = {"Authorization": f"Bearer {tokens.create(user)}"}
    told = {"query": query, "variables": variables}
    return client.post("/graphql/", told, content_type="application/json", headers=headers).json()


def test_loads_are_listed_and_undone_in_graphql(cast, made, client):
    (listed,) = asked(client, cast.manager, LOADS)["data"]["b2bPriceLoads"]

    done = asked(client, cast.manager, UNDO, id=listed["id"])["data"]["b2bPriceLoadUndo"]

    assert (listed["created"], listed["changed"], listed["deleted"]) == (1, 1, 1)
    assert listed["difference"]["total"] == 3
    assert (done["back"], done["left"], done["errors"]) == (3, 0, [])
    assert done["load"]["isUndone"]
    assert done["undo"]["undoes"]["id"] == listed["id"]
    assert prices(cast)[cast.hose.pk] == Decimal("1500.50")


def test_the_history_of_a_price_is_told_in_graphql(cast, made, client):
    ids = {
        "variant": to_global_id("ProductVariant", cast.hose.pk),
        "list": to_global_id("B2BPriceList", cast.wholesale.pk),
    }

    newest, first = asked(client, cast.manager, HISTORY, **ids)["data"]["b2bPriceHistory"]

    assert cast.manager.email in newest["who"]
    assert (newest["event"], first["event"]) == ("UPDATE", "INSERT")


@pytest.mark.parametrize("who", ["olga", "stranger", "retail"])
def test_loads_are_refused_to_others_in_graphql(cast, made, client, who):
    before, gid = prices(cast), to_global_id("B2BPriceLoad", made.pk)
    user = getattr(cast, who)

    refused = asked(client, user, LOADS)
    undone = asked(client, user, UNDO, id=gid)["data"]["b2bPriceLoadUndo"]

    assert "PERMISSION_DENIED" in refused["errors"][0]["message"]
    assert undone["errors"] == [{"code": "PERMISSION_DENIED"}]
    assert prices(cast) == before
