"""The 1C programmer's page stands under the bridge's own address on every shop, and carries nothing
of the shop's with it."""

from __future__ import annotations

import io

import pytest
from django.test import Client

from onec_bridge.journal.programmer.access import COOKIE, give_access
from onec_bridge.models import Connection

from .conftest import ON_SALEOR

HOME = "/plugins/onec/" if ON_SALEOR else "/onec/"
PAGES = (
    "",
    "problems/",
    "problems.xlsx",
    "diagnosis/",
    "check/",
    "orders/",
    "orders.xml",
    "set-up/",
)
XML = (
    "<КоммерческаяИнформация><Каталог><Товары><Товар/></Товары></Каталог></КоммерческаяИнформация>"
)


@pytest.fixture
def page(stand):
    """Its address, and a client that is signed in."""
    connection = Connection.objects.create(name="УТ 11", login="ut", password="!")
    access, password = give_access(connection)
    client, address = Client(), f"{HOME}1c/{access.token}/"
    assert client.post(address, {"password": password}).status_code == 302
    return client, address


def test_each_of_its_pages_opens(page):
    client, address = page

    for each in PAGES:
        assert client.get(address + each).status_code == 200, each
    assert set(client.cookies) == {COOKIE}
    assert client.cookies[COOKIE]["path"] == address


def test_a_file_is_checked_there(page):
    client, address = page
    form = client.get(address).content.decode().split('name="form" value="')[1].split('"')[0]
    file = io.BytesIO(XML.encode())
    file.name = "import.xml"

    text = client.post(f"{address}check/", {"form": form, "file": file}).content.decode()

    assert "Нет Ид" in text
