"""One of the two runs: a Python, a database, and the file its outcomes are written to."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from ..databases import Databases, Missing
from .comparing import Result, results

INSIDE = Path(__file__).resolve().parent / "inside"
#: After Saleor's own options: one process, and nothing written into the checkout.
OPTIONS = (
    "--ds=b2b_suite_settings",
    "--reuse-db",
    "-n0",
    "-q",
    "-pno:cacheprovider",
    "-pb2b_suite_quick",
    "-pb2b_suite_record",
    "-oasyncio_default_fixture_loop_scope=function",
)


class Side:
    """``name`` is «without» or «with»; ``folder`` keeps its record and its log."""

    def __init__(
        self, name: str, python: Path, saleor: Path, folder: Path, *, overlay: bool = False
    ) -> None:
        self.name, self.python, self.saleor, self.overlay = name, python, saleor, overlay
        self.record = folder / "results.jsonl"
        self.log = folder / "pytest.log"
        self._complete = folder / "complete.jsonl"
        #: As a DATABASE_URL; Django puts ``test_`` before its name.
        self.database = ""

    def results(self) -> dict[str, Result]:
        return results(self.record)

    def run(self, tests: Sequence[str], *, again: bool = False) -> bool:
        """Run those of ``tests`` that aren't known yet; all of them ``again``. False: none was."""
        mark = " ".join(tests)
        if not again and mark in self._known():
            return False
        results(self.record)
        with tempfile.TemporaryDirectory(prefix="b2b-suite-") as scratch:
            listed = Path(scratch) / "tests"
            listed.write_text("\n".join(tests))
            status = self._pytest(f"@{listed}", scratch=Path(scratch), again=again)
            ended = (Path(scratch) / "ended").exists()
        if not ended:
            raise Missing(
                f"pytest broke off ({status}) {self.name} the overlay, see {self.log}:\n"
                + self.log.read_text(errors="replace")[-3000:]
            )
        if not again:
            with self._complete.open("a") as complete:
                complete.write(mark + "\n")
        return True

    def _known(self) -> list[str]:
        return self._complete.read_text().splitlines() if self._complete.exists() else []

    def _pytest(self, what: str, *, scratch: Path, again: bool) -> int:
        active = ["-pb2b_suite_active"] if self.overlay else []
        command = [self.python, "-m", "pytest", *OPTIONS, *active]
        command += [f"--django-db-bench={scratch / 'queries'}", what]
        with self.log.open("a") as log:
            done = subprocess.run(
                command,
                cwd=self.saleor,
                env=self.env(scratch) | ({"B2B_SUITE_AGAIN": "1"} if again else {}),
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        return done.returncode

    def env(self, scratch: Path) -> dict[str, str]:
        media = scratch / "media"
        media.mkdir(exist_ok=True)
        return {
            **os.environ,
            "DATABASE_URL": self.database,
            "DJANGO_SETTINGS_MODULE": "b2b_suite_settings",
            "PYTHONPATH": os.pathsep.join([str(INSIDE), str(self.saleor)]),
            "B2B_SUITE_RECORD": str(self.record),
            "B2B_SUITE_ENDED": str(scratch / "ended"),
            "B2B_SUITE_MEDIA": str(media),
        }


def migrate(side: Side, url: str) -> None:
    """What isn't applied yet, of everything that is installed on this side."""
    with tempfile.TemporaryDirectory(prefix="b2b-suite-") as scratch:
        done = subprocess.run(
            [side.python, "manage.py", "migrate", "--run-syncdb"],
            cwd=side.saleor,
            env=side.env(Path(scratch)) | {"DATABASE_URL": url},
            capture_output=True,
            text=True,
        )
    if done.returncode:
        raise Missing(f"migrate failed:\n{done.stdout[-2000:]}{done.stderr[-3000:]}")


def templated(databases: Databases, plain: Side, name: str) -> str:
    """The migrated, empty database of this Saleor; made if need be."""
    if not databases.exists(name):
        print(f"Making {name}: Saleor's migrations, minutes, once for this Saleor.", flush=True)
        with databases.clone(f"{name}_making", "template1") as url:
            migrate(plain, url)
            databases.create(name, f"{name}_making")
    return name
