"""``python -m tests.saleor.run --saleor <checkout>``: the overlay on a real Saleor.

``make test-saleor`` calls it. On a shop that Saleor's own ``populatedb`` has filled and a
channel «ru» that sells the story's retail goods:

1. plain Saleor answers a set of retail questions; the answers are kept byte by byte;
2. the overlay is installed from a built wheel (into a layer over Saleor's environment, which
   stays as it was), ``migrate``, ``check``, both plugins switched on in the Dashboard's way;
3. under uvicorn with two processes and DEBUG off the same questions get the same bytes;
4. the story runs over HTTP, through Saleor's own /graphql/ and the plugins' pages; then the
   tag for storefronts on a plain page in Chromium, where there is one;
5. the questions are asked once more, and answered as ever;
6. the overlay is removed as README says, and they are asked of plain Saleor again;
7. the promises of ``tests/contract`` and ``tests/saleor`` run inside Saleor.

Needs a Saleor 3.23 checkout with its ``.venv``, and PostgreSQL (``DATABASE_URL``; the user may
create databases). Makes and drops databases called ``b2b_run_…``.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sandbox import story
from sandbox.data.catalogue import PRICE_TYPES, RETAIL
from sandbox.facts import Account, Exchange, Facts
from sandbox.story.client import Api
from sandbox.story.queries import ME

from . import in_chromium, layer, replay
from .databases import Databases, Missing, populated
from .server import Server
from .what_is_there import what_is_there

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).resolve().parent
PASSWORD = "demo-2026"
ONEC_LOGIN = "1c"
RETAIL_TYPE = next(each.id for each in PRICE_TYPES if each.name == RETAIL)
CONNECT = (
    f"--login={ONEC_LOGIN}",
    f"--password={PASSWORD}",
    "--channel=ru",
    f"--retail-price-type={RETAIL_TYPE}",
)
BUYERS = (
    Account("anna@romashka.example", PASSWORD, "Садовый центр «Ромашка»"),
    Account("igor@dachastroy.example", PASSWORD, "ДачаСтрой"),
)
RETAIL_CUSTOMER = Account("retail@shop.example", PASSWORD)
MANAGER = Account("manager@shop.example", PASSWORD)
ADMIN = Account("admin@shop.example", PASSWORD)
#: What README says that stays: the settings of both plugins in Saleor's own table, and the voucher
#: of zero that orders were made with.
STAYS = frozenset({"plugin b2b", "plugin onec", "voucher B2B entire_order"})
#: As prepare.py takes them: e-mail, first name, last name, staff, superuser.
PEOPLE = (
    (BUYERS[0].email, "Анна", "Лютикова", False, False),
    (BUYERS[1].email, "Игорь", "Кузнецов", False, False),
    (RETAIL_CUSTOMER.email, "Пётр", "Сидоров", False, False),
    (MANAGER.email, "Марина", "Фролова", True, True),
    (ADMIN.email, "Олег", "Громов", True, True),
)
SWITCH_ON = """mutation($id: ID!) {
  pluginUpdate(id: $id, input: {active: true}) { plugin { id } errors { message } } }"""


class Run:
    """One run. Every step prints what it proved; ``promises`` counts them."""

    def __init__(self, saleor: Path, server: str, folder: Path, populated: str = "") -> None:
        self.saleor, self.folder, self.populated = saleor, folder, populated
        self.databases = Databases(server)
        self.theirs = saleor / ".venv/bin/python"
        self.promises = 0
        self.failures: list[str] = []
        self._started = time.monotonic()
        media = folder / "media"
        media.mkdir()
        self.env = {
            "SECRET_KEY": "b2b-run",
            "RSA_PRIVATE_KEY": _private_key(self.theirs),
            "ALLOWED_HOSTS": "127.0.0.1,localhost",
            "ALLOWED_CLIENT_HOSTS": "127.0.0.1,localhost",
            "DEBUG": "False",
            "DJANGO_SETTINGS_MODULE": "b2b_run_settings",
            "PYTHONPATH": os.pathsep.join([str(HERE / "settings"), str(saleor)]),
            "PYTHONWARNINGS": "ignore",
            "B2B_RUN_MEDIA": str(media),
            "B2B_RUN_PASSWORD": PASSWORD,
            "B2B_RUN_PEOPLE": json.dumps(PEOPLE),
        }

    def say(self, text: str) -> None:
        print(f"[{time.monotonic() - self._started:5.0f} s] {text}", flush=True)

    def kept(self, text: str, *, broken: list[str], promises: int = 1) -> None:
        """A promise: kept where nothing is ``broken``."""
        self.promises += promises
        self.failures += broken
        self.say(("    ok  " if not broken else "FAILED  ") + text)
        for line in broken:
            print("         ", line[:1500], flush=True)

    def inside(self, python: Path, *arguments: str, repo: bool = False) -> str:
        """Run a command inside Saleor; with ``repo`` it sees the repository too."""
        env = {**os.environ, **self.env}
        if repo:
            env["PYTHONPATH"] = os.pathsep.join([env["PYTHONPATH"], str(ROOT)])
        done = subprocess.run(
            [python, *arguments], cwd=self.saleor, env=env, capture_output=True, text=True
        )
        if done.returncode:
            raise Missing(
                f"{' '.join(arguments)} failed:\n{done.stdout[-3000:]}{done.stderr[-4000:]}"
            )
        return done.stdout + done.stderr

    @contextmanager
    def retail_shop(self, name: str) -> Iterator[str]:
        """A clone of the populated database, which sells the story's goods; its URL."""
        template = populated(self.databases, self.saleor, self.theirs, self.env, self.populated)
        with self.databases.clone(name, template) as url:
            self.env["DATABASE_URL"] = url
            self.say(f"Saleor at {self.saleor}, {name}: a clone of {template}")
            self.inside(self.theirs, str(HERE / "prepare.py"), repo=True)
            yield url

    def commands(self, python: Path, *commands: list[str]) -> str:
        """``manage.py`` commands, one after another."""
        return self.inside(python, str(HERE / "commands.py"), json.dumps(commands))

    # ------------------------------------------------------------------ the production run

    def production(self) -> None:
        with self.retail_shop("b2b_run_story") as database:
            there = what_is_there(database)
            before = self._plain()
            python = self.install()
            self.databases.create("b2b_run_contract", "b2b_run_story")
            with Server(python, self.saleor, self.env, self.folder / "saleor.log") as server:
                self._switch_on(server)
                self._same_answers(server, before, "with the overlay installed and active")
                self._story(server)
                self._storefront(server)
                self._same_answers(server, before, "after the story")
            self._no_tracebacks()
            self._remove(python, before, there)
        self._promises(python)

    def _plain(self) -> replay.Recorder:
        with Server(self.theirs, self.saleor, self.env, self.folder / "plain.log") as server:
            record = self._record(server)
        self.say(f"plain Saleor answered {len(record.kept)} retail questions")
        return record

    def _record(self, server: Server) -> replay.Recorder:
        return replay.record(
            f"{server.url}/graphql/",
            RETAIL_CUSTOMER.email,
            RETAIL_CUSTOMER.password,
            channels=replay.CHANNELS,
            admin=(ADMIN.email, ADMIN.password),
        )

    def install(self) -> Path:
        wheel = layer.build(ROOT, self.folder)
        python = layer.make(self.folder / "layer", self.saleor, wheel)
        self.say(f"installed {wheel.name} over Saleor's environment, moving none of its pins")
        said = self.commands(
            python,
            ["migrate", "--no-color"],
            ["check", "--no-color"],
            ["onec_connect", "УТ 11", *CONNECT],
        )
        applied = set(re.findall(r"Applying (b2b_overlay|onec_bridge|pghistory)\.", said))
        lacking = {"b2b_overlay", "onec_bridge", "pghistory"} - applied
        self.kept("migrate", broken=[said] if lacking else [])
        self.kept("check", broken=re.findall(r".*b2b_overlay\.[EW]\d+.*", said))
        return python

    def _switch_on(self, server: Server) -> None:
        admin = Api(f"{server.url}/graphql/", ADMIN)
        for plugin in ("b2b", "onec"):
            admin.mutate(SWITCH_ON, id=plugin)
        self.kept("both plugins switched on through pluginUpdate", broken=[])

    def _same_answers(self, server: Server, before: replay.Recorder, when: str) -> None:
        after = self._record(server)
        broken = replay.differences(before, after)
        count = len(after.kept)
        self.kept(f"{count} retail answers, byte for byte, {when}", broken=broken, promises=count)

    def _story(self, server: Server) -> None:
        facts = self._facts(server)
        held = story.play(facts, lambda text: print(text, flush=True))
        steps = sum(len(chapter) for chapter in story.CHAPTERS)
        self.kept(f"the story, {steps} steps", broken=[] if held else ["see above"], promises=steps)

    def _storefront(self, server: Server) -> None:
        """The tag on a plain page of another origin; loudly unchecked without a Chromium."""
        if not in_chromium.CAN:
            self.say("NO CHROMIUM: <b2b-legal-entity> went UNCHECKED")
            return
        broken = in_chromium.broken(self._facts(server), RETAIL_CUSTOMER, "К-1201")
        self.kept("<b2b-legal-entity> on a plain page in Chromium", broken=broken)

    def _facts(self, server: Server) -> Facts:
        return Facts(
            url=f"{server.url}/plugins/b2b",
            graphql=f"{server.url}/graphql/",
            exchange=Exchange(f"{server.url}/plugins/onec/exchange/", ONEC_LOGIN, PASSWORD),
            buyers=BUYERS,
            manager=MANAGER,
            admin=ADMIN,
            channel="ru",
        )

    def _no_tracebacks(self) -> None:
        log = (self.folder / "saleor.log").read_text(encoding="utf-8", errors="replace")
        at = log.find("Traceback (most recent call last)")
        self.kept(
            "no traceback in the server's log", broken=[log[at : at + 3000]] if at >= 0 else []
        )

    def _remove(self, python: Path, before: replay.Recorder, there: set[str]) -> None:
        """As README says: off, the tables gone, the package gone; the shop is what it was."""
        zero = [["migrate", app, "zero"] for app in ("onec_bridge", "b2b_overlay", "pghistory")]
        self.commands(python, ["b2b_off"], ["b2b_dashboard", "remove"], *zero)
        left = (what_is_there(self.env["DATABASE_URL"]) ^ there) - STAYS
        self.kept(
            f"none of {len(there)} tables, columns, triggers, functions, types, extensions, "
            "content types and permissions came or went",
            broken=sorted(left),
        )
        with Server(self.theirs, self.saleor, self.env, self.folder / "removed.log") as server:
            self._same_answers(server, before, "after the overlay was removed")
            me = Api(f"{server.url}/graphql/", BUYERS[0]).run(ME, channel="ru")["me"]
            orders = [edge["node"]["number"] for edge in me["orders"]["edges"]]
            broken = [] if len(orders) >= 3 else [f"the buyer's orders: {orders}"]
            self.kept(f"the buyer still has her {len(orders)} orders", broken=broken)

    # -------------------------------------------------------------------- inside Saleor

    def _promises(self, python: Path) -> None:
        """tests/contract and tests/saleor under Saleor's settings."""
        layer.add(python, "hypothesis>=6.100,<7", "sortedcontainers>=2.1,<3")
        env = {
            **os.environ,
            **self.env,
            "DATABASE_URL": self.databases.url("b2b_run_contract"),
            "DJANGO_SETTINGS_MODULE": "b2b_test_settings",
            "B2B_RUN_LAYER": "1",
        }
        try:
            done = subprocess.run(
                [
                    python,
                    "-m",
                    "pytest",
                    "tests/contract",
                    "tests/saleor",
                    "--ds=b2b_test_settings",
                    "-p",
                    "no:asyncio",
                    "-p",
                    "no:cacheprovider",
                    "-W",
                    "ignore",
                ],
                cwd=ROOT,
                env=env,
                capture_output=True,
                text=True,
            )
        finally:
            self.databases.drop("b2b_run_contract")
        print(done.stdout[-6000:] + done.stderr[-2000:], flush=True)
        passed = re.search(r"(\d+) passed", done.stdout)
        broken = [] if done.returncode == 0 else ["pytest failed, see above"]
        self.kept("promises inside Saleor", broken=broken, promises=int(passed[1]) if passed else 0)


def _private_key(python: Path) -> str:
    """A fresh RSA key: Saleor signs tokens with one where DEBUG is off."""
    make = (
        "from cryptography.hazmat.primitives.asymmetric import rsa\n"
        "from cryptography.hazmat.primitives.serialization import *\n"
        "key = rsa.generate_private_key(65537, 2048)\n"
        "print(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode())"
    )
    return subprocess.run([python, "-c", make], capture_output=True, text=True, check=True).stdout


def demand(saleor: Path) -> None:
    if not (saleor / "saleor/settings.py").exists():
        raise Missing(f"{saleor} is no Saleor checkout: there is no saleor/settings.py in it.")
    if not (saleor / ".venv/bin/python").exists():
        raise Missing(f"{saleor} has no .venv: make one with Saleor's dependencies (uv sync).")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.saleor.run", description=__doc__)
    parser.add_argument("--saleor", type=Path, default=Path.home() / "saleor")
    parser.add_argument(
        "--database",
        default=os.environ.get("DATABASE_URL", "postgres://saleor:saleor@localhost:5432/saleor"),
        help="PostgreSQL server, as a DATABASE_URL",
    )
    parser.add_argument(
        "--populated",
        default="",
        help="the populated database of this very Saleor, made where there is none; for a second "
        "Saleor beside the first (default: saleor_populated or b2b_populated)",
    )
    parser.add_argument("--keep", type=Path, help="keep logs and media in this folder")
    options = parser.parse_args()
    os.environ.pop("CACHE_URL", None)  # "" breaks Saleor's settings
    with tempfile.TemporaryDirectory(prefix="b2b-saleor-") as temporary:
        folder = options.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        try:
            demand(options.saleor)
            run = Run(options.saleor.resolve(), options.database, folder, options.populated)
            run.production()
        except Missing as missing:
            print(missing, file=sys.stderr)
            return 2
    broken = len(run.failures)
    print(f"\n{run.promises} promises checked on Saleor, {broken} broken.")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
