"""Accounts without e-mail, invitations and new passwords: for owners, the desk, and whoever
was invited."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import graphene

from b2b_overlay import logins
from b2b_overlay.company import access, coming_in, invitations
from b2b_overlay.company.models import Buyer, Company, Invitation
from b2b_overlay.company.secrets import Secrets
from b2b_overlay.company.standing import Standing, standing
from b2b_overlay.shop import Refused, get_shop

from . import types
from .context import current_user
from .fields import list_of
from .ids import find, numbers, readable
from .payload import Payload, signed_in
from .people import buyer_of

__all__ = ["Mutations", "Queries"]


class B2BInvitation(graphene.ObjectType):
    purpose = graphene.String(description="join or password; null where it can't be taken.")
    company = graphene.String(description="Name of the company that invites.")
    name = graphene.String(description="Whom it is for.")
    role = graphene.String(description="owner, buyer, approver, accountant or viewer.")
    login = graphene.String(description="What he will sign in with.")
    expires_at = types.DateTime(description="Until when it is good.")
    problem = graphene.String(description="Why it can't be taken, a sentence for its holder.")

    class Meta:
        description = "What an invitation's holder sees (приглашение)." + types.ADDED_IN_02


class B2BInvitationSecrets(graphene.ObjectType):
    token = graphene.String(
        required=True, description="For the link: «<cabinet>/join/<token>/», or a page of yours."
    )
    code = graphene.String(required=True, description="Twelve digits to read out.")
    login = graphene.String(required=True, description="What he will sign in with.")
    email = graphene.String(
        required=True, description="What the shop's own tokenCreate takes; never mailed."
    )
    expires_at = types.DateTime(required=True, description="Until when they are good.")

    class Meta:
        description = "What lets one person in, once; shown only here." + types.ADDED_IN_02


class B2BWayIn(graphene.ObjectType):
    buyer = graphene.Field(types.B2BBuyer, required=True, description="Who.")
    login = graphene.String(required=True, description="What he signs in with.")
    state = graphene.String(
        required=True, description="joined, invited, new_password, expired or revoked."
    )
    until = types.DateTime(description="Until when what is open for him is good.")
    can_be_invited = graphene.Boolean(required=True, description="He has never come.")
    can_be_reset = graphene.Boolean(required=True, description="His account has a login only.")

    class Meta:
        description = "How a buyer's way in stands." + types.ADDED_IN_02


def _way_in(buyer: Buyer) -> B2BWayIn:
    found: Standing = standing(buyer)
    return B2BWayIn(
        buyer=buyer,
        login=logins.shown(buyer.user.email),
        state=found.state.value,
        until=found.until,
        can_be_invited=found.can_be_invited,
        can_be_reset=found.can_be_reset,
    )


def _secrets(invitation: Invitation, made: Secrets) -> B2BInvitationSecrets:
    email = invitation.buyer.user.email
    return B2BInvitationSecrets(
        token=made.token,
        code=made.code,
        login=logins.shown(email),
        email=email,
        expires_at=invitation.expires_at,
    )


def _address(info: Any) -> str:
    return get_shop().people.address(info.context)


class Queries(graphene.ObjectType):
    b2b_invitation = graphene.Field(
        B2BInvitation,
        required=True,
        secret=graphene.String(required=True, description="The token or the code."),
        description="Look at an invitation; looking uses nothing. For anyone who holds it."
        + types.ADDED_IN_02,
    )
    b2b_ways_in = list_of(
        B2BWayIn,
        required=True,
        company=graphene.ID(required=True, description="Global id of the company."),
        description="How each of a company's people comes in, for its owner and for the desk; "
        "empty for others." + types.ADDED_IN_02,
    )

    @staticmethod
    def resolve_b2b_invitation(root: Any, info: Any, secret: str) -> B2BInvitation:
        try:
            found = coming_in.look(secret, address=_address(info))
        except Refused as refused:
            return B2BInvitation(problem=str(refused))
        return B2BInvitation(
            purpose=found.purpose,
            company=found.buyer.company.name,
            name=found.buyer.called,
            role=found.buyer.role,
            login=logins.shown(found.buyer.user.email),
            expires_at=found.expires_at,
        )

    @staticmethod
    def resolve_b2b_ways_in(root: Any, info: Any, company: str) -> list[B2BWayIn]:
        user = current_user(info)
        rows = access.people(user).filter(
            company__in=readable([company], "B2BCompany"), is_active=True
        )
        rows = rows.select_related("user", "company").prefetch_related("invitations")
        return [_way_in(row) for row in rows.order_by("pk")]


class BuyerCreateInput(graphene.InputObjectType):
    company = graphene.ID(required=True, description="The company he will buy for.")
    name = graphene.String(required=True, description="How the company calls him.")
    email = graphene.String(
        description="Of a new account, where there is one; for the desk only.", default_value=""
    )
    login = graphene.String(
        description="3 to 32 of a-z, 0-9, dots and hyphens. Not given: made of the name.",
        default_value="",
    )
    role = graphene.String(
        default_value=Buyer.Role.BUYER.value,
        description="owner, buyer, approver, accountant or viewer.",
    )
    legal_entities = list_of(graphene.ID, description="Those he may buy for. Not given: all.")
    spending_limit = types.Decimal(description="An order of more waits for an approver.")
    limit_currency = graphene.String(default_value="RUB", description="ISO 4217 code.")
    days = graphene.Int(default_value=invitations.TERM, description="How long he may take.")

    class Meta:
        name = "B2BBuyerCreateInput"
        description = "Somebody who has no account in the shop." + types.ADDED_IN_02


class BuyerCreate(Payload):
    buyer = graphene.Field(types.B2BBuyer, description="The new buyer.")
    invitation = graphene.Field(B2BInvitationSecrets, description="Hand it to him.")

    class Meta:
        name = "B2BBuyerCreate"
        description = (
            "Make an account for somebody who needs neither e-mail nor phone, and an invitation "
            "to it. For the company's owner and the desk." + types.ADDED_IN_02
        )

    class Arguments:
        input = BuyerCreateInput(required=True, description="Who, and what he may.")

    @classmethod
    def mutate(cls, root: Any, info: Any, input: Mapping[str, Any]) -> BuyerCreate:
        user = signed_in(info)
        buyer, made = invitations.make_buyer(
            user,
            get_shop().people,
            find(Company, input["company"]),
            name=input["name"],
            email=input.get("email") or "",
            login=input.get("login") or "",
            role=input["role"],
            legal_entity_ids=numbers(input.get("legal_entities") or (), "B2BLegalEntity"),
            spending_limit=input.get("spending_limit"),
            limit_currency=input["limit_currency"],
            days=input["days"],
        )
        invitation = Invitation.objects.get(token_hash=made.token_hash)
        return cls(buyer=buyer, invitation=_secrets(invitation, made))


class InvitationCreate(Payload):
    buyer = graphene.Field(types.B2BBuyer, description="Whom it is for.")
    invitation = graphene.Field(B2BInvitationSecrets, description="Hand it to him.")

    class Meta:
        name = "B2BInvitationCreate"
        description = (
            "Invite again somebody who hasn't come yet; earlier invitations are void. For the "
            "company's owner and the desk." + types.ADDED_IN_02
        )

    class Arguments:
        buyer = graphene.ID(required=True, description="The buyer.")
        days = graphene.Int(
            default_value=invitations.TERM, description="How long he may take, at most 90."
        )

    @classmethod
    def mutate(cls, root: Any, info: Any, buyer: str, days: int) -> InvitationCreate:
        user = signed_in(info)
        invitation, made = invitations.invite(user, buyer_of(user, buyer), days=days)
        return cls(buyer=invitation.buyer, invitation=_secrets(invitation, made))


class InvitationRevoke(Payload):
    buyer = graphene.Field(types.B2BBuyer, description="Whom it was for.")

    class Meta:
        name = "B2BInvitationRevoke"
        description = (
            "Withdraw what is open for a buyer. For the company's owner and the desk."
            + types.ADDED_IN_02
        )

    class Arguments:
        buyer = graphene.ID(required=True, description="The buyer.")

    @classmethod
    def mutate(cls, root: Any, info: Any, buyer: str) -> InvitationRevoke:
        user = signed_in(info)
        found = buyer_of(user, buyer)
        invitations.revoke(user, found)
        return cls(buyer=found)


class InvitationAccept(Payload):
    login = graphene.String(description="What he signs in with on the cabinet's pages.")
    email = graphene.String(description="What the shop's own tokenCreate takes.")

    class Meta:
        name = "B2BInvitationAccept"
        description = (
            "Take an invitation: choose the password of the account that was made, or, signed in "
            "and without a password, join with one's own account. For anyone who holds it."
            + types.ADDED_IN_02
        )

    class Arguments:
        secret = graphene.String(required=True, description="The token or the code.")
        password = graphene.String(description="The password he has thought up.")

    @classmethod
    def mutate(
        cls, root: Any, info: Any, secret: str, password: str | None = None
    ) -> InvitationAccept:
        people, address = get_shop().people, _address(info)
        if password:
            email = coming_in.accept(people, secret, password, address=address).email
        else:
            user = signed_in(info)
            email = coming_in.accept_as(people, user, secret, address=address).user.email
        return cls(login=logins.shown(email), email=email)


class PasswordReset(Payload):
    buyer = graphene.Field(types.B2BBuyer, description="Whom it is for.")
    invitation = graphene.Field(B2BInvitationSecrets, description="Hand it to him.")

    class Meta:
        name = "B2BPasswordReset"
        description = (
            "Void the password of an account without e-mail, at once, and give its holder a way "
            "to choose a new one. For the desk, and for the owner in whose companies alone the "
            "account has been." + types.ADDED_IN_02
        )

    class Arguments:
        buyer = graphene.ID(required=True, description="The buyer.")

    @classmethod
    def mutate(cls, root: Any, info: Any, buyer: str) -> PasswordReset:
        user, people = signed_in(info), get_shop().people
        invitation, made = invitations.reset_password(user, people, buyer_of(user, buyer))
        return cls(buyer=invitation.buyer, invitation=_secrets(invitation, made))


class Mutations(graphene.ObjectType):
    b2b_buyer_create = BuyerCreate.Field()
    b2b_invitation_create = InvitationCreate.Field()
    b2b_invitation_revoke = InvitationRevoke.Field()
    b2b_invitation_accept = InvitationAccept.Field()
    b2b_password_reset = PasswordReset.Field()
