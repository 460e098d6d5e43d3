"""What a record of 1C means for companies, prices, the catalogue and orders.

May import the overlay's packages up to ``ordering`` and the port, and ``commerceml``; nobody
below knows it. ``exchange`` calls :func:`apply_file` for what 1C sends, and
:func:`orders_to_give` and :func:`confirm_given` for what it asks.
"""

from . import messages as _messages  # its codes get registered
from .absence import bring_back, on_sale, take_off
from .fold import apply_file, use_decisions
from .models import LONGEST_ID
from .orders_out import confirm_given, orders_to_give
from .outcome import Progress

assert _messages.SYNC_MESSAGES

__all__ = [
    "LONGEST_ID",
    "Progress",
    "apply_file",
    "bring_back",
    "confirm_given",
    "on_sale",
    "orders_to_give",
    "take_off",
    "use_decisions",
]
