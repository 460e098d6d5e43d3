"""Goods that came from spreadsheets, and which of them a good of 1C's own is.

Rules: by 1C's code, then by its article, then by the whole name where neither contradicts; an
answer is sure only where one good answers on either side and the names don't differ much.
Everything else that answers is a doubt, for a person to decide. Pure but for the one query
that reads them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from onec_bridge.sync.matching import alike
from onec_bridge.sync.models import Kind, Link
from onec_bridge.sync.words import normal_name, sku_of

from . import ids

if TYPE_CHECKING:
    from onec_bridge.exchange.models import Connection

__all__ = ["Found", "Made", "MadeGood", "Told", "Way", "shared_of"]

#: Below this of 100 names differ too much to be sure.
_SURE = 45.0


class Way(StrEnum):
    """By what a good of 1C was found among those from spreadsheets."""

    CODE = "code"
    ARTICLE = "article"
    NAME = "name"
    BARCODE = "barcode"
    DOUBT = "doubt"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class MadeGood:
    """A product that a spreadsheet brought."""

    external_id: str
    #: Id of the shop's product.
    local_id: str
    name: str
    code: str = ""
    article: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """A product as 1C tells of it."""

    name: str = ""
    code: str = ""
    article: str = ""

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Told:
        return cls(*(str(told.get(name) or "") for name in ("name", "code", "article")))


@dataclass(frozen=True, slots=True)
class Found:
    """What it is; ``goods`` are several, or one to be doubted, where the way is a doubt."""

    way: Way
    goods: tuple[MadeGood, ...] = ()


class Made:
    """The goods from spreadsheets that 1C hasn't taken over yet."""

    def __init__(self, connection: Connection) -> None:
        self._by: dict[str, dict[str, list[MadeGood]]] = {
            name: defaultdict(list) for name in ("code", "article", "name")
        }
        self.goods: dict[str, MadeGood] = {}
        links = Link.objects.filter(ids.made(), connection=connection, kind=Kind.PRODUCT)
        for external_id, local_id, data in links.exclude(local_id="").values_list(
            "external_id", "local_id", "data"
        ):
            told = Told.of(data.get("told", {}))
            good = MadeGood(external_id, local_id, told.name, told.code, told.article)
            self.goods[external_id] = good
            for name, key in _keys(told):
                self._by[name][key].append(good)

    def find(self, told: Told, shared: Collection[str] = ()) -> Found:
        """Which of them it is. ``shared``: what of it other goods of 1C have too."""
        for way, key in _keys(told):
            same = [good for good in self._by[way][key] if good.external_id in self.goods]
            same = [good for good in same if not _contradicts(good, told)]
            if not same:
                continue
            if len(same) == 1 and way not in shared and alike(told.name, same[0].name) >= _SURE:
                return Found(Way(way), (same[0],))
            return Found(Way.DOUBT, tuple(same[:5]))
        return Found(Way.NONE)

    def gone(self, external_ids: Iterable[str]) -> None:
        """These are 1C's now."""
        for external_id in external_ids:
            self.goods.pop(external_id, None)


def shared_of(every: Iterable[Told]) -> Callable[[Told], set[str]]:
    """Tells what of a good of 1C others among these have too."""
    counts = Counter(key for told in every for key in _keys(told))
    return lambda told: {way for way, key in _keys(told) if counts[way, key] > 1}


def _keys(told: Told) -> list[tuple[str, str]]:
    """By what a good can be found, the surest first."""
    named = normal_name(told.name)
    keys = [("code", sku_of(told.code)), ("article", sku_of(told.article)), ("name", named)]
    return [(name, key) for name, key in keys if key]


def _contradicts(good: MadeGood, told: Told) -> bool:
    """Another code is another good, and so is another article where a code doesn't say more."""
    if good.code and told.code:
        return sku_of(good.code) != sku_of(told.code)
    return bool(good.article and told.article) and sku_of(good.article) != sku_of(told.article)
