"""One request with its answer and verdict, and the dialogue as a table a person can read."""

from collections.abc import Iterable
from dataclasses import dataclass

from onec_bridge.simulator.answer import Answer
from onec_bridge.simulator.dialects import ExchangeType
from onec_bridge.simulator.faults import Fault, Language
from onec_bridge.simulator.wire import Accident

HEADINGS = {
    "ru": ("№", "запрос", "байт", "код", "первая строка ответа", "вердикт"),
    "en": ("no.", "request", "bytes", "code", "first line of the answer", "verdict"),
}
WORDS = {
    "ru": {
        "good": "верно",
        "warning": "замечание",
        "fault": "ОШИБКА",
        "expected": "ожидалось",
        "shown": "1С покажет",
    },
    "en": {
        "good": "good",
        "warning": "warning",
        "fault": "FAULT",
        "expected": "expected",
        "shown": "1C would show",
    },
}


@dataclass(frozen=True, slots=True)
class Step:
    """One exchange step: what 1C asked, what the site answered, what is wrong with that.

    `request` is the request line without the address' own path; `sent` is the body's size in bytes;
    `first_line` is the answer's first line as the dialect decodes it; `seconds` is its duration;
    `accident` is what befell it on the line, so that its faults are not the site's.
    """

    number: int
    request: str
    mode: str
    kind: ExchangeType
    sent: int
    answer: Answer
    first_line: str
    faults: tuple[Fault, ...]
    seconds: float
    accident: Accident | None = None

    @property
    def stops(self) -> bool:
        """Whether the real client would end the run here."""
        return any(fault.stops for fault in self.faults)


def table(steps: Iterable[Step], lang: Language = "ru") -> str:
    """The dialogue, a row a step; under a row its faults with what was expected."""
    steps = list(steps)
    rows = [HEADINGS[lang], *(_row(step, lang) for step in steps)]
    widths = [min(max(len(row[column]) for row in rows), 64) for column in range(len(rows[0]))]
    lines = []
    for row, step in zip(rows, [None, *steps], strict=True):
        cells = (_cut(cell, width).ljust(width) for cell, width in zip(row, widths, strict=True))
        lines.append("  ".join(cells).rstrip())
        if step is None:
            lines.append("  ".join("─" * width for width in widths))
        else:
            lines += _explained(step, lang)
    return "\n".join(lines)


def _row(step: Step, lang: Language) -> tuple[str, ...]:
    words = WORDS[lang]
    verdict = words["fault"] if step.stops else words["warning" if step.faults else "good"]
    return (
        str(step.number),
        step.request,
        str(step.sent or ""),
        str(step.answer.status or "—"),
        step.first_line,
        verdict,
    )


def _explained(step: Step, lang: Language) -> list[str]:
    words = WORDS[lang]
    lines = []
    for fault in step.faults:
        lines.append(f"     {fault.rule}: {fault.got}; {words['expected']}: {fault.expected(lang)}")
        if fault.shown:
            lines.append(f"     {words['shown']}: «{fault.shown}»")
    return lines


def _cut(text: str, width: int) -> str:
    return text if len(text) <= width else text[: width - 1] + "…"
