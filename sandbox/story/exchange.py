"""Chapters 2 and 5: 1C sends goods and counterparties, asks for orders, sends news back.

1C is played by ``onec_bridge.simulator``, which judges each answer as the real client would.
What it is given is read here by the standard library alone, so that the story doesn't agree
with the bridge on a mistake.
"""

from __future__ import annotations

import tempfile
from datetime import date
from decimal import Decimal
from pathlib import Path
from xml.etree import ElementTree

from onec_bridge.simulator import Run
from sandbox.data import retail_goods, truth, write_exchange

from . import queries
from .client import NotHeld, demand
from .telling import Told, step
from .world import Placed, World, known_offers

__all__ = [
    "catalogue",
    "confirm",
    "counterparties",
    "news",
    "orders",
    "retail_untouched",
    "seen",
    "wrong_password",
]


def _demand_run(run: Run) -> None:
    if run.faults or not run.succeeded:
        last = run.steps[-1]
        told = last.answer.body.decode(errors="replace").replace("\n", " ")[:300]
        raise NotHeld(f"{last.request}: {told} {[fault.rule for fault in run.faults]}")


@step("1С с неверным паролем", "1C with a wrong password")
def wrong_password(world: World) -> Told:
    """1C is told what is wrong, and nothing else happens."""
    step = world.onec(password="wrong").step("checkauth", "catalog")  # noqa: S106  a wrong one
    demand(step.answer.status == 401 and step.stops, f"{step.answer.status} {step.first_line}")
    lines = step.answer.body.decode().splitlines()
    demand(lines[0] == "failure" and len(lines) > 1, f"answered {lines}")
    return Told(lines[1], lines[1])


@step("1С (УТ 11) шлёт каталог, цены, остатки", "1C (УТ 11) sends catalogue, prices, stock")
def catalogue(world: World) -> Told:
    """УТ 11's way: checkauth, init, a zip in parts, import until success; then once more."""
    known = truth()
    with tempfile.TemporaryDirectory() as folder:
        write_exchange(Path(folder), "ut11")
        run = world.onec().send_catalog(Path(folder))
        _demand_run(run)
        again = world.onec().send_catalog(Path(folder))
        _demand_run(again)
    return Told(
        f"{known.goods} товаров, {sum(known.prices.values())} цен, {len(run.steps)} запросов; "
        "повтор без вреда",
        f"{known.goods} goods, {sum(known.prices.values())} prices, {len(run.steps)} requests; "
        "repeated without harm",
    )


@step("1С (модуль Битрикс) шлёт контрагентов", "1C (Bitrix module) sends counterparties")
def counterparties(world: World) -> Told:
    """As the 1C-Bitrix module sends them; whoever stands in the spreadsheet already is the
    same legal entity, and has 1C's own id now."""
    with tempfile.TemporaryDirectory() as folder:
        paths = write_exchange(Path(folder), "bitrix")
        (file,) = [path for path in paths if path.name.startswith("contragents")]
        _demand_run(world.bitrix.send_counterparties(file))
    for member in world.members(world.buyer_account):
        found = world.admin.run(queries.LEGAL_ENTITIES, search=member.inn)["b2bLegalEntities"]
        demand([each["kpp"] for each in found] == [member.kpp], f"{member.name}: {found}")
    count = truth().counterparties
    return Told(f"{count} контрагентов", f"{count} counterparties")


@step("Розница не заметила; ничего не задвоено", "Retail noticed nothing; nothing doubled")
def retail_untouched(world: World) -> Told:
    """Goods the shop sold before are as they were, matched and not doubled; new ones came."""
    world.shelf_now = shelf = world.shelf(world.visitor)
    changed = world.shelf_before.changed(shelf)
    demand(not changed, f"{len(changed)} retail goods changed: {changed[:1]}")
    matched = sum(bool(v.of) for good in retail_goods() for v in good.variants)
    expected = len(world.shelf_before.prices) + truth().offers - matched
    demand(
        len(shelf.prices) == expected, f"{len(shelf.prices)} things on the shelf, not {expected}"
    )
    old, fresh = len(world.shelf_before.products), expected - len(world.shelf_before.prices)
    return Told(
        f"{old} прежних товаров не тронуты, {matched} узнаны, новых {fresh}",
        f"{old} earlier goods untouched, {matched} recognised, {fresh} new",
    )


# ------------------------------------------------------------------------------ orders


def _text(node: ElementTree.Element, path: str) -> str:
    found = node.find("/".join(f"{{*}}{part}" for part in path.split("/")))
    return "" if found is None else (found.text or "").strip()


def _documents(xml: bytes) -> list[ElementTree.Element]:
    return ElementTree.fromstring(xml).findall(".//{*}Документ")  # noqa: S314  our own answer


@step(
    "1С забирает заказы, не подтверждает, забирает снова",
    "1C asks for orders, unconfirmed, again",
)
def orders(world: World) -> Told:
    """The right counterparty, contract prices, units, VAT, sums; unconfirmed they come again."""
    first = world.onec().fetch_orders()
    _demand_run(first)
    second = world.onec().fetch_orders()
    _demand_run(second)
    demand(
        [_text(each, "Номер") for each in _documents(first.orders[-1])]
        == [_text(each, "Номер") for each in _documents(second.orders[-1])],
        "an unconfirmed order didn't come again",
    )
    world.orders_xml = second.orders[-1]
    member = world.members(world.buyer_account)[0]
    for placed in world.placed:
        document = _document(world, placed)
        who = document.find("{*}Контрагенты/{*}Контрагент")
        if who is None:
            raise NotHeld("the order has no counterparty")
        demand(
            (_text(who, "Ид"), _text(who, "ИНН"), _text(who, "КПП"))
            == (member.id, member.inn, member.kpp),
            ElementTree.tostring(who, encoding="unicode"),
        )
        _demand_lines(placed, document, member.price_type)
    sums = " + ".join(f"{placed.total}" for placed in world.placed)
    return Told(
        f"{member.name}, {sums} ₽: цены, единицы, НДС, суммы; дважды",
        f"{member.name}, {sums} RUB: prices, units, VAT, sums; twice",
    )


def _document(world: World, placed: Placed) -> ElementTree.Element:
    found = [each for each in _documents(world.orders_xml) if _text(each, "Номер") == placed.number]
    demand(len(found) == 1, f"{len(found)} documents with number {placed.number}")
    return found[0]


def _demand_lines(placed: Placed, document: ElementTree.Element, price_type: str) -> None:
    """Line by line against 1C's own figures, then the sums."""
    known = known_offers()
    lines = {_text(line, "Ид"): line for line in document.iterfind("{*}Товары/{*}Товар")}
    total = Decimal(0)
    for sku, pieces in placed.wanted.items():
        good, offer = known[sku]
        demand(offer.id in lines, f"{sku} is not in the order under {offer.id}: {list(lines)}")
        line = lines[offer.id]
        price = offer.prices[price_type]
        demand(price is not None, f"{sku} has no price")
        assert price is not None
        quantity, amount = Decimal(_text(line, "Количество")), Decimal(_text(line, "Сумма"))
        coefficient = Decimal(_text(line, "Коэффициент") or 1)
        told = (Decimal(_text(line, "ЦенаЗаЕдиницу")), quantity * coefficient, amount)
        want = (price, Decimal(pieces), price * pieces / good.coefficient)
        demand(told == want, f"{sku}: price, pieces and sum are {told}, not {want}")
        rate = _text(line, "СтавкиНалогов/СтавкаНалога/Ставка")
        demand(Decimal(rate or -1) == good.vat, f"{sku}: VAT {rate}, not {good.vat}")
        total += amount
    demand(
        total == Decimal(_text(document, "Сумма")) == placed.total,
        f"lines {total}, document {_text(document, 'Сумма')}, order {placed.total}",
    )


@step("1С подтверждает", "1C confirms")
def confirm(world: World) -> Told:
    """Confirmed with success, an order is not given again."""
    client = world.onec()
    _demand_run(client.fetch_orders())
    _demand_run(client.confirm())
    after = world.onec().fetch_orders()
    _demand_run(after)
    left = {_text(each, "Номер") for each in _documents(after.orders[-1])}
    again = left & {placed.number for placed in world.placed}
    demand(not again, f"confirmed orders come again: {again}")
    return Told("success; больше не приходит", "success; it doesn't come again")


#: What 1C tells of the order, by the names УТ 11 gives it (ЗначенияРеквизитов).
NEWS_NUMBER, NEWS_STATUS = "УТ-000417", "К отгрузке"


@step(
    "1С присылает номер, статус, оплату, отгрузку",
    "1C sends number, status, payment, shipment",
)
def news(world: World) -> Told:
    """1C sends the order back: its number, status, payment and shipment."""
    today = date.today().isoformat()  # noqa: DTZ011  a date on a paper
    ours = _document(world, world.placed[-1])
    root = ElementTree.Element("КоммерческаяИнформация", ВерсияСхемы="2.07", ДатаФормирования=today)
    document = ElementTree.SubElement(root, "Документ")
    for name in ("Ид", "Номер", "Дата", "ХозОперация", "Роль", "Валюта", "Курс", "Сумма"):
        ElementTree.SubElement(document, name).text = _text(ours, name)
    values = ElementTree.SubElement(document, "ЗначенияРеквизитов")
    for name, value in (
        ("Номер по 1С", NEWS_NUMBER),
        ("Дата по 1С", f"{today}T9:51:39"),
        ("Статус заказа", NEWS_STATUS),
        ("Номер оплаты по 1С", "ПП-000091"),
        ("Дата оплаты по 1С", f"{today}T0:00:00"),
        ("Номер отгрузки по 1С", "РТ-000512"),
        ("Дата отгрузки по 1С", f"{today}T0:00:00"),
        ("Проведен", "true"),
    ):
        requisite = ElementTree.SubElement(values, "ЗначениеРеквизита")
        ElementTree.SubElement(requisite, "Наименование").text = name
        ElementTree.SubElement(requisite, "Значение").text = value
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "orders-4b0c6a52-0_1.xml"
        ElementTree.ElementTree(root).write(file, encoding="utf-8", xml_declaration=True)
        _demand_run(world.onec().send_documents(file))
    return Told(
        f"№ {NEWS_NUMBER}, «{NEWS_STATUS}», оплата, отгрузка",
        f"No. {NEWS_NUMBER}, «{NEWS_STATUS}», payment, shipment",
    )


@step("Закупщица это видит", "The buyer sees it")
def seen(world: World) -> Told:
    """The buyer sees what 1C told."""
    (kept,) = [
        each
        for each in world.buyer.run(queries.B2B_ORDERS)["b2bOrders"]
        if each["orderId"] == world.placed[-1].id
    ]
    told = (kept["onecNumber"], kept["onecStatus"], bool(kept["paidAt"]), bool(kept["shippedAt"]))
    demand(told == (NEWS_NUMBER, NEWS_STATUS, True, True), f"she is told {told}")
    return Told(f"№ {told[0]}, «{kept['state']}»", f"No. {told[0]}, «{kept['state']}»")
