"""The desk: where a company stands, legal entities by hand; nobody else comes near."""

from __future__ import annotations

from decimal import Decimal

import pytest

from b2b_overlay.company.models import BankAccount, Company, Group, LegalEntity
from b2b_overlay.terms.contracts import Conditions

ENTITY = {"name": "ООО «Своё»", "kind": "company", "inn": "7707083893", "kpp": "773601001"}
ACCOUNT = {
    "number": "40703810700001449489",
    "bic": "044525700",
    "bank_name": "Райффайзенбанк",
    "correspondent": "30101810200000000700",
}


def form(company: Company, **changed: object) -> dict[str, object]:
    """The company's form as it stands, with these fields changed."""
    parent = f"{company.parent.name} #{company.parent.pk}" if company.parent else ""
    return {
        "name": company.name,
        "kind": company.kind,
        "parent": parent,
        "manager": company.manager_id or "",
        "group": [group.pk for group in company.groups.all()],
        **changed,
    }


def test_a_company_gets_a_parent_a_kind_a_manager_and_groups_in_one_form(cast, manager):
    dealers = Group.objects.create(name="Дилеры")
    address = f"/desk/companies/{cast.company.pk}/edit/"
    assert manager.get(address).status_code == 200

    answer = manager.post(
        address,
        form(cast.company, kind="branch", parent="чужие", group=[dealers.pk], new_group="Сети"),
    )

    assert answer["Location"] == f"/desk/companies/{cast.company.pk}/"
    company = Company.objects.get(pk=cast.company.pk)
    assert (company.parent, company.kind) == (cast.other, "branch")
    assert {group.name for group in company.groups.all()} == {"Дилеры", "Сети"}
    page = manager.get(f"/desk/companies/{cast.company.pk}/").content.decode()
    assert f'href="/desk/companies/{cast.other.pk}/">Чужие</a> →' in page
    assert "филиал" in page
    above = manager.get(f"/desk/companies/{cast.other.pk}/").content.decode()
    assert f"/desk/companies/{cast.company.pk}/" in above


def test_a_holding_that_is_its_own_grandparent_is_told_why_and_nothing_changes(cast, manager):
    middle = Company.objects.create(name="Середина", parent=cast.company)
    Company.objects.filter(pk=cast.other.pk).update(parent=middle)

    answer = manager.post(
        f"/desk/companies/{cast.company.pk}/edit/",
        form(cast.company, name="Новое имя", parent=f"Чужие #{cast.other.pk}", new_group="Сети"),
    )

    assert answer.status_code == 422
    told = answer.content.decode()
    assert "«Чужие» уже входит в «Середина» → «Ромашка»" in told
    company = Company.objects.get(pk=cast.company.pk)
    assert (company.name, company.parent) == ("Ромашка", None)
    assert not Group.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [{"kind": "factory"}, {"name": ""}, {"parent": "Нет такой"}, {"manager": "olga"}],
)
def test_a_wrong_field_is_said_and_nothing_is_saved(cast, manager, wrong):
    if wrong.get("manager"):
        wrong = {"manager": cast.olga.pk}

    answer = manager.post(f"/desk/companies/{cast.company.pk}/edit/", form(cast.company, **wrong))

    assert answer.status_code == 422
    assert "flash error" in answer.content.decode()
    company = Company.objects.get(pk=cast.company.pk)
    assert (company.name, company.kind, company.manager) == ("Ромашка", "customer", cast.manager)


def test_a_manager_who_left_the_staff_does_not_stand_in_the_way(cast, manager):
    gone = type(cast.manager).objects.create_user("gone@example.org", "-")
    Company.objects.filter(pk=cast.company.pk).update(manager=gone)
    cast.company.refresh_from_db()

    answer = manager.post(
        f"/desk/companies/{cast.company.pk}/edit/", form(cast.company, kind="holding")
    )

    assert answer.status_code == 302
    assert Company.objects.get(pk=cast.company.pk).manager == gone


def test_the_manager_finds_his_own_customers_and_those_of_a_group(cast, manager):
    Company.objects.filter(pk=cast.other.pk).update(manager=None)
    dealers = Group.objects.create(name="Дилеры")
    dealers.companies.add(cast.other)

    mine = manager.get("/desk/", {"mine": "1"}).content.decode()
    theirs = manager.get("/desk/", {"group": dealers.pk}).content.decode()

    assert (">Ромашка<" in mine, ">Чужие<" in mine) == (True, False)
    assert (">Ромашка<" in theirs, ">Чужие<" in theirs) == (False, True)


def test_a_list_of_customers_asks_the_database_the_same_however_long(
    cast, manager, django_assert_max_num_queries
):
    for n in range(20):
        Company.objects.create(name=f"Филиал {n}", parent=cast.other, manager=cast.manager)
        LegalEntity.objects.create(name=f"ООО {n}").bank_accounts.create(number="1")

    with django_assert_max_num_queries(12):
        assert "входит в: Чужие" in manager.get("/desk/").content.decode()
    with django_assert_max_num_queries(12):
        assert "Счёт из 1 знака" in manager.get("/desk/counterparties/").content.decode()


# ------------------------------------------------------------------------ legal entities


def test_a_legal_entity_is_written_by_hand_into_its_company(cast, manager):
    address = f"/desk/companies/{cast.company.pk}/entities/new/"
    assert manager.get(address).status_code == 200

    answer = manager.post(address, {**ENTITY, "inn": "7707 083893", "kpp": "773601002"})

    entity = LegalEntity.objects.get(name="ООО «Своё»")
    assert answer["Location"] == f"/desk/counterparties/{entity.pk}/"
    assert (entity.company, entity.inn, entity.country) == (cast.company, "7707083893", "RU")


def test_an_inn_of_11_digits_and_a_kpp_of_an_ip_are_kept_and_told_at_once(cast, manager):
    answer = manager.post(
        f"/desk/counterparties/{cast.plus.pk}/edit/",
        {"name": cast.plus.name, "kind": "entrepreneur", "inn": "50010073225", "kpp": "773601001"},
        follow=True,
    )

    page = answer.content.decode()
    assert "ИНН из 11 цифр: у организации их 10, у ИП 12. Сохранено как есть." in page
    assert "КПП бывает только у организаций" in page
    cast.plus.refresh_from_db()
    assert (cast.plus.inn, cast.plus.kpp) == ("50010073225", "773601001")


def test_the_same_inn_and_kpp_is_asked_about_and_another_kpp_is_not(cast, manager):
    page = manager.post("/desk/counterparties/new/", ENTITY, follow=True).content.decode()
    assert "У «ООО «Ромашка»» те же ИНН и КПП" in page

    branch = {**ENTITY, "name": "Филиал", "kpp": "780101001"}
    page = manager.post("/desk/counterparties/new/", branch, follow=True).content.decode()
    assert "те же ИНН и КПП" not in page
    assert LegalEntity.objects.filter(inn="7707083893").count() == 3


def test_a_foreigner_has_a_country_and_a_tax_id(cast, manager):
    manager.post(
        "/desk/counterparties/new/",
        {"name": "ТОО «Алма»", "kind": "foreign", "country": "казахстан", "tax_id": "123"},
    )
    entity = LegalEntity.objects.get(name="ТОО «Алма»")
    assert (entity.country, entity.tax_id, entity.failed_checks()) == ("KZ", "123", [])

    page = manager.post(
        f"/desk/counterparties/{entity.pk}/edit/",
        {"name": "ТОО «Алма»", "kind": "foreign", "country": "", "tax_id": ""},
        follow=True,
    ).content.decode()
    assert "У иностранца не указана страна" in page
    assert "У иностранца не указан налоговый номер" in page


@pytest.mark.parametrize(
    "wrong", [{"name": " "}, {"kind": "alien"}, {"kpp": "1" * 17}, {"country": "QQQ"}]
)
def test_what_cannot_be_kept_is_refused_and_what_was_typed_stays(cast, manager, wrong):
    typed = {**ENTITY, "kind": "foreign", **wrong}

    answer = manager.post("/desk/counterparties/new/", typed)

    assert answer.status_code == 422
    assert 'value="7707083893"' in answer.content.decode()
    assert not LegalEntity.objects.filter(name="ООО «Своё»").exists()


def test_a_joined_legal_entity_is_changed_where_it_went(cast, manager):
    LegalEntity.objects.filter(pk=cast.free.pk).update(merged_into=cast.ooo)

    answer = manager.post(f"/desk/counterparties/{cast.free.pk}/edit/", ENTITY)

    assert answer.status_code == 422
    assert "объединено с «ООО «Ромашка»»" in answer.content.decode()
    assert LegalEntity.objects.get(pk=cast.free.pk).name == "ООО «Новые»"


def test_a_bank_account_is_added_changed_and_taken_off(cast, manager):
    home = f"/desk/counterparties/{cast.ooo.pk}/"

    page = manager.post(f"{home}accounts/", ACCOUNT, follow=True).content.decode()
    account = cast.ooo.bank_accounts.get()
    assert "40703810700001449489" in page
    assert "не сходится" not in page

    page = manager.post(
        f"{home}accounts/{account.pk}/", {**ACCOUNT, "bic": "044525225"}, follow=True
    ).content.decode()
    assert "Счёт не сходится с БИК 044525225" in page
    assert cast.ooo.bank_accounts.get().bic == "044525225"

    manager.post(f"{home}accounts/{account.pk}/", {"remove": "1"})
    assert not cast.ooo.bank_accounts.exists()


def test_one_account_stands_once(cast, manager):
    address = f"/desk/counterparties/{cast.ooo.pk}/accounts/"
    manager.post(address, ACCOUNT)

    answer = manager.post(address, {**ACCOUNT, "number": "40703810 7000 0144 9489"})

    assert answer.status_code == 422
    assert "уже есть" in answer.content.decode()
    assert BankAccount.objects.count() == 1


def test_another_legal_entitys_account_does_not_exist_here(cast, manager):
    account = cast.theirs.bank_accounts.create(number="1")

    answer = manager.post(
        f"/desk/counterparties/{cast.ooo.pk}/accounts/{account.pk}/", {"remove": "1"}
    )

    assert answer.status_code == 404
    assert BankAccount.objects.exists()


def test_a_credit_limit_is_written_as_people_write_it(cast, manager):
    contract = cast.ooo.contracts.get()
    terms = {"number": "ОПТ-1", "payment": "on_account", "payment_days": "14", "currency": "RUB"}
    address = f"/desk/entities/{cast.ooo.pk}/contract/{contract.pk}/"

    manager.post(address, {**terms, "credit_limit": "1 000 000,50"})
    contract.refresh_from_db()
    assert contract.credit_limit == Decimal("1000000.50")
    assert 'value="1000000.50"' in manager.get(address).content.decode()

    assert manager.post(address, {**terms, "credit_limit": "-1"}).status_code == 422
    manager.post(address, {**terms, "credit_limit": ""})
    contract.refresh_from_db()
    assert contract.credit_limit is None


def test_what_an_order_has_to_meet_and_what_delivery_costs_is_said_in_the_contract(cast, manager):
    contract = cast.ooo.contracts.get()
    terms = {"number": "ОПТ-1", "payment": "on_account", "payment_days": "14", "currency": "RUB"}
    address = f"/desk/entities/{cast.ooo.pk}/contract/{contract.pk}/"
    said = {
        "min_order": "5 000",
        "overdue_days": "0",
        "delivery_price": "300,50",
        "free_delivery_from": "20000",
    }

    manager.post(address, {**terms, **said})

    contract.refresh_from_db()
    assert Conditions.of(contract) == Conditions(
        Decimal(5000), 0, Decimal("300.50"), Decimal(20000)
    )
    page = manager.get(address).content.decode()
    assert 'value="300.50"' in page
    assert manager.post(address, {**terms, "min_order": "-1"}).status_code == 422
    assert manager.post(address, {**terms, "delivery_price": "дорого"}).status_code == 422
    manager.post(address, terms)
    contract.refresh_from_db()
    assert Conditions.of(contract) == Conditions()


@pytest.mark.parametrize("who", ["olga", "stranger", "retail"])
def test_for_customers_none_of_it_exists(cast, sign_in, who):
    client = sign_in(getattr(cast, who))
    account = cast.ooo.bank_accounts.create(number="40703810700001449489")
    before = list(Company.objects.values()), list(LegalEntity.objects.values())

    for address, data in (
        (f"/desk/companies/{cast.company.pk}/edit/", form(cast.company, name="Моя")),
        (f"/desk/companies/{cast.company.pk}/entities/new/", ENTITY),
        ("/desk/counterparties/new/", ENTITY),
        (f"/desk/counterparties/{cast.ooo.pk}/edit/", ENTITY),
        (f"/desk/counterparties/{cast.ooo.pk}/accounts/", ACCOUNT),
        (f"/desk/counterparties/{cast.ooo.pk}/accounts/{account.pk}/", {"remove": "1"}),
    ):
        assert client.post(address, data).status_code == 404
        assert client.get(address).status_code == 404

    assert (list(Company.objects.values()), list(LegalEntity.objects.values())) == before
    assert BankAccount.objects.count() == 1
