"""A whole trade: a good site keeps every point, and each point can be broken by a bad one."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest
from scripted_shop import PASSWORD, USER, Shop, trading
from scripted_site import XML, Said, order_xml, orders_xml

from onec_bridge.simulator import BITRIX, DIALECTS, UNF, UT11, Dialect
from onec_bridge.simulator.commands import add_simulate_arguments, run_simulate
from onec_bridge.simulator.faults import RULES
from onec_bridge.simulator.points import PROMISES, Point, verdict
from onec_bridge.simulator.trade import Site, play


def trade(shop: Shop, dialect: Dialect = UT11) -> dict[str, Point]:
    site = Site(shop.url, USER, PASSWORD, dialect, confirms=True, pause_scale=0, rounds=4)
    return {point.code: point for point in play(site)[0]}


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)
def test_a_good_site_keeps_every_point_with_every_1c(dialect: Dialect) -> None:
    with trading() as shop:
        points = trade(shop, dialect)

    wrong = [point for point in points.values() if point.state in ("broken", "warning")]
    assert wrong == []
    assert points["full_export"].state == points["left_over"].state == "held"
    assert points["orders_back"].state == ("held" if dialect.takes_orders else "untried")


BY_PROFILE = {"lists": UNF, "stale_key": BITRIX}


@pytest.mark.parametrize("code", PROMISES)
def test_each_promise_can_be_broken(code: str) -> None:
    with trading(wrong=code) as shop:
        point = trade(shop, BY_PROFILE.get(code, UT11))[code]

    assert point.state == "broken"
    assert point.got
    assert point.shown


ORDER = order_xml()
CONTAINED = orders_xml(f"<Контейнер>{ORDER}</Контейнер>")
# The rule, the mode that is answered wrong, the answer, and the 1C that asks.
WRONG = {
    "redirect": ("checkauth", Said(b"", status=301, location="https://x/"), UT11),
    "status_code": ("file", Said(b"success", status=500), UT11),
    "empty": ("import", Said(b""), UT11),
    "bom": ("import", Said(b"\xef\xbb\xbfsuccess"), UT11),
    "charset": ("import", Said(b"success", "text/plain"), BITRIX),
    "undecodable": ("import", Said(b"success\n\xff\xff"), UT11),
    "line_breaks": ("success", Said(b"success\r\n"), UT11),
    "html": ("file", Said(b"<html>Login</html>"), UT11),
    "auth_refused": ("checkauth", Said(b"failure\nno"), UT11),
    "cookie_missing": ("checkauth", Said(b"success"), UT11),
    "cookie_dirty": ("checkauth", Said(b"success\r\nsid\r\n1\r\n"), UT11),
    "init_lines": ("init", Said(b"zip=no\nfile_limit=1000000\nsessid=1"), UT11),
    "zip": ("init", Said(b"zip=maybe\nfile_limit=1000000"), UT11),
    "file_limit": ("init", Said(b"zip=no\nfile_limit=1 MB"), UT11),
    "version": ("init", Said(b"zip=no\nfile_limit=1000000\nsessid=1\nversion=2.05"), BITRIX),
    "file_status": ("file", Said(b"saved"), UT11),
    "file_refused": ("file", Said(b"failure\ndisk full"), UT11),
    "extra_lines": ("file", Said(b"success\nthank you"), UT11),
    "import_status": ("import", Said(b"debug\nsuccess"), UT11),
    "import_refused": ("import", Said(b"failure\nno such table"), UT11),
    "endless_progress": ("import", Said(b"progress\nreading"), UT11),
    "confirm_refused": ("success", Said(b"error"), UT11),
    "not_xml": ("query", Said(b"failure\nno orders"), UT11),
    "zipped_orders": ("query", Said(b"PK\x03\x04", "application/zip; charset=utf-8"), UT11),
    "broken_xml": ("query", Said(orders_xml("<Документ>"), XML), UT11),
    "prolog": ("query", Said(orders_xml().replace(b"UTF-8", b"windows-1251"), XML), UT11),
    "endless_orders": ("query", Said(CONTAINED, XML), BITRIX),
    "containers": ("query", Said(orders_xml(ORDER), XML), BITRIX),
    "no_containers": ("query", Said(CONTAINED, XML), UT11),
    "order_operation": ("query", Said(orders_xml(order_xml(ХозОперация="Продажа")), XML), UT11),
    "order_number": ("query", Said(orders_xml(order_xml(Номер="B2B-00000017")), XML), UT11),
    "order_date": ("query", Said(orders_xml(order_xml(Время="9:30:00")), XML), UT11),
    "order_currency": ("query", Said(orders_xml(order_xml(Валюта="")), XML), UT11),
    "order_counterparty": ("query", Said(orders_xml(order_xml(Покупатель="")), XML), UT11),
    "order_line": ("query", Said(orders_xml(order_xml(Ид="")), XML), UT11),
    "order_sum": ("query", Said(orders_xml(order_xml(Итого="1.00")), XML), UT11),
}


@pytest.mark.parametrize("rule", WRONG)
def test_each_rule_about_an_answer_can_be_broken(rule: str) -> None:
    mode, said, dialect = WRONG[rule]
    with trading() as shop:
        shop.says(mode, said)
        point = trade(shop, dialect)[rule]

    assert point.state in ("broken", "warning")
    assert point.got.startswith(f"{mode}: ")


def test_no_rule_is_without_a_site_that_breaks_it() -> None:
    assert set(RULES) - set(WRONG) == {"no_connection"}

    points = play(Site("http://127.0.0.1:9/", USER, PASSWORD, UT11, pause_scale=0))[0]
    found = {point.code: point.state for point in points}
    assert (found["no_connection"], found["full_export"]) == ("broken", "broken")


def test_the_verdict_names_whom_an_answer_would_trouble() -> None:
    """Three lines at init are nothing to УНФ and the end of the run to УТ 11; a header without a
    charset troubles the 1C-Bitrix module alone."""
    with trading() as shop:
        shop.says("init", Said(b"zip=no\nfile_limit=1000000", "text/plain"))
        points = trade(shop, UT11)

    charset = points["charset"]
    assert charset.state == "warning"
    assert all("Битрикс" in title for title in charset.who)
    printed = verdict(points.values())
    assert printed.startswith("замечание")
    assert "какая 1С споткнётся: модуль «1С-Битрикс», модуль «1С-Битрикс», версия 3.1" in printed
    assert "НАРУШЕНО: 0; замечание: 1" in printed
    assert printed.endswith("обменяется; о замечания споткнётся другая.")


def simulate(shop: Shop, *more: str) -> int:
    parser = argparse.ArgumentParser()
    add_simulate_arguments(parser)
    arguments = [shop.url, "--user", USER, "--password", PASSWORD, "--pause-scale", "0", *more]
    return run_simulate(parser.parse_args(arguments))


def test_the_command_prints_the_verdict_and_its_exit_status_says_it(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with trading() as shop:
        assert simulate(shop) == 0
        assert "соблюдено" in capsys.readouterr().out
        assert not shop.confirmed, "without --confirm no order is confirmed"
        assert simulate(shop, "--confirm", "--profile", "unf", "--lang", "en") == 0
        assert "held" in capsys.readouterr().out
    with trading(wrong="left_over") as shop:
        assert simulate(shop, "--dialogue") == 1
    printed = capsys.readouterr().out
    assert "НАРУШЕНО" in printed
    assert printed.rstrip().endswith("не обменяется, пока нарушенное не исправлено.")
    assert "POST ?type=catalog&mode=file" in printed


def test_an_export_of_ones_own_takes_the_place_of_the_goods(export: Path) -> None:
    with trading() as shop:
        assert simulate(shop, "--goods", str(export)) == 0
        assert shop.bodies("import0_1.xml")[0] == (export / "import0_1.xml").read_bytes()
        assert simulate(shop, "--goods", "nowhere") == 2
