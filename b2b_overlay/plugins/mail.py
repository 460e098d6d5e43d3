"""Nothing is mailed to an account that has no e-mail.

Whatever Saleor mails, it hands to its plugins by ``PluginsManager.notify`` (its own mailers,
and the webhook NOTIFY_USER by which apps do); an app of today's kind is asked by one of three
more events. All four are stopped here for a recipient under ``.invalid``; for anyone else they
go on with the very same payload, which is still made only when a plugin asks for it.

An app that mails upon ORDER_CREATED and the like is told of the order as ever: the shop's
other apps live by these events, and to that address no mail server can deliver.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from b2b_overlay import logins

__all__ = ["REQUESTS", "keep_in"]

#: Events whose only purpose is that an app mails the user a link.
REQUESTS = (
    "account_confirmation_requested",
    "account_delete_requested",
    "account_set_password_requested",
)


class _NobodyToMail(Exception):
    """The payload, once made, turned out to be for an address that can't exist."""


def keep_in() -> None:
    """Put the guard on Saleor's manager of plugins. Once is enough."""
    from saleor.plugins.manager import PluginsManager

    if not hasattr(PluginsManager.notify, "__wrapped__"):
        PluginsManager.notify = _unless_undeliverable(PluginsManager.notify)
        for name in REQUESTS:
            setattr(PluginsManager, name, _unless_of_ours(getattr(PluginsManager, name)))


def _unless_undeliverable(notify: Callable[..., Any]) -> Callable[..., Any]:
    """``notify``, ended by the first plugin that asks for a payload nobody can get."""

    @wraps(notify)
    def guarded(
        manager: Any, event: Any, payload_func: Callable[[], Any], *args: Any, **more: Any
    ) -> Any:
        def payload() -> Any:
            made = payload_func()
            if isinstance(made, Mapping) and logins.undeliverable(made.get("recipient_email")):
                raise _NobodyToMail
            return made

        try:
            return notify(manager, event, payload, *args, **more)
        except _NobodyToMail:
            return None

    return guarded


def _unless_of_ours(request: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(request)
    def guarded(manager: Any, user: Any, *args: Any, **more: Any) -> Any:
        if logins.undeliverable(user.email):
            return None
        return request(manager, user, *args, **more)

    return guarded
