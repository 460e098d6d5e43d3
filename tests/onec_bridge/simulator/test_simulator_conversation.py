"""What the client sends is what a real 1C sends: the order of steps, headers, names, parts."""

import base64
import io
import zipfile
from pathlib import Path

import pytest
from scripted_site import XML, Said, Site, order_xml, orders_xml

from onec_bridge.simulator import (
    BITRIX,
    OLD,
    UNF,
    UT11,
    Client,
    Dialect,
    Options,
    Package,
    Upload,
    packages,
    table,
)
from onec_bridge.simulator.wire import Address
from sandbox.data import truth, write_exchange


def client(site: Site, dialect: Dialect = UT11, **options: object) -> Client:
    chosen = Options(**({"pause_scale": 0} | options))
    return Client(site.url, "обмен", "тайна", dialect=dialect, options=chosen)


def test_basic_and_the_cookie_from_the_body_go_with_every_request(site: Site, export: Path) -> None:
    client(site).send_catalog(export)

    secret = base64.b64encode("обмен:тайна".encode()).decode()
    assert {asked.headers["Authorization"] for asked in site.asked} == {f"Basic {secret}"}
    assert "Cookie" not in site.asked[0].headers
    assert {asked.headers.get("Cookie") for asked in site.asked[1:]} == {"session=8f2a"}
    assert {asked.headers["User-Agent"] for asked in site.asked} == {"1C+Enterprise/8.3"}


def test_ut11_signs_in_learns_the_limits_posts_files_and_imports_each_xml(
    site: Site, export: Path
) -> None:
    client(site).send_catalog(export)

    assert site.modes == ["checkauth", "init", "file", "file", "file", "import", "import"]
    posts = [asked for asked in site.asked if asked.method == "POST"]
    assert [asked.query["filename"] for asked in posts] == [
        "import0_1.xml",
        "offers0_1.xml",
        "import_files/6f/лейка.png",
    ]
    imported = [asked.query["filename"] for asked in site.asked[5:]]
    assert imported == ["import0_1.xml", "offers0_1.xml"]
    assert "Content-Type" not in posts[0].headers
    assert posts[0].body == (export / "import0_1.xml").read_bytes()


def test_a_file_over_the_limit_goes_in_parts_under_one_name(site: Site, export: Path) -> None:
    site.says("init", b"zip=no\nfile_limit=40")

    client(site).send_catalog(export)

    parts = site.bodies("import_files/6f/лейка.png")
    assert [len(part) for part in parts] == [40, 14]
    assert b"".join(parts) == (export / "import_files/6f/лейка.png").read_bytes()


def test_an_archive_holds_xml_and_pictures_when_the_site_allows_it(
    site: Site, export: Path
) -> None:
    site.says("init", b"zip=yes\nfile_limit=100")

    client(site).send_catalog(export)

    posts = [asked for asked in site.asked if asked.method == "POST"]
    assert len({asked.query["filename"] for asked in posts}) == 1
    assert posts[0].query["filename"].startswith("v8_")
    with zipfile.ZipFile(io.BytesIO(b"".join(asked.body for asked in posts))) as archive:
        assert archive.namelist() == [
            "import0_1.xml",
            "offers0_1.xml",
            "import_files/6f/лейка.png",
        ]


def test_unf_zips_its_xml_but_posts_pictures_loose(site: Site, export: Path) -> None:
    site.says("init", b"zip=yes\nfile_limit=0")

    client(site, UNF).send_catalog(export)

    names = [asked.query["filename"] for asked in site.asked if asked.method == "POST"]
    assert len(names) == 2
    assert names[0].endswith(".zip")
    assert names[1] == "import_files/6f/лейка.png"


def test_old_1c_never_zips_and_encodes_names_and_password_in_windows_1251(
    site: Site, export: Path
) -> None:
    site.says("init", b"zip=yes\nfile_limit=0")

    client(site, OLD).send_catalog(export)

    pictures = [asked.target for asked in site.asked if ".png" in asked.target]
    assert pictures[0].endswith("filename=import_files/6f/%EB%E5%E9%EA%E0.png")
    secret = base64.b64encode("обмен:тайна".encode("cp1251")).decode()
    assert site.asked[0].headers["Authorization"] == f"Basic {secret}"


def test_old_1c_posts_orders_back_and_does_not_ask_for_import(site: Site, export: Path) -> None:
    client(site, OLD).send_documents(export / "import0_1.xml")

    assert site.modes == ["checkauth", "init", "file"]
    assert {asked.query["type"] for asked in site.asked} == {"sale"}


def test_ut11_asks_for_orders_without_init_and_confirms_in_the_same_session(site: Site) -> None:
    site.says("query", Said(orders_xml(order_xml()), XML))
    one = client(site)

    fetched = one.fetch_orders()
    one.confirm()

    assert fetched.orders == (orders_xml(order_xml()),)
    assert site.modes == ["checkauth", "query", "success"]
    assert site.asked[2].headers["Cookie"] == "session=8f2a"


def test_bitrix_agrees_a_version_and_queries_until_an_answer_has_no_container(site: Site) -> None:
    container = orders_xml(f"<Контейнер>{order_xml()}</Контейнер>")
    site.says("query", Said(container, XML), Said(container, XML), Said(orders_xml(), XML))

    run = client(site, BITRIX).fetch_orders()

    assert site.modes == ["checkauth", "init", "query", "query", "query"]
    assert site.asked[1].query["version"] == "2.09"
    assert {asked.query.get("sessid") for asked in site.asked[1:]} == {"5d1c"}
    assert len(run.orders) == 3


def test_bitrix_ends_a_full_export_with_deactivate_and_complete(site: Site, export: Path) -> None:
    site.says("deactivate", b"progress", b"success")

    client(site, BITRIX).send_catalog(export)

    assert site.modes[-3:] == ["deactivate", "deactivate", "complete"]
    assert site.asked[-2].query["timestamp"] == "1775462400"


def test_progress_is_asked_again_until_success(site: Site, export: Path) -> None:
    site.says("import", b"progress\n1 of 3", b"progress\n2 of 3", b"success", b"success")

    run = client(site).send_catalog(export)

    assert site.modes.count("import") == 4
    assert run.succeeded


def test_files_can_be_reversed_repeated_and_broken_off(site: Site, export: Path) -> None:
    run = client(site, reversed_order=True, repeats_files=True, breaks_after=5).send_catalog(export)

    names = [asked.query["filename"] for asked in site.asked if asked.method == "POST"]
    assert names == ["import_files/6f/лейка.png"] * 2 + ["offers0_1.xml"]
    assert run.broken_off
    assert not run.succeeded


def test_a_step_out_of_turn_can_be_played(site: Site) -> None:
    step = client(site).step("dance", "catalog")

    assert (step.request, step.first_line) == ("GET ?type=catalog&mode=dance", "failure")


@pytest.mark.parametrize(
    ("typed", "secure", "netloc", "path"),
    [
        ("shop.ru", False, "shop.ru", "/bitrix/admin/1c_exchange.php"),
        ("https://shop.ru:8443/1c/exchange", True, "shop.ru:8443", "/1c/exchange"),
        (" http:\\\\shop.ru\\1c\\ exchange ", False, "shop.ru", "/1c/exchange"),
        ("http://shop.ru/1c?key=7", False, "shop.ru", "/1c?key=7"),
    ],
)
def test_the_address_is_made_of_what_a_person_typed(
    typed: str, secure: bool, netloc: str, path: str
) -> None:
    assert Address.typed(typed) == Address(secure, netloc, path)


def test_the_dialogue_prints_as_a_table_with_what_1c_would_show(site: Site, export: Path) -> None:
    site.says("import", b"fatal error\nsuccess")
    run = client(site).send_catalog(export)

    russian, english = table(run.steps, "ru"), table(run.steps, "en")

    assert "ОШИБКА" in russian
    assert "1С покажет: «Получен неизвестный статус импорта»" in russian
    assert "import_status: fatal error\\nsuccess; expected: first line progress" in english
    assert len(english.splitlines()) == 2 + len(run.steps) + 2


def test_demo_folders_become_packages_in_the_order_of_a_real_1c(tmp_path: Path) -> None:
    write_exchange(tmp_path / "ut11", "ut11")
    write_exchange(tmp_path / "bitrix", "bitrix")

    (ut11,) = packages(tmp_path / "ut11")
    bitrix = packages(tmp_path / "bitrix")

    assert [one.name for one in ut11.documents] == ["import0_1.xml", "offers0_1.xml"]
    assert len(ut11.attachments) == truth().pictures
    assert [(one.kind, one.folder, len(one.documents)) for one in bitrix] == [
        ("catalog", "properties/1", 1),
        ("catalog", "goods/1", 4),
        ("sale", "contragents/1", 1),
    ]
    assert [len(one.attachments) for one in bitrix] == [0, truth().pictures, 0]


def test_bitrix_sends_each_package_as_an_archive_with_its_folder(
    site: Site, tmp_path: Path
) -> None:
    write_exchange(tmp_path, "bitrix")
    site.says("init", b"zip=yes\nfile_limit=0")

    run = client(site, BITRIX).send_catalog(tmp_path)

    archives = [asked.body for asked in site.asked if asked.method == "POST"]
    folders = [
        {name.partition("/1/")[0] for name in zipfile.ZipFile(io.BytesIO(body)).namelist()}
        for body in archives
    ]
    assert folders == [{"properties"}, {"goods"}]
    assert site.modes.count("checkauth") == 2
    assert run.succeeded


def test_a_truncated_archive_is_sent_as_it_is(site: Site) -> None:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        archive.writestr("import.xml", "<x/>")
    half = Upload("import.zip", whole.getvalue()[:40])
    site.says("import", b"failure\nbroken archive")

    run = client(site).send_packages([Package("catalog", (half,))])

    assert site.bodies("import.zip") == [whole.getvalue()[:40]]
    assert site.asked[-1].query["filename"] == "import.xml"
    assert run.faults[0].got == "broken archive"
