"""The invoice: what was agreed, to the kopeck, to the right account; and nobody else's."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from b2b_overlay.ordering.models import WholesaleOrder
from b2b_overlay.terms.models import Contract, Organization
from sandbox import models

#: A real bank's BIC and accounts whose keys hold.
REQUISITES = {
    "name": "ООО «Садовник»",
    "full_name": "Общество с ограниченной ответственностью «Садовник»",
    "inn": "7707083893",
    "kpp": "773601001",
    "address": "117312, Москва, ул. Садовая, 1",
    "account": "40703810700001449489",
    "bic": "044525700",
    "bank_name": "АО «Райффайзенбанк»",
    "correspondent": "30101810200000000700",
    "director": "Иванов И. И.",
    "accountant": "Петрова П. П.",
}


@pytest.fixture
def seller(cast: Any) -> Organization:
    return Organization.objects.create(**REQUISITES)


@pytest.fixture
def order(cast: Any, olga: Any) -> WholesaleOrder:
    """Two hoses and two packs of boards, for ООО «Ромашка»."""
    olga.post(f"/goods/{cast.hose.pk}/to-cart/", {"quantity": "2"})
    olga.post(f"/goods/{cast.boards.pk}/to-cart/", {"quantity": "12"})
    olga.post(
        "/checkout/",
        {
            "checkout": str(models.Checkout.objects.get().pk),
            "legal_entity": cast.ooo.pk,
            "shown": "7801.00",
        },
    )
    return WholesaleOrder.objects.get()


def page_of(client: Any, order: WholesaleOrder, desk: str = "") -> str:
    answer = client.get(f"{desk}/orders/{order.order_id}/invoice/")
    assert answer.status_code == 200
    return str(answer.content.decode())


def code_in(page: str) -> dict[str, str]:
    text = re.search(r'data-code="([^"]*)"', page)
    assert text is not None
    head, *fields = text[1].split("|")
    assert head == "ST00012"
    return dict(each.split("=", 1) for each in fields)


def test_the_buyer_sees_what_to_pay_to_whom_and_for_what(cast, olga, order, seller):
    page = page_of(olga, order)

    assert 'data-total="7801.00"' in page
    assert "Семь тысяч восемьсот один рубль 00 копеек" in page
    assert "40703810700001449489" in page
    assert "Договор № ОПТ-1 от 01.03.2026" in page
    assert order.due_date.strftime("%d.%m.%Y") in page
    assert "Иванов И. И." in page


def test_goods_stand_in_the_unit_they_were_sold_by(cast, olga, order, seller):
    page = page_of(olga, order)

    assert "2 уп" in page
    assert "2\xa0400,00" in page


def test_vat_is_the_sum_of_what_1c_gets_by_line(cast, olga, order, seller):
    page = page_of(olga, order)

    by_line = sum(line.vat for line in order.lines.all())
    assert by_line == Decimal("541.16") + Decimal("865.57")
    assert "1\xa0406,73" in page
    assert "в т. ч. НДС 22 %" in page


def test_the_code_holds_the_very_requisites_and_the_sum_in_kopecks(cast, olga, order, seller):
    found = code_in(page_of(olga, order))

    assert found["Name"] == seller.full_name
    assert found["PersonalAcc"] == seller.account
    assert (found["BIC"], found["CorrespAcc"]) == (seller.bic, seller.correspondent)
    assert (found["PayeeINN"], found["KPP"]) == (seller.inn, seller.kpp)
    assert found["Sum"] == "780100"
    assert found["Purpose"].startswith(f"Оплата по счёту № {order.number} от ")
    assert found["Purpose"].endswith("В том числе НДС 22% 1406.73")


def test_a_changed_price_does_not_change_the_invoice(cast, olga, order, seller):
    cast.wholesale.prices.update(amount="9999.00")

    assert 'data-total="7801.00"' in page_of(olga, order)


def test_goods_without_vat_are_named_apart_from_those_with_it(cast, olga, order, seller):
    order.lines.filter(position=2).update(vat_exempt=True, vat_rate=None, vat=0)

    page = page_of(olga, order)

    assert 'data-vat="22.00"' in page
    assert 'data-vat="none"' in page
    assert "Без НДС" in page


def test_no_vat_at_all_is_said_in_the_purpose(cast, olga, order, seller):
    order.lines.update(vat_exempt=True, vat_rate=None, vat=0)

    assert code_in(page_of(olga, order))["Purpose"].endswith("НДС не облагается")


def test_prices_without_vat_have_it_on_top(cast, olga, order, seller):
    order.lines.filter(position=1).update(vat=Decimal("660.22"))
    order.lines.filter(position=2).update(vat=Decimal("1056.00"))
    order.vat_included, order.total = False, Decimal("9517.22")
    order.save()

    page = page_of(olga, order)

    assert 'data-total="9517.22"' in page
    assert "Всего без НДС" in page
    assert "1\xa0716,22" in page


def test_known_in_1c_it_is_a_copy(cast, olga, order, seller):
    assert 'id="copy"' not in page_of(olga, order)
    order.onec_number, order.onec_date = "УТ-000123", date(2026, 11, 26)
    order.save()

    page = page_of(olga, order)

    assert "Копия. Оригинал — в 1С или в ЭДО: заказ № УТ-000123 от 26.11.2026" in page


def test_another_sum_in_1c_is_told_and_has_no_code_to_pay_by(cast, olga, order, seller):
    order.onec_number, order.onec_total = "УТ-000123", Decimal("7000.00")
    order.save()

    page = page_of(olga, order)

    assert 'id="differs"' in page
    assert "data-code" not in page


def test_another_currency_has_no_code_and_its_own_words(cast, olga, order, seller):
    WholesaleOrder.objects.update(currency="KZT")

    page = page_of(olga, order)

    assert "Семь тысяч восемьсот один тенге 00 тиынов" in page
    assert "data-code" not in page


def test_the_contracts_own_organization_sells(cast, olga, order, seller):
    own = Organization.objects.create(**{**REQUISITES, "name": "ИП Иванов", "full_name": ""})
    Contract.objects.filter(pk=order.contract_id).update(organization=own)

    assert code_in(page_of(olga, order))["Name"] == "ИП Иванов"


def test_without_an_account_there_is_no_invoice_and_the_desk_is_told_why(
    cast, olga, manager, order, seller
):
    Organization.objects.update(account="")

    for_buyer, for_desk = page_of(olga, order), page_of(manager, order, "/desk")

    assert "Попросите его у своего менеджера" in for_buyer
    assert "Садовник»" in for_desk.split("<main")[1]
    assert "счёт" in for_desk
    assert "data-invoice" not in for_buyer + for_desk


def test_lines_that_do_not_come_to_the_order_make_no_invoice(cast, olga, manager, order, seller):
    order.lines.filter(position=1).update(total=Decimal("3001.01"))

    assert "data-invoice" not in page_of(olga, order)
    assert f"заказа № {order.number}" in page_of(manager, order, "/desk")


def test_a_paid_order_says_so_and_has_nothing_to_pay_by(cast, olga, order, seller):
    WholesaleOrder.objects.update(paid_at=date(2026, 11, 26))

    page = page_of(olga, order)

    assert "оплачен" in page
    assert "data-code" not in page


def test_a_sole_trader_signs_alone(cast, olga, order, seller):
    assert "Главный бухгалтер" in page_of(olga, order)
    Organization.objects.update(inn="500100732259", kpp="", director="")

    page = page_of(olga, order)

    assert "Индивидуальный предприниматель" in page
    assert "Главный бухгалтер" not in page


def test_a_cancelled_order_is_not_paid(cast, olga, order, seller):
    WholesaleOrder.objects.update(is_cancelled=True)

    assert "data-invoice" not in page_of(olga, order)
    assert "отменён" in page_of(olga, order)


def test_the_desk_sees_the_same_invoice(cast, olga, manager, order, seller):
    def document(page: str) -> str:
        return page.split("<article")[1].split("</article>")[0]

    assert document(page_of(olga, order)) == document(page_of(manager, order, "/desk"))


def test_it_is_in_russian_whoever_reads(cast, sign_in, order, seller):
    page = page_of(sign_in(cast.olga, "en"), order)

    assert "Invoice for order" in page
    assert "Всего к оплате" in page


@pytest.mark.parametrize("who", ["kirill", "stranger", "retail"])
def test_an_invoice_of_others_does_not_exist_for_him(cast, order, seller, sign_in, who):
    """Kirill is of the same company, but doesn't buy for this legal entity."""
    other = sign_in(getattr(cast, who))

    for path in ("invoice/", "lines.xlsx"):
        assert other.get(f"/orders/{order.order_id}/{path}").status_code == 404
    assert other.get(f"/desk/orders/{order.order_id}/invoice/").status_code == 404


def test_whoever_was_removed_no_longer_sees_his_own_invoice(cast, olga, order, seller):
    cast.company.buyers.filter(user=cast.olga).update(is_active=False)

    assert olga.get(f"/orders/{order.order_id}/invoice/").status_code == 404


def test_the_order_page_leads_to_its_invoice(cast, olga, manager, order):
    path = f"/orders/{order.order_id}/"

    assert f'href="{path}invoice/"' in olga.get(path).content.decode()
    assert f'href="/desk{path}invoice/"' in manager.get(f"/desk{path}").content.decode()


def test_lines_go_out_as_a_spreadsheet(cast, olga, order):
    answer = olga.get(f"/orders/{order.order_id}/lines.xlsx")

    header, *rows = load_workbook(BytesIO(answer.content)).active.values
    assert header[1:6] == ("Артикул", "Товар", "Количество", "Единица", "Цена")
    assert [(row[1], row[3], row[4], row[5], row[8]) for row in rows] == [
        ("ШП-25/34", 2, "шт", 1500.5, 3001),
        ("ДТ-6", 2, "уп", 2400, 4800),
    ]


# ------------------------------------------------------------------------ organisations


@pytest.fixture
def owner(cast: Any, settings: Any, sign_in: Any) -> Any:
    settings.B2B_OVERSEERS = ["owner@example.org"]
    user = models.User.objects.create_user("owner@example.org", cast.password, is_staff=True)
    return sign_in(user)


def test_the_owner_writes_an_organization_down_and_invoices_are_there(cast, olga, owner, order):
    answer = owner.post(
        "/desk/organizations/new/", {**REQUISITES, "account": "40703 810 7 0000 1449489"}
    )

    assert answer.status_code == 302
    assert code_in(page_of(olga, order))["PersonalAcc"] == REQUISITES["account"]


def test_an_account_with_a_slip_is_refused_and_the_form_stays_filled(cast, owner, seller):
    answer = owner.post(
        f"/desk/organizations/{seller.pk}/", {**REQUISITES, "account": "40703810700001449488"}
    )

    assert answer.status_code == 422
    assert "40703810700001449488" in answer.content.decode()
    seller.refresh_from_db()
    assert seller.account == REQUISITES["account"]


def test_a_manager_sees_organizations_and_changes_none(cast, manager, seller):
    page = manager.get("/desk/organizations/").content.decode()

    assert seller.account in page
    assert manager.get(f"/desk/organizations/{seller.pk}/").status_code == 404
    changed = {**REQUISITES, "account": ""}
    assert manager.post(f"/desk/organizations/{seller.pk}/", changed).status_code == 404
    seller.refresh_from_db()
    assert seller.account == REQUISITES["account"]


def test_before_the_first_organization_the_page_says_what_it_is_for(cast, manager):
    assert "Организаций пока нет" in manager.get("/desk/organizations/").content.decode()


def test_with_two_organizations_the_contract_says_which_sells(cast, manager, seller):
    contract = cast.ooo.contracts.get()
    page = f"/desk/entities/{cast.ooo.pk}/contract/{contract.pk}/"
    assert 'name="organization"' not in manager.get(page).content.decode()
    second = Organization.objects.create(name="ИП Иванов")
    assert 'name="organization"' in manager.get(page).content.decode()
    form = {"number": "ОПТ-1", "payment": "on_account", "payment_days": "14", "currency": "RUB"}

    manager.post(page, {**form, "organization": second.pk})
    contract.refresh_from_db()
    assert contract.organization == second

    manager.post(page, form)
    contract.refresh_from_db()
    assert contract.organization == second


def test_who_changed_the_account_is_on_record(cast, owner, manager, seller):
    other = {**REQUISITES, "account": "40702810400000000225", "bic": "044525225"}
    answer = owner.post(
        f"/desk/organizations/{seller.pk}/", {**other, "correspondent": "30101810400000000225"}
    )
    assert answer.status_code == 302, answer.content.decode()

    page = manager.get(f"/desk/organizations/{seller.pk}/history/").content.decode()

    assert "owner@example.org" in page
    assert REQUISITES["account"] in page
    assert other["account"] in page
