"""Countries: ISO 3166-1 codes, and those that a Russian shop's customers come from by name.

1C writes a country as a word («БЕЛАРУСЬ») or as its code in ОКСМ, whose two letters are ISO's.
"""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

__all__ = ["CODES", "NAMES", "RUSSIA", "code_of"]

RUSSIA = "RU"

_LETTERS = (
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO "
    "BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ "
    "DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP "
    "GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG "
    "KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML "
    "MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE "
    "PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL "
    "SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM "
    "US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW"
)
CODES = frozenset(_LETTERS.split(" "))

#: Offered by name where a person picks one; any other goes by its two letters.
NAMES: Mapping[str, Promise] = {
    "RU": _("Russia"),
    "BY": _("Belarus"),
    "KZ": _("Kazakhstan"),
    "AM": _("Armenia"),
    "KG": _("Kyrgyzstan"),
    "UZ": _("Uzbekistan"),
    "TJ": _("Tajikistan"),
    "TM": _("Turkmenistan"),
    "AZ": _("Azerbaijan"),
    "GE": _("Georgia"),
    "MD": _("Moldova"),
    "MN": _("Mongolia"),
    "CN": _("China"),
    "TR": _("Turkey"),
    "AE": _("United Arab Emirates"),
    "IN": _("India"),
    "RS": _("Serbia"),
}

#: As 1C's classifier of countries writes them; compared in lower case.
_WORDS: Mapping[str, str] = {
    "россия": "RU",
    "российская федерация": "RU",
    "рф": "RU",
    "беларусь": "BY",
    "белоруссия": "BY",
    "республика беларусь": "BY",
    "казахстан": "KZ",
    "республика казахстан": "KZ",
    "армения": "AM",
    "республика армения": "AM",
    "киргизия": "KG",
    "кыргызстан": "KG",
    "узбекистан": "UZ",
    "таджикистан": "TJ",
    "туркмения": "TM",
    "туркменистан": "TM",
    "азербайджан": "AZ",
    "грузия": "GE",
    "молдавия": "MD",
    "молдова": "MD",
    "монголия": "MN",
    "китай": "CN",
    "турция": "TR",
    "объединенные арабские эмираты": "AE",
    "оаэ": "AE",
    "индия": "IN",
    "сербия": "RS",
    "германия": "DE",
    "польша": "PL",
    "литва": "LT",
    "латвия": "LV",
    "эстония": "EE",
    "финляндия": "FI",
    "италия": "IT",
    "украина": "UA",
}


def code_of(text: str) -> str:
    """Two letters of a country written by its code or name; empty where neither is known.

    >>> code_of("Беларусь"), code_of("kz"), code_of("Российская Федерация"), code_of("Лапутия")
    ('BY', 'KZ', 'RU', '')
    """
    word = " ".join(text.replace("ё", "е").split())
    if word.upper() in CODES:
        return word.upper()
    return _WORDS.get(word.lower(), "")
