"""What goods cost, in GraphQL: the buyer's own prices with his part of why, and for the desk
the whole of it, of any legal entity, as it was recorded and as it will be."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import graphene
from graphql import GraphQLError

from b2b_overlay.changes import Change
from b2b_overlay.changes.prices import set_by
from b2b_overlay.company import access
from b2b_overlay.company.models import LegalEntity
from b2b_overlay.money import Money
from b2b_overlay.ordering.checkouts import as_charged, facts_of
from b2b_overlay.ordering.gate import step_of
from b2b_overlay.ordering.goods import beside
from b2b_overlay.ordering.visibility import visible
from b2b_overlay.pricing.levels import RETAIL
from b2b_overlay.pricing.models import VariantFacts
from b2b_overlay.pricing.parts import Part, basis, parts
from b2b_overlay.pricing.resolver import (
    Candidate,
    NoPrice,
    Priced,
    at_retail,
    resolve_cart,
    said,
)
from b2b_overlay.pricing.why import Moment, explained, table
from b2b_overlay.shop import Channel, Refused, get_shop
from b2b_overlay.terms.current import Terms, terms_for, terms_of

from .answers import demand_desk
from .context import current_user, known_channel
from .fields import global_id, list_of, of
from .ids import readable
from .types import ADDED_IN_01, ADDED_IN_02, B2BMoney, DateTime, Decimal

__all__ = ["Queries"]

#: How many variants one b2bPrices query may ask for.
MAX_VARIANTS = 500

_AT = "Windows of validity and rates of this moment; for the desk." + ADDED_IN_02
_AS_OF = "As everything was recorded at this moment; for the desk." + ADDED_IN_02
_CART_TOTAL = "For a cart of this sum, in the channel's currency; for the desk." + ADDED_IN_02


class B2BPriceTier(graphene.ObjectType):
    min_quantity = Decimal(required=True, description="From how many base units." + ADDED_IN_02)
    price = graphene.Field(
        B2BMoney, description="Of one base unit; null: on request." + ADDED_IN_02
    )

    class Meta:
        description = "From a quantity one costs so much." + ADDED_IN_02


class B2BPriceColumn(graphene.ObjectType):
    cart_total = graphene.Field(
        B2BMoney,
        required=True,
        resolver=of("min_total"),
        description="Once the cart comes to so much." + ADDED_IN_02,
    )
    price = graphene.Field(B2BMoney, required=True, description="Of one base unit." + ADDED_IN_02)

    class Meta:
        description = "From a cart's sum one costs so much." + ADDED_IN_02


@dataclass(frozen=True, slots=True)
class _Answer:
    """One variant's price for somebody; ``part`` and ``facts`` are asked for all of a query's
    goods at once, and only where one of their fields is."""

    variant_id: int
    quantity: int
    answer: Priced | NoPrice
    retail: Money | None
    channel: Channel
    terms: Terms | None
    part: Callable[[], Part | None]
    facts: Callable[[], Mapping[int, VariantFacts]]

    @property
    def priced(self) -> Priced | None:
        return self.answer if isinstance(self.answer, Priced) else None


class B2BPrice(graphene.ObjectType):
    variant_id = global_id("ProductVariant", "variant_id", description="Global id of the variant.")
    quantity = graphene.Int(required=True, description="Base units the price was asked for.")
    price = graphene.Field(B2BMoney, description="Of one base unit; null: there is no price.")
    retail = graphene.Field(B2BMoney, description="The channel's retail price of one base unit.")
    vat_included = graphene.Boolean(
        required=True,
        resolver=of("channel.prices_include_vat"),
        description="Whether VAT is in it.",
    )
    unit = graphene.String(required=True, description="The unit the price was quoted for.")
    coefficient = Decimal(required=True, description="Base units in that unit.")
    unit_price = graphene.Field(B2BMoney, description="The price of that unit.")
    step = graphene.Int(
        required=True, description="Pieces of the shop that go into the cart at once."
    )
    source = graphene.String(
        required=True,
        description="Where the price comes from, or why there is none.",
        deprecation_reason="Since 0.2 it says what ``basis`` says.",
    )
    is_contract = graphene.Boolean(
        required=True, resolver=of("answer.is_contract"), description="False: it is retail."
    )
    basis = graphene.String(
        required=True,
        description="By what the price is, in the buyer's words (\"by contract № 12 of "
        '01.02.2026"), or why there is none.' + ADDED_IN_02,
    )
    min_quantity = Decimal(
        description="From how many base units this very price holds." + ADDED_IN_02
    )
    tiers = list_of(
        B2BPriceTier,
        required=True,
        description="Prices by quantity; empty: the same at any." + ADDED_IN_02,
    )
    columns = list_of(
        B2BPriceColumn,
        required=True,
        description="Prices by the cart's sum; empty: the same at any." + ADDED_IN_02,
    )
    promotions_apply = graphene.Boolean(
        required=True,
        description="Tiers and columns are before the shop's promotions, which may lower them."
        + ADDED_IN_02,
    )
    valid_until = DateTime(description="The price isn't promised beyond." + ADDED_IN_02)
    reckoned = graphene.String(
        description="The contract's own price and the rate, where it is in another currency or "
        "without VAT." + ADDED_IN_02
    )

    class Meta:
        description = "What a variant costs the user." + ADDED_IN_01

    @staticmethod
    def resolve_price(root: _Answer, info: Any) -> Money | None:
        return root.priced.price.money if root.priced else None

    @staticmethod
    def resolve_unit(root: _Answer, info: Any) -> str:
        return root.priced.price.unit if root.priced else ""

    @staticmethod
    def resolve_coefficient(root: _Answer, info: Any) -> Any:
        return root.priced.price.coefficient if root.priced else 1

    @staticmethod
    def resolve_unit_price(root: _Answer, info: Any) -> Money | None:
        return root.priced.price.per_unit if root.priced else None

    @staticmethod
    def resolve_step(root: _Answer, info: Any) -> int:
        """Of a shop that counts metres by the decimetre, decimetres."""
        facts = root.facts()[root.variant_id]
        return int(step_of(root.answer, facts) / facts.piece) if root.terms else 1

    @staticmethod
    def resolve_source(root: _Answer, info: Any) -> str:
        return B2BPrice.resolve_basis(root, info)

    @staticmethod
    def resolve_basis(root: _Answer, info: Any) -> str:
        if isinstance(root.answer, NoPrice):
            return root.answer.reason
        return basis(root.answer.level if root.answer.is_contract else RETAIL, root.terms)

    @staticmethod
    def resolve_min_quantity(root: _Answer, info: Any) -> Any:
        return root.priced.min_quantity if root.priced else None

    @staticmethod
    def resolve_tiers(root: _Answer, info: Any) -> Any:
        part = root.part()
        return part.tiers if part else ()

    @staticmethod
    def resolve_columns(root: _Answer, info: Any) -> Any:
        part = root.part()
        return part.columns if part else ()

    @staticmethod
    def resolve_promotions_apply(root: _Answer, info: Any) -> bool:
        return bool(root.priced and root.priced.promotions_stack)

    @staticmethod
    def resolve_valid_until(root: _Answer, info: Any) -> datetime | None:
        part = root.part()
        return part.valid_until if part else None

    @staticmethod
    def resolve_reckoned(root: _Answer, info: Any) -> str | None:
        part = root.part()
        return (part.reckoned or None) if part else None


class B2BPriceCandidate(graphene.ObjectType):
    level = graphene.String(required=True, description="Whose list it is, in a word.")
    price_list = graphene.String(required=True, description="Name of the list.")
    min_quantity = Decimal(description="From how many base units; null: it gave no price.")
    price = graphene.Field(B2BMoney, description="Of one base unit; null: see ``out``.")
    beaten_by = graphene.String(description="The level that beat it; null: this one holds.")
    out = graphene.String(description="Why it gave no price." + ADDED_IN_02)
    steps = list_of(
        graphene.String,
        required=True,
        description="How the price was reckoned, step by step." + ADDED_IN_02,
    )
    set_by = graphene.String(
        description="Who last wrote the price it is reckoned from, and by which page, file or "
        "command; null: no list has it written." + ADDED_IN_02
    )
    set_at = DateTime(description="When that was." + ADDED_IN_02)

    class Meta:
        description = "One price list that was considered, in order of precedence." + ADDED_IN_01


def _candidate(each: Candidate, author: Change | None) -> B2BPriceCandidate:
    told = ", ".join(filter(None, (author.who, author.way))) if author else ""
    return B2BPriceCandidate(
        level=str(each.level.name),
        price_list=each.price_list,
        min_quantity=each.priced.min_quantity if each.priced else None,
        price=each.priced.price.money if each.priced else None,
        beaten_by=each.beaten_by or None,
        out=each.out or None,
        steps=[said(step) for step in each.priced.steps] if each.priced else [],
        set_by=told or None,
        set_at=author.at if author else None,
    )


class Queries(graphene.ObjectType):
    b2b_prices = list_of(
        B2BPrice,
        required=True,
        variant_ids=list_of(graphene.ID, required=True, description="Global ids of variants."),
        quantity=graphene.Int(default_value=1, description="For so many base units."),
        channel=graphene.String(description="Slug; the shop's first where none is named."),
        legal_entity_id=graphene.ID(
            description="For this legal entity: one the user may buy for; for the desk, any."
            + ADDED_IN_02
        ),
        at=DateTime(description=_AT),
        as_of=DateTime(description=_AS_OF),
        cart_total=Decimal(description=_CART_TOTAL),
        description="What variants cost the user, beside the retail price; unknown ones are left "
        f"out; at most {MAX_VARIANTS} at once." + ADDED_IN_01,
    )
    b2b_price_explanation = list_of(
        B2BPriceCandidate,
        required=True,
        legal_entity_id=graphene.ID(required=True, description="Whose price."),
        variant_id=graphene.ID(required=True, description="Of this good."),
        quantity=graphene.Int(default_value=1, description="For so many base units."),
        channel=graphene.String(description="Slug; the shop's first where none is named."),
        at=DateTime(description=_AT),
        as_of=DateTime(description=_AS_OF),
        cart_total=Decimal(description=_CART_TOTAL),
        description="Why a legal entity has this price: every one considered. For the desk."
        + ADDED_IN_01,
    )

    @staticmethod
    def resolve_b2b_prices(
        root: Any,
        info: Any,
        variant_ids: list[str],
        quantity: int = 1,
        channel: str | None = None,
        legal_entity_id: str | None = None,
        **moment: Any,
    ) -> list[_Answer]:
        where, wanted = known_channel(channel), readable(variant_ids, "ProductVariant")
        if len(variant_ids) > MAX_VARIANTS or quantity < 1:
            raise GraphQLError(f"Ask for 1 piece or more of at most {MAX_VARIANTS} variants.")
        asked = _moment(where, moment)
        if asked != Moment():
            demand_desk(info)
            if legal_entity_id is None:
                raise GraphQLError("Name the legal entity whose prices you ask for.")
        if legal_entity_id is None:
            seen = visible(get_shop(), current_user(info), where, wanted)
            return _answers(info, terms_for(current_user(info), where), where, seen, quantity)
        entity = _entity(info, legal_entity_id)
        if entity is None:
            return []
        if asked == Moment():
            return _answers(info, terms_of(entity, where), where, wanted, quantity)
        return _answers_then(entity, where, wanted, quantity, asked)

    @staticmethod
    def resolve_b2b_price_explanation(
        root: Any,
        info: Any,
        legal_entity_id: str,
        variant_id: str,
        quantity: int = 1,
        channel: str | None = None,
        **moment: Any,
    ) -> list[B2BPriceCandidate]:
        demand_desk(info)
        where = known_channel(channel)
        entity, wanted = _entity(info, legal_entity_id), readable([variant_id], "ProductVariant")
        if entity is None or not wanted:
            return []
        asked = _moment(where, moment)
        found = explained(entity, where, wanted[0], quantity, asked)
        authors = set_by(found.candidates, wanted[0], asked.as_of, get_shop().people)
        return [
            _candidate(each, author) for each, author in zip(found.candidates, authors, strict=True)
        ]


def _moment(channel: Channel, asked: Mapping[str, Any]) -> Moment:
    total = asked.get("cart_total")
    try:
        return Moment(
            asked.get("at"),
            asked.get("as_of"),
            None if total is None else Money(total, channel.currency),
        )
    except Refused as refused:
        raise GraphQLError(str(refused)) from refused


def _entity(info: Any, global_id: str) -> LegalEntity | None:
    """One that whoever asks may ask about."""
    user = current_user(info)
    seen = LegalEntity.objects.all() if access.is_desk(user) else access.legal_entities(user)
    ids = readable([global_id], "B2BLegalEntity")
    return seen.select_related("company").filter(pk__in=ids).first()


def _answers(
    info: Any, terms: Terms | None, channel: Channel, wanted: list[int], quantity: int
) -> list[_Answer]:
    """What the goods cost now: under the column that the user's own cart reaches."""
    shop, user = get_shop(), current_user(info)
    variants = shop.catalogue.variants(wanted, channel)
    retail = {pk: variant.retail for pk, variant in variants.items()}
    quantities = dict.fromkeys(variants, quantity)
    facts = _facts(quantities)
    if terms is None:
        priced = {pk: at_retail(channel, price) for pk, price in retail.items()}
        return [
            _Answer(pk, quantity, priced[pk], retail[pk], channel, None, _no_part, facts)
            for pk in wanted
            if pk in variants
        ]
    cart = beside(shop, user, terms)
    answers = as_charged(shop, terms, resolve_cart(terms, quantities, retail, cart=cart))
    told = lru_cache(maxsize=1)(lambda: parts(terms, quantities, retail, cart))
    return [
        _Answer(pk, quantity, answers[pk], retail[pk], channel, terms, _part(told, pk), facts)
        for pk in wanted
        if pk in variants
    ]


def _answers_then(
    entity: LegalEntity, channel: Channel, wanted: list[int], quantity: int, asked: Moment
) -> list[_Answer]:
    """What the goods cost at another moment, or for another cart's sum."""
    variants = get_shop().catalogue.variants(wanted, channel)
    quantities = {pk: quantity for pk in wanted if pk in variants}
    found = table([entity], channel, quantities, asked)
    terms, retail = found.terms[0], found.retail
    told = lru_cache(maxsize=1)(
        lambda: parts(
            terms, quantities, retail, dict, at=asked.at, as_of=asked.as_of, total=asked.total
        )
    )
    facts = _facts(quantities)
    return [
        _Answer(pk, quantity, row[0], retail.get(pk), channel, terms, _part(told, pk), facts)
        for pk, row in found.rows.items()
    ]


def _facts(variant_ids: Iterable[int]) -> Callable[[], Mapping[int, VariantFacts]]:
    return lru_cache(maxsize=1)(lambda: facts_of(list(variant_ids)))


def _no_part() -> None:
    """As a private person he has none."""


def _part(told: Callable[[], Mapping[int, Part]], pk: int) -> Callable[[], Part | None]:
    return lambda: told().get(pk)
