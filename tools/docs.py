"""Tables of the documentation that the code can print, so that neither goes its own way.

``python -m tools.docs`` writes them anew; ``--check`` only says which are out of date. A table
stands between ``<!-- name -->`` and ``<!-- /name -->``; `TABLES` says which name is printed by
what. `tests/test_docs.py` fails on a page that ought to be written anew.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parent.parent

Rows = Iterable[tuple[str, ...]]


def levels() -> Rows:
    """The order of precedence of prices, in both languages."""
    from django.utils.translation import override

    from b2b_overlay.pricing.levels import LEVELS, RETAIL

    yield "#", "level", "по-русски"
    for number, level in enumerate((*LEVELS, RETAIL), 1):
        names = []
        for language in ("en", "ru"):
            with override(language):
                names.append(str(level.name))
        yield str(number), *names


def within() -> Rows:
    """What decides between lists of one level, then between prices of one list."""
    from django.utils.translation import override

    from b2b_overlay.pricing.levels import WITHIN

    yield "#", "goes first", "по-русски"
    for number, rule in enumerate(WITHIN, 1):
        names = []
        for language in ("en", "ru"):
            with override(language):
                names.append(str(rule))
        yield str(number), *names


def reckoning() -> Rows:
    """A price of a net list in euro, derived and charged in a rouble channel with VAT: reckoned
    by the very functions that the resolver calls."""
    from datetime import date
    from decimal import Decimal

    from django.utils.translation import override

    from b2b_overlay.money import Money
    from b2b_overlay.pricing.reckoning import Mode, VatOf, at_last, converted, derived

    net, charged = Mode("EUR", vat_included=False), Mode("RUB", vat_included=True)
    rates = {("EUR", "RUB"): (Decimal("98.5"), date(2026, 11, 27))}
    with override("en"):
        yield "step", "the price after it"
        base = Decimal("10.37")
        yield "«Base», written in it: EUR, without VAT", str(Money(base, "EUR"))
        own = derived(base, Decimal("-7.5"), Decimal("0.05"), "nearest")
        yield "«Dealers»: −7.5 % of «Base», to the nearest 0.05", str(Money(own, "EUR"))
        words: list[str] = []
        exact = converted(own, net, charged, VatOf(Decimal(22)), rates, words)
        for done in words:
            yield done, "not rounded"
        last = Money(at_last(exact, "RUB"), "RUB")
        yield "rounded half up to the kopeck, once: the price", str(last)


def reasons() -> Rows:
    """Why two counterparties may be one, with the most points each can have."""
    from django.utils.translation import override

    from b2b_overlay.company.likeness import POINTS

    yield "причина", "баллов, не больше"
    with override("ru"):
        for reason, points in POINTS.items():
            yield str(reason.label), f"{points:g}"


def rules() -> Rows:
    """What joins by itself."""
    from django.utils.translation import override

    from b2b_overlay.company.rules import RULES

    yield "правило", "когда", "сразу после установки"
    with override("ru"):
        for rule in RULES:
            state = "включено" if rule.default else "выключено"
            yield str(rule.name), str(rule.description), state


def events() -> Rows:
    """What `b2bEvents` tells."""
    from b2b_overlay.ordering.events import MEANINGS

    yield "type", "when", "names"
    for kind, (when, names) in MEANINGS.items():
        yield f"`{kind.name}`", when, " ".join(f"`{name}`" for name in names.split(", "))


def order_notes() -> Rows:
    """What is noted on the shop's own order."""
    from b2b_overlay.ordering.notes import AGREED, FOLLOWED, TOLD

    yield "key", "value", "written"
    written = (
        (AGREED, "with the order"),
        (FOLLOWED, "as the shop's staff change it"),
        (TOLD, "as 1C tells it"),
    )
    for notes, when in written:
        yield from ((f"`{key}`", meaning, when) for key, (meaning, _read) in notes.items())


def file_codes() -> Rows:
    """What may be wrong with a file, before anything is done with it."""
    from onec_bridge.commerceml.messages import MESSAGES

    added = _added()
    return _codes(code for code in MESSAGES if code not in added)


def sync_codes() -> Rows:
    """What may be wrong with a record that reads well."""
    return _codes(_added())


def _added() -> Mapping[str, object]:
    from onec_bridge.exchange.messages import MESSAGES
    from onec_bridge.sync.messages import SYNC_MESSAGES

    return {**SYNC_MESSAGES, **MESSAGES}


def _codes(codes: Iterable[str]) -> Rows:
    from onec_bridge.commerceml.messages import MESSAGES

    yield "код", "что говорится", "что делать"
    for code in codes:
        yield f"`{code}`", MESSAGES[code].ru, MESSAGES[code].ru_hint


def doctor_findings() -> Rows:
    """What the doctor finds, with what to change in the commonest configuration."""
    from onec_bridge.doctor.settings import setting
    from onec_bridge.doctor.words import FINDINGS

    yield "код", "что видно", "что изменить (УТ 11, КА 2, ERP 2, Розница 2)"
    for code, words in FINDINGS.items():
        yield f"`{code}`", words.ru, setting(words.topic, "ut11")


def marks() -> Rows:
    """What tells configurations apart."""
    from onec_bridge.doctor.families import FAMILIES, MARKS

    yield "конфигурация", "по чему узнаётся (вес)"
    for key, family in FAMILIES.items():
        told = [f"{mark.ru} ({mark.weight})" for mark in MARKS if mark.family == key]
        yield family.title, "; ".join(told) or "ничему из прочего"


def fill_in() -> Rows:
    """What to set in 1C's form, by configuration."""
    from onec_bridge.doctor.families import FAMILIES
    from onec_bridge.doctor.settings import FILL_IN, OPENED_BY

    yield "конфигурация", "где", "что отметить"
    for key, steps in FILL_IN.items():
        yield FAMILIES[key].title, OPENED_BY[key], " ".join(steps)


def sheet_columns() -> Rows:
    """How a column of a spreadsheet of counterparties may be called."""
    from onec_bridge.sync.spreadsheet import COLUMNS

    yield "колонка", "узнаётся и как"
    for first, *others in COLUMNS.values():
        yield first, ", ".join(others)


def contract_columns() -> Rows:
    """How a column of a spreadsheet of contracts may be called."""
    from onec_bridge.sync.contract_sheet import COLUMNS

    yield "колонка", "узнаётся и как"
    for first, *others in COLUMNS.values():
        yield first, ", ".join(others)


def debt_columns() -> Rows:
    """How a column of a spreadsheet of debts may be called."""
    from onec_bridge.sync.debts import COLUMNS

    yield "колонка", "узнаётся и как"
    for first, *others in COLUMNS.values():
        yield first, ", ".join(others)


def elements() -> Iterator[str]:
    """Every element of CommerceML that is read or written, from its one description."""
    from onec_bridge.commerceml import schema

    for shape in vars(schema).values():
        if not isinstance(shape, schema.Shape):
            continue
        yield ""
        yield f"### `{shape.element}`"
        yield ""
        rows = [("поле", "элементы", "что в них")]
        rows += [
            (f"`{field.name.lstrip('_')}`", _paths(field.elements), _what(field))
            for field in shape.fields
        ]
        yield from _markdown(rows)
    yield ""


def passed_over() -> Rows:
    """Elements that are known and not read, each with why."""
    from onec_bridge.commerceml.schema import PASSED_OVER

    yield "элемент", "почему не читается"
    yield from ((f"`{name}`", why) for name, why in PASSED_OVER.items())


def _paths(paths: Iterable[str]) -> str:
    return " ".join(f"`{path}`" for path in paths)


def _what(field: object) -> str:
    from onec_bridge.commerceml.schema import Field, Shape

    assert isinstance(field, Field)
    if isinstance(field.what, Shape):
        what = f"`{field.what.element}`"
    elif field.presence:
        what = "есть ли элемент"
    else:
        what = _KINDS.get(field.what.name, field.what.name)
    more = [text for is_so, text in ((field.many, "много"), (field.required, "нужно")) if is_so]
    return ", ".join([what, *more])


_KINDS = {
    "text": "текст",
    "id": "идентификатор",
    "number": "число",
    "money": "деньги",
    "boolean": "да/нет",
    "date": "дата",
    "time": "время",
    "date and time": "дата и время",
}


def _markdown(rows: Rows) -> Iterator[str]:
    for number, row in enumerate(rows):
        cells = (cell.replace("|", "\\|").replace("\n", " ") for cell in row)
        yield f"| {' | '.join(cells)} |"
        if not number:
            yield f"|{' --- |' * len(row)}"


def _table(rows: Callable[[], Rows]) -> Callable[[], Iterator[str]]:
    return lambda: _markdown(rows())


def _example(name: str) -> Callable[[], Iterator[str]]:
    """A file of ``docs/examples`` as it stands, and where to take it."""

    def lines() -> Iterator[str]:
        content = (ROOT / "docs" / "examples" / name).read_text(encoding="utf-8")
        yield f"Файл целиком, его можно взять за образец: [examples/{name}](examples/{name})."
        yield from ("```", *content.splitlines(), "```")

    return lines


TABLES: Mapping[str, Callable[[], Iterator[str]]] = {
    "levels": _table(levels),
    "within": _table(within),
    "reckoning": _table(reckoning),
    "reasons": _table(reasons),
    "rules": _table(rules),
    "events": _table(events),
    "order notes": _table(order_notes),
    "file codes": _table(file_codes),
    "sync codes": _table(sync_codes),
    "doctor": _table(doctor_findings),
    "marks": _table(marks),
    "fill in": _table(fill_in),
    "sheet columns": _table(sheet_columns),
    "contract columns": _table(contract_columns),
    "debt columns": _table(debt_columns),
    "contracts example": _example("contracts.csv"),
    "debts example": _example("settlements.csv"),
    "elements": elements,
    "passed over": _table(passed_over),
}


def printed(text: str) -> str:
    """The page with every table that it has a place for printed anew."""
    for name, lines in TABLES.items():
        place = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.S)
        if place.search(text):
            body = "".join(f"{line}\n" for line in lines())
            text = place.sub(lambda found, body=body: found[1] + body + found[2], text)
    return text


def main(arguments: list[str]) -> int:
    """Write the pages, or with ``--check`` say which aren't as they would be written."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sandbox.settings")
    django.setup()
    stale = False
    for page in sorted(ROOT.glob("docs/**/*.md")):
        text = page.read_text(encoding="utf-8")
        if (anew := printed(text)) == text:
            continue
        stale = True
        print(page.relative_to(ROOT))
        if "--check" not in arguments:
            page.write_text(anew, encoding="utf-8")
    return int(stale and "--check" in arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
