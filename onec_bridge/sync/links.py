"""1C's ids and what they are here, for one batch: read at once, written at once.

Rule: a batch asks the database once per kind, whatever its size, and forgets everything at
its end, so memory doesn't grow with the file.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from django.db import connection as database

from b2b_overlay.copying import array, upsert

from .models import Kind, Link

if TYPE_CHECKING:
    from onec_bridge.exchange.models import Connection

__all__ = ["Linked", "Links"]

Key = tuple[str, str]

_READ = """
SELECT external_id, local_id, parent_id, data::text, id FROM onec_bridge_link
 WHERE connection_id = %s AND kind = %s
"""


@dataclass(slots=True)
class Linked:
    """A row of :class:`Link` as a batch works with it: a model's own weight is ten times this,
    and a full catalogue has hundreds of thousands."""

    kind: Kind
    external_id: str
    local_id: str = ""
    parent_id: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    #: None until it is saved.
    pk: int | None = None


class Links:
    """The links of a connection that a batch needs."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known: dict[Key, Linked | None] = {}
        self._dirty: dict[Key, Linked] = {}

    def load(self, kind: Kind, ids: Iterable[str] | None = None) -> None:
        """Read the links of these ids (all of the kind without ids) that weren't read yet."""
        missing = None
        if ids is not None:
            missing = {each for each in ids if (kind, each) not in self._known}
            if not missing:
                return
        with database.cursor() as cursor:
            if missing is None:
                cursor.execute(_READ, [self._connection.pk, str(kind)])
            else:
                of_these = f"{_READ} AND external_id = ANY (%s::text[])"
                cursor.execute(of_these, [self._connection.pk, str(kind), array(missing)])
            for external_id, local_id, parent_id, data, pk in cursor.fetchall():
                if self._known.get((kind, external_id)) is None:
                    self._known[kind, external_id] = Linked(
                        kind, external_id, local_id, parent_id, json.loads(data), pk
                    )
        for each in missing or ():
            self._known.setdefault((kind, each), None)

    def get(self, kind: Kind, external_id: str) -> Linked | None:
        """The link of an id, asking the database for one not loaded before."""
        if (kind, external_id) not in self._known:
            self.load(kind, [external_id])
        return self._known[kind, external_id]

    def local(self, kind: Kind, external_id: str) -> str:
        """What the id is here; empty where it is nothing yet."""
        link = self.get(kind, external_id)
        return link.local_id if link else ""

    def put(
        self, kind: Kind, external_id: str, local_id: str, *, parent_id: str = "", **data: Any
    ) -> Linked:
        """Say what the id is here; ``data`` is merged into what was known."""
        link = self.get(kind, external_id) or Linked(kind, external_id)
        link.local_id, link.parent_id = local_id, parent_id or link.parent_id
        link.data = {**link.data, **data}
        self._known[kind, external_id] = self._dirty[kind, external_id] = link
        return link

    def forget(self, link: Linked, **data: Any) -> None:
        """It is nothing here any more; ``data`` is all that stays known of it."""
        link.local_id, link.data = "", data
        self._dirty[link.kind, link.external_id] = link

    def all(self, kind: Kind) -> dict[str, Linked]:
        """Everything loaded of a kind, by 1C's id."""
        return {
            external_id: link
            for (of_kind, external_id), link in self._known.items()
            if of_kind == kind and link is not None
        }

    def save(self) -> None:
        """Write what :meth:`put` said. A constant number of statements."""
        if not self._dirty:
            return
        mine = str(self._connection.pk)
        saved = upsert(
            Link,
            ("connection_id", "kind", "external_id", "local_id", "parent_id", "data"),
            ("connection_id", "kind", "external_id"),
            (
                (
                    mine,
                    str(link.kind),
                    link.external_id,
                    link.local_id,
                    link.parent_id,
                    json.dumps(link.data, ensure_ascii=False),
                )
                for link in self._dirty.values()
            ),
            returning=("kind", "external_id", "id"),
        )
        for kind, external_id, pk in saved:
            self._dirty[kind, external_id].pk = pk
        self._dirty.clear()
