"""Individual prices, floors, the second person and the exceptions report, in GraphQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import graphene
from django.utils import timezone

from b2b_overlay.company import access
from b2b_overlay.company.models import LegalEntity
from b2b_overlay.insight import exceptions as report
from b2b_overlay.insight.below import Below, below
from b2b_overlay.pricing import floors, individual, requests
from b2b_overlay.pricing.models import Floor, Price, PriceList, PriceRequest
from b2b_overlay.shop import get_shop

from . import types
from .answers import demand_desk, page
from .context import channel_of, current_user
from .fields import global_id, list_of, money_of, of
from .ids import find, find_named, number, readable
from .payload import Payload, desk
from .types import ADDED_IN_02, DateTime, Decimal

__all__ = ["Mutations", "Queries"]

#: Lines of one part of the report in an answer.
MOST = 1000


# --------------------------------------------------------------------------------- types


class B2BIndividualPrice(graphene.ObjectType):
    id = global_id("B2BIndividualPrice", description="Its id." + ADDED_IN_02)
    variant_id = global_id(
        "ProductVariant", "variant_id", description="The shop's variant." + ADDED_IN_02
    )
    min_quantity = Decimal(required=True, description="From how many base units." + ADDED_IN_02)
    price = graphene.Field(
        types.B2BMoney,
        required=True,
        resolver=money_of("amount", "price_list.currency"),
        description="Of one base unit." + ADDED_IN_02,
    )
    vat_included = graphene.Boolean(
        required=True,
        resolver=of("price_list.vat_included"),
        description="Is VAT inside?" + ADDED_IN_02,
    )
    starts_at = DateTime(description="Holds from then; null: always has." + ADDED_IN_02)
    ends_at = DateTime(description="Holds until before then; null: for good." + ADDED_IN_02)

    class Meta:
        description = "A price that one legal entity has on one good (личная цена)." + ADDED_IN_02


class B2BPriceRequestState(graphene.Enum):
    WAITING = "waiting"
    APPROVED = "approved"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"

    class Meta:
        description = "What became of a price under the floor." + ADDED_IN_02


class B2BPriceRequest(graphene.ObjectType):
    id = global_id("B2BPriceRequest", description="Its id." + ADDED_IN_02)
    legal_entity = graphene.Field(
        types.B2BLegalEntity, required=True, description="For whom." + ADDED_IN_02
    )
    variant_id = global_id(
        "ProductVariant", "variant_id", description="The shop's variant." + ADDED_IN_02
    )
    min_quantity = Decimal(required=True, description="From how many base units." + ADDED_IN_02)
    price = graphene.Field(
        types.B2BMoney,
        required=True,
        resolver=money_of("amount"),
        description="Of one base unit." + ADDED_IN_02,
    )
    floor = graphene.String(required=True, description="The floor's name." + ADDED_IN_02)
    lowest = graphene.Field(
        types.B2BMoney,
        required=True,
        resolver=money_of("floor_amount"),
        description="What needed nobody else when it was asked for." + ADDED_IN_02,
    )
    starts_at = DateTime(description="Would hold from then." + ADDED_IN_02)
    ends_at = DateTime(description="Would hold until before then." + ADDED_IN_02)
    reason = graphene.String(required=True, description="Why it is asked for." + ADDED_IN_02)
    state = graphene.Field(
        B2BPriceRequestState, required=True, description="What became of it." + ADDED_IN_02
    )
    asked_by = graphene.String(description="Who asked: his e-mail." + ADDED_IN_02)
    asked_at = DateTime(required=True, description="When." + ADDED_IN_02)
    decided_by = graphene.String(description="The second person: his e-mail." + ADDED_IN_02)
    decided_at = DateTime(description="When it was decided." + ADDED_IN_02)
    answer = graphene.String(required=True, description="What he answered." + ADDED_IN_02)

    class Meta:
        description = "A price under the floor that a second person decides on." + ADDED_IN_02

    @staticmethod
    def resolve_asked_by(root: PriceRequest, info: Any) -> str | None:
        return root.asked_by.email if root.asked_by else None

    @staticmethod
    def resolve_decided_by(root: PriceRequest, info: Any) -> str | None:
        return root.decided_by.email if root.decided_by else None


class B2BFloor(graphene.ObjectType):
    id = global_id("B2BFloor", description="Its id." + ADDED_IN_02)
    name = graphene.String(required=True, description="Its name." + ADDED_IN_02)
    price_list = graphene.Field(
        types.B2BPriceList,
        description="What it is reckoned from; null: the shop's retail." + ADDED_IN_02,
    )
    percent = Decimal(required=True, description="On top of that; −10: ten less." + ADDED_IN_02)
    is_active = graphene.Boolean(required=True, description="Does it hold?" + ADDED_IN_02)

    class Meta:
        description = "How low a price may go without a second person." + ADDED_IN_02


class B2BGivenPrice(graphene.ObjectType):
    at = DateTime(required=True, description="When it was given." + ADDED_IN_02)
    who = graphene.String(required=True, description="By whom; empty: not known." + ADDED_IN_02)
    confirmed_by = graphene.String(
        required=True, description="The second person; empty: none was needed." + ADDED_IN_02
    )
    reason = graphene.String(required=True, description="Why." + ADDED_IN_02)
    legal_entity = graphene.String(required=True, description="To whom." + ADDED_IN_02)
    good = graphene.String(required=True, description="On what." + ADDED_IN_02)
    min_quantity = Decimal(required=True, description="From how many base units." + ADDED_IN_02)
    price = graphene.Field(
        types.B2BMoney, required=True, description="Of one base unit." + ADDED_IN_02
    )
    instead = graphene.Field(
        types.B2BMoney, description="What it cost without it; null: not known." + ADDED_IN_02
    )
    like_buyers = graphene.Int(
        required=True,
        resolver=of("peers.number"),
        description="Of the same group, or with a price list in common." + ADDED_IN_02,
    )
    like_buyers_with_own = graphene.Int(
        required=True,
        resolver=of("peers.with_own"),
        description="How many of them have a price of their own." + ADDED_IN_02,
    )
    like_buyers_lowest = Decimal(
        resolver=of("peers.lowest"), description="The lowest of those." + ADDED_IN_02
    )

    class Meta:
        description = "An individual price under the list." + ADDED_IN_02


class B2BPriceBelow(graphene.ObjectType):
    price_list = graphene.String(required=True, description="Of which list." + ADDED_IN_02)
    good = graphene.String(required=True, description="On what." + ADDED_IN_02)
    min_quantity = Decimal(required=True, description="From how many base units." + ADDED_IN_02)
    price = graphene.Field(
        types.B2BMoney, required=True, description="Of one base unit." + ADDED_IN_02
    )
    lowest = graphene.Field(
        types.B2BMoney, required=True, description="The lowest that the floor allows." + ADDED_IN_02
    )
    floor = graphene.String(required=True, description="Which floor." + ADDED_IN_02)
    at = DateTime(description="When it was written; null: not known." + ADDED_IN_02)
    who = graphene.String(required=True, description="By whom; empty: not known." + ADDED_IN_02)
    way = graphene.String(
        required=True, description="A page, a file of 1C, a spreadsheet." + ADDED_IN_02
    )

    class Meta:
        description = "A price under a floor, whoever wrote it." + ADDED_IN_02


class B2BPriceDip(graphene.ObjectType):
    kind = graphene.String(
        required=True, description="price, percent, markup or binding." + ADDED_IN_02
    )
    at = DateTime(required=True, description="When it was made cheaper." + ADDED_IN_02)
    who = graphene.String(required=True, description="By whom." + ADDED_IN_02)
    before = Decimal(description="What it was; null: there was none." + ADDED_IN_02)
    value = Decimal(required=True, description="What it became." + ADDED_IN_02)
    back_at = DateTime(required=True, description="When it went back." + ADDED_IN_02)
    back_by = graphene.String(required=True, description="By whom." + ADDED_IN_02)
    price_list = graphene.String(required=True, description="Of which list." + ADDED_IN_02)
    order_number = graphene.String(required=True, description="The order between." + ADDED_IN_02)
    placed_at = DateTime(required=True, description="When it was placed." + ADDED_IN_02)
    legal_entity = graphene.String(required=True, description="Whose." + ADDED_IN_02)
    good = graphene.String(required=True, description="The good ordered." + ADDED_IN_02)
    quantity = Decimal(required=True, description="In base units." + ADDED_IN_02)
    total = graphene.Field(types.B2BMoney, required=True, description="Its sum." + ADDED_IN_02)

    class Meta:
        description = "Cheaper shortly before an order, and back after it." + ADDED_IN_02


class B2BManagerDiscount(graphene.ObjectType):
    who = graphene.String(required=True, description="Who gave." + ADDED_IN_02)
    legal_entity = graphene.String(required=True, description="To whom." + ADDED_IN_02)
    prices = graphene.Int(required=True, description="How many prices." + ADDED_IN_02)
    average = Decimal(description="On the average, in percent." + ADDED_IN_02)
    deepest = Decimal(description="At most, in percent." + ADDED_IN_02)
    under_floor = graphene.Int(
        required=True, description="Confirmed by a second person." + ADDED_IN_02
    )
    ordered = graphene.Field(types.B2BMoney, description="Ordered at them." + ADDED_IN_02)
    given_away = graphene.Field(
        types.B2BMoney, description="Against what it would have cost." + ADDED_IN_02
    )

    class Meta:
        description = "One buyer's discounts by one manager." + ADDED_IN_02


class B2BExceptions(graphene.ObjectType):
    given = list_of(
        B2BGivenPrice,
        required=True,
        description="Individual prices under the list, newest first." + ADDED_IN_02,
    )
    below = list_of(
        B2BPriceBelow,
        required=True,
        description="Prices written in the period that are under a floor now, 1C's too, newest "
        "first." + ADDED_IN_02,
    )
    dips = list_of(
        B2BPriceDip,
        required=True,
        description="Cheaper before an order and back after it." + ADDED_IN_02,
    )
    managers = list_of(
        B2BManagerDiscount,
        required=True,
        description="Each buyer's discounts by manager." + ADDED_IN_02,
    )

    class Meta:
        description = "The exceptions report." + ADDED_IN_02

    @staticmethod
    def resolve_given(root: report.Asked, info: Any) -> list[report.Given]:
        return report.given(current_user(info), get_shop(), channel_of(None), root)[0]

    @staticmethod
    def resolve_below(root: report.Asked, info: Any) -> list[Below]:
        return below(current_user(info), get_shop(), channel_of(None), root)[0]

    @staticmethod
    def resolve_dips(root: report.Asked, info: Any) -> list[report.Dip]:
        return report.dips(current_user(info), get_shop(), root)

    @staticmethod
    def resolve_managers(root: report.Asked, info: Any) -> list[report.Discount]:
        return report.discounts(current_user(info), get_shop(), root)


# ------------------------------------------------------------------------------- queries


class Queries(graphene.ObjectType):
    b2b_individual_prices = list_of(
        B2BIndividualPrice,
        required=True,
        legal_entity=graphene.ID(required=True, description="Global id of the legal entity."),
        description="The individual prices of a legal entity. For the desk." + ADDED_IN_02,
        deprecation_reason="Use `b2bIndividualPricesConnection`.",
    )
    b2b_price_requests = list_of(
        B2BPriceRequest,
        required=True,
        state=B2BPriceRequestState(description="Only those; all where it isn't named."),
        description="Prices under a floor: one's own, and all for those who watch over prices. "
        "For the desk." + ADDED_IN_02,
        deprecation_reason="Use `b2bPriceRequestsConnection`.",
    )
    b2b_floors = list_of(
        B2BFloor, required=True, description="The floors of prices. For the desk." + ADDED_IN_02
    )
    b2b_exceptions = graphene.Field(
        B2BExceptions,
        since=DateTime(description="From then; 30 days before the end where it isn't named."),
        until=DateTime(description="Until before then; now where it isn't named."),
        company=graphene.ID(description="Only of this company."),
        hours=graphene.Int(default_value=24, description="Changed so many before an order."),
        days=graphene.Int(default_value=7, description="Back so many after it."),
        exchange=graphene.Boolean(default_value=False, description="1C's changes too."),
        first=graphene.Int(default_value=MOST, description="Lines of each part; 1,000 at most."),
        offset=graphene.Int(default_value=0, description="Pass over so many of each part."),
        description="The exceptions report, for those who watch over prices; null for everybody "
        "else." + ADDED_IN_02,
    )

    @staticmethod
    def resolve_b2b_individual_prices(root: Any, info: Any, legal_entity: str) -> list[Price]:
        demand_desk(info)
        for pk in readable([legal_entity], "B2BLegalEntity"):
            return list(individual.prices(LegalEntity(pk=pk)))
        return []

    @staticmethod
    def resolve_b2b_price_requests(
        root: Any, info: Any, state: str | None = None
    ) -> list[PriceRequest]:
        found = requests.requests(demand_desk(info))
        return list((found.filter(state=state) if state else found)[:MOST])

    @staticmethod
    def resolve_b2b_floors(root: Any, info: Any) -> list[Floor]:
        demand_desk(info)
        return list(Floor.objects.select_related("price_list"))

    @staticmethod
    def resolve_b2b_exceptions(
        root: Any,
        info: Any,
        since: datetime | None = None,
        until: datetime | None = None,
        company: str | None = None,
        hours: int = 24,
        days: int = 7,
        exchange: bool = False,
        first: int = MOST,
        offset: int = 0,
    ) -> report.Asked | None:
        if not access.oversees(current_user(info)):
            return None
        end, lines = until or timezone.now(), page(first, offset, most=MOST)
        asked = report.Asked(
            since or end - timedelta(days=30),
            end,
            before=timedelta(hours=min(max(hours, 1), 336)),
            after=timedelta(days=min(max(days, 1), 90)),
            exchange=exchange,
            limit=lines.stop - lines.start,
            offset=lines.start,
        )
        if company is not None:
            # An id that can't be read is nobody's.
            asked = replace(asked, company=next(iter(readable([company], "B2BCompany")), 0))
        return asked


# ----------------------------------------------------------------------------- mutations


class B2BIndividualPriceInput(graphene.InputObjectType):
    legal_entity = graphene.ID(required=True, description="For whom." + ADDED_IN_02)
    variant_id = graphene.ID(required=True, description="The shop's variant." + ADDED_IN_02)
    amount = Decimal(
        required=True,
        description="Of one base unit, in the channel's currency and VAT mode." + ADDED_IN_02,
    )
    channel = graphene.String(description="Its slug; the first one." + ADDED_IN_02)
    min_quantity = Decimal(description="From how many base units; 1." + ADDED_IN_02)
    starts_at = DateTime(description="Holds from then." + ADDED_IN_02)
    ends_at = DateTime(description="Holds until before then." + ADDED_IN_02)
    reason = graphene.String(description="Why; needed under the floor." + ADDED_IN_02)

    class Meta:
        description = "An individual price to give." + ADDED_IN_02


class B2BIndividualPriceSet(Payload):
    price = graphene.Field(B2BIndividualPrice, description="It holds." + ADDED_IN_02)
    request = graphene.Field(
        B2BPriceRequest,
        description="It is under the floor: it waits, and doesn't hold until a second person "
        "confirms it." + ADDED_IN_02,
    )

    class Arguments:
        input = B2BIndividualPriceInput(required=True, description="Which price.")

    class Meta:
        description = "Give a legal entity its own price on a good. For the desk." + ADDED_IN_02

    @classmethod
    def mutate(cls, root: Any, info: Any, input: dict[str, Any]) -> B2BIndividualPriceSet:
        user = desk(info)
        entity = find(LegalEntity, input["legal_entity"])
        asked = individual.Asked(
            channel_of(input.get("channel")),
            number(input["variant_id"], "ProductVariant"),
            input["amount"],
            starts_at=input.get("starts_at"),
            ends_at=input.get("ends_at"),
        )
        if (quantity := input.get("min_quantity")) is not None:
            asked = replace(asked, min_quantity=quantity)
        given = individual.give(user, entity, asked, reason=input.get("reason") or "")
        return cls(price=given.price, request=given.request)


class B2BIndividualPriceRemove(Payload):
    class Arguments:
        legal_entity = graphene.ID(required=True, description="Whose it is.")
        id = graphene.ID(required=True, description="Global id of the individual price.")

    class Meta:
        description = (
            "Take an individual price back: the good costs what it does without it. For the desk."
            + ADDED_IN_02
        )

    @classmethod
    def mutate(cls, root: Any, info: Any, legal_entity: str, id: str) -> B2BIndividualPriceRemove:
        user = desk(info)
        entity = find(LegalEntity, legal_entity)
        individual.take_back(user, entity, number(id, "B2BIndividualPrice"))
        return cls()


class B2BPriceDecision(graphene.Enum):
    CONFIRM = "confirm"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"

    class Meta:
        description = (
            "What to do with a price under the floor; whoever asked may only withdraw."
            + ADDED_IN_02
        )


class B2BPriceRequestDecide(Payload):
    request = graphene.Field(B2BPriceRequest, description="As decided." + ADDED_IN_02)

    class Arguments:
        id = graphene.ID(required=True, description="Global id of the request.")
        decision = B2BPriceDecision(required=True, description="What to do with it.")
        answer = graphene.String(description="Needed where it is refused.")

    class Meta:
        description = (
            "Decide on a price under the floor: a second person confirms or refuses it, whoever "
            "asked withdraws it." + ADDED_IN_02
        )

    @classmethod
    def mutate(
        cls, root: Any, info: Any, id: str, decision: str, answer: str | None = None
    ) -> B2BPriceRequestDecide:
        user, pk = desk(info), number(id, "B2BPriceRequest")
        if decision == "confirm":
            requests.confirm(user, pk, answer or "")
        elif decision == "refuse":
            requests.refuse(user, pk, answer or "")
        else:
            requests.withdraw(user, pk)
        return cls(request=requests.requests(user).get(pk=pk))


class B2BFloorInput(graphene.InputObjectType):
    id = graphene.ID(description="The floor to change; none: a new one." + ADDED_IN_02)
    name = graphene.String(required=True, description="Its name." + ADDED_IN_02)
    price_list = graphene.ID(
        description="What it is reckoned from; none: the shop's retail." + ADDED_IN_02
    )
    percent = Decimal(required=True, description="On top; −10: ten less." + ADDED_IN_02)
    is_active = graphene.Boolean(description="Does it hold? Yes." + ADDED_IN_02)

    class Meta:
        description = "A floor of prices." + ADDED_IN_02


class B2BFloorSave(Payload):
    floor = graphene.Field(B2BFloor, description="As saved." + ADDED_IN_02)

    class Arguments:
        input = B2BFloorInput(required=True, description="Which floor.")

    class Meta:
        description = "Make or change a floor. For those who watch over prices." + ADDED_IN_02

    @classmethod
    def mutate(cls, root: Any, info: Any, input: dict[str, Any]) -> B2BFloorSave:
        user = desk(info)
        floor = floors.save_floor(
            user,
            find_named(Floor, input.get("id")),
            name=input["name"],
            price_list=find_named(PriceList, input.get("price_list")),
            percent=input["percent"],
            is_active=input.get("is_active") is not False,
        )
        return cls(floor=floor)


class Mutations(graphene.ObjectType):
    b2b_individual_price_set = B2BIndividualPriceSet.Field()
    b2b_individual_price_remove = B2BIndividualPriceRemove.Field()
    b2b_price_request_decide = B2BPriceRequestDecide.Field()
    b2b_floor_save = B2BFloorSave.Field()
