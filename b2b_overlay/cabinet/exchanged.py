"""How far an order has come on its way to other systems. The desk shows it; whoever knows says.

As with :mod:`.known_as`: an app that takes orders somewhere (the 1C bridge) appends to
:data:`PROVIDERS` in its ``AppConfig.ready``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from b2b_overlay.ordering.models import WholesaleOrder

__all__ = ["PROVIDERS", "Exchanged", "exchanged"]


@dataclass(frozen=True, slots=True)
class Exchanged:
    """One order on its way to one system."""

    where: str
    state: str
    #: Since when it is in this state, where that is known.
    since: datetime | None
    is_done: bool
    #: Why it goes no further, in words; a person has to act.
    problems: tuple[str, ...] = ()


PROVIDERS: list[Callable[[WholesaleOrder], list[Exchanged]]] = []


def exchanged(order: WholesaleOrder) -> list[Exchanged]:
    """Everywhere it goes; empty: nowhere yet."""
    return [each for provider in PROVIDERS for each in provider(order)]
