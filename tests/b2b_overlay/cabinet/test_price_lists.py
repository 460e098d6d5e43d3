"""Price lists at the desk: made, derived, given to somebody; rates of exchange."""

from __future__ import annotations

import datetime as dt
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from io import BytesIO

import pytest
from cast import build
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from openpyxl import Workbook

from b2b_overlay.company.models import Group
from b2b_overlay.pricing.models import Assignment, Markup, PriceList, Rate, VariantFacts

DERIVED = {
    "name": "Опт −10",
    "currency": "RUB",
    "vat_included": "on",
    "is_active": "on",
    "percent": "−10",
    "rounding_step": "0,01",
    "rounding": "nearest",
}


def derive(client, start, **more):
    return client.post("/desk/prices/new/", {**DERIVED, "base": start, **more})


def price_for(client, good, entity):
    """The price a manager sees for a legal entity on «Почему такая цена»."""
    address = f"/desk/why/?entity={entity.pk}&good={good.sku}&quantity=1"
    return client.get(address, headers={"Accept-Language": "en"}).content.decode()


# ----------------------------------------------------------------- made and derived


def test_a_list_is_made_that_derives_from_another_with_a_percentage(cast, manager):
    answer = derive(manager, cast.wholesale.pk)

    made = PriceList.objects.get(name="Опт −10")
    assert answer["Location"] == f"/desk/prices/{made.pk}/"
    assert (made.base, made.percent, made.base_retail) == (cast.wholesale, Decimal(-10), False)
    page = manager.get(answer["Location"]).content.decode()
    assert "1\xa0350,45" in page  # 1500,50 − 10 %
    assert "Опт" in page


def test_a_list_derives_from_the_shops_retail_price(cast, manager):
    answer = derive(manager, "retail", percent="-15", rounding_step="10", rounding="up")

    page = manager.get(answer["Location"]).content.decode()
    assert PriceList.objects.get(name="Опт −10").base_retail
    assert "1\xa0700,00" in page  # 1990 − 15 % = 1691,50, up to tens


def test_a_circle_is_refused_with_its_whole_way(cast, manager):
    derive(manager, cast.dealer.pk, name="Середина")
    middle = PriceList.objects.get(name="Середина")
    derive(manager, middle.pk, name="Конец")
    last = PriceList.objects.get(name="Конец")

    answer = manager.post(
        f"/desk/prices/{cast.dealer.pk}/edit/", {**DERIVED, "name": "Дилер", "base": last.pk}
    )

    assert answer.status_code == 422
    assert "«Дилер» → «Конец» → «Середина» → «Дилер»" in answer.content.decode()
    cast.dealer.refresh_from_db()
    assert cast.dealer.base is None


def test_a_list_is_not_its_own_base(cast, manager):
    answer = manager.post(
        f"/desk/prices/{cast.dealer.pk}/edit/",
        {**DERIVED, "name": "Дилер", "base": cast.dealer.pk},
    )

    assert answer.status_code == 422
    cast.dealer.refresh_from_db()
    assert cast.dealer.base is None


def test_currency_doesnt_change_under_prices(cast, manager):
    answer = manager.post(
        f"/desk/prices/{cast.dealer.pk}/edit/", {**DERIVED, "name": "Дилер", "currency": "EUR"}
    )

    assert answer.status_code == 422
    assert "уже есть цены" in answer.content.decode()
    cast.dealer.refresh_from_db()
    assert (cast.dealer.currency, cast.dealer.percent) == ("RUB", 0)


@pytest.mark.parametrize(
    "wrong",
    [
        {"percent": "-100"},
        {"percent": "много"},
        {"rounding_step": "0"},
        {"rounding_step": "-1"},
        {"currency": "рубль"},
        {"name": " "},
        {"base": "999999"},
        {"percent": "NaN"},
        {"percent": "1e9"},
    ],
)
def test_a_wrong_rule_is_said_and_nothing_is_made(cast, manager, wrong):
    answer = derive(manager, cast.wholesale.pk, **wrong)

    assert answer.status_code == 422
    assert "flash error" in answer.content.decode()
    assert PriceList.objects.count() == 2


def test_a_list_that_is_somebodys_is_not_deleted(cast, manager):
    answer = manager.post(f"/desk/prices/{cast.dealer.pk}/delete/", follow=True)

    assert "сначала заберите" in answer.content.decode()
    assert PriceList.objects.filter(pk=cast.dealer.pk).exists()


def test_a_list_nobody_buys_by_is_deleted(cast, manager):
    derive(manager, "retail")
    made = PriceList.objects.get(name="Опт −10")

    manager.post(f"/desk/prices/{made.pk}/delete/")

    assert not PriceList.objects.filter(pk=made.pk).exists()


@pytest.mark.parametrize(
    "path", ["/desk/prices/new/", "/desk/prices/rates/", "/desk/prices/for/all/", "edit", "markups"]
)
def test_lists_and_rates_are_the_desks_alone(cast, olga, path):
    path = path if path.startswith("/") else f"/desk/prices/{cast.dealer.pk}/{path}/"

    assert olga.get(path).status_code == 404
    assert olga.post(path, DERIVED).status_code == 404
    assert PriceList.objects.count() == 2


# ---------------------------------------------------------- percentages of groups of goods


def test_a_price_group_comes_before_a_manufacturer_and_that_before_a_category(cast, manager):
    derive(manager, "retail", percent="0")
    made = PriceList.objects.get(name="Опт −10")
    VariantFacts.objects.filter(pk=cast.hose.pk).update(manufacturer="Садко", price_group="А")
    VariantFacts.objects.filter(pk=cast.bath.pk).update(manufacturer="Садко")
    garden = cast.hose.product.category_id

    manager.post(
        f"/desk/prices/{made.pk}/markups/",
        {
            "scope-0": f"c:{garden}",
            "percent-0": "-1",
            "scope-1": "m:Садко",
            "percent-1": "-10",
            "scope-2": "g:А",
            "percent-2": "-20,5 %",
        },
    )

    page = manager.get(f"/desk/prices/{made.pk}/").content.decode()
    assert made.markups.count() == 3
    assert "1\xa0582,05" in page  # the hose: 1990 − 20,5 %
    assert "2\xa0880,00" in page  # the bath: 3200 − 10 %
    assert "297,00" in page  # the can: 300 − 1 %


def test_only_changed_percentages_are_written(cast, manager):
    derive(manager, "retail", percent="0")
    made = PriceList.objects.get(name="Опт −10")
    Markup.objects.create(price_list=made, manufacturer="А", percent=5)
    kept = Markup.objects.create(price_list=made, manufacturer="Б", percent=6)

    manager.post(
        f"/desk/prices/{made.pk}/markups/",
        {"scope-0": "m:Б", "percent-0": "6", "scope-1": "m:В", "percent-1": "7"},
    )

    assert list(made.markups.order_by("manufacturer").values_list("manufacturer", flat=True)) == [
        "Б",
        "В",
    ]
    assert made.markups.get(manufacturer="Б").pk == kept.pk


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ({"scope-0": "m:А", "percent-0": "пять"}, "«пять»"),
        ({"scope-0": "m:А", "percent-0": ""}, "Процент 1"),
        ({"scope-0": "c:999", "percent-0": "5"}, "такой категории нет"),
        ({"scope-0": "m:А", "percent-0": "5", "scope-1": "m:А", "percent-1": "6"}, "Процент 2"),
        ({"scope-0": "m:А", "percent-0": "-100"}, "Процент 1"),
    ],
)
def test_a_wrong_percentage_is_said_with_its_row(cast, manager, rows, said):
    derive(manager, "retail")
    made = PriceList.objects.get(name="Опт −10")

    answer = manager.post(f"/desk/prices/{made.pk}/markups/", rows)

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not made.markups.exists()


# --------------------------------------------------------------------- for whom it is


def test_a_contract_has_columns_and_days(cast, manager):
    contract = cast.ooo.contracts.get()

    manager.post(
        f"/desk/entities/{cast.ooo.pk}/contract/{contract.pk}/",
        {
            "number": "ОПТ-1",
            "payment": "prepaid",
            "currency": "RUB",
            "list-0": cast.dealer.pk,
            "sum-0": "50 000,50",
            "list-1": cast.wholesale.pk,
            "from-1": "2026-12-01",
            "to-1": "2026-12-31",
        },
    )

    column, window = contract.price_assignments.order_by("priority")
    assert (column.price_list, column.min_total) == (cast.dealer, Decimal("50000.50"))
    assert timezone.localtime(window.starts_at).isoformat() == "2026-12-01T00:00:00+03:00"
    assert timezone.localtime(window.ends_at).isoformat() == "2027-01-01T00:00:00+03:00"
    page = manager.get(f"/desk/entities/{cast.ooo.pk}/contract/{contract.pk}/").content.decode()
    assert 'value="50000.5"' in page
    assert 'value="2026-12-01"' in page
    assert 'value="2026-12-31"' in page


def test_saving_the_same_again_changes_nothing(cast, manager):
    contract = cast.ooo.contracts.get()
    until = dt.datetime(2027, 1, 1, 12, 30, tzinfo=dt.UTC)
    contract.price_assignments.update(ends_at=until, min_total=100)
    before = list(contract.price_assignments.values())
    history = Assignment._meta.apps.get_model("b2b_overlay", "AssignmentEvent").objects
    events = history.count()

    manager.post(
        f"/desk/entities/{cast.ooo.pk}/contract/{contract.pk}/",
        {
            "number": "ОПТ-1",
            "payment": "prepaid",
            "currency": "RUB",
            "list-0": cast.wholesale.pk,
            "sum-0": "100",
            "to-0": "2027-01-01",
        },
    )

    assert list(contract.price_assignments.values()) == before
    assert history.count() == events


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ({"sum-0": "1000", "sum-1": "1000,00"}, "с одной и той же суммы"),
        ({"list-1": "first", "from-1": "2026-12-01"}, "дважды"),
        ({"from-0": "2026-12-31", "to-0": "2026-12-01"}, "раньше, чем начнётся"),
        ({"sum-0": "много"}, "не число"),
        ({"from-0": "завтра"}, "как в календаре"),
        ({"sum-0": "-5"}, "меньше нуля"),
        ({"list-0": "999999"}, "Такого типа цен нет"),
    ],
)
def test_two_columns_of_one_sum_and_windows_that_overlap_are_refused(cast, manager, rows, said):
    contract = cast.ooo.contracts.get()
    given = {"list-0": cast.dealer.pk, "list-1": cast.wholesale.pk, **rows}
    given = {name: cast.dealer.pk if value == "first" else value for name, value in given.items()}

    answer = manager.post(
        f"/desk/entities/{cast.ooo.pk}/contract/{contract.pk}/",
        {"number": "новый", "payment": "prepaid", "currency": "RUB", **given},
    )

    assert answer.status_code == 422
    assert said in answer.content.decode()
    contract.refresh_from_db()
    assert contract.number == "ОПТ-1"
    assert contract.price_assignments.get().price_list == cast.wholesale


def test_windows_of_one_list_may_follow_each_other(cast, manager):
    contract = cast.ooo.contracts.get()

    manager.post(
        f"/desk/prices/for/contract/{contract.pk}/",
        {
            "list-0": cast.dealer.pk,
            "to-0": "2026-12-31",
            "list-1": cast.dealer.pk,
            "from-1": "2027-01-01",
        },
    )

    assert contract.price_assignments.count() == 2


@pytest.mark.parametrize("kind", ["company", "entity", "group", "all"])
def test_lists_are_given_to_a_company_a_legal_entity_a_group_or_all(cast, manager, kind):
    group = Group.objects.create(name="Дилеры")
    group.companies.add(cast.company)
    target = {"company": cast.company, "entity": cast.ooo, "group": group}.get(kind)
    address = f"/desk/prices/for/{kind}/" + (f"{target.pk}/" if target else "")
    cast.ooo.contracts.get().price_assignments.all().delete()

    manager.post(address, {"list-0": cast.dealer.pk})

    assert "1,400.25" in price_for(manager, cast.hose, cast.ooo).replace("\u202f", ",")
    assert "Дилер" in manager.get(address).content.decode()
    page = manager.get(f"/desk/prices/{cast.dealer.pk}/").content.decode()
    assert address in page


def test_a_list_is_offered_in_the_form_it_is_given_from(cast, manager):
    page = manager.get(f"/desk/prices/for/all/?list={cast.dealer.pk}").content.decode()

    assert f'value="{cast.dealer.pk}" selected' in page
    assert not Assignment.objects.filter(contract=None).exists()


# ------------------------------------------------------------------------------ rates

BANK = """<?xml version="1.0" encoding="windows-1251"?>
<ValCurs Date="27.11.2026" name="Foreign Currency Market">
<Valute ID="R01239"><NumCode>978</NumCode><CharCode>EUR</CharCode><Nominal>1</Nominal>
<Name>Евро</Name><Value>98,5000</Value><VunitRate>98,5</VunitRate></Valute>
<Valute ID="R01335"><NumCode>398</NumCode><CharCode>KZT</CharCode><Nominal>100</Nominal>
<Name>Тенге</Name><Value>18,1234</Value></Valute>
</ValCurs>""".encode("cp1251")


def known():
    rows = Rate.objects.order_by("currency")
    return [(r.currency, r.to, r.day.isoformat(), r.rate.normalize()) for r in rows]


def test_the_banks_file_is_taken_with_its_nominals(cast, manager, tmp_path):
    expected = [
        ("EUR", "RUB", "2026-11-27", Decimal("98.5")),
        ("KZT", "RUB", "2026-11-27", Decimal("0.181234")),
    ]

    manager.post("/desk/prices/rates/", {"file": SimpleUploadedFile("XML_daily.xml", BANK)})
    assert known() == expected

    Rate.objects.all().delete()
    (tmp_path / "daily.xml").write_bytes(BANK)
    call_command("b2b_rates", cbr=str(tmp_path / "daily.xml"))
    assert known() == expected


def test_a_table_of_rates_is_taken(cast, manager):
    book = Workbook()
    book.active.append(["Дата", "Валюта", "Номинал", "Курс"])
    book.active.append([dt.date(2026, 11, 27), "eur", 1, 98.5])
    book.active.append(["28.11.2026", "CNY", "10", "125,40"])
    stream = BytesIO()
    book.save(stream)

    manager.post("/desk/prices/rates/", {"file": SimpleUploadedFile("r.xlsx", stream.getvalue())})

    assert known() == [
        ("CNY", "RUB", "2026-11-28", Decimal("12.54")),
        ("EUR", "RUB", "2026-11-27", Decimal("98.5")),
    ]


@pytest.mark.parametrize(
    "content",
    [
        "Дата;Валюта;Курс\n27.11.2026;EUR;98,5\n28.11.2026;EUR;нет\n".encode("cp1251"),
        b"<!DOCTYPE x><ValCurs Date='27.11.2026'/>",
        b"<ValCurs Date='27.11.2026'/>",
        b"<ValCurs",
        b"PK nothing",
        b"",
        "Дата,Валюта,Курс\n27.11.2026,RUB,1\n".encode(),
    ],
)
def test_a_file_with_a_wrong_row_is_refused_whole(cast, manager, content):
    answer = manager.post("/desk/prices/rates/", {"file": SimpleUploadedFile("r.csv", content)})

    assert answer.status_code == 422 or not content
    assert not Rate.objects.exists()


def test_a_rate_is_entered_replaced_and_taken_back(cast, manager):
    entered = {"currency": "eur", "to": "RUB", "rate": "98,5", "day": "2026-11-27"}

    manager.post("/desk/prices/rates/", entered)
    manager.post("/desk/prices/rates/", {**entered, "rate": "99"})

    assert known() == [("EUR", "RUB", "2026-11-27", Decimal(99))]
    manager.post(f"/desk/prices/rates/{Rate.objects.get().pk}/delete/")
    assert not Rate.objects.exists()


@pytest.mark.parametrize(
    "wrong", [{"rate": "0"}, {"rate": "x"}, {"day": ""}, {"currency": "RUB"}, {"currency": "€"}]
)
def test_a_wrong_rate_is_refused(cast, manager, wrong):
    entered = {"currency": "EUR", "to": "RUB", "rate": "98,5", "day": "2026-11-27"}

    assert manager.post("/desk/prices/rates/", {**entered, **wrong}).status_code == 422
    assert not Rate.objects.exists()


def test_the_command_enters_and_lists_rates(cast, capsys):
    call_command("b2b_rates", "EUR", "98,5", day="2026-11-27")
    call_command("b2b_rates")

    assert "2026-11-27  EUR 98.5 RUB" in capsys.readouterr().out
    with pytest.raises(CommandError):
        call_command("b2b_rates", "EUR", "дорого")


# ---------------------------------------------- a contract in another currency's limit


def test_an_order_fits_the_limit_of_a_contract_in_euro_at_the_days_rate(cast, manager):
    from b2b_overlay.money import Money
    from b2b_overlay.ordering.credit import refusals
    from b2b_overlay.shop import get_shop
    from b2b_overlay.terms.current import terms_of

    channel = get_shop().catalogue.channels()[0]
    cast.ooo.contracts.update(currency="EUR", credit_limit=Decimal(100))
    terms = terms_of(cast.ooo, channel)
    assert terms.contract == cast.ooo.contracts.get()

    assert "RUB" in refusals(terms, Money(Decimal(1), "RUB"))[0].message
    Rate.objects.create(currency="EUR", day=timezone.localdate(), rate=Decimal("98.5"))

    assert refusals(terms, Money(Decimal("9850.00"), "RUB")) == []
    assert refusals(terms, Money(Decimal("9851.00"), "RUB")) != []


# --------------------------------------------------- derived on a page, reckoned by hand


class TestDerivedOnThePage(TestCase):
    """Whatever percentage and rounding a manager types, the price is the one a person reckons."""

    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
    @given(
        percent=st.integers(-9900, 30000).map(lambda n: Decimal(n) / 100),
        step=st.sampled_from(["0.01", "0.05", "0.5", "1", "5", "10", "100"]),
        rounding=st.sampled_from(["nearest", "up", "down"]),
        group=st.none() | st.integers(-9000, 9000).map(lambda n: Decimal(n) / 100),
    )
    def test_the_price_is_the_one_a_person_reckons(self, percent, step, rounding, group):
        cast = build()
        client = Client(headers={"Accept-Language": "en"})
        client.post("/sign-in/", {"email": cast.manager.email, "password": cast.password})
        VariantFacts.objects.filter(pk=cast.hose.pk).update(price_group="А")
        derive(
            client,
            cast.wholesale.pk,
            percent=str(percent).replace(".", ","),
            rounding_step=step,
            rounding=rounding,
        )
        made = PriceList.objects.get(name="Опт −10")
        if group is not None:
            client.post(
                f"/desk/prices/{made.pk}/markups/", {"scope-0": "g:А", "percent-0": str(group)}
            )
        client.post(f"/desk/prices/for/entity/{cast.free.pk}/", {"list-0": made.pk})

        how = {"nearest": ROUND_HALF_UP, "up": ROUND_CEILING, "down": ROUND_FLOOR}[rounding]
        added = percent if group is None else group
        exact = Decimal("1500.50") * (1 + added / 100)
        expected = (exact / Decimal(step)).to_integral_value(how) * Decimal(step)
        page = price_for(client, cast.hose, cast.free)
        if expected > 0:
            assert f"{expected:,.2f}" in page
        else:
            assert "1,990.00" in page
