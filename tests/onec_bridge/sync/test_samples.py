"""Real files from other people's shops: each goes in, and no readable record gets lost."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest

from onec_bridge.commerceml import records as r
from onec_bridge.commerceml.reader import read
from onec_bridge.sync import apply_file

SAMPLES = Path(__file__).resolve().parents[4] / "shared" / "samples"
FILES = sorted(SAMPLES.rglob("*.xml"))

HEADERS = (
    r.Header,
    r.ClassifierHeader,
    r.CatalogHeader,
    r.OfferPackageHeader,
    r.CounterpartyListHeader,
)

pytestmark = pytest.mark.skipif(not FILES, reason=f"no samples in {SAMPLES}")


def take(connection, path):
    return apply_file(connection, read(BytesIO(path.read_bytes()), path.name), file_name=path.name)


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(SAMPLES)))
def test_every_readable_record_of_a_real_file_has_one_outcome(connection, path):
    items = list(read(BytesIO(path.read_bytes()), path.name))
    expected = sum(not isinstance(item, (*HEADERS, r.Problem)) for item in items)

    first = take(connection, path)
    again = take(connection, path)

    def counted(progress):
        own = (
            n for kind, of in progress.counts.items() if kind != "offer_waited" for n in of.values()
        )
        return sum(own)

    assert first.finished
    assert first.done == len(items)
    assert counted(first) == expected
    assert counted(again) == expected
    assert not any(of.get("created") for of in again.counts.values())
