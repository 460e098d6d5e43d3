"""Real files of shops that aren't ours: what an independent counter found, we find.

The collection stands beside the project (`../shared/samples`) and isn't part of it; where
it is missing these tests are skipped, and say so.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from cml_helpers import SAMPLES, Trickle, with_sources

from onec_bridge.commerceml.archive import open_files
from onec_bridge.commerceml.checker import inspect
from onec_bridge.commerceml.reader import read
from onec_bridge.commerceml.records import Problem, Severity
from tests.fuzz.agreeing import records_alike

COUNTS: dict[str, dict[str, Any]] = (
    json.loads((SAMPLES / "counts.json").read_text(encoding="utf-8"))
    if (SAMPLES / "counts.json").exists()
    else {}
)

pytestmark = pytest.mark.skipif(
    not COUNTS, reason="../shared/samples is missing: real CommerceML files went unread"
)


@pytest.mark.parametrize("name", COUNTS)
def test_every_real_file_holds_what_an_independent_counter_found(name: str) -> None:
    (contents,) = [
        inspect(opened) for opened in open_files(SAMPLES / name) if not isinstance(opened, Problem)
    ]

    assert contents.as_json() == COUNTS[name]
    assert not contents.has(Severity.FATAL)


@pytest.mark.parametrize("name", COUNTS)
def test_the_quick_way_reads_as_the_reference_does(name: str) -> None:
    data = (SAMPLES / name).read_bytes()

    assert records_alike(data, 30_000)


@pytest.mark.parametrize("name", [n for n, c in COUNTS.items() if c["file_bytes"] < 6_000])
def test_a_real_file_reads_the_same_byte_by_byte(name: str) -> None:
    data = (SAMPLES / name).read_bytes()

    trickled = list(read(Trickle(data), name))

    assert with_sources(trickled) == with_sources(list(read(Trickle(data, 1 << 20), name)))


@pytest.mark.parametrize("name", [n for n, c in COUNTS.items() if 0 < c.get("offers", 0) < 50])
def test_a_real_file_cut_short_gives_all_records_before_the_cut(name: str) -> None:
    path = SAMPLES / name
    data = path.read_bytes()
    whole = [item for item in read(Trickle(data, 1 << 20), name) if not isinstance(item, Problem)]
    cut = data[: data.rindex("</Предложение>".encode())] if _is_utf8(data) else data[:-50]

    items = list(read(Trickle(cut, 1 << 20), name))

    *before, last = items
    assert isinstance(last, Problem)
    assert last.code == "truncated_file"
    kept = [item for item in before if not isinstance(item, Problem)]
    assert kept == whole[: len(kept)]
    assert len(kept) >= len(whole) - 1


def _is_utf8(data: bytes) -> bool:
    return "</Предложение>".encode() in data


def test_the_collection_is_read_whole() -> None:
    files = {str(path.relative_to(SAMPLES)) for path in Path(SAMPLES).rglob("*.xml")}

    assert files == set(COUNTS)
