"""What the documentation says that the code can check."""

from __future__ import annotations

import re
from pathlib import Path

from django.utils.translation import override

from b2b_overlay.pricing.levels import LEVELS, RETAIL

ROOT = Path(__file__).resolve().parent.parent


def levels_table() -> list[str]:
    rows = []
    for n, level in enumerate((*LEVELS, RETAIL), 1):
        names = []
        for language in ("en", "ru"):
            with override(language):
                names.append(str(level.name))
        rows.append(f"| {n} | {names[0]} | {names[1]} |")
    return rows


def test_the_documented_order_of_precedence_is_the_one_in_force() -> None:
    text = (ROOT / "docs/prices.md").read_text(encoding="utf-8")
    table = re.search(r"<!-- levels -->\n(.*?)\n<!-- /levels -->", text, re.S)
    assert table
    assert table[1].splitlines()[2:] == levels_table()


def test_every_relative_link_in_the_documentation_leads_somewhere() -> None:
    pages = [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")]
    missing = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in pages
        for target in re.findall(r"\]\((?!https?:|mailto:|#)([^)#\s]+)", page.read_text("utf-8"))
        if not (page.parent / target).exists()
    ]
    assert missing == []
