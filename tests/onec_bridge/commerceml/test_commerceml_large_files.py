"""Long files: exact lines, flat memory."""

from __future__ import annotations

import io
import tracemalloc
from collections.abc import Iterator

from onec_bridge.commerceml.reader import read
from onec_bridge.commerceml.records import Offer, Problem

OFFER = """<Предложение>
<Ид>{n}</Ид>
<Цены>
<Цена>
<ИдТипаЦены>D</ИдТипаЦены>
<ЦенаЗаЕдиницу>{amount}</ЦенаЗаЕдиницу>
</Цена>
</Цены>
</Предложение>
"""
LINES = OFFER.count("\n")


class Offers(io.RawIOBase):
    """A file of so many offers that is never in memory as a whole."""

    def __init__(self, count: int, bad: frozenset[int] = frozenset()) -> None:
        self._parts = self._generate(count, bad)
        self._rest = b""

    def _generate(self, count: int, bad: frozenset[int]) -> Iterator[bytes]:
        yield "<ПакетПредложений><Предложения>\n".encode()
        for start in range(0, count, 100):
            yield "".join(
                OFFER.format(n=n, amount="?" if n in bad else f"{n}.50")
                for n in range(start, min(start + 100, count))
            ).encode()
        yield "</Предложения></ПакетПредложений>".encode()

    def read(self, size: int = -1) -> bytes:
        while len(self._rest) < size:
            part = next(self._parts, b"")
            if not part:
                break
            self._rest += part
        data, self._rest = self._rest[:size], self._rest[size:]
        return data


def test_lines_are_exact_past_the_65535th() -> None:
    bad = frozenset({3, 7_000, 7_499})

    items = list(read(Offers(7_500, bad), "offers.xml"))

    offers = [item for item in items if isinstance(item, Offer)]
    assert all(offer.source.line == 2 + n * LINES for n, offer in enumerate(offers))
    assert all(
        price.source.line == offer.source.line + 3 for offer in offers for price in offer.prices
    )
    assert [
        (item.source.line, item.source.external_id) for item in items if isinstance(item, Problem)
    ] == [(2 + n * LINES + 5, str(n)) for n in sorted(bad)]


def peak(offers: int) -> int:
    """Most bytes in use while that many offers are read."""
    tracemalloc.start()
    try:
        for _ in read(Offers(offers), "offers.xml"):
            pass
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_does_not_grow_with_the_file() -> None:
    peak(1_500)  # fills what is remembered of texts, which is bounded

    assert peak(4_500) < peak(1_500) * 1.25
