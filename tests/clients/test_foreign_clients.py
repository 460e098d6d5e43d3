"""The harness that runs foreign clients: what it says where there is none, and what it takes for
coming through."""

from __future__ import annotations

from pathlib import Path

import pytest

from clients import run
from clients.foreign import FOREIGN, Exchange, Foreign, missing

HERE = Exchange("http://127.0.0.1:9/", "1c", "x")


def client(said: str, *needs: str) -> Foreign:
    def play(folder: Path, exchange: Exchange) -> str:
        """A client of this test."""
        (folder / "touched").write_text("x")
        return said

    return Foreign("somebody/client", "client.sh", needs, "", play, ("success",))


@pytest.fixture
def place(tmp_path: Path) -> Path:
    folder = tmp_path / "somebody__client"
    folder.mkdir()
    (folder / "client.sh").write_text("")
    return folder


@pytest.mark.parametrize("folder", ["", "nowhere"])
def test_without_clients_it_says_so_and_proves_nothing(
    folder: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run.main(["--clients", folder]) == 0

    said = capsys.readouterr().out
    assert "nothing was run, nothing is proved" in said
    assert all(each.project in said for each in FOREIGN)


def test_clients_are_found_wherever_they_lie_in_the_folder(tmp_path: Path) -> None:
    for each in FOREIGN:
        mark = tmp_path / "deep" / each.project.replace("/", "__") / each.mark
        mark.parent.mkdir(parents=True)
        mark.write_text("")

    found = {each.project: place.name for each, place in run.look_for(str(tmp_path))}
    assert found == {each.project: each.project.replace("/", "__") for each in FOREIGN}


@pytest.mark.parametrize(
    ("said", "held"),
    [("success", True), ("done", False), ("success\nfailure\nно", False)],
)
def test_it_comes_through_when_it_says_so_and_met_no_failure(
    place: Path, said: str, held: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run.report(client(said), place, HERE, None) is held
    assert ("PASSED" if held else "FAILED") in capsys.readouterr().out
    assert not (place / "touched").exists(), "the checkout stays as it came"


def test_what_the_machine_lacks_is_named(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lacking = client("success", "no-such-program")

    assert missing(lacking) == ["no-such-program"]
    assert not run.report(lacking, place, HERE, None)
    assert "no-such-program" in capsys.readouterr().out
