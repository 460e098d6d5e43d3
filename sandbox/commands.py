"""What ``python -m sandbox`` does: the demo, and the prepared shop.

Both own their data folder while they run. In it: ``pg`` (the database), ``media`` (the
pictures), ``demo.json`` (there while the shop is served: where it is and who may sign in),
``prepared`` (the shop was filled to the end; without it a start begins anew).
"""

from __future__ import annotations

import sys
from pathlib import Path
from threading import Event

from django.core.management import call_command

from . import prepare, story
from .facts import Facts
from .server import PortTaken, Server

__all__ = ["demo", "serve"]


def _say(text: str = "") -> None:
    print(text, flush=True)


def _busy(error: PortTaken) -> int:
    print(
        f"Порт занят: {error}. Укажите другой: PORT=8123.\n"
        f"The port is taken: {error}. Name another one: PORT=8123.",
        file=sys.stderr,
    )
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


def demo(port: int, data: Path, stopped: Event | None) -> int:
    """Play the story on a fresh shop. ``stopped`` None: don't go on serving.

    0 only if every step held, 2 where the port is taken.
    """
    try:
        server = Server(port)
    except PortTaken as error:
        return _busy(error)
    (data / "demo.json").unlink(missing_ok=True)
    (data / "prepared").unlink(missing_ok=True)
    prepare.fresh()
    prepare.retail_shop()
    with server:
        server.facts.save(data / "demo.json")
        held = story.play(server.facts, _say)
        if stopped is not None:
            _wait(server.facts, stopped)
    (data / "demo.json").unlink()
    return 0 if held else 1


def serve(port: int, data: Path, stopped: Event) -> int:
    """Serve a prepared shop; the second start keeps whatever was done in it."""
    try:
        server = Server(port)
    except PortTaken as error:
        return _busy(error)
    (data / "demo.json").unlink(missing_ok=True)
    prepared = data / "prepared"
    if prepared.exists():
        call_command("migrate", verbosity=0)
    else:
        _say("Готовлю магазин… / Preparing the shop…")
        prepare.fresh()
        prepare.retail_shop()
    with server:
        if not prepared.exists():
            prepare.exchanged(server.facts.exchange)
            prepare.admitted()
            prepared.touch()
        server.facts.save(data / "demo.json")
        _wait(server.facts, stopped)
        (data / "demo.json").unlink()
    return 0
