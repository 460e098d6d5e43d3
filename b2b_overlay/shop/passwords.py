"""The shop's own rules for a password, as a refusal in the words of whoever chooses it."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.utils.translation import ngettext

from .port import Refusal, Refused

__all__ = ["demand_good"]


def demand_good(password: str, user: Any) -> None:
    """Ask the shop's validators (``AUTH_PASSWORD_VALIDATORS``). Raises :class:`Refused`."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Refused(*(Refusal("INVALID", _sentence(each)) for each in error.error_list)) from None


def _sentence(error: ValidationError) -> str:
    """Saleor has no translations of Django's own sentences; its one rule is said by us."""
    if error.code == "password_too_short":
        shortest = int((error.params or {}).get("min_length", 0))
        return ngettext(
            "The password is too short: at least %(count)s character is needed.",
            "The password is too short: at least %(count)s characters are needed.",
            shortest,
        ) % {"count": shortest}
    return " ".join(error.messages)
