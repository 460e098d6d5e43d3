"""Certain cases: which counterparties are joined by themselves, and which of two is kept.

Rules: a case is certain only if no person could doubt it; each can be seen and switched off at
the sales desk; two that belong to different companies, or that somebody has taken apart, are
never joined by a rule. ``make bench ONLY=companies`` counts the wrong joins of each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from b2b_overlay.shop import Refusal, Refused

from . import access, admit
from .likeness import Census, Traits, is_personal, names_alike, share_contact
from .models import Rule

__all__ = ["ONE_BASE", "RULES", "Certain", "certain", "is_on", "set_rule", "states"]

#: Names less alike than this leave room for doubt.
_LIKE = 0.85


@dataclass(frozen=True, slots=True)
class Certain:
    """One rule. ``name`` and ``description`` are a sales manager's words."""

    code: str
    name: Promise
    description: Promise
    #: On where nobody said otherwise.
    default: bool
    holds: Callable[[Traits, Traits, Census], bool]


def _like_names(one: Traits, two: Traits, census: Census) -> bool:
    return names_alike(one, two, census)[0] >= _LIKE


def _contradict(one: Traits, two: Traits) -> bool:
    """Numbers of both that can't be one legal entity's."""
    return bool(
        (one.inn and two.inn and one.inn != two.inn)
        or (one.kpp and two.kpp and one.kpp != two.kpp)
        or (one.ogrn and two.ogrn and one.ogrn != two.ogrn)
    )


def _inn_kpp_name(one: Traits, two: Traits, census: Census) -> bool:
    if not one.inn_holds or one.inn != two.inn or _contradict(one, two):
        return False
    whole = is_personal(one.inn, True) or bool(one.kpp and two.kpp)
    return whole and _like_names(one, two, census)


def _inn_kpp_contact(one: Traits, two: Traits, census: Census) -> bool:
    return _inn_kpp_name(one, two, census) and share_contact(one, two, census)


def _account_name(one: Traits, two: Traits, census: Census) -> bool:
    same = any(
        not account.endswith("/") and census.rarity(census.shared[account]) == 1
        for account in one.accounts & two.accounts
    )
    persons = one.is_person and two.is_person
    return same and persons and not _contradict(one, two) and _like_names(one, two, census)


def _at_intake(one: Traits, two: Traits, census: Census) -> bool:
    """Nothing for a scan: the exchange asks :func:`is_on` as it takes a card in."""
    return False


#: A spreadsheet's row and 1C's own card of it, in one base.
ONE_BASE = "one_base"

RULES: tuple[Certain, ...] = (
    Certain(
        "inn_kpp_contact",
        gettext_lazy("Same INN and KPP, like name, same contact"),
        gettext_lazy(
            "The INN has the right check digits, the KPP is the same (a sole trader has none), "
            "the OGRN does not differ, the names differ by the legal form, quotes, the order of "
            "words or a slip of the pen only, and a phone, an e-mail, a bank account or an "
            "address is the same that few others have."
        ),
        True,
        _inn_kpp_contact,
    ),
    Certain(
        "account_name",
        gettext_lazy("Sole traders: same bank account, like name"),
        gettext_lazy(
            "Both are people (a sole trader has no branches with one account), the account and "
            "the BIC of its bank are the same, INN and OGRN do not differ where both have them, "
            "and the names are alike."
        ),
        True,
        _account_name,
    ),
    Certain(
        "inn_kpp_name",
        gettext_lazy("Same INN and KPP, like name"),
        gettext_lazy(
            "As the first rule, but with no contact in common. Off unless you switch it on: a "
            "card that was filled in by the INN of a namesake looks just the same."
        ),
        False,
        _inn_kpp_name,
    ),
    Certain(
        ONE_BASE,
        gettext_lazy("One 1C base: a spreadsheet's row and 1C's own card, same INN and KPP"),
        gettext_lazy(
            "Counterparties were first loaded from a spreadsheet of a 1C base, then the same base "
            "sends them: a card with the same right INN and the same KPP goes on the legal entity "
            "that the row made, instead of making a second one. Nobody is asked, since one base "
            "has told both."
        ),
        True,
        _at_intake,
    ),
)
_BY_CODE = {rule.code: rule for rule in RULES}


def states() -> list[tuple[Certain, bool]]:
    """Every rule, and whether it is on; one query."""
    said = dict(Rule.objects.values_list("code", "is_on"))
    return [(rule, said.get(rule.code, rule.default)) for rule in RULES]


def is_on(code: str) -> bool:
    """Does this rule join by itself now?"""
    return any(on for rule, on in states() if rule.code == code)


@transaction.atomic
def set_rule(by: access.User | None, code: str, on: bool) -> Rule:
    """Switch a rule on or off, at the sales desk. What it has joined stays joined."""
    admit.demand_desk(by)
    if code not in _BY_CODE:
        raise Refused(Refusal("NOT_FOUND", _("There is no such rule: %(code)s.") % {"code": code}))
    assert by is not None
    rule, _created = Rule.objects.update_or_create(
        code=code, defaults={"is_on": on, "changed_by_id": by.pk}
    )
    return rule


def certain(one: Traits, two: Traits, census: Census, on: Iterable[Certain]) -> Certain | None:
    """The first of these rules that is sure the two are one."""
    return next((rule for rule in on if rule.holds(one, two, census)), None)
