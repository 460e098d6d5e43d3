"""Run inside Saleor by ``saleor_checkout``: one customer becomes a buyer with prices of his own."""

# ruff: noqa: E402 - Saleor is imported after django.setup()
from __future__ import annotations

import os
from decimal import Decimal

import django

django.setup()

from saleor.account.models import User
from saleor.plugins.models import PluginConfiguration
from saleor.product.models import ProductVariantChannelListing

from b2b_overlay.models import (
    Assignment,
    Buyer,
    Company,
    Contract,
    LegalEntity,
    Price,
    PriceList,
)

PluginConfiguration.objects.create(identifier="b2b", active=True, name="B2B", configuration=[])
company = Company.objects.create(name="Ромашка", is_active=True)
entity = LegalEntity.objects.create(company=company, name="Ромашка", inn="7707083893")
Buyer.objects.create(
    user=User.objects.get(email=os.environ["B2B_RUN_BUYER"]), company=company, role="owner"
)
prices = PriceList.objects.create(name="Крупный опт")
Assignment.objects.create(price_list=prices, contract=Contract.objects.create(legal_entity=entity))
Price.objects.bulk_create(
    Price(price_list=prices, variant_id=pk, amount=(amount * Decimal("0.8")).quantize(Decimal(1)))
    for pk, amount in ProductVariantChannelListing.objects.filter(
        channel__slug="ru", price_amount__gt=5
    ).values_list("variant_id", "price_amount")
)
