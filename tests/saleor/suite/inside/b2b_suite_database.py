"""pytest plugin: the clone is the test database as it is. It was migrated before; asking Django's
1,500 migrations whether they are applied would take a minute at the start of each folder."""

from __future__ import annotations

from typing import Any


def pytest_configure() -> None:
    from django.db.backends.base.creation import BaseDatabaseCreation

    BaseDatabaseCreation.create_test_db = _as_it_is


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
