"""Companies in their structure, groups, and legal entities written by hand. For the desk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import graphene

from b2b_overlay.company import access, entities, structure
from b2b_overlay.company.intake import Account
from b2b_overlay.company.models import BankAccount, Company, Group, LegalEntity

from . import types
from .answers import or_null
from .context import current_user
from .fields import list_of
from .ids import find, find_all, find_named
from .payload import Payload, desk

__all__ = ["Mutations", "Queries"]


class Queries(graphene.ObjectType):
    b2b_company = graphene.Field(
        types.B2BCompany,
        id=graphene.ID(required=True, description="Global id of the company."),
        description="One company the user may see; null for any other." + types.ADDED_IN_02,
    )
    b2b_groups = list_of(
        types.B2BGroup,
        required=True,
        description="Groups of companies. For the desk; empty for others." + types.ADDED_IN_02,
    )

    @staticmethod
    @or_null
    def resolve_b2b_company(root: Any, info: Any, id: str) -> Company | None:
        return find(access.companies(current_user(info)), id)

    @staticmethod
    def resolve_b2b_groups(root: Any, info: Any) -> list[Group]:
        return list(Group.objects.all()) if access.is_desk(current_user(info)) else []


# ----------------------------------------------------------------------------- companies


class CompanyUpdateInput(graphene.InputObjectType):
    name = graphene.String(description="As the desk calls it.")
    kind = graphene.String(description="customer, holding, subsidiary, branch or department.")
    parent = graphene.ID(description="The company above it; empty or null: it stands by itself.")
    manager = graphene.String(
        description="E-mail of one of the shop's staff; empty or null: nobody looks after it."
    )
    groups = list_of(graphene.ID, description="All of its groups.")

    class Meta:
        name = "B2BCompanyUpdateInput"
        description = "What changes; a field that isn't given stays." + types.ADDED_IN_02


class CompanyUpdate(Payload):
    company = graphene.Field(types.B2BCompany, description="As it is now.")

    class Meta:
        name = "B2BCompanyUpdate"
        description = (
            "Change where a company stands: name, kind, parent, manager, groups. For the desk."
            + types.ADDED_IN_02
        )

    class Arguments:
        id = graphene.ID(required=True, description="The company.")
        input = CompanyUpdateInput(required=True, description="What changes.")

    @classmethod
    def mutate(cls, root: Any, info: Any, id: str, input: Mapping[str, Any]) -> CompanyUpdate:
        user = desk(info)
        company = find(Company, id)
        _update(user, company, input)
        company.refresh_from_db()
        return cls(company=company)


def _update(user: access.User, company: Company, given: Mapping[str, Any]) -> None:
    if "kind" in given:
        structure.set_kind(user, company, given["kind"] or "")
    if "parent" in given:
        structure.set_parent(user, company, find_named(Company, given["parent"]))
    if "manager" in given:
        structure.set_manager(user, company, _staff(given["manager"] or ""))
    if "groups" in given:
        structure.set_groups(user, company, find_all(Group, given["groups"] or ()))
    # Last, so that a refusal calls the company as the user knows it.
    if "name" in given:
        structure.rename(user, company, given["name"] or "")


def _staff(email: str) -> Any:
    if not email.strip():
        return None
    found = structure.staff().filter(email__iexact=email.strip()).first()
    # Nobody's id is refused by the action, in its own words.
    return 0 if found is None else found.pk


class GroupSave(Payload):
    group = graphene.Field(types.B2BGroup, description="As it is now.")

    class Meta:
        name = "B2BGroupSave"
        description = "Make a group of companies, or rename one. For the desk." + types.ADDED_IN_02

    class Arguments:
        id = graphene.ID(description="The group to rename; without it, a new one.")
        name = graphene.String(required=True, description="What it is called.")

    @classmethod
    def mutate(cls, root: Any, info: Any, name: str, id: str | None = None) -> GroupSave:
        user = desk(info)
        if not id:
            return cls(group=structure.create_group(user, name))
        group = find(Group, id)
        return cls(group=structure.rename_group(user, group, name))


class GroupCompaniesUpdate(Payload):
    group = graphene.Field(types.B2BGroup, description="The group.")

    class Meta:
        name = "B2BGroupCompaniesUpdate"
        description = "Put companies into a group, take others out. For the desk." + (
            types.ADDED_IN_02
        )

    class Arguments:
        id = graphene.ID(required=True, description="The group.")
        add = list_of(graphene.ID, description="Companies to put in.")
        remove = list_of(graphene.ID, description="Companies to take out.")

    @classmethod
    def mutate(
        cls,
        root: Any,
        info: Any,
        id: str,
        add: list[str] | None = None,
        remove: list[str] | None = None,
    ) -> GroupCompaniesUpdate:
        user = desk(info)
        group = find(Group, id)
        for company in _in_pk_order(add):
            structure.add_to_group(user, company, group)
        for company in _in_pk_order(remove):
            structure.remove_from_group(user, company, group)
        return cls(group=group)


def _in_pk_order(ids: list[str] | None) -> list[Company]:
    """As they are locked, one after another."""
    return sorted(find_all(Company, ids or ()), key=lambda company: company.pk)


# ------------------------------------------------------------------------ legal entities


class LegalEntitySaveInput(graphene.InputObjectType):
    id = graphene.ID(description="The legal entity to change; without it, a new one.")
    company = graphene.ID(description="Of a new one: the company it belongs to.")
    kind = graphene.String(description="company, entrepreneur, self_employed, person or foreign.")
    name = graphene.String(description="As people call it.")
    full_name = graphene.String(description="As it is registered.")
    inn = graphene.String(description="10 digits of an organisation, 12 of a person.")
    kpp = graphene.String(description="An organisation's only.")
    ogrn = graphene.String(description="OGRN, or OGRNIP.")
    okpo = graphene.String(description="OKPO.")
    country = graphene.String(description="Of a foreigner: name or two letters.")
    tax_id = graphene.String(description="Of a foreigner, in his own country.")
    legal_address = graphene.String(description="Registered at.")
    address = graphene.String(description="Delivered to.")
    phone = graphene.String(description="Its phone.")
    email = graphene.String(description="Its e-mail.")

    class Meta:
        name = "B2BLegalEntitySaveInput"
        description = "What changes; a field that isn't given stays." + types.ADDED_IN_02


class LegalEntitySave(Payload):
    legal_entity = graphene.Field(types.B2BLegalEntity, description="As it is now.")
    warnings = list_of(
        graphene.String,
        required=True,
        default_value=(),
        description="What to look at; it is saved all the same.",
    )

    class Meta:
        name = "B2BLegalEntitySave"
        description = (
            "Write a legal entity by hand, or change one. A number that fails its check is kept "
            "and told in `warnings`. For the desk." + types.ADDED_IN_02
        )

    class Arguments:
        input = LegalEntitySaveInput(required=True, description="What changes.")

    @classmethod
    def mutate(cls, root: Any, info: Any, input: Mapping[str, Any]) -> LegalEntitySave:
        user = desk(info)
        saved = entities.save_entity(
            user,
            find_named(LegalEntity, input.get("id")),
            {name: input[name] or "" for name in entities.FIELDS if name in input},
            company=find_named(Company, input.get("company")),
        )
        return cls(legal_entity=saved.entity, warnings=saved.warnings)


class BankAccountSaveInput(graphene.InputObjectType):
    id = graphene.ID(description="The account to change; without it, a new one.")
    legal_entity = graphene.ID(required=True, description="Whose it is.")
    number = graphene.String(required=True, description="20 digits, or an IBAN.")
    bic = graphene.String(default_value="", description="The bank's BIC.")
    bank_name = graphene.String(default_value="", description="The bank's name.")
    correspondent = graphene.String(default_value="", description="Its correspondent account.")

    class Meta:
        name = "B2BBankAccountSaveInput"
        description = "A bank account, whole." + types.ADDED_IN_02


class BankAccountSave(Payload):
    bank_account = graphene.Field(types.B2BBankAccount, description="As it is now.")
    problems = list_of(
        types.B2BRequisiteProblem,
        required=True,
        default_value=(),
        description="What fails a check; it is saved all the same.",
    )

    class Meta:
        name = "B2BBankAccountSave"
        description = "Add or change a bank account. For the desk." + types.ADDED_IN_02

    class Arguments:
        input = BankAccountSaveInput(required=True, description="The account.")

    @classmethod
    def mutate(cls, root: Any, info: Any, input: Mapping[str, Any]) -> BankAccountSave:
        user = desk(info)
        entity = find(LegalEntity, input["legal_entity"])
        names = ("number", "bic", "bank_name", "correspondent")
        row, wrong = entities.save_account(
            user,
            entity,
            find_named(entity.bank_accounts.all(), input.get("id")),
            Account(*(input.get(name) or "" for name in names)),
        )
        return cls(bank_account=row, problems=wrong)


class BankAccountRemove(Payload):
    legal_entity = graphene.Field(types.B2BLegalEntity, description="Whose it was.")

    class Meta:
        name = "B2BBankAccountRemove"
        description = "Take a bank account off a legal entity. For the desk." + types.ADDED_IN_02

    class Arguments:
        id = graphene.ID(required=True, description="The account.")

    @classmethod
    def mutate(cls, root: Any, info: Any, id: str) -> BankAccountRemove:
        user = desk(info)
        row = find(BankAccount.objects.select_related("legal_entity"), id)
        entities.remove_account(user, row)
        return cls(legal_entity=row.legal_entity)


class Mutations(graphene.ObjectType):
    b2b_company_update = CompanyUpdate.Field()
    b2b_group_save = GroupSave.Field()
    b2b_group_companies_update = GroupCompaniesUpdate.Field()
    b2b_legal_entity_save = LegalEntitySave.Field()
    b2b_bank_account_save = BankAccountSave.Field()
    b2b_bank_account_remove = BankAccountRemove.Field()
