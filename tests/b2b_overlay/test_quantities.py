"""Quantities and prices of what is sold in fractions: exact whichever way they are reckoned."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from b2b_overlay.pricing.pieces import piece_for
from b2b_overlay.quantities import as_quantity, common, counted, grid, in_pieces, in_units, read
from b2b_overlay.quantities import whole as cut

#: Selling steps of up to three decimals.
steps = st.integers(1, 20_000).map(lambda thousandths: as_quantity(Decimal(thousandths) / 1000))
KOPECK = Decimal("0.01")


@given(step=steps, times=st.integers(1, 10_000))
def test_so_many_steps_are_whole_pieces_and_come_back_as_they_were(step, times):
    piece, quantity = piece_for(step), as_quantity(Decimal(step) * times)

    pieces = in_pieces(quantity, piece)

    assert pieces is not None
    assert in_units(pieces, piece) == quantity
    assert in_pieces(1, piece) is not None


@given(step=steps, times=st.integers(1, 10_000), multiple=st.integers(1, 100_000))
def test_a_line_comes_to_the_same_by_pieces_and_by_units(step, times, multiple):
    piece = piece_for(step)
    price = grid(piece, KOPECK) * multiple
    quantity = Decimal(step) * times

    of_piece = price * piece

    assert of_piece == of_piece.quantize(KOPECK)
    assert of_piece * in_pieces(quantity, piece) == price * quantity
    assert of_piece / piece == price


@given(step=steps, stock=st.integers(-1000, 10**7))
def test_stock_is_cut_to_whole_pieces_and_never_more_than_there_is(step, stock):
    piece, there = piece_for(step), Decimal(stock) / 1000

    free = cut(there, piece)

    assert 0 <= free <= max(0, there)
    assert in_pieces(free, piece) is not None
    assert max(0, there) - free < piece


@given(one=steps, other=steps)
def test_what_two_steps_have_in_common_is_whole_steps_of_both(one, other):
    both = common(one, other)

    assert not both % one
    assert not both % other


@pytest.mark.parametrize("language", ["ru", "en"])
@given(step=steps)
def test_what_is_shown_can_be_typed_again(language, step):
    with translation.override(language):
        shown = counted(step)

    assert read(shown.replace(",", "") if language == "en" else shown) == step
