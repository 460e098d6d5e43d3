"""Join legal entities, say they differ, split one, move one to another company; undo each.

Done by the sales desk, and, for certain cases, by a rule that the shop can switch off. The
legal entity that is joined to another keeps its row, its requisites and its 1C ids; what
others have of it (contracts, orders, prices, debts, buyers, carts) goes to the one that is
kept, and comes back when the joining is undone. Every function is one transaction, answers a
second click with what the first one did, and raises :class:`~b2b_overlay.shop.Refused` with
a sentence; nothing changes then.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from b2b_overlay.shop import Refusal, Refused

from . import access
from .admit import demand_desk
from .models import Company, Doubt, LegalEntity, Rearrangement
from .rearranging import Ledger, Place, demand_apart, follow_company, lock, places, put_back
from .structure import ancestors, lock_tree

__all__ = [
    "aliases",
    "different",
    "join",
    "move",
    "resolve",
    "undo",
    "undo_different",
]

_COMPANY = Place(LegalEntity, "company")
_MERGED = Place(LegalEntity, "merged_into")


def _no(message: str, **words: object) -> Refused:
    return Refused(Refusal("INVALID", message % words))


# ------------------------------------------------------------------------ joining


@transaction.atomic
def join(
    by: access.User | None,
    kept: LegalEntity,
    gone: LegalEntity,
    rule: str = "",
    *,
    company: Company | None = None,
) -> Rearrangement:
    """They are one: everything of ``gone`` goes to ``kept``.

    ``by`` None: the rule of this code does it, which never joins across companies, nor a pair
    that a person has told apart. ``company``: which of two different companies it is of.
    """
    if by is not None or not rule:
        demand_desk(by)
    if kept.pk == gone.pk:
        raise _no(_("A counterparty can't be joined to itself."))
    pair = (kept.pk, gone.pk)
    rows = [here.of(gone.pk) for here in places(LegalEntity)]
    companies = LegalEntity.objects.filter(pk__in=pair).values_list("company_id", flat=True)
    _companies, found = lock(rows, companies=companies, entities=pair)
    kept, gone = found[kept.pk], found[gone.pk]
    if done := _already(kept, gone):
        return done
    demand_apart(kept, gone)
    if by is None:
        _demand_undecided(kept, gone)
    home = _home(kept, gone, company, by_rule=by is None)
    ledger = Ledger()
    ledger.put(_COMPANY, kept.company_id, home, [kept.pk])
    for here in places(LegalEntity):
        ledger.put(here, gone.pk, kept.pk)
    ledger.put(_MERGED, None, kept.pk, [gone.pk])
    follow_company([kept.pk], ledger)
    made = Rearrangement.objects.create(
        kind=Rearrangement.Kind.JOIN,
        source=gone,
        target=kept,
        source_company_id=gone.company_id,
        target_company_id=home,
        moved=ledger.value(),
        rule=rule,
        made_by_id=by.pk if by else None,
    )
    _doubts(kept, gone).update(
        decision=Doubt.Decision.JOINED,
        decided_at=made.made_at,
        decided_by=made.made_by_id,
        rearrangement=made,
    )
    return made


def _already(kept: LegalEntity, gone: LegalEntity) -> Rearrangement | None:
    """The joining that a second click asks for again."""
    if gone.merged_into_id != kept.pk:
        return None
    return Rearrangement.objects.filter(
        kind=Rearrangement.Kind.JOIN, source=gone, target=kept, undone_at=None
    ).first()


def _demand_undecided(kept: LegalEntity, gone: LegalEntity) -> None:
    """A rule joins only what no person has told apart, and nothing twice."""
    pair = (kept.pk, gone.pk)
    undone = Rearrangement.objects.filter(
        kind=Rearrangement.Kind.JOIN, source__in=pair, target__in=pair, undone_at__isnull=False
    )
    if _doubts(kept, gone).filter(decision=Doubt.Decision.DIFFERENT).exists() or undone.exists():
        raise _no(_("«%(one)s» and «%(other)s» were told apart by a person."), one=kept, other=gone)


def _home(
    kept: LegalEntity, gone: LegalEntity, company: Company | None, *, by_rule: bool
) -> int | None:
    """The company that the joined legal entity is of."""
    found = {pk for pk in (kept.company_id, gone.company_id) if pk is not None}
    if len(found) < 2:
        return next(iter(found), None)
    if company is not None and not by_rule and company.pk in found:
        return company.pk
    raise _no(
        _("«%(one)s» is of «%(its)s», «%(other)s» of «%(other_its)s»: say which company stays."),
        one=kept,
        its=kept.company,
        other=gone,
        other_its=gone.company,
    )


def _doubts(one: LegalEntity, other: LegalEntity) -> QuerySet[Doubt]:
    low, high = sorted((one.pk, other.pk))
    return Doubt.objects.filter(low=low, high=high)


def resolve(entity_ids: Iterable[int]) -> dict[int, int]:
    """The legal entity that each of these turned out to be: itself, or the one it was joined
    to, at any depth. One query; an unknown id is absent."""
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE chain(asked, now, next) AS ("
            " SELECT id, id, merged_into_id FROM b2b_overlay_legalentity WHERE id = ANY(%s)"
            " UNION SELECT c.asked, e.id, e.merged_into_id"
            " FROM chain c JOIN b2b_overlay_legalentity e ON e.id = c.next"
            ") SELECT asked, now FROM chain WHERE next IS NULL",
            [list(entity_ids)],
        )
        return dict(cursor.fetchall())


# ---------------------------------------------------------------- deciding otherwise


@transaction.atomic
def different(by: access.User, doubt: Doubt) -> Doubt:
    """They are two; nobody asks again, and no rule joins them."""
    demand_desk(by)
    found = Doubt.objects.select_for_update().get(pk=doubt.pk)
    if found.decision == Doubt.Decision.JOINED:
        raise _no(_("They are joined: undo the joining first."))
    if found.decision == Doubt.Decision.WAITING:
        found.decision = Doubt.Decision.DIFFERENT
        found.decided_at, found.decided_by_id = timezone.now(), by.pk
        found.save(update_fields=["decision", "decided_at", "decided_by"])
    return found


@transaction.atomic
def undo_different(by: access.User, doubt: Doubt) -> Doubt:
    """It waits for a decision again."""
    demand_desk(by)
    found = Doubt.objects.select_for_update().get(pk=doubt.pk)
    if found.decision == Doubt.Decision.DIFFERENT:
        _ask_again(Doubt.objects.filter(pk=found.pk))
        found.refresh_from_db()
    return found


def _ask_again(doubts: QuerySet[Doubt]) -> None:
    doubts.update(decision=Doubt.Decision.WAITING, decided_at=None, decided_by=None)


# --------------------------------------------------------------------------- moving


@transaction.atomic
def move(by: access.User, entity: LegalEntity, company: Company | None) -> Rearrangement:
    """The legal entity is of this company from now on, with its orders; None: of none, and
    its orders stay where they were placed. Buyers of the company it leaves lose it at once."""
    demand_desk(by)
    rows = [here.of(entity.pk) for here in places(LegalEntity)]
    now = LegalEntity.objects.values_list("company_id", flat=True).get(pk=entity.pk)
    home = company.pk if company else None
    companies, found = lock(rows, companies=(now, home), entities=[entity.pk])
    entity = found[entity.pk]
    if done := _moved_there(entity, home):
        return done
    demand_apart(entity)
    if entity.company_id == home:
        raise _no(_("«%(entity)s» is there already."), entity=entity)
    if home is not None:
        demand_apart(companies[home])
    ledger, left = Ledger(), entity.company_id
    ledger.put(_COMPANY, left, home, [entity.pk])
    follow_company([entity.pk], ledger)
    return Rearrangement.objects.create(
        kind=Rearrangement.Kind.MOVE,
        target=entity,
        source_company_id=left,
        target_company_id=home,
        moved=ledger.value(),
        made_by_id=by.pk,
    )


def _moved_there(entity: LegalEntity, home: int | None) -> Rearrangement | None:
    """The moving that a second click asks for again."""
    if entity.company_id != home:
        return None
    last = Rearrangement.objects.filter(
        kind=Rearrangement.Kind.MOVE, target=entity, undone_at=None
    ).first()
    return last if last and last.target_company_id == home else None


# -------------------------------------------------------------------------- undoing


@transaction.atomic
def undo(by: access.User, done: Rearrangement) -> Rearrangement:
    """Put everything back where it was; what was made since stays. Raises :class:`Refused`
    where a later rearrangement stands in the way."""
    demand_desk(by)
    done = Rearrangement.objects.select_for_update().get(pk=done.pk)
    if done.undone_at is not None:
        return done
    if done.kind == Rearrangement.Kind.JOIN_COMPANIES:
        lock_tree()
    put_back(done)
    if done.kind == Rearrangement.Kind.JOIN_COMPANIES:
        _demand_no_circle(done)
    if done.moved.get("new"):
        _dissolve(done)
    elif done.kind == Rearrangement.Kind.JOIN:
        _ask_again(Doubt.objects.filter(rearrangement=done))
    done.undone_at, done.undone_by_id = timezone.now(), by.pk
    done.save(update_fields=["undone_at", "undone_by", "moved"])
    return done


def _demand_no_circle(done: Rearrangement) -> None:
    """Somebody may have put the company's own parent below what comes back to it."""
    gone = done.source_company
    assert gone is not None
    gone.refresh_from_db()
    for each in ancestors(gone):
        if each.parent_id == gone.pk:
            raise _no(_("«%(one)s» would be a part of itself: mend the structure first."), one=gone)


def _dissolve(split: Rearrangement) -> None:
    """A part that was made by a split is its source again, with what it got since."""
    assert split.source_id is not None
    assert split.target_id is not None
    ledger = Ledger()
    for here in places(LegalEntity):
        ledger.put(here, split.target_id, split.source_id)
    ledger.put(_MERGED, None, split.source_id, [split.target_id])
    follow_company([split.source_id])
    split.moved = {**split.moved, "followed": ledger.changes}
    Doubt.objects.filter(rearrangement=split).update(decision=Doubt.Decision.JOINED)


def aliases(entity_ids: Iterable[int]) -> dict[int, list[int]]:
    """Each of these with whatever was joined to it, at any depth: itself first. One query."""
    found = {pk: [pk] for pk in entity_ids}
    with connection.cursor() as cursor:
        cursor.execute(
            "WITH RECURSIVE tree(kept, id) AS ("
            " SELECT merged_into_id, id FROM b2b_overlay_legalentity WHERE merged_into_id = ANY(%s)"
            " UNION SELECT t.kept, e.id"
            " FROM tree t JOIN b2b_overlay_legalentity e ON e.merged_into_id = t.id"
            ") SELECT kept, id FROM tree ORDER BY id",
            [list(found)],
        )
        for kept, pk in cursor.fetchall():
            found[kept].append(pk)
    return found
