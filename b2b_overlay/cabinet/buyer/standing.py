"""Where a person stands in his companies, in words for him: what he may, and whom to ask.

Rule: whoever sees less than he expects reads why, and who can change it, on that very page.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from b2b_overlay.company import access
from b2b_overlay.company.models import Buyer, Company, LegalEntity
from b2b_overlay.ordering.approval import to_decide
from b2b_overlay.ordering.models import Approval

__all__ = ["Membership", "membership_of"]


@dataclass(frozen=True, slots=True)
class Membership:
    """What the header and the pages need to know of his roles."""

    #: Legal entities by company, where he belongs to several; else one group without a name.
    groups: list[tuple[str, list[LegalEntity]]]
    #: Sentences: companies in which he may buy for nobody.
    without_entities: list[str] = field(default_factory=list)
    #: Why he only looks, for the legal entity he has chosen; empty: he may order.
    looks_only: str = ""
    #: He is somebody whose word others may need.
    confirms: bool = False
    #: Others' orders that wait for his word.
    to_confirm: int = 0
    #: He manages a company's people.
    owns: bool = False


def membership_of(
    who: access.User, entities: Sequence[LegalEntity], chosen: LegalEntity | None
) -> Membership:
    """One query for a buyer whose role is in order; more only where there is more to say."""
    mine = list(access.buyers(who).select_related("company").order_by("company__name", "pk"))
    has = {each.company_id for each in entities}
    confirming = [each for each in mine if each.role in access.APPROVING]
    waiting = to_decide(who).filter(state=Approval.State.WAITING).count() if confirming else 0
    return Membership(
        groups=_groups(mine, entities),
        without_entities=[_without(each) for each in mine if each.company_id not in has],
        looks_only=_looks_only(mine, chosen),
        confirms=bool(waiting) or _has_limited(confirming),
        to_confirm=waiting,
        owns=any(each.role == Buyer.Role.OWNER for each in mine),
    )


def _groups(
    mine: Sequence[Buyer], entities: Sequence[LegalEntity]
) -> list[tuple[str, list[LegalEntity]]]:
    by_company: dict[int | None, list[LegalEntity]] = {}
    for each in entities:
        by_company.setdefault(each.company_id, []).append(each)
    if len(by_company) < 2:
        return [("", list(entities))] if entities else []
    return [
        (each.company.name, by_company[each.company_id])
        for each in mine
        if each.company_id in by_company
    ]


def _has_limited(confirming: Sequence[Buyer]) -> bool:
    return (
        bool(confirming)
        and Buyer.objects.filter(
            company__in=[each.company_id for each in confirming],
            role=Buyer.Role.BUYER,
            spending_limit__isnull=False,
            is_active=True,
        ).exists()
    )


def _changers(company: Company, who: int) -> str:
    """Who can change what a buyer may, as the end of a sentence."""
    owners = access.owners(company).exclude(user=who).select_related("user").order_by("pk")
    names = ", ".join(each.called for each in owners)
    if names:
        return _("the company's owner can change that: %(names)s") % {"names": names}
    if company.manager is not None:
        name = f"{company.manager.first_name} {company.manager.last_name}".strip()
        words = {"name": name or company.manager.email}
        return _("the shop's manager can change that: %(name)s") % words
    return _("the shop's manager can change that")


def _without(each: Buyer) -> str:
    sentence = (
        _(
            "«%(company)s» has no legal entity to buy for yet, so you see retail prices; "
            "%(changers)s."
        )
        if each.role == Buyer.Role.OWNER
        else _(
            "No legal entity of «%(company)s» is given to you, so you see retail prices; "
            "%(changers)s."
        )
    )
    return sentence % {
        "company": each.company.name,
        "changers": _changers(each.company, each.user_id),
    }


def _looks_only(mine: Sequence[Buyer], chosen: LegalEntity | None) -> str:
    for each in mine:
        if chosen is not None and each.company_id == chosen.company_id:
            if each.role in access.ORDERING:
                return ""
            sentence = _(
                "Your role at «%(company)s» is: %(role)s. You see its prices, orders and debts, "
                "and don't order; %(changers)s."
            )
            return sentence % {
                "company": each.company.name,
                "role": each.get_role_display(),
                "changers": _changers(each.company, each.user_id),
            }
    return ""
