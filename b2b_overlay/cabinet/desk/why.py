"""Why a good costs what it costs: for one legal entity every rule that was considered, with who
made the price; for many goods and all of a company's legal entities a table side by side. As it
is now, as it was recorded at a moment, as it will be."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.http import HttpResponse, QueryDict

from b2b_overlay.cabinet.buyer.catalogue import number
from b2b_overlay.cabinet.pages import PageRequest, desk_page, flash, render
from b2b_overlay.changes import Change
from b2b_overlay.changes.prices import made_by, set_by
from b2b_overlay.company.models import Company, LegalEntity
from b2b_overlay.ordering.goods import Good, find, goods
from b2b_overlay.ordering.quick import Entry, parse
from b2b_overlay.pricing.resolver import Candidate, said
from b2b_overlay.pricing.sheets.goods import Goods, Unknown
from b2b_overlay.pricing.why import Moment, explained, table
from b2b_overlay.quantities import Quantity, read
from b2b_overlay.shop import Refused

__all__ = ["why", "why_many"]


@dataclass(frozen=True, slots=True)
class Considered:
    """A rule that was considered, with its reckoning in words and who made the price."""

    candidate: Candidate
    steps: tuple[str, ...]
    set_by: Change | None


@desk_page
def why(request: PageRequest) -> HttpResponse:
    """Good × legal entity × quantity × cart's sum × moment: every rule considered, in order."""
    entity = _entity(request.GET)
    text = request.GET.get("good", "").strip()
    found = find(request.shop, request.channel, None, text, limit=10).items if text else []
    picked = _picked(found, number(request.GET.get("variant"), 0))
    quantity = read(request.GET.get("quantity", "")) or 1
    context: dict[str, Any] = {
        **_asked(request.GET),
        "entity": entity,
        "entities": LegalEntity.objects.exclude(company=None).order_by("name", "pk"),
        "text": text,
        "quantity": quantity,
        "found": found,
        "good": picked,
    }
    status = 200
    if entity and picked:
        try:
            context |= _explanation(request, entity, picked, quantity)
        except Refused as refused:
            flash(request, str(refused), "error")
            status = 422
    fragment = "b2b/desk/_why.html"
    return render(request, "b2b/desk/why.html", context, fragment=fragment, status=status)


def _explanation(
    request: PageRequest, entity: LegalEntity, good: Good, quantity: Quantity
) -> dict[str, Any]:
    moment = _moment(request, request.GET)
    found = explained(entity, request.channel, good.variant.id, quantity, moment)
    people, as_of = request.shop.people, moment.as_of
    authors = set_by(found.candidates, good.variant.id, as_of, people)
    return {
        "asked": True,
        "terms": found.terms,
        "notes": found.notes,
        "rows": [
            Considered(each, tuple(map(said, each.priced.steps)) if each.priced else (), author)
            for each, author in zip(found.candidates, authors, strict=True)
        ],
        "made_by": made_by(found.winner, as_of, people) if found.winner else [],
    }


@desk_page
def why_many(request: PageRequest) -> HttpResponse:
    """Goods by pasted articles, for one legal entity or all of a company's. POST only asks."""
    asked = request.POST if request.method == "POST" else request.GET
    company = Company.objects.filter(pk=number(asked.get("company"), 0)).first()
    context: dict[str, Any] = {
        **_asked(asked),
        "company": company,
        "companies": Company.objects.filter(merged_into=None).order_by("name", "pk"),
        "text": asked.get("lines", ""),
    }
    status = 200
    if request.method == "POST" and company:
        try:
            context |= _side_by_side(request, company)
        except Refused as refused:
            flash(request, str(refused), "error")
            status = 422
    return render(request, "b2b/desk/why_many.html", context, status=status)


def _side_by_side(request: PageRequest, company: Company) -> dict[str, Any]:
    entries, by_entry = _matched(request, parse(request.POST.get("lines", "")))
    # A good pasted twice, at different quantities, is shown at the larger.
    quantities: dict[int, Quantity] = {}
    for entry in entries:
        if (pk := by_entry.get(entry.number)) is not None:
            quantities[pk] = max(quantities.get(pk, 0), entry.quantity or 1)
    entities = list(
        company.legal_entities.select_related("company").filter(merged_into=None).order_by("pk")
    )
    moment = _moment(request, request.POST)
    found = table(entities, request.channel, quantities, moment)
    named = goods(request.shop, request.channel, None, quantities)
    return {
        "asked": True,
        "terms": found.terms,
        "notes": found.notes,
        "rows": [
            (pk, quantities[pk], named.get(pk), list(zip(entities, answers, strict=True)))
            for pk, answers in found.rows.items()
        ],
        "left": [entry for entry in entries if entry.problem],
    }


def _matched(request: PageRequest, entries: Sequence[Entry]) -> tuple[list[Entry], dict[int, int]]:
    """The lines, each unfound one with why, and the good of each line that has one."""
    index = Goods(request.shop, ("article", "barcode"))
    found, by_entry = [], {}
    for entry in entries:
        pk, problem = _found(index, entry)
        if pk is not None:
            by_entry[entry.number] = pk
        found.append(replace(entry, problem=problem))
    return found, by_entry


def _found(index: Goods, entry: Entry) -> tuple[int | None, str]:
    """The whole line may be an article with spaces in it; else its last word is a quantity."""
    if entry.problem:
        return None, entry.problem
    problem = ""
    for code in (entry.code, entry.text):
        for field in ("article", "barcode"):
            try:
                return index.find({field: code}), ""
            except Unknown as unknown:
                problem = problem or str(unknown)
    return None, problem


def _entity(asked: QueryDict) -> LegalEntity | None:
    pk = number(asked.get("entity"), 0)
    return LegalEntity.objects.select_related("company").filter(pk=pk).first()


def _asked(asked: QueryDict) -> dict[str, str]:
    """The moment and the cart's sum as typed, to be shown again."""
    return {name: asked.get(name, "") for name in ("when", "moment", "total")}


def _moment(request: PageRequest, asked: QueryDict) -> Moment:
    return Moment.read(request.channel, **_asked(asked))


def _picked(found: Sequence[Good], variant_id: int) -> Good | None:
    chosen = [good for good in found if good.variant.id == variant_id]
    return next(iter([*chosen, *found]), None)
