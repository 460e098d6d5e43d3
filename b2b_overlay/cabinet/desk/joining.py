"""Join, split and move legal entities, join companies, and take each back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from b2b_overlay.cabinet.pages import PageRequest, desk_page, flash, flash_refused, next_url, render
from b2b_overlay.company import access, structure
from b2b_overlay.company.candidates import doubts_of
from b2b_overlay.company.models import Buyer, Company, LegalEntity, Rearrangement
from b2b_overlay.company.rearranging import title
from b2b_overlay.company.splitting import PARTS, Chosen
from b2b_overlay.ordering import rearranging
from b2b_overlay.shop import Refusal, Refused

from .alike import pairs_of
from .doubts import OWNERS, told
from .forms import id_in, ids

__all__ = ["company_join", "entity_join", "entity_move", "entity_split", "undo"]

#: Rows of a kind that a form offers.
SHOWN = 100
#: Counterparties that a search for another one offers.
FOUND = 10


def _entity(pk: int) -> LegalEntity:
    return get_object_or_404(LegalEntity.objects.select_related("company", "merged_into"), pk=pk)


def _company(request: PageRequest, pk: int) -> Company:
    return get_object_or_404(access.companies(request.who), pk=pk)


def _picked(request: PageRequest, name: str) -> int:
    """The row id in this field; one that can't be is nobody's."""
    return id_in(request.POST.get(name)) or 0


def _done(request: PageRequest, action: Callable[[], Rearrangement]) -> Rearrangement | None:
    """Run it; say what was done, or what it refused."""
    try:
        done = action()
    except Refused as refused:
        flash_refused(request, refused)
        return None
    words = {"title": title(done)}
    text = _("Undone: %(title)s.") if done.undone_at else _("Done: %(title)s. It can be undone.")
    flash(request, text % words)
    return done


@desk_page
def entity_join(request: PageRequest, pk: int) -> HttpResponse:
    """Whom to join it with: ``q`` searches name and INN. POST: it and ``other`` are one,
    ``keep`` of them stays; ``company``, where they are of two."""
    if request.method == "POST":
        return _join(request, pk)
    entity, text = _entity(pk), request.GET.get("q", "").strip()
    found = LegalEntity.objects.filter(merged_into=None).exclude(pk=pk).select_related("company")
    found = found.filter(Q(name__icontains=text) | Q(inn__startswith=text)).order_by("name", "pk")
    others = list(found[:FOUND]) if text and entity.merged_into_id is None else []
    context = {"entity": entity, "text": text, "pairs": pairs_of(entity, others)}
    return render(request, "b2b/desk/counterparty_join.html", context)


def _join(request: PageRequest, pk: int) -> HttpResponse:
    one, other = _entity(pk), _entity(_picked(request, "other"))
    kept, gone = (other, one) if _picked(request, "keep") == other.pk else (one, other)
    company = Company.objects.filter(pk=_picked(request, "company")).first()
    _done(
        request,
        lambda: rearranging.join(request.shop, request.who, kept, gone, company=company),
    )
    return redirect(next_url(request, "") or reverse("b2b:counterparty", args=[kept.pk]))


@desk_page
@require_POST
def entity_move(request: PageRequest, pk: int) -> HttpResponse:
    """To the company named in ``company``; ``out``: to none."""
    entity = _entity(pk)

    def action() -> Rearrangement:
        name = request.POST.get("company", "")
        if request.POST.get("out") != "1" and not name.strip():
            raise Refused(Refusal("REQUIRED", _("Name the company to move it to.")))
        out = request.POST.get("out") == "1"
        company = None if out else structure.find_company(request.who, name)
        return rearranging.move(request.shop, request.who, entity, company)

    _done(request, action)
    return redirect("b2b:counterparty", pk)


@desk_page
@require_POST
def undo(request: PageRequest, pk: int) -> HttpResponse:
    found = get_object_or_404(Rearrangement, pk=pk)
    _done(request, lambda: rearranging.undo(request.shop, request.who, found))
    return redirect(next_url(request, "b2b:doubts_decided"))


# ----------------------------------------------------------------------- splitting


@desk_page
def entity_split(request: PageRequest, pk: int) -> HttpResponse:
    """What goes to a new counterparty, or back to one that was joined (``back``)."""
    entity = _entity(pk)
    back = entity.merged.filter(pk=_picked(request, "back")).first()
    names = ("name", "inn", "kpp", "kind")
    card = {name: request.POST.get(name, "").strip() for name in names}
    if request.method == "POST":
        chosen = Chosen(
            {label: ids(request.POST.getlist(label)) for label in PARTS},
            ids(request.POST.getlist("buyer")),
        )

        def action() -> Rearrangement:
            return rearranging.split(
                request.shop, request.who, entity, chosen, card=None if back else card, back=back
            )

        if done := _done(request, action):
            return redirect("b2b:counterparty", done.target_id if not back else back.pk)
    context = {
        "entity": entity,
        "card": card if request.method == "POST" else {"kind": entity.kind},
        "kinds": LegalEntity.Kind.choices,
        "joined": entity.merged.order_by("name", "pk"),
        **_parts(entity),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "b2b/desk/counterparty_split.html", context, status=status)


def _parts(entity: LegalEntity) -> dict[str, QuerySet[Any]]:
    """What can be chosen for the part."""
    debts = entity.settlements.filter(contract=None)
    company = Buyer.objects.filter(company=entity.company_id, is_active=True)
    return {
        "contracts": entity.contracts.order_by("pk"),
        "orders": entity.orders.select_related("contract")[:SHOWN],
        "accounts": entity.bank_accounts.order_by("pk"),
        "debts": debts[:SHOWN],
        "lists": entity.price_assignments.select_related("price_list").order_by("pk"),
        "buyers": company.exclude(role=Buyer.Role.OWNER).select_related("user").order_by("pk"),
    }


# ------------------------------------------------------------------------ companies


@desk_page
def company_join(request: PageRequest, pk: int) -> HttpResponse:
    """What joining ``other`` (its name, or ``#`` with its number) and this company would bring;
    POST joins, ``keep`` of the two stays."""
    company = _company(request, pk)
    if request.method == "POST":
        other = _company(request, _picked(request, "other"))
        kept, gone = (other, company) if _picked(request, "keep") == other.pk else (company, other)
        done = _done(
            request, lambda: rearranging.join_companies(request.shop, request.who, kept, gone)
        )
        return redirect("b2b:company", kept.pk if done else pk)
    text = request.GET.get("other", "").strip()
    context: dict[str, object] = {"company": company, "text": text}
    try:
        if text:
            context |= _beside(company, structure.find_company(request.who, text))
    except Refused as refused:
        flash(request, str(refused), "error")
    return render(request, "b2b/desk/company_join.html", context)


def _beside(company: Company, other: Company) -> dict[str, object]:
    sides = [
        {
            "company": each,
            "entities": each.legal_entities.filter(merged_into=None).order_by("name", "pk"),
            "buyers": each.buyers.filter(is_active=True).select_related("user").order_by("pk"),
            "orders": each.orders.count(),
            "groups": each.groups.all(),
        }
        for each in (company, other)
    ]
    both = Buyer.objects.filter(company=company, is_active=True).filter(
        user__in=other.buyers.filter(is_active=True).values("user")
    )
    return {"other": other, "sides": sides, "both": both.select_related("user")}


# ---------------------------------------------------------------- parts of other pages


def counterparty_block(entity: LegalEntity) -> dict[str, object]:
    """What a counterparty's page shows of whom it may be, and what was joined to it."""
    about = Rearrangement.objects.filter(Q(source=entity) | Q(target=entity))
    return {
        "entity": entity,
        "alike": doubts_of(entity),
        "rearrangements": told(about.select_related(*OWNERS)[:SHOWN]),
    }


def company_block(company: Company) -> dict[str, object]:
    """What a company's page shows of what was moved to it and from it."""
    about = Rearrangement.objects.filter(
        Q(source_company=company) | Q(target_company=company)
    ).filter(kind__in=[Rearrangement.Kind.MOVE, Rearrangement.Kind.JOIN_COMPANIES])
    return {"company": company, "rearrangements": told(about.select_related(*OWNERS)[:SHOWN])}
