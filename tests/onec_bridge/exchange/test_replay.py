"""An exchange again, from the files that were kept."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from b2b_overlay.pricing.models import Price
from onec_bridge.models import FilePart, ReceivedFile, Session
from sandbox import models

from .goods import catalogue, offers

HOW_MANY = 12


@pytest.fixture
def exchanged(onec, db):
    """Two exchanges: goods with a price, then another price."""
    models.Channel.objects.create(slug="ru", name="Садовник", currency="RUB")
    onec.sign_in()
    deliver(onec, "import.xml", catalogue(range(HOW_MANY)))
    deliver(onec, "offers.xml", offers(range(HOW_MANY), price="10.50"))
    onec.sign_in()
    deliver(onec, "offers.xml", offers(range(HOW_MANY), price="12.00"))
    return list(Session.objects.order_by("pk"))


def deliver(onec, name, body):
    onec.send("catalog", name, body)
    assert onec.load("catalog", name).word == "success"


def shop() -> object:
    return (
        list(models.Product.objects.order_by("pk").values_list("name", "is_published")),
        list(models.Stock.objects.order_by("pk").values_list("variant_id", "quantity")),
        list(Price.objects.order_by("pk").values_list("variant_id", "amount")),
    )


def replayed(*arguments: str) -> str:
    told = io.StringIO()
    call_command("onec_replay", *arguments, stdout=told)
    return told.getvalue()


def test_what_is_already_so_doesnt_change(exchanged):
    before = shop()

    told = replayed(str(exchanged[1].pk))

    assert shop() == before
    assert "без изменений 12" in told
    assert Session.objects.filter(purpose="replay").count() == 1


def test_an_older_exchange_is_replayed_with_those_after_it(exchanged):
    before = shop()

    replayed(str(exchanged[0].pk))

    assert shop() == before
    again = Session.objects.filter(purpose="replay").order_by("pk")
    assert [each.replays for each in again] == exchanged
    states = ReceivedFile.objects.filter(session__in=again).values_list("state", flat=True)
    assert set(states) == {"imported"}


def test_alone_it_says_what_it_said(exchanged):
    replayed(str(exchanged[0].pk), "--alone")

    assert set(Price.objects.values_list("amount", flat=True)) == {10.50}


def test_what_was_lost_in_the_shop_comes_back(exchanged):
    Price.objects.all().delete()
    models.Stock.objects.update(quantity=0)

    replayed(str(exchanged[0].pk))

    assert Price.objects.count() == HOW_MANY
    assert set(models.Stock.objects.values_list("quantity", flat=True)) == {5}


def test_a_replay_longer_than_a_request_goes_on_at_the_next_sign_in(exchanged, onec, manager):
    page = manager.post(f"/onec/journal/{exchanged[0].pk}/replay/")
    assert page.status_code == 302

    onec.sign_in()

    again = ReceivedFile.objects.filter(session__purpose="replay")
    assert set(again.values_list("state", flat=True)) == {"imported"}


def test_the_page_offers_it_to_the_desk_alone(exchanged, manager, client):
    address = f"/onec/journal/{exchanged[0].pk}/"
    assert "Загрузить ещё раз" in manager.get(address).content.decode()

    client.post(f"{address}replay/")
    assert not Session.objects.filter(purpose="replay").exists()

    shown = manager.post(f"{address}replay/", follow=True).content.decode()
    assert "Повторно файлы" in shown


def test_an_exchange_is_kept_as_it_came_for_thirty_days_and_no_longer(exchanged, onec, manager):
    first = exchanged[0]
    button = "Загрузить ещё раз"
    silent_for(days=29)
    onec.sign_in()

    (part,) = FilePart.objects.filter(file__session=first, file__name="import.xml")
    assert bytes(part.body) == catalogue(range(HOW_MANY))
    assert button in manager.get(f"/onec/journal/{first.pk}/").content.decode()
    replayed(str(first.pk), "--alone")
    assert Session.objects.filter(purpose="replay").count() == 1

    silent_for(days=31)
    onec.sign_in()

    with pytest.raises(CommandError, match="ONEC_KEEP_DAYS"):
        replayed(str(first.pk))
    assert Session.objects.filter(purpose="replay").count() == 1
    assert button not in manager.get(f"/onec/journal/{first.pk}/").content.decode()


def silent_for(**past: int) -> None:
    Session.objects.update(seen_at=timezone.now() - dt.timedelta(**past))


def test_without_a_number_the_command_lists_what_can_be_replayed(exchanged):
    assert len(replayed().splitlines()) == 3
