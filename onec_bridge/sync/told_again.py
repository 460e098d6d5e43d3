"""Goods that 1C tells again, to the letter, as it told them last.

Most of a full catalogue is what it was, and finding that out is most of what taking it costs. So
the link of a product keeps a digest of the record it was last made of, and of what else its facts
come from: who owns the texts, the properties that are described, the release of this code. Where
both are the same, reading the record would give what is known, and isn't done
(tests/onec_bridge/sync/test_told_again.py holds that against the long way).

Rule: whoever changes what is kept of a product otherwise (:meth:`.links.Linked.tell`) drops the
digest; one that is missing or another costs the long way, nothing else.
"""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from b2b_overlay import __version__
from onec_bridge.commerceml.records import Product

from .models import Kind
from .outcome import Item, Outcome

if TYPE_CHECKING:
    from .properties import Described
    from .work import Work

__all__ = ["digest_of", "is_of_now", "reading", "unchanged"]


def reading(described: Described | None, *, owns_texts: bool) -> str:
    """What the facts of a product come from besides its record; without properties None."""
    of_properties = described and (sorted(described.ids), sorted(described.telling.items()))
    told = repr((__version__, owns_texts, of_properties))
    return blake2b(told.encode(), digest_size=6).hexdigest()


def digest_of(record: Product, work: Work) -> str | None:
    """What is kept of a record; None: of this one nothing is, and it is always read.

    Several records tell one product by its characteristics, and prices within it are an offer's.
    """
    if record.made_of is None or "#" in record.id or record.prices:
        return None
    shape, texts = record.made_of
    text = "\n".join(texts).encode()
    digest = blake2b(text, digest_size=12, key=shape).hexdigest()
    return f"{work.knowledge.reading(bool(record.properties))}:{len(texts)}:{digest}"


def is_of_now(kept: Any, digest: str) -> bool:
    """Was this kept under the conditions of now?"""
    return isinstance(kept, str) and kept.partition(":")[0] == digest.partition(":")[0]


def unchanged(
    work: Work, items: list[Item[Product]]
) -> tuple[list[Item[Product]], dict[str, str | None]]:
    """Say of those told again that nothing came of them; the others, and the digests of all by
    the record's id."""
    digests = {item.record.id: digest_of(item.record, work) for item in items}
    kept = work.links.with_digests(Kind.PRODUCT, [pk for pk, digest in digests.items() if digest])
    others = []
    for item in items:
        record = item.record
        local, digest = kept.get(record.id, ("", None))
        if digest is None or digest != digests[record.id]:
            others.append(item)
        else:
            is_nothing_new = local or record.deleted
            item.came(Outcome.UNCHANGED if is_nothing_new else Outcome.PARKED)
    return others, digests
