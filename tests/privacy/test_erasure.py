"""A person is told what is kept of him, and erased; documents stay (152-ФЗ)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from io import BytesIO, StringIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from cast import Cast
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from b2b_overlay.company import applications
from b2b_overlay.company.models import Application, Buyer, Erasure, Invitation, LegalEntity
from b2b_overlay.company.traces import Traces
from b2b_overlay.ordering import people
from b2b_overlay.ordering.models import Approval, WholesaleOrder
from b2b_overlay.ordering.orders import place
from b2b_overlay.shop import get_shop
from onec_bridge import models as onec
from onec_bridge.commerceml.reader import read
from onec_bridge.sync import apply_file
from sandbox import models
from sandbox.graphql import tokens

EMAIL = "agrafena.m@example.org"
SURNAME = "Мухоморова-Зелёная"
NAME = f"{SURNAME} Аграфена Саввишна"
PHONE = "+7 (916) 555-77-33"
#: In any of these ways she may be written.
WRITTEN = ("мухоморов", "agrafena", "555-77-33", "5557733", "аграфена")
#: What the law keeps: the delivery address of an order is a part of the document.
DOCUMENTS = {"sandbox_address.first_name", "sandbox_address.last_name", "sandbox_address.phone"}
FILE = f"""<?xml version="1.0" encoding="%s"?><КоммерческаяИнформация ВерсияСхемы="2.07">
<Контрагенты><Контрагент><Ид>k-1</Ид><Наименование>А. С. {SURNAME}</Наименование>
<Роль>Покупатель</Роль><Контакты><Контакт><Тип>Почта</Тип><Значение>Agrafena.M@example.org
</Значение></Контакт><Контакт><Тип>Телефон</Тип><Значение>8 916 5557733</Значение></Контакт>
</Контакты></Контрагент></Контрагенты></КоммерческаяИнформация>"""


@pytest.fixture
def her(cast: Cast) -> models.User:
    """A buyer who left herself everywhere."""
    shop = get_shop()
    home = models.Address.objects.create(
        first_name="Аграфена", last_name=SURNAME, phone=PHONE, city="Мытищи"
    )
    user = models.User.objects.create_user(
        EMAIL, cast.password, first_name="Аграфена", last_name=SURNAME,
        default_shipping_address=home,
    )  # fmt: skip
    application = applications.submit(
        user, inn="7736050003", contact=NAME, phone=PHONE, comment=f"Звоните, {NAME}",
        card_name=f"{SURNAME}.pdf", card=b"%PDF-1.7 " + NAME.encode(),
    )  # fmt: skip
    applications.ask(cast.manager, application, "Кто вы?")
    applications.answer(user, application, f"Я {NAME}")
    (buyer,) = people.link(shop, cast.manager, cast.company, [EMAIL], role="owner")
    Buyer.objects.filter(pk=buyer.pk).update(name=NAME, spending_limit=100)
    channel = shop.catalogue.channels()[0]
    cart = shop.checkouts.set_quantities(user.pk, channel, {cast.hose.pk: 1})
    place(shop, user, cart, cast.ooo.pk, comment=f"Спросить {SURNAME} А.С., {PHONE}, до 18:00")
    shop.checkouts.set_quantities(user.pk, channel, {cast.hose.pk: 2})
    Approval.objects.create(
        checkout_id="x", buyer=buyer, legal_entity=cast.ooo, channel="ru", digest="-",
        total=1, currency="RUB", comment=f"{NAME} просит",
    )  # fmt: skip
    LegalEntity.objects.filter(pk=cast.ooo.pk).update(email=EMAIL, phone="89165557733, доб. 5")
    _bridge(cast)
    return user


def _bridge(cast: Cast) -> None:
    base = onec.Connection.objects.create(name="УТ 11", login="1c", password="!")
    session = onec.Session.objects.create(connection=base, seen_at=timezone.now())
    for name, encoding, part in (("a.xml", "utf-8", 40), ("b.xml", "windows-1251", 10_000)):
        _file(session, name, (FILE % encoding).encode(encoding), part)
    archive = BytesIO()
    with ZipFile(archive, "w") as opened:
        opened.writestr("import.xml", (FILE % "utf-8").encode())
    _file(session, "c.zip", archive.getvalue(), 10_000, kind="zip")
    clean = BytesIO()
    with ZipFile(clean, "w") as opened:
        opened.writestr("import.xml", "<a/>")
    _file(session, "d.zip", clean.getvalue(), 10_000, kind="zip")
    told = {"told": {"name": f"ИП {NAME}"}, "card": {"phone": PHONE, "email": EMAIL}}
    onec.Link.objects.create(
        connection=base, kind="counterparty", external_id="k-9", data=told, local_id="0"
    )
    onec.Parked.objects.create(
        connection=base, external_id="p", waits_kind="decision", waits_for="m", payload=[NAME]
    )
    onec.ProblemRecord.objects.create(
        connection=base, severity="error", code="x", value=PHONE, params={"why": NAME}
    )
    onec.CounterpartySheet.objects.create(
        connection=base, file_name="клиенты.xlsx", content=archive.getvalue()
    )


def _file(
    session: onec.Session,
    name: str,
    body: bytes,
    part: int,
    kind: str = "xml",
    state: str = "imported",
) -> None:
    file = onec.ReceivedFile.objects.create(
        session=session, name=name, type="catalog", kind=kind, size=len(body), state=state
    )
    for number, start in enumerate(range(0, len(body), part)):
        onec.FilePart.objects.create(file=file, number=number, body=body[start : start + part])


def body_of(name: str) -> bytes:
    parts = onec.FilePart.objects.filter(file__name=name).order_by("number")
    return b"".join(bytes(part.body) for part in parts)


def everywhere() -> set[str]:
    """Every column of the database in which she is written, the history's included."""
    return {
        f"{table}.{column}"
        for table, column, value in _values()
        if any(mark in text for mark in WRITTEN for text in _read(value))
    }


def _values() -> Iterator[tuple[str, str, object]]:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        for (table,) in cursor.fetchall():
            cursor.execute(f'SELECT * FROM "{table}"')
            names = [column.name for column in cursor.description]
            for row in cursor.fetchall():
                yield from ((table, name, value) for name, value in zip(names, row, strict=True))


def _read(value: object) -> list[str]:
    if isinstance(value, bytes | memoryview):
        raw = bytes(value)
        return [raw.decode(code, "ignore").lower() for code in ("utf-8", "windows-1251")]
    return [str(value).lower()]


def manager(cast: Cast) -> Client:
    client = Client(headers={"Accept-Language": "ru"})
    client.post("/sign-in/", {"email": cast.manager.email, "password": cast.password})
    return client


FORM = {"reason": f"Заявление {NAME} от 27.11.2026", "word": EMAIL, "also": ""}


def test_she_is_erased_from_every_column_and_documents_stay(cast, her):
    order = WholesaleOrder.objects.get()
    before = everywhere()
    assert len(before) > 20
    sizes = {name: len(body_of(name)) for name in ("a.xml", "b.xml", "d.zip")}

    answer = manager(cast).post(f"/desk/people/{her.pk}/", FORM)

    assert answer.status_code == 302
    assert everywhere() == DOCUMENTS
    order.refresh_from_db()
    assert (order.number, order.user_id) == (WholesaleOrder.objects.get().number, her.pk)
    assert "до 18:00" in order.comment
    assert {name: len(body_of(name)) for name in sizes} == sizes
    assert body_of("a.xml").decode().startswith("<?xml")
    assert "<Роль>Покупатель</Роль>" in body_of("a.xml").decode()
    assert "<Роль>Покупатель</Роль>" in body_of("b.xml").decode("windows-1251")
    assert body_of("c.zip") == b""
    assert not onec.CounterpartySheet.objects.exists()
    done = Erasure.objects.get()
    assert (done.made_by, done.subject_id) == (cast.manager, str(her.pk))
    assert done.columns["b2b_overlay_buyer.name"] == 1
    assert done.columns["onec_bridge_filepart (archive)"] == 1


def test_an_archive_that_can_not_be_read_goes_too(cast, her):
    damaged = bytearray(_zipped(b"<a>" + bytes(range(256)) * 40))
    damaged[30 + len("import.xml")] = 0xFF  # No such block of deflate.
    _file(onec.Session.objects.get(), "e.zip", bytes(damaged), 10_000, "zip", "failed")

    manager(cast).post(f"/desk/people/{her.pk}/", FORM)

    assert body_of("e.zip") == b""
    assert Erasure.objects.get().columns["onec_bridge_filepart (archive)"] == 2


@pytest.mark.parametrize("arrived", [60, 10_000])
def test_what_1c_is_still_handing_over_is_not_lost(cast, her, arrived):
    body = _zipped((FILE % "utf-8").encode())[:arrived]
    _file(onec.Session.objects.get(), "e.zip", body, 10_000, "zip", "received")
    before = everywhere()

    answer = manager(cast).post(f"/desk/people/{her.pk}/", FORM, follow=True)

    assert "«e.zip»" in answer.content.decode()
    assert body_of("e.zip") == body
    assert everywhere() == before
    assert not Erasure.objects.exists()


def _zipped(body: bytes) -> bytes:
    archive = BytesIO()
    with ZipFile(archive, "w", ZIP_DEFLATED) as opened:
        opened.writestr("import.xml", body)
    return archive.getvalue()


def test_what_she_had_begun_is_over(cast, her):
    buyer = Buyer.objects.get(user=her)
    Invitation.objects.create(buyer=buyer, token_hash="t", code_hash="c", expires_at=timezone.now())

    manager(cast).post(f"/desk/people/{her.pk}/", FORM)

    buyer.refresh_from_db()
    assert not buyer.is_active
    assert not Invitation.objects.filter(buyer=buyer, revoked_at=None).exists()
    assert Approval.objects.get().state == Approval.State.LAPSED
    assert not models.Checkout.objects.filter(user=her).exists()
    assert (
        Client().post("/sign-in/", {"email": EMAIL, "password": cast.password}).status_code != 302
    )


def test_colleagues_and_the_desk_read_an_erased_buyer(cast, her):
    desk = manager(cast)
    order = WholesaleOrder.objects.get()
    desk.post(f"/desk/people/{her.pk}/", FORM)

    page = desk.get(f"/desk/orders/{order.order_id}/").content.decode()
    assert "удалённый покупатель" in page
    olga = Client(headers={"Accept-Language": "ru"})
    olga.post("/sign-in/", {"email": cast.olga.email, "password": cast.password})
    assert olga.get(f"/orders/{order.order_id}/").status_code == 200


def test_words_of_her_own_are_overwritten_too(cast, her):
    onec.ProblemRecord.objects.update(value=f"нет такой: {SURNAME.upper()}")

    manager(cast).post(f"/desk/people/{her.pk}/", {**FORM, "also": f" {SURNAME} , ах"})

    assert onec.ProblemRecord.objects.get().value == "нет такой: " + "*" * len(SURNAME)


@pytest.mark.parametrize(
    "wrong", [{"word": "не та"}, {"word": ""}, {"reason": "  "}], ids=["other", "none", "why"]
)
def test_nothing_is_erased_by_mistake(cast, her, wrong):
    before = everywhere()

    answer = manager(cast).post(f"/desk/people/{her.pk}/", {**FORM, **wrong})

    assert answer.status_code == 422
    assert everywhere() >= before
    assert not Erasure.objects.exists()


@pytest.mark.parametrize("who", ["olga", "stranger", "retail"])
def test_only_the_desk_sees_and_erases(cast, her, who):
    client = Client()
    client.post("/sign-in/", {"email": getattr(cast, who).email, "password": cast.password})

    for path in (f"/desk/people/{her.pk}/", f"/desk/people/{her.pk}/export.json"):
        assert client.get(path).status_code == 404
        assert client.post(path, FORM).status_code == 404
    assert not Erasure.objects.exists()


def test_whoever_works_in_the_shop_is_not_erased(cast):
    told = Client(headers={"Accept-Language": "ru"})
    told = manager(cast).post(
        f"/desk/people/{cast.manager.pk}/", {**FORM, "word": cast.manager.email}
    )

    assert told.status_code == 422
    cast.manager.refresh_from_db()
    assert cast.manager.is_active


def test_the_last_owner_is_warned_of(cast, her):
    page = manager(cast).get(f"/desk/people/{her.pk}/").content.decode()

    assert "единственный владелец" in page


def test_all_that_is_kept_is_downloaded(cast, her):
    answer = manager(cast).get(f"/desk/people/{her.pk}/export.json")

    told = json.loads(answer.content)
    assert "attachment" in answer["Content-Disposition"]
    assert told["account"]["email"] == EMAIL
    where = {each["where"]: each for each in told["kept"]}
    assert where["b2b_overlay_application"]["rows"][0]["contact"] == NAME
    assert where["b2b_overlay_wholesaleorder"]["stays"]
    assert where["onec_bridge_filepart.body"]["rows"] == [
        {"file": "a.xml"}, {"file": "b.xml"}, {"file": "c.zip"},
    ]  # fmt: skip
    assert all(each["purpose"] for each in told["kept"])


def ask(user, query, **variables):
    headers = {"Authorization": f"Bearer {tokens.create(user)}"} if user else {}
    answer = Client(headers=headers).post(
        "/graphql/", {"query": query, "variables": variables}, content_type="application/json"
    )
    return json.loads(answer.content)


ERASE = """mutation($email: String, $entity: ID, $why: String!) {
  b2bPersonErase(email: $email, legalEntity: $entity, reason: $why) {
    erased { where rows } errors { code } } }"""


def test_by_graphql_as_by_the_page(cast, her):
    export = "query($email: String) { b2bPersonExport(email: $email) }"
    told = ask(cast.manager, export, email=EMAIL)["data"]["b2bPersonExport"]
    assert json.loads(told)["account"]["last_name"] == SURNAME
    assert ask(cast.manager, export, email="nobody@x.org")["data"]["b2bPersonExport"] is None
    assert ask(cast.olga, export, email=EMAIL)["data"] == {"b2bPersonExport": None}
    refused = ask(cast.olga, ERASE, email=EMAIL, why="x")["data"]["b2bPersonErase"]
    assert refused["errors"] == [{"code": "PERMISSION_DENIED"}]
    assert not Erasure.objects.exists()

    done = ask(cast.manager, ERASE, email=EMAIL, why="Заявление")["data"]["b2bPersonErase"]

    assert {"where": "b2b_overlay_buyer.name", "rows": 1} in done["erased"]
    assert everywhere() == DOCUMENTS


def test_by_command(cast, her):
    out = StringIO()
    call_command("b2b_person", "export", EMAIL, by=cast.manager.email, stdout=out)
    assert json.loads(out.getvalue())["account"]["email"] == EMAIL
    with pytest.raises(CommandError):
        call_command("b2b_person", "erase", EMAIL, by=cast.olga.email, reason="x")
    with pytest.raises(CommandError):
        call_command("b2b_person", "erase", "nobody", by=cast.manager.email, reason="x")
    assert not Erasure.objects.exists()

    call_command(
        "b2b_person", "erase", EMAIL, by=cast.manager.email, reason="Заявление", stdout=out
    )

    assert "b2b_overlay_buyer.name" in out.getvalue()
    assert everywhere() == DOCUMENTS


# ----------------------------------------------------------------------- a legal entity


def _person(kind: str) -> LegalEntity:
    return LegalEntity.objects.create(
        name=NAME, full_name=NAME, kind=kind, inn="500100732259", phone=PHONE, email=EMAIL,
        address="Мытищи, Лесная, 5", legal_address="Мытищи, Лесная, 5",
    )  # fmt: skip


@pytest.mark.parametrize("kind", ["person", "entrepreneur"])
def test_contacts_of_a_person_go_and_a_traders_name_stays(cast, kind):
    entity = _person(kind)
    entity.bank_accounts.create(number="40702810900000000001")

    path = f"/desk/counterparties/{entity.pk}/person/"
    answer = manager(cast).post(path, {"reason": "Заявление", "word": NAME})

    assert answer.status_code == 302
    entity.refresh_from_db()
    assert (entity.phone, entity.email, entity.address, entity.legal_address) == ("", "", "", "")
    assert (entity.name == NAME) is (kind == "entrepreneur")
    assert entity.bank_accounts.exists() is (kind == "entrepreneur")
    left = {"b2b_overlay_legalentity", "b2b_overlay_legalentityevent"}
    names = {f"{table}.{name}" for table in left for name in ("name", "full_name")}
    assert everywhere() == (names if kind == "entrepreneur" else set())


def test_a_company_is_no_person(cast):
    LegalEntity.objects.filter(pk=cast.ooo.pk).update(phone=PHONE)

    answer = manager(cast).post(
        f"/desk/counterparties/{cast.ooo.pk}/person/", {"reason": "x", "word": cast.ooo.name}
    )

    assert answer.status_code == 422
    assert LegalEntity.objects.get(pk=cast.ooo.pk).phone == PHONE


@pytest.mark.parametrize("kind", ["person", "entrepreneur"])
def test_what_1c_sends_again_is_not_taken_again(cast, kind):
    base = onec.Connection.objects.create(name="УТ 11", login="1c", password="!")
    body = (FILE % "utf-8").encode()

    def take() -> None:
        apply_file(base, read(BytesIO(body), "import.xml"), file_name="import.xml")

    take()
    entity = LegalEntity.objects.get(name__contains=SURNAME)
    LegalEntity.objects.filter(pk=entity.pk).update(kind=kind)
    word = entity.name
    path = f"/desk/counterparties/{entity.pk}/person/"
    assert manager(cast).post(path, {"reason": "Заявление", "word": word}).status_code == 302

    take()

    entity.refresh_from_db()
    assert (entity.phone, entity.email) == ("", "")
    assert "agrafena" not in str(onec.Link.objects.get(external_id="k-1").data).lower()
    if kind == "person":
        assert everywhere() == set()


# ------------------------------------------------------------------------------- traces


@pytest.mark.parametrize(
    "text",
    [
        "8 (916) 555 77 33", "+79165557733", "916-555-77-33", "Agrafena.M@EXAMPLE.org",
        NAME, f"А.С. {SURNAME}", f"{SURNAME} А. С.", f"Аграфена {SURNAME}",
        f"{SURNAME.upper()} АГРАФЕНА", "Мухоморова-Зеленая Аграфена",
    ],
)  # fmt: skip
def test_however_she_is_written_she_is_overwritten(text):
    traces = Traces.of(emails=[EMAIL], phones=[PHONE], names=[NAME])

    assert traces.mask(f"<a>{text}</a>") == f"<a>{'*' * len(text)}</a>"
    for encoding in ("utf-8", "windows-1251"):
        body = f"<a>{text}</a>".encode(encoding)
        masked = traces.mask_bytes(body)
        assert len(masked) == len(body)
        assert masked.startswith(b"<a>*")
        assert masked.endswith(b"*</a>")


@pytest.mark.parametrize(
    "text",
    [
        "Аграфена Саввишна", "Зелёная", "19165557733", "magrafena.m@example.org.ru",
        "agrafena.m@example.org.ru", "+7 916 555-77-34", "Саввишна А.",
    ],
)  # fmt: skip
def test_others_stay_as_they_are(text):
    traces = Traces.of(emails=[EMAIL], phones=[PHONE], names=[NAME])

    assert traces.mask(text) == text
    assert traces.mask_bytes(text.encode()) == text.encode()


def test_a_name_that_may_be_anybodys_is_looked_for_nowhere():
    assert Traces.of(names=["Анна Петровна", "Анна", "склад"], phones=["12-34"]).in_text is None


def test_her_application_stays_as_a_decision_without_her(cast, her):
    manager(cast).post(f"/desk/people/{her.pk}/", FORM)

    left = Application.objects.get()
    assert (left.contact, left.phone, bytes(left.card), left.card_name) == ("", "", b"", "")
    assert {each.text for each in left.messages.all()} == {""}
