"""pytest plugin: what makes thousands of tests bearable, the same on both sides.

The clone is the test database as it is. It was migrated before; asking Django's 1,500 migrations
whether they are applied would take a minute at the start of each folder. And Python doesn't look
for garbage among Saleor and its collected tests, which stay to the end.
"""

from __future__ import annotations

import gc
from typing import Any


def pytest_configure() -> None:
    from django.db.backends.base.creation import BaseDatabaseCreation

    BaseDatabaseCreation.create_test_db = _as_it_is


def pytest_collection_finish() -> None:
    gc.collect()
    gc.freeze()


def _as_it_is(creation: Any, *_: Any, serialize: bool = True, **__: Any) -> str:
    """What Django's own does but making and migrating."""
    from django.conf import settings

    name: str = creation._get_test_db_name()
    connection = creation.connection
    connection.close()
    settings.DATABASES[connection.alias]["NAME"] = connection.settings_dict["NAME"] = name
    if serialize:
        connection._test_serialized_contents = creation.serialize_db_to_string()
    connection.ensure_connection()
    return name
