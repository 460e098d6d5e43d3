"""The bridge on Saleor: ``/plugins/onec/…`` leads to the same views as everywhere else.

Saleor hands a plugin the request as it came, without a session, a user or a CSRF check, and
hands it to one that is switched off too (Saleor 3.23, ``webhook_endpoint_without_channel``).
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.urls import Resolver404, resolve, set_urlconf
from django.utils import translation
from django.utils.translation import gettext as _
from saleor.core.db.connection import allow_writer
from saleor.plugins.base_plugin import BasePlugin

from onec_bridge.exchange import answers, worker

from . import tasks
from .urls import PLUGIN_ID

__all__ = ["OneCPlugin"]

URLCONF = "onec_bridge.plugins.urls"

worker.employ(tasks.call)


class OneCPlugin(BasePlugin):  # type: ignore[misc]  # Saleor has no types
    """Switched on in the Dashboard (Configuration → Plugins), for all channels at once."""

    PLUGIN_ID = PLUGIN_ID
    PLUGIN_NAME = "Обмен с 1С"
    PLUGIN_DESCRIPTION: ClassVar[str] = (
        "Обмен с 1С:Предприятием по протоколу «Обмен с сайтом» (CommerceML). / "
        "Exchange with 1C:Enterprise by its own website protocol."
    )
    CONFIGURATION_PER_CHANNEL = False
    DEFAULT_ACTIVE = False

    def webhook(self, request: HttpRequest, path: str, previous_value: Any) -> HttpResponse:
        """1C's exchange, and the desk's journal."""
        if not self.active:
            return _switched_off(path)
        set_urlconf(URLCONF)
        try:
            match = resolve(f"/plugins/{PLUGIN_ID}/{path.lstrip('/')}", URLCONF)
            request.resolver_match = match
            with allow_writer():
                answered: HttpResponse = match.func(request, *match.args, **match.kwargs)
                return answered
        except Resolver404:
            return HttpResponseNotFound()
        finally:
            set_urlconf(None)


def _switched_off(path: str) -> HttpResponse:
    """1C's user reads the answer's text, so it has one."""
    if not path.startswith("/exchange"):
        return HttpResponseNotFound()
    with translation.override("ru"):
        text = _("The exchange is switched off: switch the plugin on in the Dashboard.")
    return answers.failure(text).response()
