"""How alike two counterparties are, and why. No database: what is compared is :class:`Traits`.

Rules: each reason has points, and points only tell what a manager could tell himself; what many
share (one phone for forty firms) is worth little, so :class:`Census` counts the base first; two
different valid INN speak against, unless everything else speaks for. The answer is the same
whichever of the two is asked about.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from math import log2

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from rapidfuzz import fuzz
from stdnum.ru import inn as ru_inn

from . import folding, requisites

__all__ = [
    "ALIKE",
    "POINTS",
    "Census",
    "Likeness",
    "Reason",
    "Traits",
    "compare",
    "inn_holds",
    "is_personal",
    "names_alike",
    "share_contact",
    "slip",
    "traits_of",
]


class Reason(StrEnum):
    """Why two counterparties may be one. The value is what ``Doubt.reasons`` keeps."""

    INN_KPP = "inn_kpp"
    INN = "inn"
    INN_NEAR = "inn_near"
    OGRN = "ogrn"
    ACCOUNT = "account"
    NAME = "name"
    ADDRESS = "address"
    PHONE = "phone"
    EMAIL = "email"

    @property
    def label(self) -> Promise:
        return _LABELS[self]


_LABELS: dict[Reason, Promise] = {
    Reason.INN_KPP: _("same INN and KPP"),
    Reason.INN: _("same INN"),
    Reason.INN_NEAR: _("INN differs by a slip of the pen"),
    Reason.OGRN: _("same OGRN"),
    Reason.ACCOUNT: _("same bank account"),
    Reason.NAME: _("like name"),
    Reason.ADDRESS: _("same address"),
    Reason.PHONE: _("same phone"),
    Reason.EMAIL: _("same e-mail"),
}


@dataclass(frozen=True, slots=True)
class Traits:
    """What a counterparty is told by, folded."""

    name: folding.FoldedName
    form: str = ""
    #: A person: a sole trader or a private one.
    is_person: bool = False
    inn: str = ""
    inn_holds: bool = False
    kpp: str = ""
    ogrn: str = ""
    accounts: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()
    emails: frozenset[str] = frozenset()
    addresses: frozenset[frozenset[str]] = frozenset()


_PERSONAL = {"entrepreneur", "self_employed", "person"}
_PERSONAL_FORMS = {"ип", "гкфх"}


def traits_of(
    *,
    kind: str,
    name: str,
    full_name: str = "",
    inn: str = "",
    kpp: str = "",
    ogrn: str = "",
    accounts: Iterable[tuple[str, str]] = (),
    phone: str = "",
    email: str = "",
    addresses: Iterable[str] = (),
    tax_id: str = "",
    country: str = "",
) -> Traits:
    """Fold a card; ``accounts`` are pairs of number and BIC.

    The name in use counts; the full one only tells the legal form where the other is silent. A
    foreigner's tax id stands for his INN, with the country before it.
    """
    words, form = folding.fold_name(name)
    if not form and full_name:
        form = folding.fold_name(full_name)[1]
    inn = requisites.compact(inn)
    holds = inn_holds(inn)
    if not inn and tax_id:
        inn, holds = f"{country}:{requisites.compact(tax_id).upper()}", True
    ogrn = requisites.compact(ogrn)
    return Traits(
        name=words,
        form=form,
        is_person=form in _PERSONAL_FORMS or is_personal(inn, holds) or kind in _PERSONAL,
        inn=inn,
        inn_holds=holds,
        kpp=requisites.compact(kpp).upper(),
        ogrn=ogrn if not requisites.failed("company", ogrn=ogrn) else "",
        accounts=frozenset(f"{number}/{bic}" for number, bic in accounts if len(number) >= 10),
        phones=folding.phones_of(phone),
        emails=folding.email_of(email),
        addresses=frozenset(filter(None, map(folding.address_of, addresses))),
    )


def is_personal(inn: str, holds: bool) -> bool:
    """Is it a person's? He has no KPP, and no branches."""
    return holds and len(inn) == 12 and inn.isdecimal()


@lru_cache(maxsize=65536)
def inn_holds(inn: str) -> bool:
    """Are its length and check digits right?"""
    return bool(ru_inn.is_valid(inn)) and inn.strip("0") != ""


# ------------------------------------------------------------------- what is rare here

#: A base smaller than this says nothing of which words are common.
_SMALLEST = 10_000
#: Words that say little of which firm it is, however few firms are in the base.
_COMMON = folding.words(
    "тд тк ск ук гк пкф пк нпо торг торговый дом компания фирма группа групп плюс центр сервис "
    "строй инвест трейд снаб завод магазин аптека и в на по для"
)
_COMMON_BITS = 4.0
_MOST_BITS = 14.0
#: As many may share an account, a phone or an address and it still tells one from the rest.
_FEW = 3


@dataclass(slots=True)
class Census:
    """How many counterparties of the base have a word, a phone, an address…"""

    total: int = 0
    words: Counter[str] = field(default_factory=Counter)
    shared: Counter[str] = field(default_factory=Counter)
    addresses: Counter[frozenset[str]] = field(default_factory=Counter)

    def count(self, traits: Traits) -> None:
        self.total += 1
        self.words.update(set(traits.name))
        self.shared.update(traits.accounts)
        self.shared.update(traits.phones)
        self.shared.update(traits.emails)
        self.addresses.update(traits.addresses)

    def bits(self, word: str) -> float:
        """How much a word tells: 1 halves the base, 14 leaves one of sixteen thousand."""
        found = max(self.words[word], 1)
        bits = min(log2(max(self.total, _SMALLEST) / found), _MOST_BITS)
        return max(min(bits, _COMMON_BITS) if word in _COMMON else bits, 0.5)

    def rarity(self, count: int) -> float:
        """1 while a few share it, then ever less."""
        return min(1.0, _FEW / count) if count else 1.0


# -------------------------------------------------------------------------------- names

#: Words less alike than this are other words.
_SAME_WORD = 60.0
_INITIAL_BITS = 3.0


def names_alike(one: Traits, two: Traits, census: Census) -> tuple[float, float]:
    """How alike the names are (0 to 1), and how much that tells (bits of the common words)."""
    rest_one, rest_two = list(one.name), list(two.name)
    common = []
    for word in one.name:
        if word in rest_two:
            rest_one.remove(word)
            rest_two.remove(word)
            common.append(word)
    matched = told = full = sum(map(census.bits, common))
    for likeness, left, right in _pairs(rest_one, rest_two):
        rest_one.remove(left)
        rest_two.remove(right)
        initial = min(len(left), len(right)) == 1
        bits = _INITIAL_BITS if initial else min(census.bits(left), census.bits(right))
        matched += likeness * bits
        told += bits
        full += bits
    alike = _share(one, two, census, (matched, full), (rest_one, rest_two))
    if alike < 1:
        joined = fuzz.ratio("".join(one.name), "".join(two.name)) / 100
        if joined >= 0.85 and not _numbers_differ(one, two) and not one.is_person:
            told = max(told, min(_total(one, census), _total(two, census)))
            alike = max(alike, joined)
    return alike, told


def _total(traits: Traits, census: Census) -> float:
    return sum(map(census.bits, traits.name))


def _pairs(left: list[str], right: list[str]) -> list[tuple[float, str, str]]:
    """Words of both that may be one word, the likest first, each once."""
    found = sorted(
        (
            (likeness, x, y, i, j)
            for i, x in enumerate(left)
            for j, y in enumerate(right)
            if (likeness := _words_alike(x, y)) > 0
        ),
        key=lambda pair: (-pair[0], *sorted(pair[1:3])),
    )
    chosen: list[tuple[float, str, str]] = []
    taken: set[tuple[str, int]] = set()
    for likeness, x, y, i, j in found:
        if ("x", i) not in taken and ("y", j) not in taken:
            taken |= {("x", i), ("y", j)}
            chosen.append((likeness, x, y))
    return chosen


def _words_alike(x: str, y: str) -> float:
    if len(x) == 1 or len(y) == 1:
        return 1.0 if x[0] == y[0] and x.isalpha() and y.isalpha() else 0.0
    if x.isdecimal() or y.isdecimal():
        return 0.0
    ratio = fuzz.ratio(x, y, score_cutoff=_SAME_WORD)
    return ratio / 100


def _share(
    one: Traits,
    two: Traits,
    census: Census,
    told: tuple[float, float],
    rest: tuple[list[str], list[str]],
) -> float:
    """The share of what matched. Words that only one has weigh half: «Ромашка (Тверь)»; words
    that both have and differ weigh whole, and between people they settle it."""
    matched, full = told
    if not matched:
        return 0.0
    unmatched = sum(map(census.bits, rest[0])) + sum(map(census.bits, rest[1]))
    both = bool(rest[0] and rest[1])
    alike = matched / (full + unmatched * (1.0 if both else 0.5))
    if (one.is_person and two.is_person and (both or _other_sex(one, two))) or _numbers_differ(
        one, two
    ):
        alike *= 0.4
    return alike


def _numbers_differ(one: Traits, two: Traits) -> bool:
    first = {word for word in one.name if word.isdecimal()}
    second = {word for word in two.name if word.isdecimal()}
    return bool(first and second and first != second)


def _other_sex(one: Traits, two: Traits) -> bool:
    """«Иванов И. И.» and «Иванова И. И.» are two people."""
    first, second = _sex(one.name), _sex(two.name)
    if first and second:
        return first != second
    rest, others = set(one.name) - set(two.name), set(two.name) - set(one.name)
    return any(f"{x}а" == y or x == f"{y}а" for x in rest for y in others if _SURNAME.search(x))


_SURNAME = re.compile(r"..(?:ов|ев|ин|ын)а?$")


def _sex(words: Iterable[str]) -> str:
    """By the patronymic; "" where there is none."""
    for word in words:
        if word.endswith(("вич", "вна", "чна")):
            return word[-1]
    return ""


# ----------------------------------------------------------------------------- the whole

#: From so many points on, a pair is worth a manager's look.
ALIKE = 27

#: The most that each reason counts.
POINTS = {
    Reason.INN_KPP: 60.0,
    Reason.INN: 55.0,
    Reason.INN_NEAR: 35.0,
    Reason.OGRN: 55.0,
    Reason.ACCOUNT: 45.0,
    Reason.NAME: 40.0,
    Reason.ADDRESS: 20.0,
    Reason.PHONE: 25.0,
    Reason.EMAIL: 25.0,
}
_BRANCH = 30.0
_WRONG_INN_TWICE = 35.0
#: The KPP of a firm whose INN was mistaken is that of its tax office still.
_SAME_OFFICE = 8.0
#: What speaks against. A firm has many phones and accounts, so another one says little.
_OTHER_INN, _OTHER_OGRN, _OTHER_NAME, _OTHER_KIND = -30.0, -30.0, -15.0, -15.0
_OTHER_ADDRESS, _OTHER_CONTACT, _OTHER_FORM = -6.0, -3.0, -2.0
#: Fewer points than this are no reason to show.
_WORTH_SAYING = 6.0


@dataclass(frozen=True, slots=True)
class Likeness:
    """Points for and against together, and the reasons, the weightiest first."""

    points: float
    reasons: tuple[Reason, ...]

    @property
    def score(self) -> int:
        """Of 100."""
        return max(0, min(100, round(self.points)))


def compare(one: Traits, two: Traits, census: Census | None = None) -> Likeness | None:
    """How alike the two are; None where there is no reason to think they are one."""
    census = census or Census()
    said = dict(_numbers(one, two))
    alike, told = names_alike(one, two, census)
    said |= _name(alike, told)
    said |= _contacts(one, two, census)
    if not said:
        return None
    points = sum(said.values()) + _against(one, two, alike)
    worth = [reason for reason, value in said.items() if value >= _WORTH_SAYING]
    if points < ALIKE or not worth:
        return None
    return Likeness(points, tuple(sorted(worth, key=lambda reason: -said[reason])))


def _numbers(one: Traits, two: Traits) -> Iterable[tuple[Reason, float]]:
    if one.inn and one.inn == two.inn:
        yield _same_inn(one, two)
    elif one.inn and two.inn and one.inn_holds != two.inn_holds and slip(one.inn, two.inn):
        yield Reason.INN_NEAR, POINTS[Reason.INN_NEAR]
    if one.ogrn and one.ogrn == two.ogrn:
        yield Reason.OGRN, POINTS[Reason.OGRN]


def _same_inn(one: Traits, two: Traits) -> tuple[Reason, float]:
    if not one.inn_holds:
        return Reason.INN, _WRONG_INN_TWICE
    if one.kpp and two.kpp and one.kpp != two.kpp:
        return Reason.INN, _BRANCH
    if (one.kpp and two.kpp) or is_personal(one.inn, one.inn_holds):
        return Reason.INN_KPP if one.kpp else Reason.INN, POINTS[Reason.INN_KPP]
    return Reason.INN, POINTS[Reason.INN]


def slip(one: str, two: str) -> bool:
    """One digit other, or two neighbours swapped.

    >>> slip("7707083893", "7707083839"), slip("7707083893", "7707083894")
    (True, True)
    """
    if len(one) != len(two):
        return False
    differ = [at for at, (x, y) in enumerate(zip(one, two, strict=True)) if x != y]
    if len(differ) == 2 and differ[1] == differ[0] + 1:
        return one[differ[0]] == two[differ[1]] and one[differ[1]] == two[differ[0]]
    return len(differ) == 1


#: From this likeness on a name speaks for; below the second it speaks against.
_NAME_FROM, _NAME_AGAINST = 0.6, 0.45
#: Bits that a name must tell to count in full: one of a thousand.
_NAME_BITS = 10.0


def _name(alike: float, told: float) -> dict[Reason, float]:
    if alike < _NAME_FROM:
        return {}
    share = (alike - _NAME_FROM) / (1 - _NAME_FROM)
    points = POINTS[Reason.NAME] * (0.4 + 0.6 * share) * min(1.0, told / _NAME_BITS)
    return {Reason.NAME: points}


def _contacts(one: Traits, two: Traits, census: Census) -> dict[Reason, float]:
    said = {}
    for reason, shared in (
        (Reason.ACCOUNT, one.accounts & two.accounts),
        (Reason.PHONE, one.phones & two.phones),
        (Reason.EMAIL, one.emails & two.emails),
    ):
        if shared:
            rarity = max(census.rarity(census.shared[value]) for value in shared)
            said[reason] = POINTS[reason] * rarity
    if (share := _address(one, two, census)) > 0:
        said[Reason.ADDRESS] = POINTS[Reason.ADDRESS] * share
    return said


def share_contact(one: Traits, two: Traits, census: Census) -> bool:
    """Have they an account, a phone, an e-mail or an address that few others have?"""
    return any(
        points >= POINTS[reason] * (1 if reason is not Reason.ADDRESS else 0.75)
        for reason, points in _contacts(one, two, census).items()
    )


def _address(one: Traits, two: Traits, census: Census) -> float:
    """How alike the likest addresses of both are, and how rare."""
    return max(
        (
            _addresses_alike(mine, other)
            * census.rarity(max(census.addresses[mine], census.addresses[other]))
            for mine in one.addresses
            for other in two.addresses
        ),
        default=0.0,
    )


def _addresses_alike(one: frozenset[str], two: frozenset[str]) -> float:
    """The share of words and numbers in common; the house must be among them."""
    if len(one) < 2 or len(two) < 2:
        return 0.0
    common = one & two
    share = len(common) / min(len(one), len(two))
    numbers = any(word[0].isdecimal() for word in common)
    return share if numbers and share >= 0.6 and len(common) >= 2 else 0.0


def _against(one: Traits, two: Traits, alike: float) -> float:
    points = 0.0
    if one.inn and two.inn and one.inn != two.inn and one.inn_holds and two.inn_holds:
        points += _OTHER_INN
        points += _SAME_OFFICE if one.kpp and one.kpp == two.kpp else 0.0
    if one.ogrn and two.ogrn and one.ogrn != two.ogrn:
        points += _OTHER_OGRN
    if alike < _NAME_AGAINST:
        points += _OTHER_NAME
    if one.form and two.form and one.form != two.form:
        persons = (one.form in _PERSONAL_FORMS) + (two.form in _PERSONAL_FORMS)
        points += _OTHER_KIND if persons == 1 else _OTHER_FORM
    if one.addresses and two.addresses and not _address(one, two, Census()):
        points += _OTHER_ADDRESS
    for mine, other in (
        (one.phones, two.phones),
        (one.emails, two.emails),
        (one.accounts, two.accounts),
    ):
        if mine and other and not mine & other:
            points += _OTHER_CONTACT
    return points
