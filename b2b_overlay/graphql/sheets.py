"""Price lists as spreadsheets in GraphQL: the desk's pages, for a program.

A file travels as base64 in the request, so that the shop's limit of a request's size holds; a
larger one goes by the page or by ``b2b_prices_sheet``.
"""

from __future__ import annotations

import base64
from decimal import Decimal
from io import BytesIO
from typing import Any

import graphene
from django.utils.translation import gettext as _

from b2b_overlay.pricing.difference import ListDifference
from b2b_overlay.pricing.models import PriceList, PriceLoad
from b2b_overlay.pricing.sheets import intake
from b2b_overlay.pricing.sheets.columns import Column, price_key
from b2b_overlay.pricing.sheets.intake import Looked
from b2b_overlay.pricing.sheets.outgoing import write_lists
from b2b_overlay.shop import Refusal, Refused, get_shop

from . import types
from .answers import demand_desk, or_null
from .fields import global_id, list_of, of
from .ids import number, readable, to_global_id
from .payload import Payload, desk
from .types import ADDED_IN_02

__all__ = ["Mutations", "Queries"]

_KIND = "B2BPriceLoad"


class B2BPriceSheetColumn(graphene.ObjectType):
    index = graphene.Int(required=True, resolver=of("at"), description="From 0." + ADDED_IN_02)
    title = graphene.String(required=True, description="Its header." + ADDED_IN_02)
    samples = list_of(graphene.String, required=True, description="Its first values." + ADDED_IN_02)
    field = graphene.String(
        required=True,
        description="«article», «code», «barcode», «name», «unit», «coefficient», «currency», "
        "«min_quantity», «starts_at», «ends_at», «price_list», «price», or «price_of» with "
        "priceList; empty: it isn't read." + ADDED_IN_02,
    )
    price_list = graphene.ID(description="Whose prices these are." + ADDED_IN_02)
    min_quantity = types.Decimal(description="From which quantity." + ADDED_IN_02)
    asked = graphene.Boolean(
        required=True, description="Looks like prices and has to be told." + ADDED_IN_02
    )

    class Meta:
        description = "A column of a spreadsheet of prices." + ADDED_IN_02

    @staticmethod
    def resolve_field(root: Column, info: Any) -> str:
        return "price_of" if root.price else root.key

    @staticmethod
    def resolve_price_list(root: Column, info: Any) -> str | None:
        return str(to_global_id("B2BPriceList", root.price[0])) if root.price else None

    @staticmethod
    def resolve_min_quantity(root: Column, info: Any) -> Decimal | None:
        return root.price[1] if root.price else None


class B2BPriceSheetProblem(graphene.ObjectType):
    cell = graphene.String(required=True, description="«C17»." + ADDED_IN_02)
    value = graphene.String(required=True, description="What stands in it." + ADDED_IN_02)
    message = graphene.String(
        required=True, description="What is wrong and what to do." + ADDED_IN_02
    )

    class Meta:
        description = "A cell whose price is left out." + ADDED_IN_02

    @staticmethod
    def resolve_message(root: Any, info: Any) -> str:
        return str(root.text)


class B2BPriceSheetDifference(graphene.ObjectType):
    price_list = global_id("B2BPriceList", "price_list_id", description="Which list." + ADDED_IN_02)
    name = graphene.String(
        required=True, resolver=of("price_list"), description="Its name." + ADDED_IN_02
    )
    rises = graphene.Int(required=True, description="Prices that rise." + ADDED_IN_02)
    falls = graphene.Int(required=True, description="Prices that fall." + ADDED_IN_02)
    appears = graphene.Int(required=True, description="New prices." + ADDED_IN_02)
    vanishes = graphene.Int(required=True, description="Prices removed." + ADDED_IN_02)
    sharp = graphene.Int(required=True, description="Rise or fall by half or more." + ADDED_IN_02)
    buyers = graphene.Int(
        required=True,
        resolver=of("audience.buyers"),
        description="How many buyers it concerns." + ADDED_IN_02,
    )

    class Meta:
        description = "What a spreadsheet would change in a price list." + ADDED_IN_02


class B2BPriceSheet(graphene.ObjectType):
    id = global_id(_KIND, "load.pk", description="Global id of its load." + ADDED_IN_02)
    name = graphene.String(
        required=True, resolver=of("load.name"), description="The file's name." + ADDED_IN_02
    )
    columns = list_of(
        B2BPriceSheetColumn, required=True, description="What its columns are." + ADDED_IN_02
    )
    wanting = list_of(
        graphene.String,
        required=True,
        resolver=of("layout.wanting"),
        description="What has to be told of its columns first; empty: nothing." + ADDED_IN_02,
    )
    differences = list_of(
        B2BPriceSheetDifference,
        required=True,
        description="What it would change, by price list." + ADDED_IN_02,
    )
    problems = list_of(
        B2BPriceSheetProblem,
        required=True,
        description="Cells that are left out, a thousand at most." + ADDED_IN_02,
    )
    refused = graphene.Int(required=True, description="How many cells are." + ADDED_IN_02)
    warnings = list_of(
        graphene.String,
        required=True,
        description="Why prices it loads couldn't be told: a currency without a rate."
        + ADDED_IN_02,
    )
    floor = graphene.String(
        required=True, description="What the floors say against it." + ADDED_IN_02
    )
    seen = graphene.String(
        required=True, description="To be given back when it is applied." + ADDED_IN_02
    )

    class Meta:
        description = "A spreadsheet of prices that waits to be confirmed." + ADDED_IN_02

    @staticmethod
    def resolve_columns(root: Looked, info: Any) -> list[Column]:
        return list(root.layout.columns)

    @staticmethod
    def resolve_differences(root: Looked, info: Any) -> list[ListDifference]:
        return list(root.difference.lists) if root.difference else []

    @staticmethod
    def resolve_problems(root: Looked, info: Any) -> list[Any]:
        return list(root.prices.errors) if root.prices else []

    @staticmethod
    def resolve_refused(root: Looked, info: Any) -> int:
        return root.prices.refused if root.prices else 0


class B2BPriceSheetColumnInput(graphene.InputObjectType):
    index = graphene.Int(required=True, description="From 0." + ADDED_IN_02)
    field = graphene.String(
        required=True, description="As B2BPriceSheetColumn.field says." + ADDED_IN_02
    )
    price_list = graphene.ID(description="With «price_of»." + ADDED_IN_02)
    min_quantity = types.Decimal(description="With «price_of»; 1 by default." + ADDED_IN_02)

    class Meta:
        description = "What a column is." + ADDED_IN_02


class Queries(graphene.ObjectType):
    b2b_price_sheet = graphene.Field(
        B2BPriceSheet,
        id=graphene.ID(required=True, description="Global id of its load."),
        description="A spreadsheet that waits to be confirmed, and what it would change. For the "
        "sales desk." + ADDED_IN_02,
    )
    b2b_price_sheet_file = graphene.String(
        price_lists=list_of(graphene.ID, required=True, description="Global ids of the lists."),
        all_goods=graphene.Boolean(description="Goods without a price too."),
        description="Price lists as an XLSX file, base64. For the sales desk." + ADDED_IN_02,
    )

    @staticmethod
    @or_null
    def resolve_b2b_price_sheet(root: Any, info: Any, id: str) -> Looked:
        return intake.look(get_shop(), demand_desk(info), number(id, _KIND), limit=0)

    @staticmethod
    def resolve_b2b_price_sheet_file(
        root: Any, info: Any, price_lists: list[str], all_goods: bool = False
    ) -> str:
        user = demand_desk(info)
        lists = PriceList.objects.filter(pk__in=readable(price_lists, "B2BPriceList"))
        content = BytesIO()
        write_lists(
            get_shop(), user, list(lists.order_by("name", "pk")), content, all_goods=all_goods
        )
        return base64.b64encode(content.getvalue()).decode()


class B2BPriceSheetUpload(Payload):
    class Arguments:
        name = graphene.String(required=True, description="The file's name.")
        content = graphene.String(required=True, description="The XLSX file, base64.")

    class Meta:
        description = (
            "Take a spreadsheet of prices; nothing changes before it is applied. For the sales "
            "desk. Errors: INVALID for what is no spreadsheet." + ADDED_IN_02
        )

    sheet = graphene.Field(B2BPriceSheet, description="What it would change." + ADDED_IN_02)

    @classmethod
    def mutate(cls, root: Any, info: Any, name: str, content: str) -> B2BPriceSheetUpload:
        user = desk(info)
        try:
            file = base64.b64decode(content, validate=True)
        except ValueError as error:
            raise Refused(Refusal("INVALID", _("The file isn't base64."))) from error
        load = intake.upload(user, name, file)
        return cls(sheet=intake.look(get_shop(), user, load.pk, limit=0))


class B2BPriceSheetColumns(Payload):
    class Arguments:
        id = graphene.ID(required=True, description="Global id of its load.")
        columns = list_of(
            B2BPriceSheetColumnInput, required=True, description="Those that are read."
        )

    class Meta:
        description = (
            "Tell what the columns are; remembered for files with this header. For the sales "
            "desk." + ADDED_IN_02
        )

    sheet = graphene.Field(B2BPriceSheet, description="What it would change." + ADDED_IN_02)

    @classmethod
    def mutate(cls, root: Any, info: Any, id: str, columns: list[Any]) -> B2BPriceSheetColumns:
        user = desk(info)
        pk = number(id, _KIND)
        intake.remember(user, pk, {_key(each): int(each["index"]) for each in columns})
        return cls(sheet=intake.look(get_shop(), user, pk, limit=0))


def _key(given: Any) -> str:
    if given["field"] != "price_of":
        return str(given["field"])
    step = given.get("min_quantity")
    list_id = number(given.get("price_list") or "", "B2BPriceList")
    return price_key(list_id, Decimal(1) if step is None else step)


class B2BPriceSheetApply(Payload):
    class Arguments:
        id = graphene.ID(required=True, description="Global id of its load.")
        seen = graphene.String(
            required=True,
            description="B2BPriceSheet.seen: where something else would change by now, nothing "
            "does.",
        )

    class Meta:
        description = (
            "Put a spreadsheet's prices in force, as one load that can be undone. A second time "
            "it answers the same. For the sales desk." + ADDED_IN_02
        )

    created = graphene.Int(description="New prices." + ADDED_IN_02)
    changed = graphene.Int(description="Prices changed." + ADDED_IN_02)
    deleted = graphene.Int(description="Prices removed." + ADDED_IN_02)

    @classmethod
    def mutate(cls, root: Any, info: Any, id: str, seen: str) -> B2BPriceSheetApply:
        user = desk(info)
        counts = _demand(intake.apply(get_shop(), user, number(id, _KIND), seen)).counts
        names = ("created", "changed", "deleted")
        return cls(**{name: counts.get(name, 0) for name in names})


def _demand(load: PriceLoad) -> PriceLoad:
    """A load that was applied: undone since, it has to be loaded anew."""
    if load.state == PriceLoad.State.UNDONE:
        raise Refused(Refusal("INVALID", _("This file was applied and undone; load it again.")))
    return load


class B2BPriceSheetDiscard(Payload):
    class Arguments:
        id = graphene.ID(required=True, description="Global id of its load.")

    class Meta:
        description = "Put a spreadsheet away unapplied. For the sales desk." + ADDED_IN_02

    @classmethod
    def mutate(cls, root: Any, info: Any, id: str) -> B2BPriceSheetDiscard:
        intake.discard(desk(info), number(id, _KIND))
        return cls()


class Mutations(graphene.ObjectType):
    b2b_price_sheet_upload = B2BPriceSheetUpload.Field()
    b2b_price_sheet_columns = B2BPriceSheetColumns.Field()
    b2b_price_sheet_apply = B2BPriceSheetApply.Field()
    b2b_price_sheet_discard = B2BPriceSheetDiscard.Field()
