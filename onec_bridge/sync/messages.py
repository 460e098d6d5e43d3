"""What sync says about a record that reads well and still can't be taken as it is.

Same table and same rules as ``commerceml.messages``: what is wrong with which value; what a
1C programmer can do about it. Codes are added, not renamed: the journal stores them.
"""

from __future__ import annotations

from onec_bridge.commerceml.messages import Message, add_messages

__all__ = ["SYNC_MESSAGES"]

SYNC_MESSAGES = {
    # --- prices ---
    "price_not_exact": Message(
        "Цена {value} за «{unit}» ({coefficient} базовых единиц) не делится на копейки; строка по "
        "виду цен «{price_type}» не загружена, прежняя цена оставлена.",
        "The price {value} for “{unit}” ({coefficient} base units) doesn't divide into kopecks; "
        "the row of price type “{price_type}” is not loaded, the old price stays.",
        "Назначьте цену, которая делится на {coefficient} без остатка в копейках, или выгружайте "
        "цену за базовую единицу.",
        "Set a price that {coefficient} divides into whole kopecks, or export the price of one "
        "base unit.",
    ),
    "price_off_step": Message(
        "Цена {value} за «{base_unit}» по виду цен «{price_type}»: {piece} стоит не целое число "
        "копеек. Загружена; продаётся по ближайшей цене, кратной {step}, а если она отличается "
        "больше чем на 1 %, цена — по запросу.",
        "The price {value} per “{base_unit}” of type “{price_type}”: {piece} doesn't cost whole "
        "kopecks. It is loaded; the good is sold at the nearest multiple of {step}, and where that "
        "differs by more than 1 % the price is on request.",
        "Задайте виду цен округление до {step} или товару шаг продажи покрупнее.",
        "Let the price type round to {step}, or give the goods a larger selling step.",
    ),
    "price_fraction": Message(
        "В цене {value} по виду цен «{price_type}» есть доли копейки; строка не загружена, "
        "прежняя цена оставлена.",
        "The price {value} of type “{price_type}” has fractions of a kopeck; the row is not "
        "loaded, the old price stays.",
        "Задайте виду цен округление до 0,01 и пересчитайте цены.",
        "Let the price type round to 0.01 and recalculate its prices.",
    ),
    "price_other_currency": Message(
        "Цена в валюте «{value}», а вид цен «{price_type}» ведётся в {currency}; строка не "
        "загружена, прежняя цена оставлена.",
        "The price is in “{value}”, while the price type “{price_type}” is in {currency}; the row "
        "is not loaded, the old price stays.",
        "Выгружайте цены в валюте вида цен или заведите отдельный вид цен для этой валюты.",
        "Export prices in the currency of their type, or make a price type for this currency.",
    ),
    "price_other_vat": Message(
        "Признак «НДС в сумме» у цены — {value}, у вида цен «{price_type}» — другой; строка не "
        "загружена, прежняя цена оставлена.",
        "The price says VAT included: {value}, its price type “{price_type}” says otherwise; the "
        "row is not loaded, the old price stays.",
        "Приведите флаг «Цена включает НДС» вида цен в соответствие с ценами.",
        "Make «Цена включает НДС» of the price type agree with its prices.",
    ),
    "price_out_of_range": Message(
        "{field} {value} по виду цен «{price_type}» не помещается в допустимые пределы; строка не "
        "загружена, прежняя цена оставлена.",
        "{field} {value} of price type “{price_type}” is out of range; the row is not loaded, the "
        "old price stays.",
        "Цена должна быть меньше 1 000 000 000 000, коэффициент и минимальное количество — "
        "меньше 1 000 000 000 и не больше трёх знаков после точки.",
        "A price must be below 1,000,000,000,000; coefficient and minimum quantity below "
        "1,000,000,000 with at most three decimals.",
    ),
    "price_unit_without_coefficient": Message(
        "Цена по виду цен «{price_type}» — за «{unit}», базовая единица товара — «{base_unit}», а "
        "коэффициента нет; загружена как цена за «{base_unit}».",
        "The price of type “{price_type}” is for “{unit}”, the good's base unit is “{base_unit}”, "
        "and there is no coefficient; it is loaded as the price of one “{base_unit}”.",
        "Выгружайте «Коэффициент» упаковки (сколько базовых единиц в «{unit}») или цену за "
        "«{base_unit}».",
        "Export the unit's «Коэффициент» (how many base units a “{unit}” holds), or the price of "
        "one “{base_unit}”.",
    ),
    "price_type_without_rate": Message(
        "Вид цен «{price_type}» — в {value}, а курса {value} к {to} нет: его цены будут «по "
        "запросу».",
        "The price type “{price_type}” is in {value}, and there is no rate of {value} in {to}: its "
        "prices are on request.",
        "Введите курс на странице «Курсы валют» или загружайте его командой `b2b_rates`.",
        "Enter the rate on the page of rates, or load it with `b2b_rates`.",
    ),
    "price_type_currency_changed": Message(
        "У вида цен «{price_type}» сменилась валюта ({currency} → {value}), а цены в прежней "
        "валюте уже загружены; изменение не принято.",
        "The price type “{price_type}” changed its currency ({currency} → {value}) while prices "
        "in the old one are loaded; the change is refused.",
        "Заведите для новой валюты отдельный вид цен.",
        "Make another price type for the new currency.",
    ),
    # --- stock ---
    "fractional_stock": Message(
        "Остаток {value} не целый; показывается {shown}.",
        "The stock {value} is not whole; {shown} is shown.",
        "Магазин считает целыми: задайте товару шаг продажи (0,1 м) на странице «Что откуда "
        "брать» или базовую единицу, в которой он продаётся штуками.",
        "The shop counts in wholes: give the goods a selling step (0.1 m) on the page «Что откуда "
        "брать», or a base unit they are sold in wholes of.",
    ),
    "stock_out_of_range": Message(
        "Остаток {value} больше, чем магазин может учесть; показывается {shown}.",
        "The stock {value} is more than the shop can count; {shown} is shown.",
        "Похоже на опечатку в документе: проверьте остаток товара в 1С.",
        "It looks like a slip in a document: check the stock of the goods in 1C.",
    ),
    "step_of_sold": Message(
        "Шаг продажи {value} не принят: магазин уже продаёт артикул {article} в других "
        "долях; продаётся по {shown} {unit}.",
        "The selling step {value} isn't taken: the shop has sold article {article} in other parts "
        "already; it is sold by {shown} {unit}.",
        "Заведите в 1С другую номенклатуру или характеристику, либо оставьте прежний шаг: "
        "заказы, которые уже есть, считают в нём.",
        "Make another good or characteristic in 1C, or leave the step as it was: orders that "
        "exist count by it.",
    ),
    # --- goods ---
    "picture_missing": Message(
        "Картинки «{value}» нет среди полученных файлов; товар загружен без неё.",
        "The picture “{value}” is not among the files received; the goods are loaded without it.",
        "Проверьте, что картинки выгружаются до запроса import и путь совпадает с именем файла.",
        "Check that pictures are sent before import and that the path equals the file's name.",
    ),
    "bad_picture": Message(
        "«{value}» — не картинка ({reason}); товар загружен без неё.",
        "“{value}” is not a picture ({reason}); the goods are loaded without it.",
        "Присоедините к товару изображение в формате JPEG или PNG.",
        "Attach a JPEG or PNG picture to the goods.",
    ),
    "group_without_name": Message(
        "У группы нет наименования; она не загружена.",
        "The group has no name; it is not loaded.",
        "Заполните наименование группы в 1С.",
        "Fill in the group's name in 1C.",
    ),
    "unknown_group": Message(
        "Группа {value} ещё не пришла; товар пока стоит в «Без группы».",
        "The group {value} hasn't come yet; for now the goods stand in «Без группы».",
        "Выгрузите классификатор: товар перейдёт в группу сам.",
        "Export the classifier: the goods will move by themselves.",
    ),
    "id_too_long": Message(
        "Ид длиннее 255 знаков; запись не загружена.",
        "The Ид has over 255 characters; the record is not loaded.",
        "Ид в 1С не длиннее 80 знаков: проверьте обработку выгрузки.",
        "An Ид of 1C has at most 80 characters: check the exporting processing.",
    ),
    "reference_too_long": Message(
        "Ид вида цен, склада или номенклатуры длиннее 255 знаков; то, что на него ссылается, "
        "не загружено.",
        "The Ид of a price type, a warehouse or goods has over 255 characters; what refers to it "
        "is not loaded.",
        "Ид в 1С не длиннее 80 знаков: проверьте обработку выгрузки.",
        "An Ид of 1C has at most 80 characters: check the exporting processing.",
    ),
    # --- counterparties ---
    "counterparty_without_name": Message(
        "У контрагента нет ни наименования, ни ИНН; он не загружен.",
        "The counterparty has neither a name nor an INN; it is not loaded.",
        "Заполните наименование контрагента в 1С.",
        "Fill in the counterparty's name in 1C.",
    ),
    "bad_requisite": Message(
        "{field} «{value}»: {why_ru}; значение сохранено как есть.",
        "{field} “{value}”: {why_en}; it is kept as it is.",
        "Сверьте реквизит с ЕГРЮЛ/ЕГРИП и исправьте карточку контрагента.",
        "Compare it with the state register and correct the counterparty's card.",
    ),
    "sheet_unreadable": Message(
        "Таблица не открывается: {reason}.",
        "The spreadsheet cannot be opened: {reason}.",
        "Сохраните список контрагентов из 1С в формате XLSX.",
        "Save the list of counterparties from 1C as XLSX.",
    ),
    "sheet_without_header": Message(
        "В таблице нет строки заголовков с колонками «Наименование» и «ИНН».",
        "The spreadsheet has no header row with columns «Наименование» and «ИНН».",
        "Добавьте первой строкой названия колонок: Код, Наименование, ИНН, КПП, …",
        "Make the first row the names of columns: Код, Наименование, ИНН, КПП, …",
    ),
    "sheet_bad_cell": Message(
        "Ячейка {cell}: «{value}» не годится для «{field}»; строка не загружена.",
        "Cell {cell}: “{value}” will not do for {field}; the row is not loaded.",
        "ИНН — 10 или 12 цифр, КПП — 9 знаков, ОГРН — 13 или 15, счёт — 20, БИК — 9; храните "
        "числа текстом, чтобы не терялись нули.",
        "An INN has 10 or 12 digits, a KPP 9 characters, an OGRN 13 or 15, an account 20, a BIC "
        "9; keep them as text, or zeros get lost.",
    ),
    "sheet_is_report": Message(
        "Это отчёт о качестве базы; как список контрагентов он не загружается.",
        "This is a report of the base's quality; it is not loaded as a list of counterparties.",
        "Загрузите его на странице «Качество базы» или командой onec_quality --load: запишутся "
        "только исправленные ячейки.",
        "Load it on the page «Quality of the base» or by onec_quality --load: only the cells "
        "that were mended are saved.",
    ),
    # --- mending and debts from a spreadsheet ---
    "sheet_without_report": Message(
        "В таблице нет строки заголовков отчёта о качестве: нужны колонки «Ид», «Код» или "
        "«№ на сайте» и хотя бы одна колонка с данными.",
        "The spreadsheet has no header of a quality report: it needs «Ид», «Код» or «№ на сайте» "
        "and at least one column of data.",
        "Загружайте файл, который выгружен со страницы «Качество базы»; лишние колонки удалять "
        "можно, названия колонок менять нельзя.",
        "Load the file that came from the page «Quality of the base»; columns may be removed, "
        "not renamed.",
    ),
    "sheet_without_debts": Message(
        "В таблице нет строки заголовков взаиморасчётов: нужны «Сумма» и одно из: «Ид», «Код», "
        "«ИНН».",
        "The spreadsheet has no header of settlements: it needs «Сумма» and one of «Ид», «Код», "
        "«ИНН».",
        "Добавьте первой строкой названия колонок: Ид, Код, ИНН, КПП, Договор, Документ, Дата, "
        "Сумма, Валюта, Срок оплаты.",
        "Make the first row the names of columns: Ид, Код, ИНН, КПП, Договор, Документ, Дата, "
        "Сумма, Валюта, Срок оплаты.",
    ),
    "sheet_without_contracts": Message(
        "В таблице нет строки заголовков договоров: нужны «Договор», «Ид договора» или "
        "«Менеджер» и одно из: «Ид», «Код», «ИНН».",
        "The spreadsheet has no header of contracts: it needs «Договор», «Ид договора» or "
        "«Менеджер», and one of «Ид», «Код», «ИНН».",
        "Добавьте первой строкой названия колонок: Ид, ИНН, КПП, Договор, Дата, Валюта, Виды "
        "цен, Оплата, Отсрочка, Кредитный лимит, Организация, Менеджер.",
        "Make the first row the names of columns: Ид, ИНН, КПП, Договор, Дата, Валюта, Виды цен, "
        "Оплата, Отсрочка, Кредитный лимит, Организация, Менеджер.",
    ),
    "sheet_bad_terms": Message(
        "Ячейка {cell}: «{value}» не годится для «{field}»; строка не загружена.",
        "Cell {cell}: “{value}” will not do for {field}; the row is not loaded.",
        "Дата — 31.12.2026, валюта — RUB или руб., оплата — «Предоплата» или «Отсрочка», "
        "отсрочка — дни от 0 до 365, лимит — сумма или «Без лимита», действует — да или нет.",
        "A date is 31.12.2026, a currency RUB or руб., payment «Предоплата» or «Отсрочка», a "
        "deferral 0 to 365 days, a limit a sum or «Без лимита», active да or нет.",
    ),
    "sheet_unknown_price_list": Message(
        "Ячейка {cell}: вида цен из «{value}» на сайте нет; строка не загружена.",
        "Cell {cell}: the site lacks a price type of “{value}”; the row is not loaded.",
        "Пишите виды цен через «;» точно как на странице «Типы цен», или выгрузите их из 1С.",
        "Write price types parted by «;» exactly as on the page «Price lists», or export them.",
    ),
    "sheet_unknown_organization": Message(
        "Ячейка {cell}: организации «{value}» на сайте нет; строка не загружена.",
        "Cell {cell}: the site has no organisation “{value}”; the row is not loaded.",
        "Назовите организацию или её ИНН как на странице «Организации».",
        "Give the organisation's name or INN as on the page «Organisations».",
    ),
    "sheet_unknown_manager": Message(
        "Ячейка {cell}: среди сотрудников магазина нет почты «{value}»; строка не загружена.",
        "Cell {cell}: none of the shop's staff has the e-mail “{value}”; the row is not loaded.",
        "Укажите почту, с которой менеджер входит на сайт.",
        "Give the e-mail that the manager signs in to the site with.",
    ),
    "sheet_unknown_row": Message(
        "Ячейка {cell}: такого контрагента на сайте нет ({field} «{value}»); строка не загружена.",
        "Cell {cell}: the site has no such counterparty ({field} “{value}”); the row is not "
        "loaded.",
        "Проверьте, что «Ид» и «Код» переписаны целиком и файл загружается в то же подключение.",
        "Check that «Ид» and «Код» are whole and the file goes to the same connection.",
    ),
    "sheet_row_twice": Message(
        "Ячейка {cell}: контрагент {value} уже встретился выше; строка не загружена.",
        "Cell {cell}: counterparty {value} already stands above; the row is not loaded.",
        "Оставьте по одной строке на контрагента.",
        "Leave one row for each counterparty.",
    ),
    "sheet_changed_meanwhile": Message(
        "Ячейка {cell}: «{field}» на сайте уже другое («{now}»), пока таблицу правили; «{value}» "
        "не записано.",
        "Cell {cell}: {field} became “{now}” on the site while the table was being mended; "
        "“{value}” is not saved.",
        "Выгрузите отчёт заново и поправьте, если всё ещё нужно.",
        "Take a new report and mend it there, if it is still needed.",
    ),
    "sheet_wrong_requisite": Message(
        "Ячейка {cell}: {field} «{value}»: {why_ru}; значение записывается как есть.",
        "Cell {cell}: {field} “{value}”: {why_en}; it is saved as it is.",
        "Сверьте реквизит с ЕГРЮЛ/ЕГРИП и исправьте карточку контрагента.",
        "Compare it with the state register and correct the counterparty's card.",
    ),
    "sheet_ambiguous_row": Message(
        "Ячейка {cell}: ИНН «{value}» у нескольких контрагентов; строка не загружена.",
        "Cell {cell}: several counterparties have the INN “{value}”; the row is not loaded.",
        "Добавьте колонку «КПП», «Ид» или «Код».",
        "Add the column «КПП», «Ид» or «Код».",
    ),
    "sheet_bad_value": Message(
        "Ячейка {cell}: «{value}» не годится для «{field}»; строка не загружена.",
        "Cell {cell}: “{value}” will not do for {field}; the row is not loaded.",
        "Сумма — число до копейки, дата — 31.12.2026 или 2026-12-31, валюта — RUB или руб.",
        "A sum is a number to the kopeck, a date 31.12.2026 or 2026-12-31, a currency RUB or руб.",
    ),
    "sheet_unknown_good": Message(
        "Ячейка {cell}: такого товара («{value}») нет, а завести его нельзя: в строке нет "
        "наименования; строка не загружена.",
        "Cell {cell}: there are no such goods (“{value}”), and without a name they can't be made; "
        "the row is not loaded.",
        "Загрузите сначала список номенклатуры с колонкой «Наименование» или добавьте её сюда.",
        "Load a list of goods with the column «Наименование» first, or add it here.",
    ),
    "sheet_several_goods": Message(
        "Ячейка {cell}: «{value}» ({field}) у нескольких товаров; строка не загружена.",
        "Cell {cell}: several goods have “{value}” ({field}); the row is not loaded.",
        "Добавьте колонку «Код»: код у каждого товара свой.",
        "Add the column «Код»: each of the goods has its own.",
    ),
    "sheet_good_twice": Message(
        "Ячейка {cell}: товар «{value}» уже стоит в строке {first}; строка не загружена.",
        "Cell {cell}: the goods “{value}” stand in row {first} already; the row is not loaded.",
        "Оставьте по одной строке на товар или добавьте колонку «Код» или «Характеристика».",
        "Leave one row for each, or add the column «Код» or «Характеристика».",
    ),
    "sheet_unknown_contract": Message(
        "Ячейка {cell}: договора «{value}» у этого контрагента на сайте нет; долг записан без "
        "договора.",
        "Cell {cell}: the counterparty has no contract “{value}” on the site; the debt is saved "
        "without a contract.",
        "Заведите договор с этим номером на сайте или исправьте номер в 1С.",
        "Make a contract with this number on the site, or correct the number in 1C.",
    ),
    # --- terms: contracts, partners, managers, settlements ---
    "terms_of_unknown_counterparty": Message(
        "Контрагент {value} на сайт ещё не пришёл; запись ждёт его.",
        "The counterparty {value} hasn't come to the site yet; the record waits for it.",
        "Выгрузите контрагентов (contragents___ или таблицей): запись применится сама, "
        "присылать её снова не нужно.",
        "Export the counterparties (contragents___, or a spreadsheet): the record is then "
        "applied by itself, no need to send it again.",
    ),
    "terms_of_unknown_price_type": Message(
        "Вид цен {value} на сайт ещё не пришёл; остальные условия договора записаны, виды цен "
        "ждут.",
        "The price type {value} hasn't come to the site yet; the contract's other terms are "
        "saved, its price types wait.",
        "Включите этот вид цен в выгрузку товаров: договор получит его сам.",
        "Include this price type in the export of goods: the contract then gets it by itself.",
    ),
    "contract_of_another": Message(
        "Договор на сайте принадлежит другому юрлицу, а здесь назван «{value}»; не записан.",
        "On the site the contract belongs to another legal entity, here it is “{value}”; not "
        "saved.",
        "Заведите в 1С для другого контрагента новый договор: Ид договора не должен менять "
        "владельца.",
        "Make a new contract in 1C for the other counterparty: a contract's Ид must not change "
        "its owner.",
    ),
    "bad_terms": Message(
        "«{value}»: {why_ru} Не записано.",
        "“{value}”: {why_en} Not saved.",
        "Исправьте в 1С и выгрузите запись снова.",
        "Correct it in 1C and export the record again.",
    ),
    "terms_differ": Message(
        "Договор № {value} изменили и в 1С, и на сайте: {why_ru}. Эти поля ждут решения "
        "менеджера, остальные записаны.",
        "Contract № {value} was changed both in 1C and on the site: {why_en}. These fields wait "
        "for a manager, the others are saved.",
        "Договоритесь с отделом продаж, чьё значение верно: менеджер выберет его на странице "
        "договора.",
        "Agree with the sales desk which is right: a manager takes it on the contract's page.",
    ),
    "bad_directory_row": Message(
        "В условиях «{value}» не читается или не заполнено; условия не записаны.",
        "In the terms “{value}” can't be read or isn't filled; the terms are not saved.",
        "Контрагент — его Ид, сумма и лимит — число, дата — ГГГГ-ММ-ДД, отсрочка — дни.",
        "A counterparty is its Ид, sums and limits are numbers, dates YYYY-MM-DD, deferrals days.",
    ),
    "bad_payment_days": Message(
        "Отсрочка {value} — не целое число дней от 0 до 365; не записана.",
        "A deferral of {value} is not a whole number of days from 0 to 365; not saved.",
        "Укажите отсрочку в календарных днях.",
        "Give the deferral in calendar days.",
    ),
    "unknown_payment": Message(
        "Оплата «{value}» непонятна; не записана.",
        "The payment “{value}” is not understood; not saved.",
        "Пишите «Предоплата» или «Отсрочка».",
        "Write «Предоплата» or «Отсрочка».",
    ),
    "unknown_organization": Message(
        "Организации «{value}» на сайте нет; договор записан без неё.",
        "The site has no organisation “{value}”; the contract is saved without it.",
        "Заведите организацию на сайте (страница «Организации») с тем же ИНН.",
        "Make the organisation on the site (page «Organisations») with the same INN.",
    ),
    "partner_without_entities": Message(
        "У партнёра нет контрагентов; клиент не заведён.",
        "The partner has no counterparties; no customer is made of it.",
        "Перечислите Ид контрагентов партнёра в элементе «Контрагенты».",
        "List the Ид of the partner's counterparties in «Контрагенты».",
    ),
    "unknown_partner": Message(
        "Партнёр {value} на сайт ещё не пришёл; запись ждёт его.",
        "The partner {value} hasn't come to the site yet; the record waits for it.",
        "Выгрузите его: запись применится сама.",
        "Export it: the record is then applied by itself.",
    ),
    "partner_differs": Message(
        "Клиента «{value}» изменили и в 1С, и на сайте: {why_ru}. Ждёт решения менеджера.",
        "The customer “{value}” was changed both in 1C and on the site: {why_en}. It waits for "
        "a manager.",
        "Договоритесь с отделом продаж, чьё значение верно: менеджер выберет его на странице "
        "клиента.",
        "Agree with the sales desk which is right: a manager takes it on the customer's page.",
    ),
    "partner_marked": Message(
        "Партнёр «{value}» помечен в 1С на удаление; выключить ли клиенту опт, решит менеджер.",
        "The partner “{value}” is marked for deletion in 1C; whether wholesale is switched off "
        "for the customer a manager decides.",
        "Если помечен двойник, ничего делать не нужно; контрагенты с пометкой покупать уже не "
        "могут.",
        "If it is a double that is marked there is nothing to do; counterparties with the mark "
        "can't buy already.",
    ),
    "manager_without_email": Message(
        "У менеджера «{value}» нет почты; его клиенты остались без изменений.",
        "The manager “{value}” has no e-mail; his customers stay as they were.",
        "Укажите в «Почта» адрес, с которым менеджер входит на сайт.",
        "Give in «Почта» the address that the manager signs in to the site with.",
    ),
    "unknown_manager": Message(
        "Среди сотрудников магазина нет почты «{value}»; запись ждёт.",
        "None of the shop's staff has the e-mail “{value}”; the record waits.",
        "Администратор магазина заводит сотрудника с этой почтой; клиенты перейдут к нему со "
        "следующим обменом.",
        "The shop's administrator makes an account with this e-mail; the customers go to him "
        "with the next exchange.",
    ),
    "manager_of_no_company": Message(
        "Контрагент {value} на сайте не принадлежит ни одному клиенту; менеджер ждёт.",
        "The counterparty {value} belongs to no customer on the site; the manager waits.",
        "Выгрузите партнёра этого контрагента, или пусть менеджер заведёт клиента на сайте.",
        "Export this counterparty's partner, or let a manager make the customer on the site.",
    ),
    "statement_contract": Message(
        "Договора {value} на сайте нет; долг записан без договора.",
        "The site has no contract {value}; the debt is saved without a contract.",
        "Выгрузите договоры до взаиморасчётов.",
        "Export contracts before settlements.",
    ),
    "debt_out_of_range": Message(
        "Сумма {value} больше, чем бывают долги; взаиморасчёты этого контрагента не загружены, "
        "прежние оставлены.",
        "The sum {value} is more than a debt can be; the settlements of this counterparty aren't "
        "loaded, the old ones stay.",
        "Проверьте сумму документа в 1С: она должна быть меньше 100 000 000 000 000.",
        "Check the document's sum in 1C: it must be below 100,000,000,000,000.",
    ),
    "older_settlements": Message(
        "Известны более поздние взаиморасчёты контрагента, чем на {value}; эти не применены.",
        "Later settlements of the counterparty are known than those of {value}; these are not "
        "applied.",
        "Делать ничего не нужно: так бывает при повторной отправке старого файла.",
        "Nothing to do: this happens when an old file is sent again.",
    ),
    # --- orders to 1C ---
    "order_line_without_id": Message(
        "Заказ № {number} не передан: товара «{value}» нет в 1С (нет его Ид).",
        "Order № {number} is held: 1C doesn't know the goods “{value}” (no Ид of theirs).",
        "Сопоставьте товар с номенклатурой 1С или выгрузите его из 1С; заказ уйдёт сам. По "
        "неизвестному Ид 1С завела бы новый товар.",
        "Match the goods with 1C's, or export them from 1C; the order then goes by itself. On an "
        "unknown Ид 1C would make new goods.",
    ),
    "order_sum_mismatch": Message(
        "Заказ № {number} не передан: сумма строк {lines} не равна сумме заказа {value}.",
        "Order № {number} is held: its lines make {lines}, the order {value}.",
        "Проверьте скидки заказа в магазине: 1С примет заказ только с точной суммой.",
        "Check the order's discounts in the shop: 1C takes only an exact sum.",
    ),
    "order_line_mismatch": Message(
        "Заказ № {number} не передан: в строке «{value}» цена × количество = {product}, а сумма "
        "{total}.",
        "Order № {number} is held: in the line “{value}” price × quantity is {product}, its sum "
        "{total}.",
        "Проверьте скидки строки в магазине.",
        "Check the line's discounts in the shop.",
    ),
    "order_number_too_long": Message(
        "Заказ № {value} не передан: номер длиннее 11 знаков, УТ 11 обрежет его и задвоит заказ.",
        "Order № {value} is held: over 11 characters, УТ 11 would cut the number and double the "
        "order.",
        "Настройте в магазине номера заказов не длиннее 11 знаков.",
        "Let the shop number its orders within 11 characters.",
    ),
    # --- news of orders from 1C ---
    "unknown_order": Message(
        "Заказа с номером «{value}» на сайте нет; новость по нему не записана.",
        "There is no order numbered “{value}” on the site; the news of it is not recorded.",
        "Номер документа должен быть номером заказа на сайте. Если заказ создан в 1С вручную, "
        "исключите его из выгрузки заказов на этот сайт.",
        "The document's number must be the site's order number. If the order was made in 1C by "
        "hand, leave it out of the export to this site.",
    ),
    "older_news": Message(
        "По заказу № {value} уже записана более поздняя версия; эта не применена.",
        "A later version of order № {value} is already recorded; this one is not applied.",
        "Делать ничего не нужно: так бывает при повторной отправке старого файла.",
        "Nothing to do: this happens when an old file is sent again.",
    ),
    "order_lines_differ": Message(
        "В 1С у заказа № {value} другие товары, количества или суммы, чем заказал покупатель.",
        "In 1C order № {value} has other goods, quantities or sums than the buyer ordered.",
        "Покупатель и менеджер видят обе версии; менеджер выберет одну. Если выберет заказанную, "
        "заказ придёт в 1С ещё раз.",
        "Buyer and manager see both; the manager takes one. If he takes what was ordered, the "
        "order comes to 1C once more.",
    ),
    "order_sum_differs": Message(
        "В 1С сумма заказа № {number} — {value}, на сайте — {total}.",
        "In 1C order № {number} makes {value}, on the site {total}.",
        "Покупателю показаны обе суммы; согласуйте изменение с ним.",
        "The buyer is shown both; agree on the change with him.",
    ),
}

add_messages(SYNC_MESSAGES)
