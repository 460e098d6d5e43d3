"""An application, decided where its customer stands in the Dashboard: whom it may be about, each
a press. What else can be said of it (a role, another company, a question), the desk's page asks.
"""

from __future__ import annotations

from b2b_overlay.cabinet.desk.applications import let_in
from b2b_overlay.cabinet.pages import PageRequest, flash_refused
from b2b_overlay.company import applications
from b2b_overlay.company.matches import Match, matches
from b2b_overlay.company.models import Application
from b2b_overlay.ordering import invoices
from b2b_overlay.shop import Refused

__all__ = ["admit", "of_customer", "who_it_may_be"]


def of_customer(request: PageRequest, user_id: int) -> Application | None:
    """His newest."""
    return applications.at_desk(request.who).filter(user=user_id).first()


def who_it_may_be(found: Application | None) -> list[Match]:
    """Of one that waits for a decision."""
    if found is None or found.state not in applications.OPEN:
        return []
    return matches(found, invoices.find(found.invoice))


def admit(request: PageRequest, found: Application | None) -> None:
    if found is None:
        raise Application.DoesNotExist
    try:
        let_in(request, found, request.POST["admit"])
    except Refused as refused:
        flash_refused(request, refused)
