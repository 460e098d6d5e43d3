"""What is done within it is taken back, whatever it was."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

__all__ = ["taken_back"]


@contextmanager
def taken_back() -> Iterator[None]:
    """A savepoint that is rolled back. For actions that insist on no open transaction it is
    none, as a test's own transaction is (``django.db.transaction.Atomic``, Django 5.2)."""
    savepoint = transaction.atomic()
    savepoint._from_testcase = True
    with savepoint:
        yield
        transaction.set_rollback(True)
