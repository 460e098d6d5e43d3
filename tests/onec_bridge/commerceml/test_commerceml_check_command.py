"""`python -m onec_bridge check`, as a 1C programmer and a script use it."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from onec_bridge.__main__ import main

CLEAN = """<?xml version="1.0" encoding="UTF-8"?>
<КоммерческаяИнформация ВерсияСхемы="2.07">
<ПакетПредложений><Ид>C#</Ид>
<ТипыЦен><ТипЦены><Ид>D</Ид><Наименование>Дилерская</Наименование><Валюта>RUB</Валюта></ТипЦены></ТипыЦен>
<Предложения>
<Предложение><Ид>1</Ид>
<Цены><Цена><ИдТипаЦены>D</ИдТипаЦены><ЦенаЗаЕдиницу>10</ЦенаЗаЕдиницу></Цена></Цены>
</Предложение>
</Предложения></ПакетПредложений></КоммерческаяИнформация>
"""
DOUBTFUL = CLEAN.replace(">10<", ">0<")
WRONG = CLEAN.replace(">10<", ">десять<")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file to be written to."""
    return tmp_path / "offers.xml"


def check(capsys: pytest.CaptureFixture[str], *arguments: object) -> tuple[int, str]:
    """Exit status and output of `check`."""
    status = main(["check", *map(str, arguments)])
    return status, capsys.readouterr().out


def test_a_clean_file_is_told_and_exits_with_0(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text(CLEAN, encoding="utf-8")

    status, out = check(capsys, file)

    assert status == 0
    assert "предложений                        1" in out
    assert "цен по виду «Дилерская»          1" in out


def test_a_warning_alone_leaves_the_status_0(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text(DOUBTFUL, encoding="utf-8")

    status, out = check(capsys, file)

    assert status == 0
    assert f"{file}:7: предупреждение: Цена 0 по виду цен «Дилерская»" in out
    assert "Ид 1" in out


def test_a_lost_value_exits_with_1_and_names_line_id_and_element(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text(WRONG, encoding="utf-8")

    status, out = check(capsys, file, "--lang", "en")

    assert status == 1
    assert f"{file}:7: error: “десять” is not a number" in out
    assert "Предложение/Цены/Цена/ЦенаЗаЕдиницу" in out


def test_an_unreadable_file_exits_with_2_whatever_the_others_are(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text(CLEAN, encoding="utf-8")

    status, out = check(capsys, file, file.with_name("missing.xml"))

    assert status == 2
    assert "Файл не открывается" in out


def test_json_has_the_public_names_by_file(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file.write_text(WRONG, encoding="utf-8")

    status, out = check(capsys, "--json", file)

    facts = json.loads(out)[str(file)]
    assert status == 1
    assert (facts["schema"], facts["encoding"], facts["offers"]) == ("2.07", "utf-8", 1)
    assert "prices" not in facts
    assert facts["problems"][0]["line"] == 7
    assert facts["problems"][0]["id"] == "1"


def test_each_file_of_an_archive_is_told_by_itself(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("one.xml", CLEAN)
        packed.writestr("two.xml", DOUBTFUL)

    status, out = check(capsys, "--json", path)

    assert status == 0
    assert {name: facts["offers"] for name, facts in json.loads(out).items()} == {
        f"{path}/one.xml": 1,
        f"{path}/two.xml": 1,
    }


def test_like_problems_are_cut_and_counted(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    offers = "".join(
        f"<Предложение><Ид>{n}</Ид><Количество>-1</Количество></Предложение>\n" for n in range(9)
    )
    file.write_text(f"<Предложения>{offers}</Предложения>", encoding="utf-8")

    _, out = check(capsys, file, "--limit", "2")

    assert out.count("Отрицательный остаток") == 2
    assert "ещё 7 таких" in out


def test_it_needs_neither_django_nor_a_database(file: Path) -> None:
    file.write_text(CLEAN, encoding="utf-8")
    script = (
        "import sys; sys.modules['django'] = None\n"
        "from onec_bridge.__main__ import main\n"
        f"sys.exit(main(['check', {str(file)!r}]))"
    )

    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)

    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("text", [DOUBTFUL, WRONG], ids=["judged", "read"])
def test_a_problem_is_told_with_the_name_of_the_goods(
    text: str, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    named = text.replace("<Ид>1</Ид>", "<Ид>1</Ид><Наименование>Лейка</Наименование>")
    file.write_text(named, encoding="utf-8")

    _status, out = check(capsys, file)
    assert "[Ид 1 «Лейка»" in out

    _status, out = check(capsys, "--json", file)
    (facts,) = json.loads(out).values()
    assert facts["problems"][0]["name"] == "Лейка"
