"""What holds on every page: CSRF, headers, language, errors, files, messages."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from b2b_overlay.cabinet.assets import asset_name
from b2b_overlay.cabinet.buyer import catalogue
from b2b_overlay.cabinet.pages import NAV, Link
from b2b_overlay.ordering.models import CheckoutTerms


def test_a_post_without_the_token_changes_nothing(cast, sign_in):
    client = Client(enforce_csrf_checks=True)
    client.cookies = sign_in(cast.olga).cookies

    answer = client.post(f"/goods/{cast.hose.pk}/to-cart/", {"quantity": "1"})

    assert answer.status_code == 403
    assert not CheckoutTerms.objects.exists()
    assert "Страница устарела" in answer.content.decode()


def test_a_form_with_its_token_is_taken(cast, sign_in):
    client = Client(enforce_csrf_checks=True)
    client.cookies = sign_in(cast.olga).cookies
    page = client.get("/").content.decode()
    token = page.split('name="csrfmiddlewaretoken" value="')[1].split('"')[0]

    answer = client.post(
        f"/goods/{cast.hose.pk}/to-cart/", {"quantity": "1", "csrfmiddlewaretoken": token}
    )

    assert answer.status_code == 302
    assert CheckoutTerms.objects.exists()


def test_no_cache_keeps_a_signed_in_page_and_no_site_frames_it(olga):
    answer = olga.get("/")

    assert "no-store" in answer["Cache-Control"]
    assert "frame-ancestors 'self'" in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("asked", "spoken"),
    [("", "ru"), ("ru-RU,ru;q=0.9", "ru"), ("en-GB,en;q=0.8,ru;q=0.1", "en"), ("de,fr", "ru")],
)
def test_russian_first_else_what_the_browser_asks(cast, asked, spoken):
    answer = Client(headers={"Accept-Language": asked}).get("/sign-in/")

    assert f'<html lang="{spoken}"' in answer.content.decode()


def test_a_chosen_language_stays_and_the_page_too(cast, olga):
    answer = olga.post("/language/", {"language": "en", "next": "/cart/"})
    assert answer["Location"] == "/cart/"

    assert "The cart is empty" in olga.get("/cart/").content.decode()


def test_what_is_not_there_is_a_page_of_ours(olga):
    answer = olga.get("/goods/999999/")

    assert answer.status_code == 404
    assert "Такой страницы нет" in answer.content.decode()


def test_an_error_of_ours_is_logged_and_shown_without_a_traceback(olga, monkeypatch, caplog):
    def broken(*_args, **_more):
        raise ZeroDivisionError("секретные подробности")

    monkeypatch.setattr(catalogue, "find", broken)
    olga.raise_request_exception = False

    answer = olga.get("/")

    assert answer.status_code == 500
    assert "У нас произошла ошибка" in answer.content.decode()
    assert "секретные" not in answer.content.decode()
    assert "секретные" in caplog.text


def test_a_shop_that_does_not_answer_is_said_in_both_languages(olga, monkeypatch):
    from b2b_overlay.cabinet import pages

    def broken():
        raise ConnectionError

    monkeypatch.setattr(pages, "get_shop", broken)
    olga.raise_request_exception = False

    answer = olga.get("/")

    assert answer.status_code == 500
    assert "Магазин сейчас не отвечает" in answer.content.decode()
    assert "doesn't answer" in answer.content.decode()


def test_our_files_are_kept_for_ever_under_a_name_of_their_content(cast):
    name = asset_name("b2b.css")

    answer = Client().get(reverse("b2b:asset", args=[name]))

    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/css")
    assert "immutable" in answer["Cache-Control"]


def test_the_tag_of_a_storefront_has_an_address_that_stays():
    first = Client().get("/legal-entity.js")
    script = Client().get(first["Location"])

    assert (first.status_code, first["Cache-Control"]) == (302, "public, max-age=300")
    assert script["Content-Type"].startswith("text/javascript")
    assert "immutable" in script["Cache-Control"]
    assert len(script.content) < 8 * 1024


@pytest.mark.parametrize("name", ["b2b.000000000000.css", "b2b.css", "models.py", "x", ".."])
def test_no_other_file_is_served(cast, name):
    assert Client().get(f"/assets/{name}").status_code == 404


def test_a_message_is_shown_once(cast, olga):
    olga.post(f"/goods/{cast.hose.pk}/to-cart/", {"quantity": "1"})

    assert "Товар в корзине." in olga.get("/cart/").content.decode()
    assert "Товар в корзине." not in olga.get("/cart/").content.decode()


def test_another_app_adds_to_the_desks_menu(cast, manager, monkeypatch):
    monkeypatch.setattr(
        "b2b_overlay.cabinet.pages.NAV",
        [*NAV, Link("Ещё один раздел", "b2b:why"), Link("Не здесь", "nowhere:page")],
    )

    page = manager.get("/desk/").content.decode()

    assert "Ещё один раздел" in page
    assert "Не здесь" not in page


def test_the_header_a_fragment_brings_leads_back_to_the_page_that_stands(cast, olga):
    answer = olga.post(
        f"/goods/{cast.hose.pk}/to-cart/",
        {"quantity": "1"},
        headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/?q=SH-25"},
    )

    picker = answer.content.decode().split('id="picker"')[1].split("</form>")[0]
    assert 'name="next" value="/?q=SH-25"' in picker


def test_an_actions_address_is_no_page(cast, olga):
    answer = olga.get(f"/goods/{cast.hose.pk}/to-cart/")

    assert answer.status_code == 404
    assert "Такой страницы нет" in answer.content.decode()
