"""A retail customer applies himself; the desk asks, refuses or lets him in."""

from __future__ import annotations

import base64
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from urllib.parse import quote
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone, translation
from graphql_relay import to_global_id

from b2b_overlay.company import applications, cards
from b2b_overlay.company.likeness import Reason
from b2b_overlay.company.models import Application, ApplicationMessage, Buyer, Company, LegalEntity
from b2b_overlay.ordering.models import WholesaleOrder
from b2b_overlay.shop import Refused, get_shop
from b2b_overlay.terms.models import Settlement
from sandbox.graphql import tokens

PDF = b"%PDF-1.7\n1 0 obj"


def pdf(name: str = "Карточка предприятия.pdf") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, PDF, "application/pdf")


def office(part: str, *more: str) -> bytes:
    out = BytesIO()
    with ZipFile(out, "w") as archive:
        for name in ("[Content_Types].xml", part, *more):
            archive.writestr(name, "<x/>")
    return out.getvalue()


@pytest.fixture
def applied(cast) -> Application:
    """The retail customer has applied for the counterparty that is nobody's yet."""
    return applications.submit(
        cast.retail, inn=cast.free.inn, company_name="Новые ООО", phone="+7 916 123-45-67"
    )


def said(reason: Reason) -> str:
    with translation.override("ru"):
        return str(reason.label)


def send(client: Client, **fields):
    return client.post("/apply/", {"inn": "7736050003", **fields})


# ------------------------------------------------------------------------- the customer


def test_a_visitor_signs_in_first_and_comes_back_to_the_form(cast, client):
    assert client.get("/apply/")["Location"] == "/sign-in/?next=%2Fapply%2F"
    assert "/apply/" in client.get("/sign-in/").content.decode()


def test_whoever_is_no_buyer_finds_the_way_to_apply(cast, retail, olga):
    assert 'href="/apply/"' in retail.get("/").content.decode()
    assert 'href="/apply/"' in retail.get("/cart/").content.decode()
    assert 'href="/apply/"' not in olga.get("/").content.decode()


def test_he_applies_by_his_inn_with_a_card(cast, retail):
    answer = send(retail, company_name="Новые", phone="8 916 1234567", card=pdf())

    assert answer["Location"] == "/apply/"
    found = Application.objects.get()
    assert (found.user, found.inn, found.state) == (cast.retail, "7736050003", "new")
    assert (found.card_name, bytes(found.card)) == ("Карточка предприятия.pdf", PDF)
    page = retail.get("/apply/").content.decode()
    assert "Заявка отправлена" in page
    assert 'data-state="new"' in page
    assert 'id="application-new"' in retail.get("/").content.decode()


def test_he_applies_by_the_number_of_an_invoice_alone(cast, retail):
    send(retail, inn="", invoice="УТ-000123")

    assert Application.objects.get().invoice == "УТ-000123"


def test_blanks_in_an_inn_are_how_people_type(cast, retail):
    send(retail, inn=" 7736 050 003 ")

    assert Application.objects.get().inn == "7736050003"


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"inn": ""}, "Укажите ИНН вашей организации или номер накладной"),
        ({"inn": "  ", "invoice": " "}, "Укажите ИНН вашей организации или номер накладной"),
        ({"inn": "77360500031"}, "11"),
        ({"invoice": "1" * 65}, "64"),
        ({"company_name": "я" * 256}, "255"),
        ({"comment": "я" * 2001}, "2000"),
    ],
)
def test_what_cannot_be_is_said_and_what_was_typed_stays(cast, retail, fields, says):
    answer = send(retail, **{"contact": "Мария", **fields})

    page = answer.content.decode()
    assert answer.status_code == 422
    assert says in page
    assert 'value="Мария"' in page
    assert not Application.objects.exists()


def test_a_slip_in_the_inn_is_told_and_not_refused(cast, retail):
    send(retail, inn="7736050004")

    assert Application.objects.get().inn == "7736050004"
    page = retail.get("/apply/").content.decode()
    assert "контрольн" in page
    assert "Проверьте" in page


def test_an_inn_that_somebody_buys_with_has_a_clear_answer_and_names_nobody(cast, retail):
    send(retail, inn=cast.ooo.inn)

    page = retail.get("/apply/").content.decode()
    assert Application.objects.get().state == "new"
    assert "Организация с этим ИНН уже покупает у нас оптом" in page
    assert "пригласить вас" in page
    assert "Ромашка" not in page
    assert "olga" not in page


def test_an_inn_of_a_customer_switched_off_or_of_nobody_is_not_taken(cast, retail):
    Company.objects.filter(pk=cast.company.pk).update(is_active=False)

    send(retail, inn=cast.ooo.inn)

    assert "уже покупает" not in retail.get("/apply/").content.decode()


def test_his_own_companys_inn_is_not_somebody_elses(cast, olga):
    send(olga, inn=cast.ooo.inn)

    page = olga.get("/apply/").content.decode()
    assert "уже покупает у нас" not in page
    assert "Вы уже покупаете оптом" in page


def test_a_buyer_reads_that_he_is_one(cast, olga):
    page = olga.get("/apply/").content.decode()

    assert 'id="already-a-buyer"' in page
    assert "Ромашка" in page


def test_pressing_twice_is_one_application(cast, retail):
    send(retail)
    send(retail, inn="7707083893")

    assert Application.objects.get().inn == "7736050003"
    assert "Вы уже отправили заявку" in retail.get("/apply/").content.decode()


@pytest.mark.django_db(transaction=True)
def test_two_clicks_at_the_same_moment_are_one_application(cast):
    def click(_n: int) -> int:
        try:
            return applications.submit(cast.retail, inn="7736050003").pk
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        answered = set(pool.map(click, range(12)))

    assert answered == {Application.objects.get().pk}


def test_nobody_asks_after_a_whole_register_of_inns(cast, retail):
    for n in range(applications.A_DAY):
        send(retail, inn=f"770708389{n}")
        retail.post("/apply/withdraw/")

    answer = send(retail, inn="7707083899")

    assert answer.status_code == 422
    assert "завтра" in answer.content.decode()
    Application.objects.update(created_at=timezone.now() - timedelta(days=2))
    assert send(retail).status_code == 302


def test_he_answers_and_the_desk_sees_it_waiting_again(cast, retail, manager, applied):
    manager.post(f"/desk/applications/{applied.pk}/ask/", {"question": "Какой у вас адрес?"})
    assert 'id="application-asked"' in retail.get("/").content.decode()
    assert "Какой у вас адрес?" in retail.get("/apply/").content.decode()
    assert cast.manager.email not in retail.get("/apply/").content.decode()

    retail.post("/apply/answer/", {"text": "Мытищи, Садовая, 14"})
    retail.post("/apply/answer/", {"text": "Мытищи, Садовая, 14"})

    applied.refresh_from_db()
    assert applied.state == "new"
    assert applied.messages.count() == 2
    page = manager.get(f"/desk/applications/{applied.pk}/").content.decode()
    assert "Мытищи, Садовая, 14" in page


def test_an_empty_answer_is_none(cast, retail, applied):
    retail.post("/apply/answer/", {"text": "  "})

    assert "Напишите что-нибудь" in retail.get("/apply/").content.decode()
    assert not ApplicationMessage.objects.exists()


def test_he_withdraws_and_may_apply_anew(cast, retail, applied):
    retail.post("/apply/withdraw/")
    retail.post("/apply/withdraw/")

    applied.refresh_from_db()
    assert applied.state == "withdrawn"
    assert 'name="inn"' in retail.get("/apply/", {"new": "1"}).content.decode()
    send(retail)
    assert Application.objects.count() == 2


def test_what_is_decided_is_not_answered_any_more(cast, retail, manager, applied):
    manager.post(f"/desk/applications/{applied.pk}/refuse/", {"reason": "Только для юрлиц"})

    retail.post("/apply/answer/", {"text": "Почему?"})
    page = retail.get("/apply/").content.decode()

    assert "уже решена" in page
    assert "Только для юрлиц" in page
    assert applied.messages.count() == 1
    assert 'id="application-refused"' in retail.get("/").content.decode()


# ----------------------------------------------------------------------------- the card


@pytest.mark.parametrize(
    ("name", "content", "kept"),
    [
        ("card.pdf", PDF, "card.pdf"),
        ("скан.JPEG", b"\xff\xd8\xff\xe0 jfif", "скан.jpeg"),
        ("x.png", b"\x89PNG\r\n\x1a\n....", "x.png"),
        ("реквизиты.docx", office("word/document.xml"), "реквизиты.docx"),
        ("реквизиты.xlsx", office("xl/workbook.xml"), "реквизиты.xlsx"),
        ("старая.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", "старая.xls"),
        ("старая.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1....", "старая.doc"),
        ("к.txt", "ООО «Новые»\r\nИНН".encode("windows-1251"), "к.txt"),
        ("page.html", b"<script>alert(1)</script>", "page.html.txt"),
        ("virus.exe.pdf", PDF, "virus.exe.pdf"),
        ("report.exe", PDF, "report.exe.pdf"),
        ("../../etc/passwd\x00.pdf", PDF, "passwd.pdf"),
        ("C:\\Доки\\карта.docx", PDF, "карта.pdf"),
        (".pdf", PDF, "card.pdf"),
    ],
)
def test_a_card_is_what_its_bytes_say(name, content, kept):
    assert cards.read(name, content).name == kept


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("setup.pdf", b"MZ\x90\x00\x03\x00", "PDF, JPG, PNG"),
        ("a.zip", office("readme.txt"), "PDF, JPG, PNG"),
        ("macro.docx", office("word/document.xml", "word/vbaProject.bin"), "PDF, JPG, PNG"),
        ("broken.docx", b"PK\x03\x04 no archive \x00", "PDF, JPG, PNG"),
        ("empty.pdf", b"", "пустой файл"),
    ],
)
def test_another_file_is_refused_with_what_may_come(cast, retail, name, content, says):
    answer = send(retail, contact="Мария", card=SimpleUploadedFile(name, content))

    page = answer.content.decode()
    assert answer.status_code == 422
    assert says in page
    assert 'value="Мария"' in page
    assert not Application.objects.exists()


def test_a_card_of_more_than_ten_megabytes_is_refused(cast, retail):
    answer = send(retail, card=SimpleUploadedFile("big.pdf", PDF + bytes(cards.LARGEST)))

    assert answer.status_code == 422
    assert "10 МБ" in answer.content.decode()
    assert not Application.objects.exists()


def test_the_desk_downloads_the_card_under_its_name_and_never_opens_it(cast, retail, manager):
    send(retail, card=pdf())
    address = f"/desk/applications/{Application.objects.get().pk}/card/"

    answer = manager.get(address)

    assert answer.content == PDF
    assert answer["Content-Type"] == "application/pdf"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"].startswith("attachment")
    assert quote("Карточка предприятия.pdf") in answer["Content-Disposition"]
    assert "sandbox" in answer["Content-Security-Policy"]
    assert retail.get(address).status_code == 404


# ----------------------------------------------------------------------------- the desk


def test_the_menu_says_how_many_wait(cast, manager, applied):
    assert ">1</span></a>" in manager.get("/desk/").content.decode()
    manager.post(f"/desk/applications/{applied.pk}/ask/", {"question": "Кто вы?"})
    assert ">1</span></a>" not in manager.get("/desk/").content.decode()


def test_the_list_tells_the_states_apart(cast, manager, applied):
    link = f"/desk/applications/{applied.pk}/"
    assert link in manager.get("/desk/applications/").content.decode()
    assert link not in manager.get("/desk/applications/?state=asked").content.decode()
    manager.post(f"{link}refuse/", {"reason": "Нет"})

    assert link not in manager.get("/desk/applications/").content.decode()
    assert link in manager.get("/desk/applications/?state=decided").content.decode()
    assert link in manager.get("/desk/applications/", {"q": "retail@"}).content.decode()


def test_it_is_matched_by_inn_and_name(cast, manager, applied):
    page = manager.get(f"/desk/applications/{applied.pk}/").content.decode()

    assert f'value="{cast.free.pk}"' in page
    assert said(Reason.INN) in page
    assert "data-taken" not in page


def test_it_is_matched_by_the_number_of_an_invoice(cast, manager):
    WholesaleOrder.objects.create(
        order_id="1", number="77", onec_number="УТ-000123", placed_at=timezone.now(),
        user=cast.stranger, company=cast.other, legal_entity=cast.theirs, channel="ru",
        currency="RUB", vat_included=True, total=Decimal(1), payment="prepaid",
    )  # fmt: skip
    Settlement.objects.create(
        legal_entity=cast.plus, document="Реализация 00-000123", amount=1, told_at=timezone.now()
    )
    made = applications.submit(cast.retail, invoice="счёт № УТ-000123 от 12.11.2026")

    page = manager.get(f"/desk/applications/{made.pk}/").content.decode()

    assert page.index(f'value="{cast.theirs.pk}"') < page.index(f'value="{cast.plus.pk}"')
    assert "накладная: № 77" in page
    assert "похожая накладная: Реализация 00-000123" in page


def test_it_is_matched_by_phone_and_by_a_name_typed_otherwise(cast, manager):
    LegalEntity.objects.filter(pk=cast.theirs.pk).update(phone="8 (916) 123-45-67, бух.")
    made = applications.submit(
        cast.retail, invoice="нет", company_name="OOO ПOMAШKA", phone="+79161234567"
    )
    LegalEntity.objects.filter(pk=cast.ooo.pk).update(name='ООО "ПОМАШКА"')

    page = manager.get(f"/desk/applications/{made.pk}/").content.decode()

    assert f'value="{cast.theirs.pk}"' in page
    assert f'value="{cast.ooo.pk}"' in page
    assert said(Reason.PHONE) in page
    assert said(Reason.NAME) in page


def test_the_manager_sees_whose_the_inn_is_and_who_could_invite(cast, manager):
    made = applications.submit(cast.retail, inn=cast.theirs.inn)

    page = manager.get(f"/desk/applications/{made.pk}/").content.decode()

    assert f'data-taken="{cast.other.pk}"' in page
    assert "Чужие" in page
    assert "stranger@example.org" in page
    assert "checked" not in page.split('id="matches"')[1].split("</form>")[1]


def test_he_is_let_in_as_the_owner_of_a_new_company(cast, manager, retail, applied):
    answer = manager.post(
        f"/desk/applications/{applied.pk}/admit/",
        {"legal_entity": cast.free.pk, "name": "Новые сады"},
    )

    buyer = Buyer.objects.get(user=cast.retail)
    applied.refresh_from_db()
    assert answer["Location"] == f"/desk/companies/{buyer.company.pk}/"
    assert (buyer.role, buyer.company.name) == ("owner", "Новые сады")
    assert list(buyer.company.legal_entities.all()) == [cast.free]
    assert (applied.state, applied.buyer, applied.legal_entity) == ("admitted", buyer, cast.free)
    assert not buyer.company.is_active
    told = manager.get(answer["Location"]).content.decode()
    assert "нет договора" in told
    assert "Опт для «Новые сады» выключен" in told
    assert 'data-state="admitted"' in retail.get("/apply/").content.decode()


def test_he_joins_the_company_the_legal_entity_belongs_to(cast, manager, retail):
    made = applications.submit(cast.retail, inn=cast.theirs.inn)

    manager.post(f"/desk/applications/{made.pk}/admit/", {"legal_entity": cast.theirs.pk})

    buyer = Buyer.objects.get(user=cast.retail)
    assert (buyer.company, buyer.role) == (cast.other, "buyer")
    assert list(buyer.legal_entities.all()) == [cast.theirs]
    assert 'data-price="1400.25"' in retail.get("/").content.decode()


def test_a_free_legal_entity_goes_into_the_company_picked(cast, manager, applied):
    manager.post(
        f"/desk/applications/{applied.pk}/admit/",
        {"legal_entity": cast.free.pk, "company": cast.company.pk, "role": "accountant"},
    )

    buyer = Buyer.objects.get(user=cast.retail)
    assert (buyer.company, buyer.role) == (cast.company, "accountant")
    assert list(buyer.legal_entities.all()) == [cast.free]


def test_a_legal_entity_1c_has_not_sent_is_made_of_what_he_wrote(cast, manager):
    made = applications.submit(
        cast.retail, inn="7704217370", company_name="ООО «Свежие»", phone="84951234567"
    )

    manager.post(
        f"/desk/applications/{made.pk}/admit/", {"legal_entity": "new", "name": "ООО «Свежие»"}
    )

    entity = LegalEntity.objects.get(inn="7704217370")
    assert (entity.name, entity.kind, entity.phone) == ("ООО «Свежие»", "company", "84951234567")
    assert Buyer.objects.get(user=cast.retail).company == entity.company


def test_a_buyer_of_one_legal_entity_gets_another_and_keeps_his_own(cast, manager):
    made = applications.submit(cast.kirill, inn=cast.ooo.inn)

    manager.post(f"/desk/applications/{made.pk}/admit/", {"legal_entity": cast.ooo.pk})

    buyer = Buyer.objects.get(user=cast.kirill)
    assert set(buyer.legal_entities.all()) == {cast.ooo, cast.plus}
    assert buyer.role == "buyer"


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({}, "Выберите, какое это юрлицо"),
        ({"legal_entity": "x"}, "Выберите, какое это юрлицо"),
        ({"legal_entity": "999999"}, "нет"),
        ({"legal_entity": "new"}, "уже есть у «ООО «Новые»»"),
        ({"legal_entity": "theirs", "company": "company"}, "уже относится к клиенту «Чужие»"),
        ({"legal_entity": "free", "company": "999999"}, "нет"),
        ({"legal_entity": "free", "role": "king"}, "king"),
        ({"legal_entity": "gone"}, "на удаление"),
    ],
)
def test_whom_he_cannot_be_let_in_for_is_said_and_nothing_changes(
    cast, manager, applied, fields, says
):
    dead = LegalEntity.objects.create(name="ООО «Бывшие»", is_active=False)
    rows = {**vars(cast), "gone": dead}
    given = {k: rows[v].pk if v in rows else v for k, v in fields.items()}

    answer = manager.post(f"/desk/applications/{applied.pk}/admit/", given)

    assert answer.status_code == 422
    assert says in answer.content.decode()
    applied.refresh_from_db()
    assert applied.state == "new"
    assert not Buyer.objects.filter(user=cast.retail).exists()
    assert Company.objects.count() == 2
    assert LegalEntity.objects.get(pk=cast.free.pk).company is None


@pytest.mark.parametrize("second", ["ask", "refuse", "admit"])
def test_a_second_decision_is_told_of_the_first(cast, manager, applied, second):
    manager.post(f"/desk/applications/{applied.pk}/refuse/", {"reason": "Нет"})

    answer = manager.post(
        f"/desk/applications/{applied.pk}/{second}/",
        {"question": "?", "reason": "Ещё раз", "legal_entity": cast.free.pk},
    )

    assert answer.status_code == 422
    with translation.override("ru"):
        refused = str(Application.State.REFUSED.label)
    assert f"уже решена: {refused}" in answer.content.decode()
    assert applied.messages.count() == 1
    assert not Buyer.objects.filter(user=cast.retail).exists()


def test_a_refusal_needs_its_reason(cast, manager, applied):
    answer = manager.post(f"/desk/applications/{applied.pk}/refuse/", {"reason": " "})

    assert answer.status_code == 422
    applied.refresh_from_db()
    assert applied.state == "new"


def test_a_withdrawn_application_is_no_longer_decided(cast, manager, retail, applied):
    retail.post("/apply/withdraw/")

    answer = manager.post(f"/desk/applications/{applied.pk}/admit/", {"legal_entity": cast.free.pk})

    assert answer.status_code == 422
    assert not Buyer.objects.filter(user=cast.retail).exists()


@pytest.mark.django_db(transaction=True)
def test_of_two_managers_at_the_same_moment_one_decides(cast):
    made = applications.submit(cast.retail, inn=cast.free.inn, company_name="Новые")

    def decide(n: int) -> bool:
        try:
            if n % 2:
                applications.refuse(cast.manager, made, "Нет")
            else:
                applications.admit(
                    cast.manager, get_shop().people, made, legal_entity_id=cast.free.pk
                )
        except Refused:
            return False
        finally:
            connection.close()
        return True

    with ThreadPoolExecutor(6) as pool:
        decided = list(pool.map(decide, range(6)))

    made.refresh_from_db()
    assert decided.count(True) == 1
    assert made.state == ("refused" if decided.index(True) % 2 else "admitted")
    assert Buyer.objects.filter(user=cast.retail).exists() == (made.state == "admitted")


# ------------------------------------------------------------------------ who sees what


@pytest.mark.parametrize("who", ["olga", "stranger", "retail"])
def test_customers_see_nothing_of_the_desks_applications(cast, sign_in, applied, who):
    Application.objects.filter(pk=applied.pk).update(card_name="x.pdf", card=PDF)
    client = sign_in(getattr(cast, who))

    for path in ("", f"{applied.pk}/", f"{applied.pk}/card/"):
        assert client.get(f"/desk/applications/{path}").status_code == 404
    for path in ("ask", "refuse", "admit"):
        answer = client.post(
            f"/desk/applications/{applied.pk}/{path}/",
            {"question": "?", "reason": "?", "legal_entity": cast.free.pk},
        )
        assert answer.status_code == 404
    applied.refresh_from_db()
    assert applied.state == "new"
    assert not ApplicationMessage.objects.exists()
    assert not Buyer.objects.filter(user=cast.retail).exists()


def test_another_customer_neither_sees_nor_touches_my_application(cast, stranger, applied):
    page = stranger.get("/apply/").content.decode()
    assert cast.free.inn not in page
    assert stranger.post("/apply/answer/", {"text": "Я — это он"}).status_code == 404
    assert stranger.post("/apply/withdraw/").status_code == 404

    applied.refresh_from_db()
    assert applied.state == "new"
    assert not ApplicationMessage.objects.exists()


# ------------------------------------------------------------------------------ GraphQL

FIELDS = """id state inn cardName notices email messages { text fromShop }
  legalEntity { name } matches { reasons legalEntity { id name } company { name }
  owners { email } }"""
SUBMIT = f"""mutation($input: B2BApplicationInput!) {{
  payload: b2bApplicationSubmit(input: $input) {{
  application {{ {FIELDS} }} errors {{ code message }} }} }}"""
MINE = f"{{ b2bMyApplication {{ {FIELDS} card }} }}"
LIST = (
    f"query($state: B2BApplicationState) {{ b2bApplications(state: $state) {{ {FIELDS} card }} }}"
)
ONE = """mutation($id: ID!, $text: String!) { payload: %s(id: $id, %s: $text) {
  application { state } errors { code message } } }"""
ANSWER = ONE % ("b2bApplicationAnswer", "text")
ASK = ONE % ("b2bApplicationAsk", "text")
REFUSE = ONE % ("b2bApplicationRefuse", "reason")
WITHDRAW = """mutation($id: ID!) { payload: b2bApplicationWithdraw(id: $id) {
  application { state } errors { code message } } }"""
ADMIT = """mutation($input: B2BApplicationAdmitInput!) {
  payload: b2bApplicationAdmit(input: $input) { application { state } missing
    buyer { role company { name } } errors { code message } } }"""


def tell(user, query: str, **variables):
    headers = {"Authorization": f"Bearer {tokens.create(user)}"} if user else {}
    client = Client(headers={**headers, "Accept-Language": "ru"})
    answer = client.post(
        "/graphql/", {"query": query, "variables": variables}, content_type="application/json"
    )
    return json.loads(answer.content)


def payload(user, query: str, **variables):
    told = tell(user, query, **variables)
    assert "errors" not in told, told
    return told["data"]["payload"]


def test_he_applies_through_graphql_and_reads_his_card_back(cast):
    card = {"name": "карта.pdf", "content": base64.b64encode(PDF).decode()}

    told = payload(cast.retail, SUBMIT, input={"inn": cast.theirs.inn, "card": card})

    assert told["errors"] == []
    made = told["application"]
    assert (made["state"], made["cardName"]) == ("NEW", "карта.pdf")
    assert "уже покупает" in made["notices"][0]
    assert made["matches"] == []
    mine = tell(cast.retail, MINE)["data"]["b2bMyApplication"]
    assert base64.b64decode(mine["card"]) == PDF
    again = payload(cast.retail, SUBMIT, input={"inn": "7736050003"})
    assert again["application"]["id"] == made["id"]


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({}, "REQUIRED"),
        ({"inn": "77360500031"}, "INVALID"),
        ({"inn": "1", "card": {"name": "a.pdf", "content": "не base64"}}, "INVALID"),
        ({"inn": "1", "card": {"name": "a.pdf", "content": "AAAA"}}, "INVALID"),
    ],
)
def test_graphql_refuses_the_same(cast, given, code):
    told = payload(cast.retail, SUBMIT, input=given)

    assert [e["code"] for e in told["errors"]] == [code]
    assert not Application.objects.exists()


def test_a_visitor_applies_for_nothing(cast):
    assert payload(None, SUBMIT, input={"inn": "1"})["errors"][0]["code"] == "PERMISSION_DENIED"
    assert tell(None, MINE)["data"]["b2bMyApplication"] is None
    assert not Application.objects.exists()


def test_the_desk_works_through_graphql_as_on_its_pages(cast, applied):
    pk = to_global_id("B2BApplication", applied.pk)

    (seen,) = tell(cast.manager, LIST, state="NEW")["data"]["b2bApplications"]
    assert seen["matches"][0]["legalEntity"]["name"] == cast.free.name
    assert payload(cast.manager, ASK, id=pk, text="Кто вы?")["application"]["state"] == "ASKED"
    assert payload(cast.retail, ANSWER, id=pk, text="Мы")["application"]["state"] == "NEW"
    told = payload(
        cast.manager,
        ADMIT,
        input={"id": pk, "legalEntity": to_global_id("B2BLegalEntity", cast.free.pk)},
    )
    assert told["errors"] == []
    assert told["application"]["state"] == "ADMITTED"
    assert told["buyer"] == {"role": "owner", "company": {"name": "Новые ООО"}}
    assert len(told["missing"]) == 2
    again = payload(cast.manager, REFUSE, id=pk, text="Передумали")
    assert "уже решена: одобрена" in again["errors"][0]["message"]


@pytest.mark.parametrize("who", ["olga", "stranger", "nobody"])
def test_another_reaches_my_application_by_no_field_and_no_mutation(cast, applied, who):
    user, pk = getattr(cast, who, None), to_global_id("B2BApplication", applied.pk)

    told = tell(user, LIST)
    assert "PERMISSION_DENIED" in told["errors"][0]["message"]
    assert not (told.get("data") or {}).get("b2bApplications")
    mine = tell(user, MINE)["data"]["b2bMyApplication"]
    assert mine is None
    for query, more in (
        (ANSWER, {"text": "x"}),
        (WITHDRAW, {}),
        (ASK, {"text": "x"}),
        (REFUSE, {"text": "x"}),
    ):
        (error,) = payload(user, query, id=pk, **more)["errors"]
        assert error["code"] in ("NOT_FOUND", "PERMISSION_DENIED")
    (error,) = payload(user, ADMIT, input={"id": pk})["errors"]
    assert error["code"] == "PERMISSION_DENIED"
    applied.refresh_from_db()
    assert applied.state == "new"
    assert not ApplicationMessage.objects.exists()


def test_the_applicant_learns_nothing_of_whose_an_inn_is(cast):
    applications.submit(cast.retail, inn=cast.theirs.inn)

    told = json.dumps(tell(cast.retail, MINE), ensure_ascii=False)

    assert "Чужие" not in told
    assert "stranger" not in told
