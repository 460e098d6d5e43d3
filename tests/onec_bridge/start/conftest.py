"""A shop that begins without 1C: a manager, a connection, and sheets as 1C saves them."""

from __future__ import annotations

import time
from io import BytesIO

import pytest
from django.core.mail.backends import locmem
from openpyxl import Workbook

from onec_bridge.commerceml.reader import read
from onec_bridge.exchange import by_hand
from onec_bridge.models import Connection
from onec_bridge.sync import apply_file
from onec_bridge.sync.start import sheets
from sandbox import models


@pytest.fixture
def channel(db):
    return models.Channel.objects.create(slug="ru", name="Россия", currency="RUB")


@pytest.fixture
def connection(channel):
    connection = Connection(name="УТ 11", login="1c", retail_price_type="Розничная")
    connection.set_password("секрет")
    connection.save()
    return connection


@pytest.fixture
def manager(channel):
    return models.User.objects.create_user(
        "manager@example.org", "очень длинный пароль", is_staff=True
    )


def xlsx(rows, *, merged=(), levels=()):
    """A workbook with these rows, as bytes; ``levels`` are rows folded under the one above."""
    book = Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    for cells in merged:
        sheet.merge_cells(cells)
    for number, level in levels:
        sheet.row_dimensions[number].outline_level = level
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.fixture
def look(connection, manager):
    """Take a sheet and look through it."""

    def looked(rows, *, name="Товары.xlsx", said=None, **more):
        content = rows if isinstance(rows, bytes) else xlsx(rows)
        sheet = sheets.take_in(manager, connection, name, content)
        if said is not None or more:
            layout = sheets.Layout.of_json(sheet.layout)
            columns = {c.at: (c.key, c.name) for c in layout.columns}
            sheets.tell(manager, sheet, columns | (said or {}), **more)
        return sheets.look(sheet, time.monotonic() + 60)

    return looked


@pytest.fixture
def load(look, manager):
    """The whole way: look, confirm, import."""

    def loaded(rows, **more):
        sheet = look(rows, **more)
        session = by_hand.begin(manager, sheet.pk)
        assert session is not None
        standing = by_hand.go_on(session, time.monotonic() + 60)
        assert standing.is_done
        assert not standing.failed
        return sheet

    return loaded


@pytest.fixture
def exchange(connection):
    """A file of the real 1C, given as the inside of the root, bytes or a path."""

    def take(content, name="import.xml"):
        if isinstance(content, str):
            content = (
                '<?xml version="1.0" encoding="UTF-8"?><КоммерческаяИнформация '
                f'ВерсияСхемы="2.07">{content}</КоммерческаяИнформация>'
            ).encode()
        return apply_file(connection, read(BytesIO(content), name), file_name=name)

    return take


class NoMail:
    """A mail server that isn't there."""

    def __init__(self, **options):
        pass

    def send_messages(self, messages):
        raise ConnectionRefusedError("no mail server")


class DiesAfterwards(locmem.EmailBackend):
    """The letter is gone, and with it the process that sent it."""

    def send_messages(self, messages):
        super().send_messages(messages)
        raise SystemExit
