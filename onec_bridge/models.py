"""Where Django finds the models; each lives with its package."""

from onec_bridge.exchange.models import Connection, FilePart, Lease, ReceivedFile, Session
from onec_bridge.journal.models import Entry, ProblemRecord
from onec_bridge.sync.models import (
    CounterpartySheet,
    KeptPicture,
    Link,
    Match,
    MatchReport,
    OrderExport,
    Parked,
)

__all__ = [
    "Connection",
    "CounterpartySheet",
    "Entry",
    "FilePart",
    "KeptPicture",
    "Lease",
    "Link",
    "Match",
    "MatchReport",
    "OrderExport",
    "Parked",
    "ProblemRecord",
    "ReceivedFile",
    "Session",
]
