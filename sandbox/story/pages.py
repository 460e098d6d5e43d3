"""Chapter 4 on the pages: a browser without scripts signs in, looks, chooses and orders."""

from __future__ import annotations

import base64
import time
from decimal import Decimal
from urllib.parse import urlsplit

from sandbox.data import SELLER
from sandbox.facts import Account

from . import queries
from .buying import agreed_prices, keep
from .client import Page, demand
from .telling import Told, step
from .world import World

__all__ = [
    "fill",
    "find",
    "invoice",
    "look",
    "order",
    "sees_order",
    "sign_in",
    "stranger",
    "switch",
]

#: What she puts into the cart on the page, besides what lies in it since she bought at retail:
#: SKU → pieces. Clamps are sold by the pack of 12.
ADDED = {"ХЧ-1016": 36, "ШМ-12-М": 100}
#: Found by article and by name; the name is 1C's.
ARTICLE, WORDS = "ХЧ-1016", "хомут 10–16"
#: What the sign-in page answers to whoever has to wait, and how long it is (s): Saleor makes
#: everybody wait a second after a wrong password.
THROTTLED, PAUSE = 422, 1.2


@step("Закупщица входит на страницу прежним паролем", "She signs in with her old password")
def sign_in(world: World) -> Told:
    """A wrong password is answered on the page; the right one opens the catalogue."""
    refused = world.browser.sign_in(Account(world.buyer_account.email, "не тот пароль"))
    demand(
        "sign-in" in refused.url and any("password" in form.fields for form in refused.forms),
        f"a wrong password leads to {refused.status} {refused.url}",
    )
    page = world.browser.sign_in(world.buyer_account)
    if page.status == THROTTLED:
        time.sleep(PAUSE)
        page = world.browser.sign_in(world.buyer_account)
    demand(page.status == 200 and "sign-in" not in page.url, f"{page.status} {page.url}")
    names = [member.name for member in world.members(world.buyer_account)]
    picker = page.form("legal-entity").choices["legal_entity"]
    shown = list(picker.values())
    demand(
        all(any(name in each for each in shown) for name in names) and "" in picker,
        f"the picker offers {shown}",
    )
    return Told(f"в списке: {'; '.join(shown)}", f"to choose: {'; '.join(shown)}")


def _retail(world: World, sku: str) -> Decimal:
    shelf = world.shelf_now
    return shelf.prices[shelf.by_sku(sku)["id"]]


def _agreed(world: World, sku: str, price_type: str) -> Decimal:
    shelf = world.shelf_now
    return agreed_prices(shelf, price_type, shelf.prices)[shelf.by_sku(sku)["id"]]


def _found(world: World, text: str) -> Page:
    return world.browser.get("", q=text)


@step("На странице её цена рядом с розничной", "The page has her price beside retail")
def look(world: World) -> Told:
    member = world.members(world.buyer_account)[0]
    good = _found(world, ARTICLE).marked("sku", ARTICLE)
    own, retail = Decimal(good["price"]), Decimal(good["retail"])
    demand(
        (own, retail) == (_agreed(world, ARTICLE, member.price_type), _retail(world, ARTICLE)),
        f"{ARTICLE}: {good}",
    )
    return Told(f"{ARTICLE}: {own} вместо {retail} ₽", f"{ARTICLE}: {own}, not {retail} RUB")


@step("Меняет юрлицо на странице — меняются цены", "Another legal entity, other prices")
def switch(world: World) -> Told:
    """The other legal entity, a private person, and the first again."""
    first, second = world.members(world.buyer_account)[:2]
    told = []
    for name, want in (
        (second.name, _agreed(world, ARTICLE, second.price_type)),
        ("", _retail(world, ARTICLE)),
        (first.name, _agreed(world, ARTICLE, first.price_type)),
    ):
        _choose(world, name)
        price = Decimal(_found(world, ARTICLE).marked("sku", ARTICLE)["price"])
        demand(price == want, f"{name or 'a private person'}: {price}, not {want}")
        told.append(f"{price}")
    return Told(f"{ARTICLE}: {' → '.join(told)}", f"{ARTICLE}: {' → '.join(told)}")


def _choose(world: World, name: str) -> None:
    """Pick a legal entity by name; an empty one is the private person."""
    page = world.browser.get("")
    form = page.form("legal-entity")
    options = form.choices["legal_entity"]
    value = next((v for v, label in options.items() if v and name and name in label), "")
    demand(bool(value) == bool(name), f"the picker lacks «{name}»: {options}")
    world.browser.send(page, form, legal_entity=value)


@step("Ищет по артикулу и по словам", "She searches by article and by words")
def find(world: World) -> Told:
    by_article = [each["sku"] for each in _found(world, ARTICLE).marks if "sku" in each]
    demand(by_article[:1] == [ARTICLE], f"by article: {by_article[:5]}")
    by_words = [each["sku"] for each in _found(world, WORDS).marks if "sku" in each]
    demand(ARTICLE in by_words, f"by «{WORDS}»: {by_words[:5]}")
    nothing = _found(world, "ничегоподобного")
    demand(not any("sku" in each for each in nothing.marks), "something was found")
    return Told(
        f"«{ARTICLE}» первым, «{WORDS}» среди {len(by_words)}",
        f"«{ARTICLE}» first, «{WORDS}» among {len(by_words)}",
    )


def wanted(world: World) -> dict[str, int]:
    """Her retail cart of old, and what she adds."""
    old = world.customer_before["cart"]["lines"]
    return {**{line["variant"]["sku"]: line["quantity"] for line in old}, **ADDED}


@step("Кладёт в корзину упаковки и метры", "She puts packs and metres into the cart")
def fill(world: World) -> Told:
    """A broken pack is refused on the page; whole ones are in the cart at her prices."""
    member = world.members(world.buyer_account)[0]
    key = _number(world.shelf_now.by_sku(ARTICLE)["id"])
    _put(world, ARTICLE, ADDED[ARTICLE] + 1)
    demand(
        all(each.get("variant") != key for each in world.browser.get("cart/").marks),
        f"{ADDED[ARTICLE] + 1} pieces of a pack of 12 are in the cart",
    )
    for sku, pieces in ADDED.items():
        _put(world, sku, pieces)
    cart = world.browser.get("cart/")
    total = Decimal(0)
    for sku, pieces in wanted(world).items():
        variant = world.shelf_now.by_sku(sku)["id"]
        line = cart.marked("variant", _number(variant))
        price = _agreed(world, sku, member.price_type)
        told = (Decimal(line["unit-price"]), Decimal(line["line-total"]))
        demand(told == (price, price * pieces), f"{sku} in the cart: {line}, agreed {price}")
        total += price * pieces
    shown = [Decimal(each["total"]) for each in cart.marks if "total" in each]
    demand(shown[:1] == [total], f"total {shown}, not {total}")
    return Told(
        f"{len(wanted(world))} строки, {total} ₽", f"{len(wanted(world))} lines, {total} RUB"
    )


def _put(world: World, sku: str, pieces: int) -> None:
    """Into the cart from the list of goods."""
    page = _found(world, sku)
    form = page.form(f"goods/{page.marked('sku', sku)['variant']}/to-cart")
    world.browser.send(page, form, quantity=str(pieces))


def _number(global_id: str) -> str:
    """The key in a global id."""
    return base64.b64decode(global_id).decode().partition(":")[2]


@step("Выбирает юрлицо и заказывает с отсрочкой", "She picks it and orders on account")
def order(world: World) -> Told:
    """The legal entity is picked in so many words; pressing twice makes one order."""
    member = world.members(world.buyer_account)[0]
    page = world.browser.get("checkout/")
    form = page.form("checkout")
    entity = _number(world.entities[member.inn])
    demand(entity in form.choices["legal_entity"], f"to pick: {form.choices}")
    done = world.browser.send(page, form, legal_entity=entity)
    again = world.browser.send(page, form, legal_entity=entity)
    demand("/orders/" in done.url and done.url == again.url, f"{done.url}, then {again.url}")
    key = urlsplit(done.url).path.rstrip("/").rpartition("/")[2]
    order_id = base64.b64encode(f"Order:{key}".encode()).decode()
    kept = keep(world, order_id, wanted(world))
    demand(kept["number"] in done.text and member.name in done.text, f"{done.url}: {done.text}")
    return Told(
        f"№ {kept['number']}, {world.placed[-1].total} ₽, оплатить до {kept['dueDate']}",
        f"No. {kept['number']}, {world.placed[-1].total} RUB, due {kept['dueDate']}",
    )


@step("Получает счёт на оплату", "She gets an invoice")
def invoice(world: World) -> Told:
    """The owner has written the account down; the sums are the order's, in words too."""
    given = {_camel(name): value for name, value in SELLER.items()}
    world.admin.mutate(queries.ORGANIZATION_SAVE, input=given)
    placed = world.placed[0]
    found = world.buyer.run(queries.INVOICE, order=placed.id)["b2bInvoice"]
    total = sum(Decimal(str(line["total"]["amount"])) for line in found["lines"])
    asked = Decimal(str(found["total"]["amount"]))
    demand(asked == total == placed.total, f"{asked}, lines {total}, the order {placed.total}")
    demand(f"|Sum={int(asked * 100)}|" in found["code"], f"to pay by: {found['code']}")
    page = world.browser.get(f"orders/{_number(placed.id)}/invoice/")
    for word in (SELLER["account"], found["inWords"]):
        demand(word in page.text, f"{page.url} lacks «{word}»: {page.text[:600]}")
    return Told(f"{asked} ₽: {found['inWords']}", f"{asked} RUB, to {SELLER['account']}")


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(each.title() for each in rest)


@step("Чужой закупщик не видит их и на страницах", "Nor does a stranger on the pages")
def stranger(world: World) -> Told:
    """Somebody else's order is a page that doesn't exist, and so is the desk."""
    world.strange_browser.sign_in(world.stranger_account)
    listed = world.strange_browser.get("orders/").text
    demand(
        not any(f"№ {placed.number} " in f"{listed} " for placed in world.placed),
        f"a stranger's list has her orders: {listed}",
    )
    paths = [f"orders/{_number(placed.id)}/" for placed in world.placed]
    paths += [f"{path}invoice/" for path in paths]
    statuses = {path: world.strange_browser.get(path).status for path in (*paths, "desk/")}
    demand(set(statuses.values()) == {404}, f"a stranger gets {statuses}")
    return Told(f"404 на {len(statuses)} адресах", f"404 at {len(statuses)} addresses")


@step("И на странице заказа тоже", "On the order's page too")
def sees_order(world: World) -> Told:
    placed = world.placed[-1]
    page = world.browser.get(f"orders/{_number(placed.id)}/")
    (kept,) = [
        each
        for each in world.buyer.run(queries.B2B_ORDERS)["b2bOrders"]
        if each["orderId"] == placed.id
    ]
    for word in (placed.number, kept["onecNumber"], kept["state"]):
        demand(word in page.text, f"{page.url} lacks «{word}»: {page.text[:600]}")
    return Told(
        f"{kept['state']}, в 1С № {kept['onecNumber']}",
        f"{kept['state']}, 1C No. {kept['onecNumber']}",
    )
