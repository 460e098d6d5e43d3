"""Where Django finds the models; each lives with its package."""

from onec_bridge.exchange.models import Connection, FilePart, Lease, ReceivedFile, Session
from onec_bridge.journal.models import Entry, ProblemRecord

__all__ = [
    "Connection",
    "Entry",
    "FilePart",
    "Lease",
    "ProblemRecord",
    "ReceivedFile",
    "Session",
]
