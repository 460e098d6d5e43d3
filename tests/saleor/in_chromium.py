"""``<b2b-legal-entity>`` on a storefront of another origin, in a real Chromium, against a running
Saleor: the same page and presses as on the sandbox (``tests/browser``)."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from selenium.common.exceptions import WebDriverException

from sandbox.facts import Account, Facts
from sandbox.story import queries
from sandbox.story.buying import ADDRESS
from sandbox.story.client import Api
from tests.browser.chromium import CHROMIUM, DRIVER, start
from tests.browser.storefront import Tag, page

__all__ = ["CAN", "broken"]

_BY_SKU = """query($sku: String!, $channel: String!) {
  productVariant(sku: $sku, channel: $channel) { id } }"""
#: Is there a browser to try it in?
CAN = bool(CHROMIUM and DRIVER)


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *arguments: object) -> None:
        """Nobody reads it."""


@contextmanager
def _another_origin(folder: Path) -> Iterator[str]:
    """Where the files of this folder are served."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(folder))) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def _token(facts: Facts, account: Account) -> str:
    told = Api(facts.graphql).mutate(
        queries.SIGN_IN, email=account.email, password=account.password
    )
    return str(told["token"])


def _cart(facts: Facts, sku: str) -> str:
    """The first buyer's, ready to be ordered."""
    buyer = Api(facts.graphql, facts.buyers[0])
    variant = buyer.run(_BY_SKU, sku=sku, channel=facts.channel)["productVariant"]
    made = buyer.mutate(
        queries.CHECKOUT_CREATE,
        input={
            "channel": facts.channel,
            "email": facts.buyers[0].email,
            "lines": [{"variantId": variant["id"], "quantity": 2}],
            "shippingAddress": ADDRESS,
            "billingAddress": ADDRESS,
        },
    )["checkout"]["id"]
    told = buyer.mutate(queries.SHIPPING_ADDRESS, id=made, address=ADDRESS)
    method = told["checkout"]["shippingMethods"][0]["id"]
    buyer.mutate(queries.DELIVERY, id=made, method=method)
    return str(made)


def broken(facts: Facts, retail: Account, sku: str) -> list[str]:
    """What of the tag's promises is not kept; ``sku`` is what the buyer orders two of."""
    cart = _cart(facts, sku)
    with tempfile.TemporaryDirectory(prefix="b2b-chromium-") as temporary:
        folder = Path(temporary)
        script = f"{facts.url}/legal-entity.js"
        for name, token in (
            ("buyer", _token(facts, facts.buyers[0])),
            ("retail", _token(facts, retail)),
            ("visitor", ""),
        ):
            html = page(script, token=token, channel=facts.channel, checkout=cart)
            (folder / f"{name}.html").write_text(html, encoding="utf-8")
        driver = start(folder / "profile")
        try:
            with _another_origin(folder) as origin:
                return _tried(Tag(driver), origin, facts)
        except (WebDriverException, AssertionError, ValueError) as wrong:
            return [f"{wrong}; the browser says {driver.get_log('browser')}"]
        finally:
            driver.quit()


def _tried(tag: Tag, origin: str, facts: Facts) -> list[str]:
    tag.driver.get(f"{origin}/buyer.html")
    tag.see("Оплатить до")
    now, other = tag.chosen, next(x for x in tag.offered[1:] if x != tag.chosen)
    tag.choose(other)
    tag.hear("b2b-change")
    tag.choose(now)
    tag.see("Заказать")
    tag.press_twice()
    number = tag.hear("b2b-order")["order"]["number"]
    orders = Api(facts.graphql, facts.buyers[0]).run(queries.B2B_ORDERS)["b2bOrders"]
    wrong = []
    if [each["number"] for each in orders].count(number) != 1 or orders[0]["number"] != number:
        wrong.append(f"order {number} isn't the newest of {orders}")
    elif orders[0]["legalEntity"]["inn"] not in now:
        wrong.append(f"picked {now}, ordered for {orders[0]['legalEntity']}")
    for name in ("retail", "visitor"):
        tag.driver.get(f"{origin}/{name}.html")
        tag.refresh()
        if tag.text:
            wrong.append(f"{name} sees {tag.text}")
    return wrong
