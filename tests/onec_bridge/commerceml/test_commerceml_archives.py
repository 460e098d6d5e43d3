"""Zips as 1C and its packers make them, and as an attacker might."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from onec_bridge.commerceml.archive import Opened, open_files, read_path
from onec_bridge.commerceml.records import Header, Problem, Product, Severity

XML = "<Товары><Товар><Ид>1</Ид></Товар></Товары>".encode()


def archive(path: Path, entries: dict[str, bytes]) -> Path:
    """An archive with these entries, names written as `zipfile` writes them."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in entries.items():
            packed.writestr(name, data)
    return path


def raw_named(path: Path, raw: bytes) -> Path:
    """An archive whose one name is these bytes, without the UTF-8 flag."""
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as packed:
        packed.writestr("x" * len(raw), XML)
    path.write_bytes(held.getvalue().replace(b"x" * len(raw), raw))
    return path


def names(path: Path) -> list[str]:
    """Names of what an archive holds, as read."""
    return [o.inner_name for o in open_files(path) if isinstance(o, Opened)]


def only_problem(path: Path, **how: int) -> Problem:
    """The one thing wrong with an archive."""
    (problem,) = [item for item in read_path(path, **how) if isinstance(item, Problem)]
    return problem


def test_every_xml_of_an_archive_is_read_and_pictures_are_not(tmp_path: Path) -> None:
    path = archive(
        tmp_path / "a.zip",
        {"goods/1/import.xml": XML, "import_files/01/a.jpg": b"\xff\xd8\xff", "rests.dat": XML},
    )

    items = list(read_path(path))

    assert [type(item) for item in items] == [Header, Product, Header, Product]
    assert items[1].source.file == f"{path}/goods/1/import.xml"


def test_pictures_are_given_to_those_who_ask(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.zip", {"import_files/a.jpg": b"\xff\xd8\xff"})

    (opened,) = [(o.inner_name, o.stream.read()) for o in open_files(path, only_xml=False)]

    assert opened == ("import_files/a.jpg", b"\xff\xd8\xff")


@pytest.mark.parametrize("encoding", ["cp866", "cp1251", "utf-8"])
def test_russian_names_are_read_whatever_the_packer_wrote(tmp_path: Path, encoding: str) -> None:
    path = raw_named(tmp_path / "a.zip", "Выгрузка\\Товары.xml".encode(encoding))

    assert names(path) == ["Выгрузка/Товары.xml"]


@pytest.mark.parametrize("name", ["../evil.xml", "/etc/evil.xml", "C:\\evil.xml", "a/../../e.xml"])
def test_a_name_that_leaves_its_folder_is_refused_and_the_rest_is_read(
    tmp_path: Path, name: str
) -> None:
    path = archive(tmp_path / "a.zip", {name: XML, "good.xml": XML})

    assert names(path) == ["good.xml"]
    problem = only_problem(path)
    assert (problem.code, problem.severity) == ("unsafe_zip_name", Severity.ERROR)


def test_a_truncated_archive_says_how_much_arrived(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.zip", {"import.xml": XML * 100})
    path.write_bytes(path.read_bytes()[:-30])

    problem = only_problem(path)

    assert (problem.code, problem.severity) == ("bad_zip", Severity.FATAL)
    assert problem.params["size"] == str(path.stat().st_size)


def test_an_archive_damaged_inside_is_told(tmp_path: Path) -> None:
    path = archive(tmp_path / "a.zip", {"import.xml": XML})
    data = bytearray(path.read_bytes())
    data[50:54] = b"\0\0\0\0"
    path.write_bytes(bytes(data))

    assert only_problem(path).code == "bad_zip"


def test_an_archive_may_not_unpack_beyond_its_limit(tmp_path: Path) -> None:
    big = "<Товары>".encode() + b" " * 5_000_000 + "</Товары>".encode()
    path = archive(tmp_path / "a.zip", {"bomb.xml": big, "later.xml": XML})

    problem = only_problem(path, limit=1_000_000)

    assert (problem.code, problem.severity) == ("zip_too_large", Severity.FATAL)
    assert problem.params["limit"] == "1000000"


def test_a_missing_file_is_a_problem_not_a_traceback(tmp_path: Path) -> None:
    assert only_problem(tmp_path / "nothing.xml").code == "unreadable_file"
