"""What the doctor may find, in both languages, and the topic of `settings` that mends it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from onec_bridge.doctor.settings import Topic

__all__ = ["FINDINGS", "Words"]


class Words(NamedTuple):
    """A finding in both languages, and what is to be changed."""

    ru: str
    en: str
    topic: Topic


FINDINGS: Mapping[str, Words] = {
    "no_offers": Words(
        "Товары выгружены, а предложений нет: продавать нечего ({products} товаров).",
        "Goods came without offers: there is nothing to sell ({products} goods).",
        "offers",
    ),
    "no_prices": Words(
        "Ни у одного из {offers} предложений нет цены.",
        "None of {offers} offers has a price.",
        "prices",
    ),
    "price_type_empty": Words(
        "Вид цен «{name}» описан, а цен по нему нет ни у одного предложения.",
        "Price type “{name}” is described, and no offer has a price of it.",
        "prices",
    ),
    "prices_zero": Words(
        "У {count} предложений все цены нулевые: 0 читается как «цена не назначена».",
        "All prices of {count} offers are zero, which reads as “not set”.",
        "prices",
    ),
    "no_stock": Words(
        "Ни у одного из {offers} предложений нет остатка.",
        "None of {offers} offers has any stock figure.",
        "stock",
    ),
    "no_articles": Words(
        "У {count} из {total} товаров нет артикула{hint}.",
        "{count} of {total} goods have no article{hint}.",
        "goods",
    ),
    "prices_elsewhere": Words(
        "Похоже, цены лежат в реквизитах товара: {names}.",
        "Prices seem to lie in requisites of the goods: {names}.",
        "goods",
    ),
    "no_groups": Words(
        "{count} из {total} товаров вне групп.",
        "{count} of {total} goods stand in no group.",
        "groups",
    ),
    "full_in_portions": Words(
        "Каждая из {count} порций называет себя полной выгрузкой (СодержитТолькоИзменения=false). "
        "Магазин по отсутствию ничего не снимает, но другой сайт снял бы с продажи всё остальное.",
        "Each of {count} portions calls itself a full export. This shop takes nothing off for "
        "being absent; another site would take off all the rest.",
        "changes",
    ),
    "always_full": Words(
        "Полная выгрузка в каждом обмене ({count} подряд): обмен долгий без нужды.",
        "A full export in every exchange ({count} in a row): it takes long for nothing.",
        "changes",
    ),
    "orders_not_fetched": Words(
        "1С обменивалась {count} раз и ни разу не спросила заказы (type=sale, mode=query).",
        "1C has exchanged {count} times and never asked for orders (type=sale, mode=query).",
        "orders",
    ),
    "orders_not_confirmed": Words(
        "Заказы запрошены, но не подтверждены (mode=success): они придут снова. Обычно загрузка "
        "заказов в 1С кончилась ошибкой, смотрите её журнал регистрации.",
        "Orders were asked for and never confirmed (mode=success): they will come again. Mostly 1C "
        "failed to store them; see its own log.",
        "orders",
    ),
    "orders_not_back": Words(
        "Заказы 1С получает, а обратно (статусы, оплаты, отгрузки) не присылает.",
        "1C gets orders and sends nothing of them back (statuses, payments, shipments).",
        "orders_back",
    ),
    "import_not_called": Words(
        "Файлы пришли, а загрузить их 1С не просила (mode=import) в {count} сеансах. Магазин "
        "загрузит их сам при следующем входе, но об ошибках 1С не узнает.",
        "Files came and 1C never asked to import them (mode=import) in {count} sessions. The shop "
        "imports them at the next sign-in, but 1C won't hear of mistakes.",
        "import",
    ),
    "import_failed": Words(
        "Загрузка файла «{name}» кончается отказом {count} раз: {text}",
        "The import of “{name}” was refused {count} times: {text}",
        "portions",
    ),
    "without_inn": Words(
        "{count} из {total} контрагентов без ИНН: 1С и магазин сопоставят их только по названию.",
        "{count} of {total} counterparties have no INN: they can only be matched by name.",
        "requisites",
    ),
    "orders_without_inn": Words(
        "В заказах из 1С контрагенты без ИНН: похоже, узел ищет их по наименованию.",
        "Counterparties in orders from 1C have no INN: the node seems to match them by name.",
        "counterparties",
    ),
    "stale": Words(
        "Файл «{name}» сформирован {made}, а получен {got}: это старый файл или стоят часы.",
        "File “{name}” was formed at {made} and came at {got}: an old file, or a stopped clock.",
        "clock",
    ),
    "from_the_future": Words(
        "Файл «{name}» сформирован {made}, позже, чем получен ({got}): часы 1С спешат.",
        "File “{name}” was formed at {made}, later than it came ({got}): 1C's clock is fast.",
        "clock",
    ),
    "encoding": Words(
        "Кодировка: {text}",
        "Encoding: {text}",
        "encoding",
    ),
    "orders_encoding": Words(
        "Это старая 1С: заказы она ждёт в windows-1251, а подключение отдаёт {encoding}.",
        "An old 1C: it expects orders in windows-1251, and the connection gives {encoding}.",
        "orders_encoding",
    ),
    "unreadable": Words(
        "Файл не читается: {text}",
        "A file can't be read: {text}",
        "portions",
    ),
    "no_sessid": Words(
        "Сеанс терялся {count} раз, а sessid 1С не возвращает: видимо, cookie пропадает по пути.",
        "The session was lost {count} times, and 1C returns no sessid: the cookie seems to be lost "
        "on the way.",
        "session",
    ),
    "refused_sign_in": Words(
        "Вход отклонён {count} раз: {text}",
        "Sign-in was refused {count} times: {text}",
        "address",
    ),
    "overlap": Words(
        "Запуски обмена накладываются: {count} раз получен отказ «уже идёт обмен».",
        "Runs overlap: {count} times the answer was that another exchange is under way.",
        "schedule",
    ),
}
