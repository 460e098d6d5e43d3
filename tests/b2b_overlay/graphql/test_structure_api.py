"""Structure and requisites in GraphQL: the desk changes them, a buyer sees what is his."""

from __future__ import annotations

import json
from typing import Any

import pytest
from cast import Cast
from django.test import Client
from graphql_relay import to_global_id

from b2b_overlay.company.models import BankAccount, Buyer, Company, Group, LegalEntity
from sandbox.graphql import tokens


def ask(user: Any, query: str, **variables: Any) -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {tokens.create(user)}"} if user else {}
    answer = Client(headers=headers).post(
        "/graphql/", {"query": query, "variables": variables}, content_type="application/json"
    )
    found = dict(json.loads(answer.content))
    assert "errors" not in found, found
    return found["data"]


def gid(row: Any) -> str:
    return to_global_id(f"B2B{type(row).__name__}", row.pk)


UPDATE = """mutation($id: ID!, $input: B2BCompanyUpdateInput!) {
  b2bCompanyUpdate(id: $id, input: $input) {
    company { name kind parent { name } manager { email } groups { name } }
    errors { code message }
  }
}"""
ENTITY = """mutation($input: B2BLegalEntitySaveInput!) {
  b2bLegalEntitySave(input: $input) {
    legalEntity { name inn kpp failedChecks problems { field value text } company { name } }
    warnings errors { code message }
  }
}"""
ACCOUNT = """mutation($input: B2BBankAccountSaveInput!) {
  b2bBankAccountSave(input: $input) {
    bankAccount { id number bic } problems { field text } errors { code message }
  }
}"""


def test_the_desk_changes_where_a_company_stands(cast: Cast) -> None:
    group = ask(cast.manager, 'mutation { b2bGroupSave(name: "Дилеры") { group { id name } } }')[
        "b2bGroupSave"
    ]["group"]

    answer = ask(
        cast.manager,
        UPDATE,
        id=gid(cast.company),
        input={
            "name": "Ромашка СПб",
            "kind": "branch",
            "parent": gid(cast.other),
            "manager": "manager@example.org",
            "groups": [group["id"]],
        },
    )["b2bCompanyUpdate"]
    assert answer["errors"] == []
    assert answer["company"] == {
        "name": "Ромашка СПб",
        "kind": "branch",
        "parent": {"name": "Чужие"},
        "manager": {"email": "manager@example.org"},
        "groups": [{"name": "Дилеры"}],
    }

    answer = ask(cast.manager, UPDATE, id=gid(cast.company), input={"parent": None, "manager": ""})
    company = answer["b2bCompanyUpdate"]["company"]
    assert (company["parent"], company["manager"], company["kind"]) == (None, None, "branch")


def test_one_wrong_field_changes_nothing(cast: Cast) -> None:
    Company.objects.filter(pk=cast.other.pk).update(parent=cast.company)

    for wrong in (
        {"parent": gid(cast.other)},
        {"manager": "olga@example.org"},
        {"kind": "factory"},
        {"groups": ["QjJCR3JvdXA6OTk="]},
    ):
        answer = ask(cast.manager, UPDATE, id=gid(cast.company), input={"name": "Другое", **wrong})
        assert answer["b2bCompanyUpdate"]["errors"]
        assert answer["b2bCompanyUpdate"]["company"] is None

    assert Company.objects.get(pk=cast.company.pk).name == "Ромашка"


def test_companies_are_put_into_a_group_and_taken_out(cast: Cast) -> None:
    group = Group.objects.create(name="Дилеры")
    group.companies.add(cast.other)
    query = """mutation($id: ID!, $add: [ID!], $remove: [ID!]) {
      b2bGroupCompaniesUpdate(id: $id, add: $add, remove: $remove) { errors { code } } }"""

    ask(cast.manager, query, id=gid(group), add=[gid(cast.company)], remove=[gid(cast.other)])

    assert list(group.companies.all()) == [cast.company]


def test_a_legal_entity_is_written_with_what_is_wrong_in_words(cast: Cast) -> None:
    answer = ask(
        cast.manager,
        ENTITY,
        input={
            "company": gid(cast.company),
            "kind": "entrepreneur",
            "name": "ИП Новый",
            "inn": "50010073225",
            "kpp": "773601001",
        },
    )["b2bLegalEntitySave"]

    assert answer["errors"] == []
    assert answer["legalEntity"]["failedChecks"] == ["inn", "kpp"]
    assert answer["legalEntity"]["company"] == {"name": "Ромашка"}
    assert [each["field"] for each in answer["legalEntity"]["problems"]] == ["inn", "kpp"]
    assert len(answer["warnings"]) == 2

    entity = LegalEntity.objects.get(name="ИП Новый")
    ask(cast.manager, ENTITY, input={"id": gid(entity), "inn": "500100732259", "kpp": None})
    entity.refresh_from_db()
    assert (entity.name, entity.inn, entity.kpp) == ("ИП Новый", "500100732259", "")


def test_a_bank_account_is_saved_checked_and_taken_off(cast: Cast) -> None:
    given = {"legalEntity": gid(cast.ooo), "number": "40703810700001449489", "bic": "044525225"}
    answer = ask(cast.manager, ACCOUNT, input=given)["b2bBankAccountSave"]
    assert [each["field"] for each in answer["problems"]] == ["account"]

    account = answer["bankAccount"]["id"]
    mended = {**given, "id": account, "bic": "044525700"}
    assert ask(cast.manager, ACCOUNT, input=mended)["b2bBankAccountSave"]["problems"] == []
    others = {**mended, "legalEntity": gid(cast.theirs)}
    errors = ask(cast.manager, ACCOUNT, input=others)["b2bBankAccountSave"]["errors"]
    assert errors[0]["code"] == "NOT_FOUND"

    ask(
        cast.manager,
        "mutation($id: ID!) { b2bBankAccountRemove(id: $id) { errors { code } } }",
        id=account,
    )
    assert not BankAccount.objects.exists()


def test_a_credit_limit_is_given_kept_and_taken_back(cast: Cast) -> None:
    query = """mutation($input: B2BContractSaveInput!) {
      b2bContractSave(input: $input) {
        contract { creditLimit { amount currency } } errors { code } } }"""
    contract = cast.ooo.contracts.get()
    given = {
        "id": gid(contract),
        "legalEntity": gid(cast.ooo),
        "paymentDays": 14,
        "priceLists": [to_global_id("B2BPriceList", cast.wholesale.pk)],
    }

    def limit(**more: Any) -> Any:
        answer = ask(cast.manager, query, input={**given, **more})["b2bContractSave"]
        return answer["contract"]["creditLimit"]

    assert float(limit(creditLimit="500000")["amount"]) == 500000
    assert float(limit()["amount"]) == 500000
    assert limit(creditLimit=None) is None


@pytest.mark.parametrize("who", ["nobody", "retail", "olga", "stranger"])
def test_nobody_but_the_desk_changes_anything(cast: Cast, who: str) -> None:
    user = getattr(cast, who, None)
    group = Group.objects.create(name="Дилеры")
    account = BankAccount.objects.create(legal_entity=cast.ooo, number="1")
    before = list(Company.objects.values()), list(LegalEntity.objects.values())

    for query, variables in (
        (UPDATE, {"id": gid(cast.company), "input": {"name": "Моя"}}),
        (ENTITY, {"input": {"id": gid(cast.ooo), "name": "Моё"}}),
        (ACCOUNT, {"input": {"legalEntity": gid(cast.ooo), "number": "2"}}),
        (
            "mutation($id: ID!) { b2bBankAccountRemove(id: $id) { errors { code } } }",
            {"id": gid(account)},
        ),
        ('mutation { b2bGroupSave(name: "Мои") { errors { code } } }', {}),
        (
            "mutation($id: ID!, $add: [ID!]) {"
            " b2bGroupCompaniesUpdate(id: $id, add: $add) { errors { code } } }",
            {"id": gid(group), "add": [gid(cast.company)]},
        ),
    ):
        (answer,) = ask(user, query, **variables).values()
        assert answer["errors"][0]["code"] == "PERMISSION_DENIED"

    assert (list(Company.objects.values()), list(LegalEntity.objects.values())) == before
    assert BankAccount.objects.count() == 1
    assert list(Group.objects.values_list("name", flat=True)) == ["Дилеры"]
    assert not group.companies.exists()


FAMILY = """query($id: ID!) { b2bGroups { name } b2bCompany(id: $id) {
  name kind parent { name } children { name } manager { email } groups { name } } }"""


def test_a_buyer_of_a_branch_sees_neither_the_holding_nor_its_other_daughters(cast: Cast) -> None:
    holding = Company.objects.create(name="Холдинг", is_active=True)
    Company.objects.filter(pk__in=[cast.company.pk, cast.other.pk]).update(parent=holding)
    Group.objects.create(name="Дилеры").companies.add(cast.company)

    seen = ask(cast.olga, FAMILY, id=gid(cast.company))
    assert seen["b2bCompany"] == {
        "name": "Ромашка",
        "kind": "customer",
        "parent": None,
        "children": [],
        "manager": None,
        "groups": [],
    }
    assert seen["b2bGroups"] == []
    for other in (holding, cast.other):
        assert ask(cast.olga, FAMILY, id=gid(other))["b2bCompany"] is None

    Buyer.objects.create(user=cast.olga, company=holding, role=Buyer.Role.VIEWER)
    seen = ask(cast.olga, FAMILY, id=gid(holding))["b2bCompany"]
    assert [each["name"] for each in seen["children"]] == ["Ромашка"]

    Buyer.objects.filter(user=cast.olga).update(is_active=False)
    assert ask(cast.olga, FAMILY, id=gid(cast.company))["b2bCompany"] is None


def test_the_desk_sees_the_family_and_the_managers_own(cast: Cast) -> None:
    Company.objects.filter(pk=cast.company.pk).update(parent=cast.other)
    Company.objects.filter(pk=cast.other.pk).update(manager=None)

    seen = ask(cast.manager, FAMILY, id=gid(cast.other))["b2bCompany"]
    assert [each["name"] for each in seen["children"]] == ["Ромашка"]
    mine = ask(cast.manager, "{ b2bCompanies(mine: true) { name } }")["b2bCompanies"]
    assert mine == [{"name": "Ромашка"}]
