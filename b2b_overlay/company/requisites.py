"""Requisites of a Russian legal entity, checked by python-stdnum.

A number that fails is kept as it came and marked. Rejecting a right number is far worse
than passing a wrong one, so an unknown kind of entity is checked for length only.
"""

from __future__ import annotations

from stdnum.ru import inn as ru_inn
from stdnum.ru import ogrn as ru_ogrn

__all__ = ["compact", "failed", "guess_kind"]


def compact(number: str) -> str:
    """Without the blanks and dashes people type."""
    return "".join(ch for ch in number if ch.isalnum())


def _ogrn_holds(ogrn: str) -> bool:
    """The check digit of an OGRN (13 digits) or OGRNIP (15).

    python-stdnum 2.2 takes OGRNIP's remainder by 13 whole, so it refuses numbers whose
    remainder is 10, 11 or 12; the rule takes its last digit.

    >>> _ogrn_holds("1027700132195"), _ogrn_holds("304500116000157")
    (True, True)
    """
    if len(ogrn) == 15 and ogrn.isascii() and ogrn.isdecimal():
        return ogrn[0] in "34" and int(ogrn[:-1]) % 13 % 10 == int(ogrn[-1])
    return bool(ru_ogrn.is_valid(ogrn))


def failed(kind: str, *, inn: str = "", kpp: str = "", ogrn: str = "") -> list[str]:
    """Which of the given requisites are wrong; empty ones are not checked.

    INN: 10 digits for an organisation, 12 for a person (ФНС, приказ ММВ-7-6/435@); KPP: 9
    characters, organisations only; OGRN 13 digits, OGRNIP 15 (ФНС, приказ СС-3-09/355@).
    A foreign tax id follows other rules and is not checked.

    >>> failed("company", inn="7707083893", kpp="773601001", ogrn="1027700132195")
    []
    >>> failed("company", inn="7707083894")
    ['inn']
    """
    if kind == "foreign":
        return []
    wrong = []
    if inn and not (ru_inn.is_valid(inn) and len(inn) == (10 if kind == "company" else 12)):
        wrong.append("inn")
    if kpp and not (kind == "company" and len(kpp) == 9):
        wrong.append("kpp")
    if ogrn and not _ogrn_holds(ogrn):
        wrong.append("ogrn")
    return wrong


def guess_kind(inn: str, name: str = "") -> str:
    """The kind of entity by the length of its INN, else by «ИП» in the name."""
    if len(inn) == 12 or name.upper().startswith(("ИП ", "ИНДИВИДУАЛЬНЫЙ ПРЕДПРИНИМАТЕЛЬ")):
        return "entrepreneur"
    return "company"
