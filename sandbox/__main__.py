"""``python -m sandbox demo | serve | manage``.

``demo`` plays the whole story against a fresh shop and then goes on serving it; its exit
status is 0 only if every step held. ``serve`` serves a prepared shop and keeps its state in
the folder. ``manage`` is Django's own set of commands.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from pathlib import Path
from threading import Event

import django
from django.core.management import execute_from_command_line

ROOT = Path(__file__).resolve().parent.parent


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    for name, text in (
        ("demo", "play the story on a fresh shop, then serve it"),
        ("serve", "serve a prepared shop, without the story"),
    ):
        command = commands.add_parser(name, help=text)
        command.add_argument("--port", type=int, default=8000)
        command.add_argument("--data", type=Path, default=ROOT / ".state" / name, metavar="FOLDER")
    commands.choices["demo"].add_argument(
        "--no-serve", action="store_true", help="stop after the story"
    )
    commands.choices["demo"].add_argument(
        "--language", choices=("ru", "en"), default="ru", help="of the table (default: ru)"
    )
    commands.add_parser("manage", help="Django's commands", add_help=False)
    return parser


def _until_stopped() -> Event:
    """An event that Ctrl-C and SIGTERM set; both end the process in good order."""
    stopped = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    return stopped


def main(arguments: list[str]) -> int:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sandbox.settings")
    if arguments[:1] == ["manage"]:
        execute_from_command_line(["python -m sandbox manage", *arguments[1:]])
        return 0
    options = _arguments().parse_args(arguments)
    options.data.mkdir(parents=True, exist_ok=True)
    os.environ["SANDBOX_DATA"] = str(options.data.resolve())
    django.setup()
    from . import commands  # needs the apps

    if options.command == "serve":
        return commands.serve(options.port, options.data, _until_stopped())
    stopped = None if options.no_serve else _until_stopped()
    return commands.demo(options.port, options.data, stopped, options.language)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
