"""B2B queries. A stranger's id answers null or an empty list, never an error that tells."""

from __future__ import annotations

from typing import Any

import graphene
from django.db.models import Q
from django.utils import timezone

from b2b_overlay.company import access
from b2b_overlay.company.choice import chosen
from b2b_overlay.company.models import Company, LegalEntity
from b2b_overlay.ordering import checkouts, gate, picking
from b2b_overlay.ordering.models import WholesaleOrder
from b2b_overlay.ordering.orders import orders_for
from b2b_overlay.pricing.models import PriceList
from b2b_overlay.shop import Checkout, Shop, get_shop
from b2b_overlay.terms.current import Terms

from . import types
from .answers import demand_desk, or_null, page
from .carts import own_checkout, problem_value
from .context import channel_of, current_user
from .fields import list_of
from .ids import text, to_global_id


class Queries(graphene.ObjectType):
    b2b_me = graphene.Field(
        types.B2BMe,
        channel=graphene.String(description="Slug; the shop's first where none is named."),
        description="The signed-in user as a wholesale buyer; null for a visitor."
        + types.ADDED_IN_01,
    )
    b2b_checkout = graphene.Field(
        types.B2BCheckout,
        id=graphene.ID(required=True, description="Global id of the checkout."),
        description="The wholesale side of the user's own checkout." + types.ADDED_IN_01,
    )
    b2b_orders = list_of(
        types.B2BOrder,
        required=True,
        first=graphene.Int(default_value=20, description="At most 100."),
        description="Wholesale orders the user may see, newest first." + types.ADDED_IN_01,
        deprecation_reason="Use `b2bOrdersConnection`.",
    )
    b2b_order = graphene.Field(
        types.B2BOrder,
        order_id=graphene.ID(required=True, description="Global id of the shop's own order."),
        description="One wholesale order the user may see." + types.ADDED_IN_01,
    )
    b2b_companies = list_of(
        types.B2BCompany,
        required=True,
        search=graphene.String(default_value="", description="Part of the name."),
        mine=graphene.Boolean(
            default_value=False,
            description="Only those that the user looks after, as their manager."
            + types.ADDED_IN_02,
        ),
        first=graphene.Int(default_value=20, description="At most 100."),
        description="Companies the user may see." + types.ADDED_IN_01,
        deprecation_reason="Use `b2bCompaniesConnection`.",
    )
    b2b_legal_entities = list_of(
        types.B2BLegalEntity,
        required=True,
        search=graphene.String(default_value="", description="Part of the name, or the INN."),
        free=graphene.Boolean(description="Only those of no company yet (or only the others)."),
        first=graphene.Int(default_value=20, description="At most 100."),
        description="Legal entities. For the desk." + types.ADDED_IN_01,
        deprecation_reason="Use `b2bLegalEntitiesConnection`.",
    )
    b2b_price_lists = list_of(
        types.B2BPriceList,
        required=True,
        description="Price lists. For the desk." + types.ADDED_IN_01,
    )

    @staticmethod
    @or_null
    def resolve_b2b_me(root: Any, info: Any, channel: str | None = None) -> types.B2BMe | None:
        user = current_user(info)
        if user is None:
            return None
        return types.B2BMe(
            legal_entities=list(access.legal_entities(user).select_related("company")),
            chosen=chosen(user, channel_of(channel).slug),
            memberships=list(access.buyers(user).select_related("company", "user").order_by("pk")),
        )

    @staticmethod
    @or_null
    def resolve_b2b_checkout(root: Any, info: Any, id: str) -> types.B2BCheckout | None:
        shop = get_shop()
        checkout = own_checkout(shop, info, text(id, "Checkout"))
        return checkout_value(shop, checkout) if checkout else None

    @staticmethod
    def resolve_b2b_orders(root: Any, info: Any, first: int = 20) -> list[WholesaleOrder]:
        orders = orders_for(current_user(info)).select_related("legal_entity", "contract")
        return list(orders.prefetch_related("lines")[page(first)])

    @staticmethod
    @or_null
    def resolve_b2b_order(root: Any, info: Any, order_id: str) -> WholesaleOrder | None:
        return orders_for(current_user(info)).filter(order_id=text(order_id, "Order")).first()

    @staticmethod
    def resolve_b2b_companies(
        root: Any, info: Any, search: str = "", mine: bool = False, first: int = 20
    ) -> list[Company]:
        user = current_user(info)
        found = access.companies(user).filter(name__icontains=search.strip(), merged_into=None)
        if mine:
            found = found.filter(manager=user.pk if user else None)
        return list(found.select_related("manager")[page(first)])

    @staticmethod
    def resolve_b2b_legal_entities(
        root: Any, info: Any, search: str = "", free: bool | None = None, first: int = 20
    ) -> list[LegalEntity]:
        demand_desk(info)
        wanted = search.strip()
        found = LegalEntity.objects.filter(Q(name__icontains=wanted) | Q(inn=wanted))
        if free is not None:
            found = found.filter(company__isnull=free, merged_into=None)
        found = found.select_related("company").prefetch_related("bank_accounts")
        return list(found[page(first)])

    @staticmethod
    def resolve_b2b_price_lists(root: Any, info: Any) -> list[PriceList]:
        demand_desk(info)
        return list(PriceList.objects.all())


def checkout_value(shop: Shop, checkout: Checkout) -> types.B2BCheckout:
    terms: Terms | None = checkouts.terms_on(checkout)
    contract = terms.contract if terms else None
    record = checkouts.record_of(checkout.id) if terms else None
    return types.B2BCheckout(
        id=to_global_id("Checkout", checkout.id),
        legal_entity=terms.legal_entity if terms else None,
        contract=contract,
        consignee=picking.consignee_of(record),
        due_date=contract.due_date(timezone.localdate()) if contract else None,
        problems=[problem_value(each) for each in gate.refusals(shop, checkout)],
    )


__all__ = ["Queries", "checkout_value"]
