"""The newest exchanges, where they are told outside of the desk's pages."""

from __future__ import annotations

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from b2b_overlay.cabinet.news import MOST, News
from onec_bridge.exchange.models import Session

from .exchanges import outcomes

__all__ = ["of_exchanges"]

#: How an exchange went, as its list says, and the mark of it.
_WENT: dict[str, tuple[str | Promise, str]] = {
    "bad": (_("went wrong"), "bad"),
    "going": (_("under way"), "warn"),
    "partly": (_("done in part"), "warn"),
    "good": (_("done"), "good"),
}
_TYPES: dict[str, str | Promise] = {
    "catalog": _("goods and prices"),
    "sale": _("orders and counterparties"),
    "reference": _("directories"),
}


def of_exchanges() -> list[News]:
    """The newest first."""
    sessions = list(Session.objects.select_related("connection")[:MOST])
    found = []
    for each in outcomes(sessions):
        word, mark = _WENT[each.word]
        kind = str(_TYPES.get(each.session.type, each.session.type))
        found.append(
            News(
                at=each.session.started_at,
                title=f"{each.session.connection.name}: {kind}",
                text=each.text,
                address=reverse("onec:exchange_page", args=[each.session.pk]),
                state=str(word),
                mark=mark,
            )
        )
    return found
