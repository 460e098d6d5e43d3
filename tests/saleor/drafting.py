"""What the shop's staff do with draft orders in the Dashboard, for the promises about them."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from contract.conftest import HOME, Ask, variant_gid
from graphql_relay import from_global_id, to_global_id
from saleor.channel.models import Channel
from saleor.order.models import Order
from saleor.shipping.models import ShippingMethodChannelListing

ORDER = """id status authorizeStatus voucherCode total { gross { amount } }
  lines { id quantity isPriceOverridden variant { id }
    unitPrice { gross { amount } } undiscountedUnitPrice { gross { amount } }
    totalPrice { gross { amount } } }"""
ERRORS = "errors { field code message variants orderLines }"

CREATE = f"""mutation($input: DraftOrderCreateInput!) {{
  payload: draftOrderCreate(input: $input) {{ order {{ {ORDER} }} {ERRORS} }} }}"""
UPDATE = f"""mutation($id: ID!, $input: DraftOrderInput!) {{
  payload: draftOrderUpdate(id: $id, input: $input) {{ order {{ {ORDER} }} {ERRORS} }} }}"""
ADD = f"""mutation($id: ID!, $lines: [OrderLineCreateInput!]!) {{
  payload: orderLinesCreate(id: $id, input: $lines) {{ order {{ {ORDER} }} {ERRORS} }} }}"""
SET = f"""mutation($id: ID!, $quantity: Int!) {{
  payload: orderLineUpdate(id: $id, input: {{quantity: $quantity}}) {{
    order {{ {ORDER} }} {ERRORS} }} }}"""
DROP = f"""mutation($id: ID!) {{
  payload: orderLineDelete(id: $id) {{ order {{ {ORDER} }} {ERRORS} }} }}"""
LESS = f"""mutation($id: ID!, $value: PositiveDecimal!) {{
  payload: orderLineDiscountUpdate(
    orderLineId: $id, input: {{valueType: FIXED, value: $value}}) {{
    order {{ {ORDER} }} {ERRORS} }} }}"""
COMPLETE = f"""mutation($id: ID!) {{
  payload: draftOrderComplete(id: $id) {{ order {{ {ORDER} }} {ERRORS} }} }}"""
FOR = """mutation($id: ID!, $entity: ID) {
  payload: b2bDraftOrderLegalEntityUpdate(orderId: $id, legalEntityId: $entity) {
    draftOrder { legalEntity { id } isLegalEntityKnown problems { code message lineId } }
    errors { code message } } }"""
LOOK = """query($id: ID!) { b2bDraftOrder(orderId: $id) {
  legalEntity { id } isLegalEntityKnown legalEntities { id } contract { id }
  problems { code message lineId variantId } } }"""


class Drafting:
    """A manager at the Dashboard."""

    def __init__(self, ask: Ask, staff: Any) -> None:
        self.ask, self.staff = ask, staff

    def tell(self, query: str, **variables: Any) -> Any:
        return self.ask(query, self.staff, **variables)["payload"]

    def make(self, customer: Any, quantities: Mapping[int, int], **more: Any) -> Any:
        """A new draft for him, with all that an order needs."""
        channel = Channel.objects.get(slug="ru")
        offered = ShippingMethodChannelListing.objects.filter(channel=channel)
        method = offered.order_by("price_amount").first().shipping_method_id
        told = self.tell(
            CREATE,
            input={
                "channelId": to_global_id("Channel", channel.pk),
                "user": to_global_id("User", customer.pk),
                "lines": lines_of(quantities),
                "shippingAddress": HOME,
                "billingAddress": HOME,
                "shippingMethod": to_global_id("ShippingMethod", method),
                **more,
            },
        )
        assert told["errors"] == [], told
        return told["order"]

    def made_for(self, customer: Any, entity: str, quantities: Mapping[int, int]) -> Any:
        """A new draft for him and a legal entity of his, as it is read then."""
        draft = self.make(customer, quantities)
        told = self.tell(FOR, id=draft["id"], entity=entity)
        assert told["errors"] == [], told
        return self.read(draft["id"])

    def read(self, order_id: str) -> Any:
        query = f"query($id: ID!) {{ order(id: $id) {{ {ORDER} }} }}"
        return self.ask(query, self.staff, id=order_id)["order"]

    def look(self, order_id: str) -> Any:
        return self.ask(LOOK, self.staff, id=order_id)["b2bDraftOrder"]


def lines_of(quantities: Mapping[int, int], **more: Any) -> list[dict[str, Any]]:
    return [{"variantId": variant_gid(pk), "quantity": n, **more} for pk, n in quantities.items()]


def row_of(order: Any) -> Order:
    return Order.objects.get(pk=from_global_id(order["id"])[1])


def prices(order: Any) -> list[Decimal]:
    return [Decimal(line["unitPrice"]["gross"]["amount"]) for line in order["lines"]]


def sum_of(order: Any) -> Decimal:
    return Decimal(order["total"]["gross"]["amount"])
