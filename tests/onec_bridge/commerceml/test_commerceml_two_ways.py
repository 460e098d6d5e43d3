"""The quick way of reading gives what the reference gives, whatever the file looks like.

`make fuzz` says it of a million records; here are some hundreds of files each time, and what
the million found.
"""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks._commerceml_files import varied_offer, varied_product
from tests.fuzz.agreeing import records_alike
from tests.fuzz.composing import BROKEN, GAPS, LISTS, TEXTS, built_in, composed

CORPUS = built_in()
MAKERS = {"Товар": varied_product, "Предложение": varied_offer}


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from([97, 1_000, 1 << 16]))
def test_composed_files_read_alike(seed: int, size: int) -> None:
    assert records_alike(composed(random.Random(seed), CORPUS, most=40), size) >= 0


def listed(tag: str, records: list[str], gap: str = "\n") -> bytes:
    """A file with a list of these records."""
    owner, listed = LISTS[tag]
    return f"<{owner}><Ид>o</Ид><{listed}>{gap}{gap.join(records)}</{listed}></{owner}>".encode()


@pytest.mark.parametrize("text", [*TEXTS, *BROKEN], ids=ascii)
@pytest.mark.parametrize("tag", LISTS)
def test_a_text_in_any_place_of_a_record_of_a_known_shape_is_read_alike(
    tag: str, text: str
) -> None:
    record = CORPUS[tag][0]
    places = [at for at in range(len(record)) if record.startswith("</", at)]
    begins = [record.rindex(">", 0, at) + 1 for at in places]
    for begin, end in zip(begins, places, strict=True):
        if "<" not in record[begin:end]:
            odd = record[:begin] + text + record[end:]
            records_alike(listed(tag, [record, record, odd, record]), 1 << 16)


@pytest.mark.parametrize("gap", GAPS, ids=ascii)
@pytest.mark.parametrize("tag", LISTS)
def test_whatever_stands_between_records_they_are_read_alike(tag: str, gap: str) -> None:
    records = CORPUS[tag][:3] * 4

    for between in ("\n", "\r\n"):
        data = listed(tag, [each.replace("\n", between) for each in records], gap)
        assert records_alike(data, 1 << 16) >= 1


@pytest.mark.parametrize("tag", LISTS)
def test_more_shapes_than_are_learned_are_read_alike(tag: str) -> None:
    chance = random.Random(3)
    records = [MAKERS[tag](chance, n).strip() for n in range(400)]
    extra = [
        record.replace("<Ид>", "<Э/>" * (n % 90) + "<Ид>", 1) for n, record in enumerate(records)
    ]

    assert records_alike(listed(tag, records + extra + records), 1 << 16) > 1_000
