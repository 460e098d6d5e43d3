"""Contracts, partners, managers and settlements come in the exchange, in elements of our own."""

from __future__ import annotations

from decimal import Decimal

import pytest
from cast import Cast
from django.test import Client

from b2b_overlay.company.models import Company, Difference, LegalEntity
from b2b_overlay.pricing.assign import assignments_of
from b2b_overlay.terms.models import Contract, Organization, Settlement
from onec_bridge.models import Parked, ProblemRecord
from sandbox import models

pytestmark = pytest.mark.usefixtures("cast")

COUNTERPARTY = (
    "<Контрагенты><Контрагент><Ид>{id}</Ид><Наименование>Василёк</Наименование>"
    "<ОфициальноеНаименование>ООО Василёк</ОфициальноеНаименование>"
    "<ИНН>{inn}</ИНН><КПП>770701001</КПП></Контрагент></Контрагенты>"
)
PRICE_TYPES = (
    "<Классификатор><Ид>k</Ид><ТипыЦен><ТипЦены><Ид>dealer</Ид><Наименование>Дилерская"
    "</Наименование><Валюта>RUB</Валюта></ТипЦены></ТипыЦен></Классификатор>"
)
CONTRACT = (
    "<Договоры><Договор><Ид>d1</Ид><Номер>ОПТ-7</Номер><Дата>2026-03-01</Дата>"
    "<ИдКонтрагента>c1</ИдКонтрагента><Валюта>руб.</Валюта>"
    "<ВидыЦен><ИдТипаЦены>dealer</ИдТипаЦены></ВидыЦен><Оплата>Отсрочка</Оплата>"
    "<ОтсрочкаДней>{days}</ОтсрочкаДней><КредитныйЛимит>{limit}</КредитныйЛимит>"
    "</Договор></Договоры>"
)


@pytest.fixture
def manager(cast: Cast, sign_in) -> Client:
    return sign_in(cast.manager)


def entity() -> LegalEntity:
    return LegalEntity.objects.get(inn="7702235133")


def contract() -> Contract:
    return Contract.objects.get(legal_entity=entity())


def codes() -> list[str]:
    return list(ProblemRecord.objects.order_by("pk").values_list("code", flat=True))


def known(days: int = 14, limit: str = "500000.00") -> str:
    """A counterparty, a price type and his contract."""
    return (
        COUNTERPARTY.format(id="c1", inn="7702235133")
        + PRICE_TYPES
        + CONTRACT.format(days=days, limit=limit)
    )


# --- contracts ----------------------------------------------------------------------------


def test_a_contract_comes_with_its_terms_and_price_types(deliver):
    deliver(known())

    found = contract()
    assert (found.number, found.payment_days, found.currency) == ("ОПТ-7", 14, "RUB")
    assert found.credit_limit == Decimal("500000.00")
    assert [each.price_list.name for each in assignments_of(found)] == ["Дилерская"]


def test_the_same_file_again_changes_nothing(deliver):
    deliver(known())
    events = Contract.objects.count(), codes()

    answered = deliver(known())

    assert "изменено" not in answered.text
    assert "создано" not in answered.text
    assert (Contract.objects.count(), codes()) == events


def test_a_contract_waits_for_its_counterparty_and_price_type_and_isnt_asked_for_again(deliver):
    deliver(CONTRACT.format(days=14, limit="1"))

    assert Parked.objects.count() == 1
    assert codes() == ["terms_of_unknown_counterparty"]

    deliver(COUNTERPARTY.format(id="c1", inn="7702235133"))

    assert contract().payment_days == 14
    assert not assignments_of(contract())

    deliver(PRICE_TYPES)

    assert [each.price_list.name for each in assignments_of(contract())] == ["Дилерская"]
    assert not Parked.objects.exists()


def test_a_contract_that_the_desk_made_by_hand_is_not_made_twice(deliver):
    deliver(COUNTERPARTY.format(id="c1", inn="7702235133"))
    by_hand = Contract.objects.create(legal_entity=entity(), number="опт 7", payment_days=30)

    deliver(PRICE_TYPES + CONTRACT.format(days=14, limit="100.00"))

    by_hand.refresh_from_db()
    assert contract() == by_hand
    assert by_hand.credit_limit == Decimal(100)
    assert by_hand.payment_days == 30
    assert "payment_days" in {each.field for each in Difference.objects.all()}


def test_a_limit_is_taken_off_only_where_1c_says_so(deliver):
    deliver(known())
    deliver(known(limit=""))
    assert contract().credit_limit == Decimal("500000.00")

    deliver(known(limit="Без лимита"))

    assert contract().credit_limit is None


def test_a_marked_contract_is_switched_off_and_stays(deliver):
    deliver(known())
    marked = CONTRACT.format(days=14, limit="500000.00").replace(
        "<Номер>", "<ПометкаУдаления>true</ПометкаУдаления><Номер>"
    )

    deliver(marked)

    assert contract().is_active is False


def test_an_organisation_is_known_by_its_inn(deliver):
    Organization.objects.create(name="Первая", inn="7710140679")
    second = Organization.objects.create(name="Вторая", inn="7702235133")
    text = known().replace(
        "<Валюта>руб.",
        "<Организация><Ид>o</Ид><Наименование>ООО Вторая</Наименование>"
        "<ИНН>7702235133</ИНН></Организация><Валюта>руб.",
    )

    deliver(text)

    assert contract().organization == second


# --- changed in both places ---------------------------------------------------------------


def changed_in_both_places(deliver) -> Contract:
    deliver(known())
    found = contract()
    found.payment_days = 45
    found.save()
    deliver(known(days=21, limit="700000.00"))
    found.refresh_from_db()
    return found


def test_terms_changed_in_both_places_stay_as_the_desk_left_them_and_both_are_shown(
    deliver, manager
):
    found = changed_in_both_places(deliver)

    assert found.payment_days == 45
    assert found.credit_limit == Decimal("700000.00")
    assert codes() == ["terms_differ"]
    page = manager.get(f"/desk/entities/{found.legal_entity_id}/contract/{found.pk}/")
    text = page.content.decode()
    assert "В 1С" in text
    assert "45" in text
    assert "21" in text
    assert "Василёк" in manager.get("/desk/differences/").content.decode()


@pytest.mark.parametrize(("take", "days"), [("theirs", 21), ("ours", 45)])
def test_one_press_takes_either_side_and_a_repeat_of_1c_doesnt_ask_again(
    deliver, manager, take, days
):
    found = changed_in_both_places(deliver)
    row = Difference.objects.get()

    response = manager.post(f"/desk/differences/{row.pk}/", {"take": take})

    assert response.status_code == 302
    found.refresh_from_db()
    assert found.payment_days == days
    deliver(known(days=21, limit="700000.00"))
    assert not Difference.objects.exists()
    found.refresh_from_db()
    assert found.payment_days == days


def test_a_buyer_neither_sees_nor_decides_differences(deliver, cast):
    found = changed_in_both_places(deliver)
    buyer = Client()
    buyer.post("/sign-in/", {"email": cast.olga.email, "password": cast.password})
    row = Difference.objects.get()

    assert buyer.get("/desk/differences/").status_code == 404
    assert buyer.post(f"/desk/differences/{row.pk}/", {"take": "theirs"}).status_code == 404
    found.refresh_from_db()
    assert found.payment_days == 45


# --- partners and managers ----------------------------------------------------------------

PARTNER = (
    "<Партнеры><Партнер><Ид>h</Ид><Наименование>Холдинг «Луг»</Наименование><Контрагенты>"
    "<ИдКонтрагента>c0</ИдКонтрагента></Контрагенты></Партнер>"
    "<Партнер><Ид>p1</Ид><Наименование>Василёк</Наименование><ИдГоловного>h</ИдГоловного>"
    "<Контрагенты><ИдКонтрагента>c1</ИдКонтрагента></Контрагенты></Партнер></Партнеры>"
)
BOTH = COUNTERPARTY.format(id="c1", inn="7702235133") + COUNTERPARTY.format(
    id="c0", inn="7710140679"
)


def managed_by(email: str, who: str = "<Партнеры><ИдПартнера>p1</ИдПартнера></Партнеры>") -> str:
    return (
        "<Менеджеры><Менеджер><Ид>m</Ид><Наименование>Анна</Наименование>"
        f"<Почта>{email}</Почта>{who}</Менеджер></Менеджеры>"
    )


def test_partners_become_companies_with_their_legal_entities_and_wholesale_off(deliver):
    deliver(BOTH + PARTNER)

    company = entity().company
    assert company is not None
    assert (company.name, company.is_active) == ("Василёк", False)
    assert company.parent.name == "Холдинг «Луг»"


def test_a_partner_of_legal_entities_that_a_company_has_is_that_company(deliver, cast):
    deliver(COUNTERPARTY.format(id="c1", inn="7702235133"))
    LegalEntity.objects.filter(pk=entity().pk).update(company=cast.other)
    before = Company.objects.count()

    deliver(PARTNER)

    assert Company.objects.count() == before
    cast.other.refresh_from_db()
    assert cast.other.name != "Василёк"
    assert {each.field for each in Difference.objects.filter(about="company")} == {"name"}


def test_a_legal_entity_of_another_company_isnt_moved_and_both_are_shown(deliver, cast, manager):
    deliver(BOTH + PARTNER)
    moved = entity()
    LegalEntity.objects.filter(pk=moved.pk).update(company=cast.other)

    deliver(PARTNER)

    moved.refresh_from_db()
    assert moved.company == cast.other
    row = Difference.objects.get(about="legal_entity")
    manager.post(f"/desk/differences/{row.pk}/", {"take": "theirs"})
    moved.refresh_from_db()
    assert moved.company.name == "Василёк"


def test_a_partner_marked_for_deletion_is_a_question_to_the_manager(deliver, manager):
    deliver(BOTH + PARTNER)
    company = entity().company
    Company.objects.filter(pk=company.pk).update(is_active=True)
    mark = PARTNER.replace("<Ид>p1</Ид>", "<Ид>p1</Ид><ПометкаУдаления>true</ПометкаУдаления>")

    deliver(mark)
    deliver(PARTNER)
    assert not Difference.objects.exists()  # Marked by mistake.
    deliver(mark)

    company.refresh_from_db()
    row = Difference.objects.get()
    assert (company.is_active, row.field) == (True, "is_active")
    assert "Василёк" in manager.get("/desk/differences/").content.decode()
    manager.post(f"/desk/differences/{row.pk}/", {"take": "theirs"})
    company.refresh_from_db()
    assert not company.is_active

    deliver(mark)
    assert not Difference.objects.exists()


def test_a_manager_is_told_by_his_e_mail_among_the_staff(deliver, cast):
    deliver(BOTH + PARTNER + managed_by(cast.manager.email.upper()))

    assert entity().company.manager == cast.manager


def test_a_manager_without_an_account_waits_until_he_has_one(deliver, cast):
    deliver(BOTH + PARTNER + managed_by("anna@example.org"))
    assert codes() == ["unknown_manager"]
    anna = models.User.objects.create_user("anna@example.org", "x", is_staff=True)

    deliver(PRICE_TYPES)

    assert entity().company.manager == anna
    assert not Parked.objects.exists()


def test_a_customer_given_to_another_manager_at_the_desk_stays_his(deliver, cast):
    deliver(BOTH + PARTNER + managed_by(cast.manager.email))
    anna = models.User.objects.create_user("anna@example.org", "x", is_staff=True)
    boris = models.User.objects.create_user("boris@example.org", "x", is_staff=True)
    Company.objects.filter(pk=entity().company_id).update(manager=boris)

    deliver(managed_by(anna.email))

    assert entity().company.manager == boris
    assert Difference.objects.get().field == "manager"


# --- settlements --------------------------------------------------------------------------


def owes(
    *sums: str, whose: str = "c1", whole: str = "true", at: str = "2026-11-25T09:00:00"
) -> str:
    documents = "".join(
        f"<ДокументРасчетов><Документ>Реализация {n}</Документ><Сумма>{each}</Сумма>"
        "<Валюта>руб.</Валюта><ИдДоговора>d1</ИдДоговора><СрокОплаты>2026-12-02</СрокОплаты>"
        "</ДокументРасчетов>"
        for n, each in enumerate(sums)
    )
    return (
        f'<Взаиморасчеты СодержитТолькоИзменения="{whole}" НаДату="{at}"><РасчетыКонтрагента>'
        f"<Ид>{whose}</Ид><Документы>{documents}</Документы></РасчетыКонтрагента></Взаиморасчеты>"
    )


def debts(of: LegalEntity) -> list[Decimal]:
    return sorted(of.settlements.values_list("amount", flat=True))


def test_a_statement_replaces_all_that_was_known_of_the_counterparty(deliver):
    deliver(known() + owes("800.00", "-50.00"))
    assert debts(entity()) == [Decimal(-50), Decimal(800)]
    assert Settlement.objects.first().contract == contract()

    deliver(owes("10.50"), at="2026-11-26T09:00:00")

    assert debts(entity()) == [Decimal("10.50")]


def test_a_statement_without_documents_says_that_nothing_is_owed(deliver):
    deliver(known() + owes("800.00"))

    deliver(owes())

    assert debts(entity()) == [Decimal(0)]


def test_older_settlements_are_not_listened_to(deliver):
    deliver(known() + owes("800.00"))

    deliver(owes("1.00", at="2026-11-24T09:00:00"))

    assert debts(entity()) == [Decimal(800)]
    assert codes() == ["older_settlements"]


def test_in_a_whole_list_whoever_isnt_in_it_owes_nothing(deliver):
    deliver(BOTH + owes("800.00") + owes("20.00", whose="c0"))

    deliver(owes("700.00", whole="false", at="2026-11-26T09:00:00"))

    assert debts(entity()) == [Decimal(700)]
    assert debts(LegalEntity.objects.get(inn="7710140679")) == [Decimal(0)]


def test_a_statement_waits_for_its_counterparty(deliver):
    deliver(owes("800.00"))
    assert not Settlement.objects.exists()

    deliver(COUNTERPARTY.format(id="c1", inn="7702235133"))

    assert debts(entity()) == [Decimal(800)]


def test_counterparties_joined_into_one_owe_what_both_owe(deliver):
    deliver(BOTH + owes("800.00") + owes("20.00", whose="c0"))
    other = LegalEntity.objects.get(inn="7710140679")
    other.merged_into = entity()
    other.save()

    deliver(owes("30.00", whose="c0", at="2026-11-26T09:00:00"))

    assert debts(entity()) == [Decimal(830)]


def test_half_of_a_debt_would_be_a_lie_so_a_wrong_currency_keeps_the_old_statement(deliver):
    deliver(known() + owes("800.00"))

    deliver(owes("1.00", "2.00").replace("руб.", "тугрик", 1), word="failure")

    assert debts(entity()) == [Decimal(800)]
    assert "unknown_currency" in codes()


# --- in elements of the standard ----------------------------------------------------------


def directory(name: str, columns: dict[str, str], *rows: dict[str, str]) -> str:
    fields = "".join(
        f"<Реквизит><Ид>{ident}</Ид><Наименование>{title}</Наименование></Реквизит>"
        for ident, title in columns.items()
    )
    elements = "".join(
        f"<ЭлементСправочника><Ид>{row['id']}</Ид>{row.get('mark', '')}<ЗначенияРеквизитов>"
        + "".join(
            f"<ЗначениеРеквизита><Ид>{ident}</Ид><Значение>{row[ident]}</Значение>"
            "</ЗначениеРеквизита>"
            for ident in columns
            if ident in row
        )
        + "</ЗначенияРеквизитов></ЭлементСправочника>"
        for row in rows
    )
    return (
        f"<ПользовательскиеСправочники><Справочник><Ид>{name}</Ид><Наименование>{name}"
        f"</Наименование><Реквизиты>{fields}</Реквизиты><ЭлементыСправочника>{elements}"
        "</ЭлементыСправочника></Справочник></ПользовательскиеСправочники>"
    )


def test_requisites_of_a_counterparty_are_his_terms(deliver, cast):
    said = {
        "ВидЦен": "Дилерская",
        "Соглашение": "СГ-3",
        "Отсрочка": "30",
        "Кредитный лимит": "100000",
        "Менеджер": cast.manager.email,
    }
    rows = "".join(
        f"<ЗначениеРеквизита><Наименование>{name}</Наименование><Значение>{value}</Значение>"
        "</ЗначениеРеквизита>"
        for name, value in said.items()
    )
    text = COUNTERPARTY.format(id="c1", inn="7702235133").replace(
        "</Контрагент>", f"<ЗначенияРеквизитов>{rows}</ЗначенияРеквизитов></Контрагент>"
    )

    deliver(text)
    assert contract().payment_days == 30
    deliver(PRICE_TYPES)

    found = contract()
    assert (found.number, found.credit_limit) == ("СГ-3", Decimal(100000))
    assert [each.price_list.name for each in assignments_of(found)] == ["Дилерская"]


def test_a_directory_named_contracts_is_contracts(deliver):
    columns = {"a": "Контрагент", "b": "Номер", "c": "Вид цен", "d": "Отсрочка дней"}
    row = {"id": "d9", "a": "c1", "b": "ОПТ-9", "c": "dealer", "d": "10"}

    deliver(
        COUNTERPARTY.format(id="c1", inn="7702235133")
        + PRICE_TYPES
        + directory("Договоры", columns, row)
    )

    assert (contract().number, contract().payment_days) == ("ОПТ-9", 10)
    assert len(assignments_of(contract())) == 1


def test_rows_of_debts_make_each_counterparty_s_statement_together(deliver):
    columns = {"a": "Контрагент", "b": "Документ", "c": "Сумма"}
    first = {"id": "1", "a": "c1", "b": "Реализация 1", "c": "100.00"}
    second = {"id": "2", "a": "c1", "b": "Реализация 2", "c": "50,50"}
    deliver(
        COUNTERPARTY.format(id="c1", inn="7702235133")
        + directory("Взаиморасчеты", columns, first, second)
    )
    assert debts(entity()) == [Decimal("50.50"), Decimal(100)]

    paid = {**first, "mark": "<ПометкаУдаления>true</ПометкаУдаления>"}
    deliver(directory("Взаиморасчеты", columns, paid), at="2026-11-26T09:00:00")

    assert debts(entity()) == [Decimal("50.50")]


def test_a_directory_of_another_name_is_only_remembered(deliver):
    deliver(directory("Цвета", {"a": "Контрагент"}, {"id": "1", "a": "c1"}))

    assert codes() == []
    assert not Contract.objects.filter(number="").exists()
