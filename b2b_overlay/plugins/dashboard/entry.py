"""Who opens a page of ours in the Dashboard, by the token or the ticket in its form.

A token of any other app is no good here: each gets one for every member of staff who opens it,
and could come with it in his name.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import graphene
import jwt
from django.http import HttpResponse
from django.utils.translation import gettext as _
from saleor.core.jwt import (
    APP_KEY_FIELD,
    JWT_THIRDPARTY_ACCESS_TYPE,
    get_user_from_access_payload,
    jwt_decode,
)

from b2b_overlay.cabinet import session
from b2b_overlay.cabinet.pages import PageRequest, error_page
from b2b_overlay.company import access
from b2b_overlay.conf import conf

from .installing import our_app

__all__ = ["bearer", "came_from_dashboard", "desk_only", "who_on"]


def bearer(page: PageRequest) -> access.User:
    """Whom the Dashboard's token names, with the permissions of the token and no others."""
    app = our_app()
    try:
        payload = jwt_decode(page.POST.get("accessToken", ""))
        if (
            app is None
            or payload.get("type") != JWT_THIRDPARTY_ACCESS_TYPE
            or payload.get(APP_KEY_FIELD) != graphene.Node.to_global_id("App", app.pk)
        ):
            return session.Stranger()
        return cast(access.User, get_user_from_access_payload(payload))
    except jwt.PyJWTError:
        return session.Stranger()


def who_on(name: str) -> Callable[[PageRequest], access.User]:
    """Of the page of this name: whoever has its ticket, else the token's bearer. The ticket falls
    with the app."""

    def who(page: PageRequest) -> access.User:
        if given := page.POST.get("ticket"):
            installed = our_app() is not None
            return session.holder(page.shop.people, given if installed else "", name)
        return bearer(page)

    return who


def came_from_dashboard(page: PageRequest) -> bool:
    """Browsers say with each form from which site it comes, and no site can lie in it."""
    return bool(conf.dashboard) and page.headers.get("Origin") == conf.dashboard


def desk_only(
    came_from: Callable[[PageRequest], bool],
) -> Callable[[PageRequest], HttpResponse | None]:
    """Refuses whoever isn't of the desk, and what came from elsewhere."""

    def guard(page: PageRequest) -> HttpResponse | None:
        if came_from(page) and access.is_desk(page.who):
            return None
        return error_page(
            page,
            403,
            _("The Dashboard's sign-in isn't good here"),
            _("Open this page from the shop's Dashboard once more, or sign in here yourself."),
        )

    return guard
