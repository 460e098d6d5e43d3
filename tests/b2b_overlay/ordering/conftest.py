from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import pytest
from django.db import connection

T = TypeVar("T")


@pytest.fixture
def elsewhere():
    """Do something in another thread, with a connection of its own."""
    pool = ThreadPoolExecutor(4)

    def done(action: Callable[..., T], *args: Any) -> Any:
        def alone() -> T:
            try:
                return action(*args)
            finally:
                connection.close()

        return pool.submit(alone)

    yield done
    pool.shutdown()
