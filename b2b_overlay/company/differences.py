"""What 1C tells of a field that people change too: who wins, and what is shown to a person.

Rules: news is what differs from what 1C told last, so its repeating itself never undoes the
desk's work; news of a field that still is as 1C last told it (or that was empty) is applied;
news of a field that somebody has changed since is noted as a :class:`Difference` and waits for
a person, whatever else of the same record is applied.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db.models import QuerySet

from .access import User
from .admit import demand_desk
from .models import Difference

__all__ = ["forget", "news", "note", "of", "waiting"]

Told = Mapping[str, Any]
"""Fields by name, as JSON keeps them; a field that 1C is silent about is absent."""


def news(told: Told, before: Told, now: Told) -> tuple[dict[str, Any], dict[str, Any]]:
    """What of it is to be written, and what a person has changed too.

    Args:
        told: what 1C tells now.
        before: what it told last of the same thing; empty: never.
        now: what stands here.
    """
    write: dict[str, Any] = {}
    differs: dict[str, Any] = {}
    for name, value in told.items():
        here = now.get(name)
        if value == here or (name in before and before[name] == value):
            continue
        is_theirs = here is None or here in ("", []) or (name in before and before[name] == here)
        (write if is_theirs else differs)[name] = value
    return write, differs


def note(about: str, object_id: int, differs: Told, agreed: Collection[str], source: str) -> None:
    """Keep what differs; of the ``agreed`` fields both sides say the same now."""
    rows = Difference.objects.filter(about=about, object_id=object_id)
    if agreed:
        rows.filter(field__in=agreed).delete()
    for name, value in differs.items():
        rows.update_or_create(
            about=about,
            object_id=object_id,
            field=name,
            defaults={"theirs": value, "source": source[:255]},
        )


def waiting() -> QuerySet[Difference]:
    """Every difference that a person has to decide, newest first."""
    return Difference.objects.all()


def of(about: str, *object_ids: int) -> QuerySet[Difference]:
    """Those of these contracts, companies or legal entities."""
    return Difference.objects.filter(about=about, object_id__in=object_ids)


def forget(by: User, difference: Difference) -> None:
    """Leave it as it stands here; 1C's repeating itself is no news."""
    demand_desk(by)
    Difference.objects.filter(pk=difference.pk).delete()
