"""Money: whatever the price, unit, quantity and VAT, 1C gets back the sums it would reckon.

Each example goes the whole way: a file of 1C → the price list → the buyer's cart → his order
on account → the order XML → read again. What is expected is reckoned here from the drawn
numbers alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from io import BytesIO

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from b2b_overlay.company.models import Buyer, Company, LegalEntity
from b2b_overlay.ordering.orders import place
from b2b_overlay.pricing.assign import set_contract_lists
from b2b_overlay.pricing.models import PriceList
from b2b_overlay.shop import get_shop
from b2b_overlay.terms.models import Contract
from onec_bridge.commerceml import records as r
from onec_bridge.commerceml.reader import read
from onec_bridge.commerceml.writer import Format, write_catalog, write_offers, write_orders
from onec_bridge.models import Connection
from onec_bridge.sync import apply_file, orders_to_give
from sandbox import models

NOW = datetime(2026, 4, 6, 8, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Good:
    """Kopecks of one base unit, base units in the unit priced, units ordered, VAT percent."""

    kopecks: int
    coefficient: int
    packs: int
    vat: str | None

    @property
    def price(self) -> Decimal:
        """Of one unit, as the file says it."""
        return Decimal(self.kopecks * self.coefficient) / 100

    @property
    def total(self) -> Decimal:
        return self.price * self.packs

    @property
    def tax(self) -> Decimal:
        rate = Decimal(self.vat or 0)
        return (self.total * rate / (100 + rate)).quantize(Decimal("0.01"), ROUND_HALF_UP)


GOODS = st.lists(
    st.builds(
        Good,
        kopecks=st.integers(1, 9_999_999),
        coefficient=st.sampled_from([1, 1, 2, 3, 7, 12, 144]),
        packs=st.integers(1, 50),
        vat=st.sampled_from(["22", "20", "10", "7", "5", "0", None]),
    ),
    min_size=1,
    max_size=5,
)


def price(kind: str, kopecks: int, good: Good) -> r.OfferPrice:
    """Of one unit of the good, in its own unit."""
    return r.OfferPrice(
        price_type_id=kind,
        amount=Decimal(kopecks * good.coefficient) / 100,
        currency="RUB",
        unit="упак" if good.coefficient > 1 else "шт",
        coefficient=Decimal(good.coefficient),
    )


def base(goods: list[Good]) -> list[bytes]:
    """The files of a 1C base with these goods."""
    rates = [
        r.TaxRate(name="НДС", text=g.vat, rate=Decimal(g.vat))
        if g.vat is not None
        else r.TaxRate(name="НДС", text="Без НДС", is_exempt=True)
        for g in goods
    ]
    products = [
        r.Product(id=f"p{n}", name=f"Товар {n}", tax_rates=(rate,), unit=r.BaseUnit(code="796"))
        for n, rate in enumerate(rates)
    ]
    offers = [
        r.Offer(
            id=f"p{n}",
            name=f"Товар {n}",
            quantity=Decimal(10**6),
            has_prices_block=True,
            prices=(price("dealer", g.kopecks, g), price("retail", g.kopecks + 100, g)),
        )
        for n, g in enumerate(goods)
    ]
    types = [
        r.PriceType(id=each, name=each, currency="RUB", vat_included=True)
        for each in ("dealer", "retail")
    ]
    how = Format(generated_at=NOW)
    package = r.OfferPackageHeader(id="c#")
    return [
        b"".join(write_catalog(products, how, header=r.CatalogHeader(id="c"))),
        b"".join(write_offers(offers, how, header=package, price_types=types)),
    ]


class TheWholeWay(TestCase):
    @settings(
        max_examples=10,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        phases=[Phase.explicit, Phase.generate],
    )
    @given(GOODS)
    def test_1c_reads_back_the_sums_it_would_reckon_itself(self, goods: list[Good]) -> None:
        channel = models.Channel.objects.create(slug="ru", name="Россия", currency="RUB")
        models.ShippingMethod.objects.create(channel=channel, name="Самовывоз")
        connection = Connection.objects.create(
            name="УТ", login="1c", password="!", retail_price_type="retail"
        )
        for number, body in enumerate(base(goods)):
            apply_file(connection, read(BytesIO(body), "f.xml"), file_name=f"{number}.xml")

        self._order(goods)
        documents = orders_to_give(connection, "s1", 10)
        body = b"".join(write_orders(documents, generated_at=NOW))
        (document,) = (i for i in read(BytesIO(body), "o.xml") if isinstance(i, r.Document))

        assert document.total == sum(g.total for g in goods)
        assert document.total == sum(line.total or 0 for line in document.lines)
        assert document.taxes[0].amount == sum(g.tax for g in goods)
        lines = {line.id: line for line in document.lines}
        for number, good in enumerate(goods):
            line = lines[f"p{number}"]
            assert (line.price, line.quantity, line.coefficient) == (
                good.price,
                good.packs,
                good.coefficient,
            )
            assert line.total == good.total
            assert line.taxes[0].amount == good.tax
            assert line.tax_rates[0].is_exempt == (good.vat is None)

    def _order(self, goods: list[Good]) -> None:
        """The goods, in whole packs, ordered on account by the dealer's contract."""
        user = models.User.objects.create_user("buyer@example.org", "x")
        company = Company.objects.create(name="Дилер", is_active=True)
        entity = LegalEntity.objects.create(name="ООО «Дилер»", company=company)
        Buyer.objects.create(user=user, company=company, role=Buyer.Role.OWNER)
        contract = Contract.objects.create(legal_entity=entity, payment_days=14)
        set_contract_lists(contract, [PriceList.objects.get(name="dealer")])
        shop = get_shop()
        channel = shop.catalogue.channels()[0]
        variants = dict(models.Variant.objects.values_list("external_reference", "pk"))
        quantities = {variants[f"p{n}"]: g.packs * g.coefficient for n, g in enumerate(goods)}
        checkout = shop.checkouts.set_quantities(user.pk, channel, quantities)
        place(shop, user, checkout, entity.pk)
