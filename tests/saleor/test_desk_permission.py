"""The sales desk is for staff with Saleor's own permission MANAGE_USERS."""

from __future__ import annotations

import pytest
from contract.stand import PASSWORD, may
from django.test import Client
from saleor.account.models import User

DESK = "/plugins/b2b/desk/"
COMPANIES = "{ b2bLegalEntities { id } }"


@pytest.fixture
def staff(stand) -> User:
    """A member of staff who may manage products only."""
    user = stand.user("picker@example.org", staff=True)
    user.groups.clear()
    may(user, "manage_products")
    return User.objects.get(pk=user.pk)


def _page(user: User) -> int:
    client = Client()
    client.post("/plugins/b2b/sign-in/", {"email": user.email, "password": PASSWORD})
    return client.get(DESK).status_code


def test_staff_without_the_permission_has_no_desk(stand, ask, staff):
    assert _page(staff) == 404
    with pytest.raises(AssertionError, match="PERMISSION_DENIED"):
        ask(COMPANIES, staff)


def test_with_the_permission_he_has_one(stand, ask, staff):
    may(staff, "manage_users")
    staff = User.objects.get(pk=staff.pk)

    assert _page(staff) == 200
    ask(COMPANIES, staff)
