"""Whom a price list concerns: the legal entities it is for, and the buyers who buy for them.

By every assignment in force now or later, of the list itself and of the lists that derive from
it, down the companies and into the groups. Whether another list comes before it for some of
them isn't asked: that differs by good.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db import connection

from b2b_overlay.company.models import Buyer, Company, GroupCompanies, LegalEntity
from b2b_overlay.terms.models import Contract

from .models import Assignment, PriceList

__all__ = ["Audience", "audiences"]


@dataclass(frozen=True, slots=True)
class Audience:
    """How many; of a buyer with two memberships, one."""

    legal_entities: int = 0
    buyers: int = 0


_TABLES = {
    "assignment": Assignment._meta.db_table,
    "buyer": Buyer._meta.db_table,
    "buys_for": Buyer.legal_entities.through._meta.db_table,
    "company": Company._meta.db_table,
    "contract": Contract._meta.db_table,
    "group_company": GroupCompanies._meta.db_table,
    "legal_entity": LegalEntity._meta.db_table,
    "price_list": PriceList._meta.db_table,
}

_STATEMENT = """
WITH RECURSIVE reach(root, id) AS (
    SELECT id, id FROM {price_list} WHERE {chosen}
    UNION
    SELECT reach.root, l.id FROM reach JOIN {price_list} l ON l.base_id = reach.id
), assigned AS (
    SELECT DISTINCT reach.root, a.contract_id, a.legal_entity_id, a.company_id, a.group_id
      FROM reach JOIN {assignment} a ON a.price_list_id = reach.id
     WHERE a.ends_at IS NULL OR a.ends_at > now()
), below(top, id) AS (
    SELECT DISTINCT company_id, company_id FROM assigned WHERE company_id IS NOT NULL
    UNION
    SELECT below.top, c.id FROM below JOIN {company} c ON c.parent_id = below.id
), entities(root, id) AS (
    SELECT a.root, c.legal_entity_id
      FROM assigned a JOIN {contract} c ON c.id = a.contract_id AND c.is_active
    UNION
    SELECT root, legal_entity_id FROM assigned WHERE legal_entity_id IS NOT NULL
    UNION
    SELECT a.root, e.id FROM assigned a
      JOIN below ON below.top = a.company_id JOIN {legal_entity} e ON e.company_id = below.id
    UNION
    SELECT a.root, e.id FROM assigned a
      JOIN {group_company} g ON g.group_id = a.group_id
      JOIN {legal_entity} e ON e.company_id = g.company_id
    UNION
    SELECT a.root, e.id FROM assigned a CROSS JOIN {legal_entity} e
     WHERE coalesce(a.contract_id, a.legal_entity_id, a.company_id, a.group_id) IS NULL
)
SELECT {root}, count(DISTINCT e.id), count(DISTINCT b.user_id)
  FROM entities
  JOIN {legal_entity} e ON e.id = entities.id AND e.is_active AND e.merged_into_id IS NULL
  JOIN {company} c ON c.id = e.company_id AND c.is_active
  LEFT JOIN {buyer} b ON b.company_id = c.id AND b.is_active
   AND (b.role = 'owner' OR EXISTS (
        SELECT FROM {buys_for} m WHERE m.buyer_id = b.id AND m.legalentity_id = e.id))
 GROUP BY 1
"""


def audiences(price_list_ids: Iterable[int]) -> Mapping[int | None, Audience]:
    """By price list; under None all of them together. Two statements."""
    ids = list(price_list_ids)
    found: dict[int | None, Audience] = {None: Audience(), **{pk: Audience() for pk in ids}}
    with connection.cursor() as cursor:
        for root in ("entities.root", "NULL::bigint"):
            cursor.execute(
                _STATEMENT.format(chosen="id = ANY(%(lists)s)", root=root, **_TABLES),
                {"lists": ids},
            )
            found |= {row[0]: Audience(row[1], row[2]) for row in cursor.fetchall()}
    return found
