"""Coming in by an invitation: look at it, choose a password, or join with one's own account.

Rules: looking changes nothing, whoever looks (a messenger opens links to show what is there);
an invitation is taken under a lock, so of two at once one comes in; each reason why it can't
be taken has a sentence of its own, and a secret that doesn't fit says nothing about any other.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from b2b_overlay.shop import People, Person, Refusal, Refused

from . import access, guesses
from .invitations import may_let_in
from .models import Buyer, Invitation
from .secrets import hashes, is_code

__all__ = ["accept", "accept_as", "look", "used_by"]


def look(secret: str, *, address: str = "") -> Invitation:
    """The open invitation behind a token, a link or a code. Raises :class:`Refused`.

    ``address``: where the guess comes from; wrong codes are counted by it.
    """
    found = _find(secret, address, Invitation.objects.all())
    _demand_open(found)
    return found


def used_by(secret: str, *, address: str = "") -> str:
    """The e-mail of the account that this invitation has let in; "" where it hasn't."""
    found = _find(secret, address, Invitation.objects.all())
    return found.buyer.user.email if found.used_at and found.buyer.is_active else ""


@transaction.atomic
def accept(people: People, secret: str, password: str, *, address: str = "") -> Person:
    """The account made for him is his: with this password. A password that the shop's rules
    don't pass leaves the invitation as it was."""
    found = _taken(secret, address)
    user_id = found.buyer.user_id
    if found.buyer.user.has_usable_password():
        raise Refused(_used())
    people.set_password(user_id, password)
    return people.get([user_id])[user_id]


@transaction.atomic
def accept_as(people: People, user: access.User, secret: str, *, address: str = "") -> Buyer:
    """He joins with the account he has; the one made for him lets nobody in any more."""
    found = _taken(secret, address)
    if found.purpose != Invitation.Purpose.JOIN:
        sentence = _("This is a new password for another account: choose it first.")
        raise Refused(Refusal("INVALID", sentence))
    buyer, made_for_him = found.buyer, found.buyer.user_id
    mine = Buyer.objects.select_for_update().filter(user_id=user.pk, company=buyer.company_id)
    if (already := mine.first()) is not None:
        buyer = _in_place_of(already, buyer)
    else:
        buyer.user_id = user.pk
        buyer.save(update_fields=["user"])
    if made_for_him != user.pk and not Buyer.objects.filter(user=made_for_him).exists():
        people.shut_out(made_for_him)
    return Buyer.objects.select_related("user", "company").get(pk=buyer.pk)


def _in_place_of(already: Buyer, invited: Buyer) -> Buyer:
    """He was the company's buyer and was removed: he is again, with the rights he was invited
    with; nothing refers to the membership made for him but its invitations."""
    if already.pk == invited.pk:
        return already
    if already.is_active:
        sentence = _("You buy for «%(company)s» already: there is nothing to join.")
        raise Refused(Refusal("INVALID", sentence % {"company": already.company}))
    for field in ("role", "spending_limit", "limit_currency", "name"):
        setattr(already, field, getattr(invited, field))
    already.is_active = True
    already.save()
    already.legal_entities.set(invited.legal_entities.all())
    invited.invitations.update(buyer=already)
    invited.delete()
    return already


# ------------------------------------------------------------------------- what is found


def _find(secret: str, address: str, rows: QuerySet[Invitation]) -> Invitation:
    if is_code(secret):
        guesses.demand_patience(address)
    rows = rows.select_related("buyer__user", "buyer__company", "created_by")
    found = rows.filter(**hashes(secret)).first()
    if found is None:
        guesses.missed(address)
        sentence = _(
            "There is no such invitation. Check the code, or ask whoever invited you for a new one."
        )
        raise Refused(Refusal("NOT_FOUND", sentence))
    return found


def _taken(secret: str, address: str) -> Invitation:
    """The invitation, locked, found to be open, and used from here on."""
    locked = Invitation.objects.select_for_update(of=("self",))
    found = _find(secret, address, locked)
    _demand_open(found)
    found.used_at = timezone.now()
    found.save(update_fields=["used_at"])
    return found


def _demand_open(invitation: Invitation) -> None:
    if (refusal := _closed(invitation)) is not None:
        raise Refused(refusal)


def _closed(invitation: Invitation) -> Refusal | None:
    """Why it can't be taken, for its holder."""
    buyer, whose = invitation.buyer, {"company": invitation.buyer.company}
    day = formats.date_format(timezone.localtime(invitation.expires_at), "SHORT_DATE_FORMAT")
    if invitation.used_at:
        return _used()
    if invitation.revoked_at:
        return _withdrawn()
    if invitation.expires_at <= timezone.now():
        text = _("This invitation was good until %(day)s. Ask whoever invited you for a new one.")
        return _invalid(text % {"day": day})
    if not buyer.is_active or not buyer.user.is_active:
        text = _("«%(company)s» has closed your access since. Ask whoever invited you.")
        return _invalid(text % whose)
    if not buyer.company.is_active:
        text = _(
            "Wholesale is switched off for «%(company)s» just now. The invitation stays good "
            "until %(day)s: come back later, or ask your manager."
        )
        return _invalid(text % {**whose, "day": day})
    return None if may_let_in(invitation.created_by, buyer) else _withdrawn()


def _invalid(sentence: str) -> Refusal:
    return Refusal("INVALID", sentence)


def _used() -> Refusal:
    sentence = _(
        "This invitation has been used. Sign in with the login and the password chosen then; if "
        "it wasn't you, tell whoever invited you at once."
    )
    return _invalid(sentence)


def _withdrawn() -> Refusal:
    return _invalid(_("This invitation was withdrawn. Ask whoever invited you for a new one."))
