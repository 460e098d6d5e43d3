"""`make test-clients CLIENTS=<folder>`: every foreign client found there, against a fresh sandbox.

Ends with 1 when one that could run didn't come through. Where the folder holds none of them it says
so and ends with 0: nothing was proved, and nothing failed.
"""

from __future__ import annotations

import argparse
import json
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .foreign import FOREIGN, CannotRunError, Exchange, Foreign, missing

START = 180  # seconds that the sandbox may take to come up


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.clients.run", description=__doc__)
    parser.add_argument("--clients", default="", help="folder that holds the checkouts")
    parser.add_argument("--output", type=Path, help="keep what each of them said in this folder")
    chosen = parser.parse_args(arguments)
    found = [(client, place) for client, place in look_for(chosen.clients)]
    if not found:
        print(
            f"No client is in {chosen.clients or 'no folder'}: nothing was run, nothing is proved."
        )
        print("Give a folder with checkouts: make test-clients CLIENTS=<folder>. Known ones:")
        print(*(f"  {client.project} ({client.mark})" for client in FOREIGN), sep="\n")
        return 0
    with sandbox() as exchange:
        results = [report(client, place, exchange, chosen.output) for client, place in found]
    print(f"{sum(results)} of {len(results)} came through.")
    return 0 if all(results) else 1


def look_for(folder: str) -> Iterator[tuple[Foreign, Path]]:
    """Clients in the folder, wherever in it; one project may lie there more than once."""
    if folder:
        for client in FOREIGN:
            for mark in sorted(Path(folder).resolve().rglob(Path(client.mark).name)):
                if mark.as_posix().endswith(f"/{client.mark}"):
                    yield client, mark.parents[len(Path(client.mark).parts) - 1]


def report(client: Foreign, place: Path, exchange: Exchange, output: Path | None) -> bool:
    """Run it in a copy, and say what came of it."""
    if lacking := missing(client):
        print(f"NOT RUN  {place.name}: this machine has no {', '.join(lacking)}")
        return False
    with tempfile.TemporaryDirectory() as copy:
        folder = Path(shutil.copytree(place, Path(copy) / place.name))
        try:
            said = client.run(folder, exchange)
            held = "failure" not in said and all(text in said for text in client.wants)
        except CannotRunError as error:
            said, held = f"needs {error}", False
        except subprocess.CalledProcessError as error:
            said, held = (error.output or b"").decode("utf-8", "replace"), False
        except subprocess.TimeoutExpired:
            said, held = "no end within its time", False
    print(f"{'PASSED' if held else 'FAILED':8} {client.project}: {client.run.__doc__}")
    if not held:
        print("         " + "\n         ".join(said.strip().splitlines()[-15:]))
    if output:
        output.mkdir(parents=True, exist_ok=True)
        (output / f"{place.name}.txt").write_text(said, "utf-8")
    return held


@contextmanager
def sandbox() -> Iterator[Exchange]:
    """A shop of its own on a free port, gone with its data afterwards."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with tempfile.TemporaryDirectory() as data:
        command = [sys.executable, "-m", "sandbox", "serve", "--port", str(port), "--data", data]
        with open(Path(data) / "serve.log", "wb") as log:
            server = subprocess.Popen(command, stdout=log, stderr=log)
        try:
            yield _signed_in(Path(data) / "demo.json", server)
        finally:
            server.terminate()
            server.wait(60)


def _signed_in(told: Path, server: subprocess.Popen[bytes]) -> Exchange:
    """As soon as the shop says where it is and answers there."""
    deadline = time.monotonic() + START
    while time.monotonic() < deadline and server.poll() is None:
        if told.exists():
            said = json.loads(told.read_text("utf-8"))["exchange"]
            port = int(said["url"].split(":")[2].split("/")[0])
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    return Exchange(said["url"], said["user"], said["password"])
        time.sleep(0.5)
    raise SystemExit("The sandbox didn't come up.")


if __name__ == "__main__":
    sys.exit(main())
