"""Secrets of an invitation: made, hashed, recognised as typed.

Rules: what is kept is a hash under the site's ``SECRET_KEY``, so that neither the database nor
a copy of it lets anybody in; the secret itself is shown once. A form's own ``seed`` makes the
same secrets each time it is sent, so a form sent twice makes one invitation.
"""

from __future__ import annotations

import base64
import re
import secrets
from dataclasses import dataclass

from django.conf import settings
from django.utils.crypto import salted_hmac

__all__ = ["DIGITS", "Secrets", "hashes"]

#: Of a code: read out, or typed from paper.
DIGITS = 12
_SALT = "b2b_overlay.company.invitation"


@dataclass(frozen=True, slots=True, repr=False)
class Secrets:
    """What lets one person in: the link's token or the code, either will do."""

    token: str
    code: str

    @property
    def spoken(self) -> str:
        """``123 456 789 012``"""
        return " ".join(self.code[at : at + 3] for at in range(0, DIGITS, 3))

    @property
    def token_hash(self) -> str:
        return _hash("token", self.token, settings.SECRET_KEY)

    @property
    def code_hash(self) -> str:
        return _hash("code", self.code, settings.SECRET_KEY)

    @classmethod
    def make(cls, *seed: object) -> Secrets:
        """New ones; from a seed whose first part can't be guessed, always the same."""
        grain = repr(seed) if seed else secrets.token_hex(32)
        digest = salted_hmac(f"{_SALT}.grain", grain, algorithm="sha256").digest()
        token = base64.urlsafe_b64encode(digest[:18]).decode()
        return cls(token, f"{int.from_bytes(digest[18:], 'big') % 10**DIGITS:0{DIGITS}}")


def _hash(kind: str, value: str, key: str) -> str:
    return salted_hmac(f"{_SALT}.{kind}", value, secret=key, algorithm="sha256").hexdigest()


def is_code(text: str) -> bool:
    """Is it a code as people type one, in groups or not?"""
    return len(_bare(text)) == DIGITS and _bare(text).isascii() and _bare(text).isdigit()


def _bare(text: str) -> str:
    return re.sub(r"[\s\-–—]", "", text)


def hashes(text: str) -> dict[str, list[str]]:
    """The field to look in, and what may stand there, for a code, a token or a whole link; the
    site's earlier keys count too."""
    if is_code(text):
        kind, value = "code", _bare(text)
    else:
        kind, value = "token", text.strip().rstrip("/").rpartition("/")[2]
    keys = [settings.SECRET_KEY, *getattr(settings, "SECRET_KEY_FALLBACKS", [])]
    return {f"{kind}_hash__in": [_hash(kind, value, key) for key in keys]}
