"""An invoice's sums over random orders: each line, each rate of VAT and the total agree with the
order and with the document 1C gets, to the kopeck; or there is no invoice at all."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from b2b_overlay.company import admit
from b2b_overlay.company.models import LegalEntity
from b2b_overlay.money import Money, Vat
from b2b_overlay.ordering.invoice import invoice_of
from b2b_overlay.ordering.models import WholesaleOrder, WholesaleOrderLine
from b2b_overlay.shop import Refused
from b2b_overlay.terms.models import Organization
from onec_bridge.sync.document import KnownBuyer, KnownGoods, documents_of, whole
from sandbox.models import User

pytestmark = pytest.mark.django_db

#: (price of a base unit, units, coefficient, rate; None: «без НДС»)
Drawn = tuple[Decimal, int, Decimal, Decimal | None]

LINES = st.lists(
    st.tuples(
        st.decimals(Decimal("0.01"), Decimal("99999.99"), places=2),
        st.integers(1, 500),
        st.sampled_from([Decimal(1), Decimal(6), Decimal(12)]),
        st.sampled_from([None, Decimal(0), Decimal(5), Decimal(10), Decimal(22)]),
    ),
    min_size=1,
    max_size=8,
)


@pytest.fixture
def kept(db: Any) -> WholesaleOrder:
    Organization.objects.create(
        name="ООО «Садовник»", inn="7707083893", account="40703810700001449489",
        bic="044525700", bank_name="Банк", correspondent="30101810200000000700",
    )  # fmt: skip
    desk = User.objects.create_user("desk@example.org", "пароль", is_staff=True)
    entity = LegalEntity.objects.create(name="ООО «Ромашка»", inn="7736050003", kpp="773601001")
    company = admit.create_company(desk, "Ромашка", [entity.pk])
    return WholesaleOrder.objects.create(
        order_id="1", number="1", placed_at=timezone.now(), company=company, legal_entity=entity,
        channel="ru", currency="RUB", vat_included=True, total=0,
    )  # fmt: skip


def fill(order: WholesaleOrder, drawn: list[Drawn], vat_included: bool) -> None:
    """The order's lines as :mod:`b2b_overlay.ordering.orders` keeps them."""
    order.lines.all().delete()
    order.vat_included, total = vat_included, Decimal(0)
    for position, (price, units, coefficient, rate) in enumerate(drawn, 1):
        quantity = units * int(coefficient)
        sum_of = Money(price * quantity, "RUB")
        vat = Vat(rate).inside(sum_of) if vat_included else Vat(rate).on_top(sum_of)
        total += sum_of.amount + (0 if vat_included else vat.amount)
        WholesaleOrderLine.objects.create(
            order=order, position=position, variant_id=position, name=f"Товар {position}",
            quantity=quantity, base_unit="шт", base_unit_code="796", unit_price=price,
            unit="шт" if coefficient == 1 else "уп", coefficient=coefficient,
            total=sum_of.amount, vat_rate=rate, vat_exempt=rate is None, vat=vat.amount,
        )  # fmt: skip
    order.total = total
    order.save()


SETTINGS = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@SETTINGS
@given(drawn=LINES, vat_included=st.booleans())
def test_every_sum_agrees_with_the_order_and_with_1cs_document(kept, drawn, vat_included):
    fill(kept, drawn, vat_included)

    made = invoice_of(kept)

    assert made.total.amount == kept.total
    assert all((line.price * line.quantity).quantized() == line.total for line in made.lines)
    on_top = Decimal(0) if vat_included else made.vat.amount
    assert sum(line.total.amount for line in made.lines) + on_top == made.total.amount
    assert sum(part.vat.amount for part in made.vat_parts) == made.vat.amount
    assert sum(part.base.amount for part in made.vat_parts) == made.goods.amount
    assert made.vat.amount == 0 or f"Sum={int(made.total.amount * 100)}|" in made.code

    goods = {n: KnownGoods(f"ид-{n}") for n in range(1, len(drawn) + 1)}
    (document,), held = documents_of(kept, [whole(kept)], goods, KnownBuyer(), "руб.")
    assert not held
    assert [(x.price, x.quantity, x.total, x.unit_name) for x in document.lines] == [
        (x.price.amount, x.quantity, x.total.amount, x.unit) for x in made.lines
    ]
    assert document.total == made.goods.amount
    assert document.taxes[0].amount == made.vat.amount


@SETTINGS
@given(drawn=LINES, off=st.decimals(Decimal("0.01"), Decimal("10"), places=2), sign=st.booleans())
def test_a_kopeck_too_many_makes_no_invoice(kept, drawn, off, sign):
    fill(kept, drawn, vat_included=True)
    kept.total += off if sign else -off

    with pytest.raises(Refused):
        invoice_of(kept)


def test_parts_of_a_pack_are_told_in_base_units(kept):
    """As an order that an older release kept may be: nothing is rounded to fit."""
    fill(kept, [(Decimal("66.67"), 1, Decimal(6), Decimal(22))], vat_included=True)
    kept.lines.update(quantity=7, total=Decimal("466.69"))
    kept.total = Decimal("466.69")

    (line,) = invoice_of(kept).lines

    assert (line.quantity, line.unit, line.price.amount) == (7, "шт", Decimal("66.67"))
