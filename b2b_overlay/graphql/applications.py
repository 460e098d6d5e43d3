"""Applications of retail customers, and the sales desk's decisions on them."""

from __future__ import annotations

import base64
import binascii
from typing import Any

import graphene
from django.utils.translation import gettext as _

from b2b_overlay.company import access, applications
from b2b_overlay.company.matches import Match, matches
from b2b_overlay.company.models import Application, Buyer
from b2b_overlay.ordering import admission, invoices
from b2b_overlay.shop import Refusal, Refused, get_shop

from . import types
from .answers import demand_desk, page
from .context import current_user
from .fields import global_id, list_of
from .ids import find, number, numbers, readable
from .payload import Payload, desk, signed_in
from .types import ADDED_IN_02, DateTime

__all__ = ["Mutations", "Queries"]


class B2BApplicationState(graphene.Enum):
    NEW = "new"
    ASKED = "asked"
    ADMITTED = "admitted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"

    class Meta:
        description = "What has become of an application." + ADDED_IN_02


class B2BApplicationMessage(graphene.ObjectType):
    text = graphene.String(required=True, description="What was written.")
    from_shop = graphene.Boolean(required=True, description="False: the customer wrote it.")
    created_at = DateTime(required=True, description="When.")

    class Meta:
        description = "A question, an answer, or why it was refused." + ADDED_IN_02


class B2BApplicationMatch(graphene.ObjectType):
    legal_entity = graphene.Field(
        types.B2BLegalEntity, required=True, description="Whom the application may be about."
    )
    reasons = list_of(graphene.String, required=True, description="Why, in words.")
    company = graphene.Field(
        types.B2BCompany, description="Whose the legal entity is already; null: nobody's."
    )
    owners = list_of(
        types.B2BBuyer,
        required=True,
        description="Owners of that company, who could invite the customer.",
    )

    class Meta:
        description = "A legal entity that an application may be about." + ADDED_IN_02


class B2BApplication(graphene.ObjectType):
    id = global_id("B2BApplication", description="Global id.")
    state = graphene.Field(B2BApplicationState, required=True, description="What has become of it.")
    inn = graphene.String(required=True, description="As typed, without blanks.")
    invoice = graphene.String(required=True, description="Number of an invoice of the shop's.")
    company_name = graphene.String(required=True, description="How the customer calls it.")
    contact = graphene.String(required=True, description="Contact person.")
    phone = graphene.String(required=True, description="Phone.")
    comment = graphene.String(required=True, description="The customer's comment.")
    card_name = graphene.String(required=True, description="Name of the attached file, or empty.")
    card = graphene.String(description="The attached file, as base64; null: there is none.")
    created_at = DateTime(required=True, description="When it was sent.")
    decided_at = DateTime(description="When it was decided; null: it is open.")
    messages = list_of(B2BApplicationMessage, required=True, description="The oldest first.")
    notices = list_of(
        graphene.String,
        required=True,
        description="What the customer should look at: a slip in the INN, an INN that somebody "
        "buys with already.",
    )
    email = graphene.String(required=True, description="The customer's account in the shop.")
    legal_entity = graphene.Field(
        types.B2BLegalEntity, description="Whom he was admitted for. For the desk."
    )
    matches = list_of(
        B2BApplicationMatch,
        required=True,
        description="Legal entities it may be about, the likeliest first. Empty but for the desk.",
    )

    class Meta:
        description = "A customer asks to buy wholesale (заявка)." + ADDED_IN_02

    @staticmethod
    def resolve_card(root: Application, info: Any) -> str | None:
        return base64.b64encode(bytes(root.card)).decode() if root.card_name else None

    @staticmethod
    def resolve_messages(root: Application, info: Any) -> Any:
        return root.messages.all()

    @staticmethod
    def resolve_notices(root: Application, info: Any) -> list[str]:
        return applications.notices(root)

    @staticmethod
    def resolve_email(root: Application, info: Any) -> str:
        return str(root.user.email)

    @staticmethod
    def resolve_legal_entity(root: Application, info: Any) -> Any:
        return root.legal_entity if access.is_desk(current_user(info)) else None

    @staticmethod
    def resolve_matches(root: Application, info: Any) -> list[Match]:
        if not access.is_desk(current_user(info)):
            return []
        return matches(root, invoices.find(root.invoice))


class Queries(graphene.ObjectType):
    b2b_my_application = graphene.Field(
        B2BApplication,
        description="The user's newest application; null: he has never applied." + ADDED_IN_02,
    )
    b2b_applications = list_of(
        B2BApplication,
        required=True,
        state=B2BApplicationState(description="Only those in this state."),
        ids=list_of(graphene.ID, description="Only these."),
        first=graphene.Int(default_value=20, description="At most 100."),
        description="Applications, the newest first. For the desk." + ADDED_IN_02,
        deprecation_reason="Use `b2bApplicationsConnection`.",
    )

    @staticmethod
    def resolve_b2b_my_application(root: Any, info: Any) -> Application | None:
        return applications.latest(current_user(info))

    @staticmethod
    def resolve_b2b_applications(
        root: Any,
        info: Any,
        state: str | None = None,
        ids: list[str] | None = None,
        first: int = 20,
    ) -> list[Application]:
        found = applications.at_desk(demand_desk(info))
        if state is not None:
            found = found.filter(state=state)
        if ids is not None:
            found = found.filter(pk__in=readable(ids, "B2BApplication"))
        return list(found[page(first)])


class B2BApplicationCardInput(graphene.InputObjectType):
    name = graphene.String(required=True, description="Name of the file.")
    content = graphene.String(
        required=True,
        description="Its bytes as base64: PDF, JPG, PNG, Word, Excel or text, at most 10 MB, and "
        "with the whole request no more than the shop takes (DATA_UPLOAD_MAX_MEMORY_SIZE).",
    )

    class Meta:
        description = "A card of the enterprise." + ADDED_IN_02


class B2BApplicationInput(graphene.InputObjectType):
    inn = graphene.String(default_value="", description="INN; or give the invoice.")
    invoice = graphene.String(default_value="", description="Number of any invoice of the shop's.")
    company_name = graphene.String(default_value="", description="How the company is called.")
    contact = graphene.String(default_value="", description="Contact person.")
    phone = graphene.String(default_value="", description="Phone.")
    comment = graphene.String(default_value="", description="At most 2,000 characters.")
    card = B2BApplicationCardInput(description="Card of the enterprise.")

    class Meta:
        description = "What a customer tells of himself." + ADDED_IN_02


def _card(given: Any) -> tuple[str, bytes]:
    if given is None:
        return "", b""
    try:
        content = base64.b64decode(given["content"], validate=True)
    except (binascii.Error, ValueError) as error:
        raise Refused(Refusal("INVALID", _("The card of the enterprise isn't base64."))) from error
    return given["name"] or "card", content


class ApplicationSubmit(Payload):
    application = graphene.Field(B2BApplication, description="Sent now, or open already.")

    class Meta:
        name = "B2BApplicationSubmit"
        description = (
            "Apply to buy wholesale. A customer has one open application: asking twice answers "
            "with the same one." + ADDED_IN_02
        )

    class Arguments:
        input = B2BApplicationInput(required=True, description="Who, and what about.")

    @classmethod
    def mutate(cls, root: Any, info: Any, input: Any) -> ApplicationSubmit:
        user = signed_in(info)
        card_name, card = _card(input.get("card"))
        typed: dict[str, str] = {k: v or "" for k, v in input.items() if k != "card"}
        made = applications.submit(user, **typed, card_name=card_name, card=card)
        return cls(application=made)


class ApplicationAnswer(Payload):
    application = graphene.Field(B2BApplication, description="As it is now.")

    class Meta:
        name = "B2BApplicationAnswer"
        description = "Answer what the shop asked, or add something." + ADDED_IN_02

    class Arguments:
        id = graphene.ID(required=True, description="The user's own application.")
        text = graphene.String(required=True, description="At most 2,000 characters.")

    @classmethod
    def mutate(cls, root: Any, info: Any, id: str, text: str) -> ApplicationAnswer:
        user = signed_in(info)
        found = find(applications.own(user), id)
        return cls(application=applications.answer(user, found, text))


class ApplicationWithdraw(Payload):
    application = graphene.Field(B2BApplication, description="As it is now.")

    class Meta:
        name = "B2BApplicationWithdraw"
        description = "Take one's application back." + ADDED_IN_02

    class Arguments:
        id = graphene.ID(required=True, description="The user's own application.")

    @classmethod
    def mutate(cls, root: Any, info: Any, id: str) -> ApplicationWithdraw:
        user = signed_in(info)
        found = find(applications.own(user), id)
        return cls(application=applications.withdraw(user, found))


class ApplicationAsk(Payload):
    application = graphene.Field(B2BApplication, description="As it is now.")

    class Meta:
        name = "B2BApplicationAsk"
        description = "Ask the customer something. For the desk." + ADDED_IN_02

    class Arguments:
        id = graphene.ID(required=True, description="The application.")
        text = graphene.String(required=True, description="The question.")

    @classmethod
    def mutate(cls, root: Any, info: Any, id: str, text: str) -> ApplicationAsk:
        user = desk(info)
        return cls(application=applications.ask(user, find(applications.at_desk(user), id), text))


class ApplicationRefuse(Payload):
    application = graphene.Field(B2BApplication, description="As it is now.")

    class Meta:
        name = "B2BApplicationRefuse"
        description = "Refuse, and say why. For the desk." + ADDED_IN_02

    class Arguments:
        id = graphene.ID(required=True, description="The application.")
        reason = graphene.String(required=True, description="The customer reads it.")

    @classmethod
    def mutate(cls, root: Any, info: Any, id: str, reason: str) -> ApplicationRefuse:
        user = desk(info)
        return cls(
            application=applications.refuse(user, find(applications.at_desk(user), id), reason)
        )


class B2BApplicationAdmitInput(graphene.InputObjectType):
    id = graphene.ID(required=True, description="The application.")
    legal_entity = graphene.ID(
        description="Whom he buys for; not given: a new legal entity of what he wrote."
    )
    company = graphene.ID(
        description="The company he joins; not given: the legal entity's own, else a new one."
    )
    name = graphene.String(
        default_value="", description="Of the new legal entity and company; else as he wrote."
    )
    role = graphene.String(
        default_value="",
        description="owner, buyer, approver, accountant or viewer; not given: owner where the "
        "company has none, else buyer.",
    )
    legal_entities = list_of(
        graphene.ID, description="Others of the company that he may buy for as well."
    )

    class Meta:
        description = "How a customer is let in." + ADDED_IN_02


class ApplicationAdmit(Payload):
    application = graphene.Field(B2BApplication, description="As it is now.")
    buyer = graphene.Field(types.B2BBuyer, description="The customer as a buyer.")
    missing = list_of(
        graphene.String, description="What he lacks before he sees his own prices, in sentences."
    )

    class Meta:
        name = "B2BApplicationAdmit"
        description = (
            "Let the customer buy for a legal entity. B2B is not switched on by this. For the desk."
            + ADDED_IN_02
        )

    class Arguments:
        input = B2BApplicationAdmitInput(required=True, description="Whom, and as what.")

    @classmethod
    def mutate(cls, root: Any, info: Any, input: Any) -> ApplicationAdmit:
        user = desk(info)
        found = find(applications.at_desk(user), input["id"])
        entity, company = input.get("legal_entity"), input.get("company")
        buyer: Buyer = applications.admit(
            user,
            get_shop().people,
            found,
            legal_entity_id=number(entity, "B2BLegalEntity") if entity else None,
            company_id=number(company, "B2BCompany") if company else None,
            name=input.get("name") or "",
            role=input.get("role") or "",
            legal_entity_ids=numbers(input.get("legal_entities") or (), "B2BLegalEntity"),
        )
        found.refresh_from_db()
        return cls(application=found, buyer=buyer, missing=admission.missing(buyer))


class Mutations(graphene.ObjectType):
    b2b_application_submit = ApplicationSubmit.Field()
    b2b_application_answer = ApplicationAnswer.Field()
    b2b_application_withdraw = ApplicationWithdraw.Field()
    b2b_application_ask = ApplicationAsk.Field()
    b2b_application_refuse = ApplicationRefuse.Field()
    b2b_application_admit = ApplicationAdmit.Field()
