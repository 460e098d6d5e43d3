"""Typed records out of 1C's files, beside parsers that make nothing and other projects' readers.

100,000 products with three price types (``BENCH_PRODUCTS`` sets another number): two uniform
files, and two mixed ones (`_commerceml_files`). The yardstick is lxml's iterparse that
discards each record; expat without handlers is shown too. Each reader runs in a process of its
own, turn by turn, three times; the least CPU seconds count, since what others do on the machine
only adds. `NOLDOR=<checkout of noldor/CommerceMLParser>` adds the fastest streaming reader of
another project that was found; it needs PHP with XMLReader.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from benchmarks._commerceml_files import PRICE_TYPES, mixed, uniform
from benchmarks.report import Row, table

ROOT = Path(__file__).resolve().parent.parent
COUNT = int(os.environ.get("BENCH_PRODUCTS", "100000"))
FOLDER = ROOT / ".state" / "bench" / "exchange"
ROUNDS = 3
LARGE = 1_000_000


@dataclass(frozen=True, slots=True)
class Measured:
    """What a reader took for files."""

    seconds: float
    found: int
    peak: float
    """MiB of memory at most."""


def run() -> list[Row]:
    """All figures, as rows with their goals."""
    kinds = {"uniform": uniform(FOLDER, COUNT), "mixed": mixed(FOLDER, COUNT)}
    rows, plain = [], {}
    for kind, paths in kinds.items():
        size = sum(path.stat().st_size for path in paths) / 1e6
        print(f"{COUNT:,} products × {len(PRICE_TYPES)} price types, {kind}, {size:.0f} MB\n")
        measured = _in_turns(["expat", "lxml", "ours"], paths)
        assert measured["ours"].found >= measured["lxml"].found > 0
        plain[kind] = measured
        if kind == "uniform":
            measured |= _others(paths)
        print(_table(measured), "\n", flush=True)
        rows.append(_beside_lxml(kind, measured))
        rows.append(Row(f"exchange: peak memory, {kind}", _whole(measured["ours"].peak), 32, "MiB"))
    rows += _rivals(plain["uniform"])
    return [*rows, _flat()]


def _beside_lxml(kind: str, measured: dict[str, Measured]) -> Row:
    ratio = round(measured["ours"].seconds / measured["lxml"].seconds, 2)
    goal = 1.0 if kind == "uniform" else 1.25
    name = f"exchange: typed records with lines, {kind}"
    return Row(name, ratio, goal, "× lxml iterparse that discards")


def _rivals(measured: dict[str, Measured]) -> list[Row]:
    ours = measured["ours"].seconds
    return [
        Row(f"exchange: {name}, uniform", round(it.seconds / ours, 2), 3, "× ours", at_least=True)
        for name, it in measured.items()
        if name not in {"expat", "lxml", "ours"}
    ]


def _flat() -> Row:
    """The memory of a file ten times as long as the usual one, beside the usual one's."""
    usual = _measure("streamed", [str(LARGE // 10)])
    large = _measure("streamed", [str(LARGE)])
    print(f"{LARGE:,} offers: {large.seconds:.1f} s, {large.peak:.1f} MiB at most\n")
    return Row(
        f"exchange: peak memory of {LARGE:,} products",
        round(large.peak / usual.peak, 2),
        1.05,
        f"× that of {LARGE // 10:,}",
    )


def _in_turns(names: list[str], paths: list[Path]) -> dict[str, Measured]:
    taken: dict[str, list[Measured]] = {name: [] for name in names}
    for _ in range(ROUNDS):
        for name, runs in taken.items():
            runs.append(_measure(name, list(map(str, paths))))
    return {name: min(runs, key=lambda it: it.seconds) for name, runs in taken.items()}


def _others(paths: list[Path]) -> dict[str, Measured]:
    """Readers of other projects: one run each, they are slow."""
    arguments = list(map(str, paths))
    found = {"django-cml": _measure("django-cml", arguments)}
    noldor, php = os.environ.get("NOLDOR"), shutil.which("php")
    if noldor and php:
        script = str(Path(__file__).with_name("_noldor.php"))
        found["noldor (PHP, XMLReader)"] = _called([php, script, noldor, *arguments])
    else:
        print("noldor isn't measured: it needs NOLDOR=<checkout> and PHP with XMLReader.\n")
    return found


def _measure(name: str, arguments: list[str]) -> Measured:
    return _called([sys.executable, "-m", "benchmarks._exchange_readers", name, *arguments])


def _called(command: list[str]) -> Measured:
    answer = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    return Measured(**json.loads(answer.stdout.splitlines()[-1]))


def _table(measured: dict[str, Measured]) -> str:
    yardstick = measured["lxml"].seconds
    lines = [
        (name, f"{it.seconds:.2f}", f"{it.seconds / yardstick:.2f}", f"{it.peak:.1f}")
        for name, it in measured.items()
    ]
    return table(("reader", "CPU s", "× lxml", "peak MiB"), lines)


def _whole(peak: float) -> float:
    return round(peak, 1)
