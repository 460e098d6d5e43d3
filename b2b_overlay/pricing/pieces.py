"""Which goods are sold in fractions of their unit, and what one piece of the shop is of them.

Written where somebody says so, 1C by a rule of the desk: a selling step of 0.1 m makes a piece
of the shop 0.1 m. Rule: what the shop has ever sold, or holds in a cart, stays counted as it is,
so no order and no cart changes its meaning; whoever asks is told which goods these are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from fractions import Fraction

from django.db import connection

from b2b_overlay.copying import numbers
from b2b_overlay.quantities import ONE, Quantity
from b2b_overlay.shop import CatalogueWriter

__all__ = ["piece_for", "pieces_of", "settle"]

#: Most shops sell nothing in fractions: then no variant is looked for.
_PIECES = """
SELECT variant_id, piece FROM b2b_overlay_variantfacts
 WHERE variant_id = ANY (%s::bigint[]) AND NOT (piece = 1)
   AND EXISTS (SELECT FROM b2b_overlay_variantfacts WHERE NOT (piece = 1))
"""


def pieces_of(variant_ids: Iterable[int]) -> Mapping[int, Decimal]:
    """Base units in one piece of the shop, by variant; absent: one. One query, which reads an
    index that only goods sold in fractions are in."""
    with connection.cursor() as cursor:
        cursor.execute(_PIECES, [numbers(variant_ids)])
        return {pk: piece.normalize() for pk, piece in cursor.fetchall()}


def piece_for(step: Quantity) -> Decimal:
    """What a piece of the shop is of a good with this selling step: so much that a unit is a
    whole number of pieces, and the step too. Any sum of so many pieces then has a price of a
    unit in whole minor units; and a whole step is sold in whole units, as ever.

    >>> piece_for(Decimal("0.1")), piece_for(Decimal("2.5")), piece_for(6)
    (Decimal('0.1'), Decimal('0.5'), Decimal('1'))
    """
    return ONE / Fraction(step).denominator


def settle(writer: CatalogueWriter, wanted: Mapping[int, Decimal]) -> dict[int, Decimal]:
    """Let these variants be counted in pieces of so many base units, where they can; what they
    are counted in. Called before the facts are written, in the same transaction."""
    now = pieces_of(wanted)
    changes = {
        pk: (now.get(pk, ONE), piece) for pk, piece in wanted.items() if now.get(pk, ONE) != piece
    }
    stuck = writer.recount(changes) if changes else ()
    return {pk: now.get(pk, ONE) if pk in stuck else piece for pk, piece in wanted.items()}
