"""The owner's own people: who they are, inviting them, new passwords. What each may, and
removing him, is on his own page (:mod:`.membership`)."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from b2b_overlay.cabinet import tickets
from b2b_overlay.cabinet.pages import PageRequest, buyer_page, flash
from b2b_overlay.company import access, invitations
from b2b_overlay.company.models import Buyer, Company

from .catalogue import number
from .frame import show

__all__ = ["invite", "people", "reset", "revoke"]


def _owned(request: PageRequest) -> list[Company]:
    """The companies whose owner he is."""
    mine = access.buyers(request.who).filter(role=Buyer.Role.OWNER)
    return list(Company.objects.filter(pk__in=mine.values("company")).order_by("name", "pk"))


def _home(company: Company) -> str:
    return f"{reverse('b2b:people')}?company={company.pk}"


@buyer_page
def people(request: PageRequest) -> HttpResponse:
    """The people of the company he owns (``company`` picks among several), and the form."""
    owned = _owned(request)
    wanted = number(request.POST.get("company") or request.GET.get("company"), 0)
    company = next((each for each in owned if each.pk == wanted or not wanted), None)
    if company is None:
        raise Company.DoesNotExist

    def page(form: tickets.InviteForm, status: int = 200) -> HttpResponse:
        context = {
            "company": company,
            "owned": owned,
            "people": tickets.people_of(company),
            "form": form,
            "nonce": tickets.nonce(),
            "is_owner": True,
        }
        return show(request, "b2b/buyer/people.html", context, status=status)

    if request.method == "POST":
        return tickets.add(request, company, page, _home(company))
    return page(tickets.InviteForm(company))


def _buyer(request: PageRequest, pk: int) -> Buyer:
    rows = access.people(request.who).filter(company__in=_owned(request), is_active=True)
    return get_object_or_404(rows.select_related("user", "company"), pk=pk)


@buyer_page
@require_POST
def invite(request: PageRequest, pk: int) -> HttpResponse:
    """A new invitation for somebody who hasn't come yet; its sheet."""
    buyer = _buyer(request, pk)
    home = _home(buyer.company)
    return tickets.awaited(
        request, lambda: tickets.again(request, buyer, home), lambda: redirect(home)
    )


@buyer_page
@require_POST
def reset(request: PageRequest, pk: int) -> HttpResponse:
    """A way to a new password for somebody who has a login only; its sheet."""
    buyer = _buyer(request, pk)
    home = _home(buyer.company)
    return tickets.awaited(
        request, lambda: tickets.reset(request, buyer, home), lambda: redirect(home)
    )


@buyer_page
@require_POST
def revoke(request: PageRequest, pk: int) -> HttpResponse:
    buyer = _buyer(request, pk)

    def act() -> None:
        invitations.revoke(request.who, buyer)
        flash(request, _("%(name)s: the invitation lets nobody in now.") % {"name": buyer.called})

    return tickets.awaited(request, act, lambda: redirect(_home(buyer.company)))
