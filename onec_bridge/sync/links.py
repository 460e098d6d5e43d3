"""1C's ids and what they are here, for one batch: read at once, written at once.

Rule: a batch asks the database once per kind, whatever its size, and forgets everything at
its end, so memory doesn't grow with the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

import orjson
from django.db import connection as database

from b2b_overlay.copying import array, copy_in, upsert

from .models import Kind, Link

if TYPE_CHECKING:
    from onec_bridge.exchange.models import Connection

__all__ = ["Linked", "Links"]

Key = tuple[str, str]

_COLUMNS = ("connection_id", "kind", "external_id", "local_id", "parent_id", "data")

_SELECT = """
SELECT external_id, local_id, parent_id, data::text FROM onec_bridge_link
 WHERE connection_id = %s AND kind = %s
"""

_DIGESTS = """
SELECT external_id, local_id, data ->> 'digest' FROM onec_bridge_link
 WHERE connection_id = %s AND kind = %s AND external_id = ANY (%s::text[])
"""


class Linked:
    """A row of :class:`Link` as a batch works with it: a model's own weight is ten times this,
    and a full catalogue has hundreds of thousands. What is kept is read when it is asked for."""

    __slots__ = (
        "_data",
        "_more",
        "_text",
        "external_id",
        "is_saved",
        "kind",
        "local_id",
        "parent_id",
    )

    def __init__(
        self,
        kind: Kind,
        external_id: str,
        local_id: str = "",
        parent_id: str = "",
        text: str = "",
    ) -> None:
        self.kind, self.external_id = kind, external_id
        self.local_id, self.parent_id = local_id, parent_id
        self.is_saved = bool(text)
        #: What is kept: as it was read, and what was told since; as a whole once asked for.
        self._text = text
        self._more: dict[str, Any] = {}
        self._data: dict[str, Any] | None = None if text else self._more

    @property
    def data(self) -> Mapping[str, Any]:
        """What is known, to be changed by :meth:`tell` and :meth:`replace` only."""
        if self._data is None:
            self._data = orjson.loads(self._text)
        return self._data

    def tell(self, data: Mapping[str, Any]) -> None:
        """Merge this into what is known; what is told of a product otherwise than by its record
        makes the record's digest void (:mod:`.told_again`)."""
        if "told" in data and "digest" not in data and self.data.get("digest"):
            data = {**data, "digest": None}
        self._data = {**self.data, **data}
        self._more = {**self._more, **data} if self._text else self._data

    def replace(self, data: dict[str, Any]) -> None:
        """Nothing but this is known."""
        self._text, self._data, self._more = "", data, data

    def row(self, connection: str) -> tuple[str, ...]:
        """As :data:`_COLUMNS` have it. What was read isn't written anew: of a key that is there
        twice PostgreSQL keeps the later."""
        text = orjson.dumps(self._more).decode()
        if len(self._text) > len("{}"):
            text = f"{self._text[:-1]}, {text[1:]}" if self._more else self._text
        return connection, self.kind, self.external_id, self.local_id, self.parent_id, text


class Links:
    """The links of a connection that a batch needs."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._known: dict[Key, Linked | None] = {}
        self._dirty: dict[Key, Linked] = {}
        self._expected: dict[Kind, set[str]] = {}

    def load(self, kind: Kind, ids: Iterable[str] | None = None) -> None:
        """Read the links of these ids (all of the kind without ids) that weren't read yet."""
        missing = None
        if ids is not None:
            missing = {each for each in ids if (kind, each) not in self._known}
            if not missing:
                return
        with database.cursor() as cursor:
            if missing is None:
                cursor.execute(_SELECT, [self._connection.pk, str(kind)])
            else:
                of_these = f"{_SELECT} AND external_id = ANY (%s::text[])"
                cursor.execute(of_these, [self._connection.pk, str(kind), array(missing)])
            rows = cursor.fetchall()
        known = self._known
        for external_id, local_id, parent_id, data in rows:
            if known.get((kind, external_id)) is None:
                known[kind, external_id] = Linked(kind, external_id, local_id, parent_id, data)
        for each in missing.difference([row[0] for row in rows]) if missing else ():
            known.setdefault((kind, each), None)

    def with_digests(self, kind: Kind, ids: Iterable[str]) -> dict[str, tuple[str, str | None]]:
        """Local id and ``data["digest"]`` of these links, of those that weren't read yet; that one
        isn't there is known afterwards."""
        missing = {each for each in ids if (kind, each) not in self._known}
        if not missing:
            return {}
        with database.cursor() as cursor:
            cursor.execute(_DIGESTS, [self._connection.pk, str(kind), array(missing)])
            found = {row[0]: row[1:] for row in cursor.fetchall()}
        for each in missing.difference(found):
            self._known[kind, each] = None
        return found

    def expect(self, kind: Kind, ids: Iterable[str]) -> None:
        """These may be asked for: once one is, all are read with it."""
        self._expected.setdefault(kind, set()).update(ids)

    def get(self, kind: Kind, external_id: str) -> Linked | None:
        """The link of an id, asking the database for one not loaded before."""
        key = kind, external_id
        try:
            return self._known[key]
        except KeyError:
            self.load(kind, {external_id, *self._expected.pop(kind, ())})
            return self._known[key]

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
        link.tell(data)
        self._known[kind, external_id] = self._dirty[kind, external_id] = link
        return link

    def forget(self, link: Linked, **data: Any) -> None:
        """It is nothing here any more; ``data`` is all that stays known of it."""
        link.local_id = ""
        link.replace(data)
        self._dirty[link.kind, link.external_id] = link

    def all(self, kind: Kind) -> dict[str, Linked]:
        """Everything loaded of a kind, by 1C's id."""
        return {
            external_id: link
            for (of_kind, external_id), link in self._known.items()
            if of_kind == kind and link is not None
        }

    def save(self) -> None:
        """Write what :meth:`put` said. A constant number of statements. Of two runs that make
        the same link at once the second fails, and is repeated."""
        mine = str(self._connection.pk)
        fresh: list[tuple[str, ...]] = []
        changed: list[tuple[str, ...]] = []
        for link in self._dirty.values():
            (changed if link.is_saved else fresh).append(link.row(mine))
            link.is_saved = True
        copy_in(Link._meta.db_table, _COLUMNS, fresh)
        if changed:
            upsert(Link, _COLUMNS, _COLUMNS[:3], changed)
        self._dirty.clear()
