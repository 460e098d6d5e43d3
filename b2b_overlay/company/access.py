"""Who may see and change what. Every page, resolver and command starts here.

A stranger gets an empty queryset, and whoever asks for one object by id gets
``DoesNotExist`` from it, which every way in shows as «not found». A buyer sees the companies
he belongs to while B2B is on for them; the sales desk (:func:`is_desk`) sees all.
"""

from __future__ import annotations

from typing import Any, Protocol

from django.db.models import Exists, OuterRef, Q, QuerySet

from b2b_overlay.conf import conf

from .models import Buyer, Company, LegalEntity

__all__ = [
    "User",
    "approvers",
    "buyers",
    "can_order",
    "companies",
    "is_desk",
    "legal_entities",
    "manages_people",
    "oversees",
    "owned",
    "owners",
    "people",
]


class User(Protocol):
    """Any shop's user model, as far as access asks."""

    pk: Any
    is_active: bool
    is_staff: bool

    @property
    def is_authenticated(self) -> Any: ...

    def has_perm(self, perm: str, /) -> bool: ...


def _known(user: User | None) -> bool:
    return bool(user is not None and user.is_authenticated and user.is_active)


def is_desk(user: User | None) -> bool:
    """May this user work at the sales desk: admit customers, give terms? The shop's staff may,
    with the shop's own permission where ``B2B_DESK_PERMISSION`` names one."""
    if user is None or not _known(user) or not user.is_staff:
        return False
    return not conf.desk_permission or user.has_perm(conf.desk_permission)


def oversees(user: User | None) -> bool:
    """Does this user watch over prices for the shop's owner: floors, prices under them, the
    exceptions report? A superuser of the shop, or one named in ``B2B_OVERSEERS``."""
    if not is_desk(user):
        return False
    email = str(getattr(user, "email", "")).lower()
    return bool(getattr(user, "is_superuser", False)) or email in conf.overseers


def buyers(user: User | None) -> QuerySet[Buyer]:
    """The user's own memberships in companies for which B2B is on."""
    if not _known(user):
        return Buyer.objects.none()
    assert user is not None
    return Buyer.objects.filter(user_id=user.pk, is_active=True, company__is_active=True)


def companies(user: User | None) -> QuerySet[Company]:
    """Companies the user may see."""
    if is_desk(user):
        return Company.objects.all()
    return Company.objects.filter(pk__in=buyers(user).values("company"))


def legal_entities(user: User | None) -> QuerySet[LegalEntity]:
    """Legal entities the user may buy for, as a buyer (the desk's staff included: being
    staff doesn't make him a buyer). Each through the membership in its own company: one moved
    to another company is nobody's there until that company's buyers are given it."""
    membership = buyers(user).filter(
        Q(role=Buyer.Role.OWNER) | Q(legal_entities=OuterRef("pk")),
        company=OuterRef("company"),
    )
    return LegalEntity.objects.filter(Exists(membership), is_active=True, merged_into=None)


#: Who may place an order (within his limit), and who may confirm another's.
ORDERING = (Buyer.Role.OWNER, Buyer.Role.BUYER, Buyer.Role.APPROVER)
APPROVING = (Buyer.Role.OWNER, Buyer.Role.APPROVER)


def can_order(user: User | None, legal_entity: LegalEntity) -> bool:
    """May he place an order for this legal entity? A viewer or an accountant may not."""
    ordering = buyers(user).filter(company=OuterRef("company"), role__in=ORDERING)
    return legal_entities(user).filter(Exists(ordering), pk=legal_entity.pk).exists()


def manages_people(user: User | None, company: Company) -> bool:
    """May he invite and remove the company's people, and set their roles and limits? Its
    owner may, while B2B is on for it, and the sales desk."""
    return is_desk(user) or buyers(user).filter(company=company, role=Buyer.Role.OWNER).exists()


def people(user: User | None) -> QuerySet[Buyer]:
    """The buyers whose roles, limits and legal entities he may change: those of the companies
    he owns; for the sales desk all."""
    if is_desk(user):
        return Buyer.objects.all()
    owned = buyers(user).filter(role=Buyer.Role.OWNER)
    return Buyer.objects.filter(company__in=owned.values("company"))


def owned(user: User | None) -> QuerySet[Company]:
    """The companies whose owner he is, while B2B is on for them."""
    mine = buyers(user).filter(role=Buyer.Role.OWNER)
    return Company.objects.filter(pk__in=mine.values("company"))


def owners(company: Company) -> QuerySet[Buyer]:
    """Those who manage the company's people and can sign in."""
    return Buyer.objects.filter(
        company=company, role=Buyer.Role.OWNER, is_active=True, user__is_active=True
    )


def approvers(legal_entity: LegalEntity) -> QuerySet[Buyer]:
    """Those who may confirm another's order for this legal entity."""
    return Buyer.objects.filter(
        Q(role=Buyer.Role.OWNER) | Q(role=Buyer.Role.APPROVER, legal_entities=legal_entity),
        company=legal_entity.company_id,
        company__is_active=True,
        is_active=True,
        user__is_active=True,
    ).distinct()
