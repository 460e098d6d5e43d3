"""Admit a customer: make a company of legal entities, let buyers in, one at a time.

Done by the sales desk only (:func:`access.is_desk`); everyone else is refused. Every
function is one transaction and raises :class:`~b2b_overlay.shop.Refused` with sentences for
a person; nothing changes then.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext as _

from b2b_overlay.shop import People, Refusal, Refused

from . import access
from .models import Buyer, Company, LegalEntity
from .rearranging import demand_apart, follow_company

__all__ = ["add_buyer", "create_company", "demand_desk", "demand_overseer", "set_legal_entities"]


def demand_desk(user: access.User | None) -> None:
    """Refuse whoever doesn't work at the sales desk."""
    if not access.is_desk(user):
        raise Refused(Refusal("INVALID", _("Only the shop's staff may do this.")))


def demand_overseer(user: access.User | None) -> None:
    """Refuse whoever doesn't watch over prices for the shop's owner."""
    demand_desk(user)
    if not access.oversees(user):
        raise Refused(
            Refusal("PERMISSION_DENIED", _("Only those who watch over prices may do this."))
        )


@transaction.atomic
def create_company(
    by: access.User, name: str, legal_entity_ids: Iterable[int], *, manager_id: int | None = None
) -> Company:
    """A company of these legal entities, with B2B still off."""
    demand_desk(by)
    name = name.strip()
    if not name:
        raise Refused(Refusal("REQUIRED", _("Give the company a name.")))
    company = Company.objects.create(name=name, manager_id=manager_id or by.pk)
    set_legal_entities(by, company, legal_entity_ids)
    return company


@transaction.atomic
def set_legal_entities(by: access.User, company: Company, legal_entity_ids: Iterable[int]) -> None:
    """Put free legal entities into the company, besides those it has, with their orders."""
    demand_desk(by)
    wanted = set(legal_entity_ids)
    found = list(LegalEntity.objects.select_for_update().filter(pk__in=wanted).order_by("pk"))
    taken = [e for e in found if e.company_id not in (None, company.pk)]
    if len(found) < len(wanted):
        raise Refused(Refusal("NOT_FOUND", _("There is no such legal entity.")))
    if taken:
        raise Refused(
            *(
                Refusal(
                    "INVALID",
                    _("«%(entity)s» already belongs to «%(company)s».")
                    % {"entity": e.name, "company": e.company},
                )
                for e in taken
            )
        )
    demand_apart(company, *found)
    LegalEntity.objects.filter(pk__in=wanted).update(company=company)
    follow_company(wanted)


@transaction.atomic
def add_buyer(
    by: access.User,
    people: People,
    company: Company,
    email: str,
    *,
    role: str = Buyer.Role.BUYER,
    legal_entity_ids: Iterable[int] = (),
) -> Buyer:
    """Make a customer of the shop a buyer of the company; his account stays as it is.

    ``legal_entity_ids`` empty: all of the company's. Adding him again changes his role.
    """
    demand_desk(by)
    person = people.find(email.strip())
    if person is None:
        raise Refused(
            Refusal(
                "NOT_FOUND",
                _("The shop has no customer with the e-mail «%(email)s».") % {"email": email},
            )
        )
    if role not in Buyer.Role.values:
        raise Refused(Refusal("INVALID", _("There is no such role: %(role)s.") % {"role": role}))
    entities = company.legal_entities.filter(merged_into=None)
    if wanted := set(legal_entity_ids):
        entities = entities.filter(pk__in=wanted)
        if entities.count() < len(wanted):
            raise Refused(Refusal("INVALID", _("The legal entity belongs to another company.")))
    buyer, _created = Buyer.objects.update_or_create(
        user_id=person.id, company=company, defaults={"role": role, "is_active": True}
    )
    buyer.legal_entities.set(entities)
    return buyer
