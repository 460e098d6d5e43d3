"""Customers and staff: the port's :class:`~b2b_overlay.shop.People` on Saleor."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils.crypto import get_random_string, salted_hmac
from django.utils.translation import gettext as _
from saleor.account import utils
from saleor.account.events import customer_account_created_event
from saleor.account.models import User
from saleor.account.search import update_user_search_vector
from saleor.account.throttling import authenticate_with_throttling
from saleor.core.utils import get_client_ip
from saleor.core.utils.events import call_event
from saleor.plugins.manager import get_plugins_manager

from b2b_overlay import logins
from b2b_overlay.shop import Person, Refusal, Refused
from b2b_overlay.shop.passwords import demand_good

from . import persons

__all__ = ["SaleorPeople"]

#: Of Saleor's ``User.first_name``.
NAME_LENGTH = 256
_STAMP = "b2b_overlay.plugins.people.stamp"


class SaleorPeople:
    def get(self, user_ids: Iterable[int]) -> Mapping[int, Person]:
        return {row.pk: _as_person(row) for row in User.objects.filter(pk__in=list(user_ids))}

    def find(self, email: str) -> Person | None:
        row = utils.retrieve_user_by_email(email)
        return _as_person(row) if row else None

    def sign_in(self, request: object, email: str, password: str) -> Person | None:
        """Saleor's own throttling: too many attempts from one address are refused
        (:class:`Refused`), whatever the password."""
        try:
            row = authenticate_with_throttling(cast(HttpRequest, request), email, password)
        except ValidationError as error:
            sentence = _("Too many attempts to sign in. Wait a minute and try again.")
            raise Refused(Refusal("INVALID", sentence)) from error
        return _as_person(row) if row and row.is_active else None

    def stamp(self, user_id: int) -> str | None:
        """Falls with ``deactivateAllUserTokens`` and with the password, however it was changed
        (Saleor 3.23 changes the token key only with the former)."""
        row = User.objects.filter(pk=user_id, is_active=True).first()
        return (
            salted_hmac(_STAMP, f"{row.jwt_token_key}:{row.password}").hexdigest() if row else None
        )

    def address(self, request: object) -> str:
        return str(get_client_ip(cast(HttpRequest, request)) or "")

    def create(self, email: str, name: str) -> Person:
        """As Saleor's ``customerCreate``: its own events, no notification. The name isn't
        guessed apart into a first and a last one."""
        row = User(email=email.strip().lower(), first_name=name[:NAME_LENGTH], is_confirmed=True)
        row.set_unusable_password()
        if hasattr(utils, "get_default_customer_type"):  # since 3.23.26
            row.customer_type = utils.get_default_customer_type()
        with transaction.atomic():
            if utils.retrieve_user_by_email(row.email) is not None:
                raise _taken(email)
            try:
                with transaction.atomic():
                    row.save()
            except IntegrityError:
                raise _taken(email) from None
            update_user_search_vector(row)
            customer_account_created_event(user=row)
            call_event(get_plugins_manager(allow_replica=False).customer_created, row)
        return _as_person(row)

    def set_password(self, user_id: int, password: str) -> None:
        row = User.objects.get(pk=user_id)
        demand_good(password, row)
        row.set_password(password)
        _save_with_new_key(row)

    def shut_out(self, user_id: int) -> None:
        row = User.objects.get(pk=user_id)
        row.set_unusable_password()
        _save_with_new_key(row)

    def exported(self, user_id: int) -> Mapping[str, object]:
        return persons.exported(user_id)

    def erase(self, user_id: int) -> Mapping[str, int]:
        return persons.erase(user_id)


def _taken(email: str) -> Refused:
    text = _("The shop already has an account «%(email)s».") % {"email": email}
    return Refused(Refusal("INVALID", text))


def _save_with_new_key(row: Any) -> None:
    """Saleor's tokens know nothing of the password: they fall with the key."""
    row.jwt_token_key = get_random_string(length=12)
    row.save(update_fields=["password", "jwt_token_key", "updated_at"])


def _as_person(row: Any) -> Person:
    return Person(
        id=row.pk,
        email=row.email,
        # Without a name Saleor gives the e-mail, which of an erased person is none.
        name="" if logins.is_erased(row.email) else row.get_full_name(),
        is_staff=row.is_staff,
        is_active=row.is_active,
    )
