"""Counterparties: every legal entity, with what is wrong in its requisites; changed by hand."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from b2b_overlay.cabinet.pages import PageRequest, desk_page, flash, flash_refused, render
from b2b_overlay.company import access, entities, requisites
from b2b_overlay.company.countries import NAMES
from b2b_overlay.company.intake import Account
from b2b_overlay.company.models import LegalEntity
from b2b_overlay.shop import Refused

from .forms import page_of

__all__ = ["account", "counterparties", "counterparty", "create", "edit"]


@desk_page
def counterparties(request: PageRequest) -> HttpResponse:
    """``q`` searches name and INN; ``free`` leaves those that belong to no company."""
    text = request.GET.get("q", "").strip()
    free = request.GET.get("free") == "1"
    found = LegalEntity.objects.select_related("company", "merged_into")
    found = found.order_by("name", "pk")
    if text:
        found = found.filter(
            Q(name__icontains=text) | Q(full_name__icontains=text) | Q(inn__startswith=text)
        )
    if free:
        found = found.filter(company=None, merged_into=None)
    page = page_of(request, found)
    rows = page["rows"].prefetch_related("bank_accounts")
    page["rows"] = [(row, [str(each) for each in row.wrong()]) for row in rows]
    context = {"text": text, "free": free, **page}
    return render(
        request,
        "b2b/desk/counterparties.html",
        context,
        fragment="b2b/desk/_counterparties.html",
    )


@desk_page
def counterparty(request: PageRequest, pk: int) -> HttpResponse:
    """One legal entity: requisites, bank accounts, contracts."""
    return _show(request, _entity(pk))


def _entity(pk: int) -> LegalEntity:
    return get_object_or_404(LegalEntity.objects.select_related("company", "merged_into"), pk=pk)


def _show(
    request: PageRequest, entity: LegalEntity, typed: Account | None = None, status: int = 200
) -> HttpResponse:
    accounts = list(entity.bank_accounts.order_by("pk"))
    context = {
        "entity": entity,
        "wrong": entity.wrong(),
        "accounts": [(each, requisites.wrong(entity.kind, accounts=[each])) for each in accounts],
        "typed": typed,
        "country": NAMES.get(entity.country, entity.country),
        "contracts": entity.contracts.prefetch_related("price_assignments__price_list"),
    }
    return render(request, "b2b/desk/counterparty.html", context, status=status)


@desk_page
def create(request: PageRequest, pk: int | None = None) -> HttpResponse:
    """A legal entity written by hand, of the company ``pk`` or of none yet."""
    company = get_object_or_404(access.companies(request.who), pk=pk) if pk else None
    return _write(request, LegalEntity(company=company), None)


@desk_page
def edit(request: PageRequest, pk: int) -> HttpResponse:
    """Change its requisites; what fails a check is kept and said."""
    entity = _entity(pk)
    return _write(request, entity, entity)


def _write(request: PageRequest, shown: LegalEntity, known: LegalEntity | None) -> HttpResponse:
    if request.method == "POST":
        typed = {name: request.POST.get(name, "") for name in entities.FIELDS}
        try:
            saved = entities.save_entity(request.who, known, typed, company=shown.company)
        except Refused as refused:
            flash_refused(request, refused)
            for name, value in typed.items():
                setattr(shown, name, value)
        else:
            flash(request, _("The legal entity is saved."))
            for warning in saved.warnings:
                flash(request, warning, "warning")
            return redirect("b2b:counterparty", saved.entity.pk)
    context = {
        "entity": shown,
        "kinds": LegalEntity.Kind.choices,
        "countries": NAMES.items(),
        "back": known,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "b2b/desk/counterparty_edit.html", context, status=status)


@desk_page
@require_POST
def account(request: PageRequest, pk: int, account_pk: int | None = None) -> HttpResponse:
    """Add a bank account, change one, or take one off (``remove``)."""
    entity = _entity(pk)
    known = get_object_or_404(entity.bank_accounts, pk=account_pk) if account_pk else None
    names = ("number", "bic", "bank_name", "correspondent")
    typed = Account(*(request.POST.get(name, "").strip() for name in names))
    try:
        if known and request.POST.get("remove"):
            entities.remove_account(request.who, known)
            flash(request, _("The account is taken off."))
        else:
            _row, wrong = entities.save_account(request.who, entity, known, typed)
            flash(request, _("The account is saved."))
            for each in wrong:
                sentence = _("%(what)s. It is kept as given.") % {"what": each}
                flash(request, sentence, "warning")
    except Refused as refused:
        flash_refused(request, refused)
        return _show(request, entity, None if known else typed, status=422)
    return redirect("b2b:counterparty", pk)
