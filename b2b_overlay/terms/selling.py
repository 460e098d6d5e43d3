"""Which of the shop's organisations sells what: by contract, unless its group of goods or its
warehouse is another's.

Rules: the nearest group's word before one further up, a group's before a warehouse's, either
before the contract's; where nothing says anything, the shop's first organisation. Whoever
changes a rule changes whom buyers pay, so only those who watch over prices do.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from b2b_overlay.company import access
from b2b_overlay.company.admit import demand_overseer
from b2b_overlay.shop import Category, Refusal, Refused, Shop

from .models import Contract, Organization, SellingRule
from .organizations import seller_of

__all__ = ["Sellers", "add_rule", "drop_rule", "sellers"]


@dataclass(frozen=True, slots=True)
class Sellers:
    """The rules, read once for many goods."""

    organizations: dict[int, Organization]
    of_category: dict[int, int]
    of_warehouse: dict[str, int]
    parents: dict[int, int | None]

    @property
    def ask_for_warehouses(self) -> bool:
        """Does it matter which warehouse goods come from?"""
        return bool(self.of_warehouse)

    def of(
        self, contract: Contract | None, category_id: int | None, warehouse_id: str
    ) -> Organization | None:
        """Who sells goods of this group, out of this warehouse, by this contract."""
        pk = self._of_group(category_id) or self.of_warehouse.get(warehouse_id)
        return self.organizations[pk] if pk else seller_of(contract)

    def _of_group(self, category_id: int | None) -> int | None:
        met: set[int] = set()
        while category_id is not None and category_id not in met:
            if found := self.of_category.get(category_id):
                return found
            met.add(category_id)
            category_id = self.parents.get(category_id)
        return None


def sellers(categories: Sequence[Category]) -> Sellers:
    """The rules over this tree of groups. Two queries."""
    rules = list(SellingRule.objects.all())
    return Sellers(
        Organization.objects.in_bulk() if rules else {},
        {rule.category_id: rule.organization_id for rule in rules if rule.category_id},
        {rule.warehouse_id: rule.organization_id for rule in rules if rule.warehouse_id},
        {each.id: each.parent_id for each in categories},
    )


@transaction.atomic
def add_rule(
    by: access.User,
    shop: Shop,
    organization: Organization,
    *,
    category_id: int | None = None,
    warehouse_id: str = "",
) -> SellingRule:
    """From now on this organisation sells the goods of a group, or out of a warehouse,
    whatever the contract says. In place of what was said of it before."""
    demand_overseer(by)
    known = {each.id for each in shop.catalogue.categories()}
    if category_id is not None and not warehouse_id and category_id in known:
        which: dict[str, Any] = {"category_id": category_id}
    elif category_id is None and warehouse_id in {w.id for w in shop.catalogue.warehouses()}:
        which = {"warehouse_id": warehouse_id}
    else:
        raise Refused(Refusal("REQUIRED", _("Choose a group of goods or a warehouse.")))
    rule, _created = SellingRule.objects.update_or_create(
        **which, defaults={"organization": organization}
    )
    return rule


@transaction.atomic
def drop_rule(by: access.User, rule: SellingRule) -> None:
    """From now on the contract says again who sells these goods."""
    demand_overseer(by)
    rule.delete()
