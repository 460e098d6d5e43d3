"""What the doctor says of how a 1C asks: its sessions, as the site's journal keeps them."""

from __future__ import annotations

import datetime as dt
import io

import pytest

from onec_bridge.commerceml.archive import open_stream
from onec_bridge.doctor import Clues, Visit, report
from onec_bridge.doctor.clues import Asked, see
from onec_bridge.simulator import BITRIX, BITRIX31, OLD, ROZNICA, UNF, UT11, V77
from onec_bridge.simulator.catalogue import packages

NOW = dt.datetime(2026, 11, 27, 12, 0, tzinfo=dt.UTC)
CATALOG = ("checkauth", "init", "file", "import")
ORDERS = ("checkauth", "query", "success")


def visit(*modes, type_="catalog", days=0, **more):
    asked = tuple(Asked(type=type_, mode=mode, word="success") for mode in modes)
    return Visit(at=NOW - dt.timedelta(days=days), asked=asked, **more)


def failed(mode, text, status=200):
    asked = Asked("catalog", mode, "import0_1.xml", "failure", text, status)
    return Visit(at=NOW, asked=(asked,))


def codes(*visits, **more):
    return {finding.code for finding in report(Clues(visits=list(visits), **more)).findings}


def test_a_whole_exchange_with_orders_both_ways_has_nothing_to_mend():
    back = visit("checkauth", "file", "import", type_="sale")

    assert codes(visit(*CATALOG), visit(*ORDERS, type_="sale"), back) == set()


@pytest.mark.parametrize(
    ("visits", "code"),
    [
        ([visit(*CATALOG)], "orders_not_fetched"),
        ([visit("checkauth", "file")], "import_not_called"),
        ([visit(*ORDERS, type_="sale")] * 3, "orders_not_back"),
        ([failed("import", "Файл испорчен")], "import_failed"),
        ([failed("checkauth", "Неверное имя", 401)], "refused_sign_in"),
        ([failed("file", "Уже идёт обмен с этой 1С")], "overlap"),
        (
            [
                visit("init", names_session=False),
                failed("file", "сейчас не ожидается. Ожидается: checkauth."),
            ],
            "no_sessid",
        ),
    ],
)
def test_each_habit_that_costs_something_is_named(visits, code):
    assert code in codes(*visits)


def test_orders_that_wait_and_arent_confirmed_are_an_error_of_1cs_own_import():
    asked = visit("checkauth", "query", type_="sale")

    assert "orders_not_confirmed" in codes(asked, waits_for_orders=True)
    assert "orders_not_confirmed" not in codes(asked, waits_for_orders=False)


def test_orders_that_wait_and_are_never_fetched_stop_the_exchange():
    told = report(Clues(visits=[visit(*CATALOG)], waits_for_orders=True))

    assert not told.is_healthy


def file(made, got, only_changes="true", at=NOW):
    body = (
        '<?xml version="1.0" encoding="UTF-8"?><КоммерческаяИнформация '
        f'ДатаФормирования="{made}"><Каталог СодержитТолькоИзменения="{only_changes}"><Товары>'
        "<Товар><Ид>1</Ид><Артикул>А</Артикул><Группы><Ид>g</Ид></Группы></Товар></Товары>"
        "</Каталог></КоммерческаяИнформация>"
    ).encode()
    (opened,) = open_stream(io.BytesIO(body), "import0_1.xml", len(body))
    return see(opened, received_at=got, visit=at)


@pytest.mark.parametrize(
    ("made", "code"),
    [
        ("2026-11-20T10:00:00", "stale"),
        ("2026-11-29T10:00:00", "from_the_future"),
    ],
)
def test_a_clock_that_is_wrong_or_an_old_file_is_named(made, code):
    assert code in codes(files=[file(made, NOW)])


def test_a_file_of_this_morning_is_fresh_in_any_time_zone():
    found = codes(files=[file("2026-11-27T21:00:00", NOW)])

    assert not found & {"stale", "from_the_future"}


def test_a_full_export_every_time_is_named_as_needless():
    days = [NOW - dt.timedelta(days=n) for n in range(3)]

    found = codes(files=[file("2026-11-27T10:00:00", NOW, "false", at) for at in days])

    assert "always_full" in found


def test_what_it_asks_tells_it_apart_from_what_looks_alike():
    bitrix = Clues(visits=[visit(*CATALOG, version="2.09", user_agent="1C+Enterprise/8.3")])
    unf = Clues(
        visits=[
            visit(
                *CATALOG,
                version="2.09",
                user_agent="1C+Enterprise/8.3",
                words=("cmlversion=2.10",),
            )
        ]
    )

    assert report(bitrix).family == "bitrix"
    assert report(unf).family == "unf"
    assert "называет cmlVersion" in " ".join(report(unf).lines())


def file_of(name, content):
    (opened,) = open_stream(io.BytesIO(content), name, len(content))
    return see(opened)


def played(dialect):
    """What the site sees of a 1C that the simulator plays: its first export, its first visits."""
    files = [
        file_of(upload.name, upload.read())
        for package in packages(dialect)
        for upload in package.documents
    ]
    about = {"user_agent": dialect.user_agent, "version": dialect.version or ""}
    modes = ["checkauth", "init", "file", *["import"] * dialect.imports_catalog]
    visits = [visit(*modes, **about)]
    if dialect.takes_orders:
        words = ("cmlversion=2.10",) * dialect.asks_lists
        visits.append(visit(*ORDERS, type_="sale", words=words, **about))
    return Clues(files=files, visits=visits)


@pytest.mark.parametrize(
    ("dialect", "family"),
    [
        (UT11, "ut11"),
        (ROZNICA, "retail"),
        (UNF, "unf"),
        (OLD, "ut103"),
        (V77, "seven"),
        (BITRIX, "bitrix"),
        (BITRIX31, "bitrix"),
    ],
    ids=lambda value: getattr(value, "name", value),
)
def test_each_1c_that_the_simulator_plays_is_told_apart(dialect, family):
    assert report(played(dialect)).family == family


def test_a_package_of_changes_is_never_of_an_older_base():
    """УТ 11, КА 2 and ERP 2 can't be told apart: it is said so."""
    text = (
        '<КоммерческаяИнформация ВерсияСхемы="2.07"><ИзмененияПакетаПредложений>'
        "<Ид>c#</Ид></ИзмененияПакетаПредложений></КоммерческаяИнформация>"
    )
    told = report(Clues(files=[file_of("offers.xml", text.encode())]))

    assert "Конфигурация: УТ 11, КА 2 или ERP 2" in " ".join(told.lines())
    assert "УТ 10.3" not in " ".join(told.lines())


def test_a_retail_1c_is_told_by_what_it_never_asks():
    silent = Clues(visits=[visit("checkauth", "init", "file", user_agent="1C+Enterprise/8.3")])

    told = report(silent)

    assert told.family == "retail"
    assert "не просит загрузить файлы" in " ".join(told.lines())


def test_an_old_1c_that_gets_orders_in_another_encoding_is_named():
    old = visit(*ORDERS, type_="sale", user_agent="1C+Enterprise/8.2")

    assert "orders_encoding" in codes(old, orders_encoding="utf-8")
    assert "orders_encoding" not in codes(old, orders_encoding="windows-1251")
