"""What the history says: the changes of a company, of a legal entity, of a company's people.

Above every package whose models are tracked (:mod:`b2b_overlay.history` keeps, this reads);
pages and GraphQL ask here and show the same.
"""

from .scope import Places, of_company, of_legal_entity, of_organization, of_people, of_prices
from .telling import Change, Turn, told

__all__ = [
    "Change",
    "Places",
    "Turn",
    "of_company",
    "of_legal_entity",
    "of_organization",
    "of_people",
    "of_prices",
    "told",
]
