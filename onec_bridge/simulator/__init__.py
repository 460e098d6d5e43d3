"""Plays 1C's side of «Обмен с сайтом» over HTTP, and judges each answer as the real client would.

For whoever must know whether a site will be understood by a 1C that isn't at hand: this project's
tests and demo, and anybody with `python -m onec_bridge push` and `pull`. It is a client of a URL
and knows nothing of `exchange` and `sync`: sharing their code, the two would agree on a mistake.

Rules it keeps: what a real client does is data (`Dialect`), what it makes of an answer is a
function from the answer to `Fault` values, each dialogue is a list of `Step` values; nothing is
raised for a wrong answer, and no loop of progress or query runs for ever.
"""

from onec_bridge.simulator.answer import Answer
from onec_bridge.simulator.client import Client
from onec_bridge.simulator.dialects import (
    BITRIX,
    BITRIX31,
    DIALECTS,
    MOYSKLAD,
    OLD,
    ROZNICA,
    UNF,
    UT11,
    V77,
    Dialect,
)
from onec_bridge.simulator.faults import Fault
from onec_bridge.simulator.packing import Package, Upload, packages
from onec_bridge.simulator.replies import News, number_in_1c, reply
from onec_bridge.simulator.run import Options, Run
from onec_bridge.simulator.step import Step, table
from onec_bridge.simulator.wire import Mishap

__all__ = [
    "BITRIX",
    "BITRIX31",
    "DIALECTS",
    "MOYSKLAD",
    "OLD",
    "ROZNICA",
    "UNF",
    "UT11",
    "V77",
    "Answer",
    "Client",
    "Dialect",
    "Fault",
    "Mishap",
    "News",
    "Options",
    "Package",
    "Run",
    "Step",
    "Upload",
    "number_in_1c",
    "packages",
    "reply",
    "table",
]
