"""What is said about a problem, in Russian and English, and what to do about it.

This package has no Django, hence no gettext: one table, `MESSAGES`, holds both languages
side by side. Rules: a text says what is wrong with which value; a hint says what a 1C
programmer can do, and is never "check the file". A code is part of the public interface:
the journal stores it, so codes are added, not renamed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Language = Literal["ru", "en"]

LANGUAGES: tuple[Language, ...] = ("ru", "en")


@dataclass(frozen=True, slots=True)
class Message:
    """One problem in both languages; `{names}` are filled from the problem."""

    ru: str
    en: str
    ru_hint: str
    en_hint: str


def message_text(code: str, lang: Language, words: Mapping[str, str]) -> str:
    """The sentence for `code`; raises `KeyError` for a code that is not in the table."""
    message = MESSAGES[code]
    return (message.ru if lang == "ru" else message.en).format_map(_Forgiving(words))


def hint_text(code: str, lang: Language, words: Mapping[str, str]) -> str:
    """The advice for `code`; raises `KeyError` for a code that is not in the table."""
    message = MESSAGES[code]
    return (message.ru_hint if lang == "ru" else message.en_hint).format_map(_Forgiving(words))


class _Forgiving(dict[str, str]):
    """A missing word shows as a dash: a message must never hide the problem it reports."""

    def __missing__(self, key: str) -> str:
        return "—"


MESSAGES: dict[str, Message] = {
    # --- The file cannot be read further ---
    "malformed_xml": Message(
        "XML испорчен ({reason}); прочитано до: {after}.",
        "The XML is broken ({reason}); read up to: {after}.",
        "Выгрузите файл из 1С заново; если повторится, откройте указанную строку: чаще всего "
        "там управляющий символ или незакрытый элемент из обработки-доработки.",
        "Export the file from 1C again; if it repeats, open the line named: mostly a control "
        "character, or an element left open by a custom processing.",
    ),
    "truncated_file": Message(
        "Файл обрывается: корневой элемент не закрыт ({size} байт); прочитано до: {after}.",
        "The file breaks off: the root element is not closed ({size} bytes); read up to: {after}.",
        "Пришла не вся выгрузка. Повторите обмен; если снова, уменьшите размер порции или "
        "проверьте место на диске и ограничение размера запроса у прокси.",
        "Not all of the export arrived. Repeat the exchange; if it happens again, lower the part "
        "size, or check the free disk space and the proxy's request size limit.",
    ),
    "encoding_mismatch": Message(
        "Объявлена кодировка {declared}, а текст записан не в ней (похоже на {likely}); "
        "прочитано до: {after}.",
        "The file declares {declared}, but its bytes are not that (they look like {likely}); "
        "read up to: {after}.",
        "В обработке выгрузки 1С запишите файл в той кодировке, что указана в его первой строке "
        '(ЗаписьXML.ОткрытьФайл(Имя, "UTF-8")).',
        "Make the 1C processing write the file in the encoding named in its first line "
        '(ЗаписьXML.ОткрытьФайл(Имя, "UTF-8")).',
    ),
    "unknown_encoding": Message(
        "Объявлена кодировка «{declared}», которую нельзя прочитать.",
        "The declared encoding “{declared}” cannot be read.",
        "Выгружайте в UTF-8 или windows-1251.",
        "Export in UTF-8 or windows-1251.",
    ),
    "doctype_refused": Message(
        "В файле есть DOCTYPE; такие файлы не принимаются. Прочитано до: {after}.",
        "The file has a DOCTYPE; such files are refused. Read up to: {after}.",
        "1С его не пишет: уберите DOCTYPE и сущности из обработки, которая создала файл.",
        "1C doesn't write one: take DOCTYPE and entities out of whatever made the file.",
    ),
    "nested_too_deep": Message(
        "Элементы вложены друг в друга глубже {limit} уровней; прочитано до: {after}.",
        "Elements stand within one another deeper than {limit} levels; read up to: {after}.",
        "Столько уровней 1С не пишет: откройте указанную строку, там незакрытые элементы или "
        "обработка, зациклившаяся на родителе. Дерево групп больше 50 уровней разбейте.",
        "1C doesn't write as many levels: open the line named for elements left open, or a "
        "processing that loops over a parent. Split a tree of groups of more than 50 levels.",
    ),
    "record_too_large": Message(
        "Запись, которая начинается в этой строке, больше {limit} байт; прочитано до: {after}.",
        "The record that begins in this line is larger than {limit} bytes; read up to: {after}.",
        "Картинки и файлы выгружайте отдельно, а не текстом внутри записи; длинный документ "
        "разбейте.",
        "Export pictures and files by themselves, not as text within a record; split a long "
        "document.",
    ),
    "too_many_elements": Message(
        "В одной записи больше {limit} элементов; прочитано до: {after}.",
        "There are more than {limit} elements in one record; read up to: {after}.",
        "Разбейте документ или список, который к этой строке не кончился.",
        "Split the document or list that hasn't ended by this line.",
    ),
    "tag_too_long": Message(
        "Тег, комментарий или атрибут длиннее {limit} байт; прочитано до: {after}.",
        "A tag, comment or attribute is longer than {limit} bytes; read up to: {after}.",
        "Длинный текст запишите в элемент, а не в атрибут; большие комментарии уберите.",
        "Put long text into an element, not an attribute; leave out large comments.",
    ),
    "junk_after_end": Message(
        "После конца документа идёт ещё текст; прочитано до: {after}.",
        "There is more text after the end of the document; read up to: {after}.",
        "Обычно это остаток прежней выгрузки, к которому приписана новая. Начните обмен заново.",
        "Usually a left-over of an earlier export with a new one appended. Start it anew.",
    ),
    "empty_file": Message(
        "Файл пуст.",
        "The file is empty.",
        "Выгрузка не записалась: повторите её и проверьте место на диске сервера 1С.",
        "The export was not written: repeat it, and check the disk space of the 1C server.",
    ),
    "not_commerceml": Message(
        "Это не CommerceML: корневой элемент — «{root}».",
        "This is not CommerceML: the root element is “{root}”.",
        "Ожидается КоммерческаяИнформация. Если внутри HTML, 1С получила страницу ошибки вместо "
        "файла.",
        "КоммерческаяИнформация is expected. If it is HTML, 1C got an error page for a file.",
    ),
    "bad_zip": Message(
        "Архив не открывается ({reason}); получено {size} байт.",
        "The archive cannot be opened ({reason}); {size} bytes arrived.",
        "Пришли не все части или не по порядку. Повторите обмен; если снова, отключите сжатие "
        "(zip=no) в настройках соединения.",
        "Parts are missing or out of order. Repeat the exchange; if it happens again, turn "
        "compression off (zip=no) in the connection's settings.",
    ),
    "unsafe_zip_name": Message(
        "Имя «{value}» внутри архива ведёт за пределы папки; этот файл пропущен.",
        "The name “{value}” within the archive leads outside the folder; that file is skipped.",
        "В архиве допустимы только относительные имена без «..».",
        "Only relative names without '..' are allowed in the archive.",
    ),
    "zip_too_large": Message(
        "Распакованный размер больше {limit} байт; чтение остановлено на «{value}».",
        "Unpacked it is larger than {limit} bytes; reading stopped at “{value}”.",
        "Разбейте выгрузку на порции или поднимите предел в настройках соединения.",
        "Split the export into portions, or raise the limit in the connection's settings.",
    ),
    "unreadable_file": Message(
        "Файл не открывается: {reason}.",
        "The file cannot be opened: {reason}.",
        "Проверьте имя и права на чтение.",
        "Check the name and the permission to read it.",
    ),
    # --- One value cannot be read ---
    "bad_number": Message(
        "«{value}» — не число ({field}); значение пропущено.",
        "“{value}” is not a number ({field}); the value is left out.",
        "Запишите число цифрами, дробную часть через точку: 1234.50.",
        "Write the number in digits with a point: 1234.50.",
    ),
    "bad_boolean": Message(
        "«{value}» — не да/нет ({field}); значение пропущено.",
        "“{value}” is neither yes nor no ({field}); the value is left out.",
        "Допустимы true и false.",
        "true and false are understood.",
    ),
    "bad_date": Message(
        "«{value}» — не дата ({field}); значение пропущено.",
        "“{value}” is not a date ({field}); the value is left out.",
        "Формат даты: ГГГГ-ММ-ДД, даты со временем: ГГГГ-ММ-ДДTЧЧ:ММ:СС.",
        "Dates are YYYY-MM-DD, with a time YYYY-MM-DDTHH:MM:SS.",
    ),
    "bad_time": Message(
        "«{value}» — не время ({field}); значение пропущено.",
        "“{value}” is not a time ({field}); the value is left out.",
        "Формат времени: ЧЧ:ММ:СС.",
        "Times are HH:MM:SS.",
    ),
    "bad_tax_rate": Message(
        "Ставка налога «{value}» непонятна ({field}); ставка пропущена.",
        "The tax rate “{value}” is not understood ({field}); the rate is left out.",
        "Понятны число процентов (22, 10, 20/120) и «Без НДС».",
        "A number of per cent (22, 10, 20/120) and «Без НДС» are understood.",
    ),
    "missing_id": Message(
        "Нет Ид: запись не с чем сопоставить.",
        "There is no Ид: nothing to match the record by.",
        "Каждая запись должна нести Ид. Проверьте обработку выгрузки.",
        "Each record has to carry Ид. Check the exporting processing.",
    ),
    "missing_value": Message(
        "Не заполнено «{field}»; строка пропущена.",
        "{field} is not filled; the row is left out.",
        "Заполните элемент или не выгружайте строку вовсе.",
        "Fill the element, or don't export the row at all.",
    ),
    # --- Read as written, but look at it ---
    "zero_price": Message(
        "Цена 0 по виду цен «{price_type}»: читается как «цена не назначена».",
        "A price of 0 of type “{price_type}”: taken as 'no price set'.",
        "Если товар должен продаваться, назначьте цену документом «Установка цен».",
        "If the goods are for sale, set a price in 1C («Установка цен»).",
    ),
    "negative_price": Message(
        "Отрицательная цена {value} по виду цен «{price_type}».",
        "A negative price {value} of type “{price_type}”.",
        "Исправьте цену в 1С: продать по ней нельзя.",
        "Correct the price in 1C: nothing can be sold at it.",
    ),
    "negative_stock": Message(
        "Отрицательный остаток {value}; покупателю показывается 0.",
        "Negative stock {value}; buyers see 0.",
        "Проведите поступление или инвентаризацию этого товара в 1С.",
        "Post the receipt or the stock-taking of these goods in 1C.",
    ),
    "unknown_price_type": Message(
        "Вид цен {price_type} в файле не описан.",
        "The price type {price_type} is not described in the file.",
        "Выгрузите и список видов цен; до тех пор цена ждёт на сайте без названия вида.",
        "Export the list of price types as well; until then the price waits without a type name.",
    ),
    "unknown_warehouse": Message(
        "Склад {warehouse} в файле не описан.",
        "The warehouse {warehouse} is not described in the file.",
        "Выгрузите и список складов.",
        "Export the list of warehouses as well.",
    ),
    "unknown_currency": Message(
        "Валюта «{value}» неизвестна ({field}).",
        "The currency “{value}” is unknown ({field}).",
        "Назовите валюту в 1С её трёхбуквенным кодом (RUB) или добавьте имя в таблицу валют.",
        "Name the currency in 1C by its three-letter code (RUB), or add the name to the table.",
    ),
    "bad_inn_length": Message(
        "ИНН «{value}» не из 10 или 12 цифр; 1С отбросит его и сопоставит по названию.",
        "The INN “{value}” has neither 10 nor 12 digits; 1C drops it and matches by name.",
        "Исправьте ИНН в карточке контрагента; у иностранного укажите страну.",
        "Correct the INN of the counterparty in 1C; name the country of a foreign one.",
    ),
    "bad_kpp_length": Message(
        "КПП «{value}» не из 9 знаков.",
        "The KPP “{value}” doesn't have 9 characters.",
        "Исправьте КПП в карточке контрагента.",
        "Correct the KPP of the counterparty in 1C.",
    ),
    "repeated_id": Message(
        "Ид {value} уже встречался в этом файле (строка {first}).",
        "Ид {value} was in this file before (line {first}).",
        "В силе остаётся последняя запись; найдите, почему обработка выгружает её дважды.",
        "The last one holds; find out why the processing exports it twice.",
    ),
    "long_document_number": Message(
        "Номер «{value}» длиннее 11 знаков: УТ 11 обрежет его и не найдёт документ при повторе.",
        "The number “{value}” is longer than 11 characters: УТ 11 cuts it and won't find the "
        "document on a repeat.",
        "Сократите номер заказа на сайте до 11 знаков.",
        "Keep order numbers of the site within 11 characters.",
    ),
    "total_mismatch": Message(
        "Сумма документа {value}, а сумма строк {lines}.",
        "The document's sum is {value}, that of its lines {lines}.",
        "Проверьте скидки и доставку: всё должно быть в строках документа.",
        "Check discounts and delivery: everything belongs into the lines.",
    ),
    "too_long": Message(
        "«{value}…» длиннее {longest} знаков ({field}): 1С такого не хранит.",
        "“{value}…” is longer than {longest} characters ({field}): 1C has no room for it.",
        "Сократите текст в обработке, которая пишет файл.",
        "Shorten the text in whatever writes the file.",
    ),
    "bad_header": Message(
        "Заголовок файла: «{value}» в {field} непонятно.",
        "The file's header: “{value}” in {field} is not understood.",
        "На чтение это не влияет; исправьте обработку выгрузки.",
        "Reading goes on regardless; correct the exporting processing.",
    ),
    "unknown_schema": Message(
        "ВерсияСхемы «{value}» неизвестна; файл читается по именам элементов.",
        "ВерсияСхемы “{value}” is unknown; the file is read by element names.",
        "На чтение это не влияет.",
        "Reading goes on regardless.",
    ),
}
"""Code → message. `onec_bridge.commerceml.describe` prints it for the docs."""


def add_messages(more: Mapping[str, Message]) -> None:
    """Add what another package of the bridge says about records; a code means one thing only."""
    for code, message in more.items():
        if MESSAGES.setdefault(code, message) != message:
            raise ValueError(f"The problem code {code} is already taken")
