"""Logins of people who have neither e-mail nor phone.

A shop's account must have a unique e-mail. Such a person's is ``<login>@b2b.invalid``: a name
that can't exist (RFC 2606, RFC 6761), so that nothing sent to it can reach anybody, and the
overlay keeps the shop from sending at all (``plugins.mail``). He signs in with the login on
our pages; where only an e-mail is taken (Saleor's ``tokenCreate``), with the whole name.
"""

from __future__ import annotations

import re

from django.utils.translation import gettext as _
from text_unidecode import unidecode

__all__ = [
    "DOMAIN",
    "address",
    "erased",
    "is_erased",
    "is_login",
    "is_ours",
    "shown",
    "suggest",
    "undeliverable",
]

DOMAIN = "b2b.invalid"
SHORTEST, LONGEST = 3, 32

#: Of whoever was erased: a login that nobody can be given, for its underscore.
_ERASED = re.compile(rf"erased_\d+@{re.escape(DOMAIN)}")
_LOGIN = re.compile(r"[a-z0-9]+(?:[.-][a-z0-9]+)*")


def is_login(text: str) -> bool:
    """3 to 32 Latin letters and digits, with single dots and hyphens between them."""
    return SHORTEST <= len(text) <= LONGEST and _LOGIN.fullmatch(text) is not None


def address(text: str) -> str:
    """The account's e-mail behind what was typed: a login, or the e-mail itself."""
    text = text.strip()
    return text if not text or "@" in text else f"{text.lower()}@{DOMAIN}"


def shown(email: str) -> str:
    """What its holder signs in with: the login of an account of ours, else the e-mail. Whoever
    was erased is called so."""
    if is_erased(email):
        return _("erased buyer")
    return email.rpartition("@")[0] if is_ours(email) else email


def is_ours(email: str) -> bool:
    """An account that has a login only: its password is its manager's or owner's affair."""
    return email.lower().endswith(f"@{DOMAIN}")


def erased(user_id: int) -> str:
    """The e-mail of an account whose person was erased."""
    return f"erased_{user_id}@{DOMAIN}"


def is_erased(email: str) -> bool:
    return _ERASED.fullmatch(email.lower()) is not None


def undeliverable(email: object) -> bool:
    """Nothing sent to this address can arrive."""
    return isinstance(email, str) and email.strip().lower().endswith(".invalid")


def suggest(name: str) -> str:
    """A short readable login: «Анна Петровна» gives ``anna``."""
    words = [re.sub(r"[^a-z0-9]", "", word) for word in unidecode(name).lower().split()]
    found = next((word for word in words if len(word) >= SHORTEST), "".join(words))
    return found[: LONGEST - 4] if len(found) >= SHORTEST else "buyer"
