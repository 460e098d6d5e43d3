"""What is set wrong on 1C's side: checks from clues to findings, one function each.

`CHECKS` is the list. A finding is a value: its code, how bad it is, what was seen, and the topic
under which `settings` says what to change. Rule: a check speaks only of what the clues show. Where
1C hasn't called yet, nothing is said of how it asks; a file of prices without goods isn't blamed
for having none.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from onec_bridge.commerceml.messages import Language
from onec_bridge.commerceml.records import Severity
from onec_bridge.doctor.clues import Asked, Clues, FileSeen
from onec_bridge.doctor.families import guesses
from onec_bridge.doctor.settings import setting
from onec_bridge.doctor.words import FINDINGS

__all__ = ["CHECKS", "Finding", "findings"]

#: A clock may differ by this much, time zones included.
SKEW = dt.timedelta(hours=14)
#: A file formed longer ago than this is an old one sent again.
STALE = dt.timedelta(days=2)
#: Part of the goods that has to lack something before it is called a setting.
MOST = 0.5


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is set wrong."""

    code: str
    severity: Severity
    params: Mapping[str, str] = field(default_factory=dict)
    params_en: Mapping[str, str] = field(default_factory=dict)
    """Those that differ in English."""

    def text(self, lang: Language = "ru") -> str:
        """What was seen."""
        words = FINDINGS[self.code]
        if lang == "en":
            return words.en.format(**{**self.params, **self.params_en})
        return words.ru.format(**self.params)

    def mend(self, family: str) -> str:
        """What to change in that configuration."""
        return setting(FINDINGS[self.code].topic, family)


def _finding(code: str, severity: Severity = Severity.WARNING, **params: object) -> Finding:
    return Finding(code, severity, {name: str(value) for name, value in params.items()})


# --- what the files hold ----------------------------------------------------------------


def check_offers(clues: Clues) -> Iterator[Finding]:
    """Goods that can't be sold: no offers, no prices."""
    products, offers = clues.total("products"), clues.total("offers")
    prices = sum(sum(seen.contents.prices_by_type.values()) for seen in clues.files)
    if products and not offers and not prices:
        yield _finding("no_offers", Severity.ERROR, products=products)
    if offers and not prices:
        yield _finding("no_prices", Severity.ERROR, offers=offers)
    if zero := clues.without("zero"):
        yield _finding("prices_zero", count=zero)


def check_price_types(clues: Clues) -> Iterator[Finding]:
    """Price types that are described and have no price at all."""
    named: dict[str, str] = {}
    used: Counter[str] = Counter()
    for seen in clues.files:
        named |= seen.contents.price_types
        used += seen.contents.prices_by_type
    if used:
        for ident, name in named.items():
            if not used[ident]:
                yield _finding("price_type_empty", name=name)


def check_stock(clues: Clues) -> Iterator[Finding]:
    """Offers none of which says how much there is."""
    offers = clues.total("offers")
    if offers and clues.without("stock") == offers:
        yield _finding("no_stock", offers=offers)


def check_goods(clues: Clues) -> Iterator[Finding]:
    """What most goods lack, and where it may lie instead."""
    total = clues.total("products")
    bare = clues.without("article")
    elsewhere: Counter[str] = sum((seen.elsewhere for seen in clues.files), Counter())
    names = [name for name, _count in elsewhere.most_common(3)]
    prices = [name for name in names if name.lower().startswith("цена")]
    if total and bare > total * MOST:
        hint = ", ".join(name for name in names if name not in prices)
        ru = f"; может быть, он в «{hint}»" if hint else ""
        en = f"; it may be in «{hint}»" if hint else ""
        params = {"count": str(bare), "total": str(total)}
        yield Finding("no_articles", Severity.WARNING, {**params, "hint": ru}, {"hint": en})
    if prices:
        yield _finding("prices_elsewhere", names=", ".join(prices))
    ungrouped = clues.without("group")
    if total and ungrouped > total * MOST:
        yield _finding("no_groups", count=ungrouped, total=total)


def check_counterparties(clues: Clues) -> Iterator[Finding]:
    """Who can be matched by name only."""
    for code, kind in (("without_inn", "counterparties"), ("orders_without_inn", "documents")):
        files = [seen for seen in clues.files if seen.contents.counts[kind]]
        total = sum(seen.without["parties"] for seen in files)
        bare = sum(seen.without["inn"] for seen in files)
        if total and bare > total * (MOST if kind == "documents" else 0.2):
            yield _finding(code, count=bare, total=total)


def check_readable(clues: Clues) -> Iterator[Finding]:
    """Files that end early or aren't in the encoding they name."""
    problems = [*clues.unreadable, *(p for seen in clues.files for p in seen.contents.problems)]
    for problem in problems:
        if problem.code in ("encoding_mismatch", "unknown_encoding"):
            params = {"text": problem.text("ru")}
            yield Finding("encoding", Severity.ERROR, params, {"text": problem.text("en")})
        elif problem.severity is Severity.FATAL:
            params = {"text": problem.line("ru")}
            yield Finding("unreadable", Severity.ERROR, params, {"text": problem.line("en")})


def check_times(clues: Clues) -> Iterator[Finding]:
    """Files formed long before they came, or after."""
    for seen in clues.files:
        header, got = seen.contents.header, seen.received_at
        made = header.generated_at if header else None
        if made is None or got is None:
            continue
        if made.tzinfo is None:
            made = made.replace(tzinfo=got.tzinfo)
        code = "stale" if got - made > STALE else "from_the_future" if made - got > SKEW else ""
        if code:
            shown = "%d.%m.%Y %H:%M"
            yield _finding(code, name=seen.name, made=f"{made:{shown}}", got=f"{got:{shown}}")
            return


def check_full(clues: Clues) -> Iterator[Finding]:
    """Portions each of which calls itself the whole."""
    latest = [seen for seen in clues.latest if seen.contents.counts["products"]]
    full = [seen for seen in latest if seen.only_changes == {False}]
    if len(full) > 1:
        yield _finding("full_in_portions", count=len(full))
    by_visit: dict[dt.datetime | None, list[FileSeen]] = {}
    for seen in clues.files:
        if seen.contents.counts["products"]:
            by_visit.setdefault(seen.visit, []).append(seen)
    whole = [all(each.only_changes == {False} for each in files) for files in by_visit.values()]
    if len(whole) >= 3 and all(whole):
        yield _finding("always_full", count=len(whole))


# --- how it asks ------------------------------------------------------------------------


def check_orders(clues: Clues) -> Iterator[Finding]:
    """Orders that nobody fetches, confirms or sends back."""
    goods = [visit for visit in clues.visits if visit.asks("file", "catalog")]
    fetched = [visit for visit in clues.visits if visit.asks("query", "sale")]
    if goods and not fetched:
        severity = Severity.ERROR if clues.waits_for_orders else Severity.WARNING
        yield _finding("orders_not_fetched", severity, count=len(goods))
    confirmed = [visit for visit in fetched if visit.asks("success", "sale")]
    if clues.waits_for_orders and fetched and fetched[-1] not in confirmed:
        yield _finding("orders_not_confirmed")
    if len(confirmed) > 2 and not any(visit.asks("file", "sale") for visit in clues.visits):
        yield _finding("orders_not_back")


def check_orders_encoding(clues: Clues) -> Iterator[Finding]:
    """Old platforms read orders in windows-1251 only (protocol, section 1)."""
    written = clues.orders_encoding.lower()
    if written and "1251" not in written and guesses(clues)[0].family.key in ("ut103", "seven"):
        yield _finding("orders_encoding", encoding=clues.orders_encoding)


def check_import(clues: Clues) -> Iterator[Finding]:
    """Files that 1C never asks to import, or whose import is refused time and again."""
    silent = [v for v in clues.visits if v.asks("file", "catalog") and not v.asks("import")]
    if silent:
        yield _finding("import_not_called", count=len(silent))
    refused: Counter[str] = Counter()
    texts: dict[str, str] = {}
    for asked in _asked(clues):
        if asked.mode == "import" and asked.word == "failure":
            refused[asked.filename] += 1
            texts[asked.filename] = asked.text
    for name, count in refused.most_common(3):
        yield _finding("import_failed", Severity.ERROR, name=name, count=count, text=texts[name])


def check_session(clues: Clues) -> Iterator[Finding]:
    """How it signs in and keeps its session."""
    known = [visit for visit in clues.visits if visit.names_session is not None]
    lost = [each for each in _asked(clues) if each.word == "failure" and "checkauth" in each.text]
    if lost and known and not any(visit.names_session for visit in known):
        yield _finding("no_sessid", count=len(lost))
    refused = [each for each in _asked(clues) if each.status == 401]
    if refused:
        yield _finding("refused_sign_in", Severity.ERROR, count=len(refused), text=refused[-1].text)


def check_overlap(clues: Clues) -> Iterator[Finding]:
    """Two runs at once."""
    words = ("уже идёт обмен", "under way")
    busy = [
        each
        for each in _asked(clues)
        if each.word == "failure" and any(word in each.text.lower() for word in words)
    ]
    if busy:
        yield _finding("overlap", count=len(busy))


def _asked(clues: Clues) -> Iterator[Asked]:
    for visit in clues.visits:
        yield from visit.asked


CHECKS: tuple[Callable[[Clues], Iterator[Finding]], ...] = (
    check_session,
    check_readable,
    check_import,
    check_offers,
    check_price_types,
    check_stock,
    check_orders,
    check_orders_encoding,
    check_counterparties,
    check_goods,
    check_full,
    check_times,
    check_overlap,
)


def findings(clues: Clues) -> list[Finding]:
    """All of them, what stops the exchange first."""
    found = [finding for check in CHECKS for finding in check(clues)]
    return sorted(found, key=lambda each: each.severity is Severity.WARNING)
