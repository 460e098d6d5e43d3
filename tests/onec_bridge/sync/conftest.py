"""A sandbox shop as 1C finds it, and files for it."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest

from onec_bridge.commerceml.reader import read
from onec_bridge.models import Connection
from onec_bridge.sync import apply_file
from sandbox import models


@pytest.fixture
def channel(db):
    return models.Channel.objects.create(slug="ru", name="Россия", currency="RUB")


@pytest.fixture
def connection(channel):
    return Connection.objects.create(name="УТ 11", login="1c", password="!")


@pytest.fixture
def take(connection):
    """Apply one file, given as text (the inside of the root will do), bytes or a path."""

    def apply(content, *, images=None, name="import.xml", **more):
        if isinstance(content, Path):
            name, content = content.name, content.read_bytes()
        if isinstance(content, str):
            if not content.lstrip().startswith("<?xml"):
                content = (
                    '<?xml version="1.0" encoding="UTF-8"?><КоммерческаяИнформация '
                    f'ВерсияСхемы="2.07">{content}</КоммерческаяИнформация>'
                )
            content = content.encode()
        if images is not None:
            more["images"] = images.get
        return apply_file(connection, read(BytesIO(content), name), file_name=name, **more)

    return apply
