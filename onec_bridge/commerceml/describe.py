"""`python -m onec_bridge.commerceml.describe`: the description of the format as Markdown.

Printed from `schema`, the same description that reader and writer work by, so that the page
for 1C programmers says what the code does.
"""

from __future__ import annotations

from collections.abc import Iterator

from onec_bridge.commerceml.messages import MESSAGES
from onec_bridge.commerceml.schema import CONTAINERS, RECORDS, Field, Shape


def tables() -> Iterator[str]:
    """Lines of Markdown: a table for each kind of record and part, then the problems."""
    shapes = [shape for shape in CONTAINERS.values() if shape] + list(RECORDS.values())
    seen: set[str] = set()
    while shapes:
        shape = shapes.pop(0)
        if shape.record.__name__ in seen:
            continue
        seen.add(shape.record.__name__)
        yield from _table(shape)
        shapes += [field.what for field in shape.fields if isinstance(field.what, Shape)]
    yield from _problems()


def _table(shape: Shape) -> Iterator[str]:
    yield f"## {shape.element} → `{shape.record.__name__}`"
    yield ""
    yield "| поле / field | элемент / element | также / also read | вид / kind | § |"
    yield "| --- | --- | --- | --- | --- |"
    for field in shape.fields:
        yield _row(field)
    yield ""


def _row(field: Field) -> str:
    first, *others = (f"`{place}`" for place in field.elements)
    what = field.what
    kind = f"→ `{what.record.__name__}`" if isinstance(what, Shape) else what.name
    kind += ", many" if field.many else ""
    kind += ", required" if field.required else ""
    kind += f", ≤ {field.longest}" if field.longest else ""
    return f"| `{field.name}` | {first} | {' '.join(others)} | {kind} | {field.section} |"


def _problems() -> Iterator[str]:
    yield "## Сообщения / messages"
    yield ""
    yield "| код / code | что не так / what is wrong | что делать / what to do |"
    yield "| --- | --- | --- |"
    for code, message in MESSAGES.items():
        wrong = f"{message.ru}<br>{message.en}"
        to_do = f"{message.ru_hint}<br>{message.en_hint}"
        yield f"| `{code}` | {wrong} | {to_do} |"


if __name__ == "__main__":
    print("\n".join(tables()))
