"""What rules would make of the last file of goods that a 1C base has sent. Nothing is saved.

The file is read anew for each look, within a few seconds: of a long one the beginning is shown,
and how much of it that was is told.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from onec_bridge.commerceml.reader import read
from onec_bridge.commerceml.records import Offer, OfferPrice, Product, Property
from onec_bridge.commerceml.values import write_number

from .facts import product_facts
from .first import plainly
from .mapping import Goods, Mapper
from .models import MappingRule

if TYPE_CHECKING:
    from typing import BinaryIO

    from onec_bridge.exchange.models import Connection

__all__ = ["Preview", "Shown", "preview"]

Target = MappingRule.Target

#: Goods shown with what changes.
SHOWN = 20
#: Seconds of reading, after which the rest of the file isn't looked at.
PATIENCE = 5.0


@dataclass(frozen=True, slots=True)
class Shown:
    """One of the goods, with what each rule would change: its label, before and after."""

    id: str
    name: str
    changes: Sequence[tuple[str, str, str]]


@dataclass(slots=True)
class Preview:
    """What was seen of a file."""

    file_name: str
    looked_at: int = 0
    """Goods and offers."""
    is_whole: bool = True
    goods: list[Shown] = field(default_factory=list)
    found: Counter[int] = field(default_factory=Counter)
    """Number of the rule, from 0 → of how many goods it would tell something."""
    requisites: Counter[str] = field(default_factory=Counter)
    properties: dict[str, None] = field(default_factory=dict)
    """Names seen, in the order met."""

    @property
    def requisites_met(self) -> list[tuple[str, int]]:
        """Requisites with how many goods have them, the commonest first."""
        return self.requisites.most_common()


def preview(
    connection: Connection, stream: BinaryIO, name: str, rules: Sequence[MappingRule]
) -> Preview:
    """Read a file by these rules, saved or not."""
    seen = Preview(name)
    mapper = Mapper(rules)
    mapper.remember(connection)
    until = time.monotonic() + PATIENCE
    for record in plainly(connection, read(stream, name)):
        if isinstance(record, Product | Offer):
            _look(seen, mapper, record, rules)
            if time.monotonic() > until:
                seen.is_whole = False
                break
            continue
        mapper.learn(record)
        if isinstance(record, Property) and record.name:
            seen.properties.setdefault(record.name.strip())
    return seen


def _look(seen: Preview, mapper: Mapper, goods: Goods, rules: Sequence[MappingRule]) -> None:
    seen.looked_at += 1
    seen.requisites.update(row.name.strip() for row in getattr(goods, "requisites", ()))
    seen.properties.update(dict.fromkeys(row.name.strip() for row in goods.characteristics))
    after, used = mapper.goods(goods)
    seen.found.update(at for at, rule in enumerate(rules) if rule in used)
    if len(seen.goods) >= SHOWN or not (used or isinstance(goods, Product)):
        return
    changes = [
        (_label(rule), _said(goods, rule, mapper), _said(after, rule, mapper)) for rule in rules
    ]
    seen.goods.append(Shown(goods.id, goods.name or "", changes))


def _label(rule: MappingRule) -> str:
    label = str(Target(rule.target).label)
    return f"{label}: {rule.price_type}" if rule.target == Target.PRICE else label


def _said(goods: Goods, rule: MappingRule, mapper: Mapper) -> str:
    """What the goods say of the rule's target."""
    if rule.target == Target.PRICE:
        wanted = mapper.price_type(rule)
        return _prices([each for each in goods.prices if each.price_type_id == wanted])
    if rule.target == Target.COEFFICIENT and isinstance(goods, Offer):
        return ", ".join({write_number(each.coefficient) for each in goods.prices})
    if rule.target == Target.CODE:
        return getattr(goods, "code", None) or ""
    if isinstance(goods, Offer):
        return str(getattr(goods, rule.target, None) or "")
    return _fact(product_facts(goods), rule.target)


def _prices(prices: Sequence[OfferPrice]) -> str:
    return ", ".join(write_number(each.amount) for each in prices)


def _fact(facts: Mapping[str, object], target: str) -> str:
    if target == Target.VAT and facts.get("exempt"):
        return "без НДС"
    said = facts.get(target)
    return "да" if said is True else str(said or "")
