"""Getting in without INN, e-mail or phone: accounts made for buyers, invitations, passwords.

Done by the sales desk and by the company's owner. Rules kept here:

* an invitation lets one person in, once, until its term; a new one ends the earlier ones;
* its secrets are shown to whoever makes it, once, and kept as hashes (:mod:`.secrets`);
* nobody is let into an account that already is somebody's: an invitation gives a password to
  an account that has none; a forgotten one is replaced only where the account has no e-mail,
  by the desk, or by an owner in whose companies alone the account has ever been;
* an owner makes accounts without e-mail only: an e-mail is proof of nothing in his hands, and
  whether the shop knows it is none of his business. Who has an account joins with it himself;
* whoever made an invitation must still be allowed to when it is used.
"""

from __future__ import annotations

import secrets as randomness
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from b2b_overlay import logins
from b2b_overlay.shop import People, Person, Refusal, Refused

from . import access, membership
from .models import Buyer, Company, Invitation
from .secrets import Secrets

__all__ = ["TERM", "invite", "make_buyer", "may_let_in", "reset_password", "revoke"]

#: Days an invitation is good for, and the most that can be asked.
TERM, LONGEST = 14, 90


# ------------------------------------------------------------------------ a buyer is made


@transaction.atomic
def make_buyer(
    by: access.User,
    people: People,
    company: Company,
    *,
    name: str,
    email: str = "",
    login: str = "",
    role: str = Buyer.Role.BUYER,
    legal_entity_ids: Iterable[int] = (),
    spending_limit: Decimal | None = None,
    limit_currency: str = "RUB",
    days: int = TERM,
    seed: tuple[object, ...] = (),
) -> tuple[Buyer, Secrets]:
    """An account for somebody who has none, his membership, and an invitation to him.

    ``legal_entity_ids`` empty: all of the company's. ``seed``: of the form that asked; the
    same form sent again answers with the same buyer and the same secrets.
    """
    membership.demand_people(by, company)
    # One at a time: the same form, sent twice at one moment, finds what it has made.
    Company.objects.select_for_update(no_key=True).get(pk=company.pk)
    made = _secrets(seed, by.pk, company.pk, name, login, email)
    if again := _already(made):
        return again.buyer, made
    if not name.strip():
        raise Refused(Refusal("REQUIRED", _("Say whom you invite: a name or a position.")))
    given = membership.rights(
        company,
        role=role,
        legal_entity_ids=set(legal_entity_ids) or _all_of(company),
        spending_limit=spending_limit,
        limit_currency=limit_currency,
        name=name,
    )
    person = _account(by, people, given.name, email.strip(), login.strip().lower())
    buyer = Buyer.objects.create(
        user_id=person.id,
        company=company,
        role=given.role,
        name=given.name,
        spending_limit=given.spending_limit,
        limit_currency=given.limit_currency,
    )
    buyer.legal_entities.set(given.legal_entities)
    _issue(by, buyer, Invitation.Purpose.JOIN, days, made)
    return buyer, made


def _all_of(company: Company) -> Iterable[int]:
    able = company.legal_entities.filter(merged_into=None, is_active=True)
    return able.values_list("pk", flat=True)


def _secrets(seed: tuple[object, ...], *whom: object) -> Secrets:
    return Secrets.make(*seed, *whom) if seed else Secrets.make()


def _already(made: Secrets) -> Invitation | None:
    """What these very secrets were made for; refused once they are of no more use."""
    found = Invitation.objects.filter(token_hash=made.token_hash).select_related("buyer").first()
    if found is not None and (found.used_at or found.revoked_at):
        sentence = _("This form was sent already. Open the list: what it made is there.")
        raise Refused(Refusal("INVALID", sentence))
    return found


def _account(by: access.User, people: People, name: str, email: str, login: str) -> Person:
    """The shop's account: with the e-mail, with the login, or with a login of our own choice."""
    if email:
        return _with_email(by, people, name, email)
    if login:
        if not logins.is_login(login):
            sentence = _(
                "A login is 3 to 32 Latin letters and digits, with dots and hyphens between them."
            )
            raise Refused(Refusal("INVALID", sentence))
        if people.find(logins.address(login)):
            taken = _("The login «%(login)s» is taken. Choose another.") % {"login": login}
            raise Refused(Refusal("INVALID", taken))
        return people.create(logins.address(login), name)
    return _with_suggested_login(people, name)


def _with_suggested_login(people: People, name: str) -> Person:
    """``anna``, ``anna2``…; once those are gone, ``anna`` and four digits."""
    base = logins.suggest(name)
    ends = ["", *range(2, 10), *(randomness.randbelow(9000) + 1000 for _try in range(10))]
    for email in (logins.address(f"{base}{end}") for end in ends):
        if people.find(email) is None:
            return people.create(email, name)
    raise Refused(Refusal("INVALID", _("Choose a login for %(name)s.") % {"name": name}))


def _with_email(by: access.User, people: People, name: str, email: str) -> Person:
    if not access.is_desk(by):
        sentence = _(
            "Leave the e-mail empty: whoever has an account in the shop opens the invitation and "
            "joins with it himself."
        )
        raise Refused(Refusal("PERMISSION_DENIED", sentence))
    if logins.undeliverable(email):
        sentence = _("This is a login, not an e-mail: leave the e-mail empty.")
        raise Refused(Refusal("INVALID", sentence))
    if people.find(email):
        sentence = _(
            "The shop already has a customer with the e-mail «%(email)s»: add him as a buyer, he "
            "keeps his password."
        )
        raise Refused(Refusal("INVALID", sentence % {"email": email}))
    return people.create(email, name)


# ------------------------------------------------------------------------- an invitation


def _issue(by: access.User, buyer: Buyer, purpose: str, days: int, made: Secrets) -> Invitation:
    """Keep the hashes; whatever was open for this account's buyer is withdrawn."""
    if not 1 <= days <= LONGEST:
        sentence = _("An invitation is good for 1 to %(most)s days.") % {"most": LONGEST}
        raise Refused(Refusal("INVALID", sentence))
    now = timezone.now()
    _open(buyer).update(revoked_at=now)
    return Invitation.objects.create(
        buyer=buyer,
        purpose=purpose,
        token_hash=made.token_hash,
        code_hash=made.code_hash,
        expires_at=now + timedelta(days=days),
        created_by_id=by.pk,
    )


def _open(buyer: Buyer) -> QuerySet[Invitation]:
    return Invitation.objects.filter(buyer=buyer, used_at=None, revoked_at=None)


@transaction.atomic
def invite(
    by: access.User, buyer: Buyer, *, days: int = TERM, seed: tuple[object, ...] = ()
) -> tuple[Invitation, Secrets]:
    """Once more, for somebody who hasn't come yet; earlier invitations are void from now on."""
    found = _managed(by, buyer)
    _demand_giver(by, found)
    made = _secrets(seed, by.pk, found.pk)
    if again := _already(made):
        return again, made
    if found.user.has_usable_password() or not _waits(found):
        sentence = _("%(name)s has an account already and signs in with it.")
        raise Refused(Refusal("INVALID", sentence % {"name": found.called}))
    return _issue(by, found, Invitation.Purpose.JOIN, days, made), made


def _waits(buyer: Buyer) -> bool:
    """Was he invited, and hasn't his account been anybody's yet?"""
    joins = Invitation.objects.filter(buyer__user=buyer.user_id, purpose=Invitation.Purpose.JOIN)
    return joins.exists() and not joins.filter(used_at__isnull=False).exists()


@transaction.atomic
def revoke(by: access.User, buyer: Buyer) -> int:
    """Withdraw what is open for him; how many there were. Twice does no harm."""
    return _open(_managed(by, buyer)).update(revoked_at=timezone.now())


@transaction.atomic
def reset_password(
    by: access.User,
    people: People,
    buyer: Buyer,
    *,
    days: int = TERM,
    seed: tuple[object, ...] = (),
) -> tuple[Invitation, Secrets]:
    """The old password holds no more, at once; a link and a code to choose a new one."""
    found = _managed(by, buyer)
    _demand_giver(by, found)
    if not logins.is_ours(found.user.email):
        sentence = _("%(name)s has an e-mail and asks for a new password in the shop himself.")
        raise Refused(Refusal("INVALID", sentence % {"name": found.called}))
    if _waits(found):
        return invite(by, found, days=days, seed=seed)
    made = _secrets(seed, by.pk, found.pk)
    if again := _already(made):
        return again, made
    people.shut_out(found.user_id)
    return _issue(by, found, Invitation.Purpose.PASSWORD, days, made), made


# ---------------------------------------------------------------------------- who may


def _managed(by: access.User, buyer: Buyer) -> Buyer:
    """The buyer as he is now, locked; for a stranger there is none. Raises ``Refused`` for a
    colleague who doesn't manage people."""
    membership.demand_people(by, buyer.company)
    rows = Buyer.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("user", "company").get(pk=buyer.pk, is_active=True)


def may_let_in(by: access.User | None, buyer: Buyer) -> bool:
    """May he let somebody into this buyer's account? Never into that of the shop's staff; an
    owner only where the account has been in no company but his own."""
    if by is None or buyer.user.is_staff or not access.manages_people(by, buyer.company):
        return False
    if access.is_desk(by):
        return True
    others = Buyer.objects.filter(user=buyer.user_id).exclude(pk__in=access.people(by))
    return not others.exists()


def _demand_giver(by: access.User, buyer: Buyer) -> None:
    if not may_let_in(by, buyer):
        sentence = _("Only the shop's manager can give %(name)s a new way in.")
        raise Refused(Refusal("PERMISSION_DENIED", sentence % {"name": buyer.called}))
