"""``b2b_dashboard`` where there is no Dashboard; on Saleor see ``tests/saleor``."""

from __future__ import annotations

import pytest
from django.core.management import CommandError, call_command


@pytest.mark.parametrize("action", ["install", "remove"])
def test_a_shop_without_a_dashboard_says_so(action: str) -> None:
    with pytest.raises(CommandError, match="Dashboard"):
        call_command("b2b_dashboard", action)
