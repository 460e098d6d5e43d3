"""Whom a company has: the role, the legal entities and the limit of each of its buyers.

Changed by the company's own owner, who calls nobody, and by the sales desk
(:func:`access.manages_people`). Rules kept here:

* a stranger finds no such buyer; a colleague is told that it is the owner's to do;
* an owner never leaves his company without one; the desk may, and is told so;
* nobody is given what isn't the company's: another's legal entity is «not found»;
* a limit is kept while his role has none, so that a buyer again is a buyer within it.

What it means for carts and for orders waiting to be confirmed is done by ``ordering.people``,
which pages and mutations call.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from b2b_overlay.money import quantize
from b2b_overlay.shop import Refusal, Refused

from . import access
from .models import Buyer, Company, LegalEntity

__all__ = ["Rights", "cautions", "change", "demand_people", "remove", "rights"]

#: What the column of the limit holds.
_MOST = Decimal(10) ** 14


@dataclass(frozen=True, slots=True)
class Rights:
    """What a buyer may, found to be right for his company (:func:`rights`)."""

    role: str
    legal_entities: tuple[LegalEntity, ...]
    spending_limit: Decimal | None
    limit_currency: str
    name: str


def demand_people(by: access.User | None, company: Company) -> None:
    """Refuse whoever doesn't manage this company's people; for a stranger it isn't there."""
    if access.manages_people(by, company):
        return
    if not access.companies(by).filter(pk=company.pk).exists():
        raise Buyer.DoesNotExist
    sentence = _("Only the company's owner or the shop's manager may do this.")
    raise Refused(Refusal("PERMISSION_DENIED", sentence))


def rights(
    company: Company,
    *,
    role: str,
    legal_entity_ids: Iterable[int],
    spending_limit: Decimal | None,
    limit_currency: str,
    name: str = "",
) -> Rights:
    """These rights, if a buyer of the company can have them. Raises :class:`Refused` with
    everything that is wrong."""
    wanted = set(legal_entity_ids)
    entities = tuple(company.legal_entities.filter(pk__in=wanted, merged_into=None).order_by("pk"))
    wrong = _wrong_limit(spending_limit, limit_currency)
    if role not in Buyer.Role.values:
        wrong.append(Refusal("INVALID", _("There is no such role: %(role)s.") % {"role": role}))
    if len(entities) < len(wanted):
        wrong.append(Refusal("NOT_FOUND", _("The company has no such legal entity.")))
    if wrong:
        raise Refused(*wrong)
    limit = None if spending_limit is None else quantize(spending_limit, limit_currency)
    return Rights(role, entities, limit, limit_currency, name.strip()[:255])


def _wrong_limit(limit: Decimal | None, currency: str) -> list[Refusal]:
    wrong = []
    if limit is not None and not (limit.is_finite() and 0 <= limit < _MOST):
        wrong.append(
            Refusal("INVALID", _("A limit is a sum of 0 or more; leave it empty for no limit."))
        )
    if not re.fullmatch("[A-Z]{3}", currency):
        sentence = _("A currency is written in three letters: RUB.")
        wrong.append(Refusal("INVALID", sentence))
    return wrong


@transaction.atomic
def change(
    by: access.User,
    buyer: Buyer,
    *,
    role: str,
    legal_entity_ids: Iterable[int],
    spending_limit: Decimal | None,
    limit_currency: str,
    name: str,
) -> Buyer:
    """Give a buyer this role, these legal entities, this limit (None: none) and this name."""
    demand_people(by, buyer.company)
    found = _locked(buyer)
    given = rights(
        found.company,
        role=role,
        legal_entity_ids=legal_entity_ids,
        spending_limit=spending_limit,
        limit_currency=limit_currency,
        name=name,
    )
    if given.role != Buyer.Role.OWNER:
        _keep_an_owner(by, found)
    found.role = given.role
    found.spending_limit = given.spending_limit
    found.limit_currency = given.limit_currency
    found.name = given.name
    found.save(update_fields=["role", "spending_limit", "limit_currency", "name"])
    found.legal_entities.set(given.legal_entities)
    return found


@transaction.atomic
def remove(by: access.User, buyer: Buyer) -> Buyer:
    """He is a retail customer again; his account and orders stay. Twice does no harm."""
    demand_people(by, buyer.company)
    found = _locked(buyer, removed=True)
    if found.is_active:
        _keep_an_owner(by, found)
        found.is_active = False
        found.save(update_fields=["is_active"])
    return found


def _locked(buyer: Buyer, *, removed: bool = False) -> Buyer:
    """The buyer as he is now, with all of his company locked: two owners who take each other's
    role at the same moment don't leave it without one."""
    people = {
        each.pk: each
        for each in Buyer.objects.select_for_update(of=("self",), no_key=True)
        .filter(company=buyer.company_id)
        .select_related("company", "user")
        .order_by("pk")
    }
    found = people.get(buyer.pk)
    if found is None or not (found.is_active or removed):
        raise Buyer.DoesNotExist
    return found


def _keep_an_owner(by: access.User, leaving: Buyer) -> None:
    """Refuse an owner who would leave the company without one."""
    if access.is_desk(by) or leaving.role != Buyer.Role.OWNER:
        return
    if not access.owners(leaving.company).exclude(pk=leaving.pk).exists():
        sentence = _(
            "A company needs an owner: make somebody else its owner first, or ask the shop's "
            "manager."
        )
        raise Refused(Refusal("INVALID", sentence))


def cautions(buyer: Buyer) -> list[str]:
    """What whoever has just changed a buyer should know, in sentences."""
    said = []
    if buyer.is_active and not _entities(buyer).exists():
        said.append(
            _(
                "%(name)s has no legal entity to buy for, and sees retail prices until he is "
                "given one."
            )
            % {"name": buyer.called}
        )
    if not access.owners(buyer.company).exists():
        said.append(
            _("The company has no owner now: only the shop can invite and remove its people.")
        )
    if _is_limited(buyer) and any(
        not access.approvers(each).exclude(user=buyer.user_id).exists() for each in _entities(buyer)
    ):
        said.append(
            _(
                "Nobody can confirm what %(name)s orders above the limit: make somebody an "
                "approver for the same legal entities."
            )
            % {"name": buyer.called}
        )
    return said


def _entities(buyer: Buyer) -> QuerySet[LegalEntity]:
    """Those he may buy for, whether or not B2B is on for the company."""
    mine = Q() if buyer.role == Buyer.Role.OWNER else Q(buyers=buyer)
    return LegalEntity.objects.filter(
        mine, company=buyer.company_id, is_active=True, merged_into=None
    )


def _is_limited(buyer: Buyer) -> bool:
    return buyer.is_active and buyer.role == Buyer.Role.BUYER and buyer.spending_limit is not None
