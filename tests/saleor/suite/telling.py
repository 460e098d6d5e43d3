"""The comparison, for a person."""

from __future__ import annotations

from collections.abc import Iterator

from .comparing import Comparison, Difference, Outcomes, counted

#: Lines of what pytest said of a test that nobody has explained.
LINES = 25


def told(comparison: Comparison, without: Outcomes, ours: Outcomes) -> str:
    return "\n".join(_lines(comparison, without, ours))


def _lines(comparison: Comparison, without: Outcomes, ours: Outcomes) -> Iterator[str]:
    for name, found in (("without", without), ("with", ours)):
        seconds = sum(each.seconds for each in found.values())
        said = counted(found.values())
        yield f"{name:7} the overlay: {len(found)} tests, {seconds:.0f} s; {said}"
    yield _statements(without, ours)
    for result in comparison.common:
        yield f"  {result.outcome} on both sides: {result.test}"
    for difference in comparison.differences:
        yield from _difference(difference)
    for test in comparison.outdated:
        yield f"  no longer differs, take it out of explained.toml: {test}"


def _statements(without: Outcomes, ours: Outcomes) -> str:
    """How many tests that passed on both sides sent more or fewer statements; no promise."""
    passed = [
        result.statements - without[test].statements
        for test, result in ours.items()
        if test in without and result.outcome == without[test].outcome == "passed"
    ]
    others = [more for more in passed if more]
    return (
        f"Statements to the database: as many in {len(passed) - len(others)} tests that passed, "
        f"not as many in {len(others)} ({sum(others):+d} in all)."
    )


def _difference(difference: Difference) -> Iterator[str]:
    yield f"  {'explained' if difference.why else 'UNEXPLAINED'}: {difference.test}"
    yield f"    {difference.without} without, {difference.with_overlay} with. {difference.why}"
    if not difference.why:
        yield from (f"    {line}" for line in difference.said.splitlines()[-LINES:])
