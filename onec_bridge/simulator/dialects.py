"""How the 1C configurations differ as clients: data that `client` and `judge` go by.

Each field is one habit, with the section of the protocol notes that tells of it. What is here was
seen in the logic of the exchange modules themselves; what people only report is marked "told".
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

# How an answer's bytes become text (section 1): by the header's charset, UTF-8 without one; by all
# that stands after `charset=`; by trial of several codecs; by the header, windows-1251 without one.
Decoding = Literal["header", "rest_of_header", "trial", "windows-1251"]
ExchangeType = Literal["catalog", "sale", "reference"]


@dataclass(frozen=True, slots=True)
class Dialect:
    """One kind of 1C as the site meets it.

    `name` is what the command line takes, `title` what a person reads; `writes` is the version of
    CommerceML that it writes (section 9).

    Identity: `user_agent`; `encoding` of login, password and file names in the request (section 1).
    Reading answers: `decoding`; `init_lines` and `sale_init_lines` are the least and the most lines
    an init answer may have, None for no limit (section 3); `order_starts` are the first bytes an
    answer to query may have (section 7).
    Conversation: `version` is asked for in init, None is not (section 3); `resends_session_key`
    means line 4 of checkauth goes back behind `&`; `sends_cookie` whether the cookie goes back
    (section 2); `inits_for_orders` whether init comes before query; `asks_lists` whether info does
    (section 6); `imports_catalog` and `imports_orders` whether import follows the files of either
    (sections 5 and 6); `loops_query` whether query is repeated until an answer has no Контейнер;
    `takes_orders` whether it asks for orders at all (section 7); `finishes` whether a full export
    ends with deactivate and complete (section 6).
    Files: `zips` and `zips_pictures` whether XML and pictures travel in one archive when the site
    allows it (section 4); `cycles_by_portion` whether import0_1, import0_2… go each through its own
    checkauth, init, file, import (section 5).
    Patience: `pause` before each import request and `timeout` for one request, seconds (section 5);
    `repeats_get` whether a GET that got no answer is asked once more; `retries` how often a package
    that failed is sent again in one run (a setting of the node; section 4).
    """

    name: str
    title: str
    writes: str = "2.07"
    user_agent: str = "1C+Enterprise/8.3"
    encoding: str = "utf-8"
    decoding: Decoding = "header"
    init_lines: tuple[int, int | None] = (2, 2)
    sale_init_lines: tuple[int, int | None] = (2, 2)
    order_starts: tuple[bytes, ...] = (b"<?xml",)
    version: str | None = None
    resends_session_key: bool = False
    sends_cookie: bool = True
    inits_for_orders: bool = False
    asks_lists: bool = False
    imports_catalog: bool = True
    imports_orders: bool = True
    loops_query: bool = False
    takes_orders: bool = True
    finishes: bool = False
    zips: bool = True
    zips_pictures: bool = True
    cycles_by_portion: bool = False
    pause: float = 0
    timeout: float = 180
    repeats_get: bool = False
    retries: int = 0


UT11 = Dialect(
    name="ut11", title="Управление торговлей 11, КА 2, ERP 2", cycles_by_portion=True, retries=2
)

UNF = Dialect(
    name="unf",
    title="Управление нашей фирмой",
    writes="2.10",
    decoding="trial",
    init_lines=(1, None),
    sale_init_lines=(1, None),
    order_starts=(b"<?xml", b"PK", "<КоммерческаяИнформация".encode()),
    resends_session_key=True,
    inits_for_orders=True,
    asks_lists=True,
    zips_pictures=False,
    pause=5,
    timeout=1800,
    repeats_get=True,
)

BITRIX = Dialect(
    name="bitrix",
    title="модуль «1С-Битрикс»",
    writes="2.09",
    decoding="rest_of_header",
    init_lines=(2, None),
    sale_init_lines=(4, None),
    order_starts=(b"<?xml", b"PK"),
    version="2.09",
    resends_session_key=True,
    inits_for_orders=True,
    loops_query=True,
    finishes=True,
    timeout=300,
    retries=3,
)

BITRIX31 = replace(
    BITRIX, name="bitrix31", title="модуль «1С-Битрикс», версия 3.1", writes="3.1", version="3.1"
)

OLD = Dialect(
    name="old",
    title="Управление торговлей 10.3 и другие на 8.1, 8.2",
    writes="2.04",
    user_agent="1C+Enterprise/8.2",
    encoding="windows-1251",
    decoding="windows-1251",  # told
    imports_orders=False,
    zips=False,
    timeout=300,
)

ROZNICA = Dialect(
    name="roznica",
    title="Розница 2",
    writes="2.05",
    imports_catalog=False,
    takes_orders=False,  # told
)

V77 = Dialect(
    name="v77",
    title="1С 7.7 с обработкой обмена",
    writes="1",
    user_agent="V77.Exchange",  # vendors' components name themselves as they like
    encoding="windows-1251",
    decoding="windows-1251",
    sends_cookie=False,
    imports_orders=False,
    zips=False,
    timeout=300,
)

MOYSKLAD = Dialect(
    name="moysklad",
    title="МойСклад и другие не-1С",
    writes="2.04",
    user_agent="Apache-HttpClient/4.5",
    init_lines=(2, None),
    sale_init_lines=(2, None),
    inits_for_orders=True,
    zips_pictures=False,
)

DIALECTS: Mapping[str, Dialect] = {
    dialect.name: dialect for dialect in (UT11, UNF, BITRIX, BITRIX31, OLD, ROZNICA, V77, MOYSKLAD)
}
