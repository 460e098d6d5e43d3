"""Join, split, move and undo in GraphQL; nobody but the desk sees or does any of it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cast import Cast
from django.test import Client
from graphql_relay import to_global_id

from b2b_overlay.company import scanning
from b2b_overlay.company.models import Doubt, LegalEntity, Rearrangement, Rule
from sandbox.graphql import tokens

DONE = "{ rearrangement { id kind title moved { what count } undoneAt } errors { code message } }"
JOIN = f"""mutation($kept: ID!, $gone: ID!, $company: ID) {{
  b2bLegalEntityJoin(kept: $kept, gone: $gone, company: $company) {DONE} }}"""
SPLIT = (
    f"mutation($input: B2BLegalEntitySplitInput!) {{ b2bLegalEntitySplit(input: $input) {DONE} }}"
)
MOVE = (
    f"mutation($id: ID!, $company: ID) {{ b2bLegalEntityMove(id: $id, company: $company) {DONE} }}"
)
UNITE = f"mutation($kept: ID!, $gone: ID!) {{ b2bCompaniesJoin(kept: $kept, gone: $gone) {DONE} }}"
UNDO = f"mutation($id: ID!) {{ b2bRearrangementUndo(id: $id) {DONE} }}"
DIFFERENT = """mutation($id: ID!, $undo: Boolean) {
  b2bDoubtDifferent(id: $id, undo: $undo) { doubt { decision } errors { code } } }"""
RULE = """mutation($on: Boolean!) {
  b2bRuleSet(code: "inn_kpp_name", isOn: $on) { rule { isOn } errors { code } } }"""
DOUBTS = """query($search: String, $decision: String) {
  b2bDoubts(search: $search, decision: $decision) {
    id score reasons decision low { name } high { name } } }"""
HISTORY = """query($entity: ID) {
  b2bRearrangements(legalEntity: $entity) { id title source { name } target { name } } }"""


@pytest.fixture
def twin(cast: Cast) -> LegalEntity:
    return LegalEntity.objects.create(name="Ромашка, ООО", inn=cast.ooo.inn, kpp=cast.ooo.kpp)


def ask(user: Any, query: str, **variables: Any) -> Any:
    """What the one field asked for answers."""
    headers = {"Authorization": f"Bearer {tokens.create(user)}"} if user else {}
    answer = Client(headers=headers).post(
        "/graphql/", {"query": query, "variables": variables}, content_type="application/json"
    )
    found = dict(json.loads(answer.content))
    assert "errors" not in found, found
    (value,) = found["data"].values()
    return value


def gid(row: Any) -> str:
    return str(to_global_id(f"B2B{type(row).__name__}", row.pk))


def test_the_desk_joins_and_undoes(cast: Cast, twin: LegalEntity) -> None:
    done = ask(cast.manager, JOIN, kept=gid(twin), gone=gid(cast.ooo))
    assert done["errors"] == []
    assert {"what": "договоры", "count": 1} in done["rearrangement"]["moved"]
    assert twin.contracts.get().number == "ОПТ-1"
    (told,) = ask(cast.manager, HISTORY, entity=gid(twin))
    assert (told["source"]["name"], told["target"]["name"]) == ("ООО «Ромашка»", "Ромашка, ООО")

    undone = ask(cast.manager, UNDO, id=done["rearrangement"]["id"])
    assert undone["rearrangement"]["undoneAt"]
    assert not twin.contracts.exists()


def test_a_later_change_is_named_where_it_stands_in_the_way(cast: Cast, twin: LegalEntity) -> None:
    first = ask(cast.manager, JOIN, kept=gid(cast.ooo), gone=gid(cast.plus))
    ask(cast.manager, JOIN, kept=gid(twin), gone=gid(cast.ooo))
    refused = ask(cast.manager, UNDO, id=first["rearrangement"]["id"])
    assert refused["rearrangement"] is None
    (error,) = refused["errors"]
    assert "Ромашка, ООО" in error["message"]


def test_of_two_companies_one_is_named(cast: Cast) -> None:
    refused = ask(cast.manager, JOIN, kept=gid(cast.ooo), gone=gid(cast.theirs))
    assert [each["code"] for each in refused["errors"]] == ["INVALID"]
    assert not Rearrangement.objects.exists()
    done = ask(
        cast.manager, JOIN, kept=gid(cast.ooo), gone=gid(cast.theirs), company=gid(cast.company)
    )
    assert done["errors"] == []


def test_split_move_and_join_companies(cast: Cast) -> None:
    contract = cast.ooo.contracts.get()
    part = {"source": gid(cast.ooo), "name": "Часть", "contracts": [gid(contract)]}
    assert ask(cast.manager, SPLIT, input=part)["rearrangement"]["kind"] == "split"
    contract.refresh_from_db()
    assert contract.legal_entity.name == "Часть"
    assert ask(cast.manager, SPLIT, input={"source": gid(cast.ooo)})["errors"]

    moved = ask(cast.manager, MOVE, id=gid(cast.plus), company=gid(cast.other))
    assert moved["errors"] == []
    cast.plus.refresh_from_db()
    assert cast.plus.company == cast.other

    united = ask(cast.manager, UNITE, kept=gid(cast.company), gone=gid(cast.other))
    assert united["errors"] == []
    cast.plus.refresh_from_db()
    assert cast.plus.company == cast.company


def test_doubts_and_rules(cast: Cast, twin: LegalEntity) -> None:
    assert ask(cast.manager, RULE, on=False)["rule"] == {"isOn": False}
    scanning.scan()
    (doubt,) = ask(cast.manager, DOUBTS, search="Ромашка,")
    assert "inn_kpp" in doubt["reasons"]
    assert ask(cast.manager, DIFFERENT, id=doubt["id"])["doubt"] == {"decision": "different"}
    assert ask(cast.manager, DOUBTS, search="Ромашка,") == []
    assert len(ask(cast.manager, DOUBTS, decision="different")) == 1
    assert ask(cast.manager, DIFFERENT, id=doubt["id"], undo=True)["doubt"] == {
        "decision": "waiting"
    }
    states = {
        each["code"]: each["isOn"] for each in ask(cast.manager, "{ b2bRules { code isOn } }")
    }
    assert states["inn_kpp_name"] is False


def test_nobody_but_the_desk(cast: Cast, twin: LegalEntity) -> None:
    Rule.objects.create(code="inn_kpp_name", is_on=False)
    scanning.scan()
    doubt = Doubt.objects.first()
    done = ask(cast.manager, MOVE, id=gid(cast.free), company=gid(cast.other))
    before = Rearrangement.objects.count()
    for person in (cast.olga, cast.stranger, cast.retail, None):
        assert ask(person, DOUBTS) == []
        assert ask(person, HISTORY) == []
        assert ask(person, "{ b2bRules { code } }") == []
        for query, variables in (
            (JOIN, {"kept": gid(cast.ooo), "gone": gid(twin)}),
            (JOIN, {"kept": gid(cast.ooo), "gone": "нет такого"}),
            (SPLIT, {"input": {"source": gid(cast.ooo), "name": "Часть"}}),
            (MOVE, {"id": gid(cast.ooo)}),
            (UNITE, {"kept": gid(cast.company), "gone": gid(cast.other)}),
            (UNDO, {"id": done["rearrangement"]["id"]}),
            (DIFFERENT, {"id": gid(doubt)}),
            (RULE, {"on": True}),
        ):
            codes = [each["code"] for each in ask(person, query, **variables)["errors"]]
            assert codes == ["PERMISSION_DENIED"]
    assert Rearrangement.objects.count() == before
    assert not Rearrangement.objects.exclude(undone_at=None).exists()
    assert not LegalEntity.objects.filter(name="Часть").exists()
