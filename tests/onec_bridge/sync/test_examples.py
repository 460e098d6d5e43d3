"""What the documentation shows the 1C programmer is really taken: the very files, as elements, as
CSV and as XLSX."""

from __future__ import annotations

import csv
import datetime as dt
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from openpyxl import Workbook
from test_goods import offers

from b2b_overlay.company.models import LegalEntity
from b2b_overlay.pricing.assign import assignments_of
from b2b_overlay.terms.models import Contract, Organization, Settlement
from onec_bridge.models import Link
from sandbox import models

EXAMPLES = Path(__file__).parents[3] / "docs" / "examples"
IDENT = "7c3f8d1e-0000-4000-8000-00000000000{}"
TYPE = """<ТипыЦен><ТипЦены><Ид>a3f5c6d8-0000-4000-8000-000000000001</Ид>
<Наименование>Дилерская</Наименование><Валюта>руб.</Валюта></ТипЦены></ТипыЦен>"""


@pytest.fixture
def anna(channel):
    return models.User.objects.create_user("anna@example.org", "длинный пароль", is_staff=True)


def known_counterparties(connection):
    """The legal entities that the examples' two counterparties are here."""
    made = []
    for number, inn in enumerate(("7736050003", "7728168971"), 1):
        entity = LegalEntity.objects.create(name=f"Контрагент {number}", inn=inn)
        Link.objects.create(
            connection=connection,
            kind="counterparty",
            external_id=IDENT.format(number),
            local_id=str(entity.pk),
        )
        made.append(entity)
    return made


@pytest.fixture
def entities(connection, take, anna):
    """Two counterparties and a price type that 1C has sent, and the seller's organisation."""
    Organization.objects.create(name="ООО «Садовник»", inn="7707083893")
    take(offers(types=TYPE))
    return known_counterparties(connection)


def command(name, path):
    err = StringIO()
    call_command(name, str(path), "--apply", stdout=StringIO(), stderr=err)
    assert err.getvalue() == ""


def elements(take, _folder):
    progress = take(EXAMPLES / "terms.xml")
    assert progress.problems == []


def as_csv(_take, _folder):
    command("onec_contracts", EXAMPLES / "contracts.csv")
    command("onec_settlements", EXAMPLES / "settlements.csv")


def as_xlsx(_take, folder):
    for name in ("contracts", "settlements"):
        book = Workbook()
        for row in csv.reader((EXAMPLES / f"{name}.csv").open(encoding="utf-8"), delimiter=";"):
            book.active.append(row)
        book.save(folder / f"{name}.xlsx")
        command(f"onec_{name}", folder / f"{name}.xlsx")


@pytest.mark.parametrize("way", [elements, as_csv, as_xlsx])
def test_the_examples_of_the_documentation_are_taken_as_they_stand(
    entities, anna, take, tmp_path, way
):
    way(take, tmp_path)

    first, second = entities
    contract = Contract.objects.get(legal_entity=first, number="ОПТ-101")
    assert (contract.payment_days, contract.credit_limit) == (30, Decimal(500000))
    assert contract.organization.inn == "7707083893"
    assert [each.price_list.name for each in assignments_of(contract)] == ["Дилерская"]
    assert Contract.objects.get(legal_entity=second, number="ОПТ-102").credit_limit is None
    owed = Settlement.objects.filter(legal_entity=first).order_by("-amount")
    assert [(each.document, each.amount, each.due_date) for each in owed] == [
        ("Реализация 00-000123", Decimal(80000), dt.date(2026, 12, 2)),
        ("Оплата 00-000045", Decimal(-5000), None),
    ]
    assert [each.amount for each in Settlement.objects.filter(legal_entity=second)] == [0]
    first.refresh_from_db()
    if way is elements:
        assert first.company.manager == anna
