"""What the shop's own variants and lines say of the unit they are sold in: the same field on every
shop, ``b2bMeasure``.

The shop counts whole pieces, so of a cable sold by the decimetre its ``quantity`` of 25 is 2.5 m
(:mod:`b2b_overlay.quantities`). Whoever shows goods needs the unit, the piece and the step, and
the price of a unit; of what isn't sold in fractions a piece is a unit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, NamedTuple

import graphene
from promise import Promise
from promise.dataloader import DataLoader

from b2b_overlay.money import Money
from b2b_overlay.ordering.checkouts import facts_of
from b2b_overlay.pricing.models import VariantFacts
from b2b_overlay.quantities import common, in_units

from . import types

__all__ = ["B2BMeasure", "Measured", "measure_field"]


class B2BMeasure(graphene.ObjectType):
    unit = graphene.String(required=True, description="The unit: м." + types.ADDED_IN_02)
    unit_code = graphene.String(required=True, description="Its OKEI code." + types.ADDED_IN_02)
    piece = types.Decimal(
        required=True,
        description="Units in one piece of the shop, which ``quantity`` and prices of the shop's "
        "own types are of: 0.1. What goes into a cart is units / piece." + types.ADDED_IN_02,
    )
    step = types.Decimal(
        required=True, description="Units that are sold at once." + types.ADDED_IN_02
    )
    quantity = types.Decimal(
        description="Units that the line is of; of a variant: null." + types.ADDED_IN_02
    )
    price = graphene.Field(
        types.B2BMoney,
        description="Of one unit: what the shop says of a piece (gross), exactly. Null: there is "
        "no price." + types.ADDED_IN_02,
    )

    class Meta:
        description = "The unit that something is sold in." + types.ADDED_IN_02


class Measured(NamedTuple):
    """What a shop says of one of its variants or lines."""

    #: None: the shop has deleted it.
    variant_id: int | None
    #: Pieces a line is of.
    pieces: int | None
    #: What a piece costs (``amount``, ``currency``), or a promise of it; None: nothing.
    price: Any


class _Facts(DataLoader):
    """Facts of variants, of one request."""

    def batch_load_fn(self, keys: Sequence[int]) -> Any:
        found = facts_of(list(keys))
        return Promise.resolve([found[pk] for pk in keys])


def measure_field(resolver: Callable[[Any, Any], Measured]) -> graphene.Field:
    """``b2bMeasure`` of one of the shop's types; ``resolver`` knows how the shop keeps one."""

    def resolve(root: Any, info: Any) -> Any:
        found = resolver(root, info)
        if found.variant_id is None:
            return None
        loader = info.context.__dict__.setdefault("_b2b_measures", _Facts())
        facts, price = loader.load(found.variant_id), Promise.resolve(found.price)
        return Promise.all([facts, price]).then(
            lambda told: _measure(told[0], told[1], found.pieces)
        )

    return graphene.Field(
        B2BMeasure,
        resolver=resolve,
        description="The unit it is sold in; null: the shop has deleted the good."
        + types.ADDED_IN_02,
    )


def _measure(facts: VariantFacts, price: Any, pieces: int | None) -> B2BMeasure:
    return B2BMeasure(
        unit=facts.unit,
        unit_code=facts.unit_code,
        piece=facts.piece,
        step=Decimal(common(facts.piece, facts.step)),
        quantity=None if pieces is None else Decimal(in_units(pieces, facts.piece)),
        price=price and Money(Decimal(price.amount) / facts.piece, price.currency),
    )
