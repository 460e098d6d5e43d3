"""The order of precedence, in one list in one place.

The resolver's SQL, the explanation on the manager's page, the table in ``docs/`` and the
parametrised test all walk :data:`LEVELS`. Whoever is earlier wins. :data:`WITHIN` says what
decides within a level, and within a list.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

__all__ = ["LEVELS", "RETAIL", "WITHIN", "Level"]


@dataclass(frozen=True, slots=True)
class Level:
    """One rung: its code, its name for people, and the SQL condition on an assignment ``a``
    that finds its lists. The statement offers the parameters ``contract`` and ``entity``, the
    recursive table ``ancestors(id, depth)``, depth 0 being the entity's own company, and the
    table ``{group_company}``. An assignment has one target, so it is of one level."""

    code: str
    name: Promise
    condition: str


LEVELS: tuple[Level, ...] = (
    Level(
        "individual",
        _("individual price"),
        "a.is_individual AND a.legal_entity_id = %(entity)s",
    ),
    Level("contract", _("by contract"), "a.contract_id = %(contract)s"),
    Level(
        "legal_entity",
        _("of the legal entity"),
        "a.legal_entity_id = %(entity)s AND NOT a.is_individual",
    ),
    Level(
        "company",
        _("of the company"),
        "a.company_id = ANY (ARRAY(SELECT id FROM ancestors WHERE depth = 0))",
    ),
    Level(
        "parent",
        _("of a parent company"),
        "a.company_id = ANY (ARRAY(SELECT id FROM ancestors WHERE depth > 0))",
    ),
    Level(
        "group",
        _("of a group of companies"),
        "a.group_id = ANY (ARRAY(SELECT gc.group_id FROM {group_company} gc"
        " JOIN ancestors ON ancestors.id = gc.company_id AND ancestors.depth = 0))",
    ),
    Level(
        "default",
        _("wholesale for all"),
        "a.contract_id IS NULL AND a.legal_entity_id IS NULL AND a.company_id IS NULL"
        " AND a.group_id IS NULL",
    ),
)

#: What is left when no list answers: the shop's own retail price.
RETAIL = Level("retail", _("retail"), "")

#: What decides between lists of one level, then between prices of one list.
WITHIN: tuple[Promise, ...] = (
    _("of two parent companies, the nearer"),
    _("the highest cart's sum reached (columns)"),
    _("the lower priority number"),
    _("the narrowest window of validity"),
    _("the older assignment"),
    _("in a list: its own price before one derived from its base"),
    _("in a list: the price with the narrowest window of validity"),
    _("in a list: the highest minimum quantity reached"),
    _("in a list: of two windows as narrow, the one that begins later"),
)
