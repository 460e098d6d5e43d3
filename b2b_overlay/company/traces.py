"""How a person is written in texts that aren't rows of his own: a file of 1C, a comment.

Rules: an e-mail, a phone however its digits are spaced, and a full name are found, a surname
beside a first name or an initial in either order; a first name alone is found nowhere, for it
is anybody's. What is found is overwritten character by character, in a file byte by byte, so
that nothing behind it moves.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

__all__ = ["ENCODINGS", "Traces"]

#: Of 1C's files.
ENCODINGS = ("utf-8", "windows-1251")
#: No trace is longer, in bytes; for those who read a file piece by piece.
LONGEST = 1024
MASK = "*"
_PATRONYMIC = re.compile(r".*(?:вич|вна|ична|инична|кызы|оглы)\Z", re.IGNORECASE)
_GAP = r"[^0-9A-Za-z<>]{0,3}"
#: What may stand between the parts of a name.
_SPACE = r"(?:[ .,\t]|&nbsp;){1,8}"
#: A word shorter than that would be found in everything.
_SHORTEST = 4


@dataclass(frozen=True)
class Traces:
    """By what one person is recognised. ``words`` are looked for as they are."""

    emails: frozenset[str] = frozenset()
    phones: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls,
        *,
        emails: Iterable[str] = (),
        phones: Iterable[str] = (),
        names: Iterable[str] = (),
        words: Iterable[str] = (),
    ) -> Traces:
        """What was given, without what would be found in everything."""
        digits = (re.sub(r"\D", "", each) for each in phones)
        return cls(
            frozenset(e.strip().lower() for e in emails if "@" in e),
            frozenset(_local(each) for each in digits if len(each) >= 7),
            frozenset(" ".join(n.split()) for n in names if n.strip()),
            frozenset(w.strip() for w in words if len(w.strip()) >= _SHORTEST),
        )

    @cached_property
    def patterns(self) -> list[str]:
        """Regular expressions, of the letters as they were given."""
        emails = (rf"(?<![\w.+-]){re.escape(e)}(?![\w-]|\.\w)" for e in sorted(self.emails))
        phones = (rf"(?<!\d)(?:\+?7|8)?{_GAP}{_GAP.join(p)}(?!\d)" for p in sorted(self.phones))
        names = (each for name in sorted(self.names) for each in _name_patterns(name))
        words = (rf"(?<!\w){re.escape(w)}(?!\w)" for w in sorted(self.words))
        return [*emails, *phones, *names, *words]

    @cached_property
    def in_text(self) -> re.Pattern[str] | None:
        return re.compile("|".join(self.patterns), re.IGNORECASE) if self.patterns else None

    @cached_property
    def anchors(self) -> list[str]:
        """PostgreSQL's regular expressions, in any case whatever the database's locale:
        whatever holds a trace answers one of them, and mostly nothing else does."""
        phones = ("[^0-9]{0,3}".join(each) for each in sorted(self.phones))
        surnames = (_surname(_words(name)) for name in sorted(self.names))
        plain = (*sorted(self.emails), *filter(None, surnames), *sorted(self.words))
        return [*phones, *("".join(map(_any_case, each)) for each in plain)]

    def mask(self, text: str) -> str:
        """The text with every trace overwritten."""
        if self.in_text is None:
            return text
        return self.in_text.sub(lambda found: MASK * len(found[0]), text)

    def mask_json(self, value: Any) -> Any:
        """The same for every text within; names of fields stay."""
        if isinstance(value, str):
            return self.mask(value)
        if isinstance(value, list):
            return [self.mask_json(each) for each in value]
        if isinstance(value, dict):
            return {name: self.mask_json(each) for name, each in value.items()}
        return value

    def mask_bytes(self, body: bytes) -> bytes:
        """The same for a file's bytes, whichever of :data:`ENCODINGS` they are in; as many
        bytes as there were."""
        masked = bytearray(body)
        for encoding in ENCODINGS:
            # A byte that isn't text keeps its place, so that what follows is found at its own.
            text = body.decode(encoding, "surrogateescape")
            for start, end in self._spans(text, encoding):
                masked[start:end] = MASK.encode() * (end - start)
        return bytes(masked)

    def _spans(self, text: str, encoding: str) -> Iterator[tuple[int, int]]:
        """From which byte to which each trace goes."""
        at = seen = 0
        for found in self.in_text.finditer(text) if self.in_text else ():
            at += _size(text[seen : found.start()], encoding)
            size = _size(found[0], encoding)
            yield at, at + size
            at, seen = at + size, found.end()

    def is_in(self, body: bytes) -> bool:
        return self.mask_bytes(body) != body


def _size(text: str, encoding: str) -> int:
    return len(text.encode(encoding, "surrogateescape"))


def _local(digits: str) -> str:
    """A Russian number without what stands for the country: 7, 8 or nothing."""
    return digits[1:] if len(digits) == 11 and digits[0] in "78" else digits


def _name_patterns(name: str) -> list[str]:
    """«Мухоморова Анна Петровна» in any order, and with initials; two names that may be
    anybody's («Анна Петровна») only in a row of his own."""
    words = _words(name)
    surname = _surname(words)
    if surname is None:
        return []
    others = [each for each in words if each != surname]
    one = "(?:" + "|".join(rf"{re.escape(w)}|{re.escape(w[0])}\.?" for w in others) + ")"
    rest, spelled = rf"(?:{one}(?:{_SPACE})?){{1,{len(others)}}}", _spelled(surname)
    return [
        rf"(?<!\w){spelled}{_SPACE}{rest}(?!\w)",
        rf"(?<!\w){rest}(?:{_SPACE})?{spelled}(?!\w)",
    ]


def _words(name: str) -> list[str]:
    return re.findall(r"[\w'’-]+", name)


def _any_case(letter: str) -> str:
    if letter in "её":
        return "[еЕёЁ]"
    both = sorted({letter.lower(), letter.upper()})
    return f"[{''.join(both)}]" if len(both) == 2 else re.escape(letter)


def _spelled(surname: str) -> str:
    """ё is written as е more often than not."""
    return re.sub("[её]", "[её]", re.escape(surname), flags=re.IGNORECASE)


def _surname(words: list[str]) -> str | None:
    """Which of two or three words it is; None where that can't be told."""
    if not 2 <= len(words) <= 3:
        return None
    fathers = [index for index, word in enumerate(words) if _PATRONYMIC.match(word)]
    if len(words) == 2:
        return None if fathers else words[-1]
    return words[-1] if fathers == [1] else words[0]
