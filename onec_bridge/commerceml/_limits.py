"""How much of anything a file may hold before it is refused, and the refusal.

No file that a 1C base wrote comes near these; a hostile one, or a broken one, is refused
before it costs memory or time that others need. The size of a file isn't limited here: it
is read as a stream. DOCTYPE is refused altogether, and with it entities, internal and external.
"""

from __future__ import annotations

from collections import Counter
from xml.etree.ElementTree import Element

DEEPEST = 128
"""Elements within one another. Groups within groups take two each."""

MOST_ELEMENTS = 300_000
"""Elements of one record. A line of a document takes about forty."""

LONGEST_RECORD = 32 << 20
"""Bytes of one record."""

LONGEST_TAG = 1 << 20
"""Bytes of one tag with its attributes, of one comment or processing instruction."""

MOST_UNKNOWN = 1_000
"""Names of unknown elements that are counted each by itself."""

OTHERS = "…"
"""What the unknown elements beyond those are counted as."""


class RefusedError(Exception):
    """The file is XML, but not to be read: the code of the problem, and its words."""

    def __init__(self, code: str, line: int = 0, **params: str | int) -> None:
        super().__init__(code)
        self.code = code
        self.line = line
        """Where; 0 is where the parser is."""
        self.params = {name: str(value) for name, value in params.items()}


def check_tag(attributes: dict[str, str]) -> None:
    """Refuse a tag with too much in its attributes."""
    if attributes and sum(map(len, attributes.values())) > LONGEST_TAG:
        raise RefusedError("tag_too_long", limit=LONGEST_TAG)


def check_depth(depth: int) -> None:
    """Refuse elements too deep in one another."""
    if depth > DEEPEST:
        raise RefusedError("nested_too_deep", limit=DEEPEST)


def is_deeper(element: Element, limit: int) -> bool:
    """Are there more levels in an element, itself included, than that?"""
    level, depth = [element], 0
    while level and depth <= limit:
        level = [child for each in level for child in each]
        depth += 1
    return depth > limit


def count_unknown(unknown: Counter[str], tag: str) -> None:
    """Note an element that means nothing to us."""
    known = tag in unknown or len(unknown) < MOST_UNKNOWN
    unknown[tag if known else OTHERS] += 1
