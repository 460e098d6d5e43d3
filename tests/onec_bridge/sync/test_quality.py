"""What there is to mend in 1C's base goes out as XLSX; mended by hand, it comes back."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils.translation import override
from openpyxl import load_workbook

from b2b_overlay.company import scanning
from b2b_overlay.company.likeness import Reason
from b2b_overlay.company.models import BankAccount, Company, LegalEntity
from b2b_overlay.terms.models import Contract
from onec_bridge.models import Connection, Link
from onec_bridge.sync.quality import totals

IDENT = "7c3f8d1e-0000-4000-8000-00000000000{}"


def card(number, inside):
    return f"<Контрагент><Ид>{IDENT.format(number)}</Ид>{inside}</Контрагент>"


ROMASHKA = card(
    1,
    "<Наименование>Ромашка ООО</Наименование>"
    "<ОфициальноеНаименование>ООО «Ромашка»</ОфициальноеНаименование>"
    "<ИНН>7707083894</ИНН><КПП>073601001</КПП>"
    "<РасчетныеСчета><РасчетныйСчет><НомерСчета>40702810738000099801</НомерСчета>"
    "<Банк><БИК>044525225</БИК><Наименование>Сбербанк</Наименование></Банк></РасчетныйСчет>"
    "</РасчетныеСчета>",
)
LUTIK = card(
    2,
    "<Наименование>=Лютик()</Наименование>"
    "<ОфициальноеНаименование>ООО «Лютик»</ОфициальноеНаименование>"
    "<Контакты><Контакт><Тип>ТелефонРабочий</Тип><Значение>+7 495 765-43-21</Значение></Контакт>"
    "</Контакты>",
)
WHOLE = card(
    3,
    "<Наименование>Целая АО</Наименование>"
    "<ОфициальноеНаименование>АО «Целая»</ОфициальноеНаименование>"
    "<ИНН>7728168971</ИНН><КПП>770801001</КПП>"
    "<Контакты><Контакт><Тип>Почта</Тип><Значение>a@b.example</Значение></Контакт></Контакты>",
)


def party(*cards):
    return f"<Контрагенты>{''.join(cards)}</Контрагенты>"


@pytest.fixture
def base(take):
    """Three counterparties of 1C, and one that the shop's staff wrote by hand."""
    take(party(ROMASHKA, LUTIK, WHOLE))
    whole = LegalEntity.objects.get(name="Целая АО")
    Contract.objects.create(legal_entity=whole)
    return LegalEntity.objects.create(name="ИП Сам", kind="entrepreneur", phone="123")


@pytest.fixture
def report(tmp_path):
    path = tmp_path / "quality.xlsx"
    call_command("onec_quality", "--out", str(path), stdout=StringIO())
    return path


class Book:
    """The report as a person sees it in Excel."""

    def __init__(self, path):
        self.path = path
        self.workbook = load_workbook(path)
        self.sheet = self.workbook.worksheets[0]
        self.titles = [cell.value for cell in self.sheet[1]]

    def row(self, name):
        at = self.titles.index("Наименование")
        return next(row for row in self.sheet.iter_rows(min_row=2) if row[at].value == name)

    def cell(self, name, title):
        return self.row(name)[self.titles.index(title)]

    def mend(self, name, values):
        for title, value in values.items():
            self.cell(name, title).value = value

    def load(self, *more):
        self.workbook.save(self.path)
        out, err = StringIO(), StringIO()
        call_command("onec_quality", "--load", str(self.path), *more, stdout=out, stderr=err)
        return out.getvalue(), err.getvalue()


@pytest.fixture
def book(base, report):
    return Book(report)


# ------------------------------------------------------------------------- the report


def test_a_counterparty_with_something_to_mend_has_a_row_and_another_none(book):
    names = [row[3].value for row in book.sheet.iter_rows(min_row=2)]

    assert sorted(names) == ["=Лютик()", "ИП Сам", "Ромашка ООО"]
    assert book.cell("Ромашка ООО", "Ид").value == IDENT.format(1)
    assert book.cell("ИП Сам", "Ид").value is None
    assert book.cell("Ромашка ООО", "Ошибки реквизитов").value == "да"
    assert book.cell("=Лютик()", "Без ИНН").value == "да"


def test_what_to_mend_is_said_in_words_and_the_wrong_cell_is_marked(book):
    said = book.cell("Ромашка ООО", "Что исправить").value
    wrong, right = book.cell("Ромашка ООО", "ИНН"), book.cell("Ромашка ООО", "БИК")

    assert "ИНН «7707083894»" in said
    assert wrong.comment is not None
    assert wrong.comment.text in said
    assert wrong.fill.fgColor.rgb.endswith("FFC7CE")
    assert right.comment is None
    assert right.fill.fill_type is None


def test_numbers_are_text_with_their_zeros_and_nothing_is_a_formula(book):
    kpp, name = book.cell("Ромашка ООО", "КПП"), book.cell("=Лютик()", "Наименование")

    assert (kpp.value, kpp.data_type, kpp.number_format) == ("073601001", "s", "@")
    assert book.cell("Ромашка ООО", "Расчётный счёт").value == "40702810738000099801"
    assert (name.data_type, name.quotePrefix) == ("s", True)
    assert book.cell("=Лютик()", "Телефон").data_type == "s"


def test_the_header_is_frozen_and_filtered(book):
    assert book.sheet.freeze_panes == "E2"
    assert book.sheet.auto_filter.ref.startswith("A1:")
    assert book.sheet.column_dimensions["A"].width > 30


def written(tmp_path):
    path = tmp_path / "again.xlsx"
    call_command("onec_quality", "--out", str(path), stdout=StringIO())
    return Book(path)


def test_whom_it_looks_like_stands_with_1cs_own_ids_and_reasons(take, base, tmp_path):
    branch = WHOLE.replace(IDENT.format(3), IDENT.format(4)).replace("770801001", "402745001")
    take(party(branch.replace("Целая АО", "Цeлая АО Калуга")))
    scanning.scan()

    book = written(tmp_path)

    said = book.cell("Цeлая АО Калуга", "Что исправить").value
    with override("ru"):
        reason = str(Reason.INN.label)
    assert f"похож на «Целая АО» (Ид {IDENT.format(3)}): {reason}" in said
    assert book.cell("Целая АО", "Похожие").value == "да"


def test_two_cards_that_are_joined_on_the_site_are_still_two_in_1c(take, base, tmp_path):
    take(party(WHOLE.replace(IDENT.format(3), IDENT.format(4)).replace("Целая", "Цeлая")))
    scanning.scan()

    book = written(tmp_path)

    said = book.cell("Цeлая АО", "Что исправить").value
    assert said.startswith("на сайте объединён с «Целая АО»")
    assert book.cell("Цeлая АО", "Объединены").value == "да"


def test_the_totals_count_each_trouble(book):
    rows = {row[0].value: row[1].value for row in book.workbook["Сводка"].iter_rows()}

    assert rows["всего"] == 4
    assert rows["есть что исправить"] == 3
    assert rows["без ИНН"] == 2
    assert rows["ИНН"] == 1
    assert rows["без договора"] == 3


def test_counterparties_of_another_1c_are_not_in_this_ones_report(base):
    other = Connection.objects.create(name="УНФ", login="unf", password="!")

    assert [found.counterparties for found in map(totals, Connection.objects.order_by("pk"))] == [
        4,
        1,
    ]
    Link.objects.update(connection=other)
    assert totals(other).counterparties == 4


def test_the_number_of_statements_does_not_grow_with_the_base(
    base, connection, django_assert_num_queries
):
    with django_assert_num_queries(6):
        totals(connection)
    LegalEntity.objects.bulk_create(LegalEntity(name=f"Фирма {n}") for n in range(300))
    with django_assert_num_queries(6):
        assert totals(connection).counterparties == 304


# ------------------------------------------------------------------------ mended, back


def known(name):
    return LegalEntity.objects.filter(name=name).values().get()


def test_mended_cells_apply_exactly_and_nothing_else_changes(book):
    before, hand = known("=Лютик()"), known("ИП Сам")
    book.mend("Ромашка ООО", {"ИНН": 7707083893, "Телефон": "+7 495 111-22-33"})
    book.mend("ИП Сам", {"ИНН": "5001 0073 2259", "E-mail": "sam@example.org"})

    out, err = book.load()

    assert "7707083894 → 7707083893" in out
    assert "'changed': 2, 'unchanged': 1, 'refused': 0" in out
    assert err == ""
    romashka = known("Ромашка ООО")
    assert (romashka["inn"], romashka["phone"]) == ("7707083893", "+7 495 111-22-33")
    assert romashka["kpp"] == "073601001"
    assert known("ИП Сам") == {**hand, "inn": "500100732259", "email": "sam@example.org"}
    assert known("=Лютик()") == before
    assert BankAccount.objects.get().number == "40702810738000099801"


def test_1c_sending_the_same_old_card_again_leaves_what_was_mended(book, take):
    book.mend("Ромашка ООО", {"ИНН": "7707083893", "БИК": "044525974"})
    book.load()

    take(party(ROMASHKA, LUTIK, WHOLE))
    assert known("Ромашка ООО")["inn"] == "7707083893"
    assert BankAccount.objects.get().bic == "044525974"

    take(party(ROMASHKA.replace("7707083894", "7736050003")))
    assert known("Ромашка ООО")["inn"] == "7736050003"


def test_an_order_still_names_the_counterparty_as_1c_does(book):
    told = Link.objects.get(external_id=IDENT.format(1)).data["told"]
    book.mend("Ромашка ООО", {"ИНН": "7707083893", "Наименование": "Ромашка"})

    book.load()

    assert Link.objects.get(external_id=IDENT.format(1)).data["told"] == told


def test_the_file_loaded_untouched_or_twice_changes_nothing(book):
    assert "'changed': 0, 'unchanged': 3" in book.load()[0]

    book.mend("Ромашка ООО", {"КПП": "773601001"})
    assert "'changed': 1, 'unchanged': 2" in book.load()[0]
    assert "'changed': 0, 'unchanged': 3" in book.load()[0]


def test_an_untouched_cell_does_not_take_back_what_1c_changed_meanwhile(book, take):
    take(party(ROMASHKA.replace("073601001", "773601001")))
    book.mend("Ромашка ООО", {"ИНН": "7707083893"})

    book.load()

    romashka = known("Ромашка ООО")
    assert (romashka["inn"], romashka["kpp"]) == ("7707083893", "773601001")


def test_where_both_changed_the_newer_stays_and_the_cell_is_named(book, take):
    take(party(ROMASHKA.replace("7707083894", "7736050003")))
    book.mend("Ромашка ООО", {"ИНН": "7707083893", "Телефон": "+7 495 111-22-33"})

    _out, err = book.load()

    cell = book.cell("Ромашка ООО", "ИНН").coordinate
    assert f"Ячейка {cell}" in err
    assert "7736050003" in err
    romashka = known("Ромашка ООО")
    assert (romashka["inn"], romashka["phone"]) == ("7736050003", "+7 495 111-22-33")


def test_an_emptied_cell_leaves_the_value_and_a_dash_clears_it(book):
    book.mend("=Лютик()", {"Телефон": None, "Полное наименование": "-"})

    book.load()

    lutik = known("=Лютик()")
    assert (lutik["phone"], lutik["full_name"]) == ("+7 495 765-43-21", "")


@pytest.mark.parametrize(
    ("title", "value"),
    [
        ("ИНН", "77070838"),
        ("КПП", "7736"),
        ("ОГРН", "abc"),
        ("E-mail", "нет"),
        ("Расчётный счёт", "123"),
        ("БИК", "1"),
        ("Наименование", "-"),
        ("Телефон", "1" * 300),
        ("Как было", "[]"),
    ],
)
def test_a_value_that_cannot_be_is_named_by_its_cell_and_its_row_left_out(book, title, value):
    before = known("Ромашка ООО")
    book.mend("=Лютик()", {"ИНН": "7707083893"})
    cell = book.cell("Ромашка ООО", title).coordinate
    book.mend("Ромашка ООО", {"Полное наименование": "Ромашка и К", title: value})

    out, err = book.load()

    assert f"Ячейка {cell}" in err
    assert "'changed': 1, 'unchanged': 1, 'refused': 1" in out
    assert LegalEntity.objects.filter(pk=before["id"]).values().get() == before
    assert known("=Лютик()")["inn"] == "7707083893"


def test_a_number_that_only_fails_its_check_is_saved_and_said(book):
    book.mend("=Лютик()", {"ИНН": "7707083890"})

    _out, err = book.load()

    assert "7707083890" in err
    assert known("=Лютик()")["inn"] == "7707083890"


def test_the_length_of_the_inn_says_who_it_is_by_law(book):
    book.mend("=Лютик()", {"ИНН": "500100732259"})
    book.mend("ИП Сам", {"ИНН": "7707083893"})

    book.load()

    assert known("=Лютик()")["kind"] == "entrepreneur"
    assert known("ИП Сам")["kind"] == "company"


def test_an_account_is_mended_added_and_removed(book):
    book.mend("Ромашка ООО", {"Расчётный счёт": "-"})
    number = "40702810938000012345"
    book.mend("ИП Сам", {"Расчётный счёт": number, "БИК": "044525225", "Банк": "Сбербанк"})

    book.load()

    account = BankAccount.objects.get()
    assert (account.legal_entity.name, account.number) == ("ИП Сам", number)
    assert (account.bic, account.bank_name) == ("044525225", "Сбербанк")


def test_an_unknown_or_repeated_counterparty_is_refused(book):
    book.mend("Ромашка ООО", {"Ид": IDENT.format(9), "Телефон": "1"})
    book.mend("ИП Сам", {"Ид": IDENT.format(2), "Телефон": "2"})

    out, err = book.load()

    assert "'refused': 2" in out
    assert IDENT.format(9) in err
    assert "уже встретился" in err
    assert not LegalEntity.objects.filter(phone__in=["1", "2"]).exists()


def test_a_counterparty_of_another_1c_is_not_reached_by_its_number_on_the_site(book):
    other = Connection.objects.create(name="УНФ", login="unf", password="!")
    whole = LegalEntity.objects.get(name="Целая АО")
    Link.objects.filter(local_id=str(whole.pk)).update(connection=other)
    book.mend("ИП Сам", {"№ на сайте": str(whole.pk), "Телефон": "999", "Как было": None})
    connection = Connection.objects.get(login="1c")
    book.workbook.save(book.path)

    err = StringIO()
    call_command(
        "onec_quality", connection.login, "--load", str(book.path), stdout=StringIO(), stderr=err
    )

    assert "№ на сайте" in err.getvalue()
    assert not LegalEntity.objects.filter(phone="999").exists()


def test_a_dry_run_saves_nothing(book):
    book.mend("Ромашка ООО", {"ИНН": "7707083893"})

    out, _err = book.load("--dry-run")

    assert "7707083894 → 7707083893" in out
    assert known("Ромашка ООО")["inn"] == "7707083894"


def test_what_is_no_report_is_refused(connection, tmp_path):
    path = tmp_path / "x.xlsx"
    path.write_bytes(b"PK")

    with pytest.raises(CommandError, match=r"x\.xlsx"):
        call_command("onec_quality", "--load", str(path), stderr=StringIO())


def test_the_report_is_not_taken_for_a_list_of_counterparties(book):
    before = LegalEntity.objects.count()
    err = StringIO()

    with pytest.raises(CommandError):
        call_command("onec_counterparties", str(book.path), "--apply", stderr=err)

    assert "Качество базы" in err.getvalue()
    assert LegalEntity.objects.count() == before


def test_mending_never_moves_a_counterparty_between_companies(book):
    company = Company.objects.create(name="Садовый центр")
    LegalEntity.objects.filter(name="Ромашка ООО").update(company=company)
    book.mend("Ромашка ООО", {"ИНН": "7707083893"})

    book.load()

    assert LegalEntity.objects.get(name="Ромашка ООО").company == company
