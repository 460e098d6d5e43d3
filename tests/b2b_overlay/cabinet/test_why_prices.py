"""Why a price: what the desk sees of it, then and now, and the buyer's own part."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from b2b_overlay.company.models import Buyer
from b2b_overlay.history import recorded
from b2b_overlay.pricing.models import Assignment, Price, PriceList, Rate
from b2b_overlay.terms.models import Contract


def dealer_tiers(cast) -> None:
    for minimum, amount in ((10, "1300.00"), (100, "1200.00")):
        Price.objects.create(
            price_list=cast.dealer,
            variant_id=cast.hose.pk,
            min_quantity=minimum,
            amount=Decimal(amount),
        )


def column(cast, amount: str = "1111.00", **more: object) -> PriceList:
    found = PriceList.objects.create(name="Секретная колонка")
    Price.objects.create(price_list=found, variant_id=cast.hose.pk, amount=Decimal(amount))
    Assignment.objects.create(
        price_list=found,
        contract=Contract.objects.get(legal_entity=cast.plus),
        **{"min_total": Decimal("50000.00"), **more},
    )
    return found


def explained(client, cast, **more: object) -> str:
    asked = {"entity": cast.ooo.pk, "good": "ШП-25/34", **more}
    answer = client.get("/desk/why/", asked)
    assert answer.status_code == 200
    return answer.content.decode().replace("\xa0", " ")


def rows(page: str) -> list[str]:
    return page.split("<tbody>")[1].split("</tbody>")[0].split("</tr>")[:-1]


# ----------------------------------------------------------------------------- the desk


def test_a_rule_that_gave_no_price_is_shown_with_why(cast, manager):
    Assignment.objects.create(
        price_list=cast.dealer, legal_entity=cast.ooo, starts_at=timezone.now() + timedelta(days=9)
    )

    found = rows(explained(manager, cast))

    assert len(found) == 3
    assert "Дилер" in found[1]
    assert "действует с" in found[1]


def test_the_reckoning_is_shown_step_by_step(cast, manager):
    derived = PriceList.objects.create(
        name="Опт −7,5", base=cast.wholesale, percent=Decimal("-7.5"), rounding_step=Decimal(1)
    )
    Assignment.objects.create(price_list=derived, legal_entity=cast.ooo, is_individual=True)

    first = rows(explained(manager, cast))[0]

    assert "Опт, с НДС: 1 500,50" in first
    assert "1 388,00" in first


def test_who_wrote_the_price_and_who_gave_the_list_is_named(cast, manager):
    with recorded(cast.manager, "page", "/desk/prices/1/"):
        cast.wholesale.prices.filter(variant_id=cast.hose.pk).update(amount=Decimal("1450.00"))

    page = explained(manager, cast)

    assert "manager@example.org" in rows(page)[0]
    assert "/desk/prices/1/" in rows(page)[0]
    assert 'id="made-by"' in page


@pytest.mark.django_db(transaction=True)
def test_a_price_of_the_past_is_shown_as_it_was_recorded(cast, manager):
    before = timezone.now()
    cast.wholesale.prices.filter(variant_id=cast.hose.pk).update(amount=Decimal("1777.00"))
    Contract.objects.filter(legal_entity=cast.ooo).update(number="ДРУГОЙ")

    then = explained(manager, cast, when="was", moment=before.isoformat())
    now = explained(manager, cast)

    assert "1 500,50" in rows(then)[0]
    assert "№ ОПТ-1" in then
    assert "1 777,00" in rows(now)[0]
    assert "№ ДРУГОЙ" in now


def test_a_price_of_the_future_says_what_isnt_known_yet(cast, manager):
    Rate.objects.create(currency="EUR", day=timezone.localdate(), rate=90)
    price_list = PriceList.objects.create(name="Акция")
    Price.objects.create(price_list=price_list, variant_id=cast.hose.pk, amount=Decimal("1.50"))
    Assignment.objects.create(
        price_list=price_list, legal_entity=cast.ooo, starts_at=timezone.now() + timedelta(days=3)
    )
    Assignment.objects.filter(contract__legal_entity=cast.ooo).update(
        ends_at=timezone.now() + timedelta(days=3)
    )

    page = explained(
        manager, cast, when="will", moment=(timezone.now() + timedelta(days=5)).isoformat()
    )

    assert "Акция" in next(row for row in rows(page) if "badge good" in row)
    assert "сроки действия взяты на" in page
    assert "взяты последние" in page


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"when": "was", "moment": "3000-01-01T00:00"}, "ещё не известно"),
        ({"when": "was", "moment": "завтра"}, "Укажите момент"),
        ({"when": "was", "moment": ""}, "Укажите момент"),
        ({"when": "will", "moment": "2026-99-99"}, "Укажите момент"),
        ({"total": "много"}, "Сумма корзины должна быть числом"),
    ],
)
def test_a_moment_or_a_sum_that_cant_be_read_is_told(cast, manager, asked, said):
    answer = manager.get("/desk/why/", {"entity": cast.ooo.pk, "good": "ШП-25/34", **asked})

    assert answer.status_code == 422
    assert said in answer.content.decode()


def test_a_carts_sum_chooses_the_column(cast, manager):
    column(cast)

    small = explained(manager, cast, entity=cast.plus.pk, total="49 999,99")
    large = explained(manager, cast, entity=cast.plus.pk, total="50 000")

    assert "от корзины на 50 000,00" in rows(small)[0] or "50 000,00" in rows(small)[0]
    assert "badge good" not in rows(small)[0]
    assert "badge good" in rows(large)[0]


def test_all_of_a_companys_legal_entities_stand_side_by_side(cast, manager):
    answer = manager.post(
        "/desk/why/many/",
        {"company": cast.company.pk, "lines": "ШП-25/34\nДТ-6 12\nнет такого\nVS-1"},
    )

    page = answer.content.decode().replace("\xa0", " ")
    table = rows(page.split('id="side-by-side"')[1])
    assert ["1 500,50" in table[0], "1 400,25" in table[0]] == [True, True]
    assert ["400,00" in table[1], "380,00" in table[1], ">12<" in table[1]] == [True] * 3
    assert table[2].count("3 200,00") == 2
    assert "1 строка не понята" in page
    assert "нет такого" in page
    assert "Чужие" not in page.split('id="side-by-side"')[1]


def test_the_number_of_queries_of_a_table_doesnt_grow(cast, manager, django_assert_max_num_queries):
    counts = []
    for lines in ("ШП-25/34", "ШП-25/34\nДТ-6\nВС-1\nЛЕ-9"):
        with django_assert_max_num_queries(60) as queries:
            manager.post("/desk/why/many/", {"company": cast.company.pk, "lines": lines})
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_more_than_a_thousand_goods_are_refused(cast, manager, monkeypatch):
    monkeypatch.setattr("b2b_overlay.pricing.why.MOST", 1)

    answer = manager.post(
        "/desk/why/many/", {"company": cast.company.pk, "lines": "ШП-25/34\nДТ-6"}
    )

    assert answer.status_code == 422
    assert "не больше 1" in answer.content.decode()


@pytest.mark.parametrize("who", ["olga", "stranger", "retail"])
def test_for_customers_there_is_no_table(cast, sign_in, who):
    client = sign_in(getattr(cast, who))

    assert client.get("/desk/why/many/").status_code == 404
    answer = client.post("/desk/why/many/", {"company": cast.company.pk, "lines": "ДТ-6"})
    assert answer.status_code == 404
    assert "400,00" not in answer.content.decode()


# ----------------------------------------------------------------------- the buyer's part


def test_in_the_catalogue_each_price_says_its_contract_and_its_tiers(cast, kirill):
    dealer_tiers(cast)

    page = kirill.get("/", {"q": "SH-25"}).content.decode().replace("\xa0", " ")

    assert "<summary>по договору № ОПТ-2 от 01.03.2026</summary>" in page
    tiers = page.split('class="tiers"')[1].split("</table>")[0]
    assert ["от 10 шт" in tiers, "1 300,00" in tiers, "от 100 шт" in tiers] == [True] * 3


def test_the_good_says_from_which_sum_and_until_when(cast, kirill):
    column(cast)
    Assignment.objects.filter(contract__legal_entity=cast.plus, min_total=None).update(
        ends_at=timezone.now() + timedelta(days=30)
    )

    page = kirill.get(f"/goods/{cast.hose.pk}/").content.decode().replace("\xa0", " ")

    assert "при заказе от 50 000,00" in page
    assert "1 111,00" in page
    assert "действует до" in page


def test_the_cart_says_which_tier_a_line_has_reached(cast, kirill):
    dealer_tiers(cast)
    kirill.post(f"/goods/{cast.hose.pk}/to-cart/", {"quantity": "12"})

    page = kirill.get("/cart/").content.decode()

    assert "по договору № ОПТ-2 от 01.03.2026, от 10 шт" in page
    assert 'data-unit-price="1300.00"' in page


def test_he_is_told_where_promotions_may_lower_his_price(cast, kirill):
    dealer_tiers(cast)
    page = kirill.get("/", {"q": "SH-25"}).content.decode()
    PriceList.objects.filter(pk=cast.dealer.pk).update(promotions_stack=True)

    assert "до акций магазина" not in page
    assert "до акций магазина" in kirill.get("/", {"q": "SH-25"}).content.decode()


@pytest.mark.parametrize("address", ["/", "/goods/{hose.pk}/", "/cart/"])
def test_no_name_of_a_price_list_and_no_percentage_is_shown(cast, kirill, address):
    secret = column(cast, min_total=Decimal(1))
    secret.prices.all().delete()
    cost = PriceList.objects.create(name="Закупка")
    Price.objects.create(price_list=cost, variant_id=cast.hose.pk, amount=Decimal("900.00"))
    PriceList.objects.filter(pk=secret.pk).update(base=cost, percent=Decimal("17.5"))
    kirill.post(f"/goods/{cast.hose.pk}/to-cart/", {"quantity": "2"})

    page = kirill.get(address.format(**vars(cast))).content.decode().replace("\xa0", " ")

    assert "1 057,50" in page
    for kitchen in ("Секретная", "Закупка", "Дилер", "900,00", "17,5", "17.5"):
        assert kitchen not in page


def test_a_colleague_without_the_legal_entity_sees_nothing_of_its_prices(cast, kirill, stranger):
    Price.objects.create(
        price_list=cast.wholesale,
        variant_id=cast.hose.pk,
        min_quantity=10,
        amount=Decimal("1234.00"),
    )

    for client in (kirill, stranger):
        page = client.get(f"/goods/{cast.hose.pk}/").content.decode()
        assert "ОПТ-1" not in page
        assert "1\xa0234,00" not in page


def test_a_removed_buyer_is_told_nothing_of_the_contract(cast, manager, kirill):
    dealer_tiers(cast)
    manager.post(f"/desk/buyers/{Buyer.objects.get(user=cast.kirill).pk}/remove/")

    page = kirill.get(f"/goods/{cast.hose.pk}/").content.decode()

    assert "ОПТ-2" not in page
    assert "1\xa0300,00" not in page


def test_a_page_of_passports_takes_the_same_queries_whatever_its_size(
    cast, kirill, django_assert_max_num_queries
):
    dealer_tiers(cast)
    column(cast)
    kirill.get("/")
    counts = []
    for asked in ({"q": "SH-25"}, {}):
        with django_assert_max_num_queries(60) as queries:
            kirill.get("/", asked)
        counts.append(len(queries))
    assert abs(counts[0] - counts[1]) <= 4
