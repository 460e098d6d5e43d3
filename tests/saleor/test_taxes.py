"""Taxes beside contract prices: Saleor's flat rates, and an app's over a webhook. A contract price
with VAT stays what the contract says; the tax is inside it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest
from contract.carts import make, ordered
from graphql_relay import from_global_id
from installed_app import installed
from saleor.order.models import Order
from saleor.tax.models import TaxClassCountryRate, TaxConfiguration
from saleor.webhook.models import Webhook

from b2b_overlay.ordering.models import WholesaleOrder

CART = """query($id: ID!) { checkout(id: $id) {
  totalPrice { gross { amount } net { amount } }
  lines { unitPrice { gross { amount } net { amount } } } } }"""


def _taxed(ask, by, cart) -> tuple[Decimal, Decimal, Decimal, Decimal]:
    """Gross and net of a piece and of the cart."""
    read = ask(CART, by, id=cart)["checkout"]
    sums = [read["lines"][0]["unitPrice"], read["totalPrice"]]
    return tuple(Decimal(each[kind]["amount"]) for each in sums for kind in ("gross", "net"))


def _configure(**fields: Any) -> None:
    TaxConfiguration.objects.filter(channel__slug="ru").update(
        charge_taxes=True, prices_entered_with_tax=True, **fields
    )


@pytest.fixture
def flat_rates(stand):
    _configure(tax_calculation_strategy="FLAT_RATES")
    TaxClassCountryRate.objects.update_or_create(
        tax_class=None, country="RU", defaults={"rate": 20}
    )


def test_by_flat_rates_the_tax_is_inside_the_contracts_price(
    ask, cast, hose, deliver, flat_rates, a_fifth_off
):
    cart = make(ask, cast.buyer, {hose: 3})["id"]
    deliver(cast.buyer, cart)

    assert _taxed(ask, cast.buyer, cart) == (
        Decimal("61.23"), Decimal("51.03"), Decimal("183.69"), Decimal("153.08"),
    )  # fmt: skip
    told = ordered(ask, deliver, cast.buyer, cart)
    order = Order.objects.get(pk=from_global_id(told["id"])[1])
    assert (order.total_gross_amount, order.total_net_amount) == (
        Decimal("183.69"),
        Decimal("153.08"),
    )
    assert order.lines.get().tax_rate == Decimal("0.2")
    assert WholesaleOrder.objects.get().total == Decimal("183.69")


def test_and_inside_retails(ask, cast, hose, deliver, flat_rates, a_fifth_off):
    cart = make(ask, cast.customer, {hose: 3})["id"]
    deliver(cast.customer, cart)

    assert _taxed(ask, cast.customer, cart) == (
        Decimal("80.00"), Decimal("66.67"), Decimal("240.00"), Decimal("200.00"),
    )  # fmt: skip


class TaxApp(BaseHTTPRequestHandler):
    """Twenty per cent inside whatever it is asked of; remembers the sums it was asked of."""

    asked: list[dict[str, Any]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        (told,) = json.loads(body)
        type(self).asked.append(told)
        answer = {
            "shipping_tax_rate": "20",
            **_inside("shipping_price", told["shipping_amount"]),
            "lines": [
                {"tax_rate": "20", **_inside("total", line["total_amount"])}
                for line in told["lines"]
            ],
        }
        content = json.dumps(answer).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_args: Any) -> None:
        """Nothing on the terminal."""


def _inside(name: str, gross: Any) -> dict[str, str]:
    net = (Decimal(str(gross)) / Decimal("1.2")).quantize(Decimal("0.01"))
    return {f"{name}_gross_amount": str(gross), f"{name}_net_amount": str(net)}


@pytest.fixture
def tax_app(stand) -> Iterator[type[TaxApp]]:
    """An app of the shop that answers for the channel's taxes, over HTTP."""
    TaxApp.asked = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), TaxApp)
    Thread(target=server.serve_forever, daemon=True).start()
    app = installed("handle_taxes", "manage_checkouts", name="Налоги")
    row = Webhook.objects.create(
        app=app, target_url=f"http://127.0.0.1:{server.server_port}/", is_active=True
    )
    row.events.create(event_type="checkout_calculate_taxes")
    _configure(tax_calculation_strategy="TAX_APP", tax_app_id=app.identifier)
    yield TaxApp
    server.shutdown()
    server.server_close()


def test_a_tax_app_is_asked_of_the_contracts_price_and_its_answer_is_charged(
    ask, cast, hose, deliver, tax_app, a_fifth_off
):
    cart = make(ask, cast.buyer, {hose: 3})["id"]
    deliver(cast.buyer, cart)

    assert _taxed(ask, cast.buyer, cart) == (
        Decimal("61.23"), Decimal("51.03"), Decimal("183.69"), Decimal("153.08"),
    )  # fmt: skip
    (line,) = tax_app.asked[-1]["lines"]
    assert (Decimal(str(line["unit_amount"])), Decimal(str(line["total_amount"]))) == (
        Decimal("61.23"),
        Decimal("183.69"),
    )
    assert all(Decimal(str(d["amount"])) == 0 for d in tax_app.asked[-1]["discounts"])

    told = ordered(ask, deliver, cast.buyer, cart)

    order = Order.objects.get(pk=from_global_id(told["id"])[1])
    assert order.total_gross_amount == Decimal("183.69")
    assert order.lines.get().unit_price_gross_amount == Decimal("61.23")
    assert WholesaleOrder.objects.get().total == Decimal("183.69")


def test_it_is_asked_of_retail_for_a_retail_customer(
    ask, cast, hose, deliver, tax_app, a_fifth_off
):
    cart = make(ask, cast.customer, {hose: 3})["id"]
    deliver(cast.customer, cart)

    assert _taxed(ask, cast.customer, cart)[0] == Decimal("80.00")
    assert Decimal(str(tax_app.asked[-1]["lines"][0]["unit_amount"])) == Decimal("80.00")
