"""Invitations to a customer's buyers: made by the dozen, printed, withdrawn, new passwords."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from b2b_overlay.cabinet import tickets
from b2b_overlay.cabinet.pages import PageRequest, desk_page, flash, render
from b2b_overlay.company import access, invitations
from b2b_overlay.company.models import Buyer

__all__ = ["again", "company_invitations", "reset", "revoke"]


@desk_page
def company_invitations(request: PageRequest, pk: int) -> HttpResponse:
    """Who of the company has come and who is awaited; the form for several at once."""
    company = get_object_or_404(access.companies(request.who), pk=pk)

    def page(form: tickets.InviteForm, status: int = 200) -> HttpResponse:
        context = {
            "company": company,
            "people": tickets.people_of(company),
            "form": form,
            "nonce": tickets.nonce(),
        }
        return render(request, "b2b/desk/invitations.html", context, status=status)

    if request.method == "POST":
        return tickets.add(request, company, page, reverse("b2b:invitations", args=[pk]))
    return page(tickets.InviteForm(company))


def _buyer(request: PageRequest, pk: int) -> tuple[Buyer, str]:
    rows = access.people(request.who).filter(is_active=True).select_related("user", "company")
    buyer = get_object_or_404(rows, pk=pk)
    return buyer, reverse("b2b:invitations", args=[buyer.company_id])


@desk_page
@require_POST
def again(request: PageRequest, pk: int) -> HttpResponse:
    """A new invitation for somebody who hasn't come yet; its sheet."""
    buyer, home = _buyer(request, pk)
    return tickets.awaited(
        request, lambda: tickets.again(request, buyer, home), lambda: redirect(home)
    )


@desk_page
@require_POST
def reset(request: PageRequest, pk: int) -> HttpResponse:
    """A way to a new password for somebody who has a login only; its sheet."""
    buyer, home = _buyer(request, pk)
    return tickets.awaited(
        request, lambda: tickets.reset(request, buyer, home), lambda: redirect(home)
    )


@desk_page
@require_POST
def revoke(request: PageRequest, pk: int) -> HttpResponse:
    buyer, home = _buyer(request, pk)

    def act() -> None:
        invitations.revoke(request.who, buyer)
        flash(request, _("%(name)s: the invitation lets nobody in now.") % {"name": buyer.called})

    return tickets.awaited(request, act, lambda: redirect(home))
