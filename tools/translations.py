"""Are the Russian translations complete? And the means to keep them so.

``python tools/translations.py`` checks (part of ``make lint``); ``--update`` puts new messages
into the .po files with an empty translation, drops unused ones and compiles; ``--compile``
only compiles. It needs no gettext tools: Python is read by its syntax tree, templates by
Django's own ``templatize``, .po files by polib.

Checked: every message used in code or templates has a translation that isn't empty or fuzzy,
with all its plural forms and the same placeholders; nothing unused is kept; the compiled .mo
says the same as the .po.
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polib
from django.conf import settings
from django.utils.translation.template import templatize

ROOT = Path(__file__).resolve().parent.parent
APPS = ("b2b_overlay", "onec_bridge")
#: Forms of a Russian plural: 1, 2-4, 5 and more, fractions (as Django's own catalogue).
PLURALS = (
    "nplurals=4; plural=(n%10==1 && n%100!=11 ? 0 : n%10>=2 && n%10<=4 && (n%100<12 || "
    "n%100>14) ? 1 : n%10==0 || (n%10>=5 && n%10<=9) || (n%100>=11 && n%100<=14)? 2 : 3);"
)
#: Which arguments of each call are (context, message, plural).
_CALLS: dict[str, tuple[int | None, int, int | None]] = {
    "_": (None, 0, None),
    "gettext": (None, 0, None),
    "gettext_lazy": (None, 0, None),
    "gettext_noop": (None, 0, None),
    "ngettext": (None, 0, 1),
    "ngettext_lazy": (None, 0, 1),
    "pgettext": (0, 1, None),
    "pgettext_lazy": (0, 1, None),
    "npgettext": (0, 1, 2),
    "npgettext_lazy": (0, 1, 2),
}
_STRING = r"u?('(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\")"
_TEMPLATE_CALL = re.compile(
    rf"(?<!\w)(n?p?gettext(?:_lazy|_noop)?|_)\(\s*{_STRING}(?:\s*,\s*{_STRING})?(?:\s*,\s*{_STRING})?"
)
_PLACEHOLDER = re.compile(r"%(?:\((\w+)\))?[sd]")


@dataclass(frozen=True)
class Message:
    """One message; ``context`` None is none."""

    text: str
    context: str | None = None
    plural: str | None = None


def _message(call: str, strings: list[str]) -> Message | None:
    context, text, plural = _CALLS[call]
    needed = max(place for place in (context, text, plural) if place is not None)
    if len(strings) <= needed:
        return None
    return Message(
        strings[text],
        strings[context] if context is not None else None,
        strings[plural] if plural is not None else None,
    )


def in_python(source: str) -> Iterator[Message]:
    """Messages of a module, by its syntax tree."""
    for node in ast.walk(ast.parse(source)):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "id", getattr(node.func, "attr", ""))
        if name in _CALLS:
            strings = [
                a.value
                for a in node.args
                if isinstance(a, ast.Constant) and isinstance(a.value, str)
            ]
            if message := _message(name, strings):
                yield message


def in_template(source: str) -> Iterator[Message]:
    """Messages of a template, as Django's makemessages sees it."""
    for found in _TEMPLATE_CALL.finditer(templatize(source)):
        strings = [ast.literal_eval(literal) for literal in found.groups()[1:] if literal]
        if message := _message(found[1], strings):
            yield message


def used(app: str) -> dict[Message, str]:
    """Every message of an app, and the first file that uses it."""
    found: dict[Message, str] = {}
    for path in sorted((ROOT / app).rglob("*")):
        where = str(path.relative_to(ROOT))
        if path.suffix == ".py":
            messages = in_python(path.read_text("utf-8"))
        elif path.suffix in {".html", ".txt"} and "templates" in path.parts:
            messages = in_template(path.read_text("utf-8"))
        else:
            continue
        for message in messages:
            found.setdefault(message, where)
    return found


def catalogue(app: str) -> Path:
    return ROOT / app / "locale" / "ru" / "LC_MESSAGES" / "django.po"


def load(app: str) -> polib.POFile:
    """The app's Russian .po file; an empty one where there is none yet."""
    path = catalogue(app)
    if path.exists():
        return polib.pofile(str(path), wrapwidth=90)
    po = polib.POFile(wrapwidth=90)
    po.metadata = {
        "Language": "ru",
        "MIME-Version": "1.0",
        "Content-Type": "text/plain; charset=UTF-8",
        "Content-Transfer-Encoding": "8bit",
        "Plural-Forms": PLURALS,
    }
    return po


def key(entry: polib.POEntry) -> Message:
    return Message(entry.msgid, entry.msgctxt, entry.msgid_plural or None)


def _forms(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def wrong(entry: polib.POEntry) -> str:
    """What is wrong with a translation, or ""."""
    forms = _forms(entry)
    if entry.fuzzy:
        return "fuzzy"
    if not all(forms) or (entry.msgid_plural and len(forms) != 4):
        return "not translated"
    wanted = set(_PLACEHOLDER.findall(entry.msgid_plural or entry.msgid))
    for form in forms:
        if extra := set(_PLACEHOLDER.findall(form)) - wanted:
            return f"placeholders that aren't in the message: {sorted(extra)}"
        if not entry.msgid_plural and (lost := wanted - set(_PLACEHOLDER.findall(form))):
            return f"placeholders are missing: {sorted(lost)}"
    return ""


def check(app: str) -> list[str]:
    """Sentences on everything that is wrong in an app's translations."""
    path, po, messages = catalogue(app), load(app), used(app)
    entries = {key(entry): entry for entry in po if not entry.obsolete}
    problems = [
        f"{where}: {message.text!r} is not in {path.relative_to(ROOT)}"
        for message, where in messages.items()
        if message not in entries
    ]
    for message, entry in entries.items():
        if message not in messages:
            problems.append(f"{path.relative_to(ROOT)}:{entry.linenum}: unused {message.text!r}")
        elif reason := wrong(entry):
            problems.append(f"{path.relative_to(ROOT)}:{entry.linenum}: {reason}: {message.text!r}")
    if entries and not problems and not _compiled(path, po):
        problems.append(f"{path.with_suffix('.mo').relative_to(ROOT)} is not up to date: --compile")
    return problems


def _compiled(path: Path, po: polib.POFile) -> bool:
    binary = path.with_suffix(".mo")
    if not binary.exists():
        return False

    def said(entries: Iterable[Any]) -> dict[Message, list[str]]:
        return {key(entry): _forms(entry) for entry in entries if not entry.obsolete}

    return said(polib.mofile(str(binary))) == said(po)


def update(app: str) -> None:
    """New messages in, unused ones out, in the order of the files that use them."""
    messages = used(app)
    if not messages:
        return
    po = load(app)
    known = {key(entry): entry for entry in po}
    po.clear()
    for message, where in messages.items():
        entry = known.get(message) or polib.POEntry(
            msgid=message.text,
            msgctxt=message.context,
            msgid_plural=message.plural or "",
            msgstr_plural=dict.fromkeys(range(4), "") if message.plural else {},
        )
        entry.occurrences = [(where, "")]
        po.append(entry)
    catalogue(app).parent.mkdir(parents=True, exist_ok=True)
    po.save(str(catalogue(app)))


def compile_all(app: str) -> None:
    if catalogue(app).exists():
        load(app).save_as_mofile(str(catalogue(app).with_suffix(".mo")))


def main(arguments: list[str]) -> int:
    settings.configure(USE_I18N=True)
    for app in APPS:
        if "--update" in arguments:
            update(app)
        if {"--update", "--compile"} & set(arguments):
            compile_all(app)
    problems = [problem for app in APPS for problem in check(app)]
    print("\n".join(problems) or f"Translations of {', '.join(APPS)} are complete.")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
