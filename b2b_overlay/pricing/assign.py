"""For whom a price list is: the lists of a contract, a legal entity, a company, a group, of all.

Rules: what is the same isn't touched, so the history says what changed and nothing else; two
columns of one cart's sum, and two windows of one list that overlap, are refused where they are
entered; a list in another currency or VAT mode than the shop's channels is accepted, converted
when it is charged (docs/prices.md), and warned of where no rate is known. Individual prices of
a legal entity (``pricing.individual``) are not touched here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import combinations

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from b2b_overlay.company import access
from b2b_overlay.company.admit import demand_desk
from b2b_overlay.company.models import Company, Group, LegalEntity
from b2b_overlay.company.rearranging import demand_apart
from b2b_overlay.shop import Refusal, Refused
from b2b_overlay.terms.models import Contract

from .deriving import warnings
from .floors import demand_bindable
from .models import Assignment, PriceList

__all__ = [
    "Binding",
    "Target",
    "assignments_of",
    "bindings_of",
    "set_bindings",
    "set_contract_lists",
]

#: Whose the lists are; None: wholesale for all.
Target = Contract | LegalEntity | Company | Group | None

_FIELDS: dict[type, str] = {
    Contract: "contract",
    LegalEntity: "legal_entity",
    Company: "company",
    Group: "group",
}


@dataclass(frozen=True, slots=True)
class Binding:
    """A list for somebody: in its place, from a cart's sum (a column), in a window."""

    price_list: PriceList
    #: Lower is asked first.
    priority: int = 0
    #: In the channel's currency; None: whatever the cart comes to.
    min_total: Decimal | None = None
    #: In force from the first moment until before the second; None: always.
    starts_at: datetime | None = None
    ends_at: datetime | None = None

    @property
    def key(self) -> tuple[int, Decimal | None, datetime | None]:
        return self.price_list.pk, self.min_total, self.starts_at


def assignments_of(target: Target) -> QuerySet[Assignment]:
    """The lists of this one alone, in order."""
    whose = dict.fromkeys(_FIELDS.values())
    if target is not None:
        whose[_FIELDS[type(target)]] = target
    found = Assignment.objects.filter(is_individual=False, **whose)
    return found.select_related("price_list").order_by("priority", "pk")


def bindings_of(target: Target) -> list[Binding]:
    return [
        Binding(each.price_list, each.priority, each.min_total, each.starts_at, each.ends_at)
        for each in assignments_of(target)
    ]


@transaction.atomic
def set_bindings(by: access.User, target: Target, bindings: Sequence[Binding]) -> list[str]:
    """Make these the price lists of ``target``; what there is to warn of, in sentences."""
    demand_desk(by)
    _lock(target)
    _demand_right(bindings)
    _demand_given(by, target, [each.price_list for each in bindings])
    _write(target, bindings)
    lists = {each.price_list.pk: each.price_list for each in bindings}
    off = [
        _("«%(list)s» is switched off: it gives no prices.") % {"list": each.name}
        for each in lists.values()
        if not each.is_active
    ]
    return [*off, *(text for each in lists.values() for text in warnings(each))]


def _demand_given(by: access.User, target: Target, lists: Iterable[PriceList]) -> None:
    """Refuse to give somebody what isn't the desk's to give: another's individual prices, and
    for a manager a list with goods under the floor (:mod:`.floors`)."""
    had = set(assignments_of(target).values_list("price_list_id", flat=True))
    fresh = [each for each in lists if each.pk not in had]
    own = Assignment.objects.filter(is_individual=True, price_list__in=fresh)
    if taken := own.select_related("price_list").first():
        text = _("«%(list)s» are one legal entity's own prices: give others theirs.")
        raise Refused(Refusal("INVALID", text % {"list": taken.price_list.name}))
    demand_bindable(by, [each.pk for each in fresh])


def set_contract_lists(
    contract: Contract, lists: Sequence[PriceList], by: access.User | None = None
) -> None:
    """Make these, in this order, the contract's price lists. Columns and windows that a list
    has there already stay. ``by`` is the person who does it; None: no person, and no floor."""
    known = bindings_of(contract)
    wanted: list[Binding] = []
    for place, price_list in enumerate(dict.fromkeys(lists)):
        kept = [each for each in known if each.price_list == price_list]
        wanted += [
            Binding(price_list, place, each.min_total, each.starts_at, each.ends_at)
            for each in kept or [Binding(price_list)]
        ]
    with transaction.atomic():
        _lock(contract)
        if by is not None:
            _demand_given(by, contract, lists)
        _write(contract, wanted)


def _lock(target: Target) -> None:
    if target is None:
        # Nobody's row stands for «all», so the lists themselves do.
        rows = PriceList.objects.select_for_update(no_key=True).order_by("pk")
        list(rows.values_list("pk", flat=True))
        return
    found = type(target).objects.select_for_update(no_key=True, of=("self",)).get(pk=target.pk)
    owner = found.legal_entity if isinstance(found, Contract) else found
    if isinstance(owner, (LegalEntity, Company)):
        demand_apart(owner)


def _demand_right(bindings: Sequence[Binding]) -> None:
    refusals = []
    for each in bindings:
        words = {"list": each.price_list.name}
        if each.starts_at and each.ends_at and each.ends_at <= each.starts_at:
            text = _("«%(list)s»: it would end before it begins.")
            refusals.append(Refusal("INVALID", text % words))
        if each.min_total is not None and each.min_total < 0:
            text = _("«%(list)s»: a cart's sum can't be below nothing.")
            refusals.append(Refusal("INVALID", text % words))
    for one, other in combinations(bindings, 2):
        if one.min_total != other.min_total or not _overlap(one, other):
            continue
        words = {"list": one.price_list.name, "other": other.price_list.name}
        if one.price_list.pk == other.price_list.pk:
            text = _("«%(list)s» stands here twice for the same days.")
        elif one.min_total is not None:
            text = _("«%(list)s» and «%(other)s» are both from the same sum of the cart.")
        else:
            continue
        refusals.append(Refusal("INVALID", text % words))
    if refusals:
        raise Refused(*dict.fromkeys(refusals))


def _overlap(one: Binding, other: Binding) -> bool:
    return not (_before(one, other) or _before(other, one))


def _before(one: Binding, other: Binding) -> bool:
    """Does the one end before the other begins?"""
    return bool(one.ends_at and other.starts_at and one.ends_at <= other.starts_at)


def _write(target: Target, bindings: Iterable[Binding]) -> None:
    """By difference: a row of the same list, sum and beginning is that row; then one of the
    same list; what is left over goes."""
    whose = {} if target is None else {_FIELDS[type(target)]: target}
    rows = list(assignments_of(target).select_for_update(of=("self",)))
    pairs: list[tuple[Binding, Assignment | None]] = []
    later: list[Binding] = []
    for each in bindings:
        same = next((row for row in rows if _key(row) == each.key), None)
        if same is None:
            later.append(each)
        else:
            rows.remove(same)
            pairs.append((each, same))
    for each in later:
        row = next((row for row in rows if row.price_list_id == each.price_list.pk), None)
        if row is not None:
            rows.remove(row)
        pairs.append((each, row))
    Assignment.objects.filter(pk__in=[row.pk for row in rows]).delete()
    for each, row in pairs:
        row = row or Assignment(price_list=each.price_list, **whose)
        given = (each.priority, each.min_total, each.starts_at, each.ends_at)
        if row.pk is None or given != (row.priority, row.min_total, row.starts_at, row.ends_at):
            row.priority, row.min_total, row.starts_at, row.ends_at = given
            row.save()


def _key(row: Assignment) -> tuple[int, Decimal | None, datetime | None]:
    return row.price_list_id, row.min_total, row.starts_at
