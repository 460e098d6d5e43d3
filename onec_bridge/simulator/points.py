"""What a trade with a site proves, point by point: held, broken, or not tried.

Two kinds of points. A `Rule` of `faults` is about one answer; whom it would trouble is found by
asking the judge of every other 1C about the very same answer. A `Promise` is about a run: what the
site does after a lost answer, or with an order that nobody confirmed.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from onec_bridge.simulator.dialects import DIALECTS, Dialect
from onec_bridge.simulator.faults import RULES, Language
from onec_bridge.simulator.judge import judge
from onec_bridge.simulator.step import Step

State = Literal["held", "warning", "broken", "untried"]
STATES: Mapping[State, Mapping[Language, str]] = {
    "held": {"ru": "соблюдено", "en": "held"},
    "warning": {"ru": "замечание", "en": "warning"},
    "broken": {"ru": "НАРУШЕНО", "en": "BROKEN"},
    "untried": {"ru": "не проверено", "en": "not tried"},
}
TOLD: Mapping[Language, tuple[str, ...]] = {
    "ru": ("что ответил сайт", "какая 1С споткнётся", "что увидит её пользователь"),
    "en": ("what the site answered", "1C that chokes", "what its user sees"),
}
# What all of it comes to, by the worst of its points.
SUMS: Mapping[State, Mapping[Language, str]] = {
    "broken": {
        "ru": "Такая 1С с этим сайтом не обменяется, пока нарушенное не исправлено.",
        "en": "Such a 1C can't exchange with this site until what is broken is mended.",
    },
    "warning": {
        "ru": "Такая 1С с этим сайтом обменяется; о замечания споткнётся другая.",
        "en": "Such a 1C can exchange with this site; another would stumble at the warnings.",
    },
    "held": {
        "ru": "Такая 1С с этим сайтом обменяется.",
        "en": "Such a 1C can exchange with this site.",
    },
}
EVERY: Mapping[Language, str] = {"ru": "любая", "en": "any"}

# Which requests a rule is about; the others are about any.
MODES: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("auth_refused", "cookie_missing", "cookie_dirty"), ("checkauth",)),
    **dict.fromkeys(("init_lines", "zip", "file_limit", "version"), ("init",)),
    **dict.fromkeys(("file_status", "file_refused", "extra_lines"), ("file",)),
    **dict.fromkeys(
        ("import_status", "import_refused", "endless_progress"),
        ("import", "deactivate", "complete"),
    ),
    "confirm_refused": ("success",),
    **dict.fromkeys(list(RULES)[list(RULES).index("not_xml") :], ("query",)),
}
# What an answer must be here depends on what was asked for, so only the asker can say.
ASKED_FOR = frozenset({"version", "containers", "no_containers", "endless_orders", "init_lines"})


@dataclass(frozen=True, slots=True)
class Promise:
    """What a site must do in a run; `who` are the dialects that meet with it, empty for all."""

    ru: str
    en: str
    shown: str
    who: tuple[str, ...] = ()


PROMISES: Mapping[str, Promise] = {
    "full_export": Promise(
        "полная выгрузка загружается до конца",
        "a full export is imported to its end",
        "Выгрузка завершена с ошибками",
    ),
    "repeat": Promise(
        "та же выгрузка ещё раз проходит так же",
        "the same export again goes just as well",
        "Выгрузка завершена с ошибками",
    ),
    "changes": Promise(
        "выгрузка одних изменений проходит",
        "an export of changes alone goes through",
        "Выгрузка завершена с ошибками",
    ),
    "cookie_lost": Promise(
        "без cookie сайт узнаёт базу по логину и паролю",
        "without a cookie the site knows the base by login and password",
        "Авторизация не выполнена",
        ("v77", "old"),
    ),
    "stale_key": Promise(
        "старый sessid при верном пароле не мешает",
        "an old sessid does no harm where the password is right",
        "Ошибка проверки источника",
        ("ut11", "unf", "bitrix", "bitrix31"),
    ),
    "answer_lost": Promise(
        "ответ на import потерялся: повтор проходит",
        "the answer to import is lost: a repeat goes through",
        "Не удалось выполнить запрос: превышено время ожидания",
    ),
    "gateway_timeout": Promise(
        "прокси ответил 504, а сайт работал: повтор проходит",
        "a proxy says 504 while the site works: a repeat goes through",
        "Получен неизвестный статус импорта",
    ),
    "cut_body": Promise(
        "связь оборвалась посреди файла: повтор проходит",
        "the line breaks within a file: a repeat goes through",
        "Не получен статус завершения операции. Файл не отправлен",
    ),
    "sent_twice": Promise(
        "запрос import, пришедший дважды, проходит",
        "an import request that comes twice goes through",
        "Получен неизвестный статус импорта",
    ),
    "file_twice": Promise(
        "файл, присланный целиком дважды, остаётся одним файлом",
        "a whole file sent twice stays one file",
        "Ошибка импорта на стороне сайта",
        ("bitrix", "bitrix31", "unf"),
    ),
    "left_over": Promise(
        "половина файла от прерванного обмена не портит следующий",
        "half a file of a run that broke off does not spoil the next",
        "Ошибка импорта на стороне сайта",
    ),
    "broken_file": Promise(
        "оборванный файл не принимается за загруженный",
        "a file that breaks off is not taken for imported",
        "ничего: 1С считает изменения переданными и больше их не пришлёт",
    ),
    "unknown_file": Promise(
        "import файла, которого не было, — отказ с причиной",
        "import of a file that never came is refused with a reason",
        "ничего: 1С считает изменения переданными и больше их не пришлёт",
    ),
    "unknown_mode": Promise(
        "на неизвестную команду — failure и текст, не страница",
        "an unknown mode is answered by failure and a text, not by a page",
        "Получен неизвестный статус",
        ("unf", "bitrix", "bitrix31"),
    ),
    "wrong_password": Promise(
        "с неверным паролем обмена нет",
        "there is no exchange with a wrong password",
        "ничего: обмен открыт любому",
    ),
    "lists": Promise(
        "списки статусов и оплат на mode=info — XML",
        "the lists of statuses and payments on mode=info are XML",
        "Списки не загружены: соответствие настраивается вручную",
        ("unf",),
    ),
    "idle_success": Promise(
        "success без query ничего не ломает",
        "success without a query breaks nothing",
        "Не получен статус завершения операции",
    ),
    "orders_repeat": Promise(
        "неподтверждённые заказы приходят снова с теми же номером, датой и временем",
        "unconfirmed orders come again with the same number, date and time",
        "ничего: заказы задвоятся или пропадут",
    ),
    "orders_confirmed": Promise(
        "подтверждённые заказы больше не приходят",
        "confirmed orders don't come again",
        "ничего: каждый обмен перезаписывает заказы",
    ),
    "orders_back": Promise(
        "заказы с новостями из 1С принимаются",
        "orders with news of 1C are taken",
        "Ошибка импорта на стороне сайта",
    ),
    "deletion_marks": Promise(
        "товары с пометкой удаления принимаются",
        "goods marked for deletion are taken",
        "Выгрузка завершена с ошибками",
    ),
}


@dataclass(frozen=True, slots=True)
class Point:
    """One row of the verdict; `who` are titles of the dialects that would stumble."""

    code: str
    state: State
    got: str = ""
    who: tuple[str, ...] = ()

    def asks(self, lang: Language) -> str:
        """What must hold."""
        told: Promise | object = PROMISES.get(self.code) or RULES[self.code]
        return str(getattr(told, lang))

    @property
    def shown(self) -> str:
        """What the user of such a 1C sees, in its own language."""
        found = PROMISES.get(self.code)
        return found.shown if found else RULES[self.code].shown


def of_rules(steps: Iterable[Step], dialect: Dialect) -> list[Point]:
    """A point for each rule, from the answers that the site itself gave."""
    judged = [step for step in steps if step.accident is None]
    return [_of_rule(rule, judged, dialect) for rule in RULES]


def _of_rule(rule: str, steps: list[Step], dialect: Dialect) -> Point:
    asked = [step for step in steps if _is_about(rule, step, dialect)]
    worst = Point(rule, "held" if asked else "untried")
    for step in asked:
        own = next((fault for fault in step.faults if fault.rule == rule), None)
        who = _troubled(rule, step, dialect)
        got = f"{step.mode}: {own.got if own else step.first_line}"
        if own is not None and own.stops:
            return Point(rule, "broken", got, who)
        if own is not None or who:
            worst = Point(rule, "warning", got, who)
    return worst


def _is_about(rule: str, step: Step, dialect: Dialect) -> bool:
    """Could this answer have broken the rule for this 1C?"""
    if step.mode not in MODES.get(rule, (step.mode,)):
        return False
    if rule.startswith("order_"):
        return "<Документ" in step.answer.text(dialect)
    return {
        "version": dialect.version is not None and step.kind == "sale",
        "containers": dialect.loops_query,
        "no_containers": not dialect.loops_query,
        "endless_orders": dialect.loops_query,
    }.get(rule, True)


def _troubled(rule: str, step: Step, dialect: Dialect) -> tuple[str, ...]:
    """Titles of the dialects that would stop at this answer by this rule; where the answer hangs on
    what was asked for, only the asker can."""
    if rule in ASKED_FOR:
        return (dialect.title,) if any(f.rule == rule and f.stops for f in step.faults) else ()
    return tuple(
        each.title
        for each in DIALECTS.values()
        if any(f.rule == rule and f.stops for f in judge(step.mode, step.kind, step.answer, each))
    )


def verdict(points: Iterable[Point], lang: Language = "ru") -> str:
    """The verdict, a line a point: what is broken first and told in full, what wasn't tried last;
    then what it comes to."""
    order: list[State] = ["broken", "warning", "held", "untried"]
    rows = sorted(points, key=lambda point: order.index(point.state))
    width = max(len(words[lang]) for words in STATES.values())
    lines = []
    for point in rows:
        lines.append(f"{STATES[point.state][lang]:{width}}  {point.asks(lang)}")
        if point.state in ("broken", "warning"):
            told = zip(TOLD[lang], (point.got, _who(point, lang), point.shown), strict=True)
            lines += [f"{'':{width}}  - {what}: {text}" for what, text in told if text]
    counts = Counter(point.state for point in rows)
    worst: State = next((state for state in order if counts[state] and state in SUMS), "broken")
    lines += ["", "; ".join(f"{STATES[state][lang]}: {counts[state]}" for state in order)]
    return "\n".join([*lines, SUMS[worst][lang]])


def _who(point: Point, lang: Language) -> str:
    return EVERY[lang] if len(point.who) == len(DIALECTS) else ", ".join(point.who)
