"""The second address: answers as the exchange would, and changes nothing in the shop."""

from __future__ import annotations

import pytest

from b2b_overlay.pricing.models import Price, PriceList
from onec_bridge.models import Link, OrderExport, Parked, ReceivedFile, Session
from sandbox import models

from .conftest import LOGIN, PASSWORD, OneC, basic, only_file
from .goods import catalogue, offers

HOW_MANY = 30


@pytest.fixture
def shop(db):
    models.Channel.objects.create(slug="ru", name="Садовник", currency="RUB")


@pytest.fixture
def dry(connection, shop):
    return OneC(basic(LOGIN, PASSWORD), path=f"/onec/exchange/{connection.token}/dry-run/")


def nothing_is_there() -> bool:
    kinds = (models.Product, models.Variant, Price, PriceList, Link, Parked, models.Stock)
    return not any(kind.objects.exists() for kind in kinds)


def whole_run(onec: OneC) -> list[str]:
    """Every answer's text of a run with a catalogue and offers, but for what differs by nature."""
    onec.sign_in()
    answers = [onec.ask("catalog", "init").text]
    for name, body in (
        ("import0_1.xml", catalogue(range(HOW_MANY))),
        ("offers0_1.xml", offers(range(HOW_MANY))),
    ):
        answers.append(onec.send("catalog", name, body, part=2000).text)
        answers.append(onec.load("catalog", name).text)
    answers.append(onec.ask("catalog", "complete").text)
    return answers


def test_a_dry_run_answers_as_the_exchange_then_does_and_changes_nothing(dry, onec):
    rehearsed = whole_run(dry)

    assert nothing_is_there()
    assert rehearsed == whole_run(onec)
    assert models.Variant.objects.count() == HOW_MANY
    assert "создано 30" in rehearsed[4]


def test_in_steps_it_comes_to_the_same(dry, onec, no_time):
    first = dry.sign_in()
    dry.send("catalog", "import0_1.xml", catalogue(range(1500)))
    words = [dry.ask("catalog", "import", filename="import0_1.xml").word for _ in range(2)]

    assert first.word == "success"
    assert words == ["progress", "success"]
    assert only_file("import0_1.xml").counts["product"] == {"parked": 1500}
    assert nothing_is_there()


def test_problems_of_a_dry_run_are_kept(dry):
    dry.sign_in()
    dry.send("catalog", "import0_1.xml", catalogue(range(2), images=True))
    dry.send("catalog", "import_files/0.png", b"picture")
    dry.load("catalog", "import0_1.xml")

    missing = [problem.value for problem in only_file("import0_1.xml").problems.all()]
    assert missing == ["import_files/1.png"]


def test_a_dry_run_and_an_exchange_dont_see_each_other(dry, onec):
    dry.sign_in()
    dry.send("catalog", "import0_1.xml", catalogue(range(3)))
    onec.sign_in()

    assert onec.ask("catalog", "import", filename="import0_1.xml").word == "failure"
    assert only_file("import0_1.xml").state == ReceivedFile.State.RECEIVED
    assert set(Session.objects.values_list("purpose", flat=True)) == {"live", "dry_run"}
    live = OneC(onec.authorization)
    live.cookie = dry.cookie
    live.authorization = None
    assert live.ask("catalog", "init").status == 401


def test_the_address_of_one_connections_dry_run_is_no_others(dry, new_onec):
    assert new_onec(path="/onec/exchange/0123456789abcdef/dry-run").sign_in().status == 401


def test_orders_are_shown_once_and_not_given(dry, monkeypatch):
    given = []
    monkeypatch.setattr("onec_bridge.sync.orders_to_give", lambda *asked: given.append(asked) or [])
    dry.sign_in("sale")

    first, second = dry.ask("sale", "query"), dry.ask("sale", "query")

    assert first.body.startswith(b"<?xml")
    assert second.body.startswith(b"<?xml")
    assert len(given) == 1
    assert dry.ask("sale", "success").word == "success"
    assert not OrderExport.objects.exists()
