"""B2B mutations: one per action; a refusal changes nothing and comes in ``errors``."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import graphene

from b2b_overlay.company import admit
from b2b_overlay.company.choice import choose
from b2b_overlay.company.models import Buyer, Company, LegalEntity
from b2b_overlay.ordering import checkouts, people
from b2b_overlay.ordering.switch import switch
from b2b_overlay.pricing.assign import set_bindings, set_contract_lists
from b2b_overlay.pricing.models import PriceList
from b2b_overlay.shop import get_shop
from b2b_overlay.terms.contracts import Conditions, save_contract
from b2b_overlay.terms.models import Contract, Organization

from . import lists, types
from .context import channel_of
from .fields import list_of
from .ids import UnknownId, find, find_all, find_named, number, numbers, text
from .payload import Payload, desk, signed_in
from .queries import checkout_value


class LegalEntityChoose(Payload):
    chosen = graphene.Field(types.B2BLegalEntity, description="The one that holds now; null: none.")

    class Meta:
        name = "B2BLegalEntityChoose"
        description = (
            "See prices for this legal entity from now on; null: as a private person. Kept by "
            "the server per user and channel." + types.ADDED_IN_01
        )

    class Arguments:
        legal_entity_id = graphene.ID(description="Global id; null: as a private person.")
        channel = graphene.String(description="Slug; the shop's first where none is named.")

    @classmethod
    def mutate(
        cls,
        root: Any,
        info: Any,
        legal_entity_id: str | None = None,
        channel: str | None = None,
    ) -> LegalEntityChoose:
        pk = number(legal_entity_id, "B2BLegalEntity") if legal_entity_id else None
        return cls(chosen=choose(signed_in(info), channel_of(channel).slug, pk))


class CheckoutLegalEntityUpdate(Payload):
    checkout = graphene.Field(types.B2BCheckout, description="As it is now.")

    class Meta:
        name = "B2BCheckoutLegalEntityUpdate"
        description = (
            "Buy what is in this checkout for this legal entity; null: as a private person. "
            "Its prices change in the same answer." + types.ADDED_IN_01
        )

    class Arguments:
        checkout_id = graphene.ID(
            required=True, description="Global id of the user's own checkout."
        )
        legal_entity_id = graphene.ID(description="Global id; null: as a private person.")

    @classmethod
    def mutate(
        cls, root: Any, info: Any, checkout_id: str, legal_entity_id: str | None = None
    ) -> CheckoutLegalEntityUpdate:
        shop, pk = get_shop(), text(checkout_id, "Checkout")
        entity = number(legal_entity_id, "B2BLegalEntity") if legal_entity_id else None
        checkouts.assign(shop, signed_in(info), pk, entity)
        checkout = shop.checkouts.get(pk)
        if checkout is None:
            raise UnknownId(checkout_id)
        return cls(checkout=checkout_value(shop, checkout))


class CompanyCreateInput(graphene.InputObjectType):
    name = graphene.String(required=True, description="As the desk calls it.")
    legal_entities = list_of(graphene.ID, required=True, description="Of no company yet.")

    class Meta:
        name = "B2BCompanyCreateInput"
        description = "A customer to admit." + types.ADDED_IN_01


class CompanyCreate(Payload):
    company = graphene.Field(types.B2BCompany, description="The new one.")

    class Meta:
        name = "B2BCompanyCreate"
        description = "Make a company of legal entities; B2B is still off." + types.ADDED_IN_01

    class Arguments:
        input = CompanyCreateInput(required=True, description="Whom.")

    @classmethod
    def mutate(cls, root: Any, info: Any, input: Any) -> CompanyCreate:
        user = desk(info)
        entities = numbers(input["legal_entities"], "B2BLegalEntity")
        return cls(company=admit.create_company(user, input["name"], entities))


class CompanySwitch(Payload):
    company = graphene.Field(types.B2BCompany, description="As it is now.")

    class Meta:
        name = "B2BCompanySwitch"
        description = (
            "Turn B2B on or off for one customer, effective at once, open carts too."
            + types.ADDED_IN_01
        )
        atomic = False

    class Arguments:
        id = graphene.ID(required=True, description="Global id of the company.")
        is_active = graphene.Boolean(required=True, description="On or off.")

    @classmethod
    def mutate(cls, root: Any, info: Any, id: str, is_active: bool) -> CompanySwitch:
        user = desk(info)
        company = find(Company, id)
        switch(get_shop(), user, company, is_active)
        return cls(company=company)


class ConditionsInput(graphene.InputObjectType):
    min_order = types.Decimal(
        description="The smallest order, in the contract's currency: the sum of its goods; null: "
        "any." + types.ADDED_IN_02
    )
    overdue_days = graphene.Int(
        description="Days a debt may be overdue before nothing more is ordered; null: no matter "
        "how many." + types.ADDED_IN_02
    )
    delivery_price = types.Decimal(
        description="What delivery costs at most; null: what the shop says." + types.ADDED_IN_02
    )
    free_delivery_from = types.Decimal(
        description="The sum of goods from which delivery is free; null: of none."
        + types.ADDED_IN_02
    )

    class Meta:
        name = "B2BConditionsInput"
        description = (
            "What an order under a contract has to meet, and what its delivery costs: all of it; "
            "what isn't given isn't asked." + types.ADDED_IN_02
        )


class ContractSaveInput(graphene.InputObjectType):
    id = graphene.ID(description="The contract to change; without it, a new one.")
    legal_entity = graphene.ID(required=True, description="Whose terms.")
    number = graphene.String(default_value="", description="Its number.")
    date = types.Date(description="The day it was signed.")
    currency = graphene.String(default_value="RUB", description="ISO 4217 code.")
    payment = graphene.String(default_value="on_account", description="prepaid or on_account.")
    payment_days = graphene.Int(default_value=0, description="Calendar days.")
    credit_limit = types.Decimal(
        description="How much may be owed under it, in its currency, VAT included; not given: "
        "as it was, null: no limit." + types.ADDED_IN_02
    )
    conditions = graphene.InputField(
        ConditionsInput,
        description="What an order has to meet, and what delivery costs; not given: as they were."
        + types.ADDED_IN_02,
    )
    organization = graphene.ID(
        description="Which of the shop's organisations sells by it; not given: as it was, at "
        "first the shop's first." + types.ADDED_IN_02
    )
    price_lists = list_of(
        graphene.ID,
        description="In order of precedence; columns and days that one has stay. Or "
        "``assignments``; neither: as they were.",
    )
    assignments = list_of(
        lists.AssignmentInput,
        description="Price lists with the cart's sum and the days, in order." + types.ADDED_IN_02,
    )

    class Meta:
        name = "B2BContractSaveInput"
        description = "Terms of a legal entity." + types.ADDED_IN_01


class ContractSave(Payload):
    contract = graphene.Field(types.B2BContract, description="As it is now.")

    class Meta:
        name = "B2BContractSave"
        description = "Make or change a contract and its price lists." + types.ADDED_IN_01

    class Arguments:
        input = ContractSaveInput(required=True, description="The terms.")

    @classmethod
    def mutate(cls, root: Any, info: Any, input: Any) -> ContractSave:
        user = desk(info)
        old = find_named(Contract, input.get("id"))
        contract = save_contract(
            user,
            find(LegalEntity, input["legal_entity"]),
            contract=old,
            number=input["number"],
            signed=input.get("date"),
            currency=input["currency"],
            payment=input["payment"],
            payment_days=input["payment_days"],
            credit_limit=input.get("credit_limit", old.credit_limit if old else None),
            conditions=_conditions(input.get("conditions")),
            organization=find_named(Organization, input.get("organization")),
        )
        _give_lists(user, contract, input)
        return cls(contract=contract)


def _conditions(given: Any) -> Conditions | None:
    if given is None:
        return None
    return Conditions(**{each.name: given.get(each.name) for each in fields(Conditions)})


def _give_lists(user: Any, contract: Contract, given: Any) -> None:
    if given.get("assignments") is not None:
        set_bindings(user, contract, lists.bindings_from(given["assignments"]))
    elif given.get("price_lists") is not None:
        set_contract_lists(contract, find_all(PriceList, given["price_lists"]), by=user)


class BuyerAddInput(graphene.InputObjectType):
    company = graphene.ID(required=True, description="For whom he will buy.")
    email = graphene.String(required=True, description="Of his account in the shop.")
    role = graphene.String(
        default_value=Buyer.Role.BUYER.value,
        description="owner, buyer, approver, accountant or viewer.",
    )
    legal_entities = list_of(graphene.ID, description="Not given: all of them.")

    class Meta:
        name = "B2BBuyerAddInput"
        description = "A customer of the shop who may buy for a company." + types.ADDED_IN_01


class BuyerAdd(Payload):
    buyer = graphene.Field(types.B2BBuyer, description="As he is now.")

    class Meta:
        name = "B2BBuyerAdd"
        description = (
            "Let a customer of the shop buy for a company; his account stays as it is."
            + types.ADDED_IN_01
        )
        atomic = False

    class Arguments:
        input = BuyerAddInput(required=True, description="Whom, and for whom.")

    @classmethod
    def mutate(cls, root: Any, info: Any, input: Any) -> BuyerAdd:
        user = desk(info)
        (linked,) = people.link(
            get_shop(),
            user,
            find(Company, input["company"]),
            [input["email"]],
            role=input["role"],
            legal_entity_ids=numbers(input.get("legal_entities") or (), "B2BLegalEntity"),
        )
        return cls(buyer=linked)


class Mutations(graphene.ObjectType):
    b2b_legal_entity_choose = LegalEntityChoose.Field()
    b2b_checkout_legal_entity_update = CheckoutLegalEntityUpdate.Field()
    b2b_company_create = CompanyCreate.Field()
    b2b_company_switch = CompanySwitch.Field()
    b2b_contract_save = ContractSave.Field()
    b2b_buyer_add = BuyerAdd.Field()
