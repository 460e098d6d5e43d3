"""Price lists as the desk keeps them: how they derive, for whom they are, rates of exchange.

A buyer sees a list's name where it is his contract's (``B2BContract.price_lists``), never what
it derives from nor who else buys by it: everything here is the desk's.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import graphene
from django.core.exceptions import ObjectDoesNotExist
from django.utils import timezone
from django.utils.translation import gettext as _

from b2b_overlay.company.models import Company, Group, LegalEntity
from b2b_overlay.pricing import deriving, rates
from b2b_overlay.pricing.assign import Binding, Target, assignments_of, set_bindings
from b2b_overlay.pricing.deriving import ListTerms, MarkupRow
from b2b_overlay.pricing.models import Assignment, Markup, PriceList, Rate
from b2b_overlay.shop import Refusal, Refused
from b2b_overlay.terms.models import Contract

from . import types
from .answers import demand_desk, or_null, page
from .fields import global_id, list_of
from .ids import find, find_all, find_named, number
from .payload import Payload, desk
from .types import ADDED_IN_02

__all__ = ["AssignmentInput", "Mutations", "Queries", "bindings_from"]

#: How many rates one query answers with.
MAX_RATES = 500


class B2BMarkup(graphene.ObjectType):
    category = global_id(
        "Category",
        "category_id",
        required=False,
        description="Global id of the shop's category." + ADDED_IN_02,
    )
    manufacturer = graphene.String(required=True, description="In 1C's words." + ADDED_IN_02)
    price_group = graphene.String(required=True, description="In 1C's words." + ADDED_IN_02)
    percent = types.Decimal(required=True, description="In place of the list's own." + ADDED_IN_02)

    class Meta:
        description = "A percentage of some goods of a derived list." + ADDED_IN_02


class B2BAssignment(graphene.ObjectType):
    id = global_id("B2BAssignment", description="Its id." + ADDED_IN_02)
    price_list = graphene.Field(
        types.B2BPriceList, required=True, description="Which list." + ADDED_IN_02
    )
    priority = graphene.Int(required=True, description="Lower is asked first." + ADDED_IN_02)
    min_total = types.Decimal(
        description="From a cart's sum, in the channel's currency; null: any." + ADDED_IN_02
    )
    starts_at = types.DateTime(description="In force from; null: always." + ADDED_IN_02)
    ends_at = types.DateTime(description="In force until before; null: always." + ADDED_IN_02)
    contract = graphene.Field(types.B2BContract, description="For whom." + ADDED_IN_02)
    legal_entity = graphene.Field(types.B2BLegalEntity, description="For whom." + ADDED_IN_02)
    company = graphene.Field(types.B2BCompany, description="For whom." + ADDED_IN_02)
    group = graphene.Field(
        types.B2BGroup, description="For whom; all four null: wholesale for all." + ADDED_IN_02
    )

    class Meta:
        description = "For whom a price list is, from which sum and when." + ADDED_IN_02


class B2BPriceListTerms(graphene.ObjectType):
    price_list = graphene.Field(
        types.B2BPriceList, required=True, description="Which list." + ADDED_IN_02
    )
    is_active = graphene.Boolean(required=True, description="Is it in force?" + ADDED_IN_02)
    base = graphene.Field(types.B2BPriceList, description="The list it derives from." + ADDED_IN_02)
    base_retail = graphene.Boolean(
        required=True, description="Does it derive from the retail price?" + ADDED_IN_02
    )
    percent = types.Decimal(required=True, description="Added to the base." + ADDED_IN_02)
    rounding_step = types.Decimal(
        required=True, description="A derived price is a multiple of it." + ADDED_IN_02
    )
    rounding = graphene.String(required=True, description="nearest, up or down." + ADDED_IN_02)
    promotions_stack = graphene.Boolean(
        required=True, description="Do the shop's promotions lower its prices?" + ADDED_IN_02
    )
    is_kept_elsewhere = graphene.Boolean(
        required=True, description="Does 1C keep its name, currency and prices?" + ADDED_IN_02
    )
    markups = list_of(
        B2BMarkup, required=True, description="Percentages of some goods." + ADDED_IN_02
    )
    assignments = list_of(B2BAssignment, required=True, description="For whom." + ADDED_IN_02)
    warnings = list_of(
        graphene.String,
        required=True,
        description="What leaves goods without its price: no rate, a base switched off."
        + ADDED_IN_02,
    )

    class Meta:
        description = "A price list as the desk keeps it." + ADDED_IN_02

    @staticmethod
    def resolve_price_list(root: PriceList, info: Any) -> PriceList:
        return root

    @staticmethod
    def resolve_is_kept_elsewhere(root: PriceList, info: Any) -> bool:
        return deriving.is_kept_elsewhere(root)

    @staticmethod
    def resolve_markups(root: PriceList, info: Any) -> list[Markup]:
        return list(root.markups.all())

    @staticmethod
    def resolve_assignments(root: PriceList, info: Any) -> list[Assignment]:
        whose = ("price_list", "contract", "legal_entity", "company", "group")
        return list(root.assignments.select_related(*whose).order_by("pk"))

    @staticmethod
    def resolve_warnings(root: PriceList, info: Any) -> list[str]:
        return deriving.warnings(root)


class B2BRate(graphene.ObjectType):
    id = global_id("B2BRate", description="Its id." + ADDED_IN_02)
    currency = graphene.String(required=True, description="One unit of this." + ADDED_IN_02)
    to = graphene.String(required=True, description="Is worth so much of this." + ADDED_IN_02)
    day = types.Date(required=True, description="From this day on." + ADDED_IN_02)
    rate = types.Decimal(required=True, description="How much." + ADDED_IN_02)

    class Meta:
        description = "A rate of exchange (курс дня)." + ADDED_IN_02


class PriceListOwnerInput(graphene.InputObjectType):
    contract = graphene.ID(description="A contract." + ADDED_IN_02)
    legal_entity = graphene.ID(description="A legal entity." + ADDED_IN_02)
    company = graphene.ID(description="A company." + ADDED_IN_02)
    group = graphene.ID(description="A group of companies." + ADDED_IN_02)
    everyone = graphene.Boolean(default_value=False, description="Wholesale for all." + ADDED_IN_02)

    class Meta:
        name = "B2BPriceListOwnerInput"
        description = "For whom price lists are; exactly one of these." + ADDED_IN_02


_OWNERS: dict[str, type[Any]] = {
    "contract": Contract,
    "legal_entity": LegalEntity,
    "company": Company,
    "group": Group,
}


def _owner(given: Mapping[str, Any]) -> Target:
    named = [name for name in _OWNERS if given.get(name)]
    if len(named) + bool(given.get("everyone")) != 1:
        text = _("Name one owner: a contract, a legal entity, a company, a group, or everyone.")
        raise Refused(Refusal("INVALID", text))
    if not named:
        return None
    owner: Target = find(_OWNERS[named[0]], given[named[0]])
    return owner


class Queries(graphene.ObjectType):
    b2b_price_list_terms = graphene.Field(
        B2BPriceListTerms,
        id=graphene.ID(required=True, description="The price list."),
        description="How a price list derives and for whom it is. For the desk." + ADDED_IN_02,
    )
    b2b_assignments = list_of(
        B2BAssignment,
        required=True,
        of=PriceListOwnerInput(required=True, description="Whose."),
        description="The price lists of one alone, in order. For the desk." + ADDED_IN_02,
    )
    b2b_rates = list_of(
        B2BRate,
        required=True,
        currency=graphene.String(description="Only of this currency."),
        first=graphene.Int(default_value=100, description=f"At most {MAX_RATES:,}."),
        offset=graphene.Int(default_value=0, description="Pass over so many of the newest."),
        description="Rates of exchange, the newest first. For the desk." + ADDED_IN_02,
    )

    @staticmethod
    @or_null
    def resolve_b2b_price_list_terms(root: Any, info: Any, id: str) -> PriceList:
        demand_desk(info)
        return find(PriceList.objects.select_related("base"), id)

    @staticmethod
    def resolve_b2b_assignments(root: Any, info: Any, of: Mapping[str, Any]) -> Any:
        demand_desk(info)
        try:
            return assignments_of(_owner(of))
        except (Refused, ObjectDoesNotExist):
            return []

    @staticmethod
    def resolve_b2b_rates(
        root: Any, info: Any, currency: str | None = None, first: int = 100, offset: int = 0
    ) -> list[Rate]:
        demand_desk(info)
        found = Rate.objects.order_by("-day", "currency", "to")
        if currency:
            found = found.filter(currency=currency)
        return list(found[page(first, offset, most=MAX_RATES)])


# ------------------------------------------------------------------------------- a list


class PriceListSaveInput(graphene.InputObjectType):
    name = graphene.String(description="What it is called." + ADDED_IN_02)
    currency = graphene.String(description="Three letters." + ADDED_IN_02)
    vat_included = graphene.Boolean(description="With VAT?" + ADDED_IN_02)
    is_active = graphene.Boolean(description="In force?" + ADDED_IN_02)
    base = graphene.ID(description="Derive from this list; null: from none." + ADDED_IN_02)
    base_retail = graphene.Boolean(description="Derive from retail." + ADDED_IN_02)
    percent = types.Decimal(description="−15: a discount of 15 %." + ADDED_IN_02)
    rounding_step = types.Decimal(description="0.01, 1, 10 …" + ADDED_IN_02)
    rounding = graphene.String(description="nearest, up or down." + ADDED_IN_02)
    promotions_stack = graphene.Boolean(description="Promotions lower it." + ADDED_IN_02)

    class Meta:
        name = "B2BPriceListSaveInput"
        description = "What a price list is; what isn't given stays." + ADDED_IN_02


class PriceListSave(Payload):
    price_list = graphene.Field(B2BPriceListTerms, description="As it is now." + ADDED_IN_02)

    class Meta:
        name = "B2BPriceListSave"
        description = "Make a price list, or change one. For the desk." + ADDED_IN_02

    class Arguments:
        id = graphene.ID(description="The list to change; without it, a new one.")
        input = PriceListSaveInput(required=True, description="What changes.")

    @classmethod
    def mutate(
        cls, root: Any, info: Any, input: Mapping[str, Any], id: str | None = None
    ) -> PriceListSave:
        user = desk(info)
        old = find_named(PriceList, id)
        terms = deriving.terms_of_list(old) if old else ListTerms(name="")
        given = {
            name: value for name, value in input.items() if name != "base" and value is not None
        }
        if "base" in input:
            given["base"] = find_named(PriceList, input["base"])
        return cls(price_list=deriving.save_list(user, old, replace(terms, **given)))


class PriceListDelete(Payload):
    deleted = graphene.ID(description="The list that was." + ADDED_IN_02)

    class Meta:
        name = "B2BPriceListDelete"
        description = "Delete a price list nobody buys by. For the desk." + ADDED_IN_02

    class Arguments:
        id = graphene.ID(required=True, description="The list.")

    @classmethod
    def mutate(cls, root: Any, info: Any, id: str) -> PriceListDelete:
        user = desk(info)
        deriving.delete_list(user, find(PriceList, id))
        return cls(deleted=id)


class MarkupInput(graphene.InputObjectType):
    category = graphene.ID(description="Global id of the shop's category." + ADDED_IN_02)
    manufacturer = graphene.String(default_value="", description="Or this." + ADDED_IN_02)
    price_group = graphene.String(default_value="", description="Or this." + ADDED_IN_02)
    percent = types.Decimal(required=True, description="Added to the base." + ADDED_IN_02)

    class Meta:
        name = "B2BMarkupInput"
        description = "A percentage of some goods; exactly one of three says which." + ADDED_IN_02


class MarkupsSet(Payload):
    price_list = graphene.Field(B2BPriceListTerms, description="As it is now." + ADDED_IN_02)

    class Meta:
        name = "B2BMarkupsSet"
        description = "Make these the list's percentages of groups of goods. For the desk." + (
            ADDED_IN_02
        )

    class Arguments:
        price_list = graphene.ID(required=True, description="The list.")
        markups = list_of(MarkupInput, required=True, description="All of them.")

    @classmethod
    def mutate(
        cls, root: Any, info: Any, price_list: str, markups: Iterable[Mapping[str, Any]]
    ) -> MarkupsSet:
        user = desk(info)
        found = find(PriceList, price_list)
        rows = [
            MarkupRow(
                percent=each["percent"],
                category_id=number(each["category"], "Category") if each.get("category") else None,
                manufacturer=each.get("manufacturer") or "",
                price_group=each.get("price_group") or "",
            )
            for each in markups
        ]
        deriving.set_markups(user, found, rows)
        return cls(price_list=found)


# ---------------------------------------------------------------------------- for whom


class AssignmentInput(graphene.InputObjectType):
    price_list = graphene.ID(required=True, description="Which list." + ADDED_IN_02)
    min_total = types.Decimal(
        description="From a cart's sum, in the channel's currency." + ADDED_IN_02
    )
    starts_at = types.DateTime(description="In force from." + ADDED_IN_02)
    ends_at = types.DateTime(description="In force until before." + ADDED_IN_02)

    class Meta:
        name = "B2BAssignmentInput"
        description = "A price list for somebody; the first one is asked first." + ADDED_IN_02


def bindings_from(given: Iterable[Mapping[str, Any]]) -> list[Binding]:
    """What the action wants, of an input's rows in their order."""
    rows = list(given)
    lists = find_all(PriceList, [each["price_list"] for each in rows])
    return [
        Binding(
            price_list,
            place,
            _sum(each.get("min_total")),
            _aware(each.get("starts_at")),
            _aware(each.get("ends_at")),
        )
        for place, (price_list, each) in enumerate(zip(lists, rows, strict=True))
    ]


def _sum(amount: Decimal | None) -> Decimal | None:
    if amount is None:
        return None
    if not amount.is_finite() or amount.adjusted() > 12:
        raise Refused(Refusal("INVALID", _("A cart's sum must be a number.")))
    return amount.quantize(Decimal("0.01"))


def _aware(moment: datetime | None) -> datetime | None:
    """A moment without a time zone is meant in the shop's."""
    if moment is not None and timezone.is_naive(moment):
        return timezone.make_aware(moment)
    return moment


class AssignmentsSet(Payload):
    assignments = list_of(B2BAssignment, description="As they are now." + ADDED_IN_02)
    warnings = list_of(
        graphene.String, description="Lists that give no prices yet, and why." + ADDED_IN_02
    )

    class Meta:
        name = "B2BAssignmentsSet"
        description = "Make these somebody's price lists, in order. For the desk." + ADDED_IN_02

    class Arguments:
        of = PriceListOwnerInput(required=True, description="Whose.")
        assignments = list_of(AssignmentInput, required=True, description="All of them.")

    @classmethod
    def mutate(
        cls, root: Any, info: Any, of: Mapping[str, Any], assignments: Iterable[Mapping[str, Any]]
    ) -> AssignmentsSet:
        user = desk(info)
        owner = _owner(of)
        warned = set_bindings(user, owner, bindings_from(assignments))
        return cls(assignments=list(assignments_of(owner)), warnings=warned)


# ------------------------------------------------------------------------------- rates


class RateSaveInput(graphene.InputObjectType):
    currency = graphene.String(required=True, description="One unit of this." + ADDED_IN_02)
    to = graphene.String(default_value="RUB", description="In this." + ADDED_IN_02)
    day = types.Date(required=True, description="From this day on." + ADDED_IN_02)
    rate = types.Decimal(required=True, description="How much it is worth." + ADDED_IN_02)

    class Meta:
        name = "B2BRateSaveInput"
        description = "A rate of exchange." + ADDED_IN_02


class RateSave(Payload):
    rate = graphene.Field(B2BRate, description="As it is now." + ADDED_IN_02)

    class Meta:
        name = "B2BRateSave"
        description = "Enter the rate of a day, or replace it. For the desk." + ADDED_IN_02

    class Arguments:
        input = RateSaveInput(required=True, description="The rate.")

    @classmethod
    def mutate(cls, root: Any, info: Any, input: Mapping[str, Any]) -> RateSave:
        row = rates.RateRow(input["currency"], input["to"], input["day"], input["rate"])
        return cls(rate=rates.save_rate(desk(info), row))


class RateDelete(Payload):
    deleted = graphene.ID(description="The rate that was." + ADDED_IN_02)

    class Meta:
        name = "B2BRateDelete"
        description = "Take back a rate entered by mistake. For the desk." + ADDED_IN_02

    class Arguments:
        id = graphene.ID(required=True, description="The rate.")

    @classmethod
    def mutate(cls, root: Any, info: Any, id: str) -> RateDelete:
        user = desk(info)
        rates.delete_rate(user, find(Rate, id))
        return cls(deleted=id)


class Mutations(graphene.ObjectType):
    b2b_price_list_save = PriceListSave.Field()
    b2b_price_list_delete = PriceListDelete.Field()
    b2b_markups_set = MarkupsSet.Field()
    b2b_assignments_set = AssignmentsSet.Field()
    b2b_rate_save = RateSave.Field()
    b2b_rate_delete = RateDelete.Field()
