"""Loads of prices: what came together, what it changed, the way back; and the history of one
good's price. For the desk; the pages show the same."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import graphene
from graphql import GraphQLError

from b2b_overlay import changes
from b2b_overlay.changes.naming import Names
from b2b_overlay.company.models import LegalEntity
from b2b_overlay.pricing.difference import (
    Difference,
    Kind,
    difference_of,
)
from b2b_overlay.pricing.models import PriceList, PriceLoad
from b2b_overlay.pricing.undoing import undo
from b2b_overlay.pricing.whose import lists_of
from b2b_overlay.shop import Channel, get_shop

from .answers import demand_desk, page
from .fields import global_id, list_of, money_of, of
from .history import B2BHistoryChange
from .ids import number, readable
from .payload import Payload, desk
from .types import ADDED_IN_02, B2BMoney, DateTime

__all__ = ["Mutations", "Queries"]


class B2BPriceChangeKind(graphene.Enum):
    RISES = "rises"
    FALLS = "falls"
    APPEARS = "appears"
    VANISHES = "vanishes"
    OTHER = "other"

    class Meta:
        description = "What becomes of a price; other: only its unit or term." + ADDED_IN_02


class B2BPriceAudience(graphene.ObjectType):
    legal_entities = graphene.Int(required=True, description="How many." + ADDED_IN_02)
    buyers = graphene.Int(required=True, description="How many people." + ADDED_IN_02)

    class Meta:
        description = "Whom price lists are for, those derived from them too." + ADDED_IN_02


class B2BPriceSpread(graphene.ObjectType):
    least = graphene.Float(required=True, description="Percent." + ADDED_IN_02)
    median = graphene.Float(required=True, description="Percent." + ADDED_IN_02)
    most = graphene.Float(required=True, description="Percent." + ADDED_IN_02)

    class Meta:
        description = "By how many percent prices rise or fall (negative)." + ADDED_IN_02


class B2BPriceListDifference(graphene.ObjectType):
    price_list_id = global_id(
        "B2BPriceList", "price_list_id", description="Which list." + ADDED_IN_02
    )
    price_list = graphene.String(required=True, description="Its name." + ADDED_IN_02)
    rises = graphene.Int(required=True, description="How many prices." + ADDED_IN_02)
    falls = graphene.Int(required=True, description="How many prices." + ADDED_IN_02)
    appears = graphene.Int(required=True, description="How many prices." + ADDED_IN_02)
    vanishes = graphene.Int(required=True, description="How many prices." + ADDED_IN_02)
    other = graphene.Int(
        required=True, description="How many prices change only their unit or term." + ADDED_IN_02
    )
    sharp = graphene.Int(
        required=True, description="How many rise or fall by 50 % or more." + ADDED_IN_02
    )
    rise = graphene.Field(B2BPriceSpread, description="Null: none rises." + ADDED_IN_02)
    fall = graphene.Field(B2BPriceSpread, description="Null: none falls." + ADDED_IN_02)
    audience = graphene.Field(
        B2BPriceAudience, required=True, description="Whom it concerns." + ADDED_IN_02
    )

    class Meta:
        description = "What a load changes in one price list." + ADDED_IN_02


class B2BPriceChange(graphene.ObjectType):
    price_list_id = global_id(
        "B2BPriceList", "price_list_id", description="Which list." + ADDED_IN_02
    )
    price_list = graphene.String(required=True, description="Its name." + ADDED_IN_02)
    variant_id = global_id("ProductVariant", "variant_id", description="Which good." + ADDED_IN_02)
    min_quantity = graphene.Float(
        required=True, description="From so many base units." + ADDED_IN_02
    )
    starts_at = DateTime(description="In force from; null: always." + ADDED_IN_02)
    ends_at = DateTime(description="In force until; null: always." + ADDED_IN_02)
    was = graphene.Field(
        B2BMoney, resolver=money_of("was"), description="Null: there was none." + ADDED_IN_02
    )
    becomes = graphene.Field(
        B2BMoney, resolver=money_of("becomes"), description="Null: there is none." + ADDED_IN_02
    )
    kind = graphene.Field(
        B2BPriceChangeKind,
        required=True,
        resolver=of("kind.value"),
        description="What." + ADDED_IN_02,
    )
    percent = graphene.Float(description="Null: it appears or vanishes." + ADDED_IN_02)

    class Meta:
        description = "What a load changes in one price of one base unit." + ADDED_IN_02


class B2BPriceDifference(graphene.ObjectType):
    lists = list_of(
        B2BPriceListDifference, required=True, description="List by list." + ADDED_IN_02
    )
    rows = list_of(
        B2BPriceChange,
        required=True,
        description="Price by price, the sharpest change first." + ADDED_IN_02,
    )
    total = graphene.Int(required=True, description="How many prices change." + ADDED_IN_02)
    audience = graphene.Field(
        B2BPriceAudience, required=True, description="Of all lists, each once." + ADDED_IN_02
    )

    class Meta:
        description = "What rises, falls, appears and vanishes." + ADDED_IN_02


@dataclass(frozen=True, slots=True)
class _Shown:
    """A load as it is answered: read for all rows of an answer at once."""

    row: PriceLoad
    made_by: str
    undone_by: str

    def count(self, word: str) -> int:
        return int(self.row.counts.get(word, 0))


def _shown(rows: Iterable[PriceLoad]) -> list[_Shown]:
    found = list(rows)
    names = Names(get_shop().people, None)
    names.learn({Names.USER: {pk for row in found for pk in (row.made_by_id, row.undone_by_id)}})
    return [_Shown(r, names.author(r.made_by_id), names.author(r.undone_by_id)) for r in found]


class B2BPriceLoad(graphene.ObjectType):
    id = global_id("B2BPriceLoad", "row.pk", description="Global id." + ADDED_IN_02)
    source = graphene.String(
        required=True,
        resolver=of("row.source"),
        description="exchange, sheet, page or command." + ADDED_IN_02,
    )
    name = graphene.String(
        required=True,
        resolver=of("row.name"),
        description="The file, or what the page was about." + ADDED_IN_02,
    )
    created = graphene.Int(required=True, description="Prices that appeared." + ADDED_IN_02)
    changed = graphene.Int(required=True, description="Prices changed." + ADDED_IN_02)
    deleted = graphene.Int(required=True, description="Prices that vanished." + ADDED_IN_02)
    left = graphene.Int(
        required=True,
        description="Of an undo: prices left alone, since they had been changed." + ADDED_IN_02,
    )
    applied_at = DateTime(resolver=of("row.applied_at"), description="When." + ADDED_IN_02)
    made_by = graphene.String(
        required=True, description="Name and login; empty: 1C, or a command." + ADDED_IN_02
    )
    is_undone = graphene.Boolean(required=True, description="Was it undone?" + ADDED_IN_02)
    undone_at = DateTime(
        resolver=of("row.undone_at"), description="When it was undone." + ADDED_IN_02
    )
    undone_by = graphene.String(required=True, description="By whom." + ADDED_IN_02)
    undoes = graphene.Field(
        lambda: B2BPriceLoad, description="Of an undo: the load it took back." + ADDED_IN_02
    )
    difference = graphene.Field(
        B2BPriceDifference,
        required=True,
        first=graphene.Int(default_value=20, description="Rows; at most 100."),
        offset=graphene.Int(default_value=0, description="Pass over so many."),
        kind=graphene.Argument(B2BPriceChangeKind, description="Only rows of this kind."),
        description="What it changed, from the history." + ADDED_IN_02,
    )

    class Meta:
        description = "Prices that came together, undone as one thing (загрузка)." + ADDED_IN_02

    @staticmethod
    def resolve_created(root: _Shown, info: Any) -> int:
        return root.count("created")

    @staticmethod
    def resolve_changed(root: _Shown, info: Any) -> int:
        return root.count("changed")

    @staticmethod
    def resolve_deleted(root: _Shown, info: Any) -> int:
        return root.count("deleted")

    @staticmethod
    def resolve_left(root: _Shown, info: Any) -> int:
        return root.count("left")

    @staticmethod
    def resolve_is_undone(root: _Shown, info: Any) -> bool:
        return root.row.state == PriceLoad.State.UNDONE

    @staticmethod
    def resolve_undoes(root: _Shown, info: Any) -> _Shown | None:
        return next(iter(_shown([root.row.undoes] if root.row.undoes else [])), None)

    @staticmethod
    def resolve_difference(
        root: _Shown, info: Any, first: int = 20, offset: int = 0, kind: str | None = None
    ) -> Difference:
        wanted = page(first, offset)
        return difference_of(
            root.row,
            limit=wanted.stop - wanted.start,
            offset=wanted.start,
            kind=Kind(kind) if kind else None,
        )


class Queries(graphene.ObjectType):
    b2b_price_loads = list_of(
        B2BPriceLoad,
        required=True,
        first=graphene.Int(default_value=20, description="At most 100."),
        offset=graphene.Int(default_value=0, description="How many of the newest to pass over."),
        description="Loads of prices that were applied, newest first. For the desk." + ADDED_IN_02,
    )
    b2b_price_load = graphene.Field(
        B2BPriceLoad,
        id=graphene.ID(required=True, description="Global id of the load."),
        description="One of them; null where there is none. For the desk." + ADDED_IN_02,
    )
    b2b_price_history = list_of(
        B2BHistoryChange,
        required=True,
        variant_id=graphene.ID(required=True, description="Of this good."),
        price_list=graphene.ID(description="In this list."),
        legal_entity=graphene.ID(description="In all lists that are for this legal entity."),
        channel=graphene.String(description="Whose terms; the default channel's if not named."),
        first=graphene.Int(default_value=20, description="At most 100."),
        offset=graphene.Int(default_value=0, description="How many of the newest to pass over."),
        description="Every change of a good's price, by whom or which file, newest first. For "
        "the desk." + ADDED_IN_02,
    )

    @staticmethod
    def resolve_b2b_price_loads(
        root: Any, info: Any, first: int = 20, offset: int = 0
    ) -> list[_Shown]:
        return _shown(_applied(info)[page(first, offset)])

    @staticmethod
    def resolve_b2b_price_load(root: Any, info: Any, id: str) -> _Shown | None:
        rows = _applied(info).filter(pk__in=readable([id], "B2BPriceLoad"))
        return next(iter(_shown(rows)), None)

    @staticmethod
    def resolve_b2b_price_history(
        root: Any,
        info: Any,
        variant_id: str,
        price_list: str | None = None,
        legal_entity: str | None = None,
        channel: str | None = None,
        first: int = 20,
        offset: int = 0,
    ) -> list[changes.Change]:
        demand_desk(info)
        if (price_list is None) == (legal_entity is None):
            raise GraphQLError("Name either a price list or a legal entity.")
        lists = _lists(price_list, legal_entity, channel)
        for variant in readable([variant_id], "ProductVariant"):
            places = changes.of_prices(lists, variant)
            return changes.told(places[page(first, offset)], get_shop().people)
        return []


def _applied(info: Any) -> Any:
    demand_desk(info)
    applied = [PriceLoad.State.APPLIED, PriceLoad.State.UNDONE]
    return PriceLoad.objects.filter(state__in=applied).defer("content").select_related("undoes")


def _lists(price_list: str | None, legal_entity: str | None, channel: str | None) -> list[int]:
    if price_list is not None:
        wanted = readable([price_list], "B2BPriceList")
        return list(PriceList.objects.filter(pk__in=wanted).values_list("pk", flat=True))
    found = LegalEntity.objects.filter(pk__in=readable([legal_entity or ""], "B2BLegalEntity"))
    return [pk for entity in found for pk in lists_of(entity, _channel(channel))]


def _channel(slug: str | None) -> Channel:
    channels = get_shop().catalogue.channels()
    return next((each for each in channels if each.slug == slug), channels[0])


class B2BPriceLoadUndo(Payload):
    """Undo a load."""

    load = graphene.Field(B2BPriceLoad, description="The load that was undone." + ADDED_IN_02)
    undo = graphene.Field(
        B2BPriceLoad, description="The undo, a load too; null: nothing to give back." + ADDED_IN_02
    )
    back = graphene.Int(description="Prices that are as they were before it." + ADDED_IN_02)
    left = graphene.Int(description="Prices changed since, left alone." + ADDED_IN_02)

    class Arguments:
        id = graphene.ID(required=True, description="The load.")

    class Meta:
        description = (
            "Give each price its state before a load back, as one thing; pressed twice it is "
            "done once. Undoing an undo applies the load again. For the desk." + ADDED_IN_02
        )

    @classmethod
    def mutate(cls, root: Any, info: Any, id: str) -> B2BPriceLoadUndo:
        done = undo(desk(info), number(id, "B2BPriceLoad"))
        (load, *undo_) = _shown([done.load, *([done.undo] if done.undo else [])])
        return cls(load=load, undo=next(iter(undo_), None), back=done.back, left=done.left)


class Mutations(graphene.ObjectType):
    b2b_price_load_undo = B2BPriceLoadUndo.Field()
