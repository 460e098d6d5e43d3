"""Worlds that stand while the tests that begin in them come one after another.

Most tests begin in the same small shop, and to build it took longer than what they try. So it is
built in a transaction that stays open: each test runs within, is rolled back to where it began,
and gets a copy of what was built. A test that wants another world, or none, or that commits,
makes it fall first. It stands for one module at the longest: what is rolled back stays in the
tables until then.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from copy import deepcopy
from typing import Any

import pytest
from django.db import transaction

__all__ = ["about_to_run", "standing_ready", "world"]

Build = Callable[[], Any]
#: By the name of the fixture that gives it.
_WORLDS: dict[str, Build] = {}
_COMMITTING = {"transactional_db", "live_server"}


class _Standing:
    """What stands, and what the next test wants: for which module, and how it is built."""

    def __init__(self) -> None:
        self.unblocked: Callable[[], AbstractContextManager[None]] | None = None
        self.wanted: tuple[object, Build | None] = (None, None)
        self._now = self.wanted
        self._open = ExitStack()
        self._built: Any = None

    def turn(self) -> None:
        """What is wanted stands, and nothing else; once there is a database."""
        if self.unblocked is None or self._now == self.wanted:
            return
        with self.unblocked(), ExitStack() as opening:
            self._now = (None, None)
            self._open.close()
            if (build := self.wanted[1]) is not None:
                outermost = transaction.atomic()
                # As django.test.TestCase says it: durable blocks may stand within.
                outermost._from_testcase = True
                opening.enter_context(outermost)
                opening.callback(transaction.set_rollback, True)
                self._built = build()
            self._now, self._open = self.wanted, opening.pop_all()

    def copy(self, build: Build) -> Any:
        return deepcopy(self._built) if self._now[1] is build else build()


_standing = _Standing()


def world(name: str, build: Build) -> Any:
    """A fixture that gives what ``build`` builds: a copy of what stands, or, where the test
    commits, built for it."""
    _WORLDS[name] = build

    @pytest.fixture(name=name)
    def given(standing_ready: None, db: None) -> Any:
        return _standing.copy(build)

    return given


@pytest.fixture(scope="session")
def standing_ready(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """There is a database. Set up before the first test begins its own transaction."""
    _standing.unblocked = django_db_blocker.unblock
    _standing.turn()
    yield
    _standing.wanted = (None, None)
    _standing.turn()


def about_to_run(item: pytest.Item) -> None:
    """Before anything of this test is set up."""
    marker = item.get_closest_marker("django_db")
    names = set(getattr(item, "fixturenames", ()))
    commits = bool(names & _COMMITTING or (marker and marker.kwargs.get("transaction")))
    wanted = () if commits else (build for name, build in _WORLDS.items() if name in names)
    _standing.wanted = (item.path, next(iter(wanted), None))
    _standing.turn()
