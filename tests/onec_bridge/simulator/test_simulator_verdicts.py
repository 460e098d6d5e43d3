"""Each way a site can answer wrong is recognised as the real client of that dialect would."""

from pathlib import Path

import pytest
from scripted_site import XML, Said, Site, order_xml, orders_xml

from onec_bridge.simulator import BITRIX, DIALECTS, OLD, UNF, UT11, Client, Dialect, Options, Run
from onec_bridge.simulator.faults import RULES

QUICK = Options(pause_scale=0, rounds=5)


def client(site: Site, dialect: Dialect = UT11) -> Client:
    return Client(site.url, "1c", "пароль", dialect=dialect, options=QUICK)


def rules(run: Run) -> list[str]:
    return [fault.rule for fault in run.faults]


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)
def test_a_site_that_answers_by_the_rules_pleases_every_dialect(
    site: Site, export: Path, dialect: Dialect
) -> None:
    one = client(site, dialect)

    runs = [one.send_catalog(export), one.send_documents(export / "import0_1.xml")]
    runs += [one.fetch_orders(), one.confirm()]

    assert [rules(run) for run in runs] == [[], [], [], []]
    assert all(run.succeeded for run in runs)


# Section 10 of the protocol notes: the fault, the answer that has it, the rule, what 1C shows.
WRONG = [
    ("checkauth", Said(b"failure\nwrong password"), "auth_refused", "Авторизация не выполнена"),
    ("checkauth", Said(b"<html>Login</html>"), "auth_refused", "Авторизация не выполнена"),
    ("checkauth", Said(b"success"), "cookie_missing", "Авторизация не выполнена"),
    ("checkauth", Said(b"success\r\nsid\r\n8f2a\r\n"), "cookie_dirty", "Авторизация не выполнена"),
    ("init", Said(b"zip=no\nfile_limit=1\nsessid=1"), "init_lines", "Параметры обмена не получены"),
    ("init", Said(b"zip=no\nfile_limit=100\n"), "init_lines", "Параметры обмена не получены"),
    ("init", Said(b"zip=maybe\nfile_limit=100"), "zip", "Параметры обмена не получены"),
    ("file", Said(b""), "empty", "Получен пустой ответ сервера"),
    ("file", Said(b"<br />Warning: chmod"), "file_status", "Не получен статус завершения"),
    ("file", Said(b"failure\ndisk full"), "file_refused", "Файл не отправлен"),
    ("import", Said(b"debug\nsuccess"), "import_status", "Получен неизвестный статус импорта"),
    ("import", Said(b"\xef\xbb\xbfsuccess"), "bom", "Не удалось прочитать данные"),
    ("import", Said(b"failure\nno such file"), "import_refused", "Ошибка импорта"),
    ("import", Said(b"progress\nstill reading"), "endless_progress", ""),
    ("import", Said(b"", status=301, location="https://x/"), "redirect", "Не удалось установить"),
]  # fmt: skip


@pytest.mark.parametrize(("mode", "said", "rule", "shown"), WRONG)
def test_a_wrong_answer_ends_the_run_of_ut11_and_says_what_1c_shows(
    site: Site, export: Path, mode: str, said: Said, rule: str, shown: str
) -> None:
    site.says(mode, said)

    run = client(site).send_catalog(export)

    assert not run.succeeded
    stopping = [fault for fault in run.steps[-1].faults if fault.stops]
    assert [fault.rule for fault in stopping] == [rule]
    assert shown in stopping[0].shown
    assert run.steps[-1].mode == mode
    assert len(run.steps) == len(site.asked)


WRONG_ORDERS = [
    (Said(b""), "empty"),
    (Said(b" " + orders_xml(), XML), "not_xml"),
    (Said(b"failure\nno orders"), "not_xml"),
    (Said(b"\xef\xbb\xbf" + orders_xml(), XML), "bom"),
    (Said(b"PK\x03\x04", "application/zip; charset=utf-8"), "zipped_orders"),
    (Said(orders_xml("<Документ>"), XML), "broken_xml"),
    (Said(b"<?xml version='1.0'?><!DOCTYPE x><x/>", XML), "broken_xml"),
    (Said(b"<?xml version='1.0'?><html/>", XML), "broken_xml"),
    (Said(orders_xml(f"<Контейнер>{order_xml()}</Контейнер>"), XML), "no_containers"),
    (Said(orders_xml(order_xml(Номер="B2B-00000017")), XML), "order_number"),
    (Said(orders_xml(order_xml(Номер="")), XML), "order_number"),
    (Said(orders_xml(order_xml(ХозОперация="Продажа")), XML), "order_operation"),
    (Said(orders_xml(order_xml(Время="9:30:00")), XML), "order_date"),
    (Said(orders_xml(order_xml(Валюта="")), XML), "order_currency"),
    (Said(orders_xml(order_xml(Покупатель="")), XML), "order_counterparty"),
    (Said(orders_xml(order_xml(Ид="")), XML), "order_line"),
    (Said(orders_xml(order_xml(Количество="0")), XML), "order_line"),
]


@pytest.mark.parametrize(("said", "rule"), WRONG_ORDERS)
def test_an_order_that_would_block_the_batch_is_recognised(
    site: Site, said: Said, rule: str
) -> None:
    site.says("query", said)

    run = client(site).fetch_orders()

    assert rules(run) == [rule]
    assert not run.succeeded
    assert run.orders == ()


WARNINGS = [
    ("import", Said(b"success", "text/plain"), "charset"),
    ("import", Said(b"success", "text/plain; charset=utf-8; format=flowed"), "charset"),
    ("import", Said(b"success\r\n"), "line_breaks"),
    ("import", Said(b"success", status=500), "status_code"),
    ("import", Said("success\nзагружено".encode("cp1251")), "undecodable"),
    ("file", Said(b"success\nsize 12"), "extra_lines"),
    ("init", Said(b"zip=no\nfile_limit=1 MB"), "file_limit"),
]


@pytest.mark.parametrize(("mode", "said", "rule"), WARNINGS)
def test_what_1c_forgives_is_told_but_does_not_end_the_run(
    site: Site, export: Path, mode: str, said: Said, rule: str
) -> None:
    site.says(mode, said)

    run = client(site).send_catalog(export)

    assert run.succeeded
    assert set(rules(run)) == {rule}


@pytest.mark.parametrize("content_type", ["", "text/plain", "text/plain; charset=utf-8; x=1"])
def test_bitrix_can_read_nothing_without_charset_at_the_end_of_the_header(
    site: Site, content_type: str
) -> None:
    site.says("checkauth", Said(b"success\nsid\n8f2a", content_type))

    run = client(site, BITRIX).fetch_orders()

    assert rules(run) == ["charset"]
    assert not run.succeeded


@pytest.mark.parametrize(
    ("answer", "rule"),
    [
        (b"zip=no\nfile_limit=100", "init_lines"),
        (b"zip=no\nfile_limit=100\nsessid=1\nversion=2.05", "version"),
        (b"zip=no\nfile_limit=100\nsessid=1\nversion=?", "version"),
    ],
)
def test_bitrix_wants_four_lines_and_a_version_before_orders(
    site: Site, answer: bytes, rule: str
) -> None:
    site.says("init", answer)

    assert rules(client(site, BITRIX).fetch_orders()) == [rule]


@pytest.mark.parametrize("version", [b"2.08", b"2.10", b"3.1"])
def test_bitrix_takes_any_version_from_2_08_on(site: Site, version: bytes) -> None:
    site.says("init", b"zip=no\nfile_limit=100\nsessid=1\nversion=" + version)

    assert client(site, BITRIX).fetch_orders().succeeded


def test_bitrix_does_not_see_orders_outside_a_container(site: Site) -> None:
    site.says("query", Said(orders_xml(order_xml()), XML))

    assert rules(client(site, BITRIX).fetch_orders()) == ["containers"]


def test_bitrix_loops_for_ever_when_orders_never_end_so_the_simulator_stops_it(site: Site) -> None:
    site.says("query", Said(orders_xml(f"<Контейнер>{order_xml()}</Контейнер>"), XML))

    run = client(site, BITRIX).fetch_orders()

    assert rules(run) == ["endless_orders"]
    assert site.modes.count("query") == QUICK.rounds


def test_unf_reads_one_line_of_init_zipped_or_bare_orders_and_windows_1251(site: Site) -> None:
    bare = "<КоммерческаяИнформация/>".encode()
    site.says("init", b"zip=no")
    site.says("query", Said(bare, XML))

    run = client(site, UNF).fetch_orders()

    assert run.succeeded
    assert set(rules(run)) == {"file_limit"}
    assert run.orders == (bare,)


def test_old_1c_reads_windows_1251_without_a_header(site: Site) -> None:
    text = orders_xml(order_xml()).decode().replace("UTF-8", "windows-1251")
    site.says("query", Said(text.encode("cp1251"), "text/xml; charset=windows-1251"))

    assert client(site, OLD).fetch_orders().faults == ()


def test_a_prolog_that_contradicts_the_header_and_a_sum_that_is_not_its_lines_are_told(
    site: Site,
) -> None:
    body = orders_xml(order_xml(Итого="3212.11")).replace(b"UTF-8", b"windows-1251")
    site.says("query", Said(body, XML))

    run = client(site).fetch_orders()

    assert rules(run) == ["prolog", "order_sum"]
    assert run.succeeded


def test_a_site_that_is_not_there_is_a_fault_and_not_an_exception() -> None:
    run = Client("127.0.0.1:9", "1c", "x").fetch_orders()

    assert rules(run) == ["no_connection"]
    assert "Не удалось установить соединение" in run.faults[0].shown


def test_a_confirmation_that_is_refused_leaves_the_orders_unconfirmed(site: Site) -> None:
    one = client(site)
    one.fetch_orders()
    site.says("success", b"failure\nno session")

    assert rules(one.confirm()) == ["confirm_refused"]


def test_every_rule_speaks_both_languages_and_is_reachable_from_a_judge() -> None:
    source = "".join(
        path.read_text("utf-8")
        for path in Path(__file__).parents[3].glob("onec_bridge/simulator/*.py")
        if path.name != "faults.py"
    )

    for code, rule in RULES.items():
        assert rule.ru
        assert rule.en
        assert f'"{code}"' in source
