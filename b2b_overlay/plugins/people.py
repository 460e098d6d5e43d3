"""Customers and staff: the port's :class:`~b2b_overlay.shop.People` on Saleor."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, cast

from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from saleor.account.models import User
from saleor.account.throttling import authenticate_with_throttling
from saleor.account.utils import retrieve_user_by_email

from b2b_overlay.shop import Person, Refusal, Refused

__all__ = ["SaleorPeople"]

_STAMP = "b2b_overlay.plugins.people.stamp"


class SaleorPeople:
    def get(self, user_ids: Iterable[int]) -> Mapping[int, Person]:
        return {row.pk: _as_person(row) for row in User.objects.filter(pk__in=list(user_ids))}

    def find(self, email: str) -> Person | None:
        row = retrieve_user_by_email(email)
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


def _as_person(row: Any) -> Person:
    return Person(
        id=row.pk,
        email=row.email,
        name=row.get_full_name(),
        is_staff=row.is_staff,
        is_active=row.is_active,
    )
