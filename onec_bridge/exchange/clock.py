"""What time it is, as the database says.

Several hosts answer one conversation, and their clocks differ; a lease that one host wrote
must not look lapsed to another. So whatever the exchange decides by time, it decides by the
one clock that all of them share. The documents' own dates are 1C's business.
"""

from __future__ import annotations

import datetime as dt

from django.db import connection

__all__ = ["ago", "now"]


def now() -> dt.datetime:
    """This moment, not the transaction's beginning."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        row = cursor.fetchone()
    assert row is not None
    moment: dt.datetime = row[0]
    return moment


def ago(seconds: float) -> dt.datetime:
    """That many seconds before this moment."""
    return now() - dt.timedelta(seconds=seconds)
