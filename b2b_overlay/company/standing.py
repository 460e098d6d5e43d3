"""How a buyer's way in stands: has he come, is he awaited, until when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from b2b_overlay import logins

from .models import Buyer, Invitation

__all__ = ["Standing", "State", "standing"]


class State(TextChoices):
    JOINED = "joined", _("signs in")
    INVITED = "invited", _("invited")
    NEW_PASSWORD = "new_password", _("to choose a new password")
    EXPIRED = "expired", _("the invitation has run out")
    REVOKED = "revoked", _("the invitation was withdrawn")


@dataclass(frozen=True, slots=True)
class Standing:
    state: State
    #: Until when what is open for him is good.
    until: datetime | None = None
    #: He has never come, so he can be invited again.
    can_be_invited: bool = False
    #: His account has a login only, so he can be given a new password.
    can_be_reset: bool = False

    @property
    def is_open(self) -> bool:
        return self.until is not None


def standing(buyer: Buyer) -> Standing:
    """From ``buyer.user`` and ``buyer.invitations``, both best fetched beforehand."""
    rows = list(buyer.invitations.all())
    came = any(row.purpose == Invitation.Purpose.JOIN and row.used_at for row in rows)
    fresh = bool(rows) and not came and not buyer.user.has_usable_password()
    state, until = _state(buyer, rows, fresh)
    return Standing(
        state,
        until,
        can_be_invited=fresh,
        can_be_reset=not fresh and logins.is_ours(buyer.user.email),
    )


def _state(buyer: Buyer, rows: Sequence[Invitation], fresh: bool) -> tuple[State, datetime | None]:
    """The state, and until when what is open is good."""
    if not rows or rows[0].used_at or buyer.user.has_usable_password():
        return State.JOINED, None
    latest = rows[0]
    if latest.revoked_at:
        return State.REVOKED, None
    if latest.expires_at <= timezone.now():
        return State.EXPIRED, None
    return State.INVITED if fresh else State.NEW_PASSWORD, latest.expires_at
