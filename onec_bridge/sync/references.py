"""What goods refer to: groups, price types, warehouses; and what is only remembered.

Groups become categories, price types price lists, by themselves; a category that the shop
has under the same name in the same place is used, not doubled, and keeps its name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from b2b_overlay.pricing.models import PriceList
from b2b_overlay.pricing.rates import without_rate
from b2b_overlay.shop import CategoryDraft, WarehouseDraft
from onec_bridge.commerceml.records import (
    Group,
    PriceType,
    Severity,
    Warehouse,
)
from onec_bridge.commerceml.values import currency_code

from .links import Linked
from .matching import normal_name
from .models import LONGEST_ID, Kind, Parked
from .outcome import Item, Outcome
from .payload import dump
from .stock import UNNAMED
from .work import Work

__all__ = [
    "default_warehouse",
    "no_group",
    "remember",
    "take_groups",
    "take_price_types",
    "take_warehouses",
]

#: The category of goods whose group 1C hasn't sent, or which have none.
NO_GROUP = ""
NO_GROUP_NAME = "Без группы"


# --------------------------------------------------------------------------- groups


def take_groups(work: Work, items: list[Item[Group]]) -> None:
    """Groups to categories, parents above children."""
    fresh = _once(work, items)
    work.links.load(Kind.GROUP)
    work.links.load(Kind.GROUP, [item.record.id for item in fresh])
    changed: dict[str, Item[Group]] = {}
    for item in fresh:
        record, link = item.record, work.links.get(Kind.GROUP, item.record.id)
        told = {"name": record.name, "parent": record.parent_id or "", "deleted": record.deleted}
        if record.name is None and link is None:
            work.problem("group_without_name", record, "Наименование", severity=Severity.ERROR)
            item.came(Outcome.REFUSED)
        elif link is None or link.data.get("told") != told:
            item.came(Outcome.CHANGED if link else Outcome.CREATED)
            work.links.put(Kind.GROUP, record.id, link.local_id if link else "", told=told)
            changed[record.id] = item
    if changed:
        _save_groups(work, list(changed))
        _move_waiting(work, changed)


def _once(work: Work, items: list[Item[Group]]) -> list[Item[Group]]:
    """Each group of the file once: the first place it stands in holds."""
    fresh = []
    for item in items:
        if item.record.id and item.record.id not in work.file.groups:
            work.file.groups.add(item.record.id)
            fresh.append(item)
        elif not item.record.id:
            item.came(Outcome.REFUSED)
    return fresh


def _save_groups(work: Work, ids: Iterable[str]) -> None:
    links = work.links.all(Kind.GROUP)
    _reuse_categories(work, [links[each] for each in ids if not links[each].local_id])
    chain: dict[str, Linked] = {}
    for each in ids:
        above = []
        while each in links and each not in chain and links[each] not in above:
            above.append(links[each])
            each = links[each].data["told"]["parent"]
        chain |= {link.external_id: link for link in reversed(above)}
    drafts = [
        CategoryDraft(
            key=link.external_id,
            id=int(link.local_id) if link.local_id else None,
            name=_category_name(work, link),
            parent_key=link.data["told"]["parent"] or None,
        )
        for link in chain.values()
    ]
    for external_id, category_id in work.shop.writer.save_categories(drafts).items():
        work.links.put(Kind.GROUP, external_id, str(category_id))


def _category_name(work: Work, link: Linked) -> str:
    own = "" if work.connection.owns_texts else link.data.get("own_name", "")
    return str(own or link.data["told"]["name"])[:250]


def _reuse_categories(work: Work, links: list[Linked]) -> None:
    """Link new groups to the shop's categories of the same name in the same place."""
    if not links:
        return
    taken = {link.local_id for link in work.links.all(Kind.GROUP).values()}
    free = {
        (c.parent_id, normal_name(c.name)): c
        for c in work.shop.catalogue.categories()
        if str(c.id) not in taken
    }
    for link in links:
        parent = work.links.local(Kind.GROUP, link.data["told"]["parent"])
        place = (int(parent) if parent else None, normal_name(link.data["told"]["name"] or ""))
        if link.data["told"]["parent"] and not parent:
            continue
        if found := free.pop(place, None):
            work.links.put(Kind.GROUP, link.external_id, str(found.id), own_name=found.name)


def _move_waiting(work: Work, ids: Iterable[str]) -> None:
    """Goods that stood in «Без группы» for want of these groups go there now."""
    waiting = Parked.objects.filter(
        connection=work.connection, waits_kind=Kind.GROUP, waits_for__in=list(ids)
    )
    rows = list(waiting)
    work.links.load(Kind.PRODUCT, [row.external_id for row in rows])
    for row in rows:
        if product_id := work.links.local(Kind.PRODUCT, row.external_id):
            category = work.links.local(Kind.GROUP, row.waits_for)
            work.touch_up(int(product_id), category_id=int(category))
    if rows:
        waiting.filter(pk__in=[row.pk for row in rows]).delete()


def no_group(work: Work) -> int:
    """The category «Без группы», made when first needed."""
    if not (found := work.links.local(Kind.GROUP, NO_GROUP)):
        draft = CategoryDraft(key="-", id=None, name=NO_GROUP_NAME, parent_key=None)
        found = str(work.shop.writer.save_categories([draft])["-"])
        told = {"name": NO_GROUP_NAME, "parent": "", "deleted": False}
        work.links.put(Kind.GROUP, NO_GROUP, found, told=told)
    return int(found)


# ---------------------------------------------------------------------- price types


def take_price_types(work: Work, items: list[Item[PriceType]]) -> list[str]:
    """Price types to price lists; the ids of new ones."""
    work.links.load(Kind.PRICE_TYPE)
    created = []
    for item in items:
        if not item.record.id:
            item.came(Outcome.REFUSED)
        elif _take_price_type(work, item):
            created.append(item.record.id)
    work.references_changed()
    return created


def _take_price_type(work: Work, item: Item[PriceType]) -> bool:
    """Was it new?"""
    record = item.record
    link = work.links.get(Kind.PRICE_TYPE, record.id)
    before = link.data["told"] if link else {}
    told = before | _said(record)
    if told == before and record.id in work.price_types:
        return False
    text = told.get("currency") or ""
    currency = currency_code(text) if text else work.channel.currency
    found = PriceList.objects.filter(pk=int(link.local_id)).first() if link else None
    if currency is None:
        work.problem("unknown_currency", record, "Валюта", text, Severity.ERROR)
        item.came(Outcome.REFUSED)
        return False
    if found and found.currency != currency and found.prices.exists():
        words = {"price_type": found.name, "currency": found.currency}
        code = "price_type_currency_changed"
        work.problem(code, record, "Валюта", text, Severity.ERROR, **words)
        item.came(Outcome.REFUSED)
        return False
    saved = found or PriceList()
    saved.name = str(told.get("name") or record.id)[:255]
    saved.currency, saved.is_active = currency, not record.deleted
    saved.vat_included = told.get("vat_included", work.channel.prices_include_vat)
    saved.save()
    work.links.put(Kind.PRICE_TYPE, record.id, str(saved.pk), told=told)
    if without_rate([(currency, work.channel.currency)]):
        work.problem(
            "price_type_without_rate",
            record,
            "Валюта",
            currency,
            price_type=saved.name,
            to=work.channel.currency,
        )
    item.came(Outcome.CHANGED if found else Outcome.CREATED)
    return found is None


def _said(record: PriceType) -> dict[str, Any]:
    """What a record says of a price type; a later one may be thinner."""
    said = {
        "name": record.name,
        "currency": record.currency or None,
        "vat_included": record.vat_included,
        "deleted": record.deleted,
    }
    return {name: value for name, value in said.items() if value is not None}


# ----------------------------------------------------------------------- warehouses


def take_warehouses(work: Work, items: list[Item[Warehouse]]) -> list[str]:
    """Warehouses; the ids of new ones."""
    work.links.load(Kind.WAREHOUSE)
    drafts, created = [], []
    for item in items:
        record, link = item.record, work.links.get(Kind.WAREHOUSE, item.record.id)
        if not record.id:
            item.came(Outcome.REFUSED)
            continue
        told = {"name": record.name or (link.data["told"]["name"] if link else record.id)}
        if link is None or link.data.get("told") != told:
            item.came(Outcome.CHANGED if link else Outcome.CREATED)
            local = link.local_id if link else ""
            work.links.put(Kind.WAREHOUSE, record.id, local, told=told)
            drafts.append(WarehouseDraft(record.id, local or None, told["name"][:250]))
            if not local:
                created.append(record.id)
    for external_id, warehouse_id in work.shop.writer.save_warehouses(drafts, work.channel).items():
        work.links.put(Kind.WAREHOUSE, external_id, warehouse_id)
    work.references_changed()
    return created


def default_warehouse(work: Work) -> str:
    """The warehouse of stock for which 1C names none, made when first needed."""
    if not (found := work.warehouses.get(UNNAMED)):
        name = f"1С: {work.connection.name}"[:250]
        found = work.shop.writer.save_warehouses(
            [WarehouseDraft(UNNAMED, None, name)], work.channel
        )[UNNAMED]
        work.links.put(Kind.WAREHOUSE, UNNAMED, found, told={"name": name})
        work.warehouses[UNNAMED] = found
    return found


# ----------------------------------------------------------------------- remembered


def remember(kind: Kind, id_of: Callable[[Any], str]) -> Callable[[Work, list[Item[Any]]], None]:
    """A handler for records that nothing here is made of yet: kept as 1C told them."""

    def handler(work: Work, items: list[Item[Any]]) -> None:
        work.links.load(kind, [id_of(item.record) for item in items])
        for item in items:
            external_id = id_of(item.record)
            if len(external_id) > LONGEST_ID:  # a code in an id's stead, or two ids as one
                work.problem("id_too_long", item.record, "Ид", external_id, Severity.ERROR)
                item.came(Outcome.REFUSED)
                continue
            if not external_id:
                item.came(Outcome.REFUSED)
                if kind is Kind.UNIT:  # It may have a code instead, so the reader said nothing.
                    work.problem("missing_id", item.record, "Ид", severity=Severity.ERROR)
                continue
            told = {k: v for k, v in dump(item.record).items() if k != "source"}
            link = work.links.get(kind, external_id)
            if link is None or link.data.get("told") != told:
                item.came(Outcome.CHANGED if link else Outcome.CREATED)
                work.links.put(kind, external_id, "", told=told)

    return handler
