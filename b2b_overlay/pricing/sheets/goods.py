"""The goods that rows of a spreadsheet name: by article, code, barcode, name, in this order.

Rules: letter case and spaces at the ends aside, a code is whole or it isn't found; an article is
1C's or the shop's own (SKU); several goods with one article are told apart by the barcode and the
name beside it, and where that doesn't do the row is refused; an article and a barcode of different
goods contradict each other. An article «00123» that Excel made the number 123 is found where only
one good can be meant.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.utils.translation import gettext as _

from b2b_overlay.pricing.models import VariantFacts
from b2b_overlay.sheets import words_of
from b2b_overlay.shop import Shop

from .columns import IDENTIFYING

__all__ = ["Goods", "Unknown"]


class Unknown(Exception):
    """No good, or several; ``field`` names the column to look at."""

    def __init__(self, field: str, text: str) -> None:
        super().__init__(text)
        self.field = field


_Index = dict[str, tuple[int, ...]]


class Goods:
    """Everything the shop sells, by what a spreadsheet may call it."""

    def __init__(self, shop: Shop, fields: Collection[str]) -> None:
        """``fields`` are the columns there are: nothing is kept for the others."""
        coded = bool({"article", "code"} & set(fields))
        self._articles: _Index = {}
        self._skus: _Index = {}
        self._barcodes: _Index = {}
        self._called: list[tuple[str, int]] = []
        # Made when first asked for: most rows are known by a code.
        self._names: _Index | None = None
        self._shortened: _Index | None = None
        self.units: dict[int, str] = {}
        sold = set()
        for good in shop.writer.known_goods():
            sold.add(good.variant_id)
            if coded and good.sku:
                _put(self._skus, good.sku.casefold(), good.variant_id)
            if "barcode" in fields:
                for barcode in good.barcodes:
                    _put(self._barcodes, barcode, good.variant_id)
            if "name" in fields:
                self._called.append((good.name, good.variant_id))
        facts = VariantFacts.objects.values_list("variant_id", "article", "barcode", "unit")
        for pk, article, barcode, unit in facts.iterator():
            if pk not in sold:
                continue
            self.units[pk] = unit
            if coded and article:
                _put(self._articles, article.strip().casefold(), pk)
            if "barcode" in fields and barcode:
                _put(self._barcodes, barcode, pk)

    def find(self, given: Mapping[str, str]) -> int:
        """The one good meant by these identifying cells. Raises :class:`Unknown`."""
        found: set[int] = set()
        by = ""
        for field in IDENTIFYING:
            if field == "name" and len(found) == 1:
                break
            hits = self._hits(field, given.get(field, ""))
            if not hits:
                continue
            if not found:
                found, by = set(hits), field
            elif both := found & set(hits):
                found = both
            elif field == "barcode":
                text = _("the barcode is of another good than the article; put one of them right")
                raise Unknown("barcode", text)
        if len(found) == 1:
            return found.pop()
        if found:
            sentence = _(
                "%(count)s goods bear this; add a column with what tells them apart (the barcode)"
            )
            raise Unknown(by, sentence % {"count": len(found)})
        field = next(name for name in IDENTIFYING if given.get(name))
        raise Unknown(field, _("the shop has no such good; check it, or add the good first"))

    def _hits(self, field: str, text: str) -> tuple[int, ...]:
        if not text:
            return ()
        if field == "name":
            return self._by_name(words_of(text))
        if field == "barcode":
            return self._barcodes.get(text, ())
        code = text.casefold()
        both = dict.fromkeys((*self._articles.get(code, ()), *self._skus.get(code, ())))
        return tuple(both) or self._without_zeros(code)

    def _by_name(self, words: str) -> tuple[int, ...]:
        if self._names is None:
            self._names = {}
            for name, pk in self._called:
                _put(self._names, words_of(name), pk)
        return self._names.get(words, ())

    def _without_zeros(self, code: str) -> tuple[int, ...]:
        if not code.isdecimal():
            return ()
        if self._shortened is None:
            self._shortened = {}
            for index in (self._articles, self._skus):
                for key, ids in index.items():
                    if key.isdecimal() and key.startswith("0"):
                        for pk in ids:
                            _put(self._shortened, key.lstrip("0"), pk)
        return self._shortened.get(code, ())


def _put(index: _Index, key: str, pk: int) -> None:
    there = index.get(key, ())
    if key and pk not in there:
        index[key] = (*there, pk)
