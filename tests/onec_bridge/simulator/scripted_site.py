"""A site that answers by script, and remembers what it was asked."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from urllib.parse import parse_qs, urlsplit

TEXT = "text/plain; charset=utf-8"
XML = "application/xml; charset=utf-8"


def orders_xml(*documents: str) -> bytes:
    """An answer to query holding the given elements."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?><КоммерческаяИнформация ВерсияСхемы="2.05">'
        + "".join(documents)
        + "</КоммерческаяИнформация>"
    ).encode()


def order_xml(**changes: str) -> str:
    """A Документ that every client takes; `changes` replaces the text of elements by name."""
    values = {
        "Номер": "B2B-17",
        "Дата": "2026-04-06",
        "Время": "09:30:00",
        "ХозОперация": "Заказ товара",
        "Валюта": "RUB",
        "Покупатель": "Ромашка ООО",
        "Ид": "740062f2-791f-5c35-8458-d512efd516be",
        "Количество": "3",
        "Итого": "3212.10",
    } | changes
    return (
        "<Документ><Ид>1</Ид><Номер>{Номер}</Номер><Дата>{Дата}</Дата><Время>{Время}</Время>"
        "<ХозОперация>{ХозОперация}</ХозОперация><Валюта>{Валюта}</Валюта><Сумма>{Итого}</Сумма>"
        "<Контрагенты><Контрагент><Наименование>{Покупатель}</Наименование></Контрагент>"
        "</Контрагенты><Товары><Товар><Ид>{Ид}</Ид><Наименование>Шланг</Наименование>"
        "<Количество>{Количество}</Количество><Сумма>3212.10</Сумма></Товар></Товары></Документ>"
    ).format(**values)


@dataclass(frozen=True)
class Asked:
    """One request the site was asked."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def query(self) -> dict[str, str]:
        return {name: values[0] for name, values in parse_qs(urlsplit(self.target).query).items()}


@dataclass(frozen=True)
class Said:
    """One scripted answer."""

    body: bytes
    content_type: str = TEXT
    status: int = 200
    location: str = ""


GOOD: dict[str, Said] = {
    "checkauth": Said(b"success\nsession\n8f2a\nsessid=5d1c\ntimestamp=1775462400"),
    "init": Said(b"zip=no\nfile_limit=1000000"),
    "file": Said(b"success"),
    "import": Said(b"success"),
    "query": Said(orders_xml(), XML),
    "info": Said('<?xml version="1.0" encoding="UTF-8"?><Справочник/>'.encode(), XML),
    "success": Said(b"success"),
    "deactivate": Said(b"success"),
    "complete": Said(b"success"),
}


@dataclass
class Site:
    """A site under script: `says` gives a mode's answers in turn, the last one for ever after."""

    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    script: dict[str, list[Said]] = field(default_factory=dict)

    def says(self, mode: str, *answers: Said | bytes) -> None:
        self.script[mode] = [one if isinstance(one, Said) else Said(one) for one in answers]

    def answer(self, asked: Asked) -> Said:
        self.asked.append(asked)
        mode = asked.query.get("mode", "")
        if mode == "init" and "version" in asked.query and mode not in self.script:
            return Said(b"zip=no\nfile_limit=1000000\nsessid=5d1c\nversion=2.09")
        answers = self.script.get(mode, [GOOD[mode]] if mode in GOOD else [Said(b"failure\n?")])
        return answers.pop(0) if len(answers) > 1 else answers[0]

    @property
    def modes(self) -> list[str]:
        return [asked.query.get("mode", "") for asked in self.asked]

    def bodies(self, name: str) -> list[bytes]:
        return [asked.body for asked in self.asked if asked.query.get("filename") == name]


@contextmanager
def serving(site: Site | None = None) -> Iterator[Site]:
    """The site, on a free port of this machine while the block runs."""
    site = site or Site()

    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            said = site.answer(Asked(self.command, self.path, dict(self.headers), body))
            self.send_response(said.status)
            if said.content_type:
                self.send_header("Content-Type", said.content_type)
            if said.location:
                self.send_header("Location", said.location)
            self.send_header("Content-Length", str(len(said.body)))
            self.end_headers()
            self.wfile.write(said.body)

        do_GET = do_POST = _serve  # noqa: N815  # the names http.server looks for

        def log_message(self, *_: object) -> None:
            """Quiet."""

    class Server(ThreadingHTTPServer):
        def handle_error(self, *_: object) -> None:
            """A client that breaks off is what some tests are about."""

    server = Server(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    site.url = f"http://127.0.0.1:{server.server_address[1]}/1c/exchange"
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
