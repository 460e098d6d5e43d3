"""Companies and contracts that began in spreadsheets stay the same when 1C comes."""

from __future__ import annotations

from io import BytesIO

import pytest

from b2b_overlay.company.models import LegalEntity
from b2b_overlay.terms.models import Contract
from onec_bridge.sync.models import Kind, Link
from onec_bridge.sync.spreadsheet import apply_sheet, read_sheet

from .conftest import xlsx

HEADER = ["Код", "Наименование", "ИНН", "КПП"]


@pytest.fixture
def companies(connection):
    rows = [
        HEADER,
        ["К-1", "Ромашка ООО", "7707083893", "773601001"],
        ["К-2", "Петров Иван", "", ""],
    ]
    apply_sheet(connection, read_sheet(BytesIO(xlsx(rows)), "Контрагенты.xlsx"))
    return {row.name: row for row in LegalEntity.objects.all()}


def party(guid, name, *, inn="", kpp="", code=""):
    extra = (
        "<ЗначенияРеквизитов><ЗначениеРеквизита><Наименование>Код</Наименование>"
        f"<Значение>{code}</Значение></ЗначениеРеквизита></ЗначенияРеквизитов>"
        if code
        else ""
    )
    return (
        f"<Контрагент><Ид>{guid}</Ид><Наименование>{name}</Наименование>"
        f"<ИНН>{inn}</ИНН><КПП>{kpp}</КПП>{extra}</Контрагент>"
    )


def link(guid):
    return Link.objects.get(kind=Kind.COUNTERPARTY, external_id=guid).local_id


@pytest.mark.parametrize(
    "how", [{"inn": "7707083893", "kpp": "773601001"}, {"code": "К-1"}], ids=["inn", "code"]
)
def test_a_company_is_taken_over_by_code_or_by_inn_and_kpp(companies, exchange, how):
    romashka = companies["Ромашка ООО"]
    contract = Contract.objects.create(legal_entity=romashka, number="17", payment_days=14)

    exchange(f"<Контрагенты>{party('g-1', 'Ромашка', **how)}</Контрагенты>")

    assert LegalEntity.objects.count() == 2
    assert link("g-1") == str(romashka.pk)
    contract.refresh_from_db()
    assert contract.legal_entity == romashka


def test_whom_only_his_code_names_is_taken_over_by_it(companies, exchange):
    exchange(f"<Контрагенты>{party('g-2', 'Петров Иван', code='К-2')}</Контрагенты>")

    assert LegalEntity.objects.count() == 2
    assert link("g-2") == str(companies["Петров Иван"].pk)


def test_the_sheet_again_changes_nothing(companies, exchange, connection):
    exchange(f"<Контрагенты>{party('g-2', 'Петров Иван', code='К-2')}</Контрагенты>")
    again = read_sheet(BytesIO(xlsx([HEADER, ["К-2", "Петров Иван", "", ""]])), "x.xlsx")

    counts = apply_sheet(connection, again)

    assert counts == {"counterparty": {"unchanged": 1}}
    assert LegalEntity.objects.count() == 2
