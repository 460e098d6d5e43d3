"""What a connection's goods, price types, warehouses and groups are called, told before by
spreadsheets or by 1C itself: so that a sheet finds them whatever column it knows them by.

Four queries, however long the sheet; nothing is written.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from django.db.models.fields.json import KT

from onec_bridge.commerceml.values import parse_ident
from onec_bridge.sync.models import Kind, Link
from onec_bridge.sync.words import normal_name, sku_of

from .ids import is_made

if TYPE_CHECKING:
    from onec_bridge.exchange.models import Connection

__all__ = ["Known"]

#: In the order in which goods are looked for.
_BY = ("code", "article", "barcode", "name")


def _compared(field: str, text: str) -> str:
    return normal_name(text) if field == "name" else sku_of(text)


class Known:
    """By what a sheet may call them."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._ids: dict[str, bool] = {}
        #: Code and article, as they are compared.
        self._sure: dict[str, tuple[str, str]] = {}
        self._found: dict[str, dict[str, list[str]]] = {name: defaultdict(list) for name in _BY}
        self._labels: dict[tuple[str, str], str] = {}
        self._goods()
        self._offers()
        made = sum(map(is_made, self._ids))
        #: Stands for all of it: goods were told since, or taken over, where it is another one.
        self.seen = f"{len(self._ids)} {made} {len(self._labels)}"
        self.price_types = self._named(Kind.PRICE_TYPE)
        self.warehouses = self._named(Kind.WAREHOUSE)
        self._groups = {
            (told.get("parent") or "", normal_name(told.get("name") or "")): external_id
            for external_id, told in self._told(Kind.GROUP)
        }

    def _told(self, kind: Kind) -> list[tuple[str, Mapping[str, Any]]]:
        links = Link.objects.filter(connection=self._connection, kind=kind)
        rows = links.exclude(external_id="").values_list("external_id", "data")
        return [(external_id, data.get("told", {})) for external_id, data in rows]

    def _named(self, kind: Kind) -> dict[str, str]:
        """Ids by name as it is compared."""
        return {normal_name(told.get("name") or ""): pk for pk, told in self._told(kind)}

    def _goods(self) -> None:
        links = Link.objects.filter(connection=self._connection, kind=Kind.PRODUCT)
        rows = links.annotate(
            **{f"told_{name}": KT(f"data__told__{name}") for name in (*_BY, "deleted")}
        ).values_list("external_id", *(f"told_{name}" for name in (*_BY, "deleted")))
        for external_id, *told, deleted in rows.iterator(chunk_size=5000):
            self._ids[external_id] = deleted == "true"
            for name, text in zip(_BY, told, strict=True):
                if text:
                    self._found[name][_compared(name, text)].append(external_id)
            self._sure[external_id] = sku_of(told[0] or ""), sku_of(told[1] or "")

    def _offers(self) -> None:
        links = Link.objects.filter(
            connection=self._connection, kind=Kind.OFFER, external_id__contains="#"
        )
        rows = links.annotate(label=KT("data__told__label"))
        for external_id, product_id, label in rows.values_list("external_id", "parent_id", "label"):
            self._labels[product_id, normal_name(label or "")] = external_id

    def find(self, said: Mapping[str, str]) -> str | list[str] | None:
        """The product's id; where several answer, by what they do; None: there is none.

        1C's own id is an answer by itself; goods with another code or article are others,
        whatever else is the same.
        """
        if text := said.get("id"):
            own = parse_ident(text).partition("#")[0]
            return own if own in self._ids else None
        for name in _BY:
            text = said.get(name, "")
            same = self._found[name].get(_compared(name, text), ()) if text else ()
            found = [pk for pk in same if not self._contradicts(pk, said)]
            if found:
                return found[0] if len(found) == 1 else [name]
        return None

    def _contradicts(self, product_id: str, said: Mapping[str, str]) -> bool:
        told = self._sure[product_id]
        return any(
            mine and theirs and sku_of(mine) != theirs
            for mine, theirs in zip((said.get("code"), said.get("article")), told, strict=True)
        )

    def offer(self, product_id: str, label: str) -> str | None:
        """The offer of the product with this characteristic."""
        return self._labels.get((product_id, normal_name(label)))

    def is_deleted(self, product_id: str) -> bool:
        return self._ids.get(product_id, False)

    def group(self, parent_id: str, name: str) -> str | None:
        """The group of this name in that one."""
        return self._groups.get((parent_id, normal_name(name)))
