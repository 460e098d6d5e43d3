"""The history on pages and in GraphQL: what a person reads, and who may read it."""

from __future__ import annotations

import html
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone, translation

from b2b_overlay.changes import words
from b2b_overlay.company import admit
from b2b_overlay.company.models import BankAccount, Buyer, Invitation, LegalEntity
from b2b_overlay.graphql.ids import to_global_id
from b2b_overlay.history import TRACKED, recorded
from b2b_overlay.terms.models import Contract

HISTORY = """query($company: ID, $legalEntity: ID, $first: Int, $offset: Int) {
  b2bHistory(company: $company, legalEntity: $legalEntity, first: $first, offset: $offset) {
    at who way kind name event turns { label old new } } }"""


def words_of(response) -> str:
    """The page as it is read."""
    text = html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode()))
    return re.sub(r"\s+", " ", text)


def test_the_desk_reads_who_changed_what_and_on_which_page(cast, browser):
    desk = browser(cast.manager)
    desk.post(f"/desk/companies/{cast.company.pk}/switch/", {"on": "0"})

    page = words_of(desk.get(f"/desk/companies/{cast.company.pk}/history/"))

    assert cast.manager.email in page
    assert f"страница /desk/companies/{cast.company.pk}/switch/" in page
    assert "опт включён: да → нет" in page


def test_a_file_of_1c_is_named(cast, browser):
    with recorded(None, "exchange", "import0_1.xml", file="import0_1.xml", connection="УТ 11"):
        BankAccount.objects.create(legal_entity=cast.ooo, number="40702810900000000001")

    page = words_of(browser(cast.manager).get(f"/desk/counterparties/{cast.ooo.pk}/history/"))

    assert "1С «УТ 11», файл import0_1.xml" in page
    assert "40702810900000000001" in page


def test_a_change_by_hand_is_shown_as_nobodys(cast, browser):
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE b2b_overlay_contract SET payment_days = 99, payment = 'prepaid'"
            " WHERE legal_entity_id = %s",
            [cast.ooo.pk],
        )

    page = words_of(browser(cast.manager).get(f"/desk/companies/{cast.company.pk}/history/"))

    assert "вне страниц, в базе данных" in page
    assert "отсрочка, дней: 14 → 99" in page
    assert "оплата: отсрочка платежа → предоплата" in page


def test_what_was_deleted_stays_in_the_history(cast, browser):
    account = BankAccount.objects.create(legal_entity=cast.ooo, number="40702810900000000002")
    account.delete()

    page = words_of(browser(cast.manager).get(f"/desk/companies/{cast.company.pk}/history/"))

    assert "«40702810900000000002» удалено" in page


def test_a_moved_legal_entity_brings_its_history_and_leaves_word_that_it_went(cast, browser):
    LegalEntity.objects.filter(pk=cast.ooo.pk).update(phone="+7 495 000-00-01")
    LegalEntity.objects.filter(pk=cast.ooo.pk).update(company=cast.other)
    LegalEntity.objects.filter(pk=cast.ooo.pk).update(phone="+7 495 000-00-02")
    desk = browser(cast.manager)

    here = words_of(desk.get(f"/desk/companies/{cast.company.pk}/history/"))
    there = words_of(desk.get(f"/desk/companies/{cast.other.pk}/history/"))

    move = f"клиент: {cast.company.name} → {cast.other.name}"
    assert move in here
    assert move in there
    assert "000-00-01" in here
    assert "000-00-02" not in here
    assert "000-00-01" in there


def test_the_owner_reads_the_history_of_his_own_people(cast, browser, shop):
    admit.add_buyer(cast.manager, shop.people, cast.company, cast.viewer.email, role="owner")
    buyer = Buyer.objects.get(user=cast.kirill)
    with recorded(cast.manager, "page", "/desk/buyers/"):
        Invitation.objects.create(
            buyer=buyer,
            token_hash="t",
            code_hash="c",
            expires_at=timezone.now(),
            created_by=cast.manager,
        )
    with recorded(cast.viewer, "page", "/people/"):
        Buyer.objects.filter(user=cast.kirill).update(spending_limit=5000)

    page = words_of(browser(cast.viewer).get("/people/history/"))

    assert "предел на один заказ: 5 000" in page.replace("\u202f", " ").replace("\xa0", " ")
    assert cast.kirill.email in page
    assert cast.viewer.email in page
    assert "сотрудник магазина" in page
    assert cast.manager.email not in page
    assert "/desk/" not in page


@pytest.fixture
def shop():
    from b2b_overlay.shop import get_shop

    return get_shop()


def test_an_owner_reads_nothing_of_another_company(cast, browser):
    Buyer.objects.filter(user=cast.kirill).update(spending_limit=5000)
    owner = browser(cast.stranger)

    page = words_of(owner.get("/people/history/"))
    asked = owner.get(f"/people/history/?company={cast.company.pk}")

    assert cast.kirill.email not in page
    assert cast.ooo.name not in page
    assert asked.status_code == 404


def test_a_buyer_who_came_from_another_company_brings_none_of_its_names(cast, browser):
    """Companies were joined: whose he was, and whom he bought for there, is not told."""
    Buyer.objects.filter(user=cast.kirill).update(company=cast.other)

    page = words_of(browser(cast.stranger).get("/people/history/"))

    assert cast.kirill.email in page
    assert cast.plus.name not in page
    assert cast.company.name not in page


@pytest.mark.parametrize("who", ["olga", "kirill", "viewer", "retail", None])
def test_who_owns_no_company_has_no_history_page(cast, browser, who):
    answered = browser(getattr(cast, who) if who else None).get("/people/history/")

    assert answered.status_code == (404 if who else 302)


@pytest.mark.parametrize("who", ["olga", "stranger", "retail"])
def test_the_desks_history_doesnt_exist_for_buyers(cast, browser, ask, who):
    user = getattr(cast, who)
    client = browser(user)

    assert client.get(f"/desk/companies/{cast.company.pk}/history/").status_code == 404
    assert client.get(f"/desk/counterparties/{cast.ooo.pk}/history/").status_code == 404
    answer = ask(HISTORY, user, company=to_global_id("B2BCompany", cast.company.pk))
    assert answer["data"] is None
    assert "PERMISSION_DENIED" in answer["errors"][0]["message"]


def test_graphql_tells_the_same(cast, ask):
    with recorded(cast.manager, "graphql", "b2bContractSave"):
        Contract.objects.filter(legal_entity=cast.ooo).update(payment_days=30)

    told = ask(HISTORY, cast.manager, legalEntity=to_global_id("B2BLegalEntity", cast.ooo.pk))

    (change,) = [each for each in told["data"]["b2bHistory"] if each["way"].startswith("GraphQL")]
    assert cast.manager.email in change["who"]
    assert change["way"] == "GraphQL, b2bContractSave"
    assert change["event"] == "UPDATE"
    assert change["turns"] == [{"label": "отсрочка, дней", "old": "14", "new": "30"}]


def test_graphql_pages_through_the_history_without_gaps(cast, ask):
    company = to_global_id("B2BCompany", cast.company.pk)
    whole = ask(HISTORY, cast.manager, company=company, first=100)["data"]["b2bHistory"]

    parts = [
        change
        for offset in range(0, len(whole) + 3, 3)
        for change in ask(HISTORY, cast.manager, company=company, first=3, offset=offset)["data"][
            "b2bHistory"
        ]
    ]

    assert parts == whole


def test_a_legal_entity_or_a_company_has_to_be_named(cast, ask):
    assert "either" in ask(HISTORY, cast.manager)["errors"][0]["message"]
    unknown = ask(HISTORY, cast.manager, company="bm9uc2Vuc2U=")
    assert unknown["data"]["b2bHistory"] == []


def _queries(client, page) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(page).status_code == 200
    return len(captured)


def test_the_page_costs_as_many_queries_for_many_changes_as_for_few(cast, browser):
    client, page = browser(cast.manager), f"/desk/companies/{cast.company.pk}/history/"
    few = _queries(client, page)
    for number in range(40):
        LegalEntity.objects.filter(pk=cast.ooo.pk).update(name=f"ООО «{number}»")
        BankAccount.objects.create(legal_entity=cast.plus, number=f"4070281090000000{number:04}")

    assert _queries(client, page) <= few


def test_every_word_of_the_history_is_russian():
    """A column or a model without a name of its own would be shown by its English one."""
    with translation.override("ru"):
        said = {
            f"{each.model.__name__}.{field.name}": words.label_of(field)
            for each in TRACKED
            for field in words.shown_columns(each)
        }
        said |= {each.model.__name__: words.kind_of(each) for each in TRACKED}

    assert {name: text for name, text in said.items() if not re.search("[А-Яа-яё]", text)} == {}
