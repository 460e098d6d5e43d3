"""`python -m onec_bridge check`: what files hold and what is wrong with them.

For the 1C programmer before the first exchange, and for whoever is sent a file that does
not load. Needs nothing but this package. Words are Russian first; `--lang en` for English.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from onec_bridge.commerceml.archive import open_files
from onec_bridge.commerceml.checker import Contents, inspect
from onec_bridge.commerceml.messages import LANGUAGES, Language
from onec_bridge.commerceml.records import SEVERITY_LABELS, Problem, Severity
from onec_bridge.commerceml.schema import PASSED_OVER

CLEAN, PROBLEMS, UNREADABLE = 0, 1, 2
"""Exit statuses."""

_HELP = """\
Читает файлы CommerceML (XML или zip) любой версии без базы данных и печатает, что в них
есть, и каждую ошибку со строкой, Ид из 1С и элементом.
Код завершения: 0 — чисто (предупреждения допустимы), 1 — есть ошибки, 2 — не читается.

Reads CommerceML files (XML or zip) of any version without a database and prints what they
hold, and every problem with its line, 1C id and element.
Exit status: 0 clean (warnings allowed), 1 errors, 2 unreadable.
"""

COUNTS: dict[str, tuple[str, str]] = {
    "groups": ("групп", "groups"),
    "properties": ("свойств", "properties"),
    "units": ("единиц измерения", "units"),
    "price_types": ("видов цен", "price types"),
    "warehouses": ("складов", "warehouses"),
    "products": ("товаров", "products"),
    "products_deleted": ("  из них помечено на удаление", "  of them marked as deleted"),
    "product_images": ("картинок", "pictures"),
    "offers": ("предложений", "offers"),
    "prices": ("цен", "prices"),
    "stock_rows": ("остатков по складам", "stock rows by warehouse"),
    "rest_rows": ("строк «Остаток»", "rows of Остаток"),
    "counterparties": ("контрагентов", "counterparties"),
    "counterparties_with_inn": ("  из них с ИНН", "  of them with an INN"),
    "documents": ("документов", "documents"),
    "document_lines": ("строк документов", "document lines"),
    "partners": ("партнёров", "partners"),
    "managers": ("менеджеров", "managers"),
    "contracts": ("договоров", "contracts"),
    "statements": ("контрагентов с взаиморасчётами", "counterparties with settlements"),
    "statement_documents": ("документов расчётов", "documents of settlements"),
    "directories": ("справочников", "directories"),
    "directory_rows": ("строк справочников", "directory rows"),
}
"""Counts in the order they are printed in, with their Russian and English labels."""

_WORDS: dict[str, tuple[str, str]] = {
    "schema": ("версия схемы", "schema version"),
    "encoding": ("кодировка", "encoding"),
    "nothing": ("записей нет", "no records"),
    "none": ("не указана", "not given"),
    "unknown": ("незнакомые элементы (пропущены)", "unknown elements (passed over)"),
    "more": ("… и ещё {count} таких; все: --limit 0", "… and {count} more like it; --limit 0"),
    "by_type": ("цен по виду «{name}»", "prices of type “{name}”"),
    "untyped": ("без вида цен", "no type"),
    "summary": (
        "ошибок: {errors}, предупреждений: {warnings}",
        "errors: {errors}, warnings: {warnings}",
    ),
}


def _labels(lang: Language) -> dict[str, str]:
    place = LANGUAGES.index(lang)
    return {name: words[place] for name, words in {**COUNTS, **_WORDS}.items()}


def add_check_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `check`."""
    parser.description = _HELP
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE", help="XML или/or zip")
    parser.add_argument(
        "--json",
        action="store_true",
        help="для программ: объект «имя файла → счётчики» / an object of counts by file name",
    )
    parser.add_argument("--lang", choices=LANGUAGES, default="ru", help="язык / language")
    parser.add_argument(
        "--limit",
        type=int,
        default=20,
        metavar="N",
        help="сколько одинаковых проблем печатать, 0 — все / how many alike to print, 0 for all",
    )


def run_check(arguments: argparse.Namespace) -> int:
    """Check the files and print; returns the exit status."""
    try:
        return _check(arguments.files, arguments.lang, arguments.limit, as_json=arguments.json)
    except BrokenPipeError:
        # Whoever read our output (head, less) has seen enough.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return UNREADABLE


def _check(paths: list[Path], lang: Language, limit: int, *, as_json: bool) -> int:
    status = CLEAN
    by_name: dict[str, Any] = {}
    for contents in _contents(paths):
        status = max(status, _status(contents))
        if as_json:
            by_name[contents.name] = _as_json(contents, lang)
        else:
            print("\n".join(_report(contents, lang, limit)), flush=True)
    if as_json:
        print(json.dumps(by_name, ensure_ascii=False, indent=1))
    return status


def _contents(paths: list[Path]) -> Iterator[Contents]:
    """What each file holds; what an archive itself has wrong goes under its own name."""
    for path in paths:
        for opened in open_files(path):
            if isinstance(opened, Problem):
                contents = Contents(opened.source.file, _size(path))
                contents.note(opened)
                yield contents
            else:
                yield inspect(opened)


def _size(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def _status(contents: Contents) -> int:
    if contents.has(Severity.FATAL):
        return UNREADABLE
    return PROBLEMS if contents.has(Severity.ERROR) else CLEAN


def _as_json(contents: Contents, lang: Language) -> dict[str, Any]:
    facts = contents.as_json()
    if contents.prices_by_type:
        facts["prices_by_price_type"] = dict(contents.prices_by_type)
    if contents.problems:
        facts["problems"] = [_problem_json(each, contents, lang) for each in contents.problems]
        facts["problem_counts"] = {
            code: count for (_, code), count in contents.problem_counts.items()
        }
    return facts


def _problem_json(problem: Problem, contents: Contents, lang: Language) -> dict[str, Any]:
    source = problem.source
    return {
        "code": problem.code,
        "severity": problem.severity,
        "line": source.line,
        "id": source.external_id,
        "name": contents.names.get(source.external_id, ""),
        "ordinal": source.ordinal,
        "element": "/".join(part for part in (source.path, problem.field) if part),
        "value": problem.value,
        "text": problem.text(lang),
        "hint": problem.hint(lang),
    }


def _report(contents: Contents, lang: Language, limit: int) -> Iterator[str]:
    labels, header = _labels(lang), contents.header
    yield contents.name
    if header:
        yield _row(labels["schema"], header.schema or labels["none"])
        yield _row(labels["encoding"], header.encoding + (", BOM" if header.bom else ""))
        counted = [name for name in COUNTS if contents.counts[name]]
        for name in counted:
            yield _row(labels[name], contents.counts[name])
            if name == "prices":
                yield from _price_rows(contents, lang)
        if "prices" not in counted:
            yield from _price_rows(contents, lang)
        if not counted:
            yield f"  {labels['nothing']}"
    unknown = [row for row in contents.unknown.most_common() if row[0] not in PASSED_OVER]
    if unknown:
        most = ", ".join(f"{tag} {count}" for tag, count in unknown[:8])
        yield f"  {labels['unknown']}: {most}"
    yield from _problem_lines(contents, lang, limit)
    yield ""


def _price_rows(contents: Contents, lang: Language) -> Iterator[str]:
    labels = _labels(lang)
    for ident, count in contents.prices_by_type.most_common():
        name = contents.price_types.get(ident, ident) or labels["untyped"]
        yield _row("  " + labels["by_type"].format(name=name), count)


def _problem_lines(contents: Contents, lang: Language, limit: int) -> Iterator[str]:
    """Problems in file order, like ones cut after the first few, then their totals."""
    labels = _labels(lang)
    shown: dict[str, int] = {}
    for problem in contents.problems:
        shown[problem.code] = shown.get(problem.code, 0) + 1
        if not limit or shown[problem.code] <= limit:
            yield problem.line(lang, contents.names.get(problem.source.external_id, ""))
    for (severity, code), count in contents.problem_counts.items():
        printed = min(shown[code], limit or count)
        if count > printed:
            more = labels["more"].format(count=count - printed)
            yield f"{contents.name}: {SEVERITY_LABELS[lang][severity]} {code}: {more}"
    totals = {
        severity: sum(n for (found, _), n in contents.problem_counts.items() if found is severity)
        for severity in Severity
    }
    errors = totals[Severity.ERROR] + totals[Severity.FATAL]
    if contents.problem_counts:
        yield "  " + labels["summary"].format(errors=errors, warnings=totals[Severity.WARNING])


def _row(label: str, value: object) -> str:
    return f"  {label:<34} {value}"
