"""The counterparties as the accountant of a shop on УТ 11 or УНФ sends them: a spreadsheet.

Those configurations send no counterparty list through the exchange (format.md, section 6), so the
list is saved from 1C as XLSX. Numbers that are names (INN, KPP, OGRN) are text, as 1C saves them.
"""

from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Font

from sandbox.data.catalogue import counterparties

COLUMNS = (
    "Код",
    "Наименование",
    "Полное наименование",
    "ИНН",
    "КПП",
    "ОГРН",
    "Телефон",
    "E-mail",
    "Адрес",
    "Вид цен",
    "Отсрочка дней",
)


def counterparties_xlsx(path: Path) -> Path:
    """Writes the spreadsheet of the counterparties that 1C does not mark deleted; gives `path`."""
    workbook = Workbook()
    sheet = workbook.active
    if sheet is None:
        raise RuntimeError("openpyxl made a workbook without a sheet")
    sheet.title = "Контрагенты"
    sheet.append(COLUMNS)
    for cell in sheet[1]:
        cell.font = Font(bold=True)
    for row in counterparties():
        if row.deleted:
            continue
        terms = (row.price_type, row.payment_days)
        identity = (row.code, row.name, row.full_name, row.inn, row.kpp, row.ogrn)
        sheet.append((*identity, row.phone, row.email, row.address, *terms))
    for column, width in zip(
        "ABCDEFGHIJK", (12, 34, 60, 14, 12, 17, 20, 26, 60, 14, 14), strict=True
    ):
        sheet.column_dimensions[column].width = width
    sheet.freeze_panes = "A2"
    path.parent.mkdir(parents=True, exist_ok=True)
    workbook.save(path)
    return path
