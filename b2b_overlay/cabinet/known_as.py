"""What other systems call a counterparty. The desk shows it; whoever knows says.

An app that keeps such names (the 1C bridge) appends to :data:`PROVIDERS` in its
``AppConfig.ready``, as with the menu: the cabinet knows no exchange.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from b2b_overlay.company.joining import aliases

__all__ = ["PROVIDERS", "Provider", "known_as"]

#: Ids of legal entities to what each is called there.
Provider = Callable[[Collection[int]], dict[int, list[str]]]

PROVIDERS: list[Provider] = []


def known_as(entity_ids: Collection[int]) -> dict[int, list[str]]:
    """For each legal entity all that it, and whoever was joined to it, is called elsewhere; one
    query a provider."""
    also = aliases(entity_ids)
    kept = {pk: asked for asked, pks in also.items() for pk in pks}
    found: dict[int, list[str]] = {pk: [] for pk in entity_ids}
    for provider in PROVIDERS:
        for pk, names in provider(kept).items():
            found[kept[pk]] += names
    return found
