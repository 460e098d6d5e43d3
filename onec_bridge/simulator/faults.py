"""What can be wrong with a site's answer: the rules in both languages, and what 1C would show.

`RULES` is the one list; a rule's code is public (tests and scripts compare it), so codes are added,
not renamed. `shown` is the gist of the text that a 1C user sees (protocol notes, section 10),
always in Russian, because 1C speaks Russian; empty where 1C stays silent.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Language = Literal["ru", "en"]


@dataclass(frozen=True, slots=True)
class Rule:
    """What the answer must be, in both languages, and what 1C shows when it isn't."""

    ru: str
    en: str
    shown: str


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with one answer.

    `rule` is a key of `RULES`; `got` is what was found instead, shortened; `stops` is false for
    a warning: the real client goes on, and loses nothing. On a fault that stops, it gives up, or
    would go on having lost data without a word, so the simulator ends the run there.
    """

    rule: str
    got: str
    stops: bool = True

    def expected(self, lang: Language = "ru") -> str:
        """What the rule asks for."""
        rule = RULES[self.rule]
        return rule.ru if lang == "ru" else rule.en

    @property
    def shown(self) -> str:
        """What the 1C user would see."""
        return RULES[self.rule].shown


NO_CONNECTION = "Не удалось установить соединение с сервером"
NO_READING = "Не удалось прочитать данные, загруженные с сервера"
BAD_ORDER = "Ошибка при загрузке заказов, пакет не загружен"

RULES: Mapping[str, Rule] = {
    # --- any answer
    "no_connection": Rule(
        "сервер отвечает по этому адресу",
        "a server answers at this address",
        NO_CONNECTION,
    ),
    "redirect": Rule(
        "ответ на этом самом пути: 1С не ходит по перенаправлениям",
        "an answer on this very path: 1C follows no redirect",
        NO_CONNECTION,
    ),
    "status_code": Rule(
        "код 200 на любой ответ протокола, и на отказ тоже",
        "code 200 for every protocol answer, refusals too",
        "",
    ),
    "empty": Rule(
        "непустое тело ответа в любом режиме",
        "a body that is not empty, in any mode",
        "Получен пустой ответ сервера",
    ),
    "bom": Rule(
        "первые байты — само слово или <?xml, без метки BOM",
        "the first bytes are the word itself or <?xml, without a BOM",
        NO_READING,
    ),
    "charset": Rule(
        "заголовок Content-Type кончается на charset=<кодировка>",
        "the Content-Type header ends with charset=<encoding>",
        "",
    ),
    "undecodable": Rule(
        "тело в той кодировке, что названа в заголовке",
        "a body in the encoding that the header names",
        "",
    ),
    "line_breaks": Rule(
        "строки разделены одним LF",
        "lines are split by LF alone",
        "",
    ),
    "html": Rule(
        "простой текст, а не страница HTML",
        "plain text, not an HTML page",
        "",
    ),
    # --- checkauth
    "auth_refused": Rule(
        "первая строка success",
        "first line success",
        "Авторизация не выполнена. Проверьте имя пользователя и пароль",
    ),
    "cookie_missing": Rule(
        "вторая строка — имя cookie, третья — его значение",
        "line 2 is the cookie's name, line 3 its value",
        "Авторизация не выполнена",
    ),
    "cookie_dirty": Rule(
        "имя и значение cookie без CR, пробелов, «;» и «=»",
        "cookie name and value without CR, blanks, ; and =",
        "Авторизация не выполнена",
    ),
    # --- init
    "init_lines": Rule(
        "столько строк, сколько ждёт эта 1С: УТ 11 ровно две (zip=, file_limit=), без LF в конце",
        "as many lines as this 1C expects: УТ 11 exactly two (zip=, file_limit=), no LF at the end",
        "Параметры обмена не получены",
    ),
    "zip": Rule(
        "первая строка zip=yes или zip=no",
        "line 1 is zip=yes or zip=no",
        "Параметры обмена не получены",
    ),
    "file_limit": Rule(
        "вторая строка file_limit=<байты>, одни цифры",
        "line 2 is file_limit=<bytes>, digits only",
        "",
    ),
    "version": Rule(
        "четвёртая строка version= не ниже 2.08, раз версия была запрошена",
        "line 4 is version= of at least 2.08, since a version was asked for",
        "Версия обмена сайта ниже 2.08, документы не загружаются",
    ),
    # --- file, import, success, deactivate, complete
    "file_status": Rule(
        "success, одно слово",
        "success, one word",
        "Не получен статус завершения операции. Файл не отправлен",
    ),
    "file_refused": Rule(
        "success: файл принят",
        "success: the file is taken",
        "Файл не отправлен",
    ),
    "extra_lines": Rule(
        "одно слово success без других строк",
        "the word success alone, no more lines",
        "Расширенный статус: предупреждение в журнале",
    ),
    "import_status": Rule(
        "первая строка progress, success или failure",
        "first line progress, success or failure",
        "Получен неизвестный статус импорта",
    ),
    "import_refused": Rule(
        "success: файл загружен",
        "success: the file is imported",
        "Ошибка импорта на стороне сайта",
    ),
    "endless_progress": Rule(
        "конец загрузки за разумное число запросов",
        "an end of the import within a sensible number of requests",
        "",
    ),
    "confirm_refused": Rule(
        "success на подтверждение заказов",
        "success to the confirmation of orders",
        "Не получен статус завершения операции",
    ),
    # --- query
    "not_xml": Rule(
        "тело начинается с <?xml",
        "the body begins with <?xml",
        NO_READING,
    ),
    "zipped_orders": Rule(
        "XML без архива: эта 1С читает тело как текст",
        "XML without an archive: this 1C reads the body as text",
        NO_READING,
    ),
    "broken_xml": Rule(
        "правильный XML с корнем КоммерческаяИнформация, без DOCTYPE",
        "well-formed XML with root КоммерческаяИнформация, without a DOCTYPE",
        "Ошибка преобразования данных XDTO",
    ),
    "prolog": Rule(
        "кодировка в прологе XML та же, что в заголовке",
        "the encoding in the XML prolog is the header's",
        "",
    ),
    "endless_orders": Rule(
        "пустой пакет, когда все заказы сеанса отданы",
        "the empty package once all orders of the session are given",
        "",
    ),
    "containers": Rule(
        "каждый заказ в Контейнер, раз согласована версия",
        "each order in a Контейнер, since a version was agreed",
        "",
    ),
    "no_containers": Rule(
        "Документ прямо в корне: Контейнер эта 1С не читает",
        "Документ right under the root: this 1C doesn't read Контейнер",
        "",
    ),
    "order_operation": Rule(
        "ХозОперация «Заказ товара»",
        "ХозОперация «Заказ товара»",
        BAD_ORDER,
    ),
    "order_number": Rule(
        "Номер заказа: от 1 до 11 знаков, без пробелов",
        "the order's Номер: 1 to 11 characters, no blanks",
        BAD_ORDER,
    ),
    "order_date": Rule(
        "Дата ГГГГ-ММ-ДД и Время ЧЧ:ММ:СС",
        "Дата YYYY-MM-DD and Время HH:MM:SS",
        BAD_ORDER,
    ),
    "order_currency": Rule(
        "непустая Валюта",
        "a Валюта that is not empty",
        BAD_ORDER,
    ),
    "order_counterparty": Rule(
        "Контрагент с Наименование",
        "a Контрагент with Наименование",
        BAD_ORDER,
    ),
    "order_line": Rule(
        "у каждой строки Ид, Наименование, положительное Количество",
        "each line has Ид, Наименование, a positive Количество",
        "Поле объекта не обнаружено (Ид)",
    ),
    "order_sum": Rule(
        "Сумма заказа равна сумме строк до копейки",
        "the order's Сумма equals the sum of its lines to the kopeck",
        "",
    ),
}
