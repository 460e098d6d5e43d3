"""Requisites of a legal entity, checked; what is wrong, in the words of whoever reads.

Rules: a number that fails is kept as it came and marked, nothing here changes one. Rejecting
a right number is far worse than passing a wrong one: what has no rule we are certain of (a
foreign account, the Treasury's accounts, a country that python-stdnum doesn't know) is not
checked. Every way in (pages, GraphQL, spreadsheets, the exchange) asks :func:`wrong`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from stdnum import iban
from stdnum.exceptions import ValidationError
from stdnum.ru import inn as ru_inn
from stdnum.ru import ogrn as ru_ogrn
from stdnum.util import get_cc_module

from .countries import CODES, RUSSIA

__all__ = ["BankDetails", "Wrong", "compact", "failed", "guess_kind", "holds_inn", "wrong"]

_ORGANISATION, _FOREIGN = "company", "foreign"
_KPP = re.compile(r"\d{4}[0-9A-Z]{2}\d{3}", re.ASCII)
#: What the sixth character of an account may be; a letter stands for its place in _CLEARING.
_CLEARING = "ABCEHKMPTX"
_CURRENCY = f"0123456789{_CLEARING}"
_SWIFT = re.compile(r"[A-Z]{6}[A-Z0-9]{2}([A-Z0-9]{3})?", re.ASCII)


class BankDetails(Protocol):
    """An account, wherever it stands: a model's row or a card's value."""

    @property
    def number(self) -> str: ...

    @property
    def bic(self) -> str: ...

    @property
    def correspondent(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Wrong:
    """A requisite that can't be right."""

    #: inn, kpp, ogrn, okpo, country, tax_id, account, bic or correspondent.
    field: str
    value: str
    #: A sentence without its full stop, in the language in force.
    text: str

    def __str__(self) -> str:
        return self.text


def compact(number: str) -> str:
    """Without the blanks and dashes people type."""
    return "".join(ch for ch in number if ch.isalnum())


def wrong(
    kind: str,
    *,
    inn: str = "",
    kpp: str = "",
    ogrn: str = "",
    okpo: str = "",
    country: str | None = None,
    tax_id: str = "",
    accounts: Iterable[BankDetails] = (),
) -> list[Wrong]:
    """What is wrong in the requisites given; an empty one is not checked.

    >>> wrong("company", inn="7707083893", kpp="773601001", ogrn="1027700132195", okpo="00032537")
    []
    >>> [each.field for each in wrong("entrepreneur", inn="77070838931", kpp="773601001")]
    ['inn', 'kpp']
    """
    found: list[Wrong] = []
    if kind == _FOREIGN:
        found += _foreign(country, tax_id or inn)
    else:
        checks = ((_inn, inn), (_kpp, kpp), (_ogrn, ogrn), (_okpo, okpo))
        for check, value in checks:
            if value and (text := check(kind, value)):
                found.append(Wrong(check.__name__[1:], value, text))
    for account in accounts:
        found += _account(account)
    return found


def failed(kind: str, *, inn: str = "", kpp: str = "", ogrn: str = "", okpo: str = "") -> list[str]:
    """Which of the given requisites are wrong, by name.

    >>> failed("company", inn="7707083894")
    ['inn']
    """
    return [each.field for each in wrong(kind, inn=inn, kpp=kpp, ogrn=ogrn, okpo=okpo)]


def guess_kind(inn: str, name: str = "") -> str:
    """The kind of entity by the length of its INN, else by «ИП» in the name."""
    if len(inn) == 12 or name.upper().startswith(("ИП ", "ИНДИВИДУАЛЬНЫЙ ПРЕДПРИНИМАТЕЛЬ")):
        return "entrepreneur"
    return _ORGANISATION


def holds_inn(inn: str) -> bool:
    """Is it an INN whose check digits hold? Only such a one tells who somebody is. Zeros
    throughout pass the arithmetic and are nobody's.

    >>> holds_inn("7707083893"), holds_inn("500100732259"), holds_inn("0000000000")
    (True, True, False)
    """
    return bool(ru_inn.is_valid(inn)) and bool(inn.strip("0"))


def _digits(number: str) -> bool:
    return number.isascii() and number.isdecimal()


def _inn(kind: str, inn: str) -> str:
    """10 digits for an organisation, 12 for a person (ФНС, приказ ММВ-7-6/435@)."""
    if not _digits(inn):
        return _("INN has only digits")
    if len(inn) != (10 if kind == _ORGANISATION else 12):
        return ngettext(
            "INN of %(count)s digit: an organisation has 10, a sole trader 12",
            "INN of %(count)s digits: an organisation has 10, a sole trader 12",
            len(inn),
        ) % {"count": len(inn)}
    return "" if holds_inn(inn) else _("INN has a slip: its check digit does not agree")


def _kpp(kind: str, kpp: str) -> str:
    """NNNNPPXXX: tax office, reason, number (the same order). PP may be Latin letters."""
    if kind != _ORGANISATION:
        return _("KPP is an organisation's only: a sole trader or a person has none")
    if len(kpp) != 9:
        return ngettext(
            "KPP of %(count)s character: it has 9",
            "KPP of %(count)s characters: it has 9",
            len(kpp),
        ) % {"count": len(kpp)}
    if not _KPP.fullmatch(kpp.upper()):
        return _("There is no such KPP: all but the fifth and sixth characters are digits")
    return ""


def _ogrn(kind: str, ogrn: str) -> str:
    """ОГРН of 13 digits for an organisation, ОГРНИП of 15 (Минфин, приказ 165н of 30.10.2017)."""
    if not _digits(ogrn):
        return _("OGRN has only digits")
    if len(ogrn) != (13 if kind == _ORGANISATION else 15):
        return ngettext(
            "OGRN of %(count)s digit: an organisation has 13, a sole trader (OGRNIP) 15",
            "OGRN of %(count)s digits: an organisation has 13, a sole trader (OGRNIP) 15",
            len(ogrn),
        ) % {"count": len(ogrn)}
    return "" if _ogrn_holds(ogrn) else _("OGRN has a slip: its check digit does not agree")


def _ogrn_holds(ogrn: str) -> bool:
    """The check digit of an OGRN (13 digits) or OGRNIP (15).

    python-stdnum 2.2 takes OGRNIP's remainder by 13 whole, so it refuses numbers whose
    remainder is 10, 11 or 12; the rule takes its last digit.

    >>> _ogrn_holds("1027700132195"), _ogrn_holds("304500116000157")
    (True, True)
    """
    if len(ogrn) == 15:
        return ogrn[0] in "34" and int(ogrn[:-1]) % 13 % 10 == int(ogrn[-1])
    return bool(ru_ogrn.is_valid(ogrn))


def _okpo(kind: str, okpo: str) -> str:
    """8 digits for an organisation, 10 for a sole trader; 14 is a branch's number in Росстат's
    register, which has no check digit we know of."""
    if not _digits(okpo):
        return _("OKPO has only digits")
    if len(okpo) not in ((8, 14) if kind == _ORGANISATION else (10,)):
        return ngettext(
            "OKPO of %(count)s digit: an organisation has 8, a sole trader 10",
            "OKPO of %(count)s digits: an organisation has 8, a sole trader 10",
            len(okpo),
        ) % {"count": len(okpo)}
    if len(okpo) == 14 or _okpo_holds(okpo):
        return ""
    return _("OKPO has a slip: its check digit does not agree")


def _okpo_holds(okpo: str) -> bool:
    """Р 50.1.024-2005, appendix В: digits weighed 1 to 10 and again, the remainder by 11; where
    it is 10, once more with weights from 3; 10 again is 0. Whether the weight after 10 is then
    1 or 11 is read both ways, so both hold.

    >>> _okpo_holds("00032537"), _okpo_holds("57298700"), _okpo_holds("00032538")
    (True, True, False)
    """
    body, check = [int(ch) for ch in okpo[:-1]], int(okpo[-1])

    def remainder(first: int, last: int) -> int:
        weighed = (n * ((first - 1 + at) % last + 1) for at, n in enumerate(body))
        return sum(weighed) % 11

    if (once := remainder(1, 10)) < 10:
        return once == check
    return check in {remainder(3, last) % 10 for last in (10, 11)}


def _foreign(country: str | None, tax_id: str) -> Iterator[Wrong]:
    """Country and the tax id it gives; ``country`` None: not asked of."""
    if country is None:
        return
    if country in ("", RUSSIA):
        yield Wrong("country", country, _("The country of a foreigner is not given"))
    elif country not in CODES:
        text = _("There is no country with the code «%(code)s»") % {"code": country}
        yield Wrong("country", country, text)
    if not tax_id:
        yield Wrong("tax_id", "", _("The tax id in his own country is not given"))
    elif country != RUSSIA and not _tax_id_holds(country, tax_id):
        text = _("The tax id does not pass the check of its country (%(code)s)")
        yield Wrong("tax_id", tax_id, text % {"code": country})


def _tax_id_holds(country: str, tax_id: str) -> bool:
    """By python-stdnum's module for the country's tax number; True where it has none.

    >>> _tax_id_holds("BY", "200988541"), _tax_id_holds("BY", "200988542")
    (True, False)
    >>> _tax_id_holds("KZ", "whatever they have")
    True
    """
    module = get_cc_module(country.lower(), "vat") if country in CODES else None
    if module is None:
        return True
    try:
        module.validate(tax_id)
    except ValidationError:
        return False
    return True


# ------------------------------------------------------------------------- bank accounts


def _account(account: BankDetails) -> Iterator[Wrong]:
    """A Russian account by its BIC, an IBAN by itself, another foreign one not at all."""
    number, bic = compact(account.number).upper(), compact(account.bic).upper()
    if number[:2].isalpha():
        if not iban.is_valid(number):
            yield Wrong("account", account.number, _("IBAN has a slip: it does not agree"))
        return
    if _SWIFT.fullmatch(bic):
        return
    against = bic
    if bic and (text := _bic(bic)):
        yield Wrong("bic", account.bic, text)
        against = ""
    if text := _number(number, against):
        yield Wrong("account", account.number, text)
    correspondent = compact(account.correspondent).upper()
    if correspondent and (text := _correspondent(correspondent, against)):
        yield Wrong("correspondent", account.correspondent, text)


def _bic(bic: str) -> str:
    """9 digits: 04 for a bank in Russia; 00 to 03 are the Treasury's and other clients of the
    Bank of Russia (its directory of BICs, Положение 732-П)."""
    if not (_digits(bic) and len(bic) == 9):
        return _("BIC has 9 digits, here it is «%(bic)s»") % {"bic": bic}
    return "" if bic[0] == "0" else _("BIC begins with 0: 04 for a bank, 00 or 01 for the Treasury")


def _number(number: str, bic: str) -> str:
    if len(number) != 20 or not (_digits(number[:5] + number[6:]) and number[5] in _CURRENCY):
        return ngettext(
            "Account of %(count)s character: it has 20 digits",
            "Account of %(count)s characters: it has 20 digits",
            len(number),
        ) % {"count": len(number)}
    # The Treasury's own accounts (03…) and its BICs keep other rules.
    if not bic.startswith("04") or number[0] == "0" or _key_holds(number, bic):
        return ""
    return _("The account does not agree with BIC %(bic)s: a slip in one of them") % {"bic": bic}


def _correspondent(number: str, bic: str) -> str:
    if len(number) != 20 or not _digits(number):
        return ngettext(
            "Correspondent account of %(count)s character: it has 20 digits",
            "Correspondent account of %(count)s characters: it has 20 digits",
            len(number),
        ) % {"count": len(number)}
    if not (bic.startswith("04") and number.startswith("301")) or _sum(_centre(bic), number) == 0:
        return ""
    return _("The correspondent account does not agree with BIC %(bic)s") % {"bic": bic}


def _key_holds(number: str, bic: str) -> bool:
    """The key of an account (Банк России, 08.09.1997 № 515): in a bank it is reckoned with the
    last three digits of the BIC; in a centre of the Bank of Russia with its fifth and sixth.

    >>> _key_holds("40703810700001449489", "044525700")
    True
    >>> _key_holds("40703810700001449488", "044525700")
    False
    """
    prefixes = [bic[6:]]
    if bic[6:8] == "00" or number.startswith("301"):
        prefixes.append(_centre(bic))
    return any(_sum(prefix, number) == 0 for prefix in prefixes)


def _centre(bic: str) -> str:
    return "0" + bic[4:6]


def _sum(prefix: str, number: str) -> int:
    """Last digit of the weighed sum, 0 where the key holds. The example of the order itself:

    >>> _sum(_centre("049805000"), "30101810800000000746")
    0
    """
    digits = (_CLEARING.find(ch) if ch in _CLEARING else int(ch) for ch in prefix + number)
    return sum(digit * weight for digit, weight in zip(digits, (7, 1, 3) * 8, strict=False)) % 10
