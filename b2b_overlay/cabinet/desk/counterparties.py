"""Counterparties: every legal entity 1C has sent, with what is wrong in its requisites."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from b2b_overlay.cabinet.pages import PageRequest, desk_page, render
from b2b_overlay.company.models import LegalEntity

from .forms import page_of

__all__ = ["counterparties", "counterparty"]


@desk_page
def counterparties(request: PageRequest) -> HttpResponse:
    """``q`` searches name and INN; ``free`` leaves those that belong to no company."""
    text = request.GET.get("q", "").strip()
    free = request.GET.get("free") == "1"
    found = LegalEntity.objects.select_related("company").order_by("name", "pk")
    if text:
        found = found.filter(
            Q(name__icontains=text) | Q(full_name__icontains=text) | Q(inn__startswith=text)
        )
    if free:
        found = found.filter(company=None)
    page = page_of(request, found)
    page["rows"] = [(row, wrong(row)) for row in page["rows"]]
    context = {"text": text, "free": free, **page}
    return render(
        request,
        "b2b/desk/counterparties.html",
        context,
        fragment="b2b/desk/_counterparties.html",
    )


@desk_page
def counterparty(request: PageRequest, pk: int) -> HttpResponse:
    """One legal entity as 1C sent it."""
    entity = get_object_or_404(LegalEntity.objects.select_related("company"), pk=pk)
    context = {
        "entity": entity,
        "wrong": wrong(entity),
        "accounts": entity.bank_accounts.all(),
        "contracts": entity.contracts.prefetch_related("price_assignments__price_list"),
    }
    return render(request, "b2b/desk/counterparty.html", context)


def wrong(entity: LegalEntity) -> list[str]:
    """Sentences on the requisites that can't be right."""
    names = {"inn": _("INN"), "kpp": _("KPP"), "ogrn": _("OGRN")}
    return [
        _("%(name)s: wrong length or check digit") % {"name": names[field]}
        for field in entity.failed_checks()
    ]
