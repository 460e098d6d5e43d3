"""The invoice of an order and the organisations that sell, in GraphQL."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import graphene
from graphql import GraphQLError

from b2b_overlay.ordering.invoice import Invoice, InvoiceLine, invoice_for
from b2b_overlay.shop import Refused
from b2b_overlay.terms.models import Organization
from b2b_overlay.terms.organizations import Details, save_organization

from . import types
from .answers import demand_desk, or_null
from .context import current_user
from .fields import global_id, list_of, of
from .ids import find_named, text
from .payload import Payload, desk
from .types import ADDED_IN_02, Date, Decimal

__all__ = ["Mutations", "Queries"]


def _text(what: str) -> graphene.String:
    return graphene.String(required=True, description=what + ADDED_IN_02)


def _money(what: str, *, required: bool = True) -> graphene.Field:
    return graphene.Field(types.B2BMoney, required=required, description=what + ADDED_IN_02)


class B2BOrganization(graphene.ObjectType):
    id = global_id("B2BOrganization", description="Its id." + ADDED_IN_02)
    name = _text("As people call it.")
    full_name = _text("As it is registered.")
    inn = _text("INN.")
    kpp = _text("KPP.")
    address = _text("Its address.")
    account = _text("Where buyers pay to.")
    bic = _text("The bank's BIC.")
    bank_name = _text("The bank.")
    correspondent = _text("The bank's correspondent account.")
    director = _text("Who signs.")
    accountant = _text("Who signs beside him.")

    class Meta:
        description = "One of the shop's own legal entities, which sells." + ADDED_IN_02


class B2BInvoiceLine(graphene.ObjectType):
    position = graphene.Int(required=True, description="From 1." + ADDED_IN_02)
    article = _text("Article.")
    name = _text("What it is.")
    quantity = Decimal(required=True, description="In ``unit``." + ADDED_IN_02)
    unit = _text("The unit the price was quoted for.")
    price = _money("Of one unit.")
    total = _money("Of the line.")
    vat_rate = Decimal(description="Percent; null: see ``isVatExempt``." + ADDED_IN_02)
    is_vat_exempt = graphene.Boolean(
        required=True, description="«Без НДС», which is not 0 %." + ADDED_IN_02
    )
    vat = _money("The line's VAT.")

    class Meta:
        description = "A line as it was agreed." + ADDED_IN_02


class B2BInvoiceVat(graphene.ObjectType):
    rate = Decimal(description="Percent; null: «без НДС»." + ADDED_IN_02)
    base = _money("Sum of the lines of this rate, as they stand.")
    vat = _money("Sum of their VAT.")

    class Meta:
        description = "The VAT of one rate, summed over lines." + ADDED_IN_02


class B2BInvoice(graphene.ObjectType):
    number = _text("The order's.")
    date = Date(
        required=True, resolver=of("day"), description="The day of the order." + ADDED_IN_02
    )
    order = graphene.Field(types.B2BOrder, required=True, description="Of it." + ADDED_IN_02)
    seller = graphene.Field(
        B2BOrganization, required=True, description="Whom to pay." + ADDED_IN_02
    )
    payer = graphene.Field(
        types.B2BLegalEntity, required=True, description="Who pays." + ADDED_IN_02
    )
    contract = graphene.Field(types.B2BContract, description="By which." + ADDED_IN_02)
    lines = list_of(B2BInvoiceLine, required=True, description="Goods." + ADDED_IN_02)
    vat_included = graphene.Boolean(required=True, description="In the prices?" + ADDED_IN_02)
    vat_parts = list_of(B2BInvoiceVat, required=True, description="By rate." + ADDED_IN_02)
    vat = _money("VAT in all.")
    total = _money("To pay, to the kopeck what the order comes to.")
    in_words = _text("The same, in Russian words.")
    due_date = Date(description="Pay by; null: not told." + ADDED_IN_02)
    purpose = _text("Purpose of payment, to be copied into the bank's form.")
    code = _text("Text of the QR code (GOST R 56042-2014); empty: none can be given.")
    is_copy = graphene.Boolean(
        required=True, description="Has 1C a document of its own?" + ADDED_IN_02
    )
    onec_total = _money("What 1C says it comes to, where that differs.", required=False)

    class Meta:
        description = "счёт на оплату of an order: for payment only." + ADDED_IN_02

    @staticmethod
    def resolve_lines(root: Invoice, info: Any) -> list[InvoiceLine]:
        return list(root.lines)

    @staticmethod
    def resolve_vat_parts(root: Invoice, info: Any) -> Any:
        return list(root.vat_parts)


class OrganizationInput(graphene.InputObjectType):
    id = graphene.ID(description="The one to change; without it, a new one." + ADDED_IN_02)
    name = _text("As people call it.")
    full_name = graphene.String(description="As it is registered." + ADDED_IN_02)
    inn = graphene.String(description="INN." + ADDED_IN_02)
    kpp = graphene.String(description="KPP." + ADDED_IN_02)
    address = graphene.String(description="Its address." + ADDED_IN_02)
    account = graphene.String(description="Where buyers pay to." + ADDED_IN_02)
    bic = graphene.String(description="The bank's BIC." + ADDED_IN_02)
    bank_name = graphene.String(description="The bank." + ADDED_IN_02)
    correspondent = graphene.String(description="Correspondent account." + ADDED_IN_02)
    director = graphene.String(description="Who signs." + ADDED_IN_02)
    accountant = graphene.String(description="Who signs beside him." + ADDED_IN_02)

    class Meta:
        name = "B2BOrganizationInput"
        description = (
            "Requisites of an organisation; one that isn't given stays as it was." + ADDED_IN_02
        )


class OrganizationSave(Payload):
    organization = graphene.Field(B2BOrganization, description="As it is now." + ADDED_IN_02)

    class Meta:
        name = "B2BOrganizationSave"
        description = (
            "Write down an organisation or change one. For those who watch over prices."
            + ADDED_IN_02
        )

    class Arguments:
        input = OrganizationInput(required=True, description="What it is." + ADDED_IN_02)

    @classmethod
    def mutate(cls, root: Any, info: Any, input: Any) -> OrganizationSave:
        user = desk(info)
        known = find_named(Organization, input.get("id"))
        given = {each.name: _given(input, known, each.name) for each in fields(Details)}
        return cls(organization=save_organization(user, known, Details(**given)))


def _given(input: Any, known: Organization | None, name: str) -> str:
    if name in input:
        return input[name] or ""
    return str(getattr(known, name)) if known else ""


class Queries(graphene.ObjectType):
    b2b_invoice = graphene.Field(
        B2BInvoice,
        order_id=graphene.ID(
            required=True, description="Global id of the shop's own order." + ADDED_IN_02
        ),
        description="The invoice of an order the user may see; null: there is no such order. "
        "Where there can be no invoice, an error says why." + ADDED_IN_02,
    )
    b2b_organizations = list_of(
        B2BOrganization,
        required=True,
        description="The shop's own organisations. For the desk." + ADDED_IN_02,
    )

    @staticmethod
    @or_null
    def resolve_b2b_invoice(root: Any, info: Any, order_id: str) -> Invoice:
        try:
            return invoice_for(current_user(info), text(order_id, "Order"))
        except Refused as refused:
            raise GraphQLError(str(refused)) from refused

    @staticmethod
    def resolve_b2b_organizations(root: Any, info: Any) -> list[Organization]:
        demand_desk(info)
        return list(Organization.objects.all())


class Mutations(graphene.ObjectType):
    b2b_organization_save = OrganizationSave.Field(
        description="Write down an organisation or change one. For those who watch over prices."
        + ADDED_IN_02
    )
