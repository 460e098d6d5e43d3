"""docs/storefront.md: each GraphQL text of it is asked, and answered as it is printed there.

The page is a story, read from its top: what one block makes, a later one may name. Above a block
stands who asks (``<!-- as kirill -->``; nobody: a visitor; without it Olga); below it, what it is
asked with, where there are variables, and the answer. Ids and secrets are numbered anew in the
order in which they come, and it is always noon of the same day. ``STOREFRONT=write`` in the
environment writes the answers.
"""

from __future__ import annotations

import json
import os
import re
from base64 import b64decode
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from cast import Cast
from django.test import Client
from django.utils import timezone
from graphql_relay import to_global_id

from b2b_overlay.company.models import Buyer
from b2b_overlay.money import Money
from b2b_overlay.ordering import people
from b2b_overlay.shop import get_shop
from b2b_overlay.terms import settlements
from b2b_overlay.terms.models import Organization
from sandbox.data import SELLER
from sandbox.graphql import tokens

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "storefront.md"
NOW = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)
BLOCK = re.compile(
    r"(?:<!-- as (?P<who>\w+) -->\n)?```graphql\n(?P<query>.*?)```\n"
    r"(?:\nWith:\n```json\n(?P<variables>.*?)```\n)?"
    r"(?P<head>\nAnswer:\n```json\n)(?P<answer>.*?)```\n",
    re.S,
)


class Numbered:
    """Ids and secrets as the page has them, and back."""

    def __init__(self) -> None:
        self._printed: dict[str, str] = {}
        self._last: Counter[str] = Counter()

    def __call__(self, value: Any, name: str = "") -> Any:
        """An answer, or a part of it called ``name``, as it is printed."""
        if isinstance(value, dict):
            return {key: self(each, key) for key, each in value.items()}
        if isinstance(value, list):
            return [self(each, name) for each in value]
        if not isinstance(value, str):
            return value
        if value not in self._printed:
            self._printed[value] = self._first(value, name)
        return self._printed[value]

    def back(self, text: str) -> str:
        """Variables of the page with what really stands for each."""
        for real, printed in self._printed.items():
            text = text.replace(f'"{printed}"', f'"{real}"')
        return text

    def _first(self, value: str, name: str) -> str:
        if name in ("token", "startCursor", "endCursor", "cursor") or (
            name == "code" and value.strip("0123456789- ") == ""
        ):
            self._last[name] += 1
            return f"{name}-{self._last[name]}"
        if moment := re.fullmatch(r"(\d{4}-\d\d-\d\dT[\d:]{8})\.\d{6}(\+00:00)", value):
            return "".join(moment.groups())
        kind, key = _of_global_id(value)
        if not kind:
            return value
        self._last[kind] += 1
        number = self._last[kind]
        return to_global_id(kind, number if key.isdecimal() else UUID(int=number))


def _of_global_id(value: str) -> tuple[str, str]:
    """Its type and key; empty: it is none."""
    try:
        kind, _colon, key = b64decode(value, validate=True).decode("ascii").partition(":")
    except ValueError:
        return "", ""
    return (kind, key) if key and kind.isidentifier() else ("", "")


@pytest.fixture
def demo(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> Cast:
    """Olga owns «Ромашка»; Kirill may order up to 2,000; there are debts; the shop can be paid."""
    # What is made later is later, by less than is printed.
    ticks = count()
    monkeypatch.setattr(timezone, "now", lambda: NOW + timedelta(microseconds=next(ticks)))
    shop = get_shop()
    for user, role, limit in ((cast.olga, "owner", None), (cast.kirill, "buyer", Decimal(2000))):
        people.change(
            shop,
            cast.manager,
            Buyer.objects.get(user=user),
            role=role,
            legal_entity_ids=[cast.plus.pk],
            spending_limit=limit,
            limit_currency="RUB",
            name={"owner": "Ольга Лютикова", "buyer": "Кирилл Андреев"}[role],
        )
    Organization.objects.create(**SELLER)
    contract = cast.ooo.contracts.get()
    contract.credit_limit = Decimal(100_000)
    contract.save()
    owed = [
        settlements.Debt(
            amount=Money(Decimal(amount), "RUB"),
            document=document,
            document_date=day,
            due_date=due,
            contract_id=contract.pk,
        )
        for document, amount, day, due in (
            ("Реализация 00-000118", "18200.00", date(2026, 11, 3), date(2026, 11, 17)),
            ("Реализация 00-000131", "31050.50", date(2026, 11, 20), date(2026, 12, 4)),
        )
    ]
    settlements.replace({cast.ooo.pk: owed}, NOW, "demo")
    return cast


def _asked(cast: Cast, numbered: Numbered, block: re.Match[str]) -> str:
    """What the API answers, as it is printed."""
    user = getattr(cast, block["who"] or "olga", None)
    headers = {"Authorization": f"Bearer {tokens.create(user)}"} if user else {}
    variables = json.loads(numbered.back(block["variables"] or "{}"))
    told = Client(headers={"Accept-Language": "ru", **headers}).post(
        "/graphql/",
        {"query": block["query"], "variables": variables},
        content_type="application/json",
    )
    return _laid_out(numbered(json.loads(told.content))) + "\n"


def _laid_out(value: Any, indent: str = "") -> str:
    """JSON in which whatever fits a line stands on one."""
    line = json.dumps(value, ensure_ascii=False)
    if len(indent + line) <= 110 or not isinstance(value, dict | list):
        return line
    further = indent + "  "
    if isinstance(value, list):
        return "[\n" + ",\n".join(further + _laid_out(x, further) for x in value) + f"\n{indent}]"
    parts = (f'{further}"{key}": {_laid_out(x, further)}' for key, x in value.items())
    return "{\n" + ",\n".join(parts) + f"\n{indent}}}"


def test_every_query_on_the_storefront_developers_page_is_answered_as_printed(demo: Cast) -> None:
    page = PAGE.read_text(encoding="utf-8")
    numbered = Numbered()

    anew = BLOCK.sub(lambda block: _with_answer(block, _asked(demo, numbered, block)), page)

    if os.environ.get("STOREFRONT") == "write":
        PAGE.write_text(anew, encoding="utf-8")
    assert page.count("```graphql") == len(BLOCK.findall(page))
    assert anew == page, "write the answers: STOREFRONT=write pytest tests/test_storefront_page.py"


def _with_answer(block: re.Match[str], answer: str) -> str:
    start = block.start("answer") - block.start()
    end = block.end("answer") - block.start()
    return block[0][:start] + answer + block[0][end:]


def test_everything_a_buyer_may_ask_is_on_the_page() -> None:
    rows = (ROOT / "docs" / "developer.md").read_text(encoding="utf-8").partition("| who |")[2]
    of_buyers = rows.partition("| the desk |")[0]
    asked = " ".join(found["query"] for found in BLOCK.finditer(PAGE.read_text(encoding="utf-8")))

    names = set(re.findall(r"`(b2b\w+)`", of_buyers))
    assert names
    assert names - set(re.findall(r"\bb2b\w+", asked)) == set()
