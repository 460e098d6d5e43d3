"""What a file changes stands in the history with the file's name, however it came."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from django.core.management import call_command
from openpyxl import Workbook

from b2b_overlay.company.models import LegalEntity
from b2b_overlay.history import TRACKED
from onec_bridge.commerceml import records as r
from onec_bridge.commerceml.writer import Format, write_counterparties

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _channel(db):
    from sandbox import models

    models.Channel.objects.create(slug="ru", name="Садовник", currency="RUB")


def told():
    """Who, by which way and where, of each change of a legal entity, the oldest first."""
    event = next(each.event for each in TRACKED if each.model is LegalEntity)
    rows = event._base_manager.order_by("pgh_id")
    return list(rows.values_list("pgh_label", "pgh_context"))


def sent(onec, name: str, phone: str = "") -> None:
    party = r.Counterparty(
        id="c-1", name="ООО «Ромашка»", inn="7707083893", kpp="770701001", role="Покупатель"
    )
    how = Format(generated_at=dt.datetime(2026, 11, 24, 8, tzinfo=dt.UTC), schema="2.07")
    onec.sign_in("sale")
    onec.send("sale", name, b"".join(write_counterparties([party], how)))
    assert onec.load("sale", name).word == "success"


def test_a_file_of_1c_is_recorded_with_its_connection(onec):
    sent(onec, "contragents.xml")

    here = {"who": None, "via": "exchange", "where": "contragents.xml"}
    assert told() == [("insert", {**here, "file": "contragents.xml", "connection": "УТ 11"})]


def test_the_same_file_again_adds_nothing_to_the_history(onec):
    sent(onec, "contragents.xml")
    before = told()

    sent(onec, "contragents.xml")

    assert told() == before


def test_a_spreadsheet_loaded_by_a_command_is_recorded_with_its_name(connection, tmp_path: Path):
    book = Workbook()
    book.active.append(["Код", "Наименование", "ИНН", "КПП"])
    book.active.append(["00-1", "ООО «Ромашка»", "7707083893", "770701001"])
    book.save(tmp_path / "список.xlsx")

    call_command("onec_counterparties", str(tmp_path / "список.xlsx"), "--apply", verbosity=0)

    (first, *_more) = told()
    assert first == (
        "insert",
        {"who": None, "via": "command", "where": "onec_counterparties", "file": "список.xlsx"},
    )
