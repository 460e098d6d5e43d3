"""The history of every change, written by the database itself.

Triggers (django-pghistory) write a row of an event table for each row of a tracked model that
is inserted, changed or deleted: by a page, a bulk statement, or somebody with ``psql``. Rules:

* who did it, by which way and where stands in the event's own row, and comes from
  :func:`recorded`, which every way in enters; a change outside of it has none, and is kept;
* event rows are never changed and never deleted: the database refuses. Erasing a person
  (152-ФЗ) blanks named columns through :func:`blank`, and through nothing else;
* an event holds keys, never names or e-mails of the shop's users, and no foreign key of it is
  a constraint: neither the shop nor the overlay has to ask the history before it deletes.

The lowest package beside ``shop`` and ``money``: it knows no model of ours. What the history
says of a company is :mod:`b2b_overlay.changes`.
"""

from .context import Recorder, Way, before_copy, noted, recorded
from .erasing import blank
from .tracking import TRACKED, Tracked, tracked

__all__ = [
    "TRACKED",
    "Recorder",
    "Tracked",
    "Way",
    "before_copy",
    "blank",
    "noted",
    "recorded",
    "tracked",
]
