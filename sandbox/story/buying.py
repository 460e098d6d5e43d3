"""Chapter 4: the buyer sees her prices, switches legal entity, fills a cart, orders."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from sandbox.data.catalogue import SMALL_WHOLESALE

from . import queries
from .client import demand
from .telling import Told, step
from .world import Placed, Shelf, World, amount_of, known_offers

__all__ = [
    "broken_pack",
    "cart",
    "customer_stays",
    "for_whom",
    "keep",
    "order",
    "own_prices",
    "stock",
    "stranger",
    "switch",
    "visitor_stays",
]

#: A retail customer's delivery; Saleor asks for all of it.
ADDRESS = {
    "firstName": "Анна",
    "lastName": "Лютикова",
    "companyName": "Ромашка",
    "streetAddress1": "Садовая ул, дом 14",
    "city": "Москва",
    "countryArea": "Москва",
    "postalCode": "115035",
    "country": "RU",
}
#: What she orders: article → pieces. Boards in whole packs of 12, more than retail's limit of
#: one thing, and one that the shop has on a retail promotion.
WANTED = {"ДС-20-95-2": 24, "К-1201": 51, "ГР-14": 10}


def agreed_prices(shelf: Shelf, price_type: str, retail: dict[str, Decimal]) -> dict[str, Decimal]:
    """What one piece must cost by variant id: 1C's price of that type, else retail."""
    agreed = {}
    known = known_offers()
    for _product, variant in shelf.variants():
        if variant["sku"] not in known:
            continue
        good, offer = known[variant["sku"]]
        amount = offer.prices.get(price_type)
        agreed[variant["id"]] = amount / good.coefficient if amount else retail[variant["id"]]
    return agreed


def _compare(world: World, price_type: str) -> int:
    """The buyer's shelf against 1C's own figures, to the kopeck; how many were compared."""
    shelf = world.shelf(world.buyer)
    prices = shelf.prices
    retail = world.shelf_now.prices
    agreed = agreed_prices(shelf, price_type, retail)
    wrong = {pk: (prices.get(pk), want) for pk, want in agreed.items() if prices.get(pk) != want}
    demand(not wrong, f"{len(wrong)} prices differ (shown, agreed): {list(wrong.values())[:5]}")
    demand(len(agreed) > 200, f"only {len(agreed)} prices to compare")
    lower = sum(prices[pk] < retail[pk] for pk in agreed)
    demand(lower > len(agreed) * 3 // 4, f"only {lower} of {len(agreed)} are below retail")
    return len(agreed)


@step("Её учётная запись осталась прежней", "Her account is what it was")
def customer_stays(world: World) -> Told:
    """Her account is what it was: password, orders, address, cart."""
    me = world.buyer.run(queries.ME, channel=world.facts.channel)["me"]
    before = world.customer_before
    demand(me == before["me"], f"was {before['me']}, is {me}")
    checkout = world.buyer.run(queries.CHECKOUT, id=before["cart"]["id"])["checkout"]
    held = [(line["variant"]["sku"], line["quantity"]) for line in checkout["lines"]]
    had = [(line["variant"]["sku"], line["quantity"]) for line in before["cart"]["lines"]]
    demand(held == had, f"the cart was {had}, is {held}")
    return Told("пароль, заказы и корзина те же", "password, orders and cart are the same")


@step("Она видит свои цены рядом с розничной", "She sees her prices beside retail")
def own_prices(world: World) -> Told:
    """The unchanged catalogue query gives her contract prices; b2bPrices both side by side."""
    first = world.members(world.buyer_account)[0]
    world.buyer.mutate(queries.CHOOSE, id=world.entities[first.inn], channel=world.facts.channel)
    compared = _compare(world, first.price_type)
    board = world.shelf_now.by_sku("ДС-20-95-2")["id"]
    (price,) = world.buyer.run(
        queries.PRICES, ids=[board], channel=world.facts.channel, quantity=24
    )["b2bPrices"]
    demand(price["isContract"] and price["step"] == 12, f"a pack of boards: {price}")
    demand(
        amount_of(price["unitPrice"]) == amount_of(price["price"]) * 12
        and amount_of(price["retail"]) > amount_of(price["price"]),
        f"a pack of boards: {price}",
    )
    return Told(
        f"{compared} цен «{first.price_type}» до копейки, рядом розничная",
        f"{compared} prices «{first.price_type}» to the kopeck, retail beside them",
    )


@step("Видит остатки трёх складов", "She sees the stock of three warehouses")
def stock(world: World) -> Told:
    """Whole pieces of 1C's warehouses together, what is negative being none; of goods the
    shop sold before too: its own count gave way to 1C's."""
    mine = {variant["sku"]: variant for _p, variant in world.shelf(world.buyer).variants()}
    ordered = {sku for placed in world.placed for sku in placed.wanted}
    expected = {
        sku: sum(max(0, int(level // 1)) for level in offer.stock.values())
        for sku, (_good, offer) in known_offers().items()
        if sku not in ordered
    }
    wrong = {
        sku: (mine[sku]["quantityAvailable"], want)
        for sku, want in expected.items()
        if mine[sku]["quantityAvailable"] != want
    }
    demand(not wrong, f"{len(wrong)} stocks differ (shown, 1C's): {wrong}")
    return Told(f"{len(expected)} товаров, до штуки", f"{len(expected)} goods, to the piece")


@step("Меняет юрлицо — меняются цены", "She switches legal entity, prices change")
def switch(world: World) -> Told:
    """Another legal entity, other prices; as a private person, retail; and back."""
    first, second = world.members(world.buyer_account)[:2]
    channel = world.facts.channel
    world.buyer.mutate(queries.CHOOSE, id=world.entities[second.inn], channel=channel)
    compared = _compare(world, second.price_type)
    world.buyer.mutate(queries.CHOOSE, id=None, channel=channel)
    mine = world.shelf(world.buyer).prices
    demand(mine == world.shelf_now.prices, "as a private person she doesn't see retail")
    world.buyer.mutate(queries.CHOOSE, id=world.entities[first.inn], channel=channel)
    _compare(world, first.price_type)
    return Told(
        f"{compared} цен «{SMALL_WHOLESALE}», как частное лицо — розница, и обратно",
        f"{compared} prices «{SMALL_WHOLESALE}», retail as a private person, and back",
    )


def _lines(world: World, shelf: Shelf) -> list[dict[str, Any]]:
    return [
        {"variantId": shelf.by_sku(sku)["id"], "quantity": quantity}
        for sku, quantity in WANTED.items()
    ]


@step("Наполняет корзину", "She fills a cart")
def cart(world: World) -> Told:
    """The very answer that makes the cart has the contract prices; packs by the piece exact;
    51 pieces go in, where retail stops at 50."""
    shelf, channel = world.shelf(world.buyer), world.facts.channel
    made = world.buyer.mutate(
        queries.CHECKOUT_CREATE, input={"channel": channel, "lines": _lines(world, shelf)}
    )["checkout"]
    world.cart = made["id"]
    _demand_cart(world, made, shelf.prices)
    seen = world.buyer.run(queries.CHECKOUT, id=world.cart)["checkout"]
    _demand_cart(world, seen, shelf.prices)
    codes = world.visitor.refused(
        queries.CHECKOUT_CREATE,
        input={
            "channel": channel,
            "lines": [{"variantId": shelf.by_sku("К-1201")["id"], "quantity": 51}],
        },
    )
    demand("QUANTITY_GREATER_THAN_LIMIT" in codes, f"retail takes 51 pieces: {codes}")
    total = amount_of(made["totalPrice"]["gross"])
    return Told(f"{len(WANTED)} строки, {total} ₽", f"{len(WANTED)} lines, {total} RUB")


def _demand_cart(world: World, checkout: dict[str, Any], prices: dict[str, Decimal]) -> None:
    held = {line["variant"]["sku"]: line for line in checkout["lines"]}
    demand({sku: line["quantity"] for sku, line in held.items()} == WANTED, f"in the cart: {held}")
    for sku, line in held.items():
        each, want = amount_of(line["unitPrice"]["gross"]), prices[line["variant"]["id"]]
        demand(each == want, f"{sku}: {each} in the cart, {want} on the shelf")
        whole = amount_of(line["totalPrice"]["gross"])
        demand(whole == want * line["quantity"], f"{sku}: a line of {whole}")


@step("Упаковку нельзя разбить", "A pack can't be broken")
def broken_pack(world: World) -> Told:
    """A pack can't be broken: the gate says so at the line, and no order is made."""
    checkout = world.buyer.run(queries.CHECKOUT, id=world.cart)["checkout"]
    (line,) = [each for each in checkout["lines"] if each["variant"]["sku"] == "ДС-20-95-2"]
    _set_quantity(world, line["id"], 25)
    problems = world.buyer.run(queries.B2B_CHECKOUT, id=world.cart)["b2bCheckout"]["problems"]
    demand(
        [each["variantId"] for each in problems] == [line["variant"]["id"]],
        f"problems of 25 boards: {problems}",
    )
    codes = world.buyer.refused(queries.COMPLETE, id=world.cart)
    demand(codes, "25 boards of packs of 12 became an order")
    _set_quantity(world, line["id"], 24)
    after = world.buyer.run(queries.B2B_CHECKOUT, id=world.cart)["b2bCheckout"]["problems"]
    demand(not after, f"problems of 24 boards: {after}")
    return Told(problems[0]["message"], problems[0]["message"])


def _set_quantity(world: World, line: str, quantity: int) -> None:
    world.buyer.mutate(
        queries.LINES_UPDATE, id=world.cart, lines=[{"lineId": line, "quantity": quantity}]
    )


@step("Выбирает юрлицо в заказе", "She picks the legal entity at checkout")
def for_whom(world: World) -> Told:
    """The legal entity is picked at checkout, the cart's prices follow, terms are shown."""
    first, second = world.members(world.buyer_account)[:2]
    totals = {}
    for member in (second, first):
        world.buyer.mutate(
            queries.CHECKOUT_ENTITY, checkout=world.cart, entity=world.entities[member.inn]
        )
        checkout = world.buyer.run(queries.CHECKOUT, id=world.cart)["checkout"]
        totals[member.inn] = amount_of(checkout["totalPrice"]["gross"])
    demand(totals[first.inn] < totals[second.inn], f"sums by legal entity: {totals}")
    picked = world.buyer.run(queries.B2B_CHECKOUT, id=world.cart)["b2bCheckout"]
    demand(
        picked["legalEntity"]["inn"] == first.inn
        and picked["contract"]["paymentDays"] == first.payment_days
        and picked["dueDate"],
        f"picked: {picked}",
    )
    return Told(
        f"{first.name}: {totals[first.inn]} ₽, {second.name}: {totals[second.inn]} ₽",
        f"{first.name}: {totals[first.inn]} RUB, {second.name}: {totals[second.inn]} RUB",
    )


@step("Заказывает с отсрочкой", "She orders on account")
def order(world: World) -> Told:
    """On account, through the shop's own checkoutComplete."""
    _deliver(world)
    checkout = world.buyer.run(queries.CHECKOUT, id=world.cart)["checkout"]
    total = amount_of(checkout["totalPrice"]["gross"])
    placed = world.buyer.mutate(queries.COMPLETE, id=world.cart)["order"]
    demand(amount_of(placed["total"]["gross"]) == total, f"{total} in the cart, {placed}")
    kept = keep(world, placed["id"], WANTED)
    first = world.members(world.buyer_account)[0]
    return Told(
        f"№ {placed['number']}, {total} ₽, {first.name}, оплатить до {kept['dueDate']}",
        f"No. {placed['number']}, {total} RUB, {first.name}, due {kept['dueDate']}",
    )


def keep(world: World, order_id: str, wanted: Mapping[str, int]) -> dict[str, Any]:
    """The overlay's own record of an order just placed: for the right legal entity, on
    account; handed on to the chapter of 1C's orders."""
    told = world.buyer.run(queries.B2B_ORDERS)["b2bOrders"]
    kept: dict[str, Any] = next((each for each in told if each["orderId"] == order_id), {})
    demand(kept, f"b2bOrders lacks {order_id}")
    first = world.members(world.buyer_account)[0]
    demand(
        kept["legalEntity"]["inn"] == first.inn
        and kept["payment"] == "on_account"
        and kept["dueDate"]
        and sum(line["quantity"] for line in kept["lines"] if line["article"])
        == sum(wanted.values()),
        f"kept: {kept}",
    )
    total = amount_of(kept["total"])
    world.placed.append(Placed(order_id, kept["number"], total, dict(wanted)))
    return kept


def _deliver(world: World) -> None:
    """What the shop's own checkout asks of every customer: addresses and a delivery method."""
    answer = world.buyer.mutate(queries.SHIPPING_ADDRESS, id=world.cart, address=ADDRESS)
    world.buyer.mutate(queries.BILLING_ADDRESS, id=world.cart, address=ADDRESS)
    methods = answer["checkout"]["shippingMethods"]
    demand(methods, "no delivery method")
    cheapest = min(methods, key=lambda each: amount_of(each["price"]))
    world.buyer.mutate(queries.DELIVERY, id=world.cart, method=cheapest["id"])


@step("Чужой закупщик ничего не видит", "A stranger sees none of it")
def stranger(world: World) -> Told:
    """A buyer of another company sees none of it, whatever id he tries."""
    told = world.stranger.run(queries.B2B_ORDERS)["b2bOrders"]
    demand(told == [], f"a stranger's orders: {told}")
    for query in (queries.B2B_ORDER, queries.ORDER):
        for placed in world.placed:
            (found,) = world.stranger.run(query, id=placed.id).values()
            demand(found is None, f"a stranger reads the order: {found}")
    _demand_cart_hidden(world)
    for entity in world.entities.values():
        codes = world.stranger.refused(queries.CHOOSE, id=entity, channel=world.facts.channel)
        demand(codes == {"NOT_FOUND"}, f"a stranger buys for her legal entity: {codes}")
    (member,) = world.members(world.stranger_account)
    me = world.stranger.run(queries.B2B_ME, channel=world.facts.channel)["b2bMe"]
    demand([each["inn"] for each in me["legalEntities"]] == [member.inn], f"he is {me}")
    shelf = world.shelf(world.stranger)
    agreed = agreed_prices(shelf, member.price_type, world.shelf_now.prices)
    wrong = [pk for pk, want in agreed.items() if shelf.prices.get(pk) != want]
    demand(not wrong, f"{len(wrong)} of his own prices are wrong")
    return Told(
        f"{world.stranger_account.company}: ни заказа, ни корзины, ни юрлиц; цены свои",
        f"{world.stranger_account.company}: no order, cart or legal entity; prices his own",
    )


def _demand_cart_hidden(world: World) -> None:
    """Knowing the id of her open cart, he neither reads nor orders it."""
    variant = world.shelf_now.by_sku("К-1201")["id"]
    lines = [{"variantId": variant, "quantity": 1}]
    cart = world.buyer.mutate(
        queries.CHECKOUT_CREATE, input={"channel": world.facts.channel, "lines": lines}
    )["checkout"]["id"]
    for query in (queries.CHECKOUT, queries.B2B_CHECKOUT):
        (found,) = world.stranger.run(query, id=cart).values()
        demand(found is None, f"a stranger reads the cart: {found}")
    demand(world.stranger.refused(queries.COMPLETE, id=cart), "a stranger orders her cart")


@step("Посетитель видит розницу, как прежде", "A visitor sees retail as before")
def visitor_stays(world: World) -> Told:
    """A visitor still sees retail, and still can't order without paying."""
    changed = world.shelf_before.changed(world.shelf(world.visitor))
    demand(not changed, f"changed for a visitor: {changed[:2]}")
    variant = next(each for _product, each in world.shelf_before.variants())
    made = world.visitor.mutate(
        queries.CHECKOUT_CREATE,
        input={
            "channel": world.facts.channel,
            "email": "visitor@mail.example",
            "lines": [{"variantId": variant["id"], "quantity": 1}],
            "shippingAddress": ADDRESS,
            "billingAddress": ADDRESS,
        },
    )["checkout"]
    price = amount_of(made["totalPrice"]["gross"])
    demand(price == world.shelf_before.prices[variant["id"]], f"a visitor pays {price}")
    methods = world.visitor.mutate(queries.SHIPPING_ADDRESS, id=made["id"], address=ADDRESS)
    method = methods["checkout"]["shippingMethods"][0]["id"]
    world.visitor.mutate(queries.DELIVERY, id=made["id"], method=method)
    codes = world.visitor.refused(queries.COMPLETE, id=made["id"])
    demand(codes == {"CHECKOUT_NOT_FULLY_PAID"}, f"an unpaid retail order: {codes}")
    return Told(
        f"{len(world.shelf_before.products)} товаров прежние; без оплаты — отказ",
        f"{len(world.shelf_before.products)} goods as before; unpaid is refused",
    )
