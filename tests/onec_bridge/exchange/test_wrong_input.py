"""What goes wrong in a real base: each gets a line to act on, an entry, and loses nothing.

With the real sync and the sandbox shop behind. Passwords, unknown modes, files out of order and
broken archives are in `test_sign_in`, `test_answers` and `test_files`.
"""

from __future__ import annotations

import pytest

from onec_bridge.models import ProblemRecord
from sandbox import models

from .conftest import last_entry, only_file

HEAD = '<?xml version="1.0" encoding="UTF-8"?><КоммерческаяИнформация ВерсияСхемы="2.07">'
TAIL = "</КоммерческаяИнформация>"

UNKNOWN_ORDER = f"""{HEAD}
<Документ><Ид>7c1f</Ид><Номер>4711</Номер><Дата>2026-11-20</Дата>
<ХозОперация>Заказ товара</ХозОперация><Роль>Продавец</Роль><Валюта>RUB</Валюта>
<Контрагенты><Контрагент><Ид>nobody</Ид><Наименование>ООО Никто</Наименование></Контрагент>
</Контрагенты></Документ>
{TAIL}""".encode()

OFFER_OF_NOTHING = f"""{HEAD}<ПакетПредложений СодержитТолькоИзменения="true"><Ид>c#</Ид>
<Предложения><Предложение><Ид>gone-4711</Ид><Количество>5</Количество></Предложение></Предложения>
</ПакетПредложений>{TAIL}""".encode()

PRODUCT = f"""{HEAD}<Каталог СодержитТолькоИзменения="true"><Ид>c</Ид><Наименование>К</Наименование>
<Товары><Товар><Ид>gone-4711</Ид><Артикул>Л-1</Артикул><Наименование>Лейка</Наименование></Товар>
</Товары></Каталог>{TAIL}""".encode()


@pytest.fixture
def shop(db):
    models.Channel.objects.create(slug="ru", name="Садовник", currency="RUB")


def test_news_of_an_order_of_an_unknown_counterparty_are_failure_with_its_number(onec, shop):
    onec.sign_in("sale")
    onec.ask("sale", "init", version="2.09")
    onec.send("sale", "documents___1.xml", UNKNOWN_ORDER)

    answered = onec.load("sale", "documents___1.xml")

    assert answered.word == "failure"
    assert "4711" in answered.lines[1]
    assert answered.lines[1].startswith("documents___1.xml:2: ошибка:")
    assert last_entry().text == answered.lines[1]
    problem = ProblemRecord.objects.get()
    assert (problem.code, problem.value, problem.line) == ("unknown_order", "4711", 2)
    assert only_file("documents___1.xml").parts.exists()


def test_an_old_client_hears_of_it_at_once(onec, shop):
    onec.sign_in("sale")

    answered = onec.send("sale", "orders.xml", UNKNOWN_ORDER)

    assert answered.word == "failure"
    assert "4711" in answered.lines[1]


def test_stock_of_goods_that_are_not_there_waits_for_them_and_says_so(onec, shop):
    onec.sign_in()
    onec.send("catalog", "rests.xml", OFFER_OF_NOTHING)
    answered = onec.load("catalog", "rests.xml")

    assert answered.word == "success"
    assert "gone-4711" in answered.lines[1]
    assert "ждёт" in answered.lines[1]
    assert not models.Variant.objects.exists()

    onec.send("catalog", "import.xml", PRODUCT)
    assert onec.load("catalog", "import.xml").word == "success"

    assert models.Stock.objects.get().quantity == 5


def test_the_good_rows_of_a_file_count_and_the_bad_one_is_named(onec, shop):
    second = PRODUCT.replace(
        b"</\xd0\xa2\xd0\xbe\xd0\xb2\xd0\xb0\xd1\x80\xd1\x8b>",
        "<Товар><Ид></Ид><Наименование>Без Ид</Наименование></Товар></Товары>".encode(),
    )
    onec.sign_in()
    onec.send("catalog", "import.xml", second)

    answered = onec.load("catalog", "import.xml")

    assert answered.word == "success"
    assert "import.xml:" in answered.lines[1]
    assert "Нет Ид" in answered.lines[1]
    assert only_file("import.xml").problems.get().code == "missing_id"
