"""Join companies that turned out to be one customer, so that cabinets made by different
buyers become one.

Rules: everything of the one that goes follows to the one that is kept: legal entities, buyers,
orders, groups, price lists, daughter companies. Somebody who is a buyer of both stays once,
with the stronger of his two roles and what he may buy for in either. The one that goes is
switched off, so that nothing can be bought through what is left of it. Undone by
:func:`joining.undo`.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from b2b_overlay.shop import Refusal, Refused

from . import access
from .admit import demand_desk
from .models import Buyer, Company, LegalEntity, Rearrangement
from .rearranging import Ledger, Place, demand_apart, lock, places
from .structure import ancestors, lock_tree

__all__ = ["join_companies"]

_STRENGTH = {
    role: strength
    for strength, role in enumerate(
        (
            Buyer.Role.VIEWER,
            Buyer.Role.ACCOUNTANT,
            Buyer.Role.BUYER,
            Buyer.Role.APPROVER,
            Buyer.Role.OWNER,
        )
    )
}
#: What a membership is, beside whose and where.
_RIGHTS = ("role", "spending_limit", "limit_currency", "is_active")
_MERGED = Place(Company, "merged_into")


@transaction.atomic
def join_companies(by: access.User, kept: Company, gone: Company) -> Rearrangement:
    """They are one customer: everything of ``gone`` goes to ``kept``."""
    demand_desk(by)
    if kept.pk == gone.pk:
        text = _("A company can't be joined to itself.")
        raise Refused(Refusal("INVALID", text))
    lock_tree()
    kept, gone = _lock(kept, gone)
    if done := _already(kept, gone):
        return done
    demand_apart(kept, gone)
    if gone.pk in {each.pk for each in ancestors(kept)}:
        text = _("«%(kept)s» is below «%(gone)s» in the structure: keep «%(gone)s».")
        raise Refused(Refusal("INVALID", text % {"kept": kept, "gone": gone}))
    ledger = Ledger()
    _merge_buyers(kept, gone, ledger)
    for here in places(Company):
        ledger.put(here, gone.pk, kept.pk)
    ledger.put(Place(Company, "parent"), gone.parent_id, None, [gone.pk])
    ledger.put(Place(Company, "is_active"), gone.is_active, False, [gone.pk])
    ledger.put(_MERGED, None, kept.pk, [gone.pk])
    return Rearrangement.objects.create(
        kind=Rearrangement.Kind.JOIN_COMPANIES,
        source_company=gone,
        target_company=kept,
        moved=ledger.value(),
        made_by_id=by.pk,
    )


def _lock(kept: Company, gone: Company) -> tuple[Company, Company]:
    """Lock what will move, then both companies and the daughters and legal entities."""
    owners = (Company, LegalEntity)
    rows = [each.of(gone.pk) for each in places(Company) if each.model not in owners]
    twice = Buyer.objects.filter(company=gone).values_list("pk", flat=True)
    rows += [each.of(*twice) for each in places(Buyer)]
    daughters = Company.objects.filter(parent=gone).values_list("pk", flat=True)
    entities = LegalEntity.objects.filter(company=gone).values_list("pk", flat=True)
    found, _entities = lock(rows, companies=[kept.pk, gone.pk, *daughters], entities=entities)
    return found[kept.pk], found[gone.pk]


def _already(kept: Company, gone: Company) -> Rearrangement | None:
    """The joining that a second click asks for again."""
    if gone.merged_into_id != kept.pk:
        return None
    return Rearrangement.objects.filter(
        kind=Rearrangement.Kind.JOIN_COMPANIES,
        source_company=gone,
        target_company=kept,
        undone_at=None,
    ).first()


def _merge_buyers(kept: Company, gone: Company, ledger: Ledger) -> None:
    """Whoever buys for both: his membership in ``gone`` stays there, switched off, and all
    that hangs on it goes to the one in ``kept``."""
    here = {each.user_id: each for each in Buyer.objects.filter(company=kept)}
    for other in Buyer.objects.filter(company=gone, user__in=here).order_by("pk"):
        mine = here[other.user_id]
        if other.is_active:
            for column in places(Buyer):
                ledger.put(column, other.pk, mine.pk)
            if _strength(other) > _strength(mine):
                _write(ledger, mine, ((name, getattr(other, name)) for name in _RIGHTS))
        _write(ledger, other, [("is_active", False)])


def _strength(buyer: Buyer) -> int:
    return _STRENGTH[Buyer.Role(buyer.role)] if buyer.is_active else -1


def _write(ledger: Ledger, buyer: Buyer, values: Iterable[tuple[str, Any]]) -> None:
    for name, new in values:
        where, old = Place(Buyer, name), getattr(buyer, name)
        ledger.put(where, _plain(old), _plain(new), [buyer.pk])


def _plain(value: Any) -> Any:
    """As JSON can keep it; the database reads a decimal's text as the same number."""
    return str(value) if isinstance(value, Decimal) else value
