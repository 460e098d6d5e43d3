"""Roles, legal entities and limits: who gives them, what each lets a person do, what follows."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from b2b_overlay.company.models import Buyer, Company, LegalEntity
from b2b_overlay.ordering import people
from b2b_overlay.ordering.models import WholesaleOrder
from b2b_overlay.shop import get_shop
from sandbox import models


def member(cast, name: str, company=None) -> Buyer:
    return Buyer.objects.get(user=getattr(cast, name), company=company or cast.company)


def give(cast, name: str, role: str, *entities: LegalEntity, limit: str | None = None) -> Buyer:
    return people.change(
        get_shop(),
        cast.manager,
        member(cast, name),
        role=role,
        legal_entity_ids=[each.pk for each in entities],
        spending_limit=None if limit is None else Decimal(limit),
        limit_currency="RUB",
        name="",
    )


def fields(role: str, *entities: LegalEntity, **more: str) -> dict[str, object]:
    """The form of a buyer as the browser sends it."""
    return {
        "role": role,
        "entity": [each.pk for each in entities],
        "spending_limit": "",
        "limit_currency": "RUB",
        "name": "",
        **more,
    }


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


@pytest.fixture
def owner(cast, olga):
    """Olga owns «Ромашка»."""
    give(cast, "olga", "owner")
    return olga


# ------------------------------------------------------------------- giving, and to whom


def test_the_owner_changes_a_buyer_without_calling_anybody(cast, owner):
    kirill = member(cast, "kirill")
    page = text_of(owner.get(f"/people/{kirill.pk}/"))
    assert "подтверждает то, что закупщики заказывают сверх своего" in page  # a role in words

    answer = owner.post(
        f"/people/{kirill.pk}/",
        fields("buyer", cast.ooo, spending_limit="100 000,50", name="Кирилл Андреев"),
    )

    assert answer["Location"] == "/people/"
    kirill.refresh_from_db()
    assert (kirill.role, kirill.spending_limit, kirill.name) == (
        "buyer",
        Decimal("100000.50"),
        "Кирилл Андреев",
    )
    assert list(kirill.legal_entities.all()) == [cast.ooo]
    again = text_of(owner.get(f"/people/{kirill.pk}/"))
    assert "100000.50" in again.replace("100000,50", "100000.50")


def test_the_owner_removes_a_buyer_who_is_a_retail_customer_at_once(cast, owner, kirill):
    kirill.post(f"/goods/{cast.hose.pk}/to-cart/", {"quantity": "2"})
    assert 'data-total="2800.50"' in text_of(kirill.get("/cart/"))

    owner.post(f"/people/{member(cast, 'kirill').pk}/remove/")

    page = text_of(kirill.get("/cart/"))
    assert 'data-total="3980.00"' in page
    assert 'href="/checkout/"' not in page
    answer = kirill.post(
        "/checkout/",
        {
            "checkout": str(models.Checkout.objects.get().pk),
            "legal_entity": cast.plus.pk,
            "shown": "2800.50",
        },
    )
    assert answer["Location"] == "/cart/"
    assert not models.Order.objects.exists()
    assert cast.plus.name not in text_of(kirill.get("/"))


def test_removing_twice_does_no_harm(cast, owner):
    address = f"/people/{member(cast, 'kirill').pk}/remove/"

    assert owner.post(address).status_code == 302
    assert owner.post(address).status_code == 404
    assert not member(cast, "kirill").is_active


def test_a_legal_entity_taken_away_ends_its_prices_in_the_open_cart(cast, owner, kirill):
    kirill.post(f"/goods/{cast.hose.pk}/to-cart/", {"quantity": "2"})
    checkout = str(models.Checkout.objects.get().pk)

    owner.post(f"/people/{member(cast, 'kirill').pk}/", fields("buyer", cast.ooo))

    assert 'data-total="3980.00"' in text_of(kirill.get("/cart/"))
    for entity in (cast.plus, cast.ooo):
        kirill.post(
            "/checkout/",
            {"checkout": checkout, "legal_entity": entity.pk, "shown": "2800.50"},
        )
    assert not models.Order.objects.exists()


def test_of_his_own_company_only(cast, owner):
    kirill = member(cast, "kirill")

    answer = owner.post(f"/people/{kirill.pk}/", fields("owner", cast.theirs))

    assert answer.status_code == 422
    assert "У компании нет такого юрлица" in text_of(answer)
    kirill.refresh_from_db()
    assert kirill.role == "buyer"
    assert list(kirill.legal_entities.all()) == [cast.plus]


@pytest.mark.parametrize("text", ["-1", "много", "NaN", "1e99", "Infinity"])
def test_a_limit_that_is_no_sum_is_said_and_nothing_changes(cast, owner, text):
    kirill = member(cast, "kirill")

    answer = owner.post(f"/people/{kirill.pk}/", fields("viewer", cast.plus, spending_limit=text))

    assert answer.status_code == 422
    kirill.refresh_from_db()
    assert (kirill.role, kirill.spending_limit) == ("buyer", None)


def test_the_last_owner_stays_unless_the_desk_decides(cast, owner, manager):
    olga = member(cast, "olga")

    for answer in (
        owner.post(f"/people/{olga.pk}/", fields("buyer", cast.ooo)),
        owner.post(f"/people/{olga.pk}/remove/", follow=True),
    ):
        assert "У компании должен быть руководитель" in text_of(answer)
    olga.refresh_from_db()
    assert (olga.role, olga.is_active) == ("owner", True)

    said = text_of(manager.post(f"/desk/buyers/{olga.pk}/", fields("buyer", cast.ooo), follow=True))
    assert "У компании теперь нет руководителя" in said
    olga.refresh_from_db()
    assert olga.role == "buyer"


def test_an_owner_may_hand_over_to_another(cast, owner):
    give(cast, "kirill", "owner")

    answer = owner.post(f"/people/{member(cast, 'olga').pk}/", fields("buyer", cast.ooo))

    assert answer["Location"] == "/"
    assert owner.get(f"/people/{member(cast, 'kirill').pk}/").status_code == 404


@pytest.mark.parametrize("role", ["buyer", "approver", "accountant", "viewer"])
def test_no_other_role_manages_people(cast, sign_in, role):
    give(cast, "olga", "owner")
    give(cast, "kirill", role, cast.plus, cast.ooo)
    client, target = sign_in(cast.kirill), member(cast, "viewer")

    for address in (f"/people/{target.pk}/", f"/desk/buyers/{target.pk}/"):
        assert client.get(address).status_code == 404
        assert client.post(address, fields("owner")).status_code == 404
        assert client.post(f"{address}remove/").status_code == 404
    target.refresh_from_db()
    assert (target.role, target.is_active) == ("viewer", True)


@pytest.mark.parametrize("who", ["stranger", "retail"])
def test_a_stranger_finds_no_such_person(cast, sign_in, who):
    client, target = sign_in(getattr(cast, who)), member(cast, "kirill")

    assert client.get(f"/people/{target.pk}/").status_code == 404
    assert client.post(f"/people/{target.pk}/", fields("owner")).status_code == 404
    assert client.post(f"/people/{target.pk}/remove/").status_code == 404
    assert member(cast, "kirill").role == "buyer"


def test_switched_off_the_owner_manages_nobody(cast, owner):
    Company.objects.filter(pk=cast.company.pk).update(is_active=False)

    assert owner.get(f"/people/{member(cast, 'kirill').pk}/").status_code == 404


# --------------------------------------------------------------------------- at the desk


def test_several_personal_cabinets_are_linked_at_once_and_unlinked(cast, manager):
    answer = manager.post(
        f"/desk/companies/{cast.company.pk}/buyers/",
        {
            "email": "retail@example.org\nstranger@example.org",
            "role": "buyer",
            "entity": [cast.ooo.pk],
        },
    )
    assert answer.status_code == 302
    linked = Buyer.objects.filter(company=cast.company, user__in=[cast.retail, cast.stranger])
    assert [list(each.legal_entities.all()) for each in linked] == [[cast.ooo], [cast.ooo]]

    manager.post(f"/desk/buyers/{member(cast, 'stranger').pk}/remove/")

    assert not member(cast, "stranger").is_active
    assert member(cast, "stranger", cast.other).is_active  # of the other company he stays


def test_where_one_cant_be_linked_none_is(cast, manager):
    before = Buyer.objects.count()

    answer = manager.post(
        f"/desk/companies/{cast.company.pk}/buyers/",
        {"email": "retail@example.org, nobody@example.org", "role": "buyer"},
    )

    assert answer.status_code == 422
    assert "nobody@example.org" in text_of(answer)
    assert Buyer.objects.count() == before


def test_the_desk_sees_who_has_no_legal_entity(cast, manager):
    give(cast, "kirill", "buyer")

    page = text_of(manager.get(f"/desk/companies/{cast.company.pk}/"))

    assert page.count("нет юрлица: цены розничные") == 1


def test_the_desk_is_told_of_what_it_leaves_undone(cast, manager):
    kirill = member(cast, "kirill")

    bare = manager.post(f"/desk/buyers/{kirill.pk}/", fields("buyer"), follow=True)
    assert "нет ни одного юрлица" in text_of(bare)

    limited = manager.post(
        f"/desk/buyers/{kirill.pk}/", fields("buyer", cast.plus, spending_limit="100"), follow=True
    )
    assert "некому подтвердить" in text_of(limited)


# ----------------------------------------------------------------- what he reads himself


def test_without_a_legal_entity_he_reads_whom_to_ask(cast, kirill):
    give(cast, "olga", "owner")
    Buyer.objects.filter(user=cast.olga).update(name="Ольга Лютикова")
    give(cast, "kirill", "buyer")

    page = text_of(kirill.get("/"))

    assert "Вам не дали ни одного юрлица компании «Ромашка»" in page
    assert "это меняет руководитель компании: Ольга Лютикова" in page


def test_where_there_is_no_owner_he_reads_the_managers_name(cast, kirill):
    give(cast, "kirill", "buyer")

    assert "это меняет менеджер магазина: manager@example.org" in text_of(kirill.get("/"))


@pytest.mark.parametrize(("role", "word"), [("viewer", "наблюдатель"), ("accountant", "бухгалтер")])
def test_whoever_only_looks_reads_so_instead_of_the_button(cast, kirill, role, word):
    give(cast, "kirill", role, cast.plus)

    for address in ("/", f"/goods/{cast.hose.pk}/", "/orders/", "/quick/"):
        page = text_of(kirill.get(address))
        assert f"Ваша роль в компании «Ромашка» — {word}" in page, address
    catalogue = text_of(kirill.get("/"))
    assert 'data-price="1400.25"' in catalogue  # its prices he does see
    assert "В корзину" not in catalogue


def test_of_several_companies_the_picker_says_which_legal_entity_is_whose(cast, olga):
    assert "<optgroup" not in text_of(olga.get("/"))
    people.link(
        get_shop(),
        cast.manager,
        cast.other,
        ["olga@example.org"],
        legal_entity_ids=[cast.theirs.pk],
    )

    page = text_of(olga.get("/"))
    ours, theirs = page.split('<optgroup label="Чужие">')
    assert '<optgroup label="Ромашка">' in ours
    assert cast.theirs.name in theirs.split("</optgroup>")[0]

    olga.post("/legal-entity/", {"legal_entity": cast.theirs.pk})
    assert 'data-price="1400.25"' in text_of(olga.get("/"))
    olga.post(f"/goods/{cast.hose.pk}/to-cart/", {"quantity": "1"})
    assert models.Checkout.objects.get().lines.get().price_override == Decimal("1400.25")


# ---------------------------------------------------------------------- roles × actions

#: Role → may he see prices, order, order above another's limit, confirm, manage people, and
#: does he see a colleague's order of his legal entity?
MATRIX = {
    "owner": (True, True, True, True, True, True),
    "buyer": (True, True, False, False, False, True),
    "approver": (True, True, True, True, False, True),
    "accountant": (True, False, False, False, False, True),
    "viewer": (True, False, False, False, False, True),
    "removed": (False, False, False, False, False, False),
}


@pytest.fixture
def colleagues_order(cast) -> WholesaleOrder:
    """Olga has ordered for ИП Лютикова."""
    from b2b_overlay.ordering import orders

    shop = get_shop()
    channel = shop.catalogue.channels()[0]
    cart = shop.checkouts.set_quantities(cast.olga.pk, channel, {cast.hose.pk: 1})
    return orders.place(shop, cast.olga, cart, cast.plus.pk)


def order_of(cast, client, quantity: int) -> bool:
    """Does an order of so many hoses come off?"""
    client.post(f"/goods/{cast.hose.pk}/to-cart/", {"quantity": str(quantity)})
    before = models.Order.objects.count()
    checkout = models.Checkout.objects.first()
    client.post(
        "/checkout/", {"checkout": str(checkout.pk), "legal_entity": cast.plus.pk, "shown": ""}
    )
    return models.Order.objects.count() > before


@pytest.mark.parametrize("role", MATRIX)
def test_each_role_does_what_it_says_and_no_more(cast, kirill, sign_in, colleagues_order, role):
    give(cast, "olga", "owner")
    if role == "removed":
        people.remove(get_shop(), cast.manager, member(cast, "kirill"))
    else:
        give(cast, "kirill", role, cast.plus, limit="2000")
    prices, small, large, confirms, manages, sees = MATRIX[role]
    kirill.post("/legal-entity/", {"legal_entity": cast.plus.pk})

    assert ('data-price="1400.25"' in text_of(kirill.get("/"))) is prices
    orders_page = text_of(kirill.get("/orders/"))
    assert (f'data-order="{colleagues_order.number}"' in orders_page) is sees
    assert (kirill.get(f"/orders/{colleagues_order.order_id}/").status_code == 200) is sees
    target = member(cast, "viewer")
    assert (kirill.get(f"/people/{target.pk}/").status_code == 200) is manages
    assert order_of(cast, kirill, 1) is small
    models.Checkout.objects.all().delete()
    assert order_of(cast, kirill, 2) is large

    models.Checkout.objects.all().delete()
    give(cast, "viewer", "buyer", cast.plus, limit="2000")
    viewer = sign_in(cast.viewer)
    viewer.post(f"/goods/{cast.hose.pk}/to-cart/", {"quantity": "3"})
    checkout = str(models.Checkout.objects.get().pk)
    viewer.post("/approvals/ask/", {"checkout": checkout, "legal_entity": cast.plus.pk})
    before = models.Order.objects.count()
    pk = member(cast, "viewer").approvals.get().pk
    kirill.post(f"/approvals/{pk}/", {"yes": "1"})
    assert (models.Order.objects.count() > before) is confirms
