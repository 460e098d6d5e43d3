"""A step of the story, the telling of it, and the table that is printed."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from .client import NotHeld
from .world import World

logger = logging.getLogger(__name__)

__all__ = ["Step", "Told", "play", "step", "table"]


@dataclass(frozen=True, slots=True)
class Told:
    """Words in both languages."""

    ru: str
    en: str

    def in_language(self, language: str) -> str:
        return self.en if language == "en" else self.ru


@dataclass(frozen=True, slots=True)
class Step:
    """``run`` does it, demands what must be true then, and tells what it checked."""

    title: Told
    run: Callable[[World], Told]


def step(title_ru: str, title_en: str) -> Callable[[Callable[[World], Told]], Step]:
    """Make a function a step of the story, under this title."""
    return lambda run: Step(Told(title_ru, title_en), run)


_HEAD = {
    "ru": ("шаг", "что произошло", "проверено", "верно", "мс"),
    "en": ("step", "what happened", "checked", "ok", "ms"),
}
_YES = {"ru": "да", "en": "yes"}
_NO = {"ru": "НЕТ", "en": "NO"}
_NOT_REACHED = {"ru": "Не дошли до шагов", "en": "Steps not reached"}
_WIDTHS = (5, 58, 66, 6, 6)


def _row(cells: Sequence[str]) -> str:
    return " ".join(cell.ljust(width) for cell, width in zip(cells, _WIDTHS, strict=True)).rstrip()


def play(
    chapters: Sequence[Sequence[Step]], world: World, say: Callable[[str], None], language: str
) -> bool:
    """Run the steps in order, printing a row for each as it ends; True if all of them held.
    A step's number is its chapter's and its own.

    The first that doesn't hold ends the story: what follows builds on it.
    """
    say(_row(_HEAD[language]))
    say(_row(["─" * width for width in _WIDTHS]))
    steps = [
        (f"{chapter}.{number}", each)
        for chapter, of_chapter in enumerate(chapters, 1)
        for number, each in enumerate(of_chapter, 1)
    ]
    for position, (number, step) in enumerate(steps):
        started = time.monotonic()
        try:
            told, held = step.run(world).in_language(language), True
        except NotHeld as error:
            told, held = str(error), False
        except Exception as error:  # an answer nobody foresaw is a step that didn't hold
            logger.exception("step %s", number)
            told, held = f"{type(error).__name__}: {error}", False
        spent = f"{(time.monotonic() - started) * 1000:.0f}"
        word = (_YES if held else _NO)[language]
        say(_row([number, step.title.in_language(language), told, word, spent]))
        if not held:
            left = [each for each, _step in steps[position + 1 :]]
            if left:
                say(f"{_NOT_REACHED[language]}: {', '.join(left)}.")
            return False
    return True


def table(rows: Iterable[Sequence[str]]) -> str:
    """Rows in columns as wide as they need."""
    rows = list(rows)
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )
