"""The verdict as a person reads it: which configuration, by what, and what to change where."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from onec_bridge.commerceml.messages import LANGUAGES, Language
from onec_bridge.commerceml.records import SEVERITY_LABELS, Severity
from onec_bridge.doctor.clues import Clues
from onec_bridge.doctor.families import Guess, guesses
from onec_bridge.doctor.findings import Finding, findings
from onec_bridge.doctor.settings import OPENED_BY

__all__ = ["Report", "report"]

_WORDS: dict[str, tuple[str, str]] = {
    "family": ("Конфигурация: {title}", "Configuration: {title}"),
    "unknown": ("Конфигурация: не узнана", "Configuration: not told apart"),
    "by": ("узнана по: {evidence}", "told by: {evidence}"),
    "or": ("может быть и: {titles}", "it may also be: {titles}"),
    "where": ("настройки обмена: {place}", "settings of the exchange: {place}"),
    "looked": (
        "просмотрено файлов: {files}, сеансов: {visits}",
        "files: {files}, sessions: {visits}",
    ),
    "nothing": ("смотреть не на что", "there is nothing to look at"),
    "good": ("Настроено верно: замечаний нет.", "Set up right: nothing to change."),
    "mend": ("в 1С", "in 1C"),
}


def _word(name: str, lang: Language, **params: str) -> str:
    return _WORDS[name][LANGUAGES.index(lang)].format(**params)


@dataclass(frozen=True, slots=True)
class Report:
    """What the doctor says of one 1C."""

    clues: Clues
    guesses: list[Guess]
    findings: list[Finding]

    @property
    def family(self) -> str:
        """Key of the likeliest family."""
        return self.guesses[0].family.key

    @property
    def place(self) -> str:
        """Where its settings are."""
        return OPENED_BY[self.family]

    @property
    def rivals(self) -> list[Guess]:
        """Other families that nearly as much speaks for."""
        best = self.guesses[0].score
        return [guess for guess in self.guesses[1:] if guess.score > best / 2]

    @property
    def is_healthy(self) -> bool:
        """Is there nothing that stops the exchange?"""
        return all(finding.severity is Severity.WARNING for finding in self.findings)

    def evidence(self, lang: Language) -> list[str]:
        """By what the configuration was told."""
        return [
            f"{mark.ru if lang == 'ru' else mark.en} ({text[:60]})"
            for mark, text in self.guesses[0].evidence
        ]

    def lines(self, lang: Language = "ru") -> Iterator[str]:
        """To print."""
        clues, best = self.clues, self.guesses[0]
        yield _word("looked", lang, files=str(len(clues.files)), visits=str(len(clues.visits)))
        if best.score:
            yield _word("family", lang, title=best.family.title)
            yield "  " + _word("by", lang, evidence="; ".join(self.evidence(lang)))
        else:
            yield _word("unknown", lang)
        if self.rivals:
            titles = ", ".join(guess.family.title for guess in self.rivals)
            yield "  " + _word("or", lang, titles=titles)
        yield "  " + _word("where", lang, place=self.place)
        yield ""
        if not (clues.files or clues.visits or self.findings):
            yield _word("nothing", lang)
        elif not self.findings:
            yield _word("good", lang)
        for finding in self.findings:
            yield f"{SEVERITY_LABELS[lang][finding.severity]}: {finding.text(lang)}"
            yield f"  {_word('mend', lang)}: {finding.mend(self.family)}"


def report(clues: Clues) -> Report:
    """Look at the clues and judge."""
    return Report(clues, guesses(clues), findings(clues))
