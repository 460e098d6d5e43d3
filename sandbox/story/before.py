"""Chapter 1: a shop sells at retail."""

from __future__ import annotations

from sandbox.data import retail_goods

from . import queries
from .client import demand
from .telling import Told, step
from .world import World

__all__ = ["customer", "visitor"]


@step("Посетитель смотрит розничный каталог", "A visitor sees the retail catalogue")
def visitor(world: World) -> Told:
    """What a visitor sees before 1C has ever called; the later chapters compare with it."""
    world.shelf_before = shelf = world.shelf(world.visitor)
    published = [good for good in retail_goods() if good.published]
    names = {product["name"] for product in shelf.products.values()}
    missing = [good.name for good in published if good.name not in names]
    demand(not missing, f"not on the shelf: {missing}")
    demand(all(shelf.prices.values()), "a price is zero")
    return Told(
        f"{len(published)} товаров, {len(shelf.prices)} цен",
        f"{len(published)} goods, {len(shelf.prices)} prices",
    )


@step("Закупщица пока покупает в розницу", "The buyer-to-be is a retail customer")
def customer(world: World) -> Told:
    """The buyer-to-be is a retail customer: an order behind her, a cart open, no wholesale."""
    channel = world.facts.channel
    me = world.buyer.run(queries.ME, channel=channel)["me"]
    demand(me["checkoutIds"], "she has no cart")
    (cart,) = me["checkoutIds"][:1]
    checkout = world.buyer.run(queries.CHECKOUT, id=cart)["checkout"]
    demand(checkout["lines"], "her cart is empty")
    b2b = world.buyer.run(queries.B2B_ME, channel=channel)["b2bMe"]
    demand(b2b["legalEntities"] == [], f"she is wholesale already: {b2b}")
    world.customer_before = {"me": me, "cart": checkout}
    orders = len(me["orders"]["edges"])
    return Told(
        f"{me['email']}: корзина из {len(checkout['lines'])} строк, заказов {orders}",
        f"{me['email']}: {len(checkout['lines'])} lines in the cart, {orders} orders",
    )
