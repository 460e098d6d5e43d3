"""What a bank's app reads from the square on an invoice: ГОСТ Р 56042-2014.

The standard was written for payments of individuals; a bank may ignore it for a company's, so the
details always stand in print beside it. Rules: UTF-8 (``ST00012``), the five mandatory fields
first, no value longer than the standard lets it be, and none with the separator in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from b2b_overlay.money import Money, quantize

__all__ = ["Payee", "payment_code"]

_HEAD, _SEPARATOR = "ST00012", "|"
#: The most characters of a value, by the standard's tables 3 and 4.
_MOST = {
    "Name": 160,
    "PersonalAcc": 20,
    "BankName": 45,
    "BIC": 9,
    "CorrespAcc": 20,
    "Sum": 18,
    "Purpose": 210,
    "PayeeINN": 12,
    "KPP": 9,
}


@dataclass(frozen=True, slots=True)
class Payee:
    """Who is paid, and where."""

    name: str
    account: str
    bank_name: str
    bic: str
    correspondent: str
    inn: str
    kpp: str = ""


def payment_code(payee: Payee, sum_of: Money, purpose: str) -> str:
    """The text of the code; empty where the standard has no way to say it (another currency than
    roubles, a requisite that isn't known, an account that isn't a bank's).

    >>> payment_code(
    ...     Payee("ООО «Склад»", "4" * 20, "Банк", "044525225", "3" * 20, "7707083893"),
    ...     Money(Decimal("10.5"), "RUB"),
    ...     "Счёт | 1",
    ... )[-60:]
    '33333333333333|Sum=1050|Purpose=Счёт / 1|PayeeINN=7707083893'
    """
    mandatory = {
        "Name": payee.name,
        "PersonalAcc": payee.account,
        "BankName": payee.bank_name,
        "BIC": payee.bic,
        "CorrespAcc": payee.correspondent,
    }
    if sum_of.currency != "RUB" or sum_of.amount <= 0 or not all(mandatory.values()):
        return ""
    rest = {
        "Sum": str(int(quantize(sum_of.amount, "RUB") * Decimal(100))),
        "Purpose": purpose,
        "PayeeINN": payee.inn,
        "KPP": payee.kpp,
    }
    fields = [
        f"{name}={_value(name, value)}" for name, value in {**mandatory, **rest}.items() if value
    ]
    return _SEPARATOR.join([_HEAD, *fields])


def _value(name: str, text: str) -> str:
    return " ".join(text.replace(_SEPARATOR, "/").split())[: _MOST[name]]
