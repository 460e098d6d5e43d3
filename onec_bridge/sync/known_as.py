"""What 1C calls a counterparty: its Ид or Код in each base, for the sales desk's pages."""

from __future__ import annotations

from collections.abc import Collection

from .models import Kind, Link

__all__ = ["names_in_1c"]


def names_in_1c(entity_ids: Collection[int]) -> dict[int, list[str]]:
    """«УТ 11: Код:00-000017»; with the name of the base, since two may know the same one."""
    found: dict[int, list[str]] = {}
    links = Link.objects.filter(
        kind=Kind.COUNTERPARTY, local_id__in=[str(pk) for pk in entity_ids]
    ).select_related("connection")
    for link in links.order_by("connection", "external_id"):
        name = f"{link.connection.name}: {link.external_id}"
        found.setdefault(int(link.local_id), []).append(name)
    return found
