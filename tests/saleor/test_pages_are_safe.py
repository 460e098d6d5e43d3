"""Our pages stand behind Saleor's plugin address, which brings nothing along: no CSRF check, no
protection from framing, cookies of any site's requests, and a plugin that is switched off is still
called. So each of them is asked, by every address in the URLconf: one added tomorrow too."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from contract.stand import may
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.utils import timezone
from our_pages import Page, all_of_ours
from saleor.plugins.models import PluginConfiguration

from b2b_overlay.cabinet.assets import asset_name
from b2b_overlay.company.models import Application
from b2b_overlay.plugins import activity
from onec_bridge.exchange.models import Session
from onec_bridge.journal.programmer.access import give_access

EVIL = "https://evil.example"


@pytest.fixture
def keys(cast, order, onec) -> dict[str, Any]:
    """What addresses name: rows that are there, so that the pages are really shown."""
    made = order(2)
    programmer, password = give_access(onec)
    applied = Application.objects.create(user=cast.customer, inn="7736050003")
    return {
        "desk/companies/ pk": cast.company.pk,
        "desk/counterparties/ pk": cast.first.pk,
        "desk/entities/ pk": cast.first.pk,
        "desk/applications/ pk": applied.pk,
        "desk/buyers/ pk": cast.company.buyers.first().pk,
        "people/ pk": cast.company.buyers.first().pk,
        "desk/prices/for/ kind": "company",
        "desk/prices/for/ pk": cast.company.pk,
        "desk/prices/ pk": cast.lists[cast.first.pk].pk,
        "journal/connections/ pk": onec.pk,
        "journal/ pk": Session.objects.create(
            connection=onec, type="sale", seen_at=timezone.now()
        ).pk,
        "1c/ token": programmer.token,
        "programmer's password": password,
        "^exchange token": onec.token,
        "order_id": made.order_id,
        "variant_id": made.lines.get().variant_id,
        "user_id": cast.customer.pk,
        "contract_pk": cast.first.contracts.get().pk,
        "name": asset_name("b2b.css"),
        "token": "x" * 16,
        "what": "given",
        "where": "applications",
        "rest": "",
    }


@pytest.fixture
def pages(keys) -> list[Page]:
    found = list(all_of_ours(keys))
    assert len(found) > 150
    return found


@pytest.fixture
def at_desk(cast, stand, keys) -> Client:
    """A manager who may do everything, signed in at the desk with his password; and on the
    programmer's page of 1C."""
    for codename in ("manage_users", "manage_orders", "manage_products"):
        may(cast.manager, codename)
    cast.manager.set_password("садовые ножницы 14")
    cast.manager.save()
    client = Client(enforce_csrf_checks=True, raise_request_exception=True)
    client.get("/plugins/b2b/sign-in/")
    form = {"email": cast.manager.email, "password": "садовые ножницы 14"}
    token = client.cookies["csrftoken"].value
    client.post("/plugins/b2b/sign-in/", {**form, "csrfmiddlewaretoken": token})
    assert "b2b_session" in client.cookies
    programmers = {"password": keys["programmer's password"]}
    signed = client.post(f"/plugins/onec/1c/{keys['1c/ token']}/", programmers)
    assert signed.status_code == 302
    return client


def _ours() -> Mapping[str, str]:
    """A digest of each table of ours, but the log of 1C's calls."""
    told = {}
    with connection.cursor() as cursor:
        for app in ("b2b_overlay", "onec_bridge"):
            for model in apps.get_app_config(app).get_models(include_auto_created=True):
                table = model._meta.db_table
                cursor.execute(
                    f'SELECT string_agg(row::text, $$ $$ ORDER BY row::text) FROM "{table}" row'
                )
                told[table] = hashlib.sha256(str(cursor.fetchone()[0]).encode()).hexdigest()
    return told


def _changed(before: Mapping[str, str]) -> list[str]:
    after = _ours()
    return [table for table in before if before[table] != after[table]]


def _form() -> dict[str, Any]:
    return {
        "name": "Чужое имя", "on": "0", "email": "evil@evil.example", "company": "1", "pk": "1",
        "quantity": "5", "reason": "потому", "text": "текст", "number": "66", "decision": "confirm",
        "file": SimpleUploadedFile("prices.xlsx", b"PK\x03\x04 not really"),
        "card": SimpleUploadedFile("card.pdf", b"%PDF-1.4 not really"),
    }  # fmt: skip


def _written(pages: list[Page]) -> Iterator[Page]:
    """Pages with forms of ours, which the browser sends our cookie along with."""
    for page in pages:
        if not (page.is_exchange or page.is_asset or page.is_the_dashboards):
            yield page


# ----------------------------------------------------------------- no CSRF middleware, uploads


def test_every_form_wants_its_token(pages, at_desk):
    """Without it a form is nobody's, with files in it too; what our cookie would do for another
    site's form, were it sent along, is nothing."""
    before = _ours()

    for page in _written(pages):
        assert at_desk.post(page.path, _form()).status_code == 403, page

    assert _changed(before) == []


def test_what_has_no_token_has_no_cookie_either(pages, at_desk):
    """1C's address and the Dashboard's pages: for them our cookie is nobody."""
    before = _ours()

    for page in pages:
        if page.is_the_dashboards:
            answer = at_desk.post(page.path, _form(), headers={"Origin": EVIL})
            assert answer.status_code == 403, page
            assert "Ромашка" not in answer.content.decode()
        if page.is_exchange:
            answer = at_desk.get(f"{page.path}?type=catalog&mode=init", headers={"Origin": EVIL})
            assert answer.content.startswith(b"failure")

    assert _changed({t: d for t, d in before.items() if "entry" not in t}) == []


# -------------------------------------------------------------------- reading, framing, caching


def _is_framed_by_nobody(answer: Any) -> bool:
    policy = answer.headers.get("Content-Security-Policy", "")
    alone = ("frame-ancestors 'self'", "frame-ancestors 'none'", "sandbox")
    html = "html" in answer.headers.get("Content-Type", "")
    shown = html and answer.status_code != 302
    return not shown or any(each in policy for each in alone)


def test_looking_at_any_page_changes_nothing_and_no_other_site_frames_or_caches_it(pages, at_desk):
    """A link of another site's is opened with our cookie (Lax): it must not do anything."""
    before = _ours()

    for page in _written(pages):
        answer = at_desk.get(page.path, headers={"Origin": EVIL})
        assert answer.status_code < 500, page
        assert _is_framed_by_nobody(answer), page
        assert "no-store" in answer.headers.get("Cache-Control", ""), page

    # What an order's list for 1C looks at, it notes once.
    assert set(_changed(before)) <= {"onec_bridge_orderexport"}


def test_no_other_site_frames_what_a_visitor_sees(pages, settings):
    settings.B2B_DASHBOARD_URL = "https://dashboard.shop.example/"
    visitor = Client()

    for page in pages:
        answer = visitor.get(page.path)
        policy = answer.headers.get("Content-Security-Policy", "")
        theirs = "frame-ancestors https://dashboard.shop.example" in policy
        assert _is_framed_by_nobody(answer) or (page.is_the_dashboards and theirs), (page, policy)


def test_without_the_dashboards_address_nobody_frames_its_pages(pages, at_desk):
    for page in pages:
        if page.is_the_dashboards:
            policy = at_desk.get(page.path).headers["Content-Security-Policy"]
            assert "frame-ancestors 'none'" in policy or "frame-ancestors 'self'" in policy, page


# ------------------------------------------------------------------------------------- cookies


#: Pages that set cookies: a language, a message for the next page, the sign-in.
SETTING = ("b2b:language", "b2b:catalogue", "b2b:sign_in", "b2b:cart_change", "onec:programmer")


def _cookies(client: Client, page: Page, **more: Any) -> Iterator[tuple[Page, Any]]:
    for ask in (client.get, client.post):
        for cookie in ask(page.path, secure=True, **more).cookies.values():
            yield page, cookie


def test_no_cookie_of_ours_goes_along_with_another_sites_request(pages, at_desk, cast):
    """Saleor lets any site send credentials and read the answer; only the browser withholds them,
    where a cookie says so."""
    csrf = at_desk.cookies["csrftoken"].value
    setting = [page for page in pages if page.name in SETTING or page.is_the_dashboards]
    found = {
        (cookie.key, page.name): cookie
        for page in setting
        for page, cookie in _cookies(at_desk, page, headers={"X-CSRFToken": csrf})
    }
    form = {"email": cast.manager.email, "password": "садовые ножницы 14"}
    sent = at_desk.post(
        "/plugins/b2b/sign-in/",
        {**form, "csrfmiddlewaretoken": csrf},
        secure=True,
        headers={"Referer": "https://testserver/plugins/b2b/sign-in/"},
    )
    found |= {(cookie.key, "signed in"): cookie for cookie in sent.cookies.values()}

    assert ("b2b_session", "signed in") in found
    for place, cookie in found.items():
        assert cookie["samesite"] in ("Lax", "Strict"), place
        if cookie.value:
            assert cookie["secure"], place
            assert cookie["httponly"] or cookie.key == "csrftoken", place


# ------------------------------------------------------------------------- an inactive plugin


@pytest.fixture
def switched_off(stand, keys, at_desk) -> Iterator[None]:
    for plugin in ("b2b", "onec"):
        PluginConfiguration.objects.update_or_create(
            identifier=plugin, channel=None, defaults={"active": False}
        )
    activity.forget()
    yield
    activity.forget()


def test_a_plugin_that_is_switched_off_has_no_page(pages, at_desk, switched_off):
    before = _ours()

    for page in pages:
        for ask in (at_desk.get, at_desk.post):
            answer = ask(page.path)
            if page.is_exchange:  # 1C's user reads why
                assert answer.content.startswith(b"failure"), page
            else:
                assert answer.status_code == 404, page

    assert _changed(before) == []
