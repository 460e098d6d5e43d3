"""A shop that does everything right, except for the one thing it is told to do wrong."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from xml.etree import ElementTree

from scripted_site import GOOD, XML, Asked, Said, Site, order_xml, orders_xml, serving

USER, PASSWORD = "1c", "пароль"
LISTS = Said('<?xml version="1.0" encoding="UTF-8"?><Справочник/>'.encode(), XML)


@dataclass
class Shop(Site):
    """`wrong` is the code of the promise that it breaks; `says` still scripts single modes."""

    wrong: str = ""
    session: int = 0
    #: The sessions that agreed on a version last, and that were given orders last.
    agreed: int = 0
    given: int = 0
    files: dict[tuple[int, str], bytes] = field(default_factory=dict)
    imported: list[tuple[int, str]] = field(default_factory=list)
    is_locked: bool = False
    confirmed: bool = False

    def answer(self, asked: Asked) -> Said:
        self.asked.append(asked)
        mode = asked.query.get("mode", "")
        if mode in self.script:
            return self._scripted(mode)
        if not self._signed_in(asked):
            return Said(b"failure\nwrong password", status=401)
        if self.wrong == "cookie_lost" and mode != "checkauth" and "Cookie" not in asked.headers:
            return Said(b"failure\nno cookie")
        key = asked.query.get("sessid")
        if self.wrong == "stale_key" and mode != "checkauth" and key not in (None, self._key):
            return Said(b"failure\nthe source can't be verified")
        return self._modes.get(mode, self._unknown)(asked)

    @property
    def _key(self) -> str:
        return f"{self.session:04}"

    @property
    def _modes(self) -> dict[str, Callable[[Asked], Said]]:
        return {
            "checkauth": self._checkauth,
            "init": self._init,
            "file": self._file,
            "import": self._import,
            "query": self._query,
            "success": self._success,
            "info": lambda _: Said(b"failure\nno lists") if self.wrong == "lists" else LISTS,
            "deactivate": lambda _: GOOD["deactivate"],
            "complete": lambda _: GOOD["complete"],
        }

    def _scripted(self, mode: str) -> Said:
        answers = self.script[mode]
        return answers.pop(0) if len(answers) > 1 else answers[0]

    def _signed_in(self, asked: Asked) -> bool:
        sent = asked.headers.get("Authorization", "").removeprefix("Basic ")
        known = (base64.b64encode(f"{USER}:{PASSWORD}".encode(e)) for e in ("utf-8", "cp1251"))
        return self.wrong == "wrong_password" or sent in {each.decode() for each in known}

    def _checkauth(self, _: Asked) -> Said:
        if self.is_locked:
            return Said("failure\nидёт обмен".encode())
        self.session += 1
        body = f"success\nsession\n{self._key}\nsessid={self._key}\ntimestamp=1775462400"
        return Said(body.encode())

    def _init(self, asked: Asked) -> Said:
        self.agreed = self.session if "version" in asked.query else self.agreed
        version = f"\nsessid={self._key}\nversion=2.09" if "version" in asked.query else ""
        return Said(f"zip=no\nfile_limit=1000000{version}".encode())

    def _place(self, asked: Asked) -> tuple[int, str]:
        mixes = self.wrong in ("left_over", "cut_body")
        return (0 if mixes else self.session, asked.query["filename"])

    def _file(self, asked: Asked) -> Said:
        marked = "<ПометкаУдаления>true".encode() in asked.body
        if self.wrong == "deletion_marks" and marked:
            return Said(b"failure\nnothing is deleted here")
        if self.wrong == "orders_back" and asked.query["type"] == "sale":
            return Said(b"failure\nno orders are taken")
        place, whole = self._place(asked), int(asked.headers.get("Content-Length", 0))
        if len(asked.body) < whole and self.wrong != "cut_body":
            return Said(b"failure\nbroken off")
        before = self.files.get(place, b"")
        anew = _whole(before) and asked.body.lstrip(b"\xef\xbb\xbf").startswith(b"<")
        appends = self.wrong in ("file_twice", "left_over", "cut_body")
        keeps = appends and not (self.wrong != "file_twice" and _whole(before))
        self.files[place] = asked.body if anew and not keeps else before + asked.body
        return GOOD["file"]

    def _import(self, asked: Asked) -> Said:
        name, place = asked.query["filename"], self._place(asked)
        if self.wrong in ("broken_file", "unknown_file"):
            return GOOD["import"]
        if place not in self.files:
            return Said(f"failure\nno file {name}".encode())
        body, runs = self.files[place], [each for _, each in self.imported].count(name)
        twice = (self.session, name) in self.imported
        self.imported.append((self.session, name))
        if self.wrong in ("answer_lost", "gateway_timeout"):
            self.is_locked = not name.startswith("offers")
        fails = {
            "full_export": True,
            "repeat": runs > 0,
            "changes": b'="true"' in body,
            "sent_twice": twice,
        }.get(self.wrong, False)
        if fails or not _whole(body):
            return Said(f"failure\n{name} can't be read".encode())
        return GOOD["import"]

    def _query(self, _: Asked) -> Said:
        nothing = self.confirmed or (self.given and self.wrong == "orders_repeat")
        document = "" if nothing or self.given == self.session else order_xml()
        self.given = self.session
        if document and self.agreed == self.session:
            document = f"<Контейнер>{document}</Контейнер>"
        return Said(orders_xml(document), XML)

    def _success(self, _: Asked) -> Said:
        if self.wrong == "idle_success" and not self.given:
            return Said(b"failure\nnothing was given")
        self.confirmed = bool(self.given) and self.wrong != "orders_confirmed"
        return GOOD["success"]

    def _unknown(self, _: Asked) -> Said:
        page = self.wrong == "unknown_mode"
        return Said(b"<html>404</html>" if page else b"failure\nunknown mode")


def _whole(body: bytes) -> bool:
    try:
        ElementTree.fromstring(body)
    except ElementTree.ParseError:
        return False
    return True


@contextmanager
def trading(wrong: str = "") -> Iterator[Shop]:
    """The shop on a free port while the block runs."""
    with serving(Shop(wrong=wrong)) as shop:
        assert isinstance(shop, Shop)
        yield shop
