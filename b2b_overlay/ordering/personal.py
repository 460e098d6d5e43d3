"""What orders keep of a person, and his erasure whole: memberships, carts, account.

An order is a document: it stays with its number, day and sum. Only what he wrote in it of
himself is overwritten, and what he wrote to an approver goes.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from b2b_overlay.company import access, membership, personal
from b2b_overlay.company.admit import demand_desk
from b2b_overlay.company.models import Buyer, Erasure, Invitation
from b2b_overlay.company.personal import USER, Columns, Mentions, Subject
from b2b_overlay.pricing.models import PriceRequest
from b2b_overlay.shop import Refusal, Refused, Shop

from .checkouts import open_carts
from .models import Approval, WholesaleOrder

__all__ = ["erase_person"]


def _orders(subject: Subject) -> Q | None:
    return Q(user=subject.id) if subject.kind == USER else Q(legal_entity=subject.id)


def _approvals(subject: Subject) -> Q | None:
    return Q(buyer__user=subject.id) if subject.kind == USER else None


def _events_of_approvals(subject: Subject) -> Q:
    return Q(buyer__in=Buyer.objects.filter(user=subject.id).values("pk"))


personal.KEEPERS += [
    Columns(
        model=Approval,
        names=("comment",),
        purpose=gettext_lazy("to have an order confirmed"),
        rows=_approvals,
        events=_events_of_approvals,
    ),
    Columns(
        model=WholesaleOrder,
        names=("number", "placed_at", "total", "currency"),
        purpose=gettext_lazy("documents: accounts are kept by law"),
        rows=_orders,
        stays=True,
    ),
    Mentions(WholesaleOrder, ("comment",)),
    Mentions(Approval, ("comment", "reason")),
    Mentions(PriceRequest, ("reason", "answer")),
]


def erase_person(
    shop: Shop, by: access.User, user_id: int, reason: str, also: Iterable[str] = ()
) -> Erasure:
    """Erase a person everywhere. He buys for nobody any more, what he asked for lapses, his
    invitations let nobody in, his carts go. Raises :class:`Refused`, or ``DoesNotExist``;
    nothing is changed then. A second time finds what came since."""
    demand_desk(by)
    if by.pk == user_id:
        raise Refused(Refusal("INVALID", _("Nobody erases himself: ask a colleague.")))
    subject = personal.subject_of_user(shop.people, user_id, also)
    with transaction.atomic():
        for own in Buyer.objects.filter(user=user_id, is_active=True).select_related("company"):
            membership.remove(by, own)
        now = timezone.now()
        asked = Approval.objects.filter(buyer__user=user_id, state=Approval.State.WAITING)
        asked.update(state=Approval.State.LAPSED, decided_at=now)
        open_ones = Invitation.objects.filter(buyer__user=user_id, used_at=None, revoked_at=None)
        open_ones.update(revoked_at=now)
        done = personal.erase_user(by, shop.people, subject, reason)
        open_carts(Q(user=user_id)).delete()
    return done
