"""Which goods of 1C are goods that the shop already sells.

Ways, the surest first: 1C's id, which the shop keeps; SKU equal to the article, where it is
unique on both sides; the barcode; and, for a person to decide, a similar name or an article
that isn't unique. Rules: nothing is joined by a guess; a variant is joined to one good of
this 1C base at most. Nothing here writes.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from rapidfuzz import fuzz

from b2b_overlay.shop import KnownGood
from b2b_overlay.values import value
from onec_bridge.commerceml.records import Offer

from .counted import Counted, Numbered
from .facts import label
from .start.ids import is_made
from .words import in_sku, normal_name, sku_of

__all__ = [
    "Candidate",
    "Goods",
    "Offered",
    "Verdict",
    "Way",
    "alike",
    "normal_name",
    "offered_as",
    "sku_of",
]

#: From this score of 100 on, a similar name is worth a person's look.
ENOUGH = 72.0
#: From this on, two names are the same one, for goods with the same article.
SAME = 90.0
#: Candidates shown for one offer.
MOST = 5
GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.I)
#: A word in more names than this tells nothing apart.
COMMON = 400


class Way(StrEnum):
    """How an offer was recognised."""

    ID = "id"
    ARTICLE = "article"
    BARCODE = "barcode"
    #: A person decides: candidates by name, or an article that isn't unique.
    NAME = "name"
    AMBIGUOUS = "ambiguous"
    #: A person decides: this base itself knows such goods, under another id.
    RENAMED = "renamed"
    NEW = "new"


@value
class Offered:
    """An offer of 1C by everything it can be recognised by."""

    id: str
    name: str
    article: str = ""
    barcodes: tuple[str, ...] = ()
    #: What tells it from its siblings («15 м, зелёный»): they share the article.
    label: str = ""
    #: How many live goods of this 1C base have the article.
    article_count: int = 1

    @property
    def of_sheet(self) -> bool:
        """Does a spreadsheet tell of it, which gave it an id itself?"""
        return is_made(self.id)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A good of the shop that it may be, with a score of 100."""

    good: KnownGood
    score: int

    def as_json(self) -> dict[str, Any]:
        return {
            "variant_id": self.good.variant_id,
            "name": self.good.name,
            "sku": self.good.sku,
            "score": self.score,
        }


@value
class Verdict:
    """The way, the good where it is sure, the candidates where a person has to say."""

    way: Way
    good: KnownGood | None = None
    candidates: tuple[Candidate, ...] = ()


def offered_as(
    offer: Offer, product: Mapping[str, Any], articles: Counted | Counter[str]
) -> Offered:
    """An offer by everything it can be recognised by, with what 1C told of its product.

    ``articles`` counts the live goods that have an article (by :func:`sku_of`).
    """
    name = str(product.get("name") or offer.name or "")
    variant = label(offer, name)
    article = offer.article or product.get("article") or ""
    barcodes = [offer.barcode, None if offer.characteristic_id else product.get("barcode")]
    return Offered(
        id=offer.id,
        name=f"{name} ({variant})" if variant else name,
        article=article,
        barcodes=tuple(dict.fromkeys(barcode for barcode in barcodes if barcode)),
        label=variant,
        article_count=articles.get(sku_of(article), 0) if article else 0,
    )


Read = Callable[[Iterable[int]], Iterable[KnownGood]]
"""What the shop sells of these variants."""


def _nothing(_variant_ids: Iterable[int]) -> Iterable[KnownGood]:
    return ()


class Goods:
    """What the shop sells, indexed for recognition; joined variants drop out. Those that a
    spreadsheet ``made`` are free for 1C itself, and nobody else's for another sheet. Those that
    1C bases ``elsewhere`` know have their ids from there.

    Of those ``taken`` from the beginning (in a shop that 1C fills, nearly all) only numbers and
    hashes are kept, some hundred bytes each; what is asked of them further is ``read`` again.
    """

    def __init__(
        self,
        known: Iterable[KnownGood],
        taken: Iterable[int] = (),
        made: Iterable[int] = (),
        elsewhere: Iterable[int] = (),
        read: Read = _nothing,
    ) -> None:
        self._taken, self._made, self._elsewhere = set(taken), set(made), set(elsewhere)
        self._read = read
        self._again: dict[int, KnownGood] = {}
        self._by_variant: dict[int, KnownGood] = {}
        self.skus = Counted()
        self._products = Counted()
        self._by_id: dict[str, KnownGood] = {}
        self._families: dict[str, KnownGood] = {}
        self._by_sku: dict[str, list[KnownGood]] = {}
        self._by_barcode: dict[str, list[KnownGood]] = {}
        self._by_word: dict[str, list[KnownGood]] = {}
        self._names: dict[int, str] = {}
        self._taken_ids, self._taken_barcodes = Counted(), Counted()
        self._taken_skus, self._taken_families = Numbered(), Numbered()
        for good in known:
            self._products.add(str(good.product_id))
            if good.sku:
                self.skus.add(sku_of(good.sku))
            (self._add_taken if good.variant_id in self._taken else self._add)(good)

    def _add(self, good: KnownGood) -> None:
        self._by_variant[good.variant_id] = good
        if good.sku:
            self._by_sku.setdefault(sku_of(good.sku), []).append(good)
        if good.external_id:
            self._by_id[good.external_id.lower()] = good
            self._families.setdefault(_family(good.external_id), good)
        for barcode in good.barcodes:
            self._by_barcode.setdefault(barcode, []).append(good)
        name = self._names[good.variant_id] = normal_name(good.name)
        for word in set(name.split()):
            self._by_word.setdefault(word, []).append(good)

    def _add_taken(self, good: KnownGood) -> None:
        if good.sku:
            self._taken_skus.add(sku_of(good.sku), good.variant_id)
        if good.external_id:
            self._taken_ids.add(good.external_id.lower())
            if (family := _family(good.external_id)) not in self._taken_families:
                self._taken_families.add(family, good.variant_id)
        for barcode in good.barcodes:
            self._taken_barcodes.add(barcode)

    def meet(self, offers: Iterable[Offered]) -> None:
        """These are going to be looked at: those of theirs that are taken are read together."""
        skus = {sku for each in offers for sku in _skus(each)}
        wanted = {pk for sku in skus for pk in self._taken_skus.of(sku)}
        self._again = {good.variant_id: good for good in self._read(wanted)} if wanted else {}

    def known(self, variant_id: int | None) -> KnownGood | None:
        """What the shop sells under this number."""
        if variant_id is None:
            return None
        found = self._by_variant.get(variant_id) or self._again.get(variant_id)
        if found is None and variant_id in self._taken:
            found = next(iter(self._read([variant_id])), None)
        return found

    def has_siblings(self, good: KnownGood) -> bool:
        """Has its product other variants?"""
        return self._products[str(good.product_id)] > 1

    def knows_id(self, external_id: str) -> bool:
        """Does the shop keep this 1C id already, for whatever variant?"""
        external_id = external_id.lower()
        return external_id in self._by_id or external_id in self._taken_ids

    def knows_family(self, product_id: str) -> bool:
        """Does the shop keep the id of this 1C product already, for whatever product?"""
        product_id = product_id.lower()
        return product_id in self._families or product_id in self._taken_families

    def family(self, product_id: str, name: str = "") -> int | None:
        """The shop's product that has variants of this 1C product, by the ids it keeps."""
        key = product_id.lower()
        good = self._families.get(key)
        for pk in self._taken_families.of(key):
            if (good is None or pk < good.variant_id) and (taken := self.known(pk)):
                good = taken if _family(taken.external_id) == key else good
        return good.product_id if good and self._is_meant(good, product_id, name) else None

    def is_free(self, variant_id: int) -> bool:
        return variant_id in self._by_variant and variant_id not in self._taken

    def take(self, variant_id: int) -> None:
        """This variant is joined now."""
        self._taken.add(variant_id)

    def _free(self, goods: Iterable[KnownGood], offered: Offered) -> list[KnownGood]:
        of_sheet = offered.of_sheet
        return [
            good
            for good in goods
            if good.variant_id not in self._taken
            and not (of_sheet and good.variant_id in self._made)
        ]

    def exact(self, offered: Offered) -> Verdict | None:
        """The good it surely is; None where only a person could say."""
        good = self._by_id.get(offered.id.lower())
        if (
            good is not None
            and self._free([good], offered)
            and self._is_meant(good, offered.id, offered.name)
        ):
            return Verdict(Way.ID, good)
        if offered.article and offered.article_count == 1:
            sku = sku_of(offered.article)
            same = () if sku in self._taken_skus else self._by_sku.get(sku, ())
            if len(same) == 1 and self._free(same, offered) and _bears(same[0].name, offered.label):
                return Verdict(Way.ARTICLE, same[0])
        for barcode in offered.barcodes:
            same = () if barcode in self._taken_barcodes else self._by_barcode.get(barcode, ())
            if len(same) == 1 and self._free(same, offered):
                return Verdict(Way.BARCODE, same[0])
        return None

    def similar(self, offered: Offered, *, by_name: bool = True) -> Verdict:
        """The candidates for a person; :attr:`Way.NEW` where there are none."""
        article = "" if offered.label else sku_of(offered.article)
        same = self._free(self._by_sku.get(article, ()), offered)
        named = self._by_name(offered) if by_name and self._by_word else []
        if same:
            ranked = [Candidate(good, 100) for good in same]
            ranked += [c for c in named if c.good not in same]
            return Verdict(Way.AMBIGUOUS, candidates=tuple(ranked[:MOST]))
        if named:
            return Verdict(Way.NAME, candidates=tuple(named))
        return Verdict(Way.NEW)

    def _is_meant(self, good: KnownGood, external_id: str, name: str) -> bool:
        """Is the good that the shop keeps under this id the one that is told of? A GUID is nobody
        else's; short ids of two bases may be equal by chance (in_practice.md, 31)."""
        if good.variant_id not in self._elsewhere or GUID.fullmatch(external_id.partition("#")[0]):
            return True
        return not name or alike(name, good.name) >= ENOUGH

    def renamed(self, offered: Offered) -> KnownGood | None:
        """Goods of this very base with the same article and name: it was restored from a copy, or
        somebody made the card anew (in_practice.md, 30)."""
        if not offered.article or offered.of_sheet:
            return None
        for sku in _skus(offered):
            here = {good.variant_id for good in self._by_sku.get(sku, ())} & self._taken
            numbers = {*self._taken_skus.of(sku), *here} - self._made
            for good in filter(None, map(self.known, sorted(numbers))):
                if sku_of(good.sku) == sku and alike(offered.name, good.name) >= SAME:
                    return good
        return None

    def candidates(self, variant_ids: Iterable[int], offered: Offered) -> tuple[Candidate, ...]:
        """These, best first, as what it may be."""
        goods = [self._by_variant[pk] for pk in variant_ids if self.is_free(pk)]
        ranked = [Candidate(good, round(alike(offered.name, good.name))) for good in goods]
        return tuple(sorted(ranked, key=lambda c: (-c.score, c.good.variant_id))[:MOST])

    def _by_name(self, offered: Offered) -> list[Candidate]:
        """Goods with similar names, best first. Only those that share a telling word are
        looked at, so the work doesn't grow with the shop."""
        wanted = normal_name(offered.name)
        shared: Counter[int] = Counter()
        for word in set(wanted.split()):
            goods = self._by_word.get(word, ())
            if len(word) > 2 and len(goods) <= COMMON:
                shared.update(good.variant_id for good in goods)
        met = (self._by_variant[pk] for pk, _count in shared.most_common(200))
        found = [
            Candidate(good, round(score))
            for good in self._free(met, offered)
            if (score := _similarity(wanted, self._names[good.variant_id])) >= ENOUGH
        ]
        return sorted(found, key=lambda c: (-c.score, c.good.variant_id))[:MOST]


def _family(external_id: str) -> str:
    """The 1C product of a variant's id, as it is compared."""
    return external_id.lower().partition("#")[0]


def _skus(offered: Offered) -> list[str]:
    """Under which SKU a variant made of this offer may stand (offers._new_sku)."""
    if not offered.article:
        return []
    label = in_sku(offered.label)
    return [sku_of(offered.article), *([sku_of(f"{offered.article}-{label}")] if label else [])]


def _bears(name: str, label: str) -> bool:
    """Does the name hold every word of the label?"""
    return set(normal_name(label).split()) <= set(normal_name(name).split())


def alike(one: str, other: str) -> float:
    """Of 100, how like each other two names are."""
    return _similarity(normal_name(one), normal_name(other))


def _similarity(one: str, other: str) -> float:
    """Of 100. Words count in any order; numbers must not contradict each other, since
    «шланг 25 м» is no «шланг 50 м»."""
    numbers, others = set(re.findall(r"\d+", one)), set(re.findall(r"\d+", other))
    if numbers and others and not (numbers <= others or others <= numbers):
        return 0.0
    return float(fuzz.token_set_ratio(one, other) + fuzz.token_sort_ratio(one, other)) / 2
