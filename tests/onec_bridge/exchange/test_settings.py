"""Wrong settings are said at start, with their name."""

from __future__ import annotations

import pytest
from django.db import connection

from onec_bridge.checks import check_connections, check_settings


def test_the_defaults_are_right():
    assert check_settings(None) == []


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("ONEC_KEEP_DAYS", "две недели", "onec_bridge.E001"),
        ("ONEC_HOLD", -1, "onec_bridge.E001"),
        ("ONEC_TIME_BUDGET", 120, "onec_bridge.W001"),
    ],
)
def test_a_wrong_one_is_named(settings, name, value, code):
    setattr(settings, name, value)

    (found,) = check_settings(None)

    assert found.id == code
    assert name in found.msg


@pytest.mark.parametrize(
    "missing",
    ["TABLE onec_bridge_connection RENAME", "TABLE onec_bridge_connection RENAME file_limit"],
)
def test_migrate_may_check_before_there_are_tables(db, missing):
    """Django 5.2 runs the checks that ask the database before ``migrate`` makes the tables."""
    with connection.cursor() as cursor:
        cursor.execute(f"ALTER {missing} TO away")

    assert check_connections(None, databases=["default"]) == []
