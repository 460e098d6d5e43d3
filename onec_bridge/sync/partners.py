"""Partners of 1C to companies, and who of the shop's staff looks after which.

Rules: a partner is a company once: by 1C's id, else by its legal entities, else a new company
with B2B off; one whose legal entities haven't come waits for them; a manager is known by his
e-mail among the shop's staff, and one that has no account there waits until he has.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from b2b_overlay.company import structure
from b2b_overlay.company.models import Company
from b2b_overlay.company.partners import COMPANY_FIELDS, Took, take_manager, take_partner
from b2b_overlay.company.partners import Partner as Told
from onec_bridge.commerceml.records import Manager, Partner, Severity

from . import waiting
from .contracts import entities_by_id
from .links import Linked
from .models import Kind
from .outcome import Item, Outcome
from .waiting import STAFF, in_both
from .work import Work

__all__ = ["staff_that_came", "take_managers", "take_partners"]


def take_partners(work: Work, items: list[Item[Partner]]) -> None:
    """Take these partners; what a parent waits for is only that parent."""
    waiting.drop_older(work, items)
    ids = [each for item in items for each in item.record.counterparty_ids]
    entities = entities_by_id(work, ids)
    parents = [item.record.parent_id for item in items if item.record.parent_id]
    work.links.load(Kind.PARTNER, [*parents, *(item.record.id for item in items)])
    for item in items:
        record = item.record
        missing = [each for each in record.counterparty_ids if each not in entities]
        for each in missing:
            work.problem("terms_of_unknown_counterparty", record, "Контрагенты", each)
        here = [entities[each] for each in record.counterparty_ids if each in entities]
        if missing:
            waiting.park(work, item, [(Kind.COUNTERPARTY, each) for each in missing])
        if here or ((link := work.links.get(Kind.PARTNER, record.id)) and link.local_id):
            _take_partner(work, item, Told(_told(work, item), here))
        elif not missing:
            work.problem("partner_without_entities", record, "Контрагенты")
            item.came(Outcome.REFUSED)


def _told(work: Work, item: Item[Partner]) -> dict[str, Any]:
    record = item.record
    told: dict[str, Any] = {}
    if record.name:
        told["name"] = record.name[:255]
    if record.parent_id:
        if local := work.links.local(Kind.PARTNER, record.parent_id):
            told["parent"] = int(local)
        else:
            work.problem("unknown_partner", record, "ИдГоловного", record.parent_id)
            waiting.park(work, item, [(Kind.PARTNER, record.parent_id)])
    elif record.parent_id == "":
        told["parent"] = None
    if record.deleted:
        told["is_active"] = False
    return told


def _take_partner(work: Work, item: Item[Partner], partner: Told) -> None:
    record = item.record
    link = work.links.get(Kind.PARTNER, record.id)
    before: Mapping[str, Any] = link.data.get("told", {}) if link else {}
    local = int(link.local_id) if link and link.local_id else 0
    took = take_partner(
        partner, Company.objects.filter(pk=local).first(), before, work.connection.name
    )
    _came(work, item, took)
    told = {**before, **partner.told}
    if not record.deleted:
        told.pop("is_active", None)
    if link is None or link.local_id != str(took.company.pk) or told != before:
        work.links.put(Kind.PARTNER, record.id, str(took.company.pk), told=told)
        item.came(Outcome.CREATED if took.is_new else Outcome.CHANGED)
    if record.deleted:
        work.problem("partner_marked", record, "ПометкаУдаления", took.company.name)


def _came(work: Work, item: Item[Any], took: Took) -> None:
    """The outcome, and what a person has to look at."""
    if took.is_new or took.changed:
        item.came(Outcome.CREATED if took.is_new else Outcome.CHANGED)
    for text in took.refused:
        name = took.company.name
        work.problem("bad_terms", item.record, "", name, Severity.ERROR, why_ru=text, why_en=text)
    if took.differs:
        labels = [COMPANY_FIELDS.get(name, name) for name in took.differs]
        ru, en = in_both(lambda: ", ".join(map(str, labels)))
        work.problem("partner_differs", item.record, "", took.company.name, why_ru=ru, why_en=en)


# ------------------------------------------------------------------------------ managers


def take_managers(work: Work, items: list[Item[Manager]]) -> None:
    """Have these look after their companies."""
    waiting.drop_older(work, items)
    ids = [each for item in items for each in item.record.counterparty_ids]
    entities = entities_by_id(work, ids)
    work.links.load(Kind.PARTNER, [each for item in items for each in item.record.partner_ids])
    staff = _staff(item.record.email for item in items)
    for item in items:
        record = item.record
        email = (record.email or "").strip().lower()
        if record.deleted:
            continue
        if not email:
            work.problem("manager_without_email", record, "Почта", record.name or "")
            item.came(Outcome.REFUSED)
        elif email not in staff:
            work.problem("unknown_manager", record, "Почта", email)
            waiting.park(work, item, [(STAFF, email)])
        else:
            by_entity = {each: found.company for each, found in entities.items()}
            _take_manager(work, item, staff[email], by_entity)


def _staff(emails: Iterable[str | None]) -> dict[str, int]:
    """Ids of the shop's staff by e-mail, in small letters."""
    wanted = {(email or "").strip().lower() for email in emails} - {""}
    rows = structure.staff().values_list("pk", "email") if wanted else ()
    return {email.lower(): pk for pk, email in rows if email.lower() in wanted}


def _take_manager(
    work: Work, item: Item[Manager], user_id: int, by_entity: Mapping[str, Company | None]
) -> None:
    """What 1C told last of a company's manager is remembered with the id it named it by."""
    record = item.record
    named = [(Kind.PARTNER, each) for each in record.partner_ids]
    named += [(Kind.COUNTERPARTY, each) for each in record.counterparty_ids]
    missing = []
    for kind, ident in named:
        link = work.links.get(kind, ident)
        company = _company(kind, link, by_entity.get(ident))
        if link is None or company is None:
            code = "unknown_partner" if kind == Kind.PARTNER else "manager_of_no_company"
            work.problem(code, record, "Партнеры", ident)
            missing.append((str(kind), ident))
            continue
        before = {"manager": link.data["manager"]} if "manager" in link.data else {}
        _came(work, item, take_manager(company, user_id, before, work.connection.name))
        if before.get("manager") != user_id:
            work.links.put(kind, ident, link.local_id, manager=user_id)
    if missing:
        waiting.park(work, item, missing)


def _company(kind: Kind, link: Linked | None, of_entity: Company | None) -> Company | None:
    if kind == Kind.COUNTERPARTY or link is None:
        return of_entity
    return Company.objects.filter(pk=int(link.local_id or 0)).first()


def staff_that_came(work: Work) -> list[str]:
    """E-mails that records wait for, and somebody of the staff has by now."""
    waits = waiting.awaited(work, STAFF)
    return sorted(_staff(waits)) if waits else []
