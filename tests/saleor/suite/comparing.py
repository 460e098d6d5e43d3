"""What two runs of the same tests differ in, and which of that is explained.

Outcomes are read from what ``inside/b2b_suite_record.py`` wrote: a line a test, the last line of
a test holds; a line that a kill cut in two is as if the test hadn't run. No Saleor is needed here.
"""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

#: Outcomes as good as each other: what was meant to happen happened.
GOOD = frozenset({"passed", "skipped", "xfailed"})
NOT_RUN = "not run"


@dataclass(frozen=True, kw_only=True)
class Result:
    test: str
    outcome: str
    seconds: float = 0.0
    #: What the test's body sent to the database.
    statements: int = 0
    said: str = ""
    #: It was tried a second time, after the runs had differed in it.
    again: bool = False


Outcomes = dict[str, Result]


@dataclass(frozen=True)
class Explanation:
    why: str
    #: What pytest has to have said: a test that breaks in another way isn't explained by this.
    says: str = ""


@dataclass(frozen=True)
class Difference:
    test: str
    without: str
    with_overlay: str
    said: str
    #: The sentence of ``explained.toml``; empty: nobody has explained it.
    why: str = ""


@dataclass(frozen=True)
class Comparison:
    differences: tuple[Difference, ...]
    #: Didn't pass on either side, and alike: Saleor's own or the machine's fault.
    common: tuple[Result, ...]
    #: Explained, tried on both sides, and no different.
    outdated: tuple[str, ...]

    @property
    def unexplained(self) -> tuple[Difference, ...]:
        return tuple(each for each in self.differences if not each.why)


def results(record: Path) -> Outcomes:
    """By test. Repairs the record where a kill left half a line at its end."""
    found: Outcomes = {}
    if not record.exists():
        return found
    whole = record.read_bytes()
    kept = whole[: whole.rfind(b"\n") + 1]
    if kept != whole:
        record.write_bytes(kept)
    for line in kept.decode().splitlines():
        result = Result(**json.loads(line))
        found[result.test] = result
    return found


def explanations(text: str) -> dict[str, Explanation]:
    """Test, or its name without parameters → why it differs. Each needs its sentence."""
    found: dict[str, Explanation] = {}
    for entry in tomllib.loads(text).get("difference", []):
        explanation = Explanation(str(entry["why"]).strip(), str(entry.get("says", "")))
        if not explanation.why:
            raise ValueError(f"No reason is given for {entry['tests']}")
        for test in entry["tests"]:
            if test in found:
                raise ValueError(f"Explained twice: {test}")
            found[test] = explanation
    return found


def compared(
    without: Outcomes, with_overlay: Outcomes, explained: Mapping[str, Explanation]
) -> Comparison:
    differences, common = [], []
    for test in sorted({*without, *with_overlay}):
        plain, ours = without.get(test), with_overlay.get(test)
        before, after = (each.outcome if each else NOT_RUN for each in (plain, ours))
        if before != after:
            said = (ours and ours.said) or (plain and plain.said) or ""
            reason = explained.get(test) or explained.get(bare(test))
            why = reason.why if reason and reason.says in said else ""
            differences.append(Difference(test, before, after, said, why))
        elif ours and ours.outcome not in GOOD:
            common.append(ours)
    met = {name for each in differences for name in (each.test, bare(each.test))}
    tried = {name for test in {*without} & {*with_overlay} for name in (test, bare(test))}
    outdated = tuple(test for test in explained if test in tried and test not in met)
    return Comparison(tuple(differences), tuple(common), outdated)


def bare(test: str) -> str:
    """The test's name without its parameters."""
    return test.partition("[")[0]


def counted(found: Iterable[Result]) -> str:
    """«5200 passed, 3 skipped»."""
    outcomes = Counter(each.outcome for each in found)
    return ", ".join(f"{count} {outcome}" for outcome, count in outcomes.most_common()) or "none"
