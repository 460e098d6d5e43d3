"""GraphQL types over the overlay's models and values."""

from __future__ import annotations

from importlib import import_module
from typing import Any

import graphene
from django.db.models import Q
from django.utils import timezone

from b2b_overlay.company import access
from b2b_overlay.company.models import Buyer, Company, LegalEntity
from b2b_overlay.company.requisites import Wrong
from b2b_overlay.conf import conf
from b2b_overlay.ordering import picking
from b2b_overlay.ordering.corrections import changes, correction_of
from b2b_overlay.ordering.credit import Credit, credit_of
from b2b_overlay.ordering.models import (
    OrderCorrection,
    OrderPaper,
    OrderPart,
    WholesaleOrder,
    WholesaleOrderLine,
)
from b2b_overlay.ordering.rewriting import Changed, changed_since_placed
from b2b_overlay.pricing.models import PriceList
from b2b_overlay.terms.models import Contract
from b2b_overlay.terms.settlements import Balance, balances, entities_for

from .context import current_user
from .fields import global_id, list_of, money_of, of

_scalars = import_module(conf.scalars)
Date, DateTime, Decimal = _scalars.Date, _scalars.DateTime, _scalars.Decimal
OrderDirection = _scalars.OrderDirection

ADDED_IN_01 = "\n\nAdded in B2B overlay 0.1."
ADDED_IN_02 = "\n\nAdded in B2B overlay 0.2."


class B2BMoney(graphene.ObjectType):
    amount = Decimal(required=True, description="The amount, in major units.")
    currency = graphene.String(required=True, description="ISO 4217 code.")

    class Meta:
        description = "An amount of money." + ADDED_IN_01


class B2BErrorCode(graphene.Enum):
    INVALID = "INVALID"
    NOT_FOUND = "NOT_FOUND"
    REQUIRED = "REQUIRED"
    NO_LINES = "NO_LINES"
    INSUFFICIENT_STOCK = "INSUFFICIENT_STOCK"
    PERMISSION_DENIED = "PERMISSION_DENIED"
    UNAVAILABLE_VARIANT_IN_CHANNEL = "UNAVAILABLE_VARIANT_IN_CHANNEL"
    QUANTITY_GREATER_THAN_LIMIT = "QUANTITY_GREATER_THAN_LIMIT"

    class Meta:
        description = "Why a B2B mutation was refused." + ADDED_IN_01


class B2BError(graphene.ObjectType):
    field = graphene.String(description="The input field the error belongs to.")
    message = graphene.String(description="A sentence for the user, in his language.")
    code = B2BErrorCode(required=True, description="The error's code.")

    class Meta:
        description = "A refusal; nothing was changed." + ADDED_IN_01


class B2BManager(graphene.ObjectType):
    email = graphene.String(required=True, description="Whom to write to.")

    class Meta:
        description = "The shop's own person who looks after a company." + ADDED_IN_02


class B2BGroup(graphene.ObjectType):
    id = global_id("B2BGroup")
    name = graphene.String(required=True, description="What it is called.")

    class Meta:
        description = "Companies that share terms (группа клиентов). For the desk." + ADDED_IN_02


class B2BCompany(graphene.ObjectType):
    id = global_id("B2BCompany")
    name = graphene.String(required=True, description="As the desk calls it.")
    is_active = graphene.Boolean(required=True, description="Whether B2B is on for it.")
    legal_entities = list_of(
        lambda: B2BLegalEntity,
        required=True,
        description="Its legal entities, as far as the user may see them.",
    )
    kind = graphene.String(
        required=True,
        description="customer, holding, subsidiary, branch or department." + ADDED_IN_02,
    )
    parent = graphene.Field(
        lambda: B2BCompany,
        description="The company above it, if the user may see that one." + ADDED_IN_02,
    )
    children = list_of(
        lambda: B2BCompany,
        required=True,
        description="Companies right below it that the user may see." + ADDED_IN_02,
    )
    manager = graphene.Field(
        B2BManager, description="Who looks after it. For the desk; null for others." + ADDED_IN_02
    )
    groups = list_of(
        B2BGroup,
        required=True,
        description="Its groups. For the desk; empty for others." + ADDED_IN_02,
    )

    class Meta:
        description = "A wholesale customer (клиент, партнёр)." + ADDED_IN_01

    @staticmethod
    def resolve_parent(root: Company, info: Any) -> Company | None:
        if root.parent_id is None:
            return None
        return access.companies(current_user(info)).filter(pk=root.parent_id).first()

    @staticmethod
    def resolve_children(root: Company, info: Any) -> Any:
        return access.companies(current_user(info)).filter(parent=root, merged_into=None)

    @staticmethod
    def resolve_manager(root: Company, info: Any) -> B2BManager | None:
        if root.manager is None or not access.is_desk(current_user(info)):
            return None
        return B2BManager(email=root.manager.email)

    @staticmethod
    def resolve_groups(root: Company, info: Any) -> Any:
        return root.groups.all() if access.is_desk(current_user(info)) else ()

    @staticmethod
    def resolve_legal_entities(root: Company, info: Any) -> Any:
        user = info.context.user
        allowed = LegalEntity.objects if access.is_desk(user) else access.legal_entities(user)
        return allowed.filter(company=root)


class B2BPriceList(graphene.ObjectType):
    id = global_id("B2BPriceList")
    name = graphene.String(required=True, description="What it is called.")
    currency = graphene.String(required=True, description="ISO 4217 code.")
    vat_included = graphene.Boolean(required=True, description="Whether its prices include VAT.")

    class Meta:
        description = "A named set of prices (тип цен)." + ADDED_IN_01


class B2BBalance(graphene.ObjectType):
    owed = graphene.Field(B2BMoney, required=True, description="By all documents." + ADDED_IN_02)
    overdue = graphene.Field(
        B2BMoney,
        required=True,
        description="The part whose day of payment has passed." + ADDED_IN_02,
    )
    advance = graphene.Field(
        B2BMoney, required=True, description="Paid in advance, not yet used up." + ADDED_IN_02
    )
    told_at = DateTime(required=True, description="As of when 1C told it." + ADDED_IN_02)

    class Meta:
        description = "What a legal entity owes in one currency (взаиморасчёты)." + ADDED_IN_02


class B2BCredit(graphene.ObjectType):
    limit = graphene.Field(B2BMoney, required=True, description="The limit." + ADDED_IN_02)
    owed = graphene.Field(
        B2BMoney,
        required=True,
        description="What 1C told is owed; negative: paid in advance." + ADDED_IN_02,
    )
    in_orders = graphene.Field(
        B2BMoney,
        required=True,
        description="Orders on account that 1C's debts don't have yet." + ADDED_IN_02,
    )
    left = graphene.Field(
        B2BMoney, required=True, description="What may still be ordered." + ADDED_IN_02
    )

    class Meta:
        description = "A contract's credit limit and what has gone of it." + ADDED_IN_02


class B2BContract(graphene.ObjectType):
    id = global_id("B2BContract")
    title = graphene.String(required=True, description="«Договор № 12 от 01.02.2026».")
    number = graphene.String(required=True, description="Its number; may be empty.")
    date = Date(description="The day it was signed.")
    currency = graphene.String(required=True, description="ISO 4217 code.")
    payment = graphene.String(required=True, description="prepaid or on_account.")
    payment_days = graphene.Int(required=True, description="Deferral in calendar days.")
    payment_text = graphene.String(required=True, description="The payment term in words.")
    credit_limit = graphene.Field(
        B2BMoney,
        resolver=money_of("credit_limit"),
        description="How much may be owed under it; null: no limit is set." + ADDED_IN_02,
    )
    min_order = graphene.Field(
        B2BMoney,
        resolver=money_of("min_order"),
        description="The smallest order: the sum of its goods; null: any." + ADDED_IN_02,
    )
    overdue_days = graphene.Int(
        description="Days a debt may be overdue before nothing more is ordered; null: no matter "
        "how many." + ADDED_IN_02
    )
    delivery_price = graphene.Field(
        B2BMoney,
        resolver=money_of("delivery_price"),
        description="What delivery costs at most; null: what the shop says." + ADDED_IN_02,
    )
    free_delivery_from = graphene.Field(
        B2BMoney,
        resolver=money_of("free_delivery_from"),
        description="The sum of goods from which delivery is free; null: of none." + ADDED_IN_02,
    )
    credit = graphene.Field(
        B2BCredit,
        description="What is left of the limit; null: there is none, or the debts aren't the "
        "user's to see." + ADDED_IN_02,
    )
    is_active = graphene.Boolean(required=True, description="Whether it is in force.")
    organization = graphene.Field(
        "b2b_overlay.graphql.invoices.B2BOrganization",
        description="Which of the shop's organisations sells by it." + ADDED_IN_02,
    )
    price_lists = list_of(B2BPriceList, required=True, description="In order of precedence.")

    class Meta:
        description = "Terms between the shop and a legal entity (договор)." + ADDED_IN_01

    @staticmethod
    def resolve_title(root: Contract, info: Any) -> str:
        return str(root)

    @staticmethod
    def resolve_credit(root: Contract, info: Any) -> Credit | None:
        if not entities_for(info.context.user).filter(pk=root.legal_entity_id).exists():
            return None
        return credit_of([root]).get(root.pk)

    @staticmethod
    def resolve_price_lists(root: Contract, info: Any) -> list[PriceList]:
        assigned = root.price_assignments.select_related("price_list").order_by("priority", "pk")
        # A list that holds on two windows is named once.
        return list(dict.fromkeys(each.price_list for each in assigned))


class B2BRequisiteProblem(graphene.ObjectType):
    field = graphene.String(
        required=True,
        description="inn, kpp, ogrn, okpo, country, tax_id, account, bic or correspondent.",
    )
    value = graphene.String(required=True, description="What stands there; it is kept.")
    text = graphene.String(required=True, description="What is wrong, in a sentence.")

    class Meta:
        description = "A requisite that can't be right." + ADDED_IN_02


class B2BBankAccount(graphene.ObjectType):
    id = global_id("B2BBankAccount")
    number = graphene.String(required=True, description="Twenty digits.")
    bic = graphene.String(required=True, description="БИК of the bank.")
    bank_name = graphene.String(required=True, description="The bank.")
    correspondent = graphene.String(required=True, description="Correspondent account of the bank.")

    class Meta:
        description = "A bank account of a legal entity (расчётный счёт)." + ADDED_IN_02


class B2BLegalEntity(graphene.ObjectType):
    id = global_id("B2BLegalEntity")
    name = graphene.String(required=True, description="As 1C or the desk calls it.")
    kind = graphene.String(
        required=True, description="company, entrepreneur, self_employed, person or foreign."
    )
    inn = graphene.String(required=True, description="ИНН.")
    kpp = graphene.String(required=True, description="КПП; empty for persons.")
    company = graphene.Field(B2BCompany, description="Whose it is; null: nobody's yet.")
    contracts = list_of(B2BContract, required=True, description="Its contracts in force.")
    failed_checks = list_of(
        graphene.String,
        required=True,
        description="Requisites whose check digits or length are wrong.",
    )
    problems = list_of(
        B2BRequisiteProblem,
        required=True,
        description="The same in sentences, with its bank accounts." + ADDED_IN_02,
    )
    full_name = graphene.String(required=True, description="As it is registered." + ADDED_IN_02)
    ogrn = graphene.String(required=True, description="OGRN, or OGRNIP." + ADDED_IN_02)
    okpo = graphene.String(required=True, description="OKPO." + ADDED_IN_02)
    country = graphene.String(required=True, description="ISO 3166-1 alpha-2." + ADDED_IN_02)
    tax_id = graphene.String(
        required=True, description="A foreigner's, in his own country." + ADDED_IN_02
    )
    legal_address = graphene.String(required=True, description="Registered at." + ADDED_IN_02)
    address = graphene.String(required=True, description="Delivered to." + ADDED_IN_02)
    phone = graphene.String(required=True, description="Its phone." + ADDED_IN_02)
    email = graphene.String(required=True, description="Its e-mail." + ADDED_IN_02)
    bank_accounts = list_of(
        B2BBankAccount, required=True, description="Its bank accounts." + ADDED_IN_02
    )
    balance = list_of(
        B2BBalance,
        required=True,
        description="What it owes, by currency; empty: 1C never told, or the debts aren't the "
        "user's to see." + ADDED_IN_02,
    )

    merged_into = graphene.Field(
        lambda: B2BLegalEntity,
        description="The one it turned out to be, with its contracts, orders and debts; for the "
        "desk." + ADDED_IN_02,
    )

    class Meta:
        description = "Who signs and pays (юрлицо, контрагент)." + ADDED_IN_01

    @staticmethod
    def resolve_merged_into(root: LegalEntity, info: Any) -> LegalEntity | None:
        return root.merged_into if access.is_desk(current_user(info)) else None

    @staticmethod
    def resolve_balance(root: LegalEntity, info: Any) -> tuple[Balance, ...]:
        seen = entities_for(info.context.user).filter(pk=root.pk)
        ids = list(seen.values_list("pk", flat=True))
        return balances(ids, timezone.localdate()).get(root.pk, ())

    @staticmethod
    def resolve_contracts(root: LegalEntity, info: Any) -> Any:
        return root.contracts.filter(is_active=True)

    @staticmethod
    def resolve_failed_checks(root: LegalEntity, info: Any) -> list[str]:
        return root.failed_checks()

    @staticmethod
    def resolve_problems(root: LegalEntity, info: Any) -> list[Wrong]:
        return root.wrong(root.bank_accounts.all())

    @staticmethod
    def resolve_bank_accounts(root: LegalEntity, info: Any) -> Any:
        return root.bank_accounts.all()


class B2BBuyer(graphene.ObjectType):
    id = global_id("B2BBuyer")
    email = graphene.String(
        description="Of his account; for himself, and for who manages the company's people."
    )
    name = graphene.String(
        required=True,
        resolver=of("called"),
        description="As the company calls him, else as his account does." + ADDED_IN_02,
    )
    role = graphene.String(
        required=True, description="owner, buyer, approver, accountant or viewer."
    )
    company = graphene.Field(B2BCompany, required=True, description="The company he buys for.")
    is_active = graphene.Boolean(
        required=True, description="False: he was removed from the company." + ADDED_IN_02
    )
    legal_entities = list_of(
        B2BLegalEntity,
        required=True,
        description="Those he may buy for, as far as the user may see them." + ADDED_IN_02,
    )
    spending_limit = graphene.Field(
        B2BMoney,
        description="An order of more waits for an approver; null: no limit." + ADDED_IN_02,
    )

    class Meta:
        description = "A shop user's membership of a company (закупщик)." + ADDED_IN_01

    @staticmethod
    def resolve_email(root: Buyer, info: Any) -> str | None:
        user = current_user(info)
        own = user is not None and root.user_id == user.pk
        return str(root.user.email) if own or access.manages_people(user, root.company) else None

    @staticmethod
    def resolve_legal_entities(root: Buyer, info: Any) -> Any:
        user = current_user(info)
        mine = Q() if root.role == Buyer.Role.OWNER else Q(buyers=root)
        seen = LegalEntity.objects if access.is_desk(user) else access.legal_entities(user)
        return seen.filter(mine, company=root.company_id, is_active=True, merged_into=None)

    @staticmethod
    def resolve_spending_limit(root: Buyer, info: Any) -> B2BMoney | None:
        if root.role != Buyer.Role.BUYER or root.spending_limit is None:
            return None
        return B2BMoney(amount=root.spending_limit, currency=root.limit_currency)


class B2BMe(graphene.ObjectType):
    legal_entities = list_of(
        B2BLegalEntity,
        required=True,
        description="Whom the user may buy for; besides them he may buy as a private person.",
    )
    chosen = graphene.Field(
        B2BLegalEntity,
        description="Whose prices the user sees in the channel; null: retail, as a private person.",
    )
    memberships = list_of(
        B2BBuyer,
        required=True,
        description="His companies, with his role and limit in each." + ADDED_IN_02,
    )

    class Meta:
        description = "The signed-in user as a wholesale buyer." + ADDED_IN_01


class B2BProblem(graphene.ObjectType):
    line_id = graphene.ID(description="Global id of the checkout line, where it is about one.")
    variant_id = graphene.ID(description="Global id of the variant, where it is about one.")
    message = graphene.String(
        required=True, description="A sentence for the buyer, in his language."
    )
    code = B2BErrorCode(required=True, description="The code of the problem.")

    class Meta:
        description = "What keeps a checkout from becoming a wholesale order." + ADDED_IN_01


class B2BCheckout(graphene.ObjectType):
    id = graphene.ID(required=True, description="Global id of the shop's own checkout.")
    legal_entity = graphene.Field(B2BLegalEntity, description="Null: a retail cart.")
    contract = graphene.Field(B2BContract, description="By which terms.")
    due_date = Date(description="When an order placed today is to be paid.")
    consignee = graphene.Field(
        B2BLegalEntity,
        description="Who gets the goods (грузополучатель); null: the legal entity itself."
        + ADDED_IN_02,
    )
    contracts = list_of(
        B2BContract,
        required=True,
        description="Those of the legal entity to pick from (`b2bCheckoutTermsUpdate`)."
        + ADDED_IN_02,
    )
    consignees = list_of(
        B2BLegalEntity,
        required=True,
        description="Whom the user may have the goods sent to." + ADDED_IN_02,
    )
    problems = list_of(
        B2BProblem, required=True, description="All of them; none: it can be ordered."
    )

    class Meta:
        description = "The wholesale side of a checkout." + ADDED_IN_01

    @staticmethod
    def resolve_contracts(root: B2BCheckout, info: Any) -> list[Contract]:
        return list(picking.contracts(root.legal_entity)) if root.legal_entity else []

    @staticmethod
    def resolve_consignees(root: B2BCheckout, info: Any) -> list[LegalEntity]:
        return list(picking.consignees(info.context.user)) if root.legal_entity else []


class B2BOrderLine(graphene.ObjectType):
    name = graphene.String(required=True, description="The goods.")
    sku = graphene.String(required=True, description="The variant's SKU.")
    article = graphene.String(required=True, description="Артикул.")
    quantity = Decimal(required=True, description="Base units.")
    base_unit = graphene.String(required=True, description="In what the shop counts it.")
    unit_price = Decimal(required=True, description="Of one base unit.")
    unit = graphene.String(required=True, description="In what it was ordered.")
    coefficient = Decimal(required=True, description="Base units in one such unit.")
    total = Decimal(required=True, description="Of the line.")
    vat_rate = Decimal(description="Per cent; null: none is told.")
    vat = Decimal(
        required=True, description="VAT within or on top of the total, as the order's prices are."
    )

    class Meta:
        description = "A line as it was agreed." + ADDED_IN_01


class B2BOrderPart(graphene.ObjectType):
    number = graphene.String(required=True, description="Number of the document." + ADDED_IN_02)
    organization = graphene.String(
        description="Which of the shop's organisations sells it." + ADDED_IN_02
    )
    warehouse = graphene.String(
        required=True, description="Where its goods lie; empty: not told apart." + ADDED_IN_02
    )
    total = graphene.Field(
        B2BMoney,
        required=True,
        resolver=money_of("total", "order.currency"),
        description="Its sum." + ADDED_IN_02,
    )
    state = graphene.String(required=True, description="One word for the buyer." + ADDED_IN_02)
    onec_number = graphene.String(
        required=True, description="Number in 1C, once it told." + ADDED_IN_02
    )
    onec_status = graphene.String(required=True, description="Its status in 1C." + ADDED_IN_02)
    paid_at = Date(description="When it was paid." + ADDED_IN_02)
    shipped_at = Date(description="When it was shipped." + ADDED_IN_02)
    is_cancelled = graphene.Boolean(required=True, description="Is it cancelled?" + ADDED_IN_02)

    class Meta:
        description = (
            "One of the documents that the seller's books keep of an order: of one organisation, "
            "warehouse, VAT." + ADDED_IN_02
        )


class B2BOrderPaper(graphene.ObjectType):
    operation = graphene.String(
        required=True, description="In 1C's words: «Отпуск товара»." + ADDED_IN_02
    )
    kind = graphene.String(
        required=True, description="payment, shipment, return, refund or other." + ADDED_IN_02
    )
    number = graphene.String(required=True, description="Its number." + ADDED_IN_02)
    date = Date(description="Its day." + ADDED_IN_02)
    total = graphene.Field(
        B2BMoney,
        resolver=money_of("total", "order.currency"),
        description="Its sum; null: the whole order is meant." + ADDED_IN_02,
    )

    class Meta:
        description = "A document that 1C has made of an order." + ADDED_IN_02


class B2BOrderChange(graphene.ObjectType):
    name = graphene.String(required=True, description="The goods." + ADDED_IN_02)
    unit = graphene.String(required=True, description="The base unit." + ADDED_IN_02)
    ordered = Decimal(description="Base units ordered; null: none." + ADDED_IN_02)
    in_1c = Decimal(
        name="in1C",
        resolver=of("told"),
        description="Base units that 1C has; null: none." + ADDED_IN_02,
    )
    ordered_total = Decimal(required=True, description="For how much." + ADDED_IN_02)
    total_in_1c = Decimal(
        name="totalIn1C",
        required=True,
        resolver=of("told_total"),
        description="For how much in 1C." + ADDED_IN_02,
    )

    class Meta:
        description = "One good of which 1C has other than was ordered." + ADDED_IN_02


class B2BOrderEdit(graphene.ObjectType):
    name = graphene.String(required=True, description="The goods." + ADDED_IN_02)
    unit = graphene.String(required=True, description="The base unit." + ADDED_IN_02)
    placed = Decimal(
        resolver=of("ordered"), description="Base units ordered; null: none." + ADDED_IN_02
    )
    now = Decimal(resolver=of("told"), description="Base units now; null: none." + ADDED_IN_02)
    placed_total = Decimal(
        required=True, resolver=of("ordered_total"), description="For how much." + ADDED_IN_02
    )
    total = Decimal(
        required=True, resolver=of("told_total"), description="For how much now." + ADDED_IN_02
    )

    class Meta:
        description = (
            "One good of an order that was changed after it was placed: by the shop's staff, or "
            "by 1C where the desk took its side." + ADDED_IN_02
        )


class B2BOrderCorrection(graphene.ObjectType):
    id = global_id("B2BOrderCorrection", description="Its id." + ADDED_IN_02)
    total = graphene.Field(
        B2BMoney,
        required=True,
        resolver=money_of("total", "order.currency"),
        description="What its goods come to in 1C." + ADDED_IN_02,
    )
    told_at = DateTime(required=True, description="As of when." + ADDED_IN_02)
    is_decided = graphene.Boolean(
        required=True,
        description="The shop has decided that it stays as ordered." + ADDED_IN_02,
    )
    changes = list_of(B2BOrderChange, required=True, description="Good by good." + ADDED_IN_02)

    class Meta:
        description = "An order as 1C has it, beside the order as it was placed." + ADDED_IN_02

    @staticmethod
    def resolve_is_decided(root: OrderCorrection, info: Any) -> bool:
        return root.state != OrderCorrection.State.WAITING

    @staticmethod
    def resolve_changes(root: OrderCorrection, info: Any) -> list[Changed]:
        return changes(root)


class B2BOrder(graphene.ObjectType):
    id = global_id("B2BOrder")
    order_id = global_id("Order", "order_id", description="Global id of the shop's own order.")
    number = graphene.String(required=True, description="The shop's own number.")
    placed_at = DateTime(required=True, description="When it was placed.")
    legal_entity = graphene.Field(B2BLegalEntity, required=True, description="Whom it is for.")
    contract = graphene.Field(B2BContract, description="By which terms.")
    consignee = graphene.Field(
        B2BLegalEntity,
        description="Who gets the goods (грузополучатель); null: the legal entity itself."
        + ADDED_IN_02,
    )
    total = graphene.Field(
        B2BMoney,
        required=True,
        resolver=money_of("total"),
        description="What is to pay, VAT and delivery included.",
    )
    payment = graphene.String(required=True, description="prepaid or on_account.")
    due_date = Date(description="To be paid by then.")
    state = graphene.String(required=True, description="One word for the buyer.")
    onec_number = graphene.String(required=True, description="Number in 1C, once it told.")
    onec_status = graphene.String(required=True, description="Its status in 1C, in 1C's words.")
    paid_at = Date(description="When 1C told that it is paid.")
    shipped_at = Date(description="When 1C told that it is shipped.")
    is_cancelled = graphene.Boolean(
        required=True, description="Whether it is cancelled, here or in 1C."
    )
    parts = list_of(
        B2BOrderPart,
        required=True,
        description="Its documents, where the seller's books keep several of it; else empty."
        + ADDED_IN_02,
    )
    lines = list_of(B2BOrderLine, required=True, description="As they were agreed.")
    stage = graphene.String(
        required=True,
        description="accepted, in_work, ready, shipped, closed, cancelled; empty: not known."
        + ADDED_IN_02,
    )
    papers = list_of(
        B2BOrderPaper,
        required=True,
        description="Payments, shipments and returns in 1C." + ADDED_IN_02,
    )
    corrections = list_of(
        B2BOrderCorrection,
        required=True,
        description="What 1C has changed of it; the order stays until the shop decides."
        + ADDED_IN_02,
    )
    changed_at = DateTime(
        description="When it was last changed or cancelled in the shop; null: never." + ADDED_IN_02
    )
    edits = list_of(
        B2BOrderEdit,
        required=True,
        description="What became of what was ordered; empty: it is as placed." + ADDED_IN_02,
    )

    class Meta:
        description = "A wholesale order as agreed, and what 1C told of it." + ADDED_IN_01

    @staticmethod
    def resolve_lines(root: WholesaleOrder, info: Any) -> list[WholesaleOrderLine]:
        return list(root.lines.all())

    @staticmethod
    def resolve_parts(root: WholesaleOrder, info: Any) -> list[OrderPart]:
        return list(root.parts.select_related("organization"))

    @staticmethod
    def resolve_papers(root: WholesaleOrder, info: Any) -> list[OrderPaper]:
        return list(root.papers.select_related("order"))

    @staticmethod
    def resolve_edits(root: WholesaleOrder, info: Any) -> list[Changed]:
        return changed_since_placed(root)

    @staticmethod
    def resolve_corrections(root: WholesaleOrder, info: Any) -> list[OrderCorrection]:
        return [row for row, _changes in correction_of(root)]
