"""The first load: companies, their parents and legal entities from one spreadsheet."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils.translation import override
from openpyxl import Workbook, load_workbook

from b2b_overlay.company.models import Buyer, Company, LegalEntity
from onec_bridge.sync.models import Kind, Link
from sandbox.models import User

pytestmark = pytest.mark.django_db

HEADER = ("Клиент", "Входит в", "Вид", "Менеджер", "Группа", "Код", "ИНН", "КПП", "Юрлицо")


@pytest.fixture
def manager(db) -> User:
    return User.objects.create_user("desk@example.org", "-", is_staff=True)


@pytest.fixture
def load(tmp_path, manager, connection):
    """Run the command over these rows; answers what it said and complained of."""

    def run(*rows, header=HEADER, by="desk@example.org", **options):
        book = Workbook()
        for row in (header, *rows):
            book.active.append(row)
        book.save(tmp_path / "companies.xlsx")
        out, err = StringIO(), StringIO()
        with override("ru"):
            call_command(
                "b2b_companies",
                str(tmp_path / "companies.xlsx"),
                by=by,
                stdout=out,
                stderr=err,
                **options,
            )
        return out.getvalue().strip(), err.getvalue().strip()

    return run


def entity(name: str, inn: str = "", kpp: str = "", code: str = "", connection=None) -> LegalEntity:
    row = LegalEntity.objects.create(name=name, inn=inn, kpp=kpp)
    if code:
        Link.objects.create(
            connection=connection,
            kind=Kind.COUNTERPARTY,
            external_id=f"Код:{code}",
            local_id=str(row.pk),
        )
    return row


def snapshot() -> list[object]:
    rows = Company.objects.order_by("pk").values_list("name", "parent__name", "kind", "manager")
    owned = LegalEntity.objects.order_by("pk").values_list("name", "company__name")
    return [*rows, *owned]


def test_a_holding_with_its_branches_is_made_and_the_file_again_changes_nothing(
    load, manager, connection
):
    entity("ООО «Ромашка»", "7707083893", "773601001")
    entity("ООО «Ромашка» филиал", "7707083893", "780101001")
    coded = entity("Лютик", code="00-17", connection=connection)
    rows = (
        ("Филиал СПб", "Ромашка", "филиал", "DESK@example.org", "", "", "7707083893", "780101001"),
        ("Ромашка", "", "холдинг", "desk@example.org", "Дилеры", "", "7707083893", "773601001"),
        ("Отдел", "Филиал СПб", "подразделение", "", "", "00-17", "", ""),
    )

    said, wrong = load(*rows)

    assert (said, wrong) == (
        "заведено клиентов: 3; юрлиц отнесено к клиентам: 3; указано головных: 2",
        "",
    )
    branch = Company.objects.get(name="Филиал СПб")
    assert (branch.parent.name, branch.kind, branch.manager) == ("Ромашка", "branch", manager)
    assert [each.name for each in branch.parent.groups.all()] == ["Дилеры"]
    assert LegalEntity.objects.get(pk=coded.pk).company.parent == branch
    assert Company.objects.get(name="Отдел").manager is None
    assert not Company.objects.filter(is_active=True).exists()

    before = snapshot()
    assert load(*rows) == ("ничего нового", "")
    assert snapshot() == before


def test_looking_first_saves_nothing(load):
    entity("ООО «Ромашка»", "7707083893", "773601001")

    said, _wrong = load(
        ("Ромашка", "Холдинг", "", "", "", "", "7707083893", "773601001"), dry_run=True
    )

    assert "заведено клиентов: 2" in said
    assert "ничего не записано" in said
    assert not Company.objects.exists()


def test_a_mistake_names_its_cell_and_leaves_only_its_row_out(load, connection):
    taken = entity("ООО «Чужие»", "7728168971", "770801001")
    taken.company = Company.objects.create(name="Чужие")
    taken.save()
    entity("ООО «Две»", "7736050003", "773601001")
    entity("ООО «Две» филиал", "7736050003", "780101001")

    said, wrong = load(
        ("А", "", "завод"),
        ("Б", "", "", "nobody@example.org"),
        ("В", "", "", "", "", "00-99"),
        ("Г", "", "", "", "", "", "7736050003"),
        ("Д", "", "", "", "", "", "7728168971", "770801001"),
        ("Е", "", "", "", "", "", "77070838931", "", "ООО «Ошибка»"),
        ("Ж", "", "", "", "", "", "", "", "Нет такого"),
        ("", "Ромашка"),
        ("Хорошая", ""),
    )

    cells = [line.split(":")[0] for line in wrong.splitlines()]
    assert cells == [f"Ячейка {cell}" for cell in ("C2", "D3", "F4", "G5", "G6", "G7", "I8", "A9")]
    assert "ИНН из 11 цифр" in wrong
    assert "уже относится к клиенту «Чужие»" in wrong
    assert said == "заведено клиентов: 1; замечаний: 8"
    assert set(Company.objects.values_list("name", flat=True)) == {"Чужие", "Хорошая"}


def test_a_circle_in_the_file_is_told_with_its_chain(load):
    said, wrong = load(("А", "Б"), ("Б", "В"), ("В", "А"))

    assert wrong.startswith("Ячейка B4: «А» уже входит в «Б» → «В»")
    assert "указано головных: 2" in said


def test_a_legal_entity_that_1c_has_not_sent_is_written_down(load):
    said, wrong = load(("Ромашка", "", "", "", "", "", "7707083893", "773601001", "ООО «Ромашка»"))

    assert wrong == ""
    assert "из них заведено новых: 1" in said
    assert LegalEntity.objects.get().company.name == "Ромашка"


def test_of_two_with_one_name_the_number_says_which(load):
    _first, second = (Company.objects.create(name="Ромашка") for _n in range(2))

    _said, wrong = load(("Филиал", "Ромашка"))
    assert "допишите # и номер" in wrong

    load(("Филиал", f"Ромашка #{second.pk}"))
    assert Company.objects.get(name="Филиал").parent == second


def test_buyers_get_accounts_and_their_codes_go_into_a_file_once(load, tmp_path):
    entity("ООО «Ромашка»", "7707083893", "773601001")
    known = User.objects.create_user("olga@example.org", "-")
    header = ("Клиент", "ИНН", "Закупщик", "Почта", "Роль")
    rows = (
        ("Ромашка", "7707083893", "Иван Петров", "", ""),
        ("Ромашка", "7707083893", "Ольга", "olga@example.org", "бухгалтер"),
    )
    codes = tmp_path / "codes.xlsx"

    with pytest.raises(CommandError):
        load(*rows, header=header)
    said, wrong = load(*rows, header=header, invitations=codes, site="https://shop.ru/b2b/")

    assert (wrong, "закупщиков: 2" in said) == ("", True)
    sheet = [[cell.value for cell in row] for row in load_workbook(codes).active.iter_rows()]
    assert len(sheet) == 2
    assert sheet[1][:2] == ["Ромашка", "Иван Петров"]
    assert sheet[1][4].startswith("https://shop.ru/b2b/join/")
    assert codes.stat().st_mode & 0o077 == 0
    assert Buyer.objects.get(user=known).role == "accountant"
    assert Buyer.objects.count() == 2

    with pytest.raises(CommandError):
        load(*rows, header=header, invitations=codes)
    codes.unlink()
    assert load(*rows, header=header, invitations=codes)[0] == "ничего нового"
    assert not codes.exists()


def test_only_the_staff_may_stand_behind_it(load):
    User.objects.create_user("customer@example.org", "-")

    with pytest.raises(CommandError):
        load(("Ромашка",), by="customer@example.org")
    assert not Company.objects.exists()
