"""Wrong settings are said at start, with their name."""

from __future__ import annotations

import pytest

from onec_bridge.checks import check_settings


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
