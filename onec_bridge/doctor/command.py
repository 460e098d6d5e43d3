"""`python -m onec_bridge doctor`: what is set wrong, from files, folders, or a site's address.

Files say what a 1C sends. An address says how the site answers it: signing in, terms and orders
are asked for as that 1C would, nothing is sent and nothing confirmed. Exit status 0: nothing stops
the exchange (warnings allowed); 1: something does; 2: there was nothing to look at.
"""

from __future__ import annotations

import argparse
import getpass
import json
import sys
from pathlib import Path
from typing import Any

from onec_bridge.commerceml.messages import LANGUAGES, Language
from onec_bridge.doctor.clues import of_paths
from onec_bridge.doctor.report import Report, report
from onec_bridge.simulator.client import Client
from onec_bridge.simulator.dialects import DIALECTS
from onec_bridge.simulator.step import table

HEALTHY, ILL, NOTHING = 0, 1, 2
"""Exit statuses."""

_HELP = """\
Что настроено неверно на стороне 1С: по файлам, по папке с выгрузкой или по адресу сайта.
По файлам узнаёт конфигурацию и говорит, что изменить в её настройках. По адресу входит как 1С,
спрашивает условия и заказы; ничего не посылает и не подтверждает.
Код завершения: 0 — обмену ничто не мешает, 1 — мешает, 2 — смотреть не на что.

What is set wrong on 1C's side: by files, by a folder of an export, or by a site's address.
Exit status: 0 nothing stops the exchange, 1 something does, 2 nothing to look at.
"""


def add_doctor_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of `doctor`."""
    parser.description = _HELP
    parser.add_argument(
        "paths", nargs="*", type=Path, metavar="FILE|FOLDER", help="XML, zip, папка / folder"
    )
    parser.add_argument("--url", help="адрес, как в форме 1С / the address as typed into 1C")
    parser.add_argument("--user", default="", help="имя пользователя / login")
    parser.add_argument("--password", help="если нет, будет спрошен / asked for when left out")
    parser.add_argument(
        "--dialect", choices=DIALECTS, default="ut11", help="кем прикинуться / whom to play"
    )
    parser.add_argument("--json", action="store_true", help="для программ / for programs")
    parser.add_argument("--lang", choices=LANGUAGES, default="ru", help="язык / language")


def run_doctor(arguments: argparse.Namespace) -> int:
    """Look and print; gives the exit status."""
    if not arguments.paths and not arguments.url:
        print("Назовите файлы, папку или --url / name files, a folder or --url", file=sys.stderr)
        return NOTHING
    statuses = []
    if arguments.paths:
        statuses.append(_files(arguments.paths, arguments.lang, as_json=arguments.json))
    if arguments.url:
        statuses.append(_site(arguments))
    return max(statuses)


def _files(paths: list[Path], lang: Language, *, as_json: bool) -> int:
    told = report(of_paths(paths))
    if as_json:
        print(json.dumps(_as_json(told, lang), ensure_ascii=False, indent=1))
    else:
        print("\n".join(told.lines(lang)))
    if not told.clues.files and not told.findings:
        return NOTHING
    return HEALTHY if told.is_healthy else ILL


def _as_json(told: Report, lang: Language) -> dict[str, Any]:
    return {
        "configuration": told.family,
        "evidence": told.evidence(lang),
        "rivals": [guess.family.key for guess in told.rivals],
        "findings": [
            {
                "code": finding.code,
                "severity": finding.severity,
                "text": finding.text(lang),
                "mend": finding.mend(told.family),
            }
            for finding in told.findings
        ],
    }


def _site(arguments: argparse.Namespace) -> int:
    password = arguments.password
    if password is None:
        password = getpass.getpass("Пароль / password: ")
    dialect = DIALECTS[arguments.dialect]
    client = Client(arguments.url, arguments.user, password, dialect=dialect)
    asked = [client.step("checkauth", "catalog")]
    if not asked[0].stops:
        asked.append(client.step("init", "catalog"))
        asked += client.fetch_orders().steps
    print(table(client.dialogue, arguments.lang))
    return ILL if any(step.stops for step in asked) else HEALTHY
