"""Tell the shop's apps what was written, as Saleor's own mutations do."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from saleor.core.utils.events import call_event
from saleor.plugins.manager import get_plugins_manager
from saleor.webhook.utils import get_webhooks_for_event

__all__ = ["announce"]


def announce(event: str, rows: Iterable[Any]) -> None:
    """Fire ``event`` (a WebhookEventAsyncType, which is also the hook's name) for each row
    after the commit; one query where no app listens."""
    webhooks = list(get_webhooks_for_event(event))
    if webhooks:
        hook = getattr(get_plugins_manager(allow_replica=False), event)
        for row in rows:
            call_event(hook, row, webhooks=webhooks)
