"""A reader's problem knows a record's place and its id; here it gets the record's name.

A person who has to mend a card looks for it by its name, and a record without an id has nothing
else. Costs nothing in a batch without problems.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from onec_bridge.commerceml.records import Problem, Record

__all__ = ["named"]


def named(batch: Sequence[Record | Problem]) -> list[Problem]:
    """The problems of a batch, each with the name of the record it is about."""
    problems = [record for record in batch if isinstance(record, Problem)]
    if not problems:
        return []
    names = {
        (record.source.path, record.source.ordinal): name
        for record in batch
        if not isinstance(record, Problem) and (name := getattr(record, "name", None))
    }
    found = []
    for problem in problems:
        name = names.get((problem.source.path, problem.source.ordinal))
        found.append(replace(problem, params={"name": name, **problem.params}) if name else problem)
    return found
