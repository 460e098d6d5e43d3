"""Where a shop is and who may sign in: what any client needs, as ``demo.json`` says it.

The story runs on nothing else, so the same story runs on a real Saleor: whoever prepared it
writes such a file.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

__all__ = ["Account", "Exchange", "Facts"]


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who can sign in. ``company`` is whom he buys for, empty for the shop's own."""

    email: str
    password: str
    company: str = ""


@dataclass(frozen=True, slots=True)
class Exchange:
    """What a 1C programmer types into the node's form."""

    url: str
    user: str
    password: str


@dataclass(frozen=True, slots=True)
class Facts:
    """``url`` is where the pages are, without a slash at the end; ``channel`` the slug of the
    one to buy in."""

    url: str
    graphql: str
    exchange: Exchange
    buyers: tuple[Account, ...]
    manager: Account
    admin: Account
    channel: str = "ru"

    def save(self, file: Path) -> None:
        """Write the file whole or not at all: whoever waits for it never reads a half."""
        draft = file.with_suffix(".part")
        draft.write_text(
            json.dumps(asdict(self), ensure_ascii=False, indent=2) + "\n", encoding="utf-8"
        )
        draft.replace(file)

    @classmethod
    def load(cls, file: Path) -> Facts:
        """Raises ``OSError``, ``ValueError`` or ``KeyError`` for what is no such file."""
        told = json.loads(file.read_text(encoding="utf-8"))
        return cls(
            url=told["url"],
            graphql=told["graphql"],
            exchange=Exchange(**told["exchange"]),
            buyers=tuple(Account(**each) for each in told["buyers"]),
            manager=Account(**told["manager"]),
            admin=Account(**told["admin"]),
            channel=told.get("channel", "ru"),
        )
