"""Where Django finds the models; each lives with its package."""

from b2b_overlay.company.models import (
    Application,
    ApplicationMessage,
    BankAccount,
    Buyer,
    Choice,
    Company,
    Doubt,
    Erasure,
    Group,
    Invitation,
    LegalEntity,
    Rearrangement,
    Rule,
    ToCompare,
)
from b2b_overlay.ordering.models import (
    Approval,
    CheckoutTerms,
    WholesaleOrder,
    WholesaleOrderLine,
)
from b2b_overlay.pricing.models import Assignment, Price, PriceList, VariantFacts
from b2b_overlay.terms.models import Contract, Organization, Settlement

__all__ = [
    "Application",
    "ApplicationMessage",
    "Approval",
    "Assignment",
    "BankAccount",
    "Buyer",
    "CheckoutTerms",
    "Choice",
    "Company",
    "Contract",
    "Doubt",
    "Erasure",
    "Group",
    "Invitation",
    "LegalEntity",
    "Organization",
    "Price",
    "PriceList",
    "Rearrangement",
    "Rule",
    "Settlement",
    "ToCompare",
    "VariantFacts",
    "WholesaleOrder",
    "WholesaleOrderLine",
]
