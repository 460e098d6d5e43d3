"""The pages of an application behind Saleor's webhook: a file comes in and goes out whole."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from contract.stand import PASSWORD
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from b2b_overlay.company.models import Application

HOME = "/plugins/b2b/"
#: More than Django keeps in memory, and than Saleor takes of a GraphQL request.
CARD = b"%PDF-1.7" + bytes(6 * 1024 * 1024)


@pytest.fixture
def sign_in(cast):
    def signed_in(user) -> Client:
        client = Client(headers={"Accept-Language": "ru"})
        answer = client.post(f"{HOME}sign-in/", {"email": user.email, "password": PASSWORD})
        assert answer.status_code == 302, answer.content.decode()
        return client

    return signed_in


def test_a_card_of_six_megabytes_is_applied_with_and_downloaded(cast, sign_in):
    customer, manager = sign_in(cast.customer), sign_in(cast.manager)

    answer = customer.post(
        f"{HOME}apply/",
        {"inn": "7736050004", "card": SimpleUploadedFile("Карточка.pdf", CARD)},
    )

    assert answer["Location"] == f"{HOME}apply/"
    made = Application.objects.get()
    assert 'data-state="new"' in customer.get(f"{HOME}apply/").content.decode()
    card = manager.get(f"{HOME}desk/applications/{made.pk}/card/")
    assert card.content == CARD
    assert quote("Карточка.pdf") in card["Content-Disposition"]
    assert customer.get(f"{HOME}desk/applications/{made.pk}/card/").status_code == 404


def test_the_desk_lists_and_decides(cast, sign_in):
    customer, manager = sign_in(cast.customer), sign_in(cast.manager)
    customer.post(f"{HOME}apply/", {"inn": cast.first.inn})
    page = f"{HOME}desk/applications/{Application.objects.get().pk}/"

    assert cast.customer.email in manager.get(f"{HOME}desk/applications/").content.decode()
    assert "data-taken" in manager.get(page).content.decode()
    manager.post(f"{page}refuse/", {"reason": "Не ваш ИНН"})

    assert "Не ваш ИНН" in customer.get(f"{HOME}apply/").content.decode()
