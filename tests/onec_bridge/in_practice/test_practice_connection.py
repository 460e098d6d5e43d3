"""in_practice.md, 1–8: connection and session."""

from __future__ import annotations

import pytest
from practice import GROUPS, catalogue, cml, offer, offers, price, product

from onec_bridge import sync
from onec_bridge.models import ReceivedFile, Session
from onec_bridge.simulator import BITRIX, ROZNICA, UT11, table
from sandbox import models

GOODS = {
    "import0_1.xml": cml(GROUPS, catalogue(product())),
    "offers0_1.xml": cml(offers(offer(price("retail", "1000")))),
}


def test_01_a_header_that_a_proxy_ate_is_told_from_a_wrong_password(shop):
    eaten = shop.base(drops=["Authorization"]).step("checkauth", "catalog")
    wrong = shop.base(password="не тот").step("checkauth", "catalog")

    assert "Authorization не дошёл" in _shown(eaten) or "заголовок Authorization" in _shown(eaten)
    assert "Неверное имя пользователя или пароль" in _shown(wrong)
    assert {step.faults[0].rule for step in (eaten, wrong)} == {"auth_refused"}


@pytest.mark.parametrize("path", ["", "/", "/{token}", "/{token}/"])
def test_02_no_spelling_of_the_address_is_redirected(shop, path):
    url = f"http://shop.example/onec/exchange{path}".format(token=shop.connection.token)
    step = shop.base(url=url).step("checkauth", "catalog")

    assert (step.answer.status, step.answer.location) == (200, "")
    assert not step.faults


def test_03_a_session_lost_on_the_way_loses_nothing(shop):
    lost = shop.send(GOODS, loses_cookie=True)
    assert "Cookie" not in str(lost.steps)
    assert models.Variant.objects.count() == 1

    base = shop.base()
    base.step("checkauth", "catalog")
    began = Session.objects.latest("pk").seen_at
    base.step("init", "catalog")
    assert Session.objects.latest("pk").seen_at > began, "it lives on with each request"


def test_04_sessid_is_given_and_never_demanded(shop):
    without = shop.send(GOODS, UT11)
    stale = shop.send(GOODS, UT11, keeps_first_key=True)
    with_it = shop.send(GOODS, BITRIX)

    assert not any("sessid" in step.request for step in without.steps)
    assert all("sessid" in step.request for step in (*stale.steps, *with_it.steps)[1:2])
    assert without.steps[0].answer.lines(UT11)[3].startswith("sessid=")


def test_05_init_is_two_lines_to_the_byte(shop):
    base = shop.base()
    base.step("checkauth", "catalog")

    assert base.step("init", "catalog").answer.body == b"zip=yes\nfile_limit=5242880"


def test_06_whatever_breaks_inside_the_answer_is_failure_and_one_line(shop, monkeypatch):
    def broken(*_, **__):
        print("Неизвестный статус импорта: <Группа>")
        raise RuntimeError("a dump\nof element names")

    monkeypatch.setattr(sync, "apply_file", broken)
    run = shop.try_to_send(GOODS)

    answer = run.steps[-1].answer
    assert answer.status == 200
    assert answer.content_type == "text/plain; charset=utf-8"
    assert answer.status_word(UT11) == "failure"
    assert len(answer.lines(UT11)) == 2
    assert "element names" not in answer.text(UT11)
    assert [fault.rule for fault in run.faults] == ["import_refused"]


def test_07_query_is_never_answered_with_nothing(shop, monkeypatch):
    empty = shop.base().fetch_orders()
    assert empty.succeeded, table(empty.steps)
    assert "КоммерческаяИнформация".encode() in empty.orders[0]

    monkeypatch.setattr(sync, "orders_to_give", lambda *_: 1 / 0)
    died = shop.base().fetch_orders()
    assert died.steps[-1].answer.status_word(UT11) == "failure"
    assert died.steps[-1].answer.details(UT11)


def test_08_files_nobody_asked_to_import_are_imported_and_seen_to_wait(shop, admin_browser):
    shop.send(GOODS, ROZNICA, zipped=False)

    assert not models.Variant.objects.exists()
    assert set(ReceivedFile.objects.values_list("state", flat=True)) == {"received"}
    session = Session.objects.latest("pk")
    assert "import0_1.xml" in admin_browser.get(f"/onec/journal/{session.pk}/").content.decode()

    assert shop.base(ROZNICA).step("checkauth", "catalog").first_line == "success"
    assert models.Variant.objects.count() == 1
    assert set(ReceivedFile.objects.values_list("state", flat=True)) == {"imported"}


def _shown(step):
    """What 1C shows of a refusal."""
    return step.answer.details(UT11)
