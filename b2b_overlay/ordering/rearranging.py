"""Legal entities and companies are rearranged, and their open carts with them, at once.

The rearrangement is ``company``'s, with the same arguments after the shop, and is committed
first; then the open carts of whom it concerns and what was waiting for an approver are looked
at again. Not to be run inside a caller's transaction (:mod:`.following`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Count, Q

from b2b_overlay.company import access, joining, scanning, splitting
from b2b_overlay.company import joining_companies as companies
from b2b_overlay.company.models import LegalEntity, Rearrangement
from b2b_overlay.company.rearranging import places
from b2b_overlay.company.scanning import Scanned
from b2b_overlay.company.structure import descendants
from b2b_overlay.shop import Shop
from b2b_overlay.terms.models import Contract

from . import following

__all__ = [
    "Holding",
    "contracts_after",
    "holdings",
    "join",
    "join_companies",
    "look_again",
    "move",
    "scan",
    "scan_changed",
    "split",
    "undo",
]


def look_again(shop: Shop, *done: Rearrangement) -> None:
    """:func:`.following.look_again` at the legal entities that they concern."""
    concerned = Q(pk__in={pk for each in done for pk in (each.source_id, each.target_id)})
    for each in done:
        if each.kind != Rearrangement.Kind.JOIN_COMPANIES:
            continue
        for company in filter(None, (each.source_company, each.target_company)):
            below = [row.company.pk for row in descendants(company)]
            concerned |= Q(company__in=[company.pk, *below])
    entities = list(LegalEntity.objects.filter(concerned).values_list("pk", flat=True))
    following.look_again(shop, Q(legal_entity__in=entities), Q(legal_entity__in=entities))


def _split(
    by: access.User,
    source: LegalEntity,
    chosen: splitting.Chosen,
    *,
    card: Mapping[str, str] | None = None,
    back: LegalEntity | None = None,
) -> Rearrangement:
    """:func:`b2b_overlay.company.splitting.split`; ``card`` is the new one's name, INN, KPP and
    kind."""
    return splitting.split(by, source, chosen, back=back, **(card or {}))


join = following.then(joining.join, look_again)
split = following.then(_split, look_again)
move = following.then(joining.move, look_again)
join_companies = following.then(companies.join_companies, look_again)
undo = following.then(joining.undo, look_again)


def scan_changed(shop: Shop, deadline: float | None = None) -> Scanned:
    """:func:`b2b_overlay.company.scanning.scan_changed`, for the carts of those that a rule
    has joined too."""
    return _scanned(shop, lambda: scanning.scan_changed(deadline))


def scan(shop: Shop) -> Scanned:
    """:func:`b2b_overlay.company.scanning.scan` of the whole base, likewise."""
    return _scanned(shop, scanning.scan)


def _scanned(shop: Shop, work: Callable[[], Scanned]) -> Scanned:
    last = Rearrangement.objects.order_by("pk").values_list("pk", flat=True).last() or 0
    scanned = work()
    if scanned.joined:
        look_again(shop, *Rearrangement.objects.filter(pk__gt=last).exclude(rule=""))
    return scanned


# ------------------------------------------------------------------- before it is done


@dataclass(slots=True)
class Holding:
    """What a legal entity has: its active contracts, oldest first, and how many rows of each
    kind point at it."""

    contracts: list[Contract] = field(default_factory=list)
    rows: dict[str, int] = field(default_factory=dict)

    @property
    def orders(self) -> int:
        return self.rows.get("b2b_overlay.WholesaleOrder", 0)


def holdings(entity_ids: Iterable[int]) -> dict[int, Holding]:
    """What each of these has; a number of queries that doesn't grow with them."""
    found = {pk: Holding() for pk in entity_ids}
    for contract in Contract.objects.filter(legal_entity__in=found, is_active=True).order_by("pk"):
        found[contract.legal_entity_id].contracts.append(contract)
    for here in places(LegalEntity):
        counted = here.of(*found).order_by().values_list(here.field).annotate(Count("pk"))
        for pk, count in counted:
            found[pk].rows[here.model._meta.label] = count
    return found


def contracts_after(one: Holding, other: Holding) -> list[Contract]:
    """Of the contracts that orders would go under once the two are one, those that either has
    a rival to: in one currency the oldest active one holds (``terms.current``)."""
    both = _by_currency(one.contracts).keys() & _by_currency(other.contracts).keys()
    after = _by_currency([*one.contracts, *other.contracts])
    return [contract for currency, contract in after.items() if currency in both]


def _by_currency(contracts: Iterable[Contract]) -> dict[str, Contract]:
    found: dict[str, Contract] = {}
    for contract in sorted(contracts, key=lambda each: each.pk):
        found.setdefault(contract.currency, contract)
    return found
