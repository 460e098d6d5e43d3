"""Names, addresses and phones of counterparties, folded so that what is one looks like one.

People type the same firm as «ООО «Ромашка»», «РОМАШКА, ООО» and «Общество с ограниченной
ответственностью POMAШKA» (with Latin letters that look Cyrillic). Rules: folding only forgets,
it never guesses; folding what is folded changes nothing; a name of which nothing would be left
(«ООО», «ТД») keeps its words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

__all__ = [
    "FoldedName",
    "address_of",
    "email_of",
    "fold_letters",
    "fold_name",
    "phones_of",
    "words",
]


def words(text: str) -> frozenset[str]:
    """A set of words, written as one text."""
    return frozenset(text.split())


# ---------------------------------------------------------------------------- letters

#: Latin letters that look like a Cyrillic one, upper and lower case apart: «h» is no «н».
_ALIKE = dict(zip("ABCEHKMOPTXYaceopxy", "АВСЕНКМОРТХУасеорху", strict=True))
#: In a word that has Cyrillic letters too, these are taken for Cyrillic as well.
_ALIKE_WITHIN = _ALIKE | dict(zip("bhkmtu", "внкмти", strict=True))
_LATIN = re.compile(r"[A-Za-z]")
_CYRILLIC = re.compile(r"[А-Яа-яЁё]")
_WORD = re.compile(r"[^\W_]+")


def fold_letters(text: str) -> str:
    """Lower case, ё as е, and Latin letters that stand for Cyrillic ones.

    >>> fold_letters("OOO «POMAШKA» Ёлки, Boeing")
    'ооо «ромашка» елки, boeing'
    """
    if _LATIN.search(text):
        text = _WORD.sub(lambda found: _cyrillic(found[0]), text)
    return text.lower().replace("ё", "е")


def _cyrillic(word: str) -> str:
    table = _ALIKE_WITHIN if _CYRILLIC.search(word) else _ALIKE
    if any(letter not in table for letter in _LATIN.findall(word)):
        return word
    return "".join(table.get(letter, letter) for letter in word)


# ------------------------------------------------------------------------ legal forms

#: Abbreviation → how it is spelled in full (stems, since forms come declined and cut).
_FORMS: dict[str, tuple[str, ...]] = {
    "гкфх": (r"глава\s+крест\w*[\s(.]*ферм\w*[\s).]*хоз\w*\.?", r"глава\s+кфх"),
    "кфх": (r"крест\w*[\s(.]*ферм\w*[\s).]*хоз\w*\.?",),
    "ип": (r"инд\w*\.?\s*предприн\w*\.?", r"предприниматель"),
    "чп": (r"частн\w+\s+предприн\w+",),
    "фгуп": (r"федер\w*\.?\s+гос\w*\.?\s+унит\w*\.?\s+предпр\w*\.?",),
    "гуп": (r"гос\w*\.?\s+унит\w*\.?\s+предпр\w*\.?",),
    "муп": (r"муниц\w*\.?\s+унит\w*\.?\s+предпр\w*\.?",),
    "ооо": (
        r"общ[её]?\w*\.?\s+с\s+огр\w*\.?\s+отв\w*\.?",
        r"limited\s+liability\s+company",
    ),
    "тоо": (r"тов\w*\.?\s+с\s+огр\w*\.?\s+отв\w*\.?",),
    "пао": (r"публ\w*\.?\s+акц\w*\.?\s+общ\w*\.?",),
    "нао": (r"непубл\w*\.?\s+акц\w*\.?\s+общ\w*\.?",),
    "зао": (r"закр\w*\.?\s+акц\w*\.?\s+общ\w*\.?",),
    "оао": (r"откр\w*\.?\s+акц\w*\.?\s+общ\w*\.?",),
    "ао": (r"акц\w*\.?\s+общество",),
    "спк": (r"сельск\w*\.?\s+произв\w*\.?\s+кооп\w*\.?",),
    "ано": (r"автон\w*\.?\s+неком\w*\.?\s+орг\w*\.?",),
    "": (r"физ\w*\.?\s*лицо", r"самозанят\w+", r"частное\s+лицо"),
}
_ABBREVIATIONS = words(
    "ооо оао зао пао нао ао ип ипб кфх гкфх кх чп чуп тоо одо фгуп гуп муп пбоюл ано спк снт "
    "тсж тсн жск фгбу гбу мбу мку гку мау гау мбоу llc ltd inc gmbh corp co лтд"
)
_SPELLED = [
    (re.compile(rf"(?<!\w)(?:{'|'.join(ways)})(?!\w)"), form) for form, ways in _FORMS.items()
]
#: Says «spelled in full» may stand in this name, so that most names skip eighteen searches.
_MAY_SPELL = re.compile(r"предпр|общ|огр|глава|акц|хоз|кооп|орг|физ|самозан|лицо|liab")
#: «О.О.О.» anywhere; «И.П.» and «А.О.» in front only: behind a surname they are initials.
_DOTTED = re.compile(r"(?<!\w)[озпн]\.\s?[оа]\.\s?о\.?(?!\w)|^\W*[иач]\.\s?[по]\.?(?!\w)")
_SAME_FORM = {"ипб": "ип", "чп": "ип", "пбоюл": "ип", "гкфх": "кфх", "кх": "кфх", "ltd": "llc"}

#: What firms call themselves before their name; says little of which firm it is.
_TRADES = (
    (re.compile(r"(?<!\w)торгов\w+\s+дом(?!\w)"), "тд"),
    (re.compile(r"(?<!\w)торгов\w+\s+компани\w(?!\w)"), "тк"),
    (re.compile(r"(?<!\w)строит\w+\s+компани\w(?!\w)"), "ск"),
    (re.compile(r"(?<!\w)управляющ\w+\s+компани\w(?!\w)"), "ук"),
    (re.compile(r"(?<!\w)групп\w\s+компани\w(?!\w)"), "гк"),
    (re.compile(r"(?<!\w)произв\w+[\s-]+комм\w+\s+фирм\w(?!\w)"), "пкф"),
    (re.compile(r"(?<!\w)производств\w+\s+компани\w(?!\w)"), "пк"),
)
_MAY_TRADE = re.compile(r"торгов|компани|фирм")
#: Remarks of whoever keeps the base, about the card and not about the firm.
_REMARKS = re.compile(
    r"(?<!\w)(?:не\s+использ\w*|дубл\w*|стар(?:ый|ая|ое)|закрыт\w?|удал(?:ить|ен\w?)"
    r"|на\s+удаление|архив)(?!\w)"
)

# ------------------------------------------------------------------------------ names


class FoldedName(tuple[str, ...]):
    """Words of a name in the order they came, without its legal form."""

    __slots__ = ()

    @property
    def text(self) -> str:
        return " ".join(self)


@lru_cache(maxsize=65536)
def fold_name(name: str) -> tuple[FoldedName, str]:
    """The name's own words, and its legal form ("" where it has none).

    >>> fold_name("Общество с ограниченной ответственностью «Торговый дом \\"Ёлка-2\\"»")
    (('тд', 'елка', '2'), 'ооо')
    >>> fold_name("Иванов И.И. (ИП)")
    (('иванов', 'и', 'и'), 'ип')
    >>> fold_name("O.O.O. «POMAШKA+», дубль")
    (('ромашка', 'плюс'), 'ооо')
    """
    text = fold_letters(name).replace("+", " плюс ")
    text = _DOTTED.sub(_undotted, text)
    form = ""
    if _MAY_SPELL.search(text):
        for pattern, short in _SPELLED:
            text, found = pattern.subn(" ", text)
            form = form or (short if found else "")
    if _MAY_TRADE.search(text):
        for pattern, short in _TRADES:
            text = pattern.sub(f" {short} ", text)
    every = _WORD.findall(text)
    own = [word for word in _WORD.findall(_REMARKS.sub(" ", text)) if word not in _ABBREVIATIONS]
    form = form or next((word for word in every if word in _ABBREVIATIONS), "")
    return FoldedName(own or every), _SAME_FORM.get(form, form)


def _undotted(found: re.Match[str]) -> str:
    letters = "".join(filter(str.isalpha, found[0]))
    return f" {letters} " if letters in _ABBREVIATIONS else found[0]


# ------------------------------------------------------------------ addresses, phones

_ADDRESS_NOISE = words(
    "россия рф российская федерация г гор город обл область край респ республика р н район ул "
    "улица пр проспект пр кт просп пер переулок д дом к корп корпус стр строение оф офис кв "
    "квартира пом помещение эт этаж лит литера ш шоссе б р бульвар пл площадь наб набережная "
    "проезд пос поселок п с село дер деревня мкр микрорайон тер вн муниципальный округ "
    "внутригородское внутр"
)
_NUMBER_LETTER = re.compile(r"(?<=\d)\s*(?=[а-я]\b)")
_INDEX = re.compile(r"\b\d{6}\b")


@lru_cache(maxsize=65536)
def address_of(*texts: str) -> frozenset[str]:
    """Words and numbers of an address, without its index and the words every address has.

    >>> sorted(address_of("125009, г. Москва, ул. Тверская, д. 7, корп. 2, оф. 15"))
    ['15', '2', '7', 'москва', 'тверская']
    """
    text = _INDEX.sub(" ", fold_letters(" ".join(texts)))
    found = _WORD.findall(_NUMBER_LETTER.sub("", text))
    return frozenset(word for word in found if word not in _ADDRESS_NOISE)


_PHONE = re.compile(r"\+?\d[\d\s().\-–—]{4,}\d")


def phones_of(text: str) -> frozenset[str]:
    """The last ten digits of each phone in the text; fewer than ten is no phone to tell by.

    >>> sorted(phones_of("8 (495) 123-45-67, +7 916 000 11 22 доб. 15"))
    ['4951234567', '9160001122']
    """
    runs = ("".join(filter(str.isdecimal, found)) for found in _PHONE.findall(text))
    return frozenset(run[-10:] for run in runs if 10 <= len(run) <= 11)


def email_of(text: str) -> frozenset[str]:
    """Each e-mail in the text, in lower case."""
    return frozenset(_addresses(text.lower()))


def _addresses(text: str) -> Iterable[str]:
    return re.findall(r"[^\s,;<>]+@[^\s,;<>]+\.\w+", text)
