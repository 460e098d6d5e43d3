"""What ``python -m sandbox`` does: the demo, and the prepared shop.

Both own their data folder while they run. In it: ``pg`` (the database), ``media`` (the
pictures), ``demo.json`` (there while the shop is served: where it is and who may sign in),
``prepared`` (the shop was filled to the end; without it a start begins anew), ``lock``.
"""

from __future__ import annotations

import fcntl
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event

from django.core.management import call_command

from . import prepare, story
from .facts import Facts
from .server import PortTaken, Server

__all__ = ["demo", "serve"]


def _say(text: str = "") -> None:
    print(text, flush=True)


class _InUse(Exception):
    """Another demo works in that folder."""


@contextmanager
def _own(data: Path) -> Iterator[None]:
    """Keep the folder to this process; the lock goes with it, however it ends."""
    with (data / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise _InUse(data) from error
        yield


def _refuse(error: PortTaken | _InUse) -> int:
    if isinstance(error, PortTaken):
        text = (
            f"Порт занят: {error}. Укажите другой: PORT=8123.\n"
            f"The port is taken: {error}. Name another one: PORT=8123."
        )
    else:
        text = (
            f"В этой папке работает другой запуск: {error}. Укажите другую: DATA=<папка>.\n"
            f"Another run works in this folder: {error}. Name another one: DATA=<folder>."
        )
    print(text, file=sys.stderr)
    return 2


def _accounts(facts: Facts) -> str:
    rows = [
        ("страницы / pages", facts.url, "", ""),
        ("GraphQL", facts.graphql, "", ""),
        ("обмен с 1С / exchange", facts.exchange.url, facts.exchange.user, facts.exchange.password),
        *(("закупщик / buyer", each.company, each.email, each.password) for each in facts.buyers),
        ("менеджер / manager", "", facts.manager.email, facts.manager.password),
        ("администратор / admin", "", facts.admin.email, facts.admin.password),
    ]
    return story.table(rows)


def _wait(facts: Facts, stopped: Event) -> None:
    _say(_accounts(facts))
    _say("\nCtrl-C останавливает. / Ctrl-C stops.")
    stopped.wait()
    _say("Остановлено. / Stopped.")


def demo(port: int, data: Path, stopped: Event | None, language: str = "ru") -> int:
    """Play the story on a fresh shop. ``stopped`` None: don't go on serving.

    0 only if every step held, 2 where the port or the folder is taken.
    """
    try:
        with Server(port) as server, _own(data):
            for name in ("demo.json", "prepared"):
                (data / name).unlink(missing_ok=True)
            prepare.fresh()
            prepare.retail_shop()
            server.start()
            server.facts.save(data / "demo.json")
            held = story.play(server.facts, _say, language)
            if stopped is not None:
                _wait(server.facts, stopped)
            (data / "demo.json").unlink()
    except (PortTaken, _InUse) as error:
        return _refuse(error)
    return 0 if held else 1


def serve(port: int, data: Path, stopped: Event) -> int:
    """Serve a prepared shop; the second start keeps whatever was done in it."""
    try:
        with Server(port) as server, _own(data):
            (data / "demo.json").unlink(missing_ok=True)
            _prepare(server, data / "prepared")
            server.facts.save(data / "demo.json")
            _wait(server.facts, stopped)
            (data / "demo.json").unlink()
    except (PortTaken, _InUse) as error:
        return _refuse(error)
    return 0


def _prepare(server: Server, done: Path) -> None:
    """Start serving, with the shop filled; a preparation that was broken off begins anew."""
    if done.exists():
        call_command("migrate", verbosity=0)
        server.start()
        return
    _say("Готовлю магазин… / Preparing the shop…")
    prepare.fresh()
    prepare.retail_shop()
    server.start()
    prepare.exchanged(server.facts.exchange)
    prepare.admitted()
    done.touch()
