"""A shop on one side, a 1C that goes wrong on the other.

Every promise here is kept over HTTP: the simulator's requests go through Django's handler as they
would through a socket, and each answer is judged as the real client would.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from io import BytesIO
from xml.etree import ElementTree

import requests
from django.test import Client as Browser
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict

from onec_bridge.models import Connection, ProblemRecord
from onec_bridge.simulator import UT11, Client, Dialect, Options, Package, Run, Upload, table
from onec_bridge.simulator.packing import exchange_type
from onec_bridge.simulator.wire import CutOff

LOGIN, PASSWORD = "обмен", "пароль"
EXCHANGE = "http://shop.example/onec/exchange/"
PNG = (
    b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x00\x01\x00\x00\x00\x01\x08\x00\x00\x00\x00:~\x9bU"
    b"\x00\x00\x00\nIDATx\x9cc`\x00\x00\x00\x02\x00\x01H\xaf\xa4q\x00\x00\x00\x00IEND\xaeB`\x82"
)


class Inside(BaseAdapter):
    """Carries a request of `requests` to Django in this process; `drops` are headers that a proxy
    on the way takes off."""

    def __init__(self, *drops: str) -> None:
        super().__init__()
        self.drops = drops

    def send(self, request, **_) -> requests.Response:
        headers = {k: v for k, v in request.headers.items() if k not in self.drops}
        length = headers.pop("Content-Length", "")
        body = request.body or b""
        if isinstance(body, CutOff):
            body = body.body[: len(body) // 2]
        answered = Browser(raise_request_exception=False).generic(
            request.method,
            request.path_url,
            body,
            content_type="",
            headers=headers,
            **{"wsgi.input": BytesIO(body), "CONTENT_LENGTH": length},
        )
        response = requests.Response()
        response.status_code = answered.status_code
        response.headers = CaseInsensitiveDict(answered.headers)
        response.raw, response.request = BytesIO(answered.content), request
        return response

    def close(self) -> None:
        """Nothing is open."""


@dataclass
class Shop:
    """The shop as the 1C bases that exchange with it see it."""

    connection: Connection

    def base(
        self,
        dialect: Dialect = UT11,
        *,
        login: str = LOGIN,
        password: str = PASSWORD,
        drops: Iterable[str] = (),
        url: str = EXCHANGE,
        **options: object,
    ) -> Client:
        """A 1C of that kind, with the habits of `Options`."""
        session = requests.Session()
        session.mount("http://", Inside(*drops))
        chosen = Options(**({"pause_scale": 0} | options))
        return Client(url, login, password, dialect=dialect, options=chosen, session=session)

    def send(self, files: Mapping[str, str | bytes], dialect: Dialect = UT11, **options) -> Run:
        """Sends these files as one package of each type; they must be taken."""
        run = self.try_to_send(files, dialect, **options)
        assert run.succeeded, table(run.steps)
        return run

    def try_to_send(
        self, files: Mapping[str, str | bytes], dialect: Dialect = UT11, **options
    ) -> Run:
        return self.base(dialect, **options).send_packages(package_of(files))

    def orders(self, dialect: Dialect = UT11, *, confirm: bool = False) -> ElementTree.Element:
        """What a query gives, judged good; the last answer where there are several."""
        one = self.base(dialect)
        run = one.fetch_orders()
        assert not run.faults, table(run.steps)
        if confirm:
            assert one.confirm().succeeded
        return ElementTree.fromstring(run.orders[0])

    def codes(self) -> list[str]:
        """Of the problems in the journal, in the order they were found."""
        return list(ProblemRecord.objects.order_by("pk").values_list("code", flat=True))


def package_of(files: Mapping[str, str | bytes]) -> list[Package]:
    """By type of what the XML holds; pictures go with the first."""
    uploads = [Upload(name, _bytes(content)) for name, content in files.items()]
    documents = [one for one in uploads if one.name.endswith((".xml", ".zip"))]
    pictures = tuple(one for one in uploads if one not in documents)
    kinds = dict.fromkeys(exchange_type(one) for one in documents)
    found = []
    for kind in kinds:
        mine = tuple(one for one in documents if exchange_type(one) == kind)
        found.append(Package(kind, mine, () if found else pictures))
    return found


def _bytes(content: str | bytes) -> bytes:
    return content if isinstance(content, bytes) else content.encode()


# ----------------------------------------------------------------------- what 1C writes


def cml(*inside: str, schema: str = "2.07", more: str = "") -> str:
    """A file."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><КоммерческаяИнформация ВерсияСхемы="{schema}"'
        f"{more}>{''.join(inside)}</КоммерческаяИнформация>"
    )


GROUPS = """<Классификатор><Ид>c</Ид><Наименование>Товары</Наименование><Группы>
<Группа><Ид>g1</Ид><Наименование>Полив</Наименование><Группы>
<Группа><Ид>g2</Ид><Наименование>Шланги</Наименование></Группа></Группы></Группа></Группы>
</Классификатор>"""


def product(ident: str = "p1", name: str = "Шланг", inside: str = "", group: str = "g2") -> str:
    groups = f"<Группы><Ид>{group}</Ид></Группы>" if group else ""
    return (
        f"<Товар><Ид>{ident}</Ид><Наименование>{name}</Наименование>"
        '<БазоваяЕдиница Код="796" НаименованиеПолное="Штука">шт</БазоваяЕдиница>'
        f"{groups}{inside}</Товар>"
    )


def article(text: str) -> str:
    return f"<Артикул>{text}</Артикул>"


def catalogue(*products: str, full: bool = False) -> str:
    only = "false" if full else "true"
    return (
        f'<Каталог СодержитТолькоИзменения="{only}"><Ид>c</Ид><Наименование>Товары</Наименование>'
        f"<Товары>{''.join(products)}</Товары></Каталог>"
    )


def price_type(ident: str, name: str, currency: str = "руб.", vat: str = "true") -> str:
    return (
        f"<ТипЦены><Ид>{ident}</Ид><Наименование>{name}</Наименование><Валюта>{currency}</Валюта>"
        f"<Налог><Наименование>НДС</Наименование><УчтеноВСумме>{vat}</УчтеноВСумме></Налог>"
        "</ТипЦены>"
    )


RETAIL = price_type("retail", "Розничная")
DEALER = price_type("dealer", "Дилерская")


def price(kind: str, amount: str, inside: str = "") -> str:
    return (
        f"<Цена><ИдТипаЦены>{kind}</ИдТипаЦены><ЦенаЗаЕдиницу>{amount}</ЦенаЗаЕдиницу>"
        f"<Валюта>руб.</Валюта>{inside}</Цена>"
    )


def offer(*prices: str, ident: str = "p1", inside: str = "", name: str = "Шланг") -> str:
    block = f"<Цены>{''.join(prices)}</Цены>" if prices else ""
    said = f"<Наименование>{name}</Наименование>" if name else ""
    return f"<Предложение><Ид>{ident}</Ид>{said}{inside}{block}</Предложение>"


def offers(
    *rows: str, types: str = RETAIL + DEALER, full: bool = False, warehouses: str = ""
) -> str:
    only = "false" if full else "true"
    described = f"<ТипыЦен>{types}</ТипыЦен>" if types else ""
    return (
        f'<ПакетПредложений СодержитТолькоИзменения="{only}"><Ид>c#</Ид>'
        f"<Наименование>Пакет</Наименование><ИдКаталога>c</ИдКаталога>{described}{warehouses}"
        f"<Предложения>{''.join(rows)}</Предложения></ПакетПредложений>"
    )


def warehouses(*ids: str) -> str:
    rows = "".join(
        f"<Склад><Ид>{i}</Ид><Наименование>Склад {i}</Наименование></Склад>" for i in ids
    )
    return f"<Склады>{rows}</Склады>"


def counterparty(ident: str, name: str, inside: str = "") -> str:
    return f"<Контрагент><Ид>{ident}</Ид><Наименование>{name}</Наименование>{inside}</Контрагент>"


def counterparties(*rows: str) -> str:
    return cml(f"<Контрагенты>{''.join(rows)}</Контрагенты>", schema="2.09")


def document(number: str, *requisites: tuple[str, str], ident: str = "", inside: str = "") -> str:
    """An order on its way back from 1C."""
    rows = "".join(
        f"<ЗначениеРеквизита><Наименование>{name}</Наименование><Значение>{value}</Значение>"
        "</ЗначениеРеквизита>"
        for name, value in requisites
    )
    return (
        f"<Документ><Ид>{ident or 'c7b8d1a2-0000-4000-8000-000000000009'}</Ид>"
        f"<Номер>{number}</Номер><ХозОперация>Заказ товара</ХозОперация>{inside}"
        f"<ЗначенияРеквизитов>{rows}</ЗначенияРеквизитов></Документ>"
    )


# ------------------------------------------------------------------- what 1C is given


def found(root: ElementTree.Element, name: str) -> list[ElementTree.Element]:
    """All elements of that name."""
    return list(root.iter(name))


def text(root: ElementTree.Element, path: str) -> str:
    """The text of the first element at that path, "" where there is none."""
    return (root.findtext(path) or "").strip()


def requisites(order: ElementTree.Element) -> dict[str, str]:
    rows = order.find("ЗначенияРеквизитов")
    return {text(row, "Наименование"): text(row, "Значение") for row in rows or ()}
