"""pytest plugin: writes each test's outcome into ``B2B_SUITE_RECORD`` as soon as it is known,
and leaves out the tests that already stand there, so that a run goes on where it was stopped.

A line a test: outcome, seconds, the statements its body sent to the database, and for one that
didn't pass the end of what pytest said. A test that is tried again (``B2B_SUITE_AGAIN``) gets a
second line; the last one holds. ``B2B_SUITE_ENDED`` is made when a session comes to its end, since
pytest ends with 1 for failed tests and for what kept it from starting.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

#: The worst of setup, body and teardown is the test's outcome.
WORST = ("error", "failed", "xpassed", "xfailed", "skipped", "passed")
SAID = 3000
ENDED = (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED, pytest.ExitCode.NO_TESTS_COLLECTED)

_phases: dict[str, dict[str, Any]] = {}
_statements: dict[str, int] = {}


def _record() -> Path:
    return Path(os.environ["B2B_SUITE_RECORD"])


def _again() -> bool:
    return "B2B_SUITE_AGAIN" in os.environ


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if _again() or not _record().exists():
        return
    with _record().open(encoding="utf-8") as lines:
        known = {json.loads(line)["test"] for line in lines}
    config.hook.pytest_deselected(items=[item for item in items if item.nodeid in known])
    items[:] = [item for item in items if item.nodeid not in known]


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    """Count the statements. Saleor's tests read their replica through the same connection."""
    from django.db import connection

    count = 0

    def counted(execute: Any, *arguments: Any) -> Any:
        nonlocal count
        count += 1
        return execute(*arguments)

    with connection.execute_wrapper(counted):
        yield
    _statements[item.nodeid] = count


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    outcome: str = report.outcome
    if hasattr(report, "wasxfail"):
        outcome = "xpassed" if report.passed else "xfailed"
    elif report.failed and report.when != "call":
        outcome = "error"
    kept = _phases.setdefault(report.nodeid, {"outcome": "passed", "seconds": 0.0})
    kept["seconds"] = round(kept["seconds"] + report.duration, 3)
    if WORST.index(outcome) < WORST.index(kept["outcome"]):
        kept["outcome"] = outcome
        kept["said"] = str(report.longrepr or "")[-SAID:]


def pytest_runtest_logfinish(nodeid: str) -> None:
    line = {"test": nodeid, **_phases.pop(nodeid), "statements": _statements.pop(nodeid, 0)}
    if _again():
        line["again"] = True
    with _record().open("a", encoding="utf-8") as record:
        record.write(json.dumps(line, ensure_ascii=False) + "\n")


def pytest_sessionfinish(exitstatus: int) -> None:
    if exitstatus in ENDED:
        Path(os.environ["B2B_SUITE_ENDED"]).touch()
