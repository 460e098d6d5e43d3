"""``python -m tests.fuzz.protocol SAMPLES CORPUS FOUND SECONDS``: any requests at the exchange.

Atheris makes conversations: types, modes, words and bodies, mostly known ones, some of its own,
with or without signing in, on the sandbox with its own PostgreSQL. Whatever they are, the site
answers in the protocol's words, nothing on its side fails, and no answer is an HTML page.
"""

from __future__ import annotations

import base64
import io
import logging
import os
import random
import shutil
import sys
import tempfile
import zipfile
from pathlib import Path
from urllib.parse import quote

import atheris

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "sandbox.settings")

MODES = (
    "checkauth",
    "init",
    "file",
    "import",
    "query",
    "success",
    "info",
    "deactivate",
    "complete",
)
TYPES = ("catalog", "sale", "reference", "")
NAMES = ("import0_1.xml", "offers0_1.xml", "orders.xml", "v8.zip", "import_files/01/a.jpg", "../a")
WORDS = ("success", "failure", "progress", "zip=", "<?xml", "sessid=", "finished")
_MOST_STEPS = 8
_LONGEST = 8_000


class Failed(logging.Handler):
    """Keeps what the site logs when it fails, to be raised where the request was made."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it."""
        self.records.append(record)

    def check(self) -> None:
        """Raise what was kept."""
        records, self.records = self.records, []
        for record in records:
            if record.exc_info and record.exc_info[1]:
                raise record.exc_info[1]
            raise AssertionError(record.getMessage())


class Site:
    """The sandbox, prepared once; every conversation is undone after it."""

    def __init__(self, bodies: list[bytes]) -> None:
        from django.test import Client

        from tests.soak.shop import LOGIN, PASSWORD

        self.bodies = bodies
        self.client = Client(raise_request_exception=True)
        self.right = "Basic " + base64.b64encode(f"{LOGIN}:{PASSWORD}".encode()).decode()
        self.failed = Failed()
        bridge = logging.getLogger("onec_bridge")
        bridge.addHandler(self.failed)
        bridge.setLevel(logging.ERROR)
        bridge.propagate = False

    def one(self, data: bytes) -> None:
        """One conversation."""
        from django.conf import settings
        from django.core.cache import cache
        from django.db import transaction

        chance = atheris.FuzzedDataProvider(data)
        cache.clear()
        with transaction.atomic():
            try:
                self._converse(chance)
            finally:
                transaction.set_rollback(True)
        shutil.rmtree(settings.MEDIA_ROOT, ignore_errors=True)

    def _converse(self, chance: atheris.FuzzedDataProvider) -> None:
        cookie = ""
        if chance.ConsumeIntInRange(0, 9):
            first = self._ask("type=catalog&mode=checkauth", None, self.right, "")
            _, name, value, *_ = first.decode().split("\n")
            cookie = f"{name}={value}"
        for _ in range(chance.ConsumeIntInRange(1, _MOST_STEPS)):
            whose = self.right if chance.ConsumeIntInRange(0, 9) else _unicode(chance, 40)
            mode = _one_of(chance, MODES)
            body = self._body(chance) if mode == "file" or chance.ConsumeBool() else None
            answer = self._ask(_query(chance, mode), body, whose, cookie)
            assert answer.startswith(tuple(map(str.encode, WORDS))), answer[:200]

    def _ask(self, query: str, body: bytes | None, whose: str, cookie: str) -> bytes:
        headers = {"Authorization": whose.encode("utf-8", "replace").decode("latin-1")}
        headers |= {"Cookie": cookie, "User-Agent": "1C+Enterprise/8.3"}
        address = f"/onec/exchange/?{query}"
        if body is None:
            response = self.client.get(address, headers=headers)
        else:
            kind = "application/octet-stream"
            response = self.client.post(address, body, content_type=kind, headers=headers)
        self.failed.check()
        assert response.status_code in {200, 401}, (response.status_code, response.content[:200])
        return response.content.removeprefix(b"\xef\xbb\xbf")

    def _body(self, chance: atheris.FuzzedDataProvider) -> bytes:
        """A sample, damaged or not, plain or in a zip; or any bytes."""
        body = chance.PickValueInList(self.bodies)
        match chance.ConsumeIntInRange(0, 5):
            case 0:
                return chance.ConsumeBytes(chance.ConsumeIntInRange(0, 400))
            case 1:
                at = chance.ConsumeIntInRange(0, len(body))
                body = body[:at] + chance.ConsumeBytes(20) + body[at + 5 :]
            case 2:
                body = _zipped(body, _unicode(chance, 20))
                at = chance.ConsumeIntInRange(0, len(body))
                body = body[:at] + chance.ConsumeBytes(4) + body[at + 4 :]
            case 3:
                body = _zipped(body, _one_of(chance, NAMES))
        return body


def _query(chance: atheris.FuzzedDataProvider, mode: str) -> str:
    words = {"type": _one_of(chance, TYPES), "mode": mode}
    if chance.ConsumeIntInRange(0, 5):
        words["filename"] = _one_of(chance, NAMES)
    if not chance.ConsumeIntInRange(0, 3):
        words[_one_of(chance, ("version", "sessid", "orders", "from", "filename", "encoding"))] = (
            _unicode(chance, 30)
        )
    query = "&".join(
        f"{quote(name, errors='replace')}={quote(value, errors='replace')}"
        for name, value in words.items()
    )
    raw = chance.ConsumeBytes(10) if not chance.ConsumeIntInRange(0, 7) else b""
    return query + raw.decode("latin-1").replace("\0", "").replace("\n", "").replace("\r", "")


def _one_of(chance: atheris.FuzzedDataProvider, known: tuple[str, ...]) -> str:
    """Mostly one that is known."""
    return (
        chance.PickValueInList(list(known))
        if chance.ConsumeIntInRange(0, 9)
        else _unicode(chance, 20)
    )


def _unicode(chance: atheris.FuzzedDataProvider, most: int) -> str:
    return chance.ConsumeUnicodeNoSurrogates(chance.ConsumeIntInRange(0, most))


def _zipped(body: bytes, name: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        entry = zipfile.ZipInfo("import.xml")
        entry.filename = name or entry.filename  # also one with a NUL, which its own class cuts
        archive.writestr(entry, body)
    return packed.getvalue()


def begin(corpus: Path) -> None:
    """Conversations to begin with, beside what is there."""
    chance = random.Random(5)
    for number in range(100):
        (corpus / f"start-{number}").write_bytes(chance.randbytes(chance.randint(60, 1_500)))


def main(samples: str, corpus: str, found: str, seconds: str) -> None:
    """Fuzz for so long; what fails is written into the folder `found`, and the exit is not 0."""
    bodies = [b"", b"<?xml version='1.0'?>\n<\xff"]
    bodies += [path.read_bytes() for path in sorted(Path(samples).rglob("*.xml"))]
    with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
        os.environ["SANDBOX_DATA"] = folder
        with atheris.instrument_imports(include=["onec_bridge.exchange", "onec_bridge.commerceml"]):
            import django

            django.setup()
            import onec_bridge.urls  # noqa: F401 - views and all they need, watched too
        from django.conf import settings

        from sandbox import prepare
        from tests.soak.shop import prepare as prepare_exchange

        settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
        settings.ALLOWED_HOSTS = ["*"]
        settings.ONEC_HOLD = 0
        prepare.fresh()
        prepare_exchange()
        begin(Path(corpus))
        site = Site([body for body in bodies if len(body) < _LONGEST])
        options = ("-max_len=2000", "-len_control=0", "-timeout=60", "-print_final_stats=1")
        bounds = (f"-max_total_time={seconds}", f"-artifact_prefix={found}/")
        atheris.Setup([sys.argv[0], corpus, *options, *bounds], site.one)
        atheris.Fuzz()


if __name__ == "__main__":
    main(*sys.argv[1:])
