"""Records of a shape seen before, read by one regular expression each.

1C writes record after record with the same elements in the same order; only the texts
differ. So the first record of a shape is parsed, and becomes a `Template`: a pattern of its
literal tags with a group for each text and attribute, and its tree, with the element that
each group belongs to. Of every record that the pattern matches whole, the texts are put
into the template's tree, which then is as good as a parsed one until the next is put in.

What makes that safe: the tags are literal, and the blanks between them; a text can hold
nothing that a parser would treat otherwise (`<`, `>`, a control character, an entity but the
five of XML itself). A template that doesn't give back the very tree it was learned from
isn't kept. All else goes to a real parser.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from xml.etree.ElementTree import Element

from onec_bridge.commerceml._build import BUILDERS
from onec_bridge.commerceml._plan import IrregularError, RecordPlan, Slots, Texts

_TOKENS = re.compile(r"(<[^>]*>)")
_ATTRIBUTE = re.compile(r'([^\s="<>/]+)="([^"<>&\t\n]+)"')
_TEXT = "([^<>\x00-\x08\x0b-\x1f\ufffe\uffff]*)"
_ATTRIBUTE_TEXT = '([^"<>&\x00-\x1f\ufffe\uffff]+)'
_ENTITY = re.compile("&(?:amp|lt|gt|quot|apos);")
_MOST_TEMPLATES = 64
_MOST_ALIKE = 4
"""Templates tried that have the same number of tags."""
_LONGEST_LEARNED = 1 << 15
"""Characters of the longest record worth a pattern."""


@dataclass(slots=True)
class Template:
    """A shape of record: how it looks, and a tree to hold one of it at a time."""

    pattern: re.Pattern[str]
    tree: Element
    slots: Slots
    """Whose text, or which attribute of which element, each group of the pattern is."""
    line_ends: int
    """Ends of line in a record of this shape, if none of its texts has one."""
    offsets: dict[Element, int]
    """Lines from the record's to each of its elements', under the same condition."""
    plan: RecordPlan | None = None
    """What to do with the texts without the tree, if the shape is a simple one."""

    def fill(self, texts: Texts) -> Element:
        """The tree with these texts in it; good until the next call."""
        for (element, attribute), text in zip(self.slots, texts, strict=True):
            if attribute:
                element.set(attribute, text)
            else:
                element.text = text
        return self.tree


class Templates:
    """The shapes learned so far of one kind of record in one file."""

    def __init__(self) -> None:
        self._by_tags: dict[int, list[Template]] = {}
        self._count = 0

    @staticmethod
    def has_plain_entities(text: str) -> bool:
        """Is every `&` one of the five entities of XML itself?"""
        return text.count("&") == len(_ENTITY.findall(text)) if "&" in text else True

    def find(self, record: str) -> tuple[Template, Texts] | None:
        """The template that a record has the shape of, and its texts."""
        alike = self._by_tags.get(record.count("<"), ())
        for place, template in enumerate(alike):
            if match := template.pattern.fullmatch(record):
                if place:
                    assert isinstance(alike, list)
                    alike.insert(0, alike.pop(place))
                texts = match.groups()
                return template, tuple(map(unescape, texts)) if "&" in record else texts
        return None

    def learn(self, record: str, tree: Element) -> None:
        """Keep the shape of a record that was parsed, if it is one to be met again."""
        alike = self._by_tags.setdefault(record.count("<"), [])
        if (
            self._count >= _MOST_TEMPLATES
            or len(alike) >= _MOST_ALIKE
            or len(record) > _LONGEST_LEARNED
        ):
            return
        template = _template(record, tree)
        if template:
            self._count += 1
            alike.insert(0, template)


def unescape(text: str) -> str:
    """A text with the five entities of XML resolved, once.

    >>> unescape("&amp;quot; &lt;br&gt;")
    '&quot; <br>'
    """
    for entity, character in _CHARACTERS:
        text = text.replace(entity, character)
    return text


_CHARACTERS = (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&"))
"""`&amp;` last, so that what it makes is not resolved again."""


def _template(record: str, tree: Element) -> Template | None:
    """The template of a record, or `None` when it has a text beside elements, or the like."""
    template = _drawn(record, tree)
    match = template.pattern.fullmatch(record) if template else None
    if not template or not match or len(match.groups()) != len(template.slots):
        return None
    parsed = _contents(tree)
    if _contents(template.fill(tuple(map(unescape, match.groups())))) != parsed:
        return None
    with suppress(IrregularError):
        template.plan = RecordPlan(BUILDERS[tree.tag], tree, template.slots)
    return template


def _drawn(record: str, tree: Element) -> Template | None:
    """Pattern, groups and lines of a record, going through its tags and texts in turn."""
    pattern, line_ends = "", 0
    slots: Slots = []
    offsets: dict[Element, int] = {}
    elements = tree.iter()
    opened: Element | None = None
    tokens = _TOKENS.split(record)
    for token, following in zip(tokens, [*tokens[1:], ""], strict=True):
        if opened is not None and following == f"</{opened.tag}>":
            slots.append((opened, ""))
            pattern += _TEXT
            opened = None
            continue
        if token.startswith("<") and not token.startswith("</"):
            opened = next(elements, None)
            if opened is None:
                return None
            offsets[opened] = line_ends
            slots += [(opened, name) for name, _ in _ATTRIBUTE.findall(token)]
            pattern += _tag_pattern(token)
            opened = None if token.endswith("/>") else opened
        elif token.startswith("</") or not token.strip(" \t\n"):
            pattern += re.escape(token)
            opened = None
        else:
            return None
        line_ends += token.count("\n")
    return Template(re.compile(pattern), tree, slots, line_ends, offsets)


def _contents(tree: Element) -> list[tuple[str, str, dict[str, str]]]:
    """All that a reader sees of a tree but its blanks."""
    return [(item.tag, item.text or "", dict(item.attrib)) for item in tree.iter()]


def _tag_pattern(token: str) -> str:
    """A tag, literally, but for the values of its attributes."""
    parts, at = [], 0
    for match in _ATTRIBUTE.finditer(token):
        parts.append(re.escape(token[at : match.start(2)]) + _ATTRIBUTE_TEXT)
        at = match.end(2)
    return "".join(parts) + re.escape(token[at:])
