"""Real files of shops that aren't ours, through the exchange into the sandbox.

The collection stands beside the project (`../shared/samples`) and isn't part of it; where it is
missing these tests are skipped, and say so.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from onec_bridge.models import ProblemRecord, ReceivedFile
from sandbox import models

SAMPLES = Path(__file__).parents[4] / "shared" / "samples"
COUNTS = (
    json.loads((SAMPLES / "counts.json").read_text(encoding="utf-8"))
    if (SAMPLES / "counts.json").exists()
    else {}
)
#: The independent counter's names of what is a record here too.
COUNTED = {"product": "products", "offer": "offers", "group": "groups"}

pytestmark = pytest.mark.skipif(
    not COUNTS, reason="../shared/samples is missing: no real file went through the exchange"
)


@pytest.mark.parametrize("name", COUNTS)
def test_a_real_file_goes_through_and_every_record_is_accounted_for(onec, db, name):
    models.Channel.objects.create(slug="ru", name="Садовник", currency="RUB")
    body = (SAMPLES / name).read_bytes()
    onec.sign_in()
    onec.ask("catalog", "init")
    sent = onec.send("catalog", Path(name).name, body, part=3_000_000)

    answered = onec.load("catalog", Path(name).name)

    assert sent.word == "success"
    assert answered.word in ("success", "failure")
    assert not ProblemRecord.objects.filter(code="internal_error").exists()
    file = ReceivedFile.objects.get()
    assert file.state in (ReceivedFile.State.IMPORTED, ReceivedFile.State.FAILED)
    for kind, counted in COUNTED.items():
        assert sum(file.counts.get(kind, {}).values()) == COUNTS[name].get(counted, 0), kind
    refused = sum(row.get("refused", 0) for row in file.counts.values())
    assert not refused or file.problems.exists()
