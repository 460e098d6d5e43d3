"""Взаиморасчёты from a spreadsheet of 1C: whose they are, what is wrong, what replaces what."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from openpyxl import Workbook

from b2b_overlay.company.models import LegalEntity
from b2b_overlay.terms.models import Contract, Settlement
from onec_bridge.models import Connection, Link

IDENT = "7c3f8d1e-0000-4000-8000-00000000000{}"
HEADER = ("Ид", "Код", "Контрагент", "ИНН", "КПП", "Договор", "Документ", "Дата", "Сумма",
          "Валюта", "Срок оплаты")  # fmt: skip


@pytest.fixture
def entities(connection):
    """«Ромашка» by Ид with a contract, «Лютик» by Код, «Астра» by INN; all of this 1C."""
    made = {}
    for number, (name, ident, inn) in enumerate(
        [
            ("Ромашка", IDENT.format(1), "7707083893"),
            ("Лютик", "Код:000000002", "7736050003"),
            ("Астра", IDENT.format(3), "7728168971"),
        ]
    ):
        entity = LegalEntity.objects.create(name=name, inn=inn, kpp=f"77360100{number}")
        Link.objects.create(
            connection=connection, kind="counterparty", external_id=ident, local_id=str(entity.pk)
        )
        made[name] = entity
    Contract.objects.create(legal_entity=made["Ромашка"], number="ОПТ-1")
    return made


@pytest.fixture
def load(connection, tmp_path):
    def loaded(*rows, header=HEADER, more=("--apply",)):
        workbook = Workbook()
        for row in (header, *rows):
            workbook.active.append(row)
        path = tmp_path / "долги.xlsx"
        workbook.save(path)
        out, err = StringIO(), StringIO()
        call_command("onec_settlements", str(path), *more, stdout=out, stderr=err)
        return out.getvalue(), err.getvalue()

    return loaded


def row(ident="", code="", inn="", kpp="", **more):
    cells = {
        "contract": "",
        "document": "Реализация 00-000123",
        "day": "01.03.2026",
        "amount": 1000.5,
        "currency": "руб.",
        "due": "15.03.2026",
        **more,
    }
    return (ident, code, "", inn, kpp, *cells.values())


def owed(entity):
    return [
        (each.document, each.amount)
        for each in Settlement.objects.filter(legal_entity=entity).order_by("pk")
    ]


def test_each_counterparty_is_known_by_what_1c_calls_it(entities, load):
    out, err = load(
        row(ident=IDENT.format(1).upper()),
        row(code="000000002", amount="2 000,00"),
        row(inn="7728168971", kpp="773601002", amount=3),
        ("", "", "Итого", "", "", "", "", "", 3003.5, "", ""),
    )

    assert err == ""
    assert "counterparties: 3, documents: 3" in out
    assert [owed(each)[0][1] for each in entities.values()] == [
        Decimal("1000.50"),
        Decimal(2000),
        Decimal(3),
    ]


def test_dates_sum_and_source_are_as_told(entities, load):
    load(row(ident=IDENT.format(1), day=date(2026, 3, 1), due="2026-03-15"))

    told = Settlement.objects.get()
    assert (told.document_date, told.due_date) == (date(2026, 3, 1), date(2026, 3, 15))
    assert (told.document, told.currency, told.source) == (
        "Реализация 00-000123",
        "RUB",
        "долги.xlsx",
    )


@pytest.mark.parametrize("told", ["ОПТ-1", "опт 1", "Договор № ОПТ-1 от 01.03.2026", "№ОПТ-1"])
def test_the_contract_is_found_by_its_number(entities, load, told):
    load(row(ident=IDENT.format(1), contract=told))

    assert Settlement.objects.get().contract == Contract.objects.get()


def test_a_contract_that_is_not_here_costs_only_the_contract(entities, load):
    _out, err = load(row(ident=IDENT.format(1), contract="ОПТ-9"))

    assert "F2" in err
    assert "ОПТ-9" in err
    assert Settlement.objects.get().contract is None


def test_another_counterpartys_contract_is_not_taken(entities, load):
    load(row(code="000000002", contract="ОПТ-1"))

    assert Settlement.objects.get().contract is None


@pytest.mark.parametrize(
    ("cell", "wrong"),
    [
        ("I3", {"amount": "много"}),
        ("I3", {"amount": None}),
        ("I3", {"amount": 10.123}),
        ("I3", {"amount": 10**15}),
        ("H3", {"day": "31.02.2026"}),
        ("K3", {"due": "завтра"}),
        ("J3", {"currency": "тугрик"}),
    ],
)
def test_a_wrong_cell_is_named_and_its_counterparty_keeps_what_was_known(
    entities, load, cell, wrong
):
    load(row(ident=IDENT.format(1), document="Прежний"))

    out, err = load(
        row(ident=IDENT.format(1), document="Новый"),
        row(ident=IDENT.format(1), document="Ошибка", **wrong),
        row(code="000000002"),
    )

    assert cell in err
    assert "rows refused: 2" in out
    assert owed(entities["Ромашка"]) == [("Прежний", Decimal("1000.50"))]
    assert owed(entities["Лютик"]) == [("Реализация 00-000123", Decimal("1000.50"))]


def test_a_counterparty_that_is_not_here_is_named(entities, load):
    out, err = load(row(ident=IDENT.format(9)), row(inn="1"), row())

    assert "A2" in err
    assert "D3" in err
    assert "rows refused: 3" in out
    assert not Settlement.objects.exists()


def test_an_inn_of_several_branches_needs_the_kpp(entities, load):
    LegalEntity.objects.create(name="Астра Калуга", inn="7728168971", kpp="402745001")

    _out, err = load(row(inn="7728168971"))
    assert "КПП" in err
    assert not Settlement.objects.exists()

    load(row(inn="7728168971", kpp="402745001"))
    assert Settlement.objects.get().legal_entity.name == "Астра Калуга"


def test_a_document_that_is_no_longer_there_is_settled(entities, load):
    load(row(ident=IDENT.format(1), document="Старый"), row(code="000000002"))

    load(row(ident=IDENT.format(1), document="Новый"))

    assert owed(entities["Ромашка"]) == [("Новый", Decimal("1000.50"))]
    assert owed(entities["Лютик"]) == [("Реализация 00-000123", Decimal("1000.50"))]


def test_a_whole_file_says_that_the_others_owe_nothing(entities, load):
    other = Connection.objects.create(name="УНФ", login="unf", password="!")
    theirs = LegalEntity.objects.create(name="Чужой базы")
    Link.objects.create(
        connection=other, kind="counterparty", external_id="x", local_id=str(theirs.pk)
    )
    Settlement.objects.create(
        legal_entity=theirs, amount=5, told_at=datetime(2026, 1, 1, tzinfo=UTC)
    )
    first = ("--apply", "--connection", "1c")
    load(row(code="000000002"), more=first)

    load(row(ident=IDENT.format(1)), more=(*first, "--whole"))

    assert owed(entities["Лютик"]) == [("", Decimal(0))]
    assert owed(theirs) == [("", Decimal(5))]


def test_a_whole_file_with_a_mistake_takes_nobodys_debt_off(entities, load):
    load(row(code="000000002"))

    load(row(ident=IDENT.format(1)), row(ident=IDENT.format(9)), more=("--apply", "--whole"))

    assert owed(entities["Лютик"]) == [("Реализация 00-000123", Decimal("1000.50"))]
    assert owed(entities["Ромашка"])


def test_an_older_file_changes_nothing(entities, load):
    load(row(ident=IDENT.format(1), document="Новый"))
    yesterday = (datetime.now(tz=UTC) - timedelta(days=1)).isoformat()

    out, _err = load(
        row(ident=IDENT.format(1), document="Старый"), more=("--apply", "--told-at", yesterday)
    )

    assert "older than known: 1" in out
    assert owed(entities["Ромашка"]) == [("Новый", Decimal("1000.50"))]


def test_debts_of_one_that_was_joined_go_to_whom_it_is_joined(entities, load):
    LegalEntity.objects.filter(name="Лютик").update(merged_into=entities["Ромашка"])

    load(row(ident=IDENT.format(1), document="Свой"), row(code="000000002", document="Его"))

    assert owed(entities["Ромашка"]) == [
        ("Свой", Decimal("1000.50")),
        ("Его", Decimal("1000.50")),
    ]
    assert owed(entities["Лютик"]) == []


def test_looking_saves_nothing(entities, load):
    out, _err = load(row(ident=IDENT.format(1)), more=())

    assert "Ромашка\tРеализация 00-000123\t1000.50 RUB" in out
    assert not Settlement.objects.exists()


def test_a_sheet_without_sums_is_said_to_have_no_debts(entities, load):
    with pytest.raises(CommandError):
        load(("1", "2"), header=("Ид", "Наименование"))
