"""A whole trade between one kind of 1C and a site, and the verdict on it.

`SCENES` is the list: each is what a real base does or what befalls it, and yields what was found
out, by the codes of `points`. It leaves the site as it found it, as far as a 1C can: its own goods
are marked for deletion at the end, and orders are confirmed and told of only when asked for.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from onec_bridge.simulator import catalogue
from onec_bridge.simulator.answer import Answer
from onec_bridge.simulator.client import Client
from onec_bridge.simulator.dialects import DIALECTS, Dialect
from onec_bridge.simulator.orders import documents, orders_root, text_of
from onec_bridge.simulator.packing import Package, Upload
from onec_bridge.simulator.points import PROMISES, Point, of_rules
from onec_bridge.simulator.replies import News, reply
from onec_bridge.simulator.run import Options, Run
from onec_bridge.simulator.step import Step
from onec_bridge.simulator.wire import Accident, Mishap

SMALL_PART = 700


@dataclass(frozen=True, slots=True)
class Site:
    """Whom to trade with, as whom. `goods`: packages of an own folder in place of the simulator's
    catalogue. `confirms`: orders are confirmed and told of, which a site remembers."""

    url: str
    user: str
    password: str
    dialect: Dialect
    goods: tuple[Package, ...] = ()
    confirms: bool = False
    pause_scale: float = 1
    rounds: int = 200


@dataclass(slots=True)
class Trade:
    """A trade under way: `steps` are those that the site is judged by, `dialogue` is every one."""

    site: Site
    steps: list[Step] = field(default_factory=list)
    dialogue: list[Step] = field(default_factory=list)

    @property
    def dialect(self) -> Dialect:
        return self.site.dialect

    def client(self, *, password: str | None = None, **changes: Any) -> Client:
        """A base that signs in, with habits of `Options` changed."""
        options = Options(pause_scale=self.site.pause_scale, rounds=self.site.rounds)
        return Client(
            self.site.url,
            self.site.user,
            self.site.password if password is None else password,
            dialect=self.dialect,
            options=replace(options, **changes),
        )

    def goods(self, told: catalogue.Round | None = None) -> list[Package]:
        return list(self.site.goods) or catalogue.packages(self.dialect, told or catalogue.Round())

    def send(
        self,
        packages: list[Package] | None = None,
        *,
        full: bool = False,
        is_judged: bool = True,
        **changes: Any,
    ) -> Run:
        """One run of goods."""
        client = self.client(**changes)
        run = client.send_packages(packages or self.goods(), full=full)
        self.note(client, is_judged=is_judged)
        return run

    def note(self, client: Client, *, is_judged: bool = True) -> None:
        """Keep what a client said and heard; not judged: its faults were provoked."""
        self.dialogue += client.dialogue
        self.steps += client.dialogue if is_judged else ()


Scene = Callable[[Trade], Iterator[Point]]


def play(site: Site) -> tuple[list[Point], list[Step]]:
    """Trades, and gives the verdict by points with the whole dialogue."""
    trade = Trade(site)
    found = {point.code: point for scene in SCENES for point in scene(trade)}
    promised = [found.get(code, Point(code, "untried")) for code in PROMISES]
    return [*promised, *of_rules(trade.steps, site.dialect)], trade.dialogue


def _point(code: str, held: bool, step: Step | None = None, got: str = "") -> Point:
    said = got or (f"{step.mode}: {_said(step)}" if step else "")
    who = tuple(DIALECTS[name].title for name in PROMISES[code].who or DIALECTS)
    return Point(code, "held" if held else "broken", "" if held else said, who)


def _said(step: Step) -> str:
    answer = step.answer
    return " ".join(answer.body.decode("utf-8", "replace").split()) or answer.error or "—"


def _ran(code: str, run: Run) -> Point:
    """Held if the real client would report the run as done."""
    stopped = [step for step in run.steps if step.stops]
    return _point(code, run.succeeded, stopped[-1] if stopped else None)


# ------------------------------------------------------------------------------- scenes


def _strangers(trade: Trade) -> Iterator[Point]:
    client = trade.client(password=f"{trade.site.password}-неверный")
    step = client.step("checkauth", "catalog")
    trade.note(client, is_judged=False)
    yield _point("wrong_password", step.answer.status_word(trade.dialect) != "success", step)


def _catalogue(trade: Trade) -> Iterator[Point]:
    retries = trade.dialect.retries
    yield _ran("full_export", trade.send(full=True, retries=retries))
    yield _ran("repeat", trade.send(full=True, retries=retries))
    changed = trade.goods(catalogue.Round(prices_up=10, only_changes=True))
    yield _ran("changes", trade.send(changed, retries=retries))
    yield _ran("cookie_lost", trade.send(loses_cookie=True))
    yield _ran("stale_key", _with_an_old_key(trade))
    yield _ran("file_twice", trade.send(repeats_files=True, zipped=False))


def _with_an_old_key(trade: Trade) -> Run:
    client = trade.client(keeps_first_key=True)
    client.step("checkauth", "catalog")
    run = client.send_packages(trade.goods())
    trade.note(client)
    return run


def _accidents(trade: Trade) -> Iterator[Point]:
    happened: list[tuple[Accident, str]] = [("cut_body", "file")]
    if trade.dialect.imports_catalog:
        happened += [("answer_lost", "import"), ("gateway_timeout", "import")]
        yield _ran("sent_twice", trade.send(mishaps=(Mishap("sent_twice", "import"),)))
    for accident, mode in happened:
        yield _ran(accident, trade.send(mishaps=(Mishap(accident, mode),), retries=1))
    trade.send(zipped=False, part_size=SMALL_PART, breaks_after=4, is_judged=False)
    yield _ran("left_over", trade.send(zipped=False, part_size=SMALL_PART))


def _nonsense(trade: Trade) -> Iterator[Point]:
    if trade.dialect.imports_catalog:
        run = trade.send([catalogue.broken(trade.dialect)], is_judged=False, zipped=False)
        yield _point("broken_file", not run.succeeded, run.steps[-1])
        trade.send()  # and what came before is whole again
    client = trade.client()
    client.step("checkauth", "catalog")
    step = client.step("import", "catalog", filename="nowhere.xml")
    yield _point("unknown_file", _refused(step, trade.dialect), step)
    step = client.step("dance", "catalog")
    yield _point("unknown_mode", _refused(step, trade.dialect), step)
    trade.note(client, is_judged=False)


def _refused(step: Step, dialect: Dialect) -> bool:
    return step.answer.status_word(dialect) == "failure" and bool(step.answer.details(dialect))


def _orders(trade: Trade) -> Iterator[Point]:
    if not trade.dialect.takes_orders:
        return
    client = trade.client()
    client.step("checkauth", "sale")
    yield _ran("idle_success", client.confirm())
    if trade.dialect.asks_lists:
        step = client.fetch_lists().steps[-1]
        yield _point("lists", step.answer.body.startswith(b"<?xml"), step)
    first, second = client.fetch_orders(), client.fetch_orders()
    given = _numbers(first, trade.dialect)
    if first.succeeded and given:
        same = _numbers(second, trade.dialect)
        missing = ", ".join(number for number, *_ in given if number not in {n for n, *_ in same})
        yield _point("orders_repeat", set(given) <= set(same), got=f"query: {missing or same}")
    if given and trade.site.confirms:
        yield from _confirmed(client, second, trade.dialect)
    trade.note(client)


def _confirmed(client: Client, run: Run, dialect: Dialect) -> Iterator[Point]:
    given = _numbers(run, dialect)
    client.confirm()
    again = {number for number, *_ in _numbers(client.fetch_orders(), dialect)}
    left = ", ".join(number for number, *_ in given if number in again)
    yield _point("orders_confirmed", not left, got=f"query: {left}")
    here = datetime.now().astimezone().replace(microsecond=0, tzinfo=None)
    body = reply(_answers(run)[0].text(dialect).encode(), News(here), dialect=dialect)
    upload = Upload("orders-5f1b_1.xml", body)
    yield _ran("orders_back", client.send_packages([Package("sale", (upload,))]))


def _answers(run: Run) -> list[Answer]:
    return [step.answer for step in run.steps if step.mode == "query"]


def _numbers(run: Run, dialect: Dialect) -> list[tuple[str, str, str]]:
    """Номер, Дата and Время of each order that was given."""
    if not run.succeeded:
        return []
    roots = (orders_root(answer, dialect) for answer in _answers(run))
    return [
        (text_of(each, "Номер"), text_of(each, "Дата"), text_of(each, "Время"))
        for root in roots
        for each in documents(root)
    ]


def _farewell(trade: Trade) -> Iterator[Point]:
    if not trade.site.goods and trade.dialect.writes != "1":
        gone = catalogue.packages(trade.dialect, catalogue.Round(deleted=True, only_changes=True))
        yield _ran("deletion_marks", trade.send(gone))


SCENES: tuple[Scene, ...] = (_strangers, _catalogue, _accidents, _nonsense, _orders, _farewell)
