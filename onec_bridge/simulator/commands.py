"""`python -m onec_bridge push`, `pull`, `simulate`: a 1C at the command line, against any site.

For the site's developer without a 1C, and for support: the same bytes that a customer's base sent,
sent again. Exit status 0 when a real client would be content (warnings allowed), 1 when it would
not, 2 when a file to send is missing.
"""

import argparse
import getpass
import sys
from dataclasses import replace
from pathlib import Path

from onec_bridge.simulator.client import Client
from onec_bridge.simulator.dialects import DIALECTS
from onec_bridge.simulator.packing import Package, packages
from onec_bridge.simulator.points import verdict
from onec_bridge.simulator.run import Options, Run
from onec_bridge.simulator.step import table
from onec_bridge.simulator.trade import Site, play


def add_push_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of `push`."""
    _add_connection(parser)
    parser.add_argument(
        "paths",
        nargs="+",
        type=Path,
        metavar="FILE|FOLDER",
        help="файлы, архивы или одна папка / files, archives or one folder",
    )
    packing = parser.add_mutually_exclusive_group()
    packing.add_argument(
        "--zip", action="store_true", help="архивом, что бы ни сказал сайт / in an archive, always"
    )
    packing.add_argument("--plain", action="store_true", help="без архива / without an archive")
    parser.add_argument(
        "--part-size",
        type=int,
        metavar="BYTES",
        help="размер части; иначе file_limit сайта / size of a part; else file_limit",
    )
    parser.add_argument(
        "--reversed",
        action="store_true",
        help="файлы в обратном порядке имён / files in reverse order of names",
    )
    parser.add_argument(
        "--repeat", action="store_true", help="каждый файл дважды / post each file twice"
    )
    parser.add_argument(
        "--break-after",
        type=int,
        metavar="N",
        help="оборвать после N запросов / stop after N requests, as on a lost line",
    )
    parser.add_argument(
        "--full",
        action="store_true",
        help="полная выгрузка: в конце deactivate и complete / a full export: these two end it",
    )


def run_push(arguments: argparse.Namespace) -> int:
    """Sends what the arguments name and prints the dialogue; gives the exit status."""
    try:
        found = _packages(arguments.paths)
    except FileNotFoundError as error:
        print(f"{error}: нет такого файла / no such file", file=sys.stderr)
        return 2
    options = Options(
        zipped=True if arguments.zip else False if arguments.plain else None,
        part_size=arguments.part_size,
        reversed_order=arguments.reversed,
        repeats_files=arguments.repeat,
        breaks_after=arguments.break_after,
    )
    run = _client(arguments, options).send_packages(found, full=arguments.full)
    print(table(run.steps, arguments.lang))
    return 0 if run.succeeded else 1


def add_pull_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of `pull`."""
    _add_connection(parser)
    parser.add_argument(
        "--confirm", action="store_true", help="подтвердить приём / tell the site they are stored"
    )
    parser.add_argument(
        "--output",
        type=Path,
        metavar="FILE",
        help="куда сохранить; следующие ответы FILE.2… / save here; further answers as FILE.2…",
    )


def run_pull(arguments: argparse.Namespace) -> int:
    """Fetches orders: the XML on standard output or in the file, the dialogue on standard error."""
    client = _client(arguments, Options())
    run = client.fetch_orders()
    _deliver(run, arguments.output)
    if run.succeeded and arguments.confirm:
        run = client.confirm()
    print(table(client.dialogue, arguments.lang), file=sys.stderr)
    return 0 if run.succeeded else 1


def add_simulate_arguments(parser: argparse.ArgumentParser) -> None:
    """Arguments of `simulate`."""
    parser.add_argument(
        "url", metavar="URL", help="адрес, как в форме 1С / the address as typed into 1C's form"
    )
    _add_identity(parser, "--profile")
    parser.add_argument(
        "--goods",
        type=Path,
        metavar="FOLDER",
        help="своя выгрузка вместо проверочных товаров / an export of your own for the goods",
    )
    parser.add_argument(
        "--confirm",
        action="store_true",
        help="подтвердить заказы и прислать по ним новости / confirm orders and send news of them",
    )
    parser.add_argument(
        "--dialogue", action="store_true", help="печатать все запросы / print every request"
    )


def run_simulate(arguments: argparse.Namespace) -> int:
    """Trades with the site and prints the verdict; exit status 1 where a point is broken."""
    try:
        goods = tuple(_packages([arguments.goods])) if arguments.goods else ()
    except FileNotFoundError as error:
        print(f"{error}: нет такого файла / no such file", file=sys.stderr)
        return 2
    points, dialogue = play(
        Site(
            arguments.url,
            arguments.user,
            _password(arguments),
            DIALECTS[arguments.dialect],
            goods=tuple(package for package in goods if package.kind == "catalog"),
            confirms=arguments.confirm,
            pause_scale=arguments.pause_scale,
        )
    )
    if arguments.dialogue:
        print(table(dialogue, arguments.lang), end="\n\n")
    print(verdict(points, arguments.lang))
    return 1 if any(point.state == "broken" for point in points) else 0


def _packages(paths: list[Path]) -> list[Package]:
    is_folder = len(paths) == 1 and paths[0].is_dir()
    return packages(paths[0] if is_folder else paths)


def _deliver(run: Run, output: Path | None) -> None:
    for number, body in enumerate(run.orders, start=1):
        if output is None:
            sys.stdout.buffer.write(body + b"\n")
        else:
            name = output if number == 1 else output.with_name(f"{output.name}.{number}")
            name.write_bytes(body)
    sys.stdout.flush()


def _client(arguments: argparse.Namespace, options: Options) -> Client:
    return Client(
        arguments.url,
        arguments.user,
        _password(arguments),
        dialect=DIALECTS[arguments.dialect],
        options=replace(options, pause_scale=arguments.pause_scale),
    )


def _password(arguments: argparse.Namespace) -> str:
    if arguments.password is not None:
        return str(arguments.password)
    return getpass.getpass("Пароль / password: ")


def _add_connection(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--url", required=True, help="адрес, как в форме 1С / the address as typed into 1C's form"
    )
    _add_identity(parser, "--dialect")


def _add_identity(parser: argparse.ArgumentParser, choice: str) -> None:
    """Who signs in, and as which 1C."""
    titles = "; ".join(f"{dialect.name}: {dialect.title}" for dialect in DIALECTS.values())
    parser.add_argument("--user", required=True)
    parser.add_argument(
        "--password", help="если не указан, будет спрошен / asked for when left out"
    )
    parser.add_argument(choice, dest="dialect", choices=DIALECTS, default="ut11", help=titles)
    parser.add_argument(
        "--pause-scale",
        type=float,
        default=1,
        metavar="N",
        help="во сколько раз дольше паузы этой 1С / what the pauses of this 1C are multiplied by",
    )
    parser.add_argument(
        "--lang", choices=("ru", "en"), default="ru", help="язык таблицы / language of the table"
    )
