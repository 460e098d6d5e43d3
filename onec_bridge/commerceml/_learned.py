"""Records of a shape seen before, read by one regular expression each.

1C writes record after record with the same elements in the same order; only the texts
differ. So the first record of a shape is parsed, and becomes a `Template`: a pattern of its
literal tags with a group for each text and attribute, and its tree, with the element that
each group belongs to. Of every record that the pattern matches whole, the texts are put
into the template's tree, which then is as good as a parsed one until the next is put in.

What makes that safe: the tags between the texts are literal, a text can hold no `<`, and
`Templates.suits` lets no stretch in that holds anything a parser would treat otherwise (a
control character, `]]>`, an entity but the five of XML itself). A template that doesn't
give back the very tree it was learned from isn't kept. All else goes to a real parser.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from xml.etree.ElementTree import Element

_TOKENS = re.compile(r"(<[^>]*>)")
_ATTRIBUTE = re.compile(r'([^\s="<>/]+)="([^"<&\t\n]*)"')
_BLANK = "[ \t\n]*"
_ENTITY = re.compile("&(?:amp|lt|gt|quot|apos);")
_UNFIT = (b"]]>", b"<!", b"<?", b"xmlns", b"\xef\xbf\xbe", b"\xef\xbf\xbf")
_CONTROLS = bytes(set(range(0x20)) - set(b"\t\r\n"))

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
    slots: list[tuple[Element, str]]
    """Whose text, or which attribute of which element, each group of the pattern is."""

    def fill(self, texts: tuple[str, ...]) -> Element:
        """The tree with these texts in it; good until the next call."""
        for (element, attribute), text in zip(self.slots, texts, strict=True):
            if attribute:
                element.set(attribute, text)
            else:
                element.text = unescape(text) if "&" in text else text
        return self.tree


class Templates:
    """The shapes learned so far of one kind of record in one file."""

    def __init__(self) -> None:
        self._by_tags: dict[int, list[Template]] = {}
        self._count = 0

    @staticmethod
    def suits(stretch: bytes) -> bool:
        """Can these bytes be read by patterns at all?"""
        if any(part in stretch for part in _UNFIT):
            return False
        return len(stretch.translate(None, _CONTROLS)) == len(stretch)

    @staticmethod
    def has_plain_entities(text: str) -> bool:
        """Is every `&` one of the five entities of XML itself?"""
        return text.count("&") == len(_ENTITY.findall(text)) if "&" in text else True

    def find(self, record: str) -> tuple[Template, tuple[str, ...]] | None:
        """The template that a record has the shape of, and its texts."""
        alike = self._by_tags.get(record.count("<"), ())
        for place, template in enumerate(alike):
            if match := template.pattern.fullmatch(record):
                if place:
                    assert isinstance(alike, list)
                    alike.insert(0, alike.pop(place))
                return template, match.groups()
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
    pattern, slots = [], []
    elements = tree.iter()
    opened: Element | None = None
    tokens = _TOKENS.split(record)
    for place, token in enumerate(tokens):
        if token.startswith("<"):
            opened = None
            if not token.startswith("</"):
                element = next(elements, None)
                if element is None or "'" in token:
                    return None
                slots += [(element, name) for name, _ in _ATTRIBUTE.findall(token)]
                opened = None if token.endswith("/>") else element
            pattern.append(_tag_pattern(token))
        elif opened is not None and tokens[place + 1 : place + 2] == [f"</{opened.tag}>"]:
            slots.append((opened, ""))
            pattern.append("([^<]*)")
        elif not token or not token.strip(" \t\n"):
            pattern.append(_BLANK)
        else:
            return None
    template = Template(re.compile("".join(pattern)), tree, slots)
    match = template.pattern.fullmatch(record)
    if not match or len(match.groups()) != len(slots):
        return None
    parsed = _contents(tree)
    return template if _contents(template.fill(match.groups())) == parsed else None


def _contents(tree: Element) -> list[tuple[str, str, dict[str, str]]]:
    """All that a reader sees of a tree but its blanks."""
    return [(item.tag, item.text or "", dict(item.attrib)) for item in tree.iter()]


def _tag_pattern(token: str) -> str:
    """A tag, literally, but for the values of its attributes."""
    parts, at = [], 0
    for match in _ATTRIBUTE.finditer(token):
        parts.append(re.escape(token[at : match.start(2)]) + r'([^"<&\t\n]*)')
        at = match.end(2)
    return "".join(parts) + re.escape(token[at:])
