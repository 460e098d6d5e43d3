"""A file is gone on with where the last step stopped, and what follows is the very same."""

from __future__ import annotations

import io
import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks._commerceml_files import varied_offer, varied_product
from onec_bridge.commerceml._jumps import Jump
from onec_bridge.commerceml.reader import Item, read
from tests.fuzz.composing import built_in, composed
from tests.onec_bridge.commerceml.cml_helpers import with_sources

pytestmark = pytest.mark.long

CORPUS = built_in()


class Counted(io.BytesIO):
    """A file that gives up to so many bytes at once, and counts them."""

    def __init__(self, data: bytes, size: int = 1 << 16) -> None:
        super().__init__(data)
        self._size, self.given = size, 0

    def read(self, size: int | None = -1, /) -> bytes:
        data = super().read(min(size or -1, self._size - self.tell() % self._size))
        self.given += len(data)
        return data


def in_steps(data: bytes, step: int, size: int = 1 << 16) -> list[Item]:
    """All items, read as steps of an import do: each begins with the mark of the last one."""
    found: list[Item] = []
    mark: list[Jump] = []
    while True:
        reading = read(Counted(data, size), "test.xml", mark=mark)
        position = sum(jump.items for jump in mark)
        until = len(found) + step
        for item in reading:
            if position == until:
                break
            found += [item] if position == len(found) else []
            position += 1
        else:
            return found
        newer = reading.mark(position)
        kept = json.loads(json.dumps(newer if newer is not None else mark))
        mark = [Jump(*row) for row in kept]


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32), st.sampled_from([97, 1_000, 1 << 16]), st.integers(1, 30))
def test_a_file_read_in_steps_gives_the_same_records_and_lines(
    seed: int, size: int, step: int
) -> None:
    data = composed(random.Random(seed), CORPUS, most=40)

    whole = list(read(Counted(data, size), "test.xml"))

    assert with_sources(in_steps(data, step, size)) == with_sources(whole)


@pytest.mark.parametrize("end", ["</Каталог></КоммерческаяИнформация>", "</Каталог"])
def test_long_lists_of_one_file_are_passed_over_each(end: str) -> None:
    chance = random.Random(3)
    goods = "".join(varied_product(chance, n) for n in range(150))
    offers = "".join(varied_offer(chance, n) for n in range(300))
    data = (
        f"<КоммерческаяИнформация><Каталог><Ид>c</Ид><Товары>{goods}</Товары></Каталог>"
        f"<ПакетПредложений><Предложения>{offers}</Предложения></ПакетПредложений>"
        f"<Каталог><Ид>d</Ид><Товары>{goods}</Товары>{end}"
    ).encode()

    whole = list(read(Counted(data), "test.xml"))

    assert with_sources(in_steps(data, 70)) == with_sources(whole)


def test_what_was_read_of_a_long_list_is_not_read_again() -> None:
    chance = random.Random(3)
    offers = "".join(varied_offer(chance, n) for n in range(1_000))
    data = f"<ПакетПредложений><Предложения>{offers}</Предложения></ПакетПредложений>".encode()
    reading = read(Counted(data), "test.xml")
    for _item in zip(range(900), reading, strict=False):
        pass
    mark = reading.mark(899)
    assert mark is not None
    again = Counted(data)

    left = list(read(again, "test.xml", mark=mark))

    assert len(left) < 300
    assert again.given < len(data) / 3


def test_a_mark_of_another_file_is_refused() -> None:
    record = "<Предложение><Ид>{}</Ид></Предложение>"
    offers = "".join(record.format(n) for n in range(9))
    text = f"<ПакетПредложений>{{}}<Предложения>{offers}</Предложения></ПакетПредложений>"
    reading = read(io.BytesIO(text.format("").encode()), "test.xml")
    items = list(reading)
    mark = reading.mark(len(items))
    assert mark is not None

    with pytest.raises(ValueError, match="isn't as it was"):
        list(read(io.BytesIO(text.format("<Ид>1</Ид>").encode()), "test.xml", mark=mark))
