"""What ``make saleor-suite`` promises, without a Saleor: it goes on where it was stopped, and a
difference is a failure until somebody has explained it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.saleor.databases import Missing
from tests.saleor.suite import side as suite_side
from tests.saleor.suite.comparing import (
    Explanation,
    Outcomes,
    Result,
    compared,
    explanations,
    results,
)
from tests.saleor.suite.identity import of_overlay
from tests.saleor.suite.side import Side

pytest_plugins = "pytester"

THREE = """
import os
def test_first(): pass
def test_second():
    if "STOP" in os.environ: raise KeyboardInterrupt
def test_third(): assert False, "sums differ"
"""


@pytest.fixture
def record(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the outcomes of three tests go: good, good, bad; ``STOP`` interrupts the second."""
    pytester.makepyfile(THREE)
    pytester.makeini("[pytest]")
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    kept = pytester.path / "results.jsonl"
    monkeypatch.setenv("B2B_SUITE_RECORD", str(kept))
    monkeypatch.setenv("B2B_SUITE_ENDED", str(pytester.path / "ended"))
    monkeypatch.syspath_prepend(suite_side.INSIDE)
    return kept


def run(pytester: pytest.Pytester) -> dict[str, int]:
    said = pytester.runpytest_inprocess("-pb2b_suite_record", no_reraise_ctrlc=True)
    return said.parseoutcomes()


def outcomes(record: Path) -> dict[str, str]:
    return {test.rpartition("::")[2]: each.outcome for test, each in results(record).items()}


def test_an_interrupted_run_goes_on_where_it_stopped(
    pytester: pytest.Pytester, record: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STOP", "1")
    run(pytester)
    assert outcomes(record) == {"test_first": "passed"}
    assert not (pytester.path / "ended").exists()

    monkeypatch.delenv("STOP")
    assert run(pytester) == {"passed": 1, "failed": 1, "deselected": 1}
    assert outcomes(record) == {
        "test_first": "passed",
        "test_second": "passed",
        "test_third": "failed",
    }
    assert (pytester.path / "ended").exists()

    assert run(pytester) == {"deselected": 3}
    assert len(record.read_text().splitlines()) == 3


def test_a_line_that_a_kill_cut_in_two_is_run_again(
    pytester: pytest.Pytester, record: Path
) -> None:
    run(pytester)
    whole = record.read_text()
    record.write_text(whole[:-20])
    assert list(outcomes(record)) == ["test_first", "test_second"]

    assert run(pytester) == {"failed": 1, "deselected": 2}
    assert list(outcomes(record)) == ["test_first", "test_second", "test_third"]


def test_what_failed_says_why_and_a_second_try_holds(
    pytester: pytest.Pytester, record: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(pytester)
    (bad,) = (each for each in results(record).values() if each.outcome == "failed")
    assert "sums differ" in bad.said

    monkeypatch.setenv("B2B_SUITE_AGAIN", "1")
    assert run(pytester) == {"passed": 2, "failed": 1}
    assert [each.again for each in results(record).values()] == [True, True, True]


# ------------------------------------------------------------------------------ one side


@pytest.fixture
def side(tmp_path: Path) -> Side:
    """A side whose «Python» only notes that it was started, and comes to its end where it is
    ``able``; pytest's status is 1 either way, as when a test failed."""
    python, able = tmp_path / "python", tmp_path / "able"
    python.write_text(
        f"""#!/bin/sh
echo started >> {tmp_path}/started
if [ -e {able} ]; then touch "$B2B_SUITE_ENDED"; fi
exit 1
"""
    )
    python.chmod(0o755)
    able.touch()
    return Side("without", python, tmp_path, tmp_path)


def started(side: Side) -> int:
    return len((side.saleor / "started").read_text().splitlines())


def test_a_folder_that_came_to_its_end_is_not_started_again(side: Side) -> None:
    assert side.run(["saleor/order"])
    assert not side.run(["saleor/order"])
    assert started(side) == 1
    assert side.run(["saleor/checkout"])
    assert started(side) == 2


def test_a_folder_that_broke_off_is_told_and_started_again(side: Side) -> None:
    (side.saleor / "able").unlink()
    with pytest.raises(Missing, match=r"broke off \(1\) without the overlay"):
        side.run(["saleor/order"])

    (side.saleor / "able").touch()
    assert side.run(["saleor/order"])
    assert not side.run(["saleor/order"])
    assert started(side) == 2


def test_another_overlay_is_another_run(tmp_path: Path) -> None:
    (tmp_path / "b2b_overlay").mkdir()
    code = tmp_path / "b2b_overlay/price.py"
    code.write_text("VAT = 20")
    before = of_overlay(tmp_path)
    assert of_overlay(tmp_path) == before

    code.write_text("VAT = 22")
    assert of_overlay(tmp_path) != before


# ---------------------------------------------------------------------------- comparison


def found(**outcome_of: str) -> Outcomes:
    return {test: Result(test=test, outcome=outcome) for test, outcome in outcome_of.items()}


def test_runs_alike_have_no_difference_and_common_failures_are_listed() -> None:
    both = found(a="passed", b="failed", c="skipped")
    comparison = compared(both, both, {})
    assert comparison.differences == ()
    assert [each.test for each in comparison.common] == ["b"]


@pytest.mark.parametrize(
    ("without", "ours"),
    [
        (found(a="passed"), found(a="failed")),
        (found(a="passed"), found(a="skipped")),
        (found(a="failed"), found(a="passed")),
        (found(a="passed"), found()),
        (found(), found(a="passed")),
    ],
)
def test_any_other_outcome_is_a_difference_nobody_has_explained(
    without: Outcomes, ours: dict[str, Result]
) -> None:
    comparison = compared(without, ours, {})
    assert [each.test for each in comparison.unexplained] == ["a"]


BECAUSE = Explanation("because")


def test_an_explanation_may_name_a_test_without_its_parameters() -> None:
    name = "test_x.py::test_y"
    without = {f"{name}[{n}]": Result(test=f"{name}[{n}]", outcome="passed") for n in "12"}
    ours = {test: Result(test=test, outcome="failed") for test in without}
    one = compared(without, ours, {f"{name}[1]": BECAUSE})
    assert [each.test for each in one.unexplained] == [f"{name}[2]"]
    assert compared(without, ours, {name: BECAUSE}).unexplained == ()


def test_a_test_that_breaks_in_another_way_than_explained_is_not_explained() -> None:
    ours = {"a": Result(test="a", outcome="failed", said="Expected 5 queries but 6 were done")}
    explained = {"a": Explanation("asks once more", says="queries but")}
    assert compared(found(a="passed"), ours, explained).unexplained == ()

    ours = {"a": Result(test="a", outcome="failed", said="assert None is not None")}
    assert len(compared(found(a="passed"), ours, explained).unexplained) == 1


def test_an_explained_difference_that_is_none_any_more_is_told_once_it_was_tried() -> None:
    explained = {"a": BECAUSE, "b": BECAUSE, "elsewhere": BECAUSE}
    comparison = compared(found(a="passed", b="passed"), found(a="passed", b="failed"), explained)
    assert comparison.outdated == ("a",)
    assert comparison.unexplained == ()


def test_an_explanation_needs_a_reason_and_stands_once() -> None:
    entry = '[[difference]]\nwhy = "{}"\ntests = ["a"]\n'
    assert explanations(entry.format("because")) == {"a": BECAUSE}
    with pytest.raises(ValueError, match="No reason"):
        explanations(entry.format(" "))
    with pytest.raises(ValueError, match="twice"):
        explanations(entry.format("because") * 2)


def test_the_checked_in_explanations_can_be_read() -> None:
    text = (Path(suite_side.__file__).parent / "explained.toml").read_text(encoding="utf-8")
    assert all(test.startswith("saleor/") for test in explanations(text))
