"""A company's people, and orders over a buyer's limit: roles, limits, confirmations."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import graphene

from b2b_overlay.company import access
from b2b_overlay.company.models import Buyer, Company
from b2b_overlay.ordering import approval, people
from b2b_overlay.ordering.models import Approval
from b2b_overlay.ordering.orders import orders_for
from b2b_overlay.shop import get_shop

from . import types
from .answers import page
from .context import current_user
from .fields import global_id, list_of, money_of
from .ids import find, number, numbers, readable, text, to_global_id
from .payload import Payload, signed_in

__all__ = ["Mutations", "Queries", "buyer_of"]


class B2BApprovalLine(graphene.ObjectType):
    name = graphene.String(required=True, description="The good, as it was called then.")
    sku = graphene.String(required=True, description="Its SKU in the shop.")
    quantity = types.Decimal(required=True, description="Base units.")
    unit = graphene.String(required=True, description="The base unit.")
    unit_price = types.Decimal(required=True, description="Of one base unit.")
    total = types.Decimal(required=True, description="Of the line.")

    class Meta:
        description = "A line as it was asked for." + types.ADDED_IN_02

    @staticmethod
    def resolve_quantity(root: Mapping[str, Any], info: Any) -> Decimal:
        return Decimal(root["quantity"])

    @staticmethod
    def resolve_unit_price(root: Mapping[str, Any], info: Any) -> Decimal:
        return Decimal(root["unit_price"])

    @staticmethod
    def resolve_total(root: Mapping[str, Any], info: Any) -> Decimal:
        return Decimal(root["total"])


class B2BApproval(graphene.ObjectType):
    id = global_id("B2BApproval", description="Global id.")
    checkout_id = graphene.ID(description="Global id of the checkout; for its own buyer only.")
    buyer = graphene.Field(types.B2BBuyer, required=True, description="Who asks.")
    legal_entity = graphene.Field(
        types.B2BLegalEntity, required=True, description="Whom the order is for."
    )
    lines = list_of(B2BApprovalLine, required=True, description="What is in the cart.")
    total = graphene.Field(
        types.B2BMoney,
        required=True,
        resolver=money_of("total"),
        description="What is to pay, VAT and delivery included.",
    )
    comment = graphene.String(required=True, description="The buyer's word to the approver.")
    state = graphene.String(required=True, description="waiting, approved, refused or lapsed.")
    asked_at = types.DateTime(required=True, description="When it was asked for.")
    decided_at = types.DateTime(description="When it was decided, or lapsed.")
    decided_by = graphene.String(description="Who decided, by name.")
    reason = graphene.String(required=True, description="Why it was refused.")
    order = graphene.Field(types.B2BOrder, description="The order it became.")

    class Meta:
        description = "An order over its buyer's limit (согласование)." + types.ADDED_IN_02

    @staticmethod
    def resolve_checkout_id(root: Approval, info: Any) -> str | None:
        user = current_user(info)
        own = user is not None and root.buyer.user_id == user.pk
        return str(to_global_id("Checkout", root.checkout_id)) if own else None

    @staticmethod
    def resolve_decided_by(root: Approval, info: Any) -> str | None:
        return root.decider or None

    @staticmethod
    def resolve_order(root: Approval, info: Any) -> Any:
        if root.order_id is None:
            return None
        return orders_for(current_user(info)).filter(pk=root.order_id).first()


class Queries(graphene.ObjectType):
    b2b_buyers = list_of(
        types.B2BBuyer,
        required=True,
        company=graphene.ID(required=True, description="Global id of the company."),
        description="People of a company, for its owner and for the desk; empty for others."
        + types.ADDED_IN_02,
    )
    b2b_approvals = list_of(
        B2BApproval,
        required=True,
        first=graphene.Int(default_value=20, description="At most 100."),
        state=graphene.String(description="Only those: waiting, approved, refused or lapsed."),
        description="Orders over a limit: the user's own, those he may confirm; the desk's all. "
        "Newest first." + types.ADDED_IN_02,
        deprecation_reason="Use `b2bApprovalsConnection`.",
    )

    @staticmethod
    def resolve_b2b_buyers(root: Any, info: Any, company: str) -> list[Buyer]:
        found = Company.objects.filter(pk__in=readable([company], "B2BCompany")).first()
        user = current_user(info)
        if found is None or not access.manages_people(user, found):
            return []
        rows = access.people(user).filter(company=found, is_active=True)
        return list(rows.select_related("user", "company").order_by("pk"))

    @staticmethod
    def resolve_b2b_approvals(
        root: Any, info: Any, first: int = 20, state: str | None = None
    ) -> list[Approval]:
        found = approval.approvals_for(current_user(info)).select_related(
            "buyer__user", "buyer__company", "legal_entity__company"
        )
        if state:
            found = found.filter(state=state)
        rows = list(found[page(first)])
        approval.settle(get_shop(), rows)
        return [row for row in rows if state in (None, "", row.state)]


# ------------------------------------------------------------------------------- people


class BuyerUpdateInput(graphene.InputObjectType):
    name = graphene.String(description="How the company calls him.")
    role = graphene.String(description="owner, buyer, approver, accountant or viewer.")
    legal_entities = list_of(graphene.ID, description="All that he may buy for; an owner has all.")
    spending_limit = types.Decimal(
        description="An order of more waits for an approver, VAT and delivery included; null: "
        "no limit."
    )
    limit_currency = graphene.String(description="ISO 4217 code.")

    class Meta:
        name = "B2BBuyerUpdateInput"
        description = "What changes; a field that isn't given stays." + types.ADDED_IN_02


class BuyerUpdate(Payload):
    buyer = graphene.Field(types.B2BBuyer, description="As he is now.")

    class Meta:
        name = "B2BBuyerUpdate"
        description = (
            "Change what a buyer may; his open carts follow at once. For the company's owner "
            "and the desk." + types.ADDED_IN_02
        )
        atomic = False

    class Arguments:
        id = graphene.ID(required=True, description="The buyer.")
        input = BuyerUpdateInput(required=True, description="What changes.")

    @classmethod
    def mutate(cls, root: Any, info: Any, id: str, input: Mapping[str, Any]) -> BuyerUpdate:
        user = signed_in(info)
        buyer = buyer_of(user, id)
        entities = input.get("legal_entities")
        changed = people.change(
            get_shop(),
            user,
            buyer,
            role=input.get("role") or buyer.role,
            legal_entity_ids=numbers(entities, "B2BLegalEntity")
            if entities is not None
            else _entities_of(buyer),
            spending_limit=input.get("spending_limit", buyer.spending_limit),
            limit_currency=input.get("limit_currency") or buyer.limit_currency,
            name=input["name"] or "" if "name" in input else buyer.name,
        )
        return cls(buyer=changed)


class BuyerRemove(Payload):
    buyer = graphene.Field(types.B2BBuyer, description="As he is now: not active.")

    class Meta:
        name = "B2BBuyerRemove"
        description = (
            "Unlink a buyer from the company: he is a retail customer again, at once; his "
            "account and orders stay. For the company's owner and the desk." + types.ADDED_IN_02
        )
        atomic = False

    class Arguments:
        id = graphene.ID(required=True, description="The buyer.")

    @classmethod
    def mutate(cls, root: Any, info: Any, id: str) -> BuyerRemove:
        user = signed_in(info)
        return cls(buyer=people.remove(get_shop(), user, buyer_of(user, id)))


def buyer_of(user: Any, global_id: str) -> Buyer:
    """One of the buyers whose role and limits the user may change."""
    return find(
        access.people(user).filter(is_active=True).select_related("company", "user"), global_id
    )


def _entities_of(buyer: Buyer) -> list[int]:
    own = buyer.legal_entities.filter(company=buyer.company_id, merged_into=None)
    return list(own.values_list("pk", flat=True))


# ---------------------------------------------------------------------------- approvals


class ApprovalAsk(Payload):
    approval = graphene.Field(B2BApproval, description="What was asked; twice is once.")

    class Meta:
        name = "B2BApprovalAsk"
        description = (
            "Ask the company's approvers to confirm a checkout over the user's limit, as it is "
            "now: a changed one has to be asked for anew." + types.ADDED_IN_02
        )
        atomic = False

    class Arguments:
        checkout_id = graphene.ID(required=True, description="The user's own checkout.")
        legal_entity_id = graphene.ID(required=True, description="Whom the order is for.")
        comment = graphene.String(description="A word to the approver.")

    @classmethod
    def mutate(
        cls,
        root: Any,
        info: Any,
        checkout_id: str,
        legal_entity_id: str,
        comment: str | None = None,
    ) -> ApprovalAsk:
        asked = approval.ask(
            get_shop(),
            signed_in(info),
            text(checkout_id, "Checkout"),
            number(legal_entity_id, "B2BLegalEntity"),
            comment=comment or "",
        )
        return cls(approval=asked)


class ApprovalTakeBack(Payload):
    approval = graphene.Field(B2BApproval, description="As it is now: lapsed.")

    class Meta:
        name = "B2BApprovalTakeBack"
        description = "Ask for a confirmation no longer. For who asked." + types.ADDED_IN_02

    class Arguments:
        id = graphene.ID(required=True, description="The user's own request.")

    @classmethod
    def mutate(cls, root: Any, info: Any, id: str) -> ApprovalTakeBack:
        return cls(approval=approval.take_back(signed_in(info), number(id, "B2BApproval")))


class ApprovalDecide(Payload):
    approval = graphene.Field(B2BApproval, description="As it is now, with the order it became.")

    class Meta:
        name = "B2BApprovalDecide"
        description = (
            "Confirm a colleague's order over his limit, which places it, or refuse it with a "
            "reason. For approvers and owners." + types.ADDED_IN_02
        )
        atomic = False

    class Arguments:
        id = graphene.ID(required=True, description="The request.")
        confirm = graphene.Boolean(required=True, description="Confirm it, or refuse.")
        reason = graphene.String(description="Required to refuse; the buyer reads it.")

    @classmethod
    def mutate(
        cls, root: Any, info: Any, id: str, confirm: bool, reason: str | None = None
    ) -> ApprovalDecide:
        pk = number(id, "B2BApproval")
        decided = approval.decide(get_shop(), signed_in(info), pk, confirm, reason or "")
        return cls(approval=decided)


class Mutations(graphene.ObjectType):
    b2b_buyer_update = BuyerUpdate.Field()
    b2b_buyer_remove = BuyerRemove.Field()
    b2b_approval_ask = ApprovalAsk.Field()
    b2b_approval_take_back = ApprovalTakeBack.Field()
    b2b_approval_decide = ApprovalDecide.Field()
