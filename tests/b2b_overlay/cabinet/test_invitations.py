"""Getting in without e-mail or phone: the manager or the owner invites, the person comes."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone

from b2b_overlay.cabinet import session
from b2b_overlay.company import access, admit
from b2b_overlay.company.models import Buyer, Invitation
from b2b_overlay.ordering.switch import switch
from b2b_overlay.shop import get_shop
from sandbox import models

PASSWORD = "ромашка-2026"


@pytest.fixture(autouse=True)
def no_attempts_yet():
    cache.clear()


@pytest.fixture
def owner(cast, sign_in) -> Client:
    """Olga owns «Ромашка» now."""
    Buyer.objects.filter(user=cast.olga).update(role=Buyer.Role.OWNER)
    return sign_in(cast.olga)


class Sheet:
    """What stands on the printed sheet."""

    def __init__(self, response) -> None:
        self.html = response.content.decode()
        assert response.status_code == 200, self.html
        self.links = re.findall(r"https?://[^\s<]*(/join/[\w-]+/)", self.html)
        self.codes = re.findall(r'class="code">([\d ]+)<', self.html)
        self.logins = re.findall(r'class="login">([^<]+)<', self.html)

    @property
    def token(self) -> str:
        return self.links[0].split("/")[2]


def invite(client: Client, company, names="Анна Петрова", *, desk=False, **more) -> Sheet:
    return Sheet(ask(client, company, names, desk=desk, **more))


def ask(client: Client, company, names, *, desk=False, **more):
    address = f"/desk/companies/{company.pk}/invitations/" if desk else "/people/"
    nonce = more.pop("nonce", None) or nonce_of(client.get(address))
    data = {"names": names, "role": "buyer", "days": "14", "nonce": nonce, **more}
    return client.post(address, data)


def nonce_of(response) -> str:
    return re.search(r'name="nonce" value="([\w-]+)"', response.content.decode())[1]


def russian() -> Client:
    return Client(headers={"Accept-Language": "ru"})


def come(secret: str, password: str = PASSWORD, client: Client | None = None):
    client = client or russian()
    data = {"secret": secret, "step": "password", "password": password, "again": password}
    return client, client.post("/join/", data)


def text_of(response) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


# ------------------------------------------------------------------------- the whole path


def test_the_manager_invites_and_the_person_buys_without_e_mail_or_phone(cast, manager):
    sheet = invite(manager, cast.company, desk=True)
    assert sheet.logins == ["anna"]
    assert sheet.html.count("<svg") == 1

    guest = russian()
    looked = guest.get(sheet.links[0])
    assert "Ромашка" in text_of(looked)
    assert 'value="anna"' in looked.content.decode()
    _client, answer = come(sheet.token, client=guest)

    assert answer["Location"] == "/"
    catalogue = guest.get("/")
    assert "anna" in text_of(catalogue)
    assert "1 500,50" in text_of(catalogue).replace("\u202f", " ").replace("\xa0", " ")
    buyer = Buyer.objects.get(name="Анна Петрова")
    assert buyer.user.email == "anna@b2b.invalid"
    assert set(buyer.legal_entities.all()) == {cast.ooo, cast.plus}


def test_she_signs_in_with_the_login_later(cast, manager):
    come(invite(manager, cast.company, desk=True).token)

    for typed in ("anna", "ANNA", "anna@b2b.invalid"):
        client = russian()
        answer = client.post("/sign-in/", {"email": typed, "password": PASSWORD})
        assert answer["Location"] == "/", typed


def test_the_code_read_out_does_as_well_as_the_link(cast, owner):
    sheet = invite(owner, cast.company)
    code = sheet.codes[0]
    assert re.fullmatch(r"\d{3} \d{3} \d{3} \d{3}", code)

    guest = russian()
    assert "Анна Петрова" in text_of(guest.post("/join/", {"secret": f" {code} "}))
    _client, answer = come(code.replace(" ", ""), client=guest)

    assert answer.status_code == 302
    assert session.COOKIE in guest.cookies


def test_the_owner_invites_with_a_role_entities_and_a_limit_of_his_choice(cast, owner):
    sheet = invite(
        owner, cast.company, "Бухгалтер, buh.romashka", entity=[cast.plus.pk], limit="15 000,50"
    )

    buyer = Buyer.objects.get(name="Бухгалтер")
    assert sheet.logins == ["buh.romashka"]
    assert list(buyer.legal_entities.all()) == [cast.plus]
    assert str(buyer.spending_limit) == "15000.50"
    come(sheet.token)
    assert set(access.legal_entities(buyer.user)) == {cast.plus}


def test_many_are_invited_at_once(cast, manager):
    sheet = invite(manager, cast.company, "Анна\nБорис, boris.k\n\nАнна Иванова", desk=True)

    assert sheet.logins == ["anna", "boris.k", "anna2"]
    assert len(set(sheet.links)) == len(set(sheet.codes)) == 3


def test_one_wrong_line_makes_nobody(cast, manager):
    before = models.User.objects.count()

    answer = ask(manager, cast.company, "Анна\nБорис, нет такого логина", desk=True)

    assert answer.status_code == 422
    assert "Борис" in text_of(answer)
    assert models.User.objects.count() == before
    assert not Invitation.objects.exists()


def test_a_login_that_is_taken_is_said(cast, owner):
    invite(owner, cast.company, "Анна, anna")

    answer = ask(owner, cast.company, "Другая Анна, anna")

    assert answer.status_code == 422
    assert "«anna»" in text_of(answer)
    assert not Buyer.objects.filter(name="Другая Анна").exists()


@pytest.mark.parametrize("login", ["ab", "анна", "an na", "a..b", ".anna", "x" * 33, "a_b"])
def test_a_login_that_cant_be_is_refused(cast, owner, login):
    assert ask(owner, cast.company, f"Анна, {login}").status_code == 422
    assert not Buyer.objects.filter(name="Анна").exists()


# ------------------------------------------------------------------- one use, a term, revoked


def test_an_invitation_used_twice_says_so(cast, manager):
    sheet = invite(manager, cast.company, desk=True)
    come(sheet.token)

    thief, answer = come(sheet.token, "совсем другой пароль")

    assert answer.status_code == 422
    assert "уже использовано" in text_of(answer)
    assert session.COOKIE not in thief.cookies
    assert "уже использовано" in text_of(russian().get(sheet.links[0]))
    assert russian().post("/sign-in/", {"email": "anna", "password": PASSWORD}).status_code == 302


def test_a_second_press_lands_signed_in(cast, manager):
    sheet = invite(manager, cast.company, desk=True)
    come(sheet.token)

    impatient, answer = come(sheet.token)

    assert answer["Location"] == "/"
    assert session.COOKIE in impatient.cookies


def test_opening_the_link_uses_nothing(cast, manager):
    sheet = invite(manager, cast.company, desk=True)

    for _ in range(3):
        assert "Ромашка" in text_of(russian().get(sheet.links[0]))

    assert come(sheet.token)[1].status_code == 302


def test_an_invitation_that_has_run_out_says_until_when_it_was_good(cast, manager):
    sheet = invite(manager, cast.company, desk=True)
    day = timezone.now() - timedelta(days=1)
    Invitation.objects.update(expires_at=day)

    _client, answer = come(sheet.token)

    assert answer.status_code == 422
    assert timezone.localtime(day).strftime("%d.%m.%Y") in text_of(answer)
    assert not models.User.objects.get(email="anna@b2b.invalid").has_usable_password()


def test_an_invitation_that_was_withdrawn_says_so(cast, owner):
    sheet = invite(owner, cast.company)
    buyer = Buyer.objects.get(name="Анна Петрова")

    owner.post(f"/people/{buyer.pk}/invitation/revoke/")
    _client, answer = come(sheet.token)

    assert answer.status_code == 422
    assert "отозвано" in text_of(answer)


def test_a_new_invitation_ends_the_earlier_one(cast, owner):
    first = invite(owner, cast.company)
    buyer = Buyer.objects.get(name="Анна Петрова")

    nonce = nonce_of(owner.get("/people/"))
    second = Sheet(owner.post(f"/people/{buyer.pk}/invitation/", {"nonce": nonce}))

    assert "отозвано" in text_of(come(first.token)[1])
    assert come(second.token)[1].status_code == 302


def test_an_invitation_of_somebody_removed_meanwhile_says_so(cast, manager):
    sheet = invite(manager, cast.company, desk=True)
    Buyer.objects.filter(name="Анна Петрова").update(is_active=False)

    answer = come(sheet.token)[1]

    assert "закрыла вам доступ" in text_of(answer)
    assert not models.User.objects.get(email="anna@b2b.invalid").has_usable_password()


def test_while_wholesale_is_off_the_invitation_waits(cast, manager):
    sheet = invite(manager, cast.company, desk=True)
    switch(get_shop(), cast.manager, cast.company, on=False)

    assert "Ромашка" in text_of(come(sheet.token)[1])
    assert not Invitation.objects.filter(used_at__isnull=False).exists()
    switch(get_shop(), cast.manager, cast.company, on=True)

    assert come(sheet.token)[1].status_code == 302


def test_an_owner_who_was_removed_cant_use_what_he_gave_out(cast, owner):
    sheet = invite(owner, cast.company)
    Buyer.objects.filter(user=cast.olga).update(is_active=False)

    assert "отозвано" in text_of(come(sheet.token)[1])


def test_wrong_codes_say_nothing_and_are_slowed_down(cast, manager):
    sheet = invite(manager, cast.company, desk=True)
    wrong = [f"{number:012}" for number in range(100)]

    told = {text_of(russian().post("/join/", {"secret": code}))[:400] for code in wrong[:20]}
    for code in wrong[20:]:
        last = russian().post("/join/", {"secret": code})

    assert len({re.sub(r"\d{12}", "", each) for each in told}) == 1
    assert "Ромашка" not in "".join(told)
    assert "Слишком много" in text_of(last)
    assert "Слишком много" in text_of(russian().post("/join/", {"secret": sheet.codes[0]}))
    assert come(sheet.token)[1].status_code == 302, "a link isn't guessed"


def test_a_poor_password_leaves_the_invitation_open(cast, manager):
    sheet = invite(manager, cast.company, desk=True)

    _client, answer = come(sheet.token, "1234567")

    assert answer.status_code == 422
    assert "8" in text_of(answer)
    assert come(sheet.token)[1].status_code == 302


def test_two_passwords_that_differ_are_said(cast, manager):
    sheet = invite(manager, cast.company, desk=True)
    data = {"secret": sheet.token, "step": "password", "password": PASSWORD, "again": "иначе"}

    answer = russian().post("/join/", data)

    assert answer.status_code == 422
    assert "различаются" in text_of(answer)
    assert come(sheet.token)[1].status_code == 302


# ------------------------------------------------------------------------------ secrets


def test_the_same_form_sent_again_shows_the_same_sheet_and_makes_nobody_twice(cast, manager):
    nonce = nonce_of(manager.get(f"/desk/companies/{cast.company.pk}/invitations/"))

    first = invite(manager, cast.company, desk=True, nonce=nonce)
    second = invite(manager, cast.company, desk=True, nonce=nonce)

    assert (first.links, first.codes) == (second.links, second.codes)
    assert Buyer.objects.filter(name="Анна Петрова").count() == 1
    come(first.token)
    third = ask(manager, cast.company, "Анна Петрова", desk=True, nonce=nonce)
    assert third.status_code == 422
    assert first.token not in third.content.decode()


def test_somebody_elses_form_gives_him_nothing(cast, manager, owner):
    nonce = nonce_of(manager.get(f"/desk/companies/{cast.company.pk}/invitations/"))

    theirs = invite(manager, cast.company, desk=True, nonce=nonce)
    ours = invite(owner, cast.company, nonce=nonce)

    assert theirs.token != ours.token


def test_no_secret_is_kept_anywhere_in_the_database(cast, manager):
    sheet = invite(manager, cast.company, desk=True)
    nonce = nonce_of(manager.get(f"/desk/companies/{cast.company.pk}/invitations/"))
    invite(manager, cast.company, "Борис", desk=True, nonce=nonce)
    secrets = {sheet.token, sheet.codes[0], sheet.codes[0].replace(" ", ""), nonce, PASSWORD}
    come(sheet.token)

    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT t::text FROM "{table}" t')
            kept = "\n".join(row for (row,) in cursor.fetchall())
            assert not [secret for secret in secrets if secret in kept], table


def test_the_page_of_an_invitation_tells_its_address_to_nobody(cast, manager):
    sheet = invite(manager, cast.company, desk=True)

    answer = russian().get(sheet.links[0])

    assert answer["Referrer-Policy"] == "strict-origin"
    assert answer["Cache-Control"] == "private, no-store"
    assert set(re.findall(r'action="([^"]*)"', answer.content.decode())) == {"/join/", "/language/"}


def test_a_dead_link_is_no_error_that_a_log_would_keep(cast):
    assert russian().get("/join/no-such-token/").status_code == 200


# ------------------------------------------------------------------ his own account instead


def test_who_has_an_account_joins_with_it(cast, owner, retail):
    sheet = invite(owner, cast.company, "Иван")

    answer = retail.post("/join/", {"secret": sheet.token, "step": "mine"})

    assert answer["Location"] == "/"
    buyer = Buyer.objects.get(name="Иван")
    assert buyer.user == cast.retail
    assert set(access.legal_entities(cast.retail)) == {cast.ooo, cast.plus}
    assert come(sheet.token)[1].status_code == 422
    assert not models.User.objects.get(email="ivan@b2b.invalid").has_usable_password()


def test_he_may_sign_in_on_the_very_page(cast, owner):
    sheet, guest = invite(owner, cast.company, "Иван"), russian()
    data = {"secret": sheet.token, "step": "sign_in", "email": cast.retail.email}

    wrong = guest.post("/join/", {**data, "password": "не тот"})
    assert wrong.status_code == 422
    assert cast.retail.email in wrong.content.decode()
    right = guest.post("/join/", {**data, "password": cast.password})

    assert right["Location"] == "/"
    assert guest.get("/people/").status_code == 404
    assert Buyer.objects.get(name="Иван").user == cast.retail


def test_whoever_buys_for_the_company_already_joins_nothing(cast, owner, kirill):
    sheet = invite(owner, cast.company, "Иван")

    answer = kirill.post("/join/", {"secret": sheet.token, "step": "mine"})

    assert answer.status_code == 422
    assert "уже" in text_of(answer)
    assert not Invitation.objects.filter(used_at__isnull=False).exists()


def test_whoever_was_removed_comes_back_with_the_new_rights(cast, owner, kirill):
    Buyer.objects.filter(user=cast.kirill).update(is_active=False)
    sheet = invite(owner, cast.company, "Кирилл", role="approver", entity=[cast.ooo.pk])

    assert kirill.post("/join/", {"secret": sheet.token, "step": "mine"}).status_code == 302

    buyer = Buyer.objects.get(user=cast.kirill)
    assert (buyer.role, buyer.is_active) == ("approver", True)
    assert list(buyer.legal_entities.all()) == [cast.ooo]
    assert not Buyer.objects.filter(user__email="kirill@b2b.invalid").exists()


def test_an_owner_learns_nothing_of_whose_e_mail_the_shop_knows(cast, owner):
    known = text_of(ask(owner, cast.company, "Иван, retail@example.org"))
    unknown = text_of(ask(owner, cast.company, "Иван, nobody@example.org"))

    assert known.replace("retail@", "nobody@") == unknown
    assert not Buyer.objects.filter(name="Иван").exists()
    assert not models.User.objects.filter(email="nobody@example.org").exists()


def test_the_desk_gives_an_account_its_e_mail_where_there_is_one(cast, manager):
    sheet = invite(manager, cast.company, "Иван, ivan@example.org", desk=True)
    assert sheet.logins == ["ivan@example.org"]
    come(sheet.token)

    assert (
        russian().post("/sign-in/", {"email": "ivan@example.org", "password": PASSWORD}).status_code
        == 302
    )


def test_the_desk_is_told_that_an_account_exists(cast, manager):
    answer = ask(manager, cast.company, "Иван, retail@example.org", desk=True)

    assert answer.status_code == 422
    assert "retail@example.org" in text_of(answer)
    assert not Buyer.objects.filter(user=cast.retail).exists()


# ------------------------------------------------------------------------ new passwords


@pytest.fixture
def anna(cast, owner) -> Buyer:
    """Came by the owner's invitation."""
    come(invite(owner, cast.company).token)
    return Buyer.objects.get(name="Анна Петрова")


def _reset(client: Client, buyer: Buyer, *, desk=False):
    return client.post(
        f"/desk/buyers/{buyer.pk}/password/" if desk else f"/people/{buyer.pk}/password/"
    )


def test_the_owner_gives_a_new_password_and_the_old_sign_in_falls(cast, owner, anna):
    at_work = russian()
    at_work.post("/sign-in/", {"email": "anna", "password": PASSWORD})

    sheet = Sheet(_reset(owner, anna))

    assert at_work.get("/cart/").status_code == 302
    assert russian().post("/sign-in/", {"email": "anna", "password": PASSWORD}).status_code == 422
    cache.clear()
    assert "Новый пароль" in text_of(russian().get(sheet.links[0]))
    assert come(sheet.token, "другой долгий пароль")[1].status_code == 302


def test_a_new_password_is_no_way_to_join_with_another_account(cast, owner, anna, retail):
    sheet = Sheet(_reset(owner, anna))

    assert retail.post("/join/", {"secret": sheet.token, "step": "mine"}).status_code == 422
    assert not Buyer.objects.filter(user=cast.retail).exists()


def test_an_account_with_an_e_mail_asks_the_shop_itself(cast, owner):
    kirill = Buyer.objects.get(user=cast.kirill)
    before = models.User.objects.get(pk=cast.kirill.pk).password

    answer = _reset(owner, kirill)

    assert answer.status_code == 302
    assert "сам" in text_of(owner.get("/people/"))
    assert models.User.objects.get(pk=cast.kirill.pk).password == before
    assert not Invitation.objects.filter(buyer=kirill).exists()


@pytest.mark.parametrize("is_active", [True, False], ids=["buys there", "has bought there"])
def test_an_owner_gets_into_no_account_that_is_another_companys_too(
    cast, owner, anna, manager, is_active
):
    admit.add_buyer(cast.manager, get_shop().people, cast.other, anna.user.email)
    Buyer.objects.filter(user=anna.user, company=cast.other).update(is_active=is_active)

    answer = _reset(owner, anna)

    assert answer.status_code == 302
    assert models.User.objects.get(pk=anna.user_id).check_password(PASSWORD)
    Sheet(_reset(manager, anna, desk=True))


def test_nor_with_a_link_given_out_before(cast, owner, anna):
    sheet = Sheet(_reset(owner, anna))
    admit.add_buyer(cast.manager, get_shop().people, cast.other, anna.user.email)

    assert "отозвано" in text_of(come(sheet.token, "другой долгий пароль")[1])


def test_nobody_gets_into_an_account_of_the_shops_staff(cast, owner, anna, manager):
    models.User.objects.filter(pk=anna.user_id).update(is_staff=True)

    assert _reset(owner, anna).status_code == 302
    assert _reset(manager, anna, desk=True).status_code == 302

    assert models.User.objects.get(pk=anna.user_id).check_password(PASSWORD)


def test_whoever_has_come_is_not_invited_again(cast, owner, anna):
    answer = owner.post(f"/people/{anna.pk}/invitation/")

    assert answer.status_code == 302
    assert models.User.objects.get(pk=anna.user_id).check_password(PASSWORD)
    assert "Пригласить ещё раз" not in text_of(owner.get("/people/"))


def test_an_old_account_without_a_password_is_given_none_by_an_invitation(cast, owner):
    """Someone who signs in by another service, say, has no password; the account is his."""
    models.User.objects.filter(pk=cast.kirill.pk).update(password="!")
    kirill = Buyer.objects.get(user=cast.kirill)

    assert owner.post(f"/people/{kirill.pk}/invitation/").status_code == 302
    assert not Invitation.objects.exists()


# ---------------------------------------------------------------------------- who may


def test_a_buyer_who_isnt_an_owner_has_no_such_page(cast, kirill, retail, stranger):
    assert kirill.get("/people/").status_code == 404
    assert retail.get("/people/").status_code == 404
    assert "Ромашка" not in text_of(stranger.get(f"/people/?company={cast.company.pk}"))
    assert kirill.get("/desk/companies/1/invitations/").status_code == 404
    assert Client().get("/people/").status_code == 302


@pytest.mark.parametrize("action", ["invitation/", "invitation/revoke/", "password/"])
def test_another_companys_owner_and_a_colleague_find_no_such_person(
    cast, owner, anna, stranger, kirill, action
):
    owner.post(f"/people/{anna.pk}/password/")
    before = list(Invitation.objects.order_by("pk").values())

    for client in (stranger, kirill):
        assert client.post(f"/people/{anna.pk}/{action}").status_code == 404
        assert client.post(f"/desk/buyers/{anna.pk}/{action}").status_code == 404

    assert list(Invitation.objects.order_by("pk").values()) == before


def test_another_companys_owner_invites_nobody_here(cast, stranger):
    nonce = nonce_of(stranger.get("/people/"))
    data = {"names": "Шпион", "role": "owner", "days": "14", "nonce": nonce}

    answer = stranger.post("/people/", {**data, "company": cast.company.pk})
    theirs = stranger.post("/people/", {**data, "entity": [cast.ooo.pk]})

    assert answer.status_code == 404
    assert theirs.status_code == 422
    assert not Buyer.objects.filter(name="Шпион").exists()


def test_the_owner_sees_how_each_ones_way_in_stands(cast, owner):
    invite(owner, cast.company, "Ждём")
    invite(owner, cast.company, "Опоздал")
    Invitation.objects.filter(buyer__name="Опоздал").update(expires_at=timezone.now())

    page = text_of(owner.get("/people/"))

    assert "приглашён" in page
    assert "срок приглашения истёк" in page
    assert "Пригласить ещё раз" in page
