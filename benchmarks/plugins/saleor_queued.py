"""Saleor's own application, for so many requests at a time (BENCH_AT_ONCE); the others wait.

As in front of any Saleor something must: each request holds up to two sessions of the database, and
a server has a hundred of them by default.
"""

from __future__ import annotations

import asyncio
import os
from typing import Any

from saleor.asgi import application as saleor

__all__ = ["application"]

_turn = asyncio.Semaphore(int(os.environ["BENCH_AT_ONCE"]))


async def application(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] != "http":
        await saleor(scope, receive, send)
        return
    async with _turn:
        await saleor(scope, receive, send)
