"""Goods that came from spreadsheets, and which of them a good of 1C's own is.

Rules: by 1C's code, then by its article; an answer is sure only where one good answers on
either side and the names don't differ much. Everything else that answers is a doubt, for a
person to decide. Pure but for the one query that reads them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from onec_bridge.sync.matching import alike
from onec_bridge.sync.models import Kind, Link
from onec_bridge.sync.words import normal_name, sku_of

from . import ids

if TYPE_CHECKING:
    from onec_bridge.exchange.models import Connection

__all__ = ["Found", "Made", "MadeGood", "Told", "Way"]

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

    def find(self, told: Told, *, also: int = 0) -> Found:
        """Which of them it is. ``also``: how many more goods of 1C have its article."""
        for way, key in _keys(told):
            same = [good for good in self._by[way][key] if good.external_id in self.goods]
            same = [good for good in same if not _contradicts(good, told, way)]
            if not same:
                continue
            shared = way == Way.ARTICLE and also > 0
            if len(same) == 1 and not shared and alike(told.name, same[0].name) >= _SURE:
                return Found(Way(way), (same[0],))
            return Found(Way.DOUBT, tuple(same[:5]))
        return Found(Way.NONE)

    def gone(self, external_ids: Iterable[str]) -> None:
        """These are 1C's now."""
        for external_id in external_ids:
            self.goods.pop(external_id, None)


def _keys(told: Told) -> list[tuple[str, str]]:
    """By what a good can be found, the surest first; by its name only where a sheet had
    nothing better."""
    named = normal_name(told.name)
    keys = [("code", sku_of(told.code)), ("article", sku_of(told.article)), ("name", named)]
    return [(name, key) for name, key in keys if key]


def _contradicts(good: MadeGood, told: Told, way: str) -> bool:
    """Another code is another good; a name alone is enough only for one without both."""
    if way == Way.NAME:
        return bool(good.code or good.article)
    return way == Way.ARTICLE and bool(
        good.code and told.code and sku_of(good.code) != sku_of(told.code)
    )
