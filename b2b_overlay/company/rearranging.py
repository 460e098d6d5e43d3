"""Rows that go from one owner to another, with the exact way back.

What points at a legal entity or a company is found from the models themselves, so a new model
with a foreign key follows by itself; what must not follow is named in :data:`STAYS`, with its
reason. Rules:

* a row that a unique constraint keeps from going stays, and is recorded as one that stayed;
* undoing puts back exactly the rows that are still where this rearrangement put them; a row
  that a later one has moved on is a refusal that names it;
* a row that names both a legal entity and a company (an order) is of its legal entity's
  company, whatever moved;
* rows are locked before their owners, owners in order of id; an owner is locked so that no
  new row can point at it meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeVar

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.db.models import ForeignKey, ManyToOneRel, Model, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from pghistory.models import Event

from b2b_overlay.shop import Refusal, Refused

from .models import Company, LegalEntity, Rearrangement

__all__ = [
    "STAYS",
    "Ledger",
    "Place",
    "demand_apart",
    "follow_company",
    "lock",
    "place",
    "places",
    "put_back",
    "summary",
    "title",
    "words_for",
]

#: What points at a legal entity or a company and doesn't follow it, and why.
STAYS: Mapping[str, str] = {
    "b2b_overlay.BankAccount.legal_entity": "requisites are what 1C wrote on this very row",
    "b2b_overlay.LegalEntity.merged_into": "says what was joined to what",
    "b2b_overlay.Company.merged_into": "says what was joined to what",
    "b2b_overlay.Doubt.low": "a doubt is about this very row",
    "b2b_overlay.Doubt.high": "a doubt is about this very row",
    "b2b_overlay.CheckoutTerms.consignee": "who gets the goods was picked by a person",
    "b2b_overlay.WholesaleOrder.consignee": "an order's papers name whom they named",
    "b2b_overlay.Rearrangement.source": "history",
    "b2b_overlay.Rearrangement.target": "history",
    "b2b_overlay.Rearrangement.source_company": "history",
    "b2b_overlay.Rearrangement.target_company": "history",
}
#: Rows to a statement.
_CHUNK = 5000

M = TypeVar("M", bound=Model)


@dataclass(frozen=True, slots=True)
class Place:
    """A column that points at an owner: ``b2b_overlay.Contract.legal_entity``."""

    model: type[Model]
    field: str

    @property
    def label(self) -> str:
        return f"{self.model._meta.label}.{self.field}"

    def rows(self, **which: Any) -> QuerySet[Any]:
        return self.model._base_manager.filter(**which).order_by("pk")

    def of(self, *owner_ids: int) -> QuerySet[Any]:
        return self.rows(**{f"{self.field}__in": owner_ids})


def place(label: str) -> Place:
    """The column of this label."""
    model, name = label.rsplit(".", 1)
    return Place(apps.get_model(model), name)


@cache
def places(owner: type[Model]) -> tuple[Place, ...]:
    """Every column that follows an owner of this model, through tables of m2m included."""
    found = []
    for relation in owner._meta.get_fields(include_hidden=True):
        if not isinstance(relation, ManyToOneRel):
            continue
        here = Place(relation.related_model, relation.field.name)
        if here.label not in STAYS and not issubclass(here.model, Event):
            found.append(here)
    return tuple(sorted(found, key=lambda each: each.label))


@cache
def _of_both() -> tuple[tuple[Place, str], ...]:
    """Columns that point at a legal entity, with the one beside it that must name its company."""
    return tuple(
        (here, each.name)
        for here in places(LegalEntity)
        for each in here.model._meta.get_fields()
        if isinstance(each, ForeignKey) and each.related_model is Company and not each.null
    )


def demand_apart(*owners: LegalEntity | Company) -> None:
    """Refuse what was joined to another: that one is meant."""
    for each in owners:
        if each.merged_into is not None:
            text = _("«%(entity)s» is already joined to «%(kept)s».")
            words = {"entity": each, "kept": each.merged_into}
            raise Refused(Refusal("INVALID", text % words))


# ---------------------------------------------------------------------------- locks


def lock(
    rows: Iterable[QuerySet[Any]],
    *,
    companies: Iterable[int | None] = (),
    entities: Iterable[int | None] = (),
) -> tuple[dict[int, Company], dict[int, LegalEntity]]:
    """Lock these rows, then their owners; the owners as they are now, by id."""
    for each in rows:
        list(each.select_for_update(no_key=True).values_list("pk", flat=True))
    return _locked(Company, companies), _locked(LegalEntity, entities)


def _locked(model: type[M], wanted: Iterable[int | None]) -> dict[int, M]:
    pks = {pk for pk in wanted if pk is not None}
    if not pks:
        return {}
    rows = model._default_manager.select_for_update().filter(pk__in=pks).order_by("pk")
    return {row.pk: row for row in rows}


# --------------------------------------------------------------------------- moving


@dataclass(slots=True)
class Ledger:
    """What a rearrangement does, step by step, as it is kept in ``Rearrangement.moved``."""

    changes: list[dict[str, Any]] = field(default_factory=list)
    stayed: list[dict[str, Any]] = field(default_factory=list)

    def put(self, where: Place, old: Any, new: Any, pks: Iterable[Any] | None = None) -> list[Any]:
        """Write ``new`` where ``old`` stands, in these rows or in all; the ids of those that
        went."""
        if old == new:
            return []
        went, kept = _put(where, old, new, pks)
        said = {"field": where.label, "old": old, "new": new}
        if went:
            self.changes.append({**said, "rows": went})
        if kept:
            self.stayed.append({**said, "rows": kept})
        return went

    def made(self, where: Place, owner_id: int, pks: list[Any]) -> None:
        """These rows were made; undoing deletes them."""
        if pks:
            self.changes.append(
                {"field": where.label, "old": None, "new": owner_id, "rows": pks, "made": True}
            )

    def value(self) -> dict[str, Any]:
        return {"changes": self.changes, "stayed": self.stayed}


def _put(
    where: Place, old: Any, new: Any, pks: Iterable[Any] | None
) -> tuple[list[Any], list[Any]]:
    """Ids of the rows that went, and of those a constraint kept."""
    at = where.rows(**{where.field: old})
    wanted = list((at if pks is None else at.filter(pk__in=list(pks))).values_list("pk", flat=True))
    went: list[Any] = []
    kept: list[Any] = []
    for start in range(0, len(wanted), _CHUNK):
        chunk = wanted[start : start + _CHUNK]
        if _update(where, chunk, new):
            went += chunk
            continue
        for pk in chunk:
            (went if _update(where, [pk], new) else kept).append(pk)
    return went, kept


def _update(where: Place, pks: list[Any], new: Any) -> bool:
    try:
        with transaction.atomic():
            where.rows(pk__in=pks).order_by().update(**{where.field: new})
    except IntegrityError:
        return False
    return True


def follow_company(entity_ids: Iterable[int], ledger: Ledger | None = None) -> None:
    """Orders and whatever else names both are of their legal entity's company."""
    found = LegalEntity.objects.filter(pk__in=set(entity_ids)).exclude(company=None)
    for entity_id, company_id in found.order_by("pk").values_list("pk", "company_id"):
        for here, beside in _of_both():
            strays = here.of(entity_id).exclude(**{beside: company_id})
            by_company: dict[int, list[Any]] = {}
            for pk, old in strays.values_list("pk", f"{beside}_id"):
                by_company.setdefault(old, []).append(pk)
            for old, pks in by_company.items():
                (ledger or Ledger()).put(Place(here.model, beside), old, company_id, pks)


# -------------------------------------------------------------------------- undoing


def put_back(done: Rearrangement) -> None:
    """Undo what a rearrangement moved. Raises :class:`Refused` where a later one stands in
    the way. The caller has locked ``done``; its rows and their owners are locked here."""
    changes = done.moved.get("changes", [])
    lock(
        (place(c["field"]).rows(pk__in=c["rows"]) for c in _by_label(changes)),
        companies=_owners(changes, Company) | {done.source_company_id, done.target_company_id},
        entities=_owners(changes, LegalEntity) | {done.source_id, done.target_id},
    )
    _demand_free(done, changes)
    left = []
    for change in reversed(changes):
        where = place(change["field"])
        if change.get("made"):
            where.rows(pk__in=change["rows"], **{where.field: change["new"]}).delete()
            continue
        _went, kept = _put(where, change["new"], change["old"], change["rows"])
        if kept:
            left.append({**change, "rows": kept})
    if left and (later := _later(done, sharing=True)):
        raise _refused(later[0])
    if left:
        done.moved = {**done.moved, "left": left}
    follow_company(_touched(done, changes))


def _by_label(changes: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows in the order in which everybody locks them; owners are locked after them."""
    owners = (Company, LegalEntity)
    rows = [c for c in changes if place(c["field"]).model not in owners]
    return sorted(rows, key=lambda change: str(change["field"]))


def _owners(changes: list[dict[str, Any]], kind: type[Model]) -> set[int | None]:
    """Ids of owners of this kind that rows came from or went to, or that changed themselves."""
    found: set[int | None] = set()
    for change in changes:
        where = place(change["field"])
        column = where.model._meta.get_field(where.field)
        if column.related_model is kind:
            found |= {change["old"], change["new"]}
        if where.model is kind:
            found |= set(change["rows"])
    return found


def _touched(done: Rearrangement, changes: list[dict[str, Any]]) -> set[int]:
    """Legal entities whose rows moved, now."""
    found = _owners(changes, LegalEntity) | {done.source_id, done.target_id}
    for here, beside in _of_both():
        label = Place(here.model, beside).label
        pks = [pk for c in changes if c["field"] == label for pk in c["rows"]]
        found |= set(here.rows(pk__in=pks).values_list(f"{here.field}_id", flat=True))
    return {pk for pk in found if pk is not None}


def _demand_free(done: Rearrangement, changes: list[dict[str, Any]]) -> None:
    """Refuse where a later rearrangement moved the same rows on, joined the owner they would
    come back to to another, or is about the legal entity that this one made."""
    mine = {(c["field"], pk) for c in changes for pk in c["rows"]}
    entities, companies = _came_from(changes, LegalEntity), _came_from(changes, Company)
    made = set()
    if done.moved.get("new"):
        made, entities = {done.target_id}, entities | {done.source_id}
    for later in _later(done):
        theirs = later.moved.get("changes", [])
        moved_on = any((c["field"], pk) in mine for c in theirs for pk in c["rows"])
        about = made & {later.source_id, later.target_id}
        if moved_on or about or _joined_away(later, entities, companies):
            raise _refused(later)


def _came_from(changes: list[dict[str, Any]], kind: type[Model]) -> set[Any]:
    """Owners of this kind that rows would come back to."""
    found = set()
    for change in changes:
        where = place(change["field"])
        column = where.model._meta.get_field(where.field)
        if column.related_model is kind and where.label not in STAYS:
            found.add(change["old"])
    return found - {None}


def _joined_away(later: Rearrangement, entities: set[Any], companies: set[Any]) -> bool:
    if later.kind == Rearrangement.Kind.JOIN:
        return later.source_id in entities
    return later.kind == Rearrangement.Kind.JOIN_COMPANIES and later.source_company_id in companies


def _later(done: Rearrangement, *, sharing: bool = False) -> list[Rearrangement]:
    """Rearrangements made after this one that hold, the newest first; ``sharing`` an owner
    with it only."""
    found = Rearrangement.objects.filter(pk__gt=done.pk, undone_at=None).order_by("-pk")
    if sharing:
        entities = {done.source_id, done.target_id} - {None}
        companies = {done.source_company_id, done.target_company_id} - {None}
        found = found.filter(
            models.Q(source__in=entities)
            | models.Q(target__in=entities)
            | models.Q(source_company__in=companies)
            | models.Q(target_company__in=companies)
        )
    return list(found.select_related("source", "target", "source_company", "target_company"))


def _refused(later: Rearrangement) -> Refused:
    words = _("This can't be undone while a later change stands; undo that one first: %(title)s.")
    return Refused(Refusal("INVALID", words % {"title": title(later)}))


#: How rows are called that nobody else has to name.
_WORDS: Mapping[str, Promise] = {
    "b2b_overlay.Assignment": gettext_lazy("price lists given"),
    "b2b_overlay.Buyer_legal_entities": gettext_lazy("rights of buyers"),
    "b2b_overlay.CheckoutTerms": gettext_lazy("carts"),
    "b2b_overlay.Choice": gettext_lazy("choices of buyers"),
    "b2b_overlay.Group_companies": gettext_lazy("groups of companies"),
}


def words_for(model: type[Model]) -> str:
    """What rows of this model are called, in the plural."""
    return str(_WORDS.get(model._meta.label, model._meta.verbose_name_plural))


def summary(done: Rearrangement) -> list[tuple[str, int]]:
    """How many rows of each kind went, for people."""
    rows: dict[type[Model], set[Any]] = {}
    of_companies = done.kind == Rearrangement.Kind.JOIN_COMPANIES
    for change in done.moved.get("changes", []):
        where = place(change["field"])
        if where.model is LegalEntity and not of_companies:
            continue
        owner = where.model._meta.get_field(where.field).related_model
        if owner in (Company, LegalEntity) and where.field != "merged_into":
            rows.setdefault(where.model, set()).update(change["rows"])
    return [(words_for(model), len(pks)) for model, pks in rows.items()]


def title(done: Rearrangement) -> str:
    """A rearrangement in a line, for people."""
    words = {
        Rearrangement.Kind.JOIN: _("«%(source)s» joined to «%(target)s»"),
        Rearrangement.Kind.SPLIT: _("«%(target)s» split off «%(source)s»"),
        Rearrangement.Kind.MOVE: _("«%(target)s» moved from «%(from)s» to «%(to)s»"),
        Rearrangement.Kind.JOIN_COMPANIES: _("company «%(from)s» joined to «%(to)s»"),
    }[Rearrangement.Kind(done.kind)]
    nowhere = _("no company")
    said = words % {
        "source": done.source,
        "target": done.target,
        "from": done.source_company or nowhere,
        "to": done.target_company or nowhere,
    }
    return f"{said}, {timezone.localtime(done.made_at):%d.%m.%Y %H:%M}"
