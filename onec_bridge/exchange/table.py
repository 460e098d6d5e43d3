"""The conversation as a table: state × request → step, next state, what a repeat does.

The theory of operation. 1C signs in (``checkauth``) for each stage of a run, and each time a
session begins. In it 1C may agree on terms (``init``), send files (``file``, one or many
times, in parts or whole), have each imported (``import``, again and again until it is told
``success``), fetch orders (``query``) and confirm them (``success``). Real clients leave out
what they can: УТ 11 fetches orders without ``init``, old ones never ask to import an order
file, some sign in anew between sending a file and asking to import it. So nearly anything goes
from nearly anywhere, and what isn't in the table is a mistake that somebody should hear of: it
changes nothing and is answered with what was expected.

A step that fails leaves the state as it was. A step never asks for the state: where it
matters there are two rows. `docs/exchange-states.md` is printed from here
(``manage.py onec_protocol``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from . import steps
from .models import Session
from .steps import StepFunction

__all__ = ["MODES", "TABLE", "TYPES", "Request", "Step", "expected", "find", "markdown"]

State = Session.State


class Request(NamedTuple):
    """What is asked for: ``type`` and ``mode`` of the query."""

    type: str
    mode: str


@dataclass(frozen=True, slots=True)
class Step:
    """A cell of the table."""

    run: StepFunction
    next: State
    repeat: str
    """What the same request does a second time."""


#: goods and prices; orders and counterparties; user directories of the 1C-Bitrix module.
TYPES = ("catalog", "sale", "reference")

Row = Mapping[Request, Step]


def _of(types: tuple[str, ...], mode: str, step: Step) -> dict[Request, Step]:
    return {Request(type_, mode): step for type_ in types}


SIGN_IN = _of(
    TYPES,
    "checkauth",
    Step(steps.sign_in, State.SIGNED_IN, "opens one more session; files of the last one stay"),
)

AGREE = _of(TYPES, "init", Step(steps.agree, State.AGREED, "the same answer"))

RECEIVE = {
    **_of(
        ("catalog", "reference"),
        "file",
        Step(steps.receive, State.RECEIVING, "the next part; a whole file sent again replaces"),
    ),
    **_of(
        ("sale",),
        "file",
        Step(
            steps.receive_documents,
            State.RECEIVING,
            "the next part; a whole file sent again replaces, and changes nothing",
        ),
    ),
}

IMPORT = _of(
    TYPES,
    "import",
    Step(
        steps.import_,
        State.IMPORTING,
        "goes on after “progress”; “success” again after “success”; begins anew after “failure”",
    ),
)

QUERY = _of(
    ("sale",),
    "query",
    Step(steps.give_orders, State.GIVING, "the next orders; without any, an empty package"),
)


def _confirm(after: State) -> dict[Request, Step]:
    return _of(
        ("sale",),
        "success",
        Step(steps.confirm_orders, after, "“success”; there is nothing left to confirm"),
    )


def _lists(here: State) -> dict[Request, Step]:
    return _of(("sale",), "info", Step(steps.give_lists, here, "the same lists"))


FINISH = _of(
    ("catalog",),
    "complete",
    Step(steps.finish, State.SIGNED_IN, "“success” again"),
) | _of(
    ("catalog",),
    "deactivate",
    Step(steps.take_off_absent, State.SIGNED_IN, "goes on after “progress”; else the same answer"),
)


def _open(here: State, *, confirmed: State | None = None) -> dict[Request, Step]:
    """What may be asked in any session, wherever it stands."""
    always = _confirm(confirmed or here) | _lists(here)
    return SIGN_IN | AGREE | RECEIVE | IMPORT | QUERY | always


TABLE: Mapping[State, Row] = {
    State.NEW: SIGN_IN,
    State.SIGNED_IN: _open(State.SIGNED_IN) | FINISH,
    State.AGREED: _open(State.AGREED) | FINISH,
    State.RECEIVING: _open(State.RECEIVING),
    State.IMPORTING: _open(State.IMPORTING) | FINISH,
    State.GIVING: _open(State.GIVING, confirmed=State.SIGNED_IN),
}

MODES = tuple(dict.fromkeys(request.mode for row in TABLE.values() for request in row))


def find(state: State, request: Request) -> Step | None:
    """The cell, or `None`: the request isn't expected in that state."""
    return TABLE[state].get(request)


def expected(state: State, type_: str) -> tuple[str, ...]:
    """The modes that could have been asked for, of this type."""
    return tuple(request.mode for request in TABLE[state] if request.type == type_)


def reachable(start: State = State.NEW) -> frozenset[State]:
    """States that a conversation can come to."""
    seen, ahead = {start}, [start]
    while ahead:
        for step in TABLE[ahead.pop()].values():
            if step.next not in seen:
                seen.add(step.next)
                ahead.append(step.next)
    return frozenset(seen)


def markdown() -> Iterator[str]:
    """The page of the documentation, line by line: a diagram and a table."""
    yield "# The exchange, state by state"
    yield ""
    yield "Printed by `manage.py onec_protocol` from `onec_bridge/exchange/table.py`."
    yield "A request that a state doesn't have is answered with `failure` and what was expected,"
    yield "and changes nothing. A step that fails leaves the state as it was."
    yield ""
    yield "```mermaid"
    yield "stateDiagram-v2"
    yield f"    [*] --> {State.NEW}"
    for state, row in TABLE.items():
        for following, modes in _arrows(row).items():
            if following != state:
                yield f"    {state} --> {following}: {', '.join(modes)}"
    yield "```"
    yield ""
    yield "| state | request | step | next state | a repeat |"
    yield "|---|---|---|---|---|"
    for state, row in TABLE.items():
        for (mode, step), types in _types(row).items():
            yield (
                f"| {state} | `{mode}` of {', '.join(types)} | {step.run.__name__.rstrip('_')} "
                f"| {step.next} | {step.repeat} |"
            )


def _arrows(row: Row) -> dict[State, list[str]]:
    arrows: dict[State, list[str]] = {}
    for request, step in row.items():
        modes = arrows.setdefault(step.next, [])
        if request.mode not in modes:
            modes.append(request.mode)
    return arrows


def _types(row: Row) -> dict[tuple[str, Step], list[str]]:
    types: dict[tuple[str, Step], list[str]] = {}
    for request, step in row.items():
        types.setdefault((request.mode, step), []).append(request.type)
    return types
