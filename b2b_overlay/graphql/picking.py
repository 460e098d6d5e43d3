"""``b2bCheckoutTermsUpdate``: what a buyer picks on his cart beside the legal entity."""

from __future__ import annotations

from typing import Any

import graphene

from b2b_overlay.ordering import picking
from b2b_overlay.shop import get_shop

from . import types
from .ids import UnknownId, number, text
from .payload import Payload, signed_in
from .queries import checkout_value

__all__ = ["Mutations"]

_KINDS = {"contract": "B2BContract", "consignee": "B2BLegalEntity"}


class CheckoutTermsInput(graphene.InputObjectType):
    contract = graphene.ID(
        description="Which contract of its legal entity the order goes under; null: the one that "
        "its orders in this channel go under." + types.ADDED_IN_02
    )
    consignee = graphene.ID(
        description="The legal entity that gets the goods (грузополучатель); null: the same that "
        "pays." + types.ADDED_IN_02
    )

    class Meta:
        name = "B2BCheckoutTermsInput"
        description = (
            "What is picked; a field that isn't given stays as it was." + types.ADDED_IN_02
        )


class CheckoutTermsUpdate(Payload):
    checkout = graphene.Field(types.B2BCheckout, description="As it is now." + types.ADDED_IN_02)

    class Meta:
        name = "B2BCheckoutTermsUpdate"
        description = (
            "Pick the contract that this wholesale checkout is ordered under, and who gets the "
            "goods. Its prices are the contract's in the same answer." + types.ADDED_IN_02
        )

    class Arguments:
        checkout_id = graphene.ID(required=True, description="The user's own checkout.")
        input = CheckoutTermsInput(required=True, description="What is picked.")

    @classmethod
    def mutate(cls, root: Any, info: Any, checkout_id: str, input: Any) -> CheckoutTermsUpdate:
        shop, user, pk = get_shop(), signed_in(info), text(checkout_id, "Checkout")
        picked = {
            name: number(given, _KINDS[name]) if given else None for name, given in input.items()
        }
        picking.pick(shop, user, pk, picked)
        checkout = shop.checkouts.get(pk)
        if checkout is None:
            raise UnknownId(checkout_id)
        return cls(checkout=checkout_value(shop, checkout))


class Mutations(graphene.ObjectType):
    b2b_checkout_terms_update = CheckoutTermsUpdate.Field()
