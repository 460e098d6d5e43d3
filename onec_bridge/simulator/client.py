"""The client: 1C's conversation with a site, step by step, in the manner of a dialect.

A scenario is a generator of steps, and is asked for the next one only while the last was good, so
the run ends exactly where a real client would end it, or begins anew with what failed. Every
scenario starts with checkauth, as 1C does for each stage; `confirm` alone goes on in the session of
the query it confirms.
"""

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import quote

import requests

from onec_bridge.simulator.answer import Answer
from onec_bridge.simulator.dialects import UT11, Dialect, ExchangeType
from onec_bridge.simulator.faults import Fault
from onec_bridge.simulator.judge import judge
from onec_bridge.simulator.orders import has_containers, orders_root
from onec_bridge.simulator.packing import (
    Package,
    Upload,
    archive,
    archived_names,
    packages,
    parts,
    portions,
)
from onec_bridge.simulator.run import Options, Run
from onec_bridge.simulator.step import Step
from onec_bridge.simulator.wire import Accident, Wire


@dataclass(slots=True)
class _Session:
    """What one checkauth opened: the cookie, line 4 and 5, and what init agreed."""

    cookie: str = ""
    key: str = ""
    timestamp: str = ""
    zips: bool = False
    file_limit: int = 0
    orders: list[bytes] = field(default_factory=list)


class Client:
    """1C as a client of `url`, the address a person types into the node's form.

    Nothing is raised for what the site answers: see each step's faults. `dialogue` keeps every step
    of every scenario since the client was made. `session` is the requests session to go through,
    for tests that answer without a socket.
    """

    def __init__(
        self,
        url: str,
        user: str,
        password: str,
        *,
        dialect: Dialect = UT11,
        options: Options | None = None,
        session: requests.Session | None = None,
    ) -> None:
        self.dialect = dialect
        self.options = options or Options()
        self.dialogue: list[Step] = []
        self._session = _Session()
        self._first_key = ""
        self._asked: Counter[str] = Counter()
        self._wire = Wire(url, user, password, dialect, session)

    # --- scenarios

    def send_catalog(self, folder: Path, *, full: bool = True) -> Run:
        """Sends the goods of an export folder: each package through its own cycle.

        Counterparties and orders that lie in the folder are left. After a `full` export a dialect
        that does so asks the site to switch off what was not touched (deactivate), and to finish.
        """
        found = [package for package in packages(folder) if package.kind == "catalog"]
        return self._run(self._catalog_steps(found, full=full))

    def send_packages(self, found: list[Package], *, full: bool = False) -> Run:
        """Sends packages of either type, in the order given."""
        return self._run(self._catalog_steps(found, full=full))

    def send_counterparties(self, file: Path) -> Run:
        """Sends a contragents file by type=sale: the 1C-Bitrix module does, others by add-ons."""
        return self.send_documents(file)

    def send_documents(self, file: Path) -> Run:
        """Sends orders, payments and shipments back (type=sale)."""
        return self._run(
            _until_stop(self._package_steps(Package("sale", (Upload(file.name, file),))))
        )

    def fetch_lists(self) -> Run:
        """Asks for statuses, pay systems and kinds of delivery: УНФ fills its form with them."""
        steps = (self.step(mode, "sale") for mode in ("checkauth", "info"))
        return self._run(_until_stop(steps))

    def fetch_orders(self) -> Run:
        """Asks for orders and stores nothing: the site must give them again until `confirm`."""
        return self._run(_until_stop(self._order_steps()))

    def confirm(self) -> Run:
        """Tells the site that the orders of the last `fetch_orders` are stored."""
        return self._run(iter((self.step("success", "sale"),)))

    # --- steps

    def step(
        self,
        mode: str,
        kind: ExchangeType,
        *,
        filename: str = "",
        body: bytes | None = None,
        extra: str = "",
    ) -> Step:
        """One request in the present session, judged and kept in `dialogue`.

        `extra` is appended to the query as it stands. The session learns from the answer, so a test
        can play a scenario of its own, in a wrong order too.
        """
        query = f"?type={kind}&mode={mode}"
        if filename:
            query += f"&filename={quote(filename, safe='/._-~()', encoding=self.dialect.encoding)}"
        if mode == "checkauth":
            self._session = _Session()
        elif key := self._key():
            query += f"&{key}"
        query += extra
        started = time.monotonic()
        method = "GET" if body is None else "POST"
        accident = self._accident(mode)
        answer = self._send(mode, query, body, accident)
        step = Step(
            number=len(self.dialogue) + 1,
            request=f"{method} {query}",
            mode=mode,
            kind=kind,
            sent=len(body or b""),
            answer=answer,
            first_line=answer.lines(self.dialect)[0].strip() if answer.body else "",
            faults=judge(mode, kind, answer, self.dialect),
            seconds=time.monotonic() - started,
            accident=accident,
        )
        self.dialogue.append(step)
        if not step.stops:
            self._learn(mode, answer)
        return step

    def _catalog_steps(self, found: list[Package], *, full: bool) -> Iterator[Step]:
        """Each package through its own cycle; those that fail again in later rounds."""
        if self.dialect.cycles_by_portion:
            found = [portion for package in found for portion in portions(package)]
        timestamp = ""
        for left in range(self.options.retries, -1, -1):
            failed = []
            for package in found:
                for step in _until_stop(self._package_steps(package)):
                    yield step
                if step.stops:
                    failed.append(package)
                    if not left or (step.mode == "checkauth" and step.answer.status):
                        return
                timestamp = timestamp or self._session.timestamp
            found = failed
        if full and self.dialect.finishes:
            yield from _until_stop(self._finish(timestamp))

    def _finish(self, timestamp: str) -> Iterator[Step]:
        if timestamp:
            yield from self._until_done("deactivate", "catalog", extra=f"&{timestamp}")
        yield from self._until_done("complete", "catalog")

    def _package_steps(self, package: Package) -> Iterator[Step]:
        yield self.step("checkauth", package.kind)
        yield self._init(package.kind)
        uploads, imports = self._packed(package)
        for upload in uploads:
            yield from self._post(upload, package.kind)
        is_sale = package.kind == "sale"
        if self.dialect.imports_orders if is_sale else self.dialect.imports_catalog:
            for name in imports:
                yield from self._until_done("import", package.kind, filename=name)

    def _order_steps(self) -> Iterator[Step]:
        yield self.step("checkauth", "sale")
        if self.dialect.inits_for_orders:
            yield self._init("sale")
        for left in range(self.options.rounds - 1, -1, -1):
            step = self.step("query", "sale")
            if step.stops or not self._wants_more(step):
                yield step
                return
            yield step if left else self._blame(step, "endless_orders")

    def _wants_more(self, step: Step) -> bool:
        """Whether the dialect queries again: its loop ends at an answer without a Контейнер."""
        return self.dialect.loops_query and has_containers(orders_root(step.answer, self.dialect))

    def _init(self, kind: ExchangeType) -> Step:
        version = self.dialect.version if kind == "sale" else None
        return self.step("init", kind, extra=f"&version={version}" if version else "")

    def _packed(self, package: Package) -> tuple[list[Upload], list[str]]:
        """Files to post and names to import, in the order of the options."""
        zipped = self.options.zipped
        if zipped is None:
            is_packed = any(one.name.endswith(".zip") for one in package.documents)
            zipped = self.dialect.zips and self._session.zips and not is_packed
        uploads = [*package.documents, *package.attachments]
        if zipped:
            with_attachments = self.dialect.zips_pictures
            loose = () if with_attachments else package.attachments
            uploads = [archive(package, with_attachments=with_attachments), *loose]
        imports = [name for document in package.documents for name in _imported_names(document)]
        if self.options.reversed_order:
            return uploads[::-1], imports[::-1]
        return uploads, imports

    def _post(self, upload: Upload, kind: ExchangeType) -> Iterator[Step]:
        size = (
            self._session.file_limit if self.options.part_size is None else self.options.part_size
        )
        for _ in range(2 if self.options.repeats_files else 1):
            for part in parts(upload.read(), size):
                for _ in range(2 if self.options.repeats_parts else 1):
                    yield self.step("file", kind, filename=upload.name, body=part)

    def _until_done(
        self, mode: str, kind: ExchangeType, *, filename: str = "", extra: str = ""
    ) -> Iterator[Step]:
        """Asks again while the answer is progress, at most `rounds` times."""
        for left in range(self.options.rounds - 1, -1, -1):
            time.sleep(self.dialect.pause * self.options.pause_scale)
            step = self.step(mode, kind, filename=filename, extra=extra)
            if step.stops or step.answer.status_word(self.dialect) != "progress":
                yield step
                return
            yield step if left else self._blame(step, "endless_progress")

    def _blame(self, step: Step, rule: str) -> Step:
        fault = Fault(rule, f"{self.options.rounds}")
        self.dialogue[-1] = replace(step, faults=(fault, *step.faults))
        return self.dialogue[-1]

    def _run(self, steps: Iterator[Step]) -> Run:
        made: list[Step] = []
        for step in steps:
            made.append(step)
            if len(made) == self.options.breaks_after:
                return Run(tuple(made), broken_off=True)
        given_up = made[-1].stops if made else False
        return Run(tuple(made), orders=tuple(self._session.orders), given_up=given_up)

    # --- the wire

    def _learn(self, mode: str, answer: Answer) -> None:
        lines = answer.lines(self.dialect)
        if mode == "checkauth":
            self._session.cookie = f"{lines[1]}={lines[2]}"
            self._session.key = lines[3].strip() if len(lines) > 3 else ""
            self._first_key = self._first_key or self._session.key
            self._session.timestamp = lines[4].strip() if len(lines) > 4 else ""
        elif mode == "init":
            self._session.zips = lines[0].strip().lower() == "zip=yes"
            limit = (lines[1] if len(lines) > 1 else "").strip().removeprefix("file_limit=")
            self._session.file_limit = int(limit) if limit.isdecimal() else 0
        elif mode == "query":
            self._session.orders.append(answer.body)

    def _key(self) -> str:
        """Line 4 of checkauth as it goes back behind `&`; empty where this 1C doesn't send it."""
        if self.options.keeps_first_key:
            return self._first_key
        return self._session.key if self.dialect.resends_session_key else ""

    def _send(self, mode: str, query: str, body: bytes | None, accident: Accident | None) -> Answer:
        sends_cookie = self.dialect.sends_cookie and not self.options.loses_cookie
        cookie = self._session.cookie if sends_cookie else ""
        answer = self._wire.send(query, body, cookie, accident)
        if not answer.status and body is None and self.dialect.repeats_get:
            return self._wire.send(query, body, cookie, self._accident(mode))
        return answer

    def _accident(self, mode: str) -> Accident | None:
        """What befalls this request, counted among those of its mode."""
        self._asked[mode] += 1
        told = (mode, self._asked[mode])
        found = (each for each in self.options.mishaps if (each.mode, each.nth) == told)
        return next((each.accident for each in found), None)


def _until_stop(steps: Iterator[Step]) -> Iterator[Step]:
    """The steps as far as a client goes: the first that stops it is the last."""
    for step in steps:
        yield step
        if step.stops:
            return


def _imported_names(document: Upload) -> list[str]:
    """What import is asked for: the base name, or the XML inside an archive that was sent whole."""
    if document.name.endswith(".zip"):
        return archived_names(document.read()) or ["import.xml"]
    return [document.name]
