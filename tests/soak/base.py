"""A 1C base that carries its exchange through, however often the site dies under it.

As 1C does: a package that wasn't confirmed to its end is sent again from ``checkauth``, in
another way perhaps; orders are stored by their number, before ``success`` is said; what was
confirmed isn't sent again. It knows nothing of the server's code.
"""

from __future__ import annotations

import base64
import io
import random
import re
import time
import zipfile
from collections import Counter
from collections.abc import Mapping

import requests

__all__ = ["Base", "Interrupted"]

NUMBER = re.compile(r"<Документ>.*?<Номер>(.*?)</Номер>.*?</Документ>", re.DOTALL)
SECONDS = 30


class Interrupted(Exception):
    """The run broke off; `args[0]` says at what."""


class Base:
    """`packages` are what it has to send: lists of (type, name, body), each with its own cycle."""

    def __init__(
        self,
        url: str,
        login: str,
        password: str,
        packages: list[list[tuple[str, str, bytes]]],
        chance: random.Random,
    ) -> None:
        key = base64.b64encode(f"{login}:{password}".encode()).decode()
        self._headers = {"Authorization": f"Basic {key}", "User-Agent": "1C+Enterprise/8.3"}
        self._url, self._packages, self._chance = url, packages, chance
        self.sent = 0
        """Packages that were confirmed to their end."""
        self.has_orders = False
        self.stored: dict[str, str] = {}
        """Orders by number."""
        self.interruptions: Counter[str] = Counter()
        self.repeated = 0
        """Orders that came though they were stored already."""
        self.slowest = (0.0, "")
        self.not_in_words: list[str] = []

    def carry_through(self, patience: float = 120) -> None:
        """Until everything is confirmed; raises `TimeoutError`."""
        until = time.monotonic() + patience
        while not self.go_on():
            if time.monotonic() > until:
                raise TimeoutError(f"not done: {self.interruptions}")

    def go_on(self) -> bool:
        """One run of 1C, to its end or to the first interruption. True: nothing is left."""
        try:
            while self.sent < len(self._packages):
                self._send(self._packages[self.sent])
                self.sent += 1
            if not self.has_orders:
                self._fetch_orders()
                self.has_orders = True
        except Interrupted as interrupted:
            self.interruptions[interrupted.args[0]] += 1
            time.sleep(0.05)
            return False
        return True

    def _send(self, package: list[tuple[str, str, bytes]]) -> None:
        type_ = package[0][0]
        cookie = self._sign_in(type_)
        self._expect(type_, "init", cookie, "zip=")
        if type_ == "catalog" and self._chance.random() < 0.4:
            self._post(type_, "v8_1A_1.zip", _packed(package), cookie)
        else:
            for _type, name, body in package:
                self._post(type_, name, body, cookie)
        for _type, name, _body in package:
            while self._ask(type_, "import", cookie, filename=name).startswith("progress"):
                pass
        if type_ == "catalog":
            self._expect(type_, "complete", cookie, "success")

    def _fetch_orders(self) -> None:
        cookie = self._sign_in("sale")
        body = self._ask("sale", "query", cookie)
        if not body.startswith("<?xml"):
            raise Interrupted("query")
        for found in NUMBER.finditer(body):
            self.repeated += found[1] in self.stored
            self.stored[found[1]] = found[0]
        self._expect("sale", "success", cookie, "success")

    def _sign_in(self, type_: str) -> str:
        lines = self._expect(type_, "checkauth", "", "success").split("\n")
        return f"{lines[1]}={lines[2]}" if self._chance.random() < 0.8 else ""

    def _post(self, type_: str, name: str, body: bytes, cookie: str) -> None:
        size = self._chance.choice((3_000, 20_000, 10**9))
        for at in range(0, len(body), size):
            part = body[at : at + size]
            self._expect(type_, "file", cookie, "success", part, filename=name)

    def _expect(
        self,
        type_: str,
        mode: str,
        cookie: str,
        beginning: str,
        body: bytes | None = None,
        **words: str,
    ) -> str:
        answer = self._ask(type_, mode, cookie, body, **words)
        if not answer.startswith(beginning):
            raise Interrupted(mode)
        return answer

    def _ask(
        self, type_: str, mode: str, cookie: str, body: bytes | None = None, **words: str
    ) -> str:
        asked: Mapping[str, str] = {"type": type_, "mode": mode, **words}
        headers = self._headers | ({"Cookie": cookie} if cookie else {})
        began = time.monotonic()
        try:
            response = requests.request(
                "GET" if body is None else "POST",
                f"{self._url}/onec/exchange/",
                params=asked,
                data=body,
                headers=headers,
                timeout=SECONDS,
            )
        except requests.RequestException as error:
            raise Interrupted(mode) from error
        self.slowest = max(self.slowest, (time.monotonic() - began, mode))
        text = response.content.decode()
        if "<html" in text.lower() or response.status_code != 200:
            self.not_in_words.append(f"{mode}: {response.status_code} {text[:200]}")
        if text.startswith("failure"):
            raise Interrupted(mode)
        return text


def _packed(package: list[tuple[str, str, bytes]]) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        for _type, name, content in package:
            archive.writestr(name, content)
    return body.getvalue()
