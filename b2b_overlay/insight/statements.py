"""SQL of the exceptions report. Everything is read from events, which nobody can change.

``{…}`` are tables (:func:`tables`), ``%(…)s`` parameters. Whose individual prices a list holds
is told by its first assignment's event, so that no later change hides a price.
"""

from __future__ import annotations

from django.db.models import Model

from b2b_overlay.company.models import Company, GroupCompanies, LegalEntity
from b2b_overlay.history import TRACKED
from b2b_overlay.ordering.models import WholesaleOrder, WholesaleOrderLine
from b2b_overlay.pricing.models import Assignment, Markup, Price, PriceList
from b2b_overlay.terms.models import Contract

__all__ = ["BELOW", "BY_MANAGER", "COUNT", "DIPS", "GIVEN", "PEERS", "tables"]


def tables() -> dict[str, str]:
    """Names of tables by what the statements call them."""
    read: dict[str, type[Model]] = {
        "company": Company,
        "entity": LegalEntity,
        "group_company": GroupCompanies,
        "assignment": Assignment,
        "contract": Contract,
        "price": Price,
        "price_list": PriceList,
        "placed": WholesaleOrder,
        "line": WholesaleOrderLine,
    }
    events = {each.model: each.event for each in TRACKED}
    tracked: dict[str, type[Model]] = {
        "prices_then": Price,
        "assignments_then": Assignment,
        "lists_then": PriceList,
        "markups_then": Markup,
    }
    found = {
        **{name: model._meta.db_table for name, model in read.items()},
        **{name: events[model]._meta.db_table for name, model in tracked.items()},
    }
    return {**found, "given": _GIVEN.format(**found)}


#: Every individual price given in the period, whoever holds it now.
_GIVEN = """
WITH own AS (
    SELECT DISTINCT ON (price_list_id) price_list_id, legal_entity_id
      FROM {assignments_then} WHERE is_individual
     ORDER BY price_list_id, pgh_id
), given AS (
    SELECT e.pgh_id, e.pgh_created_at AS at, e.price_list_id, e.variant_id, e.min_quantity,
           e.amount, e.starts_at, e.ends_at, l.currency, l.name AS list_name,
           le.id AS entity_id, le.name AS entity, c.id AS company_id, c.name AS company,
           (COALESCE(e.pgh_context->>'asked_by', e.pgh_context->>'who'))::bigint AS giver,
           CASE WHEN e.pgh_context ? 'request' THEN (e.pgh_context->>'who')::bigint END
               AS confirmed_by,
           (e.pgh_context->>'instead')::numeric AS instead,
           COALESCE(e.pgh_context->>'reason', '') AS reason,
           COALESCE(e.pgh_context->>'via', '') AS via
      FROM {prices_then} e
      JOIN own ON own.price_list_id = e.price_list_id
      JOIN {price_list} l ON l.id = e.price_list_id
      JOIN {entity} le ON le.id = own.legal_entity_id
      LEFT JOIN {company} c ON c.id = le.company_id
     WHERE e.pgh_label <> 'delete'
       AND e.pgh_created_at >= %(since)s AND e.pgh_created_at < %(until)s
), lower AS (
    SELECT * FROM given
     WHERE (instead IS NULL OR amount < instead)
       AND (%(manager)s::bigint IS NULL OR giver = %(manager)s)
       AND (%(company)s::bigint IS NULL OR company_id = %(company)s)
)
"""

COUNT = "{given} SELECT count(*) FROM lower"

GIVEN = """{given}
SELECT at, price_list_id, variant_id, min_quantity, amount, starts_at, ends_at, currency,
       entity_id, entity, company_id, company, giver, confirmed_by, instead, reason, via
  FROM lower ORDER BY pgh_id DESC LIMIT %(limit)s OFFSET %(offset)s
"""

#: For pairs of a legal entity and a good: how many like buyers there are (of the same group, or
#: with a price list of their contracts in common), how many have an individual price of this
#: good, and the lowest and highest of those.
PEERS = """
WITH asked AS (
    SELECT * FROM unnest(%(entities)s::bigint[], %(variants)s::bigint[]) AS a(entity_id, variant_id)
), subject AS (
    SELECT DISTINCT le.id, le.company_id FROM asked JOIN {entity} le ON le.id = asked.entity_id
), bound AS (
    SELECT a.price_list_id, k.legal_entity_id
      FROM {assignment} a JOIN {contract} k ON k.id = a.contract_id
), peer AS (
    SELECT s.id AS entity_id, le.id AS peer_id
      FROM subject s
      JOIN {group_company} mine ON mine.company_id = s.company_id
      JOIN {group_company} theirs ON theirs.group_id = mine.group_id
      JOIN {entity} le ON le.company_id = theirs.company_id
     WHERE le.id <> s.id
    UNION
    SELECT s.id, theirs.legal_entity_id
      FROM subject s
      JOIN bound mine ON mine.legal_entity_id = s.id
      JOIN bound theirs ON theirs.price_list_id = mine.price_list_id
     WHERE theirs.legal_entity_id <> s.id
), of_peer AS (
    SELECT peer.entity_id, p.variant_id, peer.peer_id, min(p.amount) AS amount
      FROM peer
      JOIN {assignment} a ON a.is_individual AND a.legal_entity_id = peer.peer_id
      JOIN {price} p ON p.price_list_id = a.price_list_id
     WHERE p.variant_id IN (SELECT variant_id FROM asked)
     GROUP BY 1, 2, 3
)
SELECT asked.entity_id, asked.variant_id,
       (SELECT count(*) FROM peer WHERE peer.entity_id = asked.entity_id),
       count(of_peer.peer_id), min(of_peer.amount), max(of_peer.amount)
  FROM asked
  LEFT JOIN of_peer ON of_peer.entity_id = asked.entity_id
                   AND of_peer.variant_id = asked.variant_id
 GROUP BY 1, 2
"""

#: One buyer's discounts by manager: how many, how deep, how many under a floor, and what was
#: bought at them with what was given away. An ordered line is of the price that held then.
BY_MANAGER = """{given}, bought AS (
    SELECT held.giver, o.legal_entity_id AS entity_id, o.currency,
           sum(l.total) AS total,
           sum((held.instead - l.unit_price) * l.quantity)
               FILTER (WHERE held.instead > l.unit_price) AS given_away
      FROM {line} l
      JOIN {placed} o ON o.id = l.order_id
      JOIN own ON own.legal_entity_id = o.legal_entity_id
      JOIN {price_list} pl ON pl.id = own.price_list_id AND pl.name = l.price_list
      JOIN LATERAL (
        SELECT COALESCE(e.pgh_context->>'asked_by', e.pgh_context->>'who')::bigint AS giver,
               (e.pgh_context->>'instead')::numeric AS instead
          FROM {prices_then} e
         WHERE e.price_list_id = own.price_list_id AND e.variant_id = l.variant_id
           AND e.amount = l.unit_price AND e.pgh_label <> 'delete'
           AND e.pgh_created_at <= o.placed_at
         ORDER BY e.pgh_id DESC LIMIT 1
      ) held ON true
     WHERE o.placed_at >= %(since)s AND o.placed_at < %(until)s AND NOT o.is_cancelled
     GROUP BY 1, 2, 3
)
SELECT g.giver, g.entity_id, g.entity, g.company_id, g.company, g.currency, g.prices, g.average,
       g.deepest, g.under_floor, b.total, b.given_away
  FROM (
    SELECT giver, entity_id, entity, company_id, company, currency, count(*) AS prices,
           round(avg((1 - amount / instead) * 100), 1) AS average,
           round(max((1 - amount / instead) * 100), 1) AS deepest,
           count(confirmed_by) AS under_floor
      FROM lower GROUP BY 1, 2, 3, 4, 5, 6
  ) g
  LEFT JOIN bought b ON b.entity_id = g.entity_id AND b.currency = g.currency
                    AND b.giver IS NOT DISTINCT FROM g.giver
 ORDER BY b.given_away DESC NULLS LAST, g.prices DESC, g.entity_id
 LIMIT %(limit)s OFFSET %(offset)s
"""

#: A change that made an order cheaper shortly before it, and the change back after it. Four
#: kinds of changes in one stream: a price, a list's percentage, a percentage of a group of
#: goods, a list given to somebody. ``value`` is lower where the buyer pays less; NULL: there is
#: none. What ends by its own window goes back by itself then; half the way back is back.
DIPS = """
WITH RECURSIVE sold AS (
    SELECT l.id AS line_id, o.order_id AS shop_order, o.number, o.placed_at, o.currency,
           o.legal_entity_id, o.company_id, o.contract_id, l.variant_id, l.name AS good,
           l.quantity, l.unit_price, l.total, l.price_list
      FROM {placed} o JOIN {line} l ON l.order_id = o.id
     WHERE o.placed_at >= %(since)s AND o.placed_at < %(until)s AND NOT o.is_cancelled
       AND (%(company)s::bigint IS NULL OR o.company_id = %(company)s)
), named AS (
    SELECT DISTINCT pgh_obj_id AS id, name FROM {lists_then}
), above(charged, id, depth) AS (
    SELECT id, id, 0 FROM named
    UNION
    SELECT above.charged, l.base_id, above.depth + 1
      FROM above JOIN {price_list} l ON l.id = above.id
     WHERE l.base_id IS NOT NULL AND above.depth < 20
), charged AS (
    SELECT DISTINCT sold.line_id, sold.variant_id, sold.placed_at, sold.contract_id,
           sold.legal_entity_id, sold.company_id, above.id AS list_id
      FROM sold
      JOIN named ON named.name = sold.price_list
      JOIN above ON above.charged = named.id
), stream AS (
    SELECT 'price' AS kind, price_list_id AS list_id, variant_id,
           concat_ws('/', price_list_id, variant_id, min_quantity, starts_at) AS key,
           CASE WHEN pgh_label <> 'delete' THEN amount END AS value, ends_at,
           NULL::bigint AS contract_id, NULL::bigint AS entity_id, NULL::bigint AS company_id,
           NULL::bigint AS group_id, pgh_id, pgh_created_at AS at, pgh_context AS context
      FROM {prices_then}
     WHERE price_list_id IN (SELECT list_id FROM charged)
       AND variant_id IN (SELECT variant_id FROM charged)
    UNION ALL
    SELECT 'percent', pgh_obj_id, NULL, pgh_obj_id::text,
           CASE WHEN pgh_label <> 'delete' THEN percent END, NULL,
           NULL, NULL, NULL, NULL, pgh_id, pgh_created_at, pgh_context
      FROM {lists_then} WHERE pgh_obj_id IN (SELECT list_id FROM charged)
    UNION ALL
    SELECT 'markup', price_list_id, NULL,
           concat_ws('/', price_list_id, category_id, manufacturer, price_group),
           CASE WHEN pgh_label <> 'delete' THEN percent END, NULL,
           NULL, NULL, NULL, NULL, pgh_id, pgh_created_at, pgh_context
      FROM {markups_then} WHERE price_list_id IN (SELECT list_id FROM charged)
    UNION ALL
    SELECT 'binding', price_list_id, NULL,
           concat_ws('/', price_list_id, contract_id, 'e', legal_entity_id, 'c', company_id,
                     'g', group_id, min_total),
           CASE WHEN pgh_label <> 'delete' THEN 0 END, ends_at,
           contract_id, legal_entity_id, company_id, group_id, pgh_id, pgh_created_at, pgh_context
      FROM {assignments_then}
     WHERE NOT is_individual AND price_list_id IN (SELECT list_id FROM charged)
), told AS (
    SELECT stream.*, lag(value) OVER key AS before, lag(at) OVER key AS before_at
      FROM stream WINDOW key AS (PARTITION BY kind, key ORDER BY pgh_id)
), dip AS (
    SELECT * FROM told
     WHERE value IS NOT NULL AND (before IS NULL OR value < before)
       AND at >= %(since)s::timestamptz - %(before)s::interval AND at < %(until)s
       AND before_at IS DISTINCT FROM at
       AND (%(everything)s OR COALESCE(context->>'via', '') <> 'exchange')
       AND (%(manager)s::bigint IS NULL OR
            COALESCE(context->>'asked_by', context->>'who')::bigint = %(manager)s)
), pair AS (
    SELECT dip.pgh_id, dip.kind, f.at AS back_at, f.context AS back_context
      FROM dip JOIN told f
        ON f.kind = dip.kind AND f.key = dip.key AND f.pgh_id > dip.pgh_id
       AND f.at <= dip.at + %(before)s::interval + %(after)s::interval
       AND CASE WHEN dip.before IS NULL THEN f.value IS NULL OR f.value > dip.value
                ELSE (f.value - dip.value) * 2 >= dip.before - dip.value OR f.value IS NULL END
    UNION ALL
    SELECT pgh_id, kind, ends_at, NULL FROM dip
     WHERE ends_at <= at + %(before)s::interval + %(after)s::interval
), near AS (
    SELECT pair.*, charged.line_id
      FROM pair
      JOIN dip ON dip.pgh_id = pair.pgh_id AND dip.kind = pair.kind
      JOIN charged ON charged.list_id = dip.list_id AND charged.variant_id = dip.variant_id
     WHERE charged.placed_at BETWEEN dip.at AND dip.at + %(before)s::interval
       AND pair.back_at BETWEEN charged.placed_at AND charged.placed_at + %(after)s::interval
    UNION ALL
    SELECT pair.*, charged.line_id
      FROM pair
      JOIN dip ON dip.pgh_id = pair.pgh_id AND dip.kind = pair.kind
      JOIN charged ON charged.list_id = dip.list_id
     WHERE dip.variant_id IS NULL
       AND charged.placed_at BETWEEN dip.at AND dip.at + %(before)s::interval
       AND pair.back_at BETWEEN charged.placed_at AND charged.placed_at + %(after)s::interval
       AND (dip.kind <> 'binding'
            OR dip.contract_id = charged.contract_id
            OR dip.entity_id = charged.legal_entity_id
            OR dip.company_id = charged.company_id
            OR dip.group_id IN (SELECT group_id FROM {group_company} gc
                                 WHERE gc.company_id = charged.company_id))
), found AS (
    SELECT DISTINCT ON (line_id, kind, pgh_id) * FROM near
     ORDER BY line_id DESC, kind, pgh_id, back_at
     LIMIT %(limit)s OFFSET %(offset)s
)
SELECT dip.kind, dip.list_id, sold.variant_id, sold.good, dip.at,
       COALESCE(dip.context->>'asked_by', dip.context->>'who')::bigint,
       dip.before, dip.value, found.back_at, (found.back_context->>'who')::bigint,
       sold.shop_order, sold.number, sold.placed_at, le.id, le.name, c.id, c.name,
       sold.quantity, sold.unit_price, sold.total, sold.currency, l.name
  FROM found
  JOIN dip ON dip.pgh_id = found.pgh_id AND dip.kind = found.kind
  JOIN sold ON sold.line_id = found.line_id
  JOIN {entity} le ON le.id = sold.legal_entity_id
  JOIN {company} c ON c.id = sold.company_id
  JOIN {price_list} l ON l.id = dip.list_id
 ORDER BY sold.line_id DESC, dip.kind, dip.pgh_id
"""

#: Prices in force, or to come, that are under a floor, with the event that last wrote each: of
#: the row itself, or of a row of the good in a list it derives from. The floors and the derived
#: prices are reckoned beforehand (:mod:`b2b_overlay.pricing.below`).
BELOW = """
WITH RECURSIVE floors AS (
    SELECT * FROM unnest(%(variants)s::bigint[], %(froms)s::numeric[], %(befores)s::numeric[],
                         %(amounts)s::numeric[], %(names)s::text[], %(currencies)s::text[],
                         %(vats)s::boolean[])
        AS f(variant_id, since, before, amount, name, currency, vat_included)
), low AS (
    SELECT p.id, p.price_list_id, p.variant_id, p.min_quantity, p.amount,
           floors.amount AS lowest, floors.name AS floor
      FROM floors
      JOIN {price_list} l ON l.id = ANY(%(lists)s::bigint[]) AND l.currency = floors.currency
                         AND l.vat_included = floors.vat_included
      JOIN {price} p ON p.price_list_id = l.id AND p.variant_id = floors.variant_id
                    AND p.min_quantity >= floors.since AND p.min_quantity < floors.before
     WHERE p.amount < floors.amount AND (p.ends_at IS NULL OR p.ends_at > %(now)s)
    UNION ALL
    SELECT NULL, d.*
      FROM unnest(%(d_lists)s::bigint[], %(d_variants)s::bigint[], %(d_froms)s::numeric[],
                  %(d_amounts)s::numeric[], %(d_lowest)s::numeric[], %(d_floors)s::text[])
        AS d(price_list_id, variant_id, min_quantity, amount, lowest, floor)
     WHERE NOT EXISTS (
        SELECT FROM {price} p
         WHERE p.price_list_id = d.price_list_id AND p.variant_id = d.variant_id
           AND p.min_quantity = d.min_quantity
           AND (p.starts_at IS NULL OR p.starts_at <= %(now)s)
           AND (p.ends_at IS NULL OR p.ends_at > %(now)s))
), above(charged, id, depth) AS (
    SELECT DISTINCT price_list_id, price_list_id, 0 FROM low
    UNION
    SELECT above.charged, l.base_id, above.depth + 1
      FROM above JOIN {price_list} l ON l.id = above.id
     WHERE l.base_id IS NOT NULL AND above.depth < 20
), found AS (
    SELECT low.*, event.pgh_id, event.pgh_created_at AS at, event.price_list_id AS written_in,
           (event.pgh_context->>'who')::bigint AS who
      FROM low
      LEFT JOIN LATERAL (
        SELECT e.pgh_id, e.pgh_created_at, e.price_list_id, e.pgh_context
          FROM above
          JOIN {prices_then} e ON e.price_list_id = above.id AND e.variant_id = low.variant_id
         WHERE above.charged = low.price_list_id
           AND (low.id IS NULL OR e.pgh_obj_id = low.id)
         ORDER BY e.pgh_id DESC LIMIT 1
      ) event ON true
)
SELECT count(*) OVER (), found.at, found.pgh_id, found.written_in, found.price_list_id, l.name,
       found.variant_id, found.min_quantity, found.amount, found.lowest, found.floor, l.currency
  FROM found
  JOIN {price_list} l ON l.id = found.price_list_id
 WHERE (found.at IS NULL OR found.at >= %(since)s AND found.at < %(until)s)
   AND (%(manager)s::bigint IS NULL OR found.who = %(manager)s)
   AND (%(company)s::bigint IS NULL OR EXISTS (
        SELECT FROM {assignment} a
          LEFT JOIN {contract} k ON k.id = a.contract_id
          LEFT JOIN {entity} le ON le.id IN (a.legal_entity_id, k.legal_entity_id)
         WHERE a.price_list_id = found.price_list_id
           AND %(company)s IN (a.company_id, le.company_id)))
 ORDER BY found.pgh_id DESC NULLS LAST, found.price_list_id, found.variant_id, found.min_quantity
 LIMIT %(limit)s OFFSET %(offset)s
"""
