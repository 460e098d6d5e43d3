"""Records of a shape seen before, read by one regular expression each.

1C writes record after record with the same elements in the same order; only the texts
differ. So the first record of a shape is parsed, and becomes a `Template`: a pattern of its
literal tags with a group for each text and attribute, and its tree, with the element that
each group belongs to. Of every record that the pattern matches whole, the texts are put
where the template's `Plan` says or, where it doesn't know, into the template's tree,
which then is as good as a parsed one until the next is put in.

What makes that safe: the tags are literal, and the blanks between them; a text can hold
nothing that a parser would treat otherwise (`<`, `>`, a control character, an entity but the
five of XML itself). A template that doesn't give back the very tree it was learned from
isn't kept. All else goes to a real parser.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from hashlib import blake2b
from xml.etree.ElementTree import Element

from onec_bridge.commerceml._build import BUILDERS, Context
from onec_bridge.commerceml._example import IRREGULAR, Example, IrregularError, Slots, Texts
from onec_bridge.commerceml._plan import Plan
from onec_bridge.commerceml._remembered import Parts
from onec_bridge.commerceml.records import NOWHERE

_TOKENS = re.compile(r"(<[^>]*>)")
_ATTRIBUTE = re.compile(r'([^\s="<>/]+)="([^"<>&\t\r\n]+)"')
_TEXT = "([^<>\x00-\x08\x0a-\x1f]*)"
"""In one line. A text with line ends is matched so where the first of its shape had some."""
_LINE = "[^<>\x00-\x08\x0b-\x1f]*"
_LINES = f"({_LINE}(?:\r\n{_LINE})*)"
_ATTRIBUTE_TEXT = '([^"<>&\x00-\x1f]+)'
_NUMBER = "(-?[0-9][0-9.]{0,20})"
"""What `Decimal` reads as `values.parse_number` does, or both refuse."""
_PLAIN_NUMBER = re.compile(_NUMBER)
_ENTITY = re.compile("&(?:amp|lt|gt|quot|apos);")
_MOST_LEARNED = 1 << 19
"""Characters of the records that templates are made of, all together."""
_MOST_ALIKE = 8
"""Templates tried that have the same number of tags."""
_LEARNED_AT_ONCE = 8
"""Shapes that are learned when first seen; later ones when they come again and again."""
_OFTEN = 4
_LONGEST_LEARNED = 1 << 15
"""Characters of the longest record worth a pattern."""


@dataclass(slots=True)
class Template:
    """A shape of record: how it looks, and a tree to hold one of it at a time."""

    pattern: re.Pattern[str]
    """Of the blanks before the record, and the record."""
    example: Example
    line_ends: int
    """Ends of line in all the pattern, besides those in its texts."""
    long: tuple[int, ...]
    """Which texts may have line ends in them."""
    plan: Plan | None = None
    """What to do with the texts without the tree, if the shape is a simple one."""

    def fill(self, texts: Texts) -> Element:
        """The tree with these texts in it; good until the next call."""
        for (element, attribute), text in zip(self.example.slots, texts, strict=True):
            if attribute:
                element.set(attribute, text)
            else:
                element.text = text
        return self.example.element


class Templates:
    """The shapes learned so far of one kind of record in one file."""

    def __init__(self) -> None:
        self._by_tags: dict[int, list[Template]] = {}
        self._unknown: Counter[int] = Counter()
        self._count = self._learned = 0
        self._parts: Parts = {}

    def find(self, text: str, start: int, end: int) -> tuple[Template, re.Match[str]] | None:
        """The template that a record has the shape of, and how it matches."""
        alike = self._by_tags.get(text.count("<", start, end), ())
        for place, template in enumerate(alike):
            if match := template.pattern.fullmatch(text, start, end):
                if place:
                    assert isinstance(alike, list)
                    alike.insert(0, alike.pop(place))
                return template, match
        return None

    def learn(self, record: str, tree: Element) -> None:
        """Keep the shape of a record that was parsed, if it is one to be met again."""
        tags = record.count("<")
        self._unknown[tags] += 1
        alike = self._by_tags.setdefault(tags, [])
        if (
            (self._count >= _LEARNED_AT_ONCE and self._unknown[tags] < _OFTEN)
            or self._learned + len(record) > _MOST_LEARNED
            or len(alike) >= _MOST_ALIKE
            or len(record) > _LONGEST_LEARNED
            or "<!" in record
            or not has_plain_entities(record)
        ):
            return
        self._unknown[tags] = 0
        self._learned += len(record)
        template = _template(record, tree, self._parts)
        if template:
            self._count += 1
            alike.insert(0, template)


def has_plain_entities(text: str) -> bool:
    """Is every `&` one of the five entities of XML itself?"""
    return text.count("&") == len(_ENTITY.findall(text))


def unescape(text: str) -> str:
    """A text with the five entities of XML resolved, once.

    >>> unescape("&amp;quot; &lt;br&gt;")
    '&quot; <br>'
    """
    for entity, character in _CHARACTERS:
        text = text.replace(entity, character)
    return text


def in_lines(texts: Texts) -> Texts:
    """Texts with line ends as a parser gives them."""
    return tuple([text.replace("\r\n", "\n") for text in texts])


_CHARACTERS = (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&"))
"""`&amp;` last, so that what it makes is not resolved again."""


def _template(record: str, tree: Element, parts: Parts) -> Template | None:
    """The template of a record, or `None` when it has a text beside elements, or the like."""
    drawn = _draw(record, tree)
    if not drawn:
        return None
    literals, example = drawn
    plan = None
    with suppress(IrregularError):
        plan = Plan(BUILDERS[tree.tag], example, parts)
        plan.shape = blake2b("\0".join(literals).encode(), digest_size=16).digest()
    pattern = _pattern(literals, example, plan.numbers if plan else frozenset())
    line_ends = sum(map(_line_ends, literals))
    template = Template(pattern, example, line_ends, tuple(example.long), plan)
    match = pattern.fullmatch(record)
    return template if match and _agrees(template, match.groups(), tree) else None


def _draw(record: str, tree: Element) -> tuple[list[str], Example] | None:
    """What stands before, between and behind the texts of a record, and whose they are."""
    drawing = _Drawing(tree)
    tokens = _TOKENS.split(record)
    for token, following in zip(tokens, [*tokens[1:], ""], strict=True):
        if not drawing.takes(token, following):
            return None
    return drawing.literals, drawing.example()


class _Drawing:
    """Goes through the tags and texts of a record, and through its tree beside them."""

    def __init__(self, tree: Element) -> None:
        self.literals = [""]
        self._tree = tree
        self._elements = tree.iter()
        self._opened: Element | None = None
        """The element whose tag came last, if it was an opening one."""
        self._slots: Slots = []
        self._line_ends = 0
        self._offsets: dict[Element, int] = {}
        self._numbers: set[int] = set()
        self._long: set[int] = set()

    def example(self) -> Example:
        """The record, taken apart."""
        numbers, long = frozenset(self._numbers), frozenset(self._long)
        return Example(self._tree, self._slots, self._offsets, numbers, long)

    def takes(self, token: str, following: str) -> bool:
        """The next tag, or what stands between two; `False` ends it."""
        opened, self._opened = self._opened, None
        if opened is not None and following == f"</{opened.tag}>":
            self._text(opened, token)
            return True
        if token.startswith("<") and not token.startswith("</"):
            taken = self._opening(token)
        else:
            taken = token.startswith("</") or not token.strip(" \t\r\n")
            self.literals[-1] += token
        self._line_ends += _line_ends(token)
        return taken

    def _text(self, owner: Element, text: str) -> None:
        place = len(self._slots)
        if _PLAIN_NUMBER.fullmatch(text):
            self._numbers.add(place)
        if "\n" in text:
            self._long.add(place)
        self._slots.append((owner, ""))
        self.literals.append("")

    def _opening(self, tag: str) -> bool:
        element = next(self._elements, None)
        if element is None:
            return False
        self._offsets[element] = self._line_ends
        names, parts = _attributes(tag)
        self._slots += [(element, name) for name in names]
        self.literals[-1] += parts[0]
        self.literals += parts[1:]
        self._opened = None if tag.endswith("/>") else element
        return True


def _attributes(tag: str) -> tuple[list[str], list[str]]:
    """The names of a tag's attributes, and what stands around their values."""
    names, parts, at = [], [], 0
    for match in _ATTRIBUTE.finditer(tag):
        names.append(match[1])
        parts.append(tag[at : match.start(2)])
        at = match.end(2)
    return names, [*parts, tag[at:]]


def _pattern(literals: list[str], example: Example, numbers: Collection[int]) -> re.Pattern[str]:
    parts = [re.escape(literals[0])]
    for place, ((_, attribute), literal) in enumerate(
        zip(example.slots, literals[1:], strict=True)
    ):
        if place in numbers:
            parts.append(_NUMBER)
        elif attribute:
            parts.append(_ATTRIBUTE_TEXT)
        else:
            parts.append(_LINES if place in example.long else _TEXT)
        parts.append(re.escape(literal))
    return re.compile("".join(parts))


def _line_ends(text: str) -> int:
    return text.count("\n")


def _agrees(template: Template, groups: Texts, tree: Element) -> bool:
    """Does the template make of its own record what a parser and the general way make?"""
    texts = tuple(map(unescape, in_lines(groups)))
    parsed = _contents(tree)
    if _contents(template.fill(texts)) != parsed:
        return False
    if not template.plan:
        return True
    context = Context(NOWHERE, lambda element: 0, Counter())
    general = BUILDERS[tree.tag].build(tree, context, {})
    with suppress(*IRREGULAR):
        made = template.plan.make(texts, "", 0, 0, "", {}, True)
        return bool(made == general) and not context.problems
    return True


def _contents(tree: Element) -> list[tuple[str, str, dict[str, str]]]:
    """All that a reader sees of a tree but its blanks."""
    return [(item.tag, item.text or "", dict(item.attrib)) for item in tree.iter()]
