"""``deactivate``: goods a full export didn't bring, and the brake."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import F

from onec_bridge.models import AbsentGoods, Link, MetProduct
from sandbox import models

from .goods import catalogue, good, offers

ALL = range(20)


@pytest.fixture
def sold(onec, connection, db):
    """Twenty goods of 1C are on sale, and the connection obeys ``deactivate``, up to 10 %."""
    models.Channel.objects.create(slug="ru", name="Садовник", currency="RUB")
    connection.takes_off_absent = True
    connection.save()
    export(onec, ALL)
    assert on_sale() == len(ALL)
    # A run is told apart by the second it began in.
    connection.sessions.update(started_at=F("started_at") - timedelta(hours=1))
    return onec


def export(onec, numbers, *, timestamp: str | None = None):
    """A full export; returns the answer to ``deactivate``."""
    first = onec.sign_in().lines[4].removeprefix("timestamp=")
    onec.send("catalog", "import.xml", catalogue(numbers))
    onec.load("catalog", "import.xml")
    onec.sign_in()
    onec.send("catalog", "offers.xml", offers(numbers))
    onec.load("catalog", "offers.xml")
    return onec.ask("catalog", "deactivate", timestamp=timestamp or first)


def on_sale() -> int:
    return models.Product.objects.filter(is_published=True).count()


def test_goods_that_didnt_come_are_taken_off_sale(sold):
    answered = export(sold, ALL[:18])

    assert answered.word == "success"
    assert "2 из 20" in answered.text
    assert on_sale() == 18
    assert sold.ask("catalog", "deactivate", timestamp="1").word == "success"
    assert on_sale() == 18


def test_they_are_on_sale_again_when_they_come_again(sold):
    export(sold, ALL[:18])
    answered = export(sold, ALL)

    assert answered.word == "success"
    assert on_sale() == 20
    assert not Link.objects.filter(data__absent=True).exists()


def test_more_than_the_connection_allows_is_asked_first(sold):
    answered = export(sold, ALL[:17])

    assert answered.word == "success"
    assert "3 из 20" in answered.text
    assert "решает менеджер" in answered.text
    assert on_sale() == 20
    assert AbsentGoods.objects.latest("pk").state == "asked"


@pytest.mark.parametrize(("decision", "left"), [("take", 17), ("keep", 20)])
def test_the_desk_decides(sold, manager, decision, left):
    export(sold, ALL[:17])
    session = AbsentGoods.objects.latest("pk").session_id
    page = manager.get(f"/onec/journal/{session}/")
    assert "Снять с продажи" in page.content.decode()

    manager.post(f"/onec/journal/{session}/absent/", {"decision": decision})

    assert on_sale() == left
    assert AbsentGoods.objects.get(session=session).decided_by is not None
    manager.post(f"/onec/journal/{session}/absent/", {"decision": "take"})
    assert on_sale() == left


def test_a_buyer_decides_nothing(sold, client):
    export(sold, ALL[:17])
    session = AbsentGoods.objects.latest("pk").session_id

    client.post(f"/onec/journal/{session}/absent/", {"decision": "take"})

    assert on_sale() == 20


def test_unless_the_connection_says_so_everything_stays(sold, connection):
    connection.takes_off_absent = False
    connection.save()

    answered = export(sold, ALL[:18])

    assert "остаются в продаже" in answered.text
    assert on_sale() == 20


def test_a_timestamp_that_isnt_ours_takes_nothing_off(sold):
    for timestamp in ("1", "99999999999", "yesterday", "9" * 40):
        assert export(sold, ALL[:18], timestamp=timestamp).word == "success"
    assert on_sale() == 20


def test_an_export_with_a_file_that_failed_isnt_complete(sold):
    timestamp = sold.sign_in().lines[4].removeprefix("timestamp=")
    sold.send("catalog", "broken.xml", b"<?xml version='1.0'?><html></html>")
    sold.load("catalog", "broken.xml")
    sold.send("catalog", "import.xml", catalogue(ALL[:18]))
    sold.load("catalog", "import.xml")

    answered = sold.ask("catalog", "deactivate", timestamp=timestamp)

    assert "broken.xml" in answered.text
    assert on_sale() == 20


def test_what_1c_marked_as_deleted_isnt_counted_as_absent(sold):
    deleted = catalogue(ALL[18:]).replace("<Товар>".encode(), '<Товар Статус="Удален">'.encode())
    sold.sign_in()
    sold.send("catalog", "import.xml", deleted)
    sold.load("catalog", "import.xml")
    assert on_sale() == 18

    export(sold, ALL[:18])

    assert AbsentGoods.objects.latest("pk").absent == 0
    assert MetProduct.objects.filter(external_id=good(0)).exists()
