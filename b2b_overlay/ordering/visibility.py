"""Goods that retail doesn't see, or sees without prices until it signs in: by group, or, for
wholesale only, one by one as 1C marks them (``VariantFacts.wholesale_only``).

Rules: what holds for a group holds for the groups below it; the desk and whoever may buy for a
legal entity see everything, with prices; a retail cart with what its owner mustn't see, or
sees without a price, is refused, whichever way the goods came into it. A shop without such
goods asks nothing (:func:`hidden` keeps its answer for a few seconds in each process).
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from django.db import transaction
from django.db.models import CharField, Value
from django.utils.translation import gettext as _

from b2b_overlay.company import access
from b2b_overlay.company.admit import demand_overseer
from b2b_overlay.pricing.models import VariantFacts
from b2b_overlay.shop import Category, Channel, Refusal, Refused, Shop, Variant

from .checkouts import user_of
from .gate import is_wholesale
from .models import GroupVisibility

__all__ = ["Hidden", "forget", "hidden", "hidden_from", "refusals", "set_rule", "visible"]

#: How long a process may not notice another one's change, in seconds.
KEPT_FOR = 3.0

Rule = GroupVisibility.Rule


@dataclass(frozen=True, slots=True)
class Hidden:
    """Groups and goods by what is kept from somebody."""

    #: Their goods aren't there for him.
    absent: frozenset[int] = frozenset()
    #: Their goods have no price for him.
    priceless: frozenset[int] = frozenset()
    #: Variants that aren't there for him, whatever their group.
    goods: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.absent or self.priceless or self.goods)

    def lacks(self, variant: Variant) -> bool:
        """Isn't it there for him?"""
        return variant.id in self.goods or variant.category_id in self.absent


NOTHING = Hidden()
#: A row of :func:`hidden` that is a variant, not a group.
_GOOD = "good"
_kept: tuple[float, Hidden] | None = None


def forget() -> None:
    """Ask the database again next time: a rule was just set in this process."""
    global _kept
    _kept = None


def hidden(shop: Shop) -> Hidden:
    """What is kept from a visitor who hasn't signed in."""
    global _kept
    now = time.monotonic()
    if _kept is None or now >= _kept[0]:
        _kept = now + KEPT_FOR, _asked(shop)
    return _kept[1]


def _asked(shop: Shop) -> Hidden:
    marked = VariantFacts.objects.filter(wholesale_only=True)
    rows = GroupVisibility.objects.order_by().values_list("category_id", "rule")
    goods = marked.values_list("variant_id", Value(_GOOD, CharField()))
    found = list(rows.union(goods, all=True))
    rules = {pk: rule for pk, rule in found if rule != _GOOD}
    groups = _with_below(rules, shop.catalogue.categories()) if rules else NOTHING
    return replace(groups, goods=frozenset(pk for pk, rule in found if rule == _GOOD))


def _with_below(rules: Mapping[int, str], categories: Iterable[Category]) -> Hidden:
    """Parents stand above children, so one pass down the tree does."""
    below: dict[str, set[int]] = {str(rule): set() for rule in Rule}
    for category in categories:
        for rule, groups in below.items():
            if rules.get(category.id) == rule or category.parent_id in groups:
                groups.add(category.id)
    return Hidden(frozenset(below[Rule.WHOLESALE]), frozenset(below[Rule.SIGN_IN]))


def hidden_from(shop: Shop, user: access.User | None) -> Hidden:
    """What is kept from this user; where nothing is from anybody, no query."""
    found = hidden(shop)
    if not found or not user or not user.is_authenticated:  # Saleor: a lazy None
        return found
    if access.is_desk(user) or access.legal_entities(user).exists():
        return NOTHING
    return replace(found, priceless=frozenset())


def visible(
    shop: Shop, user: access.User | None, channel: Channel, variant_ids: Sequence[int]
) -> list[int]:
    """Those of these variants whose prices this user sees."""
    kept_back = hidden_from(shop, user)
    if not kept_back:
        return list(variant_ids)
    variants = shop.catalogue.variants(variant_ids, channel)
    return [
        pk
        for pk in variant_ids
        if (each := variants.get(pk))
        and not kept_back.lacks(each)
        and each.category_id not in kept_back.priceless
    ]


def refusals(
    shop: Shop, checkout_id: str, user_id: int | None, channel: Channel, lines: Mapping[int, str]
) -> list[Refusal]:
    """Why a cart can't hold, or become an order of, these goods (line ids by variant); a
    wholesale cart may hold everything."""
    found = hidden(shop)
    if not found or not lines or is_wholesale(checkout_id):
        return []
    priceless = frozenset() if user_of(user_id) else found.priceless
    variants = shop.catalogue.variants(lines, channel)
    return [
        Refusal(
            "UNAVAILABLE_VARIANT_IN_CHANNEL",
            _("%(name)s is sold to wholesale customers only.") % {"name": each.full_name}
            if found.lacks(each)
            else _("%(name)s: sign in to see its price and to buy it.") % {"name": each.full_name},
            variant_id=pk,
            line_id=lines[pk] or None,
        )
        for pk, each in variants.items()
        if found.lacks(each) or each.category_id in priceless
    ]


@transaction.atomic
def set_rule(by: access.User, shop: Shop, category_id: int, rule: str) -> GroupVisibility | None:
    """Who sees the goods of a group from now on; an empty ``rule``: everybody, with prices."""
    demand_overseer(by)
    if category_id not in {each.id for each in shop.catalogue.categories()}:
        raise Refused(Refusal("REQUIRED", _("Choose a group of goods.")))
    if rule and rule not in Rule.values:
        raise Refused(Refusal("INVALID", _("Choose who sees these goods.")))
    transaction.on_commit(forget)
    forget()
    if not rule:
        GroupVisibility.objects.filter(category_id=category_id).delete()
        return None
    row, _created = GroupVisibility.objects.update_or_create(
        category_id=category_id, defaults={"rule": rule}
    )
    return row
