"""Models of who buys: structure, people, admission, normalising, privacy."""

from .admission import Application, ApplicationMessage, Invitation
from .comparing import ToCompare
from .differences import Difference
from .normalising import Doubt, Rearrangement, Rule
from .people import Buyer, BuyerLegalEntities, Choice
from .privacy import Erasure
from .structure import BankAccount, Company, Group, GroupCompanies, LegalEntity

__all__ = [
    "Application",
    "ApplicationMessage",
    "BankAccount",
    "Buyer",
    "BuyerLegalEntities",
    "Choice",
    "Company",
    "Difference",
    "Doubt",
    "Erasure",
    "Group",
    "GroupCompanies",
    "Invitation",
    "LegalEntity",
    "Rearrangement",
    "Rule",
    "ToCompare",
]
