"""Where Django finds the models; each lives with its package."""

from onec_bridge.exchange.models import (
    AbsentGoods,
    Connection,
    FilePart,
    Lease,
    MetProduct,
    ReceivedFile,
    Session,
)
from onec_bridge.journal.models import Entry, ProblemRecord
from onec_bridge.journal.programmer.models import ProgrammerAccess
from onec_bridge.sync.models import (
    CounterpartySheet,
    KeptPicture,
    Link,
    MappingRule,
    Match,
    MatchReport,
    OrderExport,
    Parked,
    RetailExport,
)
from onec_bridge.sync.start.models import (
    GoodsLayout,
    GoodsPiece,
    GoodsSheet,
    HandedOrder,
    Meanwhile,
)

__all__ = [
    "AbsentGoods",
    "Connection",
    "CounterpartySheet",
    "Entry",
    "FilePart",
    "GoodsLayout",
    "GoodsPiece",
    "GoodsSheet",
    "HandedOrder",
    "KeptPicture",
    "Lease",
    "Link",
    "MappingRule",
    "Match",
    "MatchReport",
    "Meanwhile",
    "MetProduct",
    "OrderExport",
    "Parked",
    "ProblemRecord",
    "ProgrammerAccess",
    "ReceivedFile",
    "RetailExport",
    "Session",
]
