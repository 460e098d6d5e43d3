"""The catalogue's own name as a group over all groups: lifted, where the connection says so.

Some bases put every group under one that repeats the catalogue's name, and a shop would show it
as its only section (in_practice.md, 28). Which groups stand highest is known from the first record
of each; they are remembered, because goods name them in files of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from onec_bridge.commerceml.records import Group, Problem, Product, Record

from .models import Kind, Link

if TYPE_CHECKING:
    from onec_bridge.exchange.models import Connection

__all__ = ["lifted"]


def lifted(
    connection: Connection, records: Iterator[Record | Problem]
) -> Iterator[Record | Problem]:
    """The records without the highest groups; the very iterator where none is to be lifted."""
    return _lift(connection, records) if connection.skip_root_group else records


def _lift(
    connection: Connection, records: Iterator[Record | Problem]
) -> Iterator[Record | Problem]:
    links = Link.objects.filter(connection=connection, kind=Kind.GROUP)
    roots = set(links.filter(data__lifted=True).values_list("external_id", flat=True))
    for record in records:
        if isinstance(record, Group) and not record.parent_id and record.id:
            if record.id not in roots:
                roots.add(record.id)
                _remember(connection, record)
        elif isinstance(record, Group) and record.parent_id in roots:
            yield replace(record, parent_id=None)
        elif isinstance(record, Product) and roots.intersection(record.group_ids):
            yield replace(
                record, group_ids=tuple(each for each in record.group_ids if each not in roots)
            )
        else:
            yield record


def _remember(connection: Connection, record: Group) -> None:
    told = {"name": record.name, "parent": "", "deleted": record.deleted}
    Link.objects.update_or_create(
        connection=connection,
        kind=Kind.GROUP,
        external_id=record.id,
        defaults={"data": {"told": told, "lifted": True}},
    )
