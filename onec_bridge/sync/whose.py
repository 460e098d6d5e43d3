"""Whose a row of a spreadsheet is: the counterparties that it names, found at once.

Rules: a counterparty is known by its Ид, else by Код, else by INN and KPP; one that was joined
to another is that one; an INN that several have, and no KPP beside it, names nobody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from b2b_overlay.company import joining, requisites
from b2b_overlay.company.models import LegalEntity
from onec_bridge.commerceml.records import Problem, Severity
from onec_bridge.commerceml.values import parse_ident

from .models import Kind, Link
from .table import Row, Table

if TYPE_CHECKING:
    from onec_bridge.exchange.models import Connection

__all__ = ["WHOSE", "Whose", "cell_problem"]

#: The columns by which a counterparty is known, and how they may be called.
WHOSE: Mapping[str, tuple[str, ...]] = {
    "external_id": ("ид", "ид контрагента", "ид 1с", "guid"),
    "code": ("код", "код контрагента", "код 1с"),
    "name": ("наименование", "контрагент", "клиент"),
    "inn": ("инн", "инн контрагента"),
    "kpp": ("кпп", "кпп контрагента"),
}


def cell_problem(
    columns: Mapping[str, tuple[str, ...]],
    table: Table,
    row: Row,
    code: str,
    column: str,
    severity: Severity = Severity.ERROR,
    **params: str,
) -> Problem:
    """What is wrong with one cell, by its place and its column's name."""
    label = columns[column][0].capitalize()
    label = label.upper() if column in ("inn", "kpp") else label
    value = row.texts.get(column, "")[:200]
    words = {"cell": table.cell(column, row), **params}
    return Problem(code, severity, table.source(row), label, value, words)


class Whose:
    """The counterparties that the rows of a file speak of. Three queries."""

    def __init__(self, connection: Connection, rows: Sequence[Row]) -> None:
        wanted = {_id_of(row.texts) for row in rows} - {""}
        links = Link.objects.filter(
            connection=connection, kind=Kind.COUNTERPARTY, external_id__in=wanted
        )
        self._links = {link.external_id: int(link.local_id or 0) for link in links}
        inns = {requisites.compact(row.texts.get("inn", "")) for row in rows} - {""}
        found = LegalEntity.objects.filter(inn__in=inns)
        self._by_inn: dict[str, list[LegalEntity]] = {}
        for entity in found.order_by("pk"):
            self._by_inn.setdefault(entity.inn, []).append(entity)
        self._by_pk = LegalEntity.objects.in_bulk(set(self._links.values()))
        ids = {*self._by_pk, *(e.pk for same in self._by_inn.values() for e in same)}
        #: Which legal entity each turned out to be.
        self.now = joining.resolve(ids)

    def entity(self, table: Table, row: Row, problems: list[Problem]) -> LegalEntity | None:
        """Whose row it is; else a problem says why nobody's."""
        cells = row.texts
        if ident := _id_of(cells):
            column = "external_id" if cells.get("external_id") else "code"
            found = self._by_pk.get(self._links.get(ident, 0))
            if found is None:
                problems.append(cell_problem(WHOSE, table, row, "sheet_unknown_row", column))
            return found
        inn, kpp = (requisites.compact(cells.get(name, "")) for name in ("inn", "kpp"))
        same = self._by_inn.get(inn, [])
        same = [entity for entity in same if not kpp or entity.kpp == kpp]
        if len({self.now[entity.pk] for entity in same}) == 1:
            return same[0]
        column = next(name for name in ("inn", "code", "external_id") if name in table.columns)
        code = "sheet_ambiguous_row" if same else "sheet_unknown_row"
        problems.append(cell_problem(WHOSE, table, row, code, column))
        return None


def _id_of(cells: Mapping[str, str]) -> str:
    """1C's id as the links keep it."""
    if cells.get("external_id"):
        return parse_ident(cells["external_id"])
    return f"Код:{cells['code']}" if cells.get("code") else ""
