"""Companies: find one, admit one, give it terms and buyers, switch B2B on and off."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import transaction
from django.db.models import Count, Prefetch, Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from b2b_overlay.cabinet.pages import PageRequest, desk_page, flash, flash_refused, render
from b2b_overlay.cabinet.rights import entities_of
from b2b_overlay.company import access, admit, structure
from b2b_overlay.company.models import Buyer, Company, Group, LegalEntity
from b2b_overlay.ordering import switch as switching
from b2b_overlay.ordering.differences import of_company, of_contract
from b2b_overlay.pricing.assign import Binding, bindings_of, set_bindings
from b2b_overlay.shop import Refused
from b2b_overlay.terms.contracts import save_contract
from b2b_overlay.terms.models import Contract

from .bindings import BindingsForm
from .forms import ContractForm, ids, page_of, spell

__all__ = [
    "add_entities",
    "called",
    "companies",
    "company",
    "contract",
    "create",
    "show_company",
    "switch",
    "turn",
]

#: Companies below it that a company's page names.
SHOWN_BELOW = 100


def _company(request: PageRequest, pk: int) -> Company:
    return get_object_or_404(access.companies(request.who), pk=pk)


def _done(request: PageRequest, action: Callable[[], object], text: str) -> bool:
    """Run an action; say ``text``, or what it refused."""
    try:
        action()
    except Refused as refused:
        flash_refused(request, refused)
        return False
    flash(request, text)
    return True


@desk_page
def companies(request: PageRequest) -> HttpResponse:
    """All customers; ``q`` searches name, legal entity's name and INN; ``mine`` leaves those the
    manager looks after, ``group`` those of a group."""
    text = request.GET.get("q", "").strip()
    mine = request.GET.get("mine") == "1"
    group = Group.objects.filter(pk__in=ids([request.GET.get("group", "")])).first()
    found = access.companies(request.who).filter(merged_into=None)
    found = found.select_related("parent", "manager").annotate(
        entities=Count("legal_entities", filter=Q(legal_entities__merged_into=None), distinct=True),
        people=Count("buyers", filter=Q(buyers__is_active=True), distinct=True),
    )
    if mine:
        found = found.filter(manager=request.who.pk)
    if group:
        found = found.filter(groups=group)
    found = called(found, text).order_by("name", "pk")
    context = {"text": text, "mine": mine, "group": group, **page_of(request, found)}
    return render(request, "b2b/desk/companies.html", context, fragment="b2b/desk/_companies.html")


def called(found: QuerySet[Company], text: str) -> QuerySet[Company]:
    """Those of this name, or with a legal entity of this name or INN; all where nothing is
    asked."""
    if not text:
        return found
    named = LegalEntity.objects.filter(Q(name__icontains=text) | Q(inn__startswith=text))
    return found.filter(Q(name__icontains=text) | Q(pk__in=named.values("company")))


def free_entities(text: str) -> QuerySet[LegalEntity]:
    """Legal entities that belong to no company yet, by name or INN."""
    found = LegalEntity.objects.filter(company=None, is_active=True, merged_into=None)
    if text:
        found = found.filter(Q(name__icontains=text) | Q(inn__startswith=text))
    return found.order_by("name", "pk")


@desk_page
def create(request: PageRequest) -> HttpResponse:
    """A company of free legal entities; its name is the first one's unless given."""
    text = request.GET.get("q", "").strip()
    picked = ids(request.POST.getlist("entity") or request.GET.getlist("entity"))
    name = request.POST.get("name", "").strip()
    if request.method == "POST":
        try:
            made = admit.create_company(request.who, name, picked)
        except Refused as refused:
            flash(request, str(refused), "error")
        else:
            flash(
                request,
                _(
                    "The company is made. Give its legal entities contracts, add buyers, then "
                    "switch wholesale on."
                ),
            )
            return redirect("b2b:company", made.pk)
    chosen = LegalEntity.objects.filter(pk__in=picked, company=None, merged_into=None)
    if not name and (first := chosen.first()):
        name = first.name
    others = free_entities(text).exclude(pk__in=picked)
    context = {
        "text": text,
        "name": name,
        "chosen": chosen,
        "free": others[:50],
        "more": max(0, others.count() - 50),
    }
    status = 422 if request.method == "POST" else 200
    return render(
        request,
        "b2b/desk/company_new.html",
        context,
        fragment="b2b/desk/_free.html",
        status=status,
    )


@desk_page
def company(request: PageRequest, pk: int) -> HttpResponse:
    """One customer: legal entities with their contracts, buyers, the switch."""
    return show_company(request, _company(request, pk))


def _buyers(company: Company) -> QuerySet[Buyer]:
    """Its buyers, each with ``can_buy_for``: his legal entities that can be bought for now."""
    usable = Prefetch("legal_entities", entities_of(company), to_attr="can_buy_for")
    rows = company.buyers.filter(is_active=True).select_related("user")
    return rows.prefetch_related(usable).order_by("pk")


def _place(company: Company) -> dict[str, Any]:
    """The line above it from the top, what is below it, its groups."""
    below = structure.descendants(company)
    return {
        "above": structure.ancestors(company)[::-1],
        # The stylesheet knows five steps; a deeper one stands where the fifth does.
        "below": [(each.company, min(each.depth - 1, 5)) for each in below[:SHOWN_BELOW]],
        "more_below": max(0, len(below) - SHOWN_BELOW),
        "groups": company.groups.all(),
    }


def show_company(request: PageRequest, found: Company, status: int = 200) -> HttpResponse:
    assigned = Prefetch(
        "contracts", Contract.objects.prefetch_related("price_assignments__price_list")
    )
    text = request.GET.get("q", "").strip()
    context = {
        "company": found,
        **_place(found),
        "entities": found.legal_entities.filter(merged_into=None)
        .prefetch_related(assigned)
        .order_by("pk"),
        "buyers": _buyers(found),
        "usable": entities_of(found),
        "roles": Buyer.Role.choices,
        "text": text,
        "free": free_entities(text)[:20] if text else [],
        "email": request.POST.get("email", ""),
        "differences": of_company(found),
    }
    return render(request, "b2b/desk/company.html", context, status=status)


def turn(request: PageRequest, found: Company, on: bool) -> None:
    """Switch wholesale on or off for it; say so, or why not."""
    text = (
        _("Wholesale is on for %(name)s.")
        if on
        else _("Wholesale is off for %(name)s: its buyers are retail customers again.")
    )
    _done(
        request,
        lambda: switching.switch(request.shop, request.who, found, on),
        text % {"name": found.name},
    )


@desk_page
@require_POST
def switch(request: PageRequest, pk: int) -> HttpResponse:
    turn(request, _company(request, pk), request.POST.get("on") == "1")
    return redirect("b2b:company", pk)


@desk_page
@require_POST
def add_entities(request: PageRequest, pk: int) -> HttpResponse:
    found = _company(request, pk)
    wanted = ids(request.POST.getlist("entity"))
    if wanted:
        _done(
            request,
            lambda: admit.set_legal_entities(request.who, found, wanted),
            _("The legal entity is in the company."),
        )
    return redirect("b2b:company", pk)


@desk_page
def contract(request: PageRequest, pk: int, contract_pk: int | None = None) -> HttpResponse:
    """A contract of a legal entity: number, day, payment, price lists in order."""
    entity = get_object_or_404(LegalEntity.objects.select_related("company"), pk=pk)
    found = get_object_or_404(entity.contracts, pk=contract_pk) if contract_pk else None
    form = ContractForm(request.POST or None, contract=found, currency=request.channel.currency)
    posted = request.POST if request.method == "POST" else None
    given = BindingsForm(posted, bindings_of(found) if found else [])
    if posted is not None:
        if _saved(request, entity, found, form, given):
            return _home(entity)
        for error in [*spell(form), *given.errors]:
            flash(request, error, "error")
    context = {
        "entity": entity,
        "contract": found,
        "differences": of_contract(found) if found else [],
        "form": form,
        "bindings": given,
    }
    status = 422 if posted is not None else 200
    return render(request, "b2b/desk/contract.html", context, status=status)


def _home(entity: LegalEntity) -> HttpResponse:
    """Where the legal entity's contracts are seen: its company, else its own page."""
    if entity.company_id is None:
        return redirect("b2b:counterparty", entity.pk)
    return redirect("b2b:company", entity.company_id)


def _saved(
    request: PageRequest,
    entity: LegalEntity,
    found: Contract | None,
    form: ContractForm,
    given: BindingsForm,
) -> bool:
    """Contract and price lists, both or neither; what there is to warn of is shown."""
    bindings = given.bindings()
    if not form.is_valid() or given.errors:
        return False
    warned: list[str] = []
    if not _done(
        request,
        lambda: warned.extend(_save(request, entity, found, form, bindings)),
        _("The contract is saved."),
    ):
        return False
    for text in warned:
        flash(request, text, "warning")
    return True


@transaction.atomic
def _save(
    request: PageRequest,
    entity: LegalEntity,
    found: Contract | None,
    form: ContractForm,
    bindings: list[Binding],
) -> list[str]:
    data = form.cleaned_data
    saved = save_contract(
        request.who,
        entity,
        contract=found,
        number=data["number"],
        signed=data["signed"],
        currency=data["currency"],
        payment=data["payment"],
        payment_days=data["payment_days"] or 0,
        credit_limit=data["credit_limit"],
        conditions=form.conditions,
        organization=data["organization"],
    )
    return set_bindings(request.who, saved, bindings)
