"""The shop's own price is noted as it changes, so that the past can be reckoned from it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.core.management import call_command

from b2b_overlay.pricing.models import RetailNote

pytestmark = pytest.mark.django_db


def noted(variant_id: int) -> list[Decimal | None]:
    rows = RetailNote.objects.filter(variant_id=variant_id, channel="ru").order_by("pk")
    return list(rows.values_list("amount", flat=True))


def test_a_price_that_staff_sets_is_noted_and_the_same_price_again_is_not(stand: Any) -> None:
    _product, good = stand.good("NOTED-1", "100.00")
    call_command("b2b_note_retail", verbosity=0)
    before = noted(good)

    stand.reprice(good, Decimal("120.00"))
    stand.reprice(good, Decimal("120.00"))

    assert before == [Decimal("100.00")]
    assert noted(good) == [Decimal("100.00"), Decimal("120.00")]
