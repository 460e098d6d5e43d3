"""What is known of a 1C: the files it made, and, where it has called, what it asked for.

Plain values, filled by whoever has them: by the command line from files, by the site from its
journal. A `Visit` is one session of 1C with the site; without visits nothing is said of how it
asks, only of what it sends.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from onec_bridge.commerceml import records as r
from onec_bridge.commerceml.archive import Opened, open_files
from onec_bridge.commerceml.checker import Contents, inspect
from onec_bridge.commerceml.records import Problem

__all__ = ["Asked", "Clues", "FileSeen", "Visit", "of_paths", "see"]


@dataclass(frozen=True, slots=True)
class Asked:
    """One request of 1C and the first word it was answered."""

    type: str
    mode: str
    filename: str = ""
    word: str = ""
    text: str = ""
    status: int = 200


@dataclass(frozen=True, slots=True)
class Visit:
    """One session, from checkauth to the last request."""

    at: dt.datetime
    asked: tuple[Asked, ...]
    user_agent: str = ""
    version: str = ""
    words: tuple[str, ...] = ()
    """Other words of its requests that tell something: `cmlversion=2.10`."""
    names_session: bool | None = None
    """Did its requests carry ``sessid``? `None`: not known."""

    def asks(self, mode: str, type_: str = "") -> bool:
        """Is there such a request?"""
        return any(each.mode == mode and type_ in ("", each.type) for each in self.asked)


@dataclass(slots=True)
class FileSeen:
    """One file, read to its end."""

    contents: Contents
    received_at: dt.datetime | None = None
    """When the site got it; `None`: it comes from a disk."""
    visit: dt.datetime | None = None
    """`Visit.at` of the session it came in."""
    catalogues: list[str] = field(default_factory=list)
    only_changes: set[bool | None] = field(default_factory=set)
    """What catalogues and offer packages say of themselves."""
    requisites: Counter[str] = field(default_factory=Counter)
    """Names met in goods and documents."""
    without: Counter[str] = field(default_factory=Counter)
    """Goods that lack something: article, group, and so on."""
    elsewhere: Counter[str] = field(default_factory=Counter)
    """Requisites of goods without an article whose name speaks of one, or of a price."""

    has_changes_package: bool = False
    """ИзмененияПакетаПредложений."""
    is_commerceml1: bool = False
    """Are goods attributes rather than elements?"""

    @property
    def name(self) -> str:
        """The file's own name."""
        return self.contents.name.replace("\\", "/").rpartition("/")[2]

    def notice(self, record: Any) -> None:
        """Look at a record, besides counting it."""
        if isinstance(record, r.CatalogHeader | r.OfferPackageHeader | r.ClassifierHeader):
            self._notice_header(record)
        for row in getattr(record, "requisites", ()):
            self.requisites[row.name.strip()] += 1
        if isinstance(record, r.Product):
            self._notice_product(record)
        elif isinstance(record, r.Offer):
            self.without["prices"] += not record.prices
            self.without["stock"] += record.quantity is None and not record.stock
            self.without["zero"] += bool(record.prices) and not any(p.amount for p in record.prices)
        elif isinstance(record, r.Counterparty):
            self._notice_party(record)
        elif isinstance(record, r.Document):
            for party in record.counterparties:
                if party.kind is not r.CounterpartyKind.PERSON:
                    self._notice_party(party)

    def _notice_header(
        self, record: r.CatalogHeader | r.OfferPackageHeader | r.ClassifierHeader
    ) -> None:
        if record.name:
            self.catalogues.append(record.name)
        is_changes = isinstance(record, r.OfferPackageHeader) and record.is_changes_package
        self.has_changes_package |= is_changes
        if not (is_changes or isinstance(record, r.ClassifierHeader)):
            self.only_changes.add(record.only_changes)

    def _notice_product(self, record: r.Product) -> None:
        if record.source.path.endswith("Каталог/Товар"):
            self.is_commerceml1 = True
        self.without["group"] += not record.group_ids
        if not record.article:
            self.without["article"] += 1
            named = ("артикул", "код")
            names = [row.name for row in record.requisites if row.name.lower().startswith(named)]
            self.elsewhere.update(names or (["Код"] if record.code else []))
        self.elsewhere.update(
            row.name for row in record.requisites if row.name.lower().startswith("цена")
        )

    def _notice_party(self, party: r.Counterparty) -> None:
        self.without["parties"] += 1
        self.without["inn"] += not party.inn


@dataclass(slots=True)
class Clues:
    """All that is known of one 1C."""

    files: list[FileSeen] = field(default_factory=list)
    visits: list[Visit] = field(default_factory=list)
    """Oldest first. Empty: nothing is known of how it asks."""
    unreadable: list[Problem] = field(default_factory=list)
    """Archives and files that couldn't be opened."""
    waits_for_orders: bool = False
    """Does the site have orders for it?"""
    orders_encoding: str = ""
    """What the site writes orders in; empty: not known."""

    @property
    def latest(self) -> list[FileSeen]:
        """Those of the last visit that brought files; all of them, where there are no visits."""
        times = [seen.visit for seen in self.files if seen.visit]
        return [seen for seen in self.files if not times or seen.visit == max(times)]

    def total(self, name: str) -> int:
        """A count of `Contents` over all files."""
        return sum(seen.contents.counts[name] for seen in self.files)

    def without(self, name: str) -> int:
        """A count of `FileSeen.without` over all files."""
        return sum(seen.without[name] for seen in self.files)


def see(
    opened: Opened, *, received_at: dt.datetime | None = None, visit: dt.datetime | None = None
) -> FileSeen:
    """Read one file to its end."""
    noticed = FileSeen(Contents(opened.name, opened.size), received_at, visit)
    noticed.contents = inspect(opened, also=noticed.notice)
    return noticed


def of_paths(paths: Iterable[Path]) -> Clues:
    """What files and folders tell, in the order of their names."""
    clues = Clues()
    for path in _files(paths):
        for opened in open_files(path):
            if isinstance(opened, Problem):
                clues.unreadable.append(opened)
            else:
                clues.files.append(see(opened))
    return clues


def _files(paths: Iterable[Path]) -> Iterator[Path]:
    for path in paths:
        if path.is_dir():
            inside = sorted(path.rglob("*"))
            yield from (each for each in inside if each.suffix.lower() in (".xml", ".zip"))
        else:
            yield path
