"""Counterparties come from 1C or a spreadsheet, and become legal entities, once."""

from __future__ import annotations

from io import BytesIO, StringIO

import pytest
from django.core.management import call_command
from django.db import connection as db
from django.test.utils import CaptureQueriesContext
from openpyxl import Workbook

from b2b_overlay.company.models import Company, LegalEntity, Rule
from b2b_overlay.company.rules import ONE_BASE
from onec_bridge.models import Link
from onec_bridge.sync.spreadsheet import apply_sheet, preview_sheet, read_sheet
from sandbox.data import counterparties, counterparties_xlsx

HEADER = ("Код", "Наименование", "ИНН", "КПП", "Телефон")


def party(inside, ident="7c3f8d1e-0000-4000-8000-000000000001"):
    return f"<Контрагенты><Контрагент><Ид>{ident}</Ид>{inside}</Контрагент></Контрагенты>"


COMPANY = party(
    "<Наименование>Ромашка ООО</Наименование>"
    "<ОфициальноеНаименование>ООО «Ромашка»</ОфициальноеНаименование>"
    "<ИНН> 7707083893 </ИНН><КПП>773601001</КПП>"
    "<РасчетныеСчета><РасчетныйСчет><НомерСчета>40702810738000099801</НомерСчета>"
    "<Банк><БИК>044525225</БИК><Наименование>Сбербанк</Наименование></Банк></РасчетныйСчет>"
    "</РасчетныеСчета>"
    "<ЮридическийАдрес><Представление>Москва, Садовая, 1</Представление></ЮридическийАдрес>"
    "<Контакты><Контакт><Тип>ТелефонРабочий</Тип><Значение>+7 495 1</Значение></Контакт>"
    "<Контакт><Тип>Электронная почта</Тип><Значение>a@b.example</Значение></Контакт></Контакты>"
)


def test_a_counterparty_becomes_a_legal_entity_of_no_company(take):
    progress = take(COMPANY)

    entity = LegalEntity.objects.get()
    assert progress.counts == {"counterparty": {"created": 1}}
    assert entity.company is None
    assert (entity.kind, entity.name, entity.full_name) == (
        "company",
        "Ромашка ООО",
        "ООО «Ромашка»",
    )
    assert (entity.inn, entity.kpp) == ("7707083893", "773601001")
    assert (entity.phone, entity.email) == ("+7 495 1", "a@b.example")
    assert entity.legal_address == "Москва, Садовая, 1"
    assert entity.bank_accounts.get().bic == "044525225"
    assert entity.failed_checks() == []


def test_the_same_counterparty_again_is_unchanged(take):
    take(COMPANY)
    assert take(COMPANY).counts == {"counterparty": {"unchanged": 1}}

    assert take(COMPANY.replace("Садовая, 1", "Садовая, 2")).counts == {
        "counterparty": {"changed": 1}
    }
    assert LegalEntity.objects.get().legal_address == "Москва, Садовая, 2"


@pytest.mark.parametrize(
    ("names", "kind"),
    [
        (
            "<ПолноеНаименование>ИП Петров</ПолноеНаименование><ИНН>500100732259</ИНН>",
            "entrepreneur",
        ),
        ("<ПолноеНаименование>Петров Пётр</ПолноеНаименование>", "person"),
        ("<ОфициальноеНаименование>АО</ОфициальноеНаименование>", "company"),
    ],
)
def test_who_it_is_by_law_is_told_by_the_names(take, names, kind):
    take(party(f"<Наименование>Кто-то</Наименование>{names}"))

    assert LegalEntity.objects.get().kind == kind


def test_a_failed_check_digit_is_kept_and_marked(take):
    progress = take(COMPANY.replace("7707083893", "7707083894"))

    (problem,) = progress.problems
    assert (problem.code, problem.severity, problem.value) == (
        "bad_requisite",
        "warning",
        "7707083894",
    )
    assert LegalEntity.objects.get().failed_checks() == ["inn"]


def test_an_account_that_does_not_agree_with_its_bank_is_told_in_both_languages(take):
    (problem,) = take(COMPANY.replace("40702810738000099801", "40702810738000099802")).problems

    assert "Счёт не сходится с БИК 044525225" in problem.text("ru")
    assert "The account does not agree with BIC 044525225" in problem.text("en")
    assert LegalEntity.objects.get().bank_accounts.get().number == "40702810738000099802"


@pytest.mark.parametrize(
    "told",
    [
        "<ИНН>123456789</ИНН><ЮридическийАдрес><АдресноеПоле><Тип>Страна</Тип>"
        "<Значение>КАЗАХСТАН</Значение></АдресноеПоле></ЮридическийАдрес>",
        "<ЗначенияРеквизитов><ЗначениеРеквизита><Наименование>СтранаРегистрации</Наименование>"
        "<Значение>Казахстан</Значение></ЗначениеРеквизита><ЗначениеРеквизита>"
        "<Наименование>НалоговыйНомер</Наименование><Значение>123456789</Значение>"
        "</ЗначениеРеквизита></ЗначенияРеквизитов>",
    ],
)
def test_a_foreigner_is_told_by_his_country_and_his_number_is_not_taken_for_an_inn(take, told):
    progress = take(
        party(
            "<Наименование>Алма ТОО</Наименование>"
            f"<ОфициальноеНаименование>ТОО «Алма»</ОфициальноеНаименование>{told}"
        )
    )

    entity = LegalEntity.objects.get()
    assert (entity.kind, entity.country) == ("foreign", "KZ")
    assert "123456789" in (entity.inn, entity.tax_id)
    assert progress.problems == []


def test_a_russian_firm_with_an_office_abroad_stays_russian(take):
    take(
        party(
            "<Наименование>Ромашка</Наименование><ОфициальноеНаименование>ООО «Ромашка»"
            "</ОфициальноеНаименование><ИНН>7707083893</ИНН><КПП>773601001</КПП>"
            "<ЮридическийАдрес><АдресноеПоле><Тип>Страна</Тип><Значение>Беларусь</Значение>"
            "</АдресноеПоле></ЮридическийАдрес>"
        )
    )

    assert LegalEntity.objects.get().kind == "company"


def test_news_of_a_counterparty_never_moves_it_between_companies(take):
    take(COMPANY)
    company = Company.objects.create(name="Садовый центр")
    LegalEntity.objects.update(company=company)

    take(COMPANY.replace("Ромашка ООО", "Ромашка Плюс ООО"))

    entity = LegalEntity.objects.get()
    assert (entity.name, entity.company) == ("Ромашка Плюс ООО", company)


def test_a_deletion_mark_makes_it_inactive_and_its_removal_active(take):
    take(COMPANY.replace("<Наим", "<ПометкаУдаления>true</ПометкаУдаления><Наим", 1))
    assert not LegalEntity.objects.get().is_active

    take(COMPANY)
    assert LegalEntity.objects.get().is_active


def test_branches_share_an_inn_and_stay_two(take):
    take(COMPANY)
    branch = COMPANY.replace("000000000001", "000000000002").replace("773601001", "402745001")
    take(branch)

    assert LegalEntity.objects.count() == 2


def test_a_counterparty_without_a_name_is_refused_by_its_id(take):
    progress = take(party("<КПП/>"))

    assert progress.counts == {"counterparty": {"refused": 1}}
    assert progress.problems[0].source.external_id.endswith("0001")
    assert not LegalEntity.objects.exists()


# --------------------------------------------------------------------- a spreadsheet


def sheet(*rows):
    workbook = Workbook()
    for row in rows:
        workbook.active.append(row)
    stream = BytesIO()
    workbook.save(stream)
    return read_sheet(BytesIO(stream.getvalue()), "list.xlsx")


def test_the_demos_spreadsheet_goes_in_whole_and_twice_changes_nothing(connection, tmp_path):
    path = counterparties_xlsx(tmp_path / "list.xlsx")
    live = [each for each in counterparties() if not each.deleted]
    with path.open("rb") as stream:
        read = read_sheet(stream, path.name)

    assert read.problems == []
    assert apply_sheet(connection, read) == {"counterparty": {"created": len(live)}}
    assert apply_sheet(connection, read) == {"counterparty": {"unchanged": len(live)}}

    assert {e.inn for e in LegalEntity.objects.all()} == {each.inn for each in live}
    kinds = {"legal": "company", "entrepreneur": "entrepreneur", "person": "person"}
    assert {(e.name, e.kind) for e in LegalEntity.objects.all()} == {
        (each.name, kinds[each.kind]) for each in live
    }


def test_the_preview_saves_nothing(connection):
    read = sheet(HEADER, ("1", "Ромашка ООО", "7707083893", "773601001", ""))

    assert [outcome for _row, outcome in preview_sheet(connection, read)] == ["created"]

    assert not LegalEntity.objects.exists()
    assert not Link.objects.exists()


def test_a_header_stands_anywhere_under_other_words(connection):
    read = sheet(
        ("Список контрагентов",),
        (),
        ("КПП контрагента", "ИНН", "Юридическое наименование", "Контрагент"),
        ("773601001", 7707083893, "ООО «Ромашка»", "Ромашка"),
    )

    apply_sheet(connection, read)

    entity = LegalEntity.objects.get()
    assert (entity.name, entity.full_name, entity.inn) == ("Ромашка", "ООО «Ромашка»", "7707083893")


def test_a_number_that_fails_a_check_is_kept_and_named_with_its_cell(connection):
    read = sheet(
        HEADER,
        ("1", "Ромашка ООО", "77070838931", "773601001", ""),
        ("2", "ИП Лютиков", "500100732259", "773601001", ""),
    )

    told = [problem.text("ru") for problem in read.problems]
    assert "ИНН (C2) «77070838931»: ИНН из 11 цифр: у организации их 10, у ИП 12" in told[0]
    assert "КПП (D3) «773601001»: КПП бывает только у организаций" in told[1]
    assert "INN of 11 digits" in read.problems[0].text("en")
    assert apply_sheet(connection, read) == {"counterparty": {"created": 2}}
    assert LegalEntity.objects.get(name="Ромашка ООО").inn == "77070838931"


def test_two_rows_with_one_impossible_inn_stay_two(connection):
    rows = [("", name, "0000000000", "", "") for name in ("Ромашка ООО", "Лютик ООО")]

    assert apply_sheet(connection, sheet(HEADER, *rows)) == {"counterparty": {"created": 2}}
    assert apply_sheet(connection, sheet(HEADER, *rows)) == {"counterparty": {"unchanged": 2}}


def test_a_bad_cell_is_named_and_only_its_row_left_out(connection):
    read = sheet(
        HEADER,
        ("1", "Ромашка ООО", "нет", "773601001", ""),
        ("2", "Лютик ООО", "7707083893", "773601001", ""),
        ("3", "", "7707083893", "", ""),
    )

    assert [p.params["cell"] for p in read.problems] == ["C2", "B4"]
    assert "C2" in read.problems[0].text("ru")
    assert apply_sheet(connection, read) == {"counterparty": {"created": 1, "refused": 2}}
    assert LegalEntity.objects.get().name == "Лютик ООО"


def test_what_is_no_spreadsheet_or_has_no_header_is_said_so():
    assert read_sheet(BytesIO(b"PK"), "x.xlsx").problems[0].code == "sheet_unreadable"
    assert sheet(("1", "Ромашка")).problems[0].code == "sheet_without_header"


def test_a_row_without_code_is_known_by_inn_and_kpp(connection):
    row = ("", "Ромашка ООО", "7707083893", "773601001", "")
    apply_sheet(connection, sheet(HEADER, row))

    again = apply_sheet(connection, sheet(HEADER, (*row[:1], "Ромашка Плюс ООО", *row[2:])))

    assert again == {"counterparty": {"changed": 1}}
    assert LegalEntity.objects.get().name == "Ромашка Плюс ООО"


def test_the_same_firm_from_a_spreadsheet_and_from_1c_is_one(take, connection):
    apply_sheet(connection, sheet(HEADER, ("7", "Ромашка", "7707083893", "773601001", "+7 1")))

    take(COMPANY)

    assert LegalEntity.objects.get().name == "Ромашка ООО"
    assert Link.objects.filter(kind="counterparty").count() == 2


def test_who_new_cards_are_is_asked_for_all_of_them_at_once(connection):
    inns = ("7707083893", "7736050003", "7728168971")
    for inn in inns:
        LegalEntity.objects.create(name="Ромашка", inn=inn)
    rows = [(str(n), "Ромашка", inn, "", "") for n, inn in enumerate(inns)]

    def selects(*rows):
        with CaptureQueriesContext(db) as queries:
            outcomes = preview_sheet(connection, sheet(HEADER, *rows))
        assert {outcome for _row, outcome in outcomes} == {"changed"}
        return sum(query["sql"].startswith("SELECT") for query in queries)

    assert selects(*rows) == selects(rows[0])


def test_with_that_rule_switched_off_they_stay_two(take, connection):
    Rule.objects.create(code=ONE_BASE, is_on=False)
    apply_sheet(connection, sheet(HEADER, ("7", "Ромашка", "7707083893", "773601001", "+7 1")))

    take(COMPANY)

    assert LegalEntity.objects.count() == 2


def test_the_command_looks_first_and_applies_when_told(connection, tmp_path):
    path = counterparties_xlsx(tmp_path / "list.xlsx")
    out = StringIO()

    call_command("onec_counterparties", str(path), stdout=out)
    assert "created\tРомашка ООО\t5029980016" in out.getvalue()
    assert not LegalEntity.objects.exists()

    call_command("onec_counterparties", str(path), "--apply", stdout=out)
    assert LegalEntity.objects.exists()


# ------------------------------------------------------------- what was mended in the shop


def test_what_was_mended_in_the_shop_stays_until_1c_changes_its_mind(take):
    take(COMPANY)
    LegalEntity.objects.update(inn="7728168971", phone="+7 495 765-43-21", kind="foreign")

    assert take(COMPANY).counts == {"counterparty": {"unchanged": 1}}
    entity = LegalEntity.objects.get()
    assert (entity.inn, entity.phone, entity.kind) == ("7728168971", "+7 495 765-43-21", "foreign")

    take(COMPANY.replace("+7 495 1", "+7 495 2"))
    entity.refresh_from_db()
    assert (entity.inn, entity.phone) == ("7728168971", "+7 495 2")


def test_an_account_mended_in_the_shop_stays_too(take):
    take(COMPANY)
    account = LegalEntity.objects.get().bank_accounts.get()
    account.bic = "044525974"
    account.save()

    take(COMPANY)
    assert LegalEntity.objects.get().bank_accounts.get().bic == "044525974"

    take(COMPANY.replace("044525225", "044525593"))
    assert LegalEntity.objects.get().bank_accounts.get().bic == "044525593"


def test_a_link_made_before_the_card_was_remembered_takes_what_1c_says_once(take):
    take(COMPANY)
    link = Link.objects.get(kind="counterparty")
    link.data = {"told": link.data["told"]}
    link.save()
    LegalEntity.objects.update(phone="+7 495 765-43-21")

    take(COMPANY)

    assert LegalEntity.objects.get().phone == "+7 495 1"
