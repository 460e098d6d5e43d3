"""Where Django finds the models; each lives with its package."""

from b2b_overlay.company.models import BankAccount, Buyer, Choice, Company, Group, LegalEntity
from b2b_overlay.ordering.models import CheckoutTerms, WholesaleOrder, WholesaleOrderLine
from b2b_overlay.pricing.models import Assignment, Price, PriceList, VariantFacts
from b2b_overlay.terms.models import Contract, Organization

__all__ = [
    "Assignment",
    "BankAccount",
    "Buyer",
    "CheckoutTerms",
    "Choice",
    "Company",
    "Contract",
    "Group",
    "LegalEntity",
    "Organization",
    "Price",
    "PriceList",
    "VariantFacts",
    "WholesaleOrder",
    "WholesaleOrderLine",
]
