"""Which events are about a company, a legal entity, a company's people.

An event is found by its own columns: the object it is of, and the keys its model is found by
(``tracked(found_by=…)``). So what was deleted is found too, and what has moved to another
company has taken its history along; that it went stays with the one it left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db import models
from django.db.models import F, OuterRef, Q, QuerySet, Subquery, Value

from b2b_overlay.company.models import (
    Buyer,
    BuyerLegalEntities,
    Company,
    Invitation,
    LegalEntity,
)
from b2b_overlay.history import TRACKED, Tracked
from b2b_overlay.pricing.models import Price
from b2b_overlay.terms.models import Contract, Organization

__all__ = [
    "Places",
    "event_models",
    "of_company",
    "of_legal_entity",
    "of_organization",
    "of_people",
    "of_prices",
]

#: A row (which, pk, at) for each event, the newest first: sliced by pages, told by
#: :func:`b2b_overlay.changes.told`.
Places = QuerySet[Any, Any]
#: What an event's key may be, by the model it points at.
Keys = Mapping[type[models.Model], Any]


def event_models() -> list[Tracked]:
    """Tracked models; a place's ``which`` is an index of this list."""
    return TRACKED


def of_company(company_id: int) -> Places:
    """Its own row, its groups, legal entities and all that is theirs, buyers and ways in."""
    entities = LegalEntity.objects.filter(company=company_id).values("pk")
    keys: Keys = {
        Company: [company_id],
        LegalEntity: entities,
        Buyer: Buyer.objects.filter(company=company_id).values("pk"),
        Contract: Contract.objects.filter(legal_entity__in=entities).values("pk"),
    }
    return _places(TRACKED, lambda each: _by_keys(each, keys) | _left(each, company_id))


def of_legal_entity(entity_id: int) -> Places:
    """Its own row, accounts, contracts, price lists, doubts and rearrangements."""
    keys: Keys = {
        LegalEntity: [entity_id],
        Contract: Contract.objects.filter(legal_entity=entity_id).values("pk"),
    }
    return _places(TRACKED, lambda each: _by_keys(each, keys))


def of_organization(organization_id: int) -> Places:
    """The requisites of one of the shop's own organisations."""
    return _places(TRACKED, lambda each: _by_keys(each, {Organization: [organization_id]}))


def of_people(company_id: int) -> Places:
    """Its buyers, their legal entities and limits, and invitations."""
    buyers = Buyer.objects.filter(company=company_id).values("pk")
    wanted = {
        Buyer: Q(company=company_id),
        BuyerLegalEntities: Q(buyer__in=buyers),
        Invitation: Q(buyer__in=buyers),
    }
    return _places(
        (each for each in TRACKED if each.model in wanted), lambda each: wanted[each.model]
    )


def of_prices(price_list_ids: Iterable[int], variant_id: int) -> Places:
    """The prices of one good in these lists."""
    wanted = Q(price_list__in=list(price_list_ids), variant_id=variant_id)
    return _places((each for each in TRACKED if each.model is Price), lambda each: wanted)


def _by_keys(tracked: Tracked, keys: Keys) -> Q:
    found = Q()
    for name in tracked.found_by:
        target = tracked.event._meta.get_field(name).related_model
        if target is not None and target in keys:
            found |= Q(**{f"{name}__in": keys[target]})
    if tracked.model in keys:
        found |= Q(pgh_obj__in=keys[tracked.model])
    return found


def _left(tracked: Tracked, company_id: int) -> Q:
    """The event by which a row went to another company: the one before it was still here."""
    if "company" not in tracked.found_by or tracked.is_link:
        return Q()
    rows = tracked.event._base_manager
    were_here = rows.filter(company=company_id).values("pgh_obj")
    before = rows.filter(pgh_obj=OuterRef("pgh_obj"), pgh_id__lt=OuterRef("pgh_id"))
    left = (
        rows.filter(pgh_obj__in=were_here)
        .annotate(last=Subquery(before.order_by("-pgh_id").values("company")[:1]))
        .filter(last=company_id)
    )
    return Q(pgh_id__in=left.values("pgh_id"))


def _places(found: Iterable[Tracked], which: Callable[[Tracked], Q]) -> Places:
    parts = []
    for each in found:
        if not (wanted := which(each)):
            continue
        parts.append(
            each.event._base_manager.filter(wanted)
            .order_by()
            .annotate(which=Value(TRACKED.index(each)), key=F("pgh_id"), at=F("pgh_created_at"))
            .values("which", "key", "at")
        )
    first, *others = parts
    places: Places = first.union(*others, all=True).order_by("-at", "which", "-key")
    return places
