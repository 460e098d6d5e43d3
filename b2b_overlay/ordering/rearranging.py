"""Legal entities and companies are rearranged, and their open carts with them, at once.

The rearrangement is ``company``'s and is committed first; from then on the gate refuses what
no longer holds. Then the open carts of whom it concerns get the prices that hold, and what
was waiting for an approver is looked at again. Not to be run inside a caller's transaction
(see ``ordering.switch``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from django.db.models import Count, Q

from b2b_overlay.company import access, joining, scanning, splitting
from b2b_overlay.company import joining_companies as companies
from b2b_overlay.company.models import Company, LegalEntity, Rearrangement
from b2b_overlay.company.rearranging import places
from b2b_overlay.company.scanning import Scanned
from b2b_overlay.company.structure import descendants
from b2b_overlay.shop import Shop
from b2b_overlay.terms.models import Contract

from .approval import settle
from .checkouts import changed
from .models import Approval
from .switch import open_carts

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


def join(
    shop: Shop,
    by: access.User,
    kept: LegalEntity,
    gone: LegalEntity,
    *,
    company: Company | None = None,
) -> Rearrangement:
    """:func:`b2b_overlay.company.joining.join`, for their carts too."""
    done = joining.join(by, kept, gone, company=company)
    look_again(shop, done)
    return done


def split(
    shop: Shop,
    by: access.User,
    source: LegalEntity,
    chosen: splitting.Chosen,
    *,
    card: Mapping[str, str] | None = None,
    back: LegalEntity | None = None,
) -> Rearrangement:
    """:func:`b2b_overlay.company.splitting.split`, for their carts too; ``card`` is the new
    one's name, INN, KPP and kind."""
    done = splitting.split(by, source, chosen, back=back, **(card or {}))
    look_again(shop, done)
    return done


def move(
    shop: Shop, by: access.User, entity: LegalEntity, company: Company | None
) -> Rearrangement:
    """:func:`b2b_overlay.company.joining.move`, for its carts too."""
    done = joining.move(by, entity, company)
    look_again(shop, done)
    return done


def join_companies(shop: Shop, by: access.User, kept: Company, gone: Company) -> Rearrangement:
    """:func:`b2b_overlay.company.joining_companies.join_companies`, for their carts too."""
    done = companies.join_companies(by, kept, gone)
    look_again(shop, done)
    return done


def undo(shop: Shop, by: access.User, done: Rearrangement) -> Rearrangement:
    """:func:`b2b_overlay.company.joining.undo`, for their carts too."""
    done = joining.undo(by, done)
    look_again(shop, done)
    return done


def look_again(shop: Shop, *done: Rearrangement) -> None:
    """What they concern has changed and is committed: open carts get the prices that hold now;
    where nothing holds any more, retail ones. What waits for an approver lapses if it must."""
    concerned = Q(pk__in={pk for each in done for pk in (each.source_id, each.target_id)})
    for each in done:
        if each.kind != Rearrangement.Kind.JOIN_COMPANIES:
            continue
        for company in filter(None, (each.source_company, each.target_company)):
            below = [row.company.pk for row in descendants(company)]
            concerned |= Q(company__in=[company.pk, *below])
    entities = list(LegalEntity.objects.filter(concerned).values_list("pk", flat=True))
    for checkout_id in open_carts(legal_entity__in=entities):
        changed(shop, checkout_id)
    settle(shop, Approval.objects.filter(legal_entity__in=entities, state=Approval.State.WAITING))


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
