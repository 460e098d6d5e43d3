"""The desk: admit a company, give it terms and buyers, see why a price; for the staff alone."""

from __future__ import annotations

from decimal import Decimal

import pytest

from b2b_overlay.company.models import Buyer, Company, LegalEntity
from b2b_overlay.ordering.models import WholesaleOrder
from b2b_overlay.terms.models import Contract
from sandbox import models

PAGES = [
    "/desk/",
    "/desk/companies/new/",
    "/desk/companies/{company.pk}/",
    "/desk/entities/{ooo.pk}/contract/",
    "/desk/counterparties/",
    "/desk/counterparties/{ooo.pk}/",
    "/desk/prices/",
    "/desk/prices/{wholesale.pk}/",
    "/desk/why/",
    "/desk/orders/",
]
POSTS = [
    "/desk/companies/new/",
    "/desk/companies/{company.pk}/switch/",
    "/desk/companies/{company.pk}/entities/",
    "/desk/companies/{company.pk}/buyers/",
    "/desk/entities/{ooo.pk}/contract/",
]


@pytest.mark.parametrize("address", PAGES)
def test_the_staff_see_it(cast, manager, address):
    assert manager.get(address.format(**vars(cast))).status_code == 200


@pytest.mark.parametrize("address", PAGES)
@pytest.mark.parametrize("who", ["olga", "stranger", "retail"])
def test_for_customers_there_is_no_such_page(cast, sign_in, address, who):
    answer = sign_in(getattr(cast, who)).get(address.format(**vars(cast)))

    assert answer.status_code == 404
    assert "Чужие" not in answer.content.decode()


@pytest.mark.parametrize("address", POSTS)
def test_nothing_is_changed_by_a_customer(cast, olga, address):
    answer = olga.post(
        address.format(**vars(cast)),
        {"name": "Моя", "on": "0", "entity": cast.free.pk, "email": "retail@example.org"},
    )

    assert answer.status_code == 404
    assert Company.objects.count() == 2
    assert Company.objects.get(pk=cast.company.pk).is_active
    assert LegalEntity.objects.get(pk=cast.free.pk).company is None
    assert Buyer.objects.count() == 4
    assert Contract.objects.count() == 3


def test_a_visitor_is_asked_to_sign_in(cast, client):
    assert client.get("/desk/")["Location"].startswith("/sign-in/?next=")


@pytest.mark.parametrize("text", ["ромаш", "7707083893", "ИП Лютикова"])
def test_a_company_is_found_by_its_name_its_legal_entitys_and_inn(cast, manager, text):
    page = manager.get("/desk/", {"q": text}).content.decode()

    assert f"/desk/companies/{cast.company.pk}/" in page
    assert f"/desk/companies/{cast.other.pk}/" not in page


def test_a_company_is_made_of_free_legal_entities(cast, manager):
    answer = manager.post("/desk/companies/new/", {"name": "Новые", "entity": cast.free.pk})

    made = Company.objects.get(name="Новые")
    assert answer["Location"] == f"/desk/companies/{made.pk}/"
    assert list(made.legal_entities.all()) == [cast.free]
    assert not made.is_active


def test_a_taken_legal_entity_is_refused_and_nothing_is_made(cast, manager):
    answer = manager.post("/desk/companies/new/", {"name": "Новые", "entity": cast.theirs.pk})

    assert answer.status_code == 422
    assert "уже относится к клиенту «Чужие»" in answer.content.decode()
    assert Company.objects.count() == 2


def test_a_company_needs_a_name(cast, manager):
    answer = manager.post("/desk/companies/new/", {"name": " ", "entity": cast.free.pk})

    assert answer.status_code == 422
    assert Company.objects.count() == 2


def test_the_switch_works_at_once(cast, manager, olga):
    manager.post(f"/desk/companies/{cast.company.pk}/switch/", {"on": "0"})
    assert 'id="switched-off"' in olga.get("/").content.decode()

    manager.post(f"/desk/companies/{cast.company.pk}/switch/", {"on": "1"})
    assert 'data-price="1500.50"' in olga.get("/").content.decode()


def test_a_legal_entity_is_added(cast, manager):
    page = manager.get(f"/desk/companies/{cast.company.pk}/", {"q": "Новые"}).content.decode()
    assert f'value="{cast.free.pk}"' in page

    manager.post(f"/desk/companies/{cast.company.pk}/entities/", {"entity": cast.free.pk})

    assert LegalEntity.objects.get(pk=cast.free.pk).company == cast.company


def test_a_contract_is_given_with_its_price_lists_in_order(cast, manager):
    address = f"/desk/entities/{cast.free.pk}/contract/"

    answer = manager.post(
        address,
        {
            "number": "77",
            "signed": "2026-11-01",
            "payment": "on_account",
            "payment_days": "21",
            "currency": "RUB",
            "list-0": cast.dealer.pk,
            "list-1": cast.wholesale.pk,
            "list-2": cast.dealer.pk,
        },
    )

    contract = cast.free.contracts.get()
    assert answer["Location"] == f"/desk/counterparties/{cast.free.pk}/"
    assert (contract.number, contract.payment_days) == ("77", 21)
    lists = contract.price_assignments.order_by("priority").values_list("price_list", flat=True)
    assert list(lists) == [cast.dealer.pk, cast.wholesale.pk]


def test_a_contract_is_changed(cast, manager):
    contract = cast.ooo.contracts.get()

    manager.post(
        f"/desk/entities/{cast.ooo.pk}/contract/{contract.pk}/",
        {"number": "ОПТ-9", "payment": "prepaid", "currency": "RUB", "list-0": cast.dealer.pk},
    )

    contract.refresh_from_db()
    assert (contract.number, contract.payment, contract.payment_days) == ("ОПТ-9", "prepaid", 0)


@pytest.mark.parametrize(
    "wrong",
    [{"payment_days": "400"}, {"payment": "gift"}, {"currency": "рубли"}, {"signed": "вчера"}],
)
def test_a_wrong_term_is_said_and_nothing_is_saved(cast, manager, wrong):
    good = {"number": "1", "payment": "on_account", "payment_days": "7", "currency": "RUB"}

    answer = manager.post(f"/desk/entities/{cast.free.pk}/contract/", {**good, **wrong})

    assert answer.status_code == 422
    assert "flash error" in answer.content.decode()
    assert not cast.free.contracts.exists()


def test_a_list_no_channel_sells_in_is_accepted_and_the_missing_rate_is_told(cast, manager):
    cast.dealer.currency = "USD"
    cast.dealer.save()

    answer = manager.post(
        f"/desk/entities/{cast.free.pk}/contract/",
        {"payment": "prepaid", "currency": "RUB", "list-0": cast.dealer.pk},
    )

    assert answer.status_code == 302
    page = manager.get(f"/desk/counterparties/{cast.free.pk}/").content.decode()
    assert "Нет курса USD к RUB" in page
    assert cast.free.contracts.get().price_assignments.get().price_list == cast.dealer


def test_another_legal_entitys_contract_does_not_exist_here(cast, manager):
    theirs = cast.theirs.contracts.get()

    assert manager.get(f"/desk/entities/{cast.ooo.pk}/contract/{theirs.pk}/").status_code == 404


def test_a_buyer_is_added_by_email_for_some_legal_entities(cast, manager):
    manager.post(
        f"/desk/companies/{cast.company.pk}/buyers/",
        {"email": "retail@example.org", "role": "buyer", "entity": cast.plus.pk},
    )

    buyer = Buyer.objects.get(user=cast.retail)
    assert list(buyer.legal_entities.all()) == [cast.plus]


@pytest.mark.parametrize(
    "wrong",
    [{"email": "nobody@example.org"}, {"role": "king"}, {"entity": "theirs"}],
)
def test_a_buyer_who_cannot_be_is_refused_with_why(cast, manager, wrong):
    if wrong.get("entity"):
        wrong = {"entity": cast.theirs.pk}

    answer = manager.post(
        f"/desk/companies/{cast.company.pk}/buyers/",
        {"email": "retail@example.org", "role": "buyer", **wrong},
    )

    assert answer.status_code == 422
    assert "flash error" in answer.content.decode()
    assert not Buyer.objects.filter(user=cast.retail).exists()


def test_a_removed_buyer_is_a_retail_customer_again(cast, manager, kirill):
    buyer = Buyer.objects.get(user=cast.kirill)

    manager.post(f"/desk/buyers/{buyer.pk}/remove/")

    assert 'id="not-a-buyer"' in kirill.get("/").content.decode()


def test_wrong_requisites_are_marked_and_kept(cast, manager):
    LegalEntity.objects.filter(pk=cast.free.pk).update(inn="7736050004")

    page = manager.get("/desk/counterparties/", {"q": "Новые"}).content.decode()

    assert "7736050004" in page
    assert "В ИНН опечатка: контрольная цифра не сходится" in page


def test_free_counterparties_are_told_apart(cast, manager):
    page = manager.get("/desk/counterparties/", {"free": "1"}).content.decode()

    assert "ООО «Новые»" in page
    assert "ООО «Чужие»" not in page


def test_a_price_list_shows_its_prices_and_whose_it_is(cast, manager):
    page = manager.get(f"/desk/prices/{cast.wholesale.pk}/").content.decode()

    assert "1\xa0500,50" in page
    assert "ООО «Ромашка», Договор № ОПТ-1" in page


def test_why_this_price_shows_every_candidate_and_what_beat_it(cast, manager):
    page = manager.get(
        "/desk/why/", {"entity": cast.ooo.pk, "good": "ШП-25/34", "quantity": "5"}
    ).content.decode()

    first, second = page.split("<tbody>")[1].split("</tr>")[:2]
    assert "Опт" in first
    assert "1\xa0500,50" in first
    assert "действует" in first
    assert "1\xa0990,00" in second
    assert "уступила" in second


def test_orders_of_all_customers_stand_at_the_desk(cast, manager, olga):
    olga.post(f"/goods/{cast.hose.pk}/to-cart/", {"quantity": "2"})
    checkout = str(models.Checkout.objects.get().pk)
    olga.post(
        "/checkout/",
        {"checkout": checkout, "legal_entity": cast.ooo.pk, "shown": "3001.00"},
    )
    order = WholesaleOrder.objects.get()

    assert order.total == Decimal("3001.00")
    assert f"№ {order.number}" in manager.get("/desk/orders/", {"q": "ромаш"}).content.decode()
    assert manager.get(f"/desk/orders/{order.order_id}/").status_code == 200
    assert olga.get(f"/desk/orders/{order.order_id}/").status_code == 404
