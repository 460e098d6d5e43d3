"""What docs/storefront.md gives to copy can be asked of Saleor as it stands there."""

from __future__ import annotations

import re
from pathlib import Path

from graphql import parse, validate
from saleor.graphql.api import schema

PAGE = Path(__file__).resolve().parents[2] / "docs" / "storefront.md"


def test_every_text_on_the_storefront_developers_page_can_be_asked_of_saleor() -> None:
    texts = re.findall(r"```graphql\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)

    assert texts
    assert [error for text in texts for error in validate(schema, parse(text))] == []
