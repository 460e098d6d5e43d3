"""`push` and `pull` work from the command line, and their exit status can be scripted."""

import argparse
from pathlib import Path

import pytest
from scripted_site import XML, Said, Site, order_xml, orders_xml

from onec_bridge.simulator.commands import (
    add_pull_arguments,
    add_push_arguments,
    run_pull,
    run_push,
)


def connection(site: Site) -> list[str]:
    return ["--url", site.url, "--user", "1c", "--password", "x"]


def push(site: Site, *arguments: str) -> int:
    parser = argparse.ArgumentParser()
    add_push_arguments(parser)
    return run_push(parser.parse_args([*connection(site), *arguments]))


def pull(site: Site, *arguments: str) -> int:
    parser = argparse.ArgumentParser()
    add_pull_arguments(parser)
    return run_pull(parser.parse_args([*connection(site), *arguments]))


def test_push_sends_a_folder_and_prints_the_dialogue(
    site: Site, export: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert push(site, str(export), "--zip", "--part-size", "100") == 0

    printed = capsys.readouterr().out
    assert "GET ?type=catalog&mode=import&filename=offers0_1.xml" in printed
    assert "ОШИБКА" not in printed
    assert site.asked[2].query["filename"].endswith(".zip")


def test_push_of_files_tells_goods_from_orders_by_content(
    site: Site, export: Path, tmp_path: Path
) -> None:
    orders = tmp_path / "anything.xml"
    orders.write_bytes(orders_xml(order_xml()))

    assert push(site, str(export / "import0_1.xml"), str(orders), "--plain", "--lang", "en") == 0

    sent = {asked.query["filename"]: asked.query["type"] for asked in site.asked if asked.body}
    assert sent == {"import0_1.xml": "catalog", "anything.xml": "sale"}


def test_push_ends_with_1_when_1c_would_not_be_content(site: Site, export: Path) -> None:
    site.says("checkauth", b"failure")

    assert push(site, str(export)) == 1


def test_push_ends_with_2_when_there_is_no_such_file(
    site: Site, capsys: pytest.CaptureFixture[str]
) -> None:
    assert push(site, "nowhere.xml") == 2
    assert "nowhere.xml" in capsys.readouterr().err
    assert site.asked == []


def test_pull_prints_the_orders_and_confirms_only_when_told(
    site: Site, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    site.says("query", Said(orders_xml(order_xml()), XML))

    assert pull(site) == 0
    assert capfdbinary.readouterr().out == orders_xml(order_xml()) + b"\n"
    assert "success" not in site.modes

    assert pull(site, "--confirm") == 0
    assert site.modes[-1] == "success"


def test_pull_saves_each_answer_to_a_file(site: Site, tmp_path: Path) -> None:
    container = orders_xml(f"<Контейнер>{order_xml()}</Контейнер>")
    site.says("query", Said(container, XML), Said(orders_xml(), XML))

    assert pull(site, "--dialect", "bitrix", "--output", str(tmp_path / "orders.xml")) == 0

    assert (tmp_path / "orders.xml").read_bytes() == container
    assert (tmp_path / "orders.xml.2").read_bytes() == orders_xml()
