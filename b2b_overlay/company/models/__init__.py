"""Models of who buys: structure, people, admission, normalising, privacy."""

from .admission import Application, ApplicationMessage, Invitation
from .comparing import ToCompare
from .normalising import Doubt, Rearrangement, Rule
from .people import Buyer, Choice
from .privacy import Erasure
from .structure import BankAccount, Company, Group, LegalEntity

__all__ = [
    "Application",
    "ApplicationMessage",
    "BankAccount",
    "Buyer",
    "Choice",
    "Company",
    "Doubt",
    "Erasure",
    "Group",
    "Invitation",
    "LegalEntity",
    "Rearrangement",
    "Rule",
    "ToCompare",
]
