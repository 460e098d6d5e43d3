"""The tables the resolver reads: as they are, or as they were at a moment.

Every change of a price, a list, an assignment, a contract, a company is an event that the
database itself wrote (:mod:`b2b_overlay.history`), and events can't be changed. So the same
statement over the last event of each row until a moment answers what was true then, for ever.
A moment is taken by the time a transaction began (PostgreSQL's ``now()``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cache

from django.db import models

from b2b_overlay.company.models import Company, GroupCompanies, LegalEntity
from b2b_overlay.history import TRACKED
from b2b_overlay.terms.models import Contract

from .models import Assignment, Markup, Price, PriceList, Rate

__all__ = ["Sources", "sources"]

_MODELS: dict[str, type[models.Model]] = {
    "assignment": Assignment,
    "company": Company,
    "contract": Contract,
    "legal_entity": LegalEntity,
    "markup": Markup,
    "price_list": PriceList,
    "rate": Rate,
}

_THEN = """(SELECT * FROM (
    SELECT DISTINCT ON (pgh_obj_id) pgh_obj_id AS id, pgh_label, {columns}
      FROM {events} WHERE pgh_created_at <= %(as_of)s
     ORDER BY pgh_obj_id, pgh_id DESC) seen WHERE pgh_label <> 'delete')"""

#: Prices have many events: which one is the last is read from an index, and that one fetched.
_PRICE_THEN = """(SELECT last.* FROM (
    SELECT DISTINCT ON (pgh_obj_id) pgh_id
      FROM {events} WHERE pgh_created_at <= %(as_of)s
       AND price_list_id = l.list_id AND variant_id = v.variant_id
     ORDER BY pgh_obj_id, pgh_id DESC) seen
  JOIN {events} last USING (pgh_id) WHERE last.pgh_label <> 'delete')"""

_LINKS_THEN = """(SELECT * FROM (
    SELECT DISTINCT ON ({columns}) pgh_label, {columns}
      FROM {events} WHERE pgh_created_at <= %(as_of)s
     ORDER BY {columns}, pgh_id DESC) seen WHERE pgh_label <> 'delete')"""

#: Ordered, so that it is a look into the index: where most lists have prices, the planner would
#: rather read the table until it meets one, and with a list that has none read it all.
_ANY = "(SELECT true FROM {price} WHERE price_list_id = l.id {more} ORDER BY variant_id LIMIT 1)"


@dataclass(frozen=True, slots=True, eq=False)
class Sources:
    """SQL to put after FROM, by the model's name; ``price`` narrows to one list and variant.

    The rest tells of a price list ``l`` whether a price is written in it, a price for a time
    only, a percentage for a group of goods: a look into an index each, which spares many.
    """

    tables: dict[str, str]
    price: str
    holds_prices: str
    has_windows: str
    has_markups: str


def _events_of(model: type[models.Model]) -> type[models.Model]:
    return next(each.event for each in TRACKED if each.model is model)


def _columns(model: type[models.Model]) -> str:
    kept = {field.column for field in _events_of(model)._meta.concrete_fields}
    own = [field.column for field in model._meta.concrete_fields if field.column in kept]
    return ", ".join(f'"{column}"' for column in own)


def _then(model: type[models.Model]) -> str:
    return _THEN.format(columns=_columns(model), events=_events_of(model)._meta.db_table)


@cache
def _now() -> Sources:
    tables = {name: model._meta.db_table for name, model in _MODELS.items()}
    tables["group_company"] = GroupCompanies._meta.db_table
    price = Price._meta.db_table
    windows = "AND (starts_at IS NOT NULL OR ends_at IS NOT NULL)"
    return Sources(
        tables,
        price,
        holds_prices=_ANY.format(price=price, more=""),
        has_windows=_ANY.format(price=price, more=windows),
        has_markups="EXISTS (SELECT FROM {markup} m WHERE m.price_list_id = l.id)".format(**tables),
    )


@cache
def _before() -> Sources:
    tables = {name: _then(model) for name, model in _MODELS.items()}
    tables["group_company"] = _LINKS_THEN.format(
        columns="group_id, company_id", events=_events_of(GroupCompanies)._meta.db_table
    )
    events = _events_of(Price)._meta.db_table
    ever = _ANY.format(price=events, more="")
    return Sources(tables, _PRICE_THEN.format(events=events), ever, "true", "true")


def sources(as_of: datetime | None) -> Sources:
    """Today's tables, or what their events say of a moment."""
    return _now() if as_of is None else _before()
