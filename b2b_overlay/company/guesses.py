"""Guessing a code is slowed down by the address it comes from.

A code has twelve digits: a guess finds one of ten thousand open invitations once in a hundred
million times, so this holds even where the site's cache isn't shared between its processes and
each of them counts alone.
"""

from __future__ import annotations

from django.core.cache import cache
from django.utils.translation import gettext as _

from b2b_overlay.shop import Refusal, Refused

__all__ = ["ALLOWED", "demand_patience", "missed"]

#: Wrong codes from one address before it waits, and how long (s).
ALLOWED, PAUSE = 20, 900


def _key(address: str) -> str:
    return f"b2b:guesses:{address}"


def demand_patience(address: str) -> None:
    """Refuse an address that has guessed too often, whatever it says now."""
    if address and int(cache.get(_key(address)) or 0) >= ALLOWED:
        sentence = _("Too many wrong codes. Wait a quarter of an hour, or open the link instead.")
        raise Refused(Refusal("INVALID", sentence))


def missed(address: str) -> None:
    """Count a wrong code; the first of them starts the clock."""
    if address and not cache.add(_key(address), 1, PAUSE):
        try:
            cache.incr(_key(address))
        except ValueError:  # it has just run out
            cache.add(_key(address), 1, PAUSE)
