"""An account without e-mail is never mailed; everybody else is, as before."""

from __future__ import annotations

import pytest
from contract.carts import make, ordered
from saleor.account.models import User
from saleor.account.notifications import send_account_confirmation, send_set_password_notification
from saleor.core.notify import NotifyHandler
from saleor.plugins.base_plugin import BasePlugin
from saleor.plugins.manager import PluginsManager, get_plugins_manager

from b2b_overlay import logins

TOLD: list[tuple[str, str]] = []

RESET = """mutation($email: String!) { payload: requestPasswordReset(
  email: $email, channel: "ru", redirectUrl: "https://www.example.com/") {
  errors { field message code } } }"""


class Mailer(BasePlugin):
    """Writes down what Saleor would have it mail."""

    PLUGIN_ID = "b2b.tests.mailer"
    PLUGIN_NAME = "Mailer"
    CONFIGURATION_PER_CHANNEL = False
    DEFAULT_ACTIVE = True

    def notify(self, event, payload_func, previous_value):
        if self.active:
            made = payload_func()
            TOLD.append((event, made.get("recipient_email") or made["recipient_list"]))

    def account_set_password_requested(
        self, user, channel_slug, token, redirect_url, previous_value
    ):
        TOLD.append(("asked an app", user.email))


@pytest.fixture
def mailer(settings, stand):
    TOLD.clear()
    settings.PLUGINS = [*settings.PLUGINS, f"{__name__}.Mailer"]
    return TOLD


def _without_email(user) -> None:
    User.objects.filter(pk=user.pk).update(email=f"anna@{logins.DOMAIN}")
    user.refresh_from_db()


def _order(ask, cast, hose, deliver) -> None:
    cart = make(ask, cast.buyer, {hose: 3})["id"]
    ordered(ask, deliver, cast.buyer, cart)


def _told(mailer, email):
    return {event for event, recipient in mailer if recipient == email}


def test_a_customer_is_mailed_about_his_order(ask, cast, hose, deliver, mailer):
    _order(ask, cast, hose, deliver)

    assert "order_confirmation" in _told(mailer, cast.buyer.email)


def test_whoever_has_no_e_mail_isnt(ask, cast, hose, deliver, mailer):
    _without_email(cast.buyer)

    _order(ask, cast, hose, deliver)

    assert _told(mailer, cast.buyer.email) == set()


def test_a_forgotten_password_is_mailed_to_a_customer_only(ask, cast, mailer):
    _without_email(cast.buyer)

    for user in (cast.buyer, cast.customer):
        assert not ask(RESET, email=user.email)["payload"]["errors"]

    assert _told(mailer, cast.buyer.email) == set()
    assert _told(mailer, cast.customer.email) == {"account_password_reset", "asked an app"}


def test_a_new_account_mails_nobody(shop, mailer):
    shop.people.create("boris@b2b.invalid", "Борис")
    shop.people.create("boris@shop.example", "Борис")

    assert mailer == []


@pytest.mark.parametrize("send", [send_account_confirmation, send_set_password_notification])
def test_no_link_is_mailed_to_an_address_that_cant_be(cast, mailer, send):
    _without_email(cast.buyer)
    manager = get_plugins_manager(allow_replica=False)

    for user in (cast.buyer, cast.customer):
        arguments = {"user": user, "redirect_url": "https://www.example.com/", "manager": manager}
        send(**arguments, channel_slug="ru")

    assert _told(mailer, cast.buyer.email) == set()
    assert len(_told(mailer, cast.customer.email)) == 1


def test_the_payload_is_the_very_same(mailer, monkeypatch):
    made, seen = {"recipient_email": "anna@shop.example", "order": {}}, []

    def notify(self, event, payload_func, previous_value):
        seen.append(payload_func())

    monkeypatch.setattr(Mailer, "notify", notify)

    get_plugins_manager(allow_replica=False).notify("order_confirmation", lambda: made)

    assert seen[0] is made


def test_a_payload_nobody_asks_for_isnt_made(stand):
    def make_it():
        raise AssertionError("made")

    get_plugins_manager(allow_replica=False).notify(
        "order_confirmation", NotifyHandler(make_it).payload
    )


def test_the_shops_staff_hears_of_the_order_all_the_same(mailer):
    manager = get_plugins_manager(allow_replica=False)

    manager.notify("staff_order_confirmation", lambda: {"recipient_list": ["desk@shop.example"]})

    assert mailer == [("staff_order_confirmation", ["desk@shop.example"])]


def test_the_guard_is_put_on_once():
    assert not hasattr(PluginsManager.notify.__wrapped__, "__wrapped__")
