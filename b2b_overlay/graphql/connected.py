"""Whatever grows with the years, as relay connections, filtered and sorted as Saleor's own are.

Who may see what is asked of the same functions as the pages ask. For whoever may see nothing a
connection is empty; only the desk's lists are refused to others.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import graphene
from django.db.models import Q, QuerySet
from django.utils import timezone

from b2b_overlay.company import access, applications
from b2b_overlay.company.models import LegalEntity, Rearrangement
from b2b_overlay.ordering import approval
from b2b_overlay.ordering.models import Approval
from b2b_overlay.ordering.orders import orders_for
from b2b_overlay.pricing import individual, requests
from b2b_overlay.pricing.models import Price
from b2b_overlay.shop import get_shop
from b2b_overlay.terms.settlements import settlements_for

from . import types
from .answers import demand_desk
from .applications import B2BApplication, B2BApplicationState
from .connections import connection_field, connection_of, sorted_by, sorting
from .context import current_user
from .fields import list_of
from .floors import B2BIndividualPrice, B2BPriceRequest, B2BPriceRequestState
from .ids import readable
from .normalising import B2BRearrangement
from .people import B2BApproval
from .settlements import B2BSettlement
from .types import ADDED_IN_02

__all__ = ["Queries"]

Given = Mapping[str, Any]


class B2BApprovalState(graphene.Enum):
    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"
    LAPSED = "lapsed"

    class Meta:
        description = "What has become of a question to an approver." + ADDED_IN_02


def _filter(name: str, **fields: Any) -> Any:
    """``filter`` of a connection; what isn't given narrows nothing."""
    meta = type("Meta", (), {"description": "Which ones." + ADDED_IN_02})
    made: Any = type(f"{name}FilterInput", (graphene.InputObjectType,), {**fields, "Meta": meta})
    return made(description="Only these." + ADDED_IN_02)


def _text(sentence: str) -> graphene.String:
    return graphene.String(description=sentence + ADDED_IN_02)


def _ids(sentence: str) -> graphene.List:
    return list_of(graphene.ID, description=sentence + ADDED_IN_02)


def _flag(sentence: str) -> graphene.Boolean:
    return graphene.Boolean(description=sentence + ADDED_IN_02)


def _states(kind: Any) -> graphene.List:
    return list_of(kind, description="In one of these states." + ADDED_IN_02)


def _of_entities(given: Given, name: str = "legal_entity") -> Q:
    wanted = given.get("legal_entities")
    return Q() if wanted is None else Q(**{f"{name}__in": readable(wanted, "B2BLegalEntity")})


def _in_states(given: Given) -> Q:
    return Q() if given.get("states") is None else Q(state__in=given["states"])


# ----------------------------------------------------------------------------------- orders


def _orders(info: Any, filter: Given | None = None, sort_by: Given | None = None) -> QuerySet[Any]:
    given = filter or {}
    found = orders_for(current_user(info)).filter(_of_entities(given))
    if search := (given.get("search") or "").strip():
        found = found.filter(Q(number__icontains=search) | Q(legal_entity__name__icontains=search))
    for name, lookup in (("placed_from", "gte"), ("placed_before", "lt")):
        if (moment := given.get(name)) is not None:
            found = found.filter(**{f"placed_at__{lookup}": moment})
    found = found.select_related("legal_entity", "contract").prefetch_related("lines")
    return sorted_by(found, sort_by)


def _approvals(info: Any, filter: Given | None = None) -> QuerySet[Any]:
    given = filter or {}
    found = approval.approvals_for(current_user(info))
    found = found.filter(_of_entities(given), _in_states(given))
    return found.select_related("buyer__user", "buyer__company", "legal_entity__company")


def _settled(rows: list[Approval]) -> list[Approval]:
    """Whoever reads it sees what no longer waits as lapsed."""
    approval.settle(get_shop(), rows)
    return rows


def _settlements(
    info: Any, filter: Given | None = None, sort_by: Given | None = None
) -> QuerySet[Any]:
    given = filter or {}
    found = settlements_for(current_user(info)).filter(_of_entities(given))
    if (overdue := given.get("is_overdue")) is not None:
        late = Q(amount__gt=0, due_date__lt=timezone.localdate())
        # NULL is neither: what has no day isn't overdue.
        found = found.filter(late if overdue else ~late | Q(due_date=None))
    return sorted_by(found.select_related("contract"), sort_by)


# ----------------------------------------------------------------------------------- people


def _companies(
    info: Any, filter: Given | None = None, sort_by: Given | None = None
) -> QuerySet[Any]:
    given, user = filter or {}, current_user(info)
    found = access.companies(user).filter(merged_into=None)
    if search := (given.get("search") or "").strip():
        found = found.filter(name__icontains=search)
    if (on := given.get("is_active")) is not None:
        found = found.filter(is_active=on)
    if given.get("mine"):
        found = found.filter(manager=user.pk if user else None)
    return sorted_by(found.select_related("manager"), sort_by)


def _legal_entities(
    info: Any, filter: Given | None = None, sort_by: Given | None = None
) -> QuerySet[Any]:
    given = filter or {}
    demand_desk(info)
    found = LegalEntity.objects.filter(merged_into=None)
    if search := (given.get("search") or "").strip():
        found = found.filter(Q(name__icontains=search) | Q(inn=search))
    if (free := given.get("free")) is not None:
        found = found.filter(company__isnull=free)
    found = found.select_related("company").prefetch_related("bank_accounts")
    return sorted_by(found, sort_by)


def _applications(
    info: Any, filter: Given | None = None, sort_by: Given | None = None
) -> QuerySet[Any]:
    given = filter or {}
    found = applications.at_desk(demand_desk(info)).filter(_in_states(given))
    if search := (given.get("search") or "").strip():
        found = found.filter(Q(inn__startswith=search) | Q(company_name__icontains=search))
    return sorted_by(found, sort_by)


def _rearrangements(info: Any, filter: Given | None = None) -> QuerySet[Any]:
    given = filter or {}
    demand_desk(info)
    took_part = _of_entities(given, "source") | _of_entities(given, "target")
    found = Rearrangement.objects.filter(took_part)
    return found.select_related("source", "target", "source_company", "target_company")


# ----------------------------------------------------------------------------------- prices


def _individual_prices(info: Any, legal_entity: str) -> QuerySet[Any]:
    demand_desk(info)
    for pk in readable([legal_entity], "B2BLegalEntity"):
        found = individual.prices(LegalEntity(pk=pk))
        return found.order_by("price_list_id", "variant_id", "min_quantity", "pk")
    return Price.objects.none()


def _price_requests(info: Any, filter: Given | None = None) -> QuerySet[Any]:
    given = filter or {}
    return requests.requests(demand_desk(info)).filter(_of_entities(given), _in_states(given))


class Queries(graphene.ObjectType):
    b2b_orders_connection = connection_field(
        connection_of(types.B2BOrder),
        _orders,
        filter=_filter(
            "B2BOrder",
            search=_text("Part of the number, or of the legal entity's name."),
            legal_entities=_ids("For one of these."),
            placed_from=types.DateTime(description="Placed then or later." + ADDED_IN_02),
            placed_before=types.DateTime(description="Placed before then." + ADDED_IN_02),
        ),
        sort_by=sorting(
            "B2BOrder",
            PLACED_AT=("placed_at", "When it was placed."),
            NUMBER=("number", "The shop's own number."),
            TOTAL=("total", "What is to pay."),
        ),
        description="Wholesale orders the user may see, newest first where not told.",
    )
    b2b_approvals_connection = connection_field(
        connection_of(B2BApproval),
        _approvals,
        prepare=_settled,
        filter=_filter(
            "B2BApproval",
            states=_states(B2BApprovalState),
            legal_entities=_ids("For one of these."),
        ),
        description="Orders over a limit: the user's own, those he may confirm; the desk's all. "
        "Newest first.",
    )
    b2b_settlements_connection = connection_field(
        connection_of(B2BSettlement),
        _settlements,
        filter=_filter(
            "B2BSettlement",
            legal_entities=_ids("Owed by one of these."),
            is_overdue=_flag("Only what is overdue, or only what isn't."),
        ),
        sort_by=sorting(
            "B2BSettlement",
            DUE_DATE=("due_date", "To be paid by when; without a day last."),
            AMOUNT=("amount", "How much is owed."),
        ),
        description="What is owed, document by document, as far as the user may see it; the "
        "soonest due first where not told.",
    )
    b2b_companies_connection = connection_field(
        connection_of(types.B2BCompany),
        _companies,
        filter=_filter(
            "B2BCompany",
            search=_text("Part of the name."),
            is_active=_flag("Only where B2B is on, or only where it is off."),
            mine=_flag("Only those that the user looks after, as their manager."),
        ),
        sort_by=sorting("B2BCompany", NAME=("name", "What it is called.")),
        description="Companies the user may see.",
    )
    b2b_legal_entities_connection = connection_field(
        connection_of(types.B2BLegalEntity),
        _legal_entities,
        filter=_filter(
            "B2BLegalEntity",
            search=_text("Part of the name, or the INN."),
            free=_flag("Only those of no company yet, or only the others."),
        ),
        sort_by=sorting("B2BLegalEntity", NAME=("name", "What it is called."), INN=("inn", "ИНН.")),
        description="Legal entities. For the desk.",
    )
    b2b_applications_connection = connection_field(
        connection_of(B2BApplication),
        _applications,
        filter=_filter(
            "B2BApplication",
            states=_states(B2BApplicationState),
            search=_text("Beginning of the INN, or part of what the customer calls himself."),
        ),
        sort_by=sorting("B2BApplication", CREATED_AT=("created_at", "When it was sent.")),
        description="Applications of retail customers, newest first where not told. For the desk.",
    )
    b2b_rearrangements_connection = connection_field(
        connection_of(B2BRearrangement),
        _rearrangements,
        filter=_filter("B2BRearrangement", legal_entities=_ids("One of these took part in it.")),
        description="What was joined, split and moved, newest first. For the desk.",
    )
    b2b_individual_prices_connection = connection_field(
        connection_of(B2BIndividualPrice),
        _individual_prices,
        legal_entity=graphene.ID(required=True, description="Whose." + ADDED_IN_02),
        description="Prices agreed with one legal entity. For the desk.",
    )
    b2b_price_requests_connection = connection_field(
        connection_of(B2BPriceRequest),
        _price_requests,
        filter=_filter(
            "B2BPriceRequest",
            states=_states(B2BPriceRequestState),
            legal_entities=_ids("For one of these."),
        ),
        description="Prices under the floor that somebody asked for: an overseer's all, another's "
        "of the desk his own. Newest first.",
    )
