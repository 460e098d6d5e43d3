"""`python -m onec_bridge`: the bridge at the command line, without Django or a database.

Each subcommand lives in the package whose work it does; this module only names them. To
add one: a function that adds its arguments, a function that runs it and returns the exit
status, and a row in `SUBCOMMANDS`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import NamedTuple

from onec_bridge.commerceml.command import add_check_arguments, run_check
from onec_bridge.doctor.command import add_doctor_arguments, run_doctor
from onec_bridge.simulator.commands import (
    add_pull_arguments,
    add_push_arguments,
    add_simulate_arguments,
    run_pull,
    run_push,
    run_simulate,
)


class Subcommand(NamedTuple):
    """One thing to do from the command line."""

    summary: str
    """One line for `--help`, Russian and English."""
    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace], int]
    """Does it, and returns the exit status."""


SUBCOMMANDS: dict[str, Subcommand] = {
    "check": Subcommand(
        "что в файле CommerceML и что в нём не так / what a CommerceML file holds",
        add_check_arguments,
        run_check,
    ),
    "push": Subcommand(
        "послать файлы сайту, как это делает 1С / send files to a site as a real 1C does",
        add_push_arguments,
        run_push,
    ),
    "pull": Subcommand(
        "забрать заказы, как это делает 1С / fetch orders from a site as a real 1C does",
        add_pull_arguments,
        run_pull,
    ),
    "simulate": Subcommand(
        "провести с сайтом весь обмен и дать заключение / a whole trade with a site, and a verdict",
        add_simulate_arguments,
        run_simulate,
    ),
    "doctor": Subcommand(
        "что настроено неверно на стороне 1С / what is set wrong on 1C's side",
        add_doctor_arguments,
        run_doctor,
    ),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Parse the command line, run the subcommand, return its exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m onec_bridge", description="Мост к 1С / the bridge to 1C:Enterprise."
    )
    choices = parser.add_subparsers(dest="subcommand", required=True, metavar="COMMAND")
    for name, subcommand in SUBCOMMANDS.items():
        subparser = choices.add_parser(
            name,
            help=subcommand.summary,
            description=subcommand.summary,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        subcommand.add_arguments(subparser)
    parsed = parser.parse_args(arguments)
    return SUBCOMMANDS[parsed.subcommand].run(parsed)


if __name__ == "__main__":
    sys.exit(main())
