"""What is new in a section of the desk, where it is told outside of the desk: in the Dashboard.

A section's :class:`~b2b_overlay.cabinet.pages.Link` names a function that gives the newest.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from b2b_overlay.company.models import Application

__all__ = ["MOST", "News", "of_applications"]

#: So many at most.
MOST = 10


@dataclass(frozen=True, slots=True)
class News:
    """One thing, and the desk's page on it."""

    at: datetime
    title: str
    text: str
    address: str
    #: A word on how it stands, and whether that is good, a warning or bad.
    state: str
    mark: str


def of_applications() -> list[News]:
    """Those that wait for the desk, the oldest first."""
    rows = Application.objects.filter(state=Application.State.NEW).select_related("user")
    return [
        News(
            at=row.created_at,
            title=row.company_name or str(row.user.email),
            text=row.inn or row.invoice,
            address=reverse("b2b:application", args=[row.pk]),
            state=row.get_state_display(),
            mark="warn",
        )
        for row in rows.defer("card").order_by("created_at", "pk")[:MOST]
    ]
