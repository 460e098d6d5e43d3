"""Companies as 1C tells of them (партнёр): its name, what it is a part of, whose legal entities,
who looks after it.

Called by the exchange, in nobody's name: what a person decided is weighed by
:mod:`.differences`. Rules: a company made so has B2B off, since letting buyers in is the desk's
to decide; a legal entity that belongs to another company isn't moved, both are shown; one that
1C doesn't name any more isn't taken away; a mark for deletion is asked about where B2B is
on, never followed by itself: 1C marks doubles too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from b2b_overlay.shop import Refused

from . import differences, structure
from .models import Company, Difference, LegalEntity
from .rearranging import follow_company

__all__ = [
    "COMPANY_FIELDS",
    "Partner",
    "company_of",
    "take_manager",
    "take_partner",
    "write_company",
]

#: What 1C tells of a company, and how the desk calls it.
COMPANY_FIELDS: Mapping[str, str | Promise] = {
    "name": _("name"),
    "parent": _("parent company"),
    "manager": _("manager"),
    "is_active": _("wholesale is on"),
}


@dataclass(frozen=True, slots=True)
class Partner:
    """A partner of 1C whose ids have become ours."""

    #: Of :data:`COMPANY_FIELDS`, those that were told.
    told: Mapping[str, Any]
    entities: Sequence[LegalEntity] = ()


@dataclass(slots=True)
class Took:
    """What came of it."""

    company: Company
    is_new: bool = False
    changed: bool = False
    #: Fields (or legal entities, by name) that a person has to decide.
    differs: list[str] = field(default_factory=list)
    #: Why a field can't be what was told.
    refused: list[str] = field(default_factory=list)


@transaction.atomic
def take_partner(
    partner: Partner, company: Company | None, before: Mapping[str, Any], source: str
) -> Took:
    """Make this the company, or the one that its legal entities are of, or a new one."""
    entities = list(
        LegalEntity.objects.select_for_update(of=("self",))
        .filter(pk__in=[each.pk for each in partner.entities])
        .select_related("company")
        .order_by("pk")
    )
    company = company or next((each.company for each in entities if each.company), None)
    took = Took(company or Company(name=str(partner.told.get("name") or "")[:255]))
    if company is None:
        took.company.save()
        took.is_new = True
    took.company = company_of(took.company)
    _take_fields(took, partner.told, before, source)
    if "is_active" in before and "is_active" not in partner.told:
        # The mark was taken off: nothing is to be decided any more.
        differences.note(Difference.About.COMPANY, took.company.pk, {}, ("is_active",), source)
    _take_entities(took, entities, source)
    return took


def take_manager(company: Company, manager_id: int, before: Mapping[str, Any], source: str) -> Took:
    """Who looks after it, as 1C says."""
    took = Took(company_of(company))
    _take_fields(took, {"manager": manager_id}, before, source)
    return took


def company_of(company: Company) -> Company:
    """The one that it was joined to, if it was, locked."""
    found = Company.objects.select_for_update(of=("self",)).get(pk=company.pk)
    while found.merged_into_id is not None:
        found = Company.objects.select_for_update(of=("self",)).get(pk=found.merged_into_id)
    return found


def _take_fields(
    took: Took, told: Mapping[str, Any], before: Mapping[str, Any], source: str
) -> None:
    company = took.company
    now = {
        "name": company.name,
        "parent": company.parent_id,
        "manager": company.manager_id,
        "is_active": company.is_active,
    }
    write, differs = differences.news(told, before, {} if took.is_new else now)
    for name, value in write.items():
        if now[name] == value:
            continue
        try:
            write_company(company, name, value)
            took.changed = True
        except Refused as refused:
            took.refused.append(str(refused))
    took.differs += list(differs)
    agreed = {name for name, value in told.items() if name in write or value == now[name]}
    differences.note(Difference.About.COMPANY, company.pk, differs, agreed, source)


def write_company(company: Company, name: str, value: Any) -> None:
    """Write one of :data:`COMPANY_FIELDS`. Raises :class:`Refused` where it can't be."""
    if name == "parent":
        structure.put_under(company, value)
    elif name == "manager":
        company.manager_id = value
        company.save(update_fields=["manager"])
    else:
        company.name = str(value)[:255]
        company.save(update_fields=["name"])


def _take_entities(took: Took, entities: Sequence[LegalEntity], source: str) -> None:
    """Free ones come in, with their orders; another company's are shown as both."""
    company = took.company
    free = [each for each in entities if each.company_id is None]
    if free:
        LegalEntity.objects.filter(pk__in=[each.pk for each in free]).update(company=company)
        follow_company([each.pk for each in free])
        took.changed = True
    for each in entities:
        theirs = each.company
        if theirs is None or company_of(theirs).pk == company.pk:
            differs: dict[str, Any] = {}
        else:
            differs = {"company": company.pk}
            took.differs.append(each.name)
        about = Difference.About.LEGAL_ENTITY
        differences.note(about, each.pk, differs, () if differs else ("company",), source)
