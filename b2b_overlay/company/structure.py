"""How companies stand to each other: parent, kind, manager, groups.

Rules: any depth, no cycles. Two managers may rearrange the tree at once, and neither of two
moves that are each right alone must close a circle, so whoever changes a parent holds one lock
for the whole tree (:func:`lock_tree`). A parent gives its price lists to those below it and
nothing else: B2B is on or off for each company by itself, and no buyer sees another company
because it stands above or below his own.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple

from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from b2b_overlay.shop import Refusal, Refused

from . import access
from .admit import demand_desk
from .models import Company, Group

__all__ = [
    "Below",
    "add_to_group",
    "ancestors",
    "create_group",
    "descendants",
    "find_company",
    "lock_tree",
    "put_under",
    "remove_from_group",
    "rename",
    "rename_group",
    "set_groups",
    "set_kind",
    "set_manager",
    "set_parent",
    "staff",
]

#: Any number that nobody else locks by: «b2b» and «tree» in ASCII.
_TREE_LOCK = (0x623262, 0x74726565)

# ``path`` keeps a walk finite even over a circle that somebody made past us.
_ANCESTORS = """
WITH RECURSIVE line(id, parent_id, depth, path) AS (
    SELECT id, parent_id, 0, ARRAY[id] FROM b2b_overlay_company WHERE id = %s
    UNION ALL
    SELECT c.id, c.parent_id, line.depth + 1, line.path || c.id
      FROM line JOIN b2b_overlay_company c ON c.id = line.parent_id
     WHERE c.id <> ALL (line.path)
)
SELECT c.*, line.depth FROM line JOIN b2b_overlay_company c ON c.id = line.id
 WHERE line.depth > 0 ORDER BY line.depth
"""
_DESCENDANTS = """
WITH RECURSIVE tree(id, depth, path, names) AS (
    SELECT id, 0, ARRAY[id], ARRAY[]::text[] FROM b2b_overlay_company WHERE id = %s
    UNION ALL
    SELECT c.id, tree.depth + 1, tree.path || c.id, tree.names || (c.name || ' ' || c.id)::text
      FROM tree JOIN b2b_overlay_company c ON c.parent_id = tree.id
     WHERE c.id <> ALL (tree.path)
)
SELECT c.*, tree.depth FROM tree JOIN b2b_overlay_company c ON c.id = tree.id
 WHERE tree.depth > 0 ORDER BY tree.names
"""


class Below(NamedTuple):
    """A company in another's tree."""

    company: Company
    #: 1: right below it.
    depth: int


def ancestors(company: Company) -> list[Company]:
    """Its parent, the parent's parent and so on to the top. One statement; for the desk."""
    return list(Company.objects.raw(_ANCESTORS, [company.pk]))


def descendants(company: Company) -> list[Below]:
    """Everything below it, as a tree reads. One statement; for the desk."""
    rows = Company.objects.raw(_DESCENDANTS, [company.pk])
    return [Below(row, vars(row)["depth"]) for row in rows]


def lock_tree() -> None:
    """Until the transaction's end nobody else changes a parent."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", _TREE_LOCK)


def _locked(company: Company) -> Company:
    return Company.objects.select_for_update().get(pk=company.pk)


@transaction.atomic
def set_parent(by: access.User, company: Company, parent: Company | None) -> Company:
    """Put the company under ``parent``; None: it stands by itself."""
    demand_desk(by)
    return put_under(company, parent.pk if parent else None)


@transaction.atomic
def put_under(company: Company, parent_id: int | None) -> Company:
    """:func:`set_parent` where nobody asks: the exchange does it."""
    lock_tree()
    company = _locked(company)
    parent = None if parent_id is None else Company.objects.get(pk=parent_id)
    if parent is not None:
        _demand_no_circle(company, parent)
    company.parent = parent
    company.save(update_fields=["parent"])
    return company


def _demand_no_circle(company: Company, parent: Company) -> None:
    names = {"company": company.name, "parent": parent.name}
    if parent.merged_into_id is not None:
        text = _("«%(parent)s» was joined to another company; choose that one.") % names
        raise Refused(Refusal("INVALID", text))
    if parent.pk == company.pk:
        text = _("«%(company)s» can't be a part of itself.") % names
        raise Refused(Refusal("INVALID", text))
    above = ancestors(parent)
    ids = [each.pk for each in above]
    if company.pk in ids:
        chain = " → ".join(f"«{each.name}»" for each in above[: ids.index(company.pk) + 1])
        text = _(
            "«%(parent)s» is already a part of %(chain)s; so «%(company)s» can't be a part of "
            "«%(parent)s»."
        )
        raise Refused(Refusal("INVALID", text % {**names, "chain": chain}))


@transaction.atomic
def rename(by: access.User, company: Company, name: str) -> Company:
    """How the sales desk calls it; the legal names stay with the legal entities."""
    demand_desk(by)
    company = _locked(company)
    company.name = _name(name, Company)
    company.save(update_fields=["name"])
    return company


def _name(name: str, model: type[Company | Group]) -> str:
    name = " ".join(name.split())
    longest = model._meta.get_field("name").max_length or 0
    if not name:
        raise Refused(Refusal("REQUIRED", _("Give it a name.")))
    if len(name) > longest:
        text = _("The name is longer than %(longest)s characters.") % {"longest": longest}
        raise Refused(Refusal("INVALID", text))
    return name


@transaction.atomic
def set_kind(by: access.User, company: Company, kind: str) -> Company:
    """What it is in its structure; a word for people, nothing depends on it."""
    demand_desk(by)
    if kind not in Company.Kind.values:
        text = _("There is no such kind of company: %(kind)s.") % {"kind": kind}
        raise Refused(Refusal("INVALID", text))
    company = _locked(company)
    company.kind = kind
    company.save(update_fields=["kind"])
    return company


def staff() -> QuerySet[Any]:
    """Who may be a company's manager: the shop's own people."""
    return get_user_model()._default_manager.filter(is_staff=True, is_active=True).order_by("email")


@transaction.atomic
def set_manager(by: access.User, company: Company, user_id: Any) -> Company:
    """Who looks after it; None: nobody does."""
    demand_desk(by)
    manager = None if user_id is None else staff().filter(pk=user_id).first()
    if user_id is not None and manager is None:
        text = _("A manager is one of the shop's own staff; this user is not.")
        raise Refused(Refusal("INVALID", text))
    company = _locked(company)
    company.manager = manager
    company.save(update_fields=["manager"])
    return company


# -------------------------------------------------------------------------------- groups


@transaction.atomic
def create_group(by: access.User, name: str) -> Group:
    """A group of companies that share terms; the one there is, where the name is taken."""
    demand_desk(by)
    group, _created = Group.objects.get_or_create(name=_name(name, Group))
    return group


@transaction.atomic
def rename_group(by: access.User, group: Group, name: str) -> Group:
    demand_desk(by)
    name = _name(name, Group)
    if Group.objects.filter(name=name).exclude(pk=group.pk).exists():
        text = _("There is a group «%(name)s» already.") % {"name": name}
        raise Refused(Refusal("INVALID", text))
    group = Group.objects.select_for_update().get(pk=group.pk)
    group.name = name
    group.save(update_fields=["name"])
    return group


@transaction.atomic
def add_to_group(by: access.User, company: Company, group: Group) -> None:
    """From now on the group's price lists are the company's too."""
    demand_desk(by)
    group.companies.add(_locked(company))


@transaction.atomic
def remove_from_group(by: access.User, company: Company, group: Group) -> None:
    demand_desk(by)
    group.companies.remove(_locked(company))


@transaction.atomic
def set_groups(by: access.User, company: Company, groups: Iterable[Group]) -> None:
    """It is in these groups and in no other."""
    demand_desk(by)
    _locked(company).groups.set(groups)


# ------------------------------------------------------------------------------- finding


def find_company(by: access.User, text: str) -> Company:
    """The one company that the words mean: its whole name, a part of it that no other has, or
    ``#`` with its number. Otherwise refused with those it may be."""
    demand_desk(by)
    text = " ".join(text.split())
    name, _sign, number = text.rpartition("#")
    known = Company.objects.filter(merged_into=None)
    if number.isdecimal() and len(number) < 19 and (found := known.filter(pk=number).first()):
        return found
    exact = list(known.filter(name__iexact=name.strip() or text)[:6])
    found_all = exact or list(known.filter(name__icontains=text)[:6])
    if len(found_all) == 1:
        return found_all[0]
    if not found_all:
        refusal = _("There is no company «%(text)s».") % {"text": text}
        raise Refused(Refusal("NOT_FOUND", refusal))
    some = ", ".join(f"{each.name} #{each.pk}" for each in found_all[:5])
    refusal = _("More than one company answers «%(text)s»: %(some)s. Give one with its number.")
    raise Refused(Refusal("INVALID", refusal % {"text": text, "some": some}))
