"""`doctor --url`: signs in as a 1C, asks for terms and orders, sends and confirms nothing."""

from __future__ import annotations

import pytest

from onec_bridge.__main__ import main
from onec_bridge.models import Connection
from onec_bridge.sync.models import OrderExport


@pytest.fixture
def connection(db):
    found = Connection(name="УТ 11", login="ut")
    found.set_password("секрет")
    found.save()
    return found


def ask(live_server, password, capsys):
    status = main(
        [
            "doctor",
            "--url",
            f"{live_server.url}/onec/exchange/",
            "--user",
            "ut",
            "--password",
            password,
        ]
    )
    return status, capsys.readouterr().out


def test_a_site_that_answers_right_is_healthy_and_nothing_is_confirmed(
    transactional_db, connection, live_server, capsys
):
    from sandbox import models

    models.Channel.objects.create(slug="ru", name="Россия", currency="RUB")

    status, text = ask(live_server, "секрет", capsys)

    assert status == 0, text
    assert "mode=query" in text
    assert "mode=success" not in text
    assert not OrderExport.objects.filter(state="confirmed").exists()


def test_a_wrong_password_is_said_as_1c_would_show_it(
    transactional_db, connection, live_server, capsys
):
    status, text = ask(live_server, "не тот", capsys)

    assert status == 1
    assert "Авторизация не выполнена" in text
