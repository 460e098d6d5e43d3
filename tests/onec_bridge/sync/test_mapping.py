"""A base that keeps things elsewhere: what rules make of its goods, and the page of the rules."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from test_goods import GROUPS, TYPES, catalogue, offer, offers, price, product

from b2b_overlay.ordering.visibility import forget
from b2b_overlay.pricing.models import Price, VariantFacts
from onec_bridge.models import FilePart, MappingRule, ReceivedFile, Session
from sandbox import models

SAMPLES = Path(__file__).parents[4] / "shared" / "samples"

PROPERTIES = """
<Классификатор><Свойства><Свойство><Ид>s1</Ид><Наименование>Бренд</Наименование>
<ВариантыЗначений><Справочник><ИдЗначения>v1</ИдЗначения><Значение>Флора</Значение></Справочник>
</ВариантыЗначений></Свойство></Свойства></Классификатор>
"""
INSIDE = """
<Код>НФ-0017</Код>
<ЗначенияСвойств><ЗначенияСвойства><Ид>s1</Ид><Значение>v1</Значение></ЗначенияСвойства>
</ЗначенияСвойств>
<ЗначенияРеквизитов>
<ЗначениеРеквизита><Наименование>Цена оптовая</Наименование>
<Значение>1 234,50</Значение></ЗначениеРеквизита>
<ЗначениеРеквизита><Наименование>Ставка</Наименование>
<Значение>10%</Значение></ЗначениеРеквизита>
<ЗначениеРеквизита><Наименование>Группа скидок</Наименование>
<Значение>Полив</Значение></ЗначениеРеквизита>
</ЗначенияРеквизитов>
"""


@pytest.fixture
def rule(connection):
    def make(target, place, name, price_type=""):
        return MappingRule.objects.create(
            connection=connection, target=target, place=place, name=name, price_type=price_type
        )

    return make


def only_facts():
    return VariantFacts.objects.get()


def test_without_rules_nothing_is_taken_from_elsewhere(take):
    take(PROPERTIES + GROUPS + catalogue(product(inside=INSIDE)) + offers(offer()))

    facts = only_facts()
    assert (facts.article, facts.manufacturer, facts.price_group) == ("", "", "")
    assert not Price.objects.exists()


def test_article_maker_group_and_vat_are_found_where_the_rules_say(take, rule):
    rule("article", "element", "Код")
    rule("manufacturer", "property", "бренд")
    rule("price_group", "requisite", "Группа скидок")
    rule("vat", "requisite", "Ставка")

    take(PROPERTIES + GROUPS + catalogue(product(inside=INSIDE)) + offers(offer()))

    facts = only_facts()
    assert (facts.article, facts.manufacturer) == ("НФ-0017", "Флора")
    assert (facts.price_group, facts.vat_rate) == ("Полив", Decimal(10))


def test_a_maker_in_an_element_of_a_vendors_own_is_found(take, rule):
    rule("manufacturer", "element", "Марка")

    take(GROUPS + catalogue(product(inside="<Марка>Флора</Марка>")) + offers(offer()))

    assert only_facts().manufacturer == "Флора"


def test_a_price_in_a_requisite_is_a_price(take, rule):
    rule("price", "requisite", "ценаоптовая", "Дилерская")

    take(offers(types=TYPES) + GROUPS + catalogue(product(inside=INSIDE)))

    assert [row.amount for row in Price.objects.all()] == [Decimal("1234.50")]


PACKS = """<ЗначенияРеквизитов><ЗначениеРеквизита><Наименование>В упаковке</Наименование>
<Значение>12</Значение></ЗначениеРеквизита></ЗначенияРеквизитов>"""


def test_a_coefficient_of_the_goods_holds_for_prices_in_another_file(take, rule):
    rule("coefficient", "requisite", "В упаковке")

    take(GROUPS + catalogue(product(inside=PACKS)))
    take(offers(offer(price("dealer", "120", "<Единица>упак</Единица>"))))

    kept = Price.objects.get()
    assert (kept.amount, kept.unit, kept.coefficient) == (Decimal(10), "упак", Decimal(12))


def told(step="", only="", *prices):
    """A product with what its base tells by a requisite and a property."""
    return (
        GROUPS
        + PROPERTIES.replace("Бренд", "Канал").replace("Флора", only)
        + catalogue(product(inside=PACKS.replace("12", step) * bool(step) + CHANNEL * bool(only)))
        + offers(offer(*prices))
    )


CHANNEL = """<ЗначенияСвойств><ЗначенияСвойства><Ид>s1</Ид><Значение>v1</Значение>
</ЗначенияСвойства></ЗначенияСвойств>"""


@pytest.mark.parametrize(
    ("said", "step"), [("12", 12), ("6,0", 6), ("1", 1), ("0,5", Decimal("0.5")), ("по вкусу", 1)]
)
def test_a_selling_step_is_found_where_a_rule_says(take, rule, said, step):
    rule("step", "requisite", "в упаковке")

    take(told(step=said))

    assert only_facts().step == step


@pytest.mark.parametrize(
    ("said", "only"), [("Только опт", True), ("да", True), ("нет", False), ("опт и розница", False)]
)
def test_a_mark_for_wholesale_only_is_found_where_a_rule_says(take, rule, said, only):
    rule("wholesale", "property", "Канал")

    take(told(only=said))

    assert only_facts().wholesale_only is only


def test_a_step_and_a_mark_that_1c_no_longer_sends_are_taken_back(take, rule):
    rule("step", "requisite", "В упаковке")
    rule("wholesale", "property", "Канал")
    take(told("12", "Опт"))
    assert (only_facts().step, only_facts().wholesale_only) == (12, True)

    take(told())

    assert (only_facts().step, only_facts().wholesale_only) == (1, False)


def test_goods_that_a_rule_marks_are_not_there_for_retail(take, rule, client, connection):
    connection.retail_price_type = "retail"
    rule("wholesale", "property", "Канал")
    seen = '{ products(channel: "ru", first: 9) { edges { node { name } } } }'

    def found():
        told = client.post("/graphql/", {"query": seen}, "application/json").json()
        return [edge["node"]["name"] for edge in told["data"]["products"]["edges"]]

    take(told("", "нет", price("retail", "900")))
    assert found() == ["Шланг"]

    take(told(only="Только опт"))
    forget()

    assert found() == []


def test_a_price_that_says_its_own_coefficient_keeps_it(take, rule):
    rule("coefficient", "requisite", "В упаковке")
    box = "<Единица>кор</Единица><Коэффициент>6</Коэффициент>"

    take(GROUPS + catalogue(product(inside=PACKS)) + offers(offer(price("dealer", "120", box))))

    assert Price.objects.get().coefficient == Decimal(6)


def test_what_a_rule_finds_nothing_for_stays_as_it_came(take, rule):
    rule("article", "requisite", "Артикул поставщика")

    take(GROUPS + catalogue(product(inside="<Артикул>Ш-1</Артикул>")) + offers(offer()))

    assert only_facts().article == "Ш-1"


def test_of_two_rules_the_first_that_finds_something_holds(take, rule):
    rule("article", "requisite", "Артикул поставщика")
    rule("article", "element", "Код")
    rule("article", "element", "Ид")

    take(GROUPS + catalogue(product(inside=INSIDE)) + offers(offer()))

    assert only_facts().article == "НФ-0017"


def test_a_value_that_is_no_price_leaves_the_price_that_came(take, rule):
    rule("price", "requisite", "Группа скидок", "dealer")

    take(GROUPS + catalogue(product(inside=INSIDE)) + offers(offer(price("dealer", "800"))))

    assert Price.objects.get().amount == Decimal(800)


def test_the_same_file_by_new_rules_changes_only_what_they_find(take, rule):
    content = GROUPS + catalogue(product(inside=INSIDE)) + offers(offer(price("dealer", "800")))
    take(content)
    rule("article", "element", "Код")

    again = take(content)

    assert again.counts["product"] == {"changed": 1}
    assert only_facts().article == "НФ-0017"
    assert take(content).counts["product"] == {"unchanged": 1}


# --- the page ---------------------------------------------------------------------------


def _client(email, *, is_staff):
    models.User.objects.create_user(email, "очень длинный пароль", is_staff=is_staff)
    client = Client(headers={"Accept-Language": "ru"})
    client.post("/sign-in/", {"email": email, "password": "очень длинный пароль"})
    return client


@pytest.fixture
def manager(channel):
    return _client("manager@example.org", is_staff=True)


@pytest.fixture
def page(connection):
    return f"/onec/journal/connections/{connection.pk}/mapping/"


@pytest.fixture
def receive(connection):
    """Keep a file as 1C sent it; nothing of it is imported."""

    def keep(content, name="import.xml"):
        session = Session.objects.create(
            connection=connection, token_hash=name, type="catalog", seen_at=timezone.now()
        )
        file = ReceivedFile.objects.create(session=session, name=name, type="catalog", kind="xml")
        if isinstance(content, str):
            root = f"<КоммерческаяИнформация>{content}</КоммерческаяИнформация>"
            content = root.encode()
        FilePart.objects.create(file=file, number=0, body=content)
        return file

    return keep


def typed(*rows, button="look"):
    found = {"form-TOTAL_FORMS": len(rows), "form-INITIAL_FORMS": 0, button: ""}
    for at, (target, place, name, *price_type) in enumerate(rows):
        found[f"form-{at}-target"], found[f"form-{at}-place"] = target, place
        found[f"form-{at}-name"] = name
        found[f"form-{at}-price_type"] = price_type[0] if price_type else ""
    return found


def test_the_page_is_the_desks_only(page, manager, client):
    buyer = _client("olga@example.org", is_staff=False)

    assert manager.get(page).status_code == 200
    assert buyer.get(page).status_code == 404
    assert client.get(page).status_code == 302


def test_before_the_first_file_the_page_says_so(page, manager):
    assert "Файла с товарами ещё не было" in manager.get(page).content.decode()


def test_a_look_shows_before_and_after_and_saves_nothing(page, manager, receive):
    receive(PROPERTIES + catalogue(product(inside=INSIDE), product("p2", "Лейка")))

    text = manager.post(
        page, typed(("article", "element", "Код"), ("manufacturer", "property", "Бренд"))
    ).content.decode()

    assert "НФ-0017" in text
    assert "Флора" in text
    assert "найдено у 1" in text
    assert not MappingRule.objects.exists()


def test_a_step_and_a_mark_are_looked_at_and_saved_on_the_page(page, manager, receive, take):
    content = told("12", "Только опт")
    receive(content)
    rows = ("step", "requisite", "В упаковке"), ("wholesale", "property", "Канал")

    text = manager.post(page, typed(*rows)).content.decode()
    assert "шаг продажи" in text
    assert "<b>12</b>" in text
    assert "<b>да</b>" in text

    manager.post(page, typed(*rows, button="save"))
    take(content)

    assert (only_facts().step, only_facts().wholesale_only) == (12, True)
    assert "1 вариант товара помечен" in manager.get("/desk/visibility/").content.decode()


def test_with_scripts_the_look_follows_what_is_typed(page, manager, receive):
    receive(catalogue(product(inside=INSIDE)))

    text = manager.post(
        page, typed(("article", "element", "Код")), headers={"HX-Request": "true"}
    ).content.decode()

    assert text.lstrip().startswith('<div id="look">')
    assert "НФ-0017" in text
    assert "<html" not in text


def test_the_page_offers_the_names_seen_in_the_file(page, manager, receive):
    receive(PROPERTIES + catalogue(product(inside=INSIDE)))

    text = manager.get(page).content.decode()

    assert '<option value="Группа скидок">' in text
    assert '<option value="Бренд">' in text


def test_saved_rules_hold_and_an_emptied_row_is_removed(page, manager, connection):
    rows = [("article", "element", "Код"), ("vat", "requisite", "Ставка")]

    manager.post(page, typed(*rows, button="save"))
    assert connection.mapping_rules.count() == 2

    manager.post(page, typed(rows[0], ("vat", "requisite", ""), button="save"))
    assert [str(rule) for rule in connection.mapping_rules.all()] == ["article ← element Код"]


def test_saved_rules_are_applied_to_the_files_kept_without_1c_sending_them_again(
    page, manager, receive
):
    file = receive(GROUPS + catalogue(product(inside=INSIDE)) + offers(offer()))
    ReceivedFile.objects.update(state="imported")
    manager.post(page, typed(("article", "element", "Код"), button="save"))

    text = manager.get(page).content.decode()
    address = f"/onec/journal/{file.session_id}/replay/"
    assert f'action="{address}"' in text
    manager.post(address)

    assert only_facts().article == "НФ-0017"


def test_a_price_type_that_1c_never_described_is_made_with_its_rule(
    page, manager, connection, take
):
    manager.post(page, typed(("price", "requisite", "Цена оптовая", "Опт"), button="save"))

    take(GROUPS + catalogue(product(inside=INSIDE)))

    assert Price.objects.get().price_list.name == "Опт"


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (("price", "requisite", "Цена"), "скажите, какого вида цен эта цена"),
        (("article", "element", "Чудо"), "из элементов один из этих"),
    ],
)
def test_a_row_that_means_nothing_is_refused_and_nothing_is_saved(page, manager, row, sentence):
    response = manager.post(page, typed(("article", "element", "Код"), row, button="save"))

    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not MappingRule.objects.exists()


@pytest.mark.skipif(not SAMPLES.exists(), reason="the samples aren't here")
def test_a_real_catalogue_with_its_codes_in_requisites(page, manager, receive):
    path = SAMPLES / (
        "AlexMobiCraft__FREESPORT-B2B/backend/tests/fixtures/1c-data/goods/import_files/goods.xml"
    )
    receive(path.read_bytes(), "goods.xml")

    text = manager.post(
        page, typed(("article", "requisite", "Код"), ("manufacturer", "requisite", "Бренд"))
    ).content.decode()

    assert text.count("найдено у 3") == 2
