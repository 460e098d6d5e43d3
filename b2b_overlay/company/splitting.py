"""Split a legal entity: a new one gets the chosen rows, or one joined before gets its own back
and whatever was chosen besides.

Rule: what hangs on a chosen row goes with it (orders and debts with their contract), since a
contract of one legal entity with the debts of another says nothing to anybody.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from b2b_overlay.shop import Refusal, Refused

from . import access, requisites
from .admit import demand_desk
from .joining import undo
from .models import BankAccount, Buyer, Doubt, LegalEntity, Rearrangement
from .rearranging import Ledger, Place, demand_apart, follow_company, lock, places

__all__ = ["PARTS", "Chosen", "split"]

#: What a part can be given, beside what follows a legal entity anyway.
_ACCOUNTS = Place(BankAccount, "legal_entity")
_BUYERS = Place(Buyer.legal_entities.through, "legalentity")
#: Models whose rows can be chosen for a part.
PARTS = (
    "b2b_overlay.Contract",
    "b2b_overlay.WholesaleOrder",
    "b2b_overlay.Settlement",
    "b2b_overlay.Assignment",
    "b2b_overlay.BankAccount",
)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What a part gets: ids of rows by model (:data:`PARTS`), and who may buy for it as well."""

    rows: Mapping[str, Collection[int]] = field(default_factory=dict)
    buyer_ids: Collection[int] = ()


@transaction.atomic
def split(
    by: access.User,
    source: LegalEntity,
    chosen: Chosen,
    *,
    name: str = "",
    inn: str = "",
    kpp: str = "",
    kind: str = LegalEntity.Kind.COMPANY,
    back: LegalEntity | None = None,
) -> Rearrangement:
    """Make a legal entity of a part of ``source``, in the same company; or, ``back`` being one
    that was joined to it, undo that and give it the chosen rows too.

    Raises :class:`Refused`; nothing changes then. The same part again is the one there is.
    """
    demand_desk(by)
    found = LegalEntity.objects.select_related("merged_into").get(pk=source.pk)
    demand_apart(found)
    if back is not None:
        return _give_back(by, found, back, chosen)
    card = _card(name, inn, kpp, kind)
    if done := _already(found, card):
        return done
    source = _hold(found, chosen)
    if done := _already(source, card):
        return done
    part = LegalEntity.objects.create(company_id=source.company_id, **card)
    made = _record(by, source, part, _ledger(source, part, chosen), new=True)
    # It has its source's words, so it would be asked about, or joined back by a rule.
    Doubt.objects.create(
        low=source,
        high=part,
        score=0,
        decision=Doubt.Decision.DIFFERENT,
        decided_at=made.made_at,
        decided_by_id=by.pk,
        rearrangement=made,
    )
    return made


def _card(name: str, inn: str, kpp: str, kind: str) -> dict[str, str]:
    """The part's own requisites; what fails a check digit is kept and marked, as always."""
    card = {
        "name": " ".join(name.split()),
        "inn": requisites.compact(inn),
        "kpp": requisites.compact(kpp),
        "kind": kind,
    }
    wrong = []
    if not card["name"]:
        wrong.append(Refusal("REQUIRED", _("Give the new counterparty a name.")))
    if kind not in LegalEntity.Kind.values:
        wrong.append(Refusal("INVALID", _("There is no such kind: %(kind)s.") % {"kind": kind}))
    for column in ("name", "inn", "kpp"):
        room = LegalEntity._meta.get_field(column)
        assert isinstance(room, models.CharField)
        if len(card[column]) > (room.max_length or 0):
            words = {"field": room.verbose_name, "longest": room.max_length}
            text = _("%(field)s: longer than %(longest)s characters.") % words
            wrong.append(Refusal("INVALID", text))
    if wrong:
        raise Refused(*wrong)
    return card


def _already(source: LegalEntity, card: dict[str, str]) -> Rearrangement | None:
    """The part that a second click asks for again."""
    return Rearrangement.objects.filter(
        kind=Rearrangement.Kind.SPLIT,
        source=source,
        undone_at=None,
        **{f"target__{column}": value for column, value in card.items()},
    ).first()


def _give_back(
    by: access.User, source: LegalEntity, back: LegalEntity, chosen: Chosen
) -> Rearrangement:
    joined = Rearrangement.objects.filter(
        kind=Rearrangement.Kind.JOIN, source=back, target=source, undone_at=None
    ).first()
    if joined is None:
        words = {"back": back, "source": source}
        text = _("«%(back)s» isn't joined to «%(source)s».") % words
        raise Refused(Refusal("INVALID", text))
    undone = undo(by, joined)
    # What came back by itself is no longer there to be chosen.
    left = {
        label: list(_rows(label).rows(pk__in=pks).exclude(**{_rows(label).field: back.pk}))
        for label, pks in chosen.rows.items()
    }
    chosen = Chosen({k: [row.pk for row in v] for k, v in left.items() if v}, chosen.buyer_ids)
    if not chosen.rows and not chosen.buyer_ids:
        return undone
    source = _hold(source, chosen)
    part = LegalEntity.objects.get(pk=back.pk)
    return _record(by, source, part, _ledger(source, part, chosen), new=False)


# ----------------------------------------------------------------------------- rows


def _rows(label: str) -> Place:
    """The column by which rows of this model are a legal entity's."""
    if label not in PARTS:
        raise Refused(Refusal("INVALID", _("There is no such part: %(label)s.") % {"label": label}))
    if label == "b2b_overlay.BankAccount":
        return _ACCOUNTS
    return next(here for here in places(LegalEntity) if here.model._meta.label == label)


def _hold(source: LegalEntity, chosen: Chosen) -> LegalEntity:
    """Lock what is going to move and its owner; refuse what isn't its own."""
    columns = {label: _rows(label) for label in chosen.rows}
    for label, pks in chosen.rows.items():
        own = columns[label].of(source.pk).filter(pk__in=pks)
        if own.count() < len(set(pks)):
            words = {"what": columns[label].model._meta.verbose_name, "source": source}
            text = _("«%(source)s» has no such row: %(what)s.") % words
            raise Refused(Refusal("NOT_FOUND", text))
    everything = (*places(LegalEntity), _ACCOUNTS)
    _none, found = lock((here.of(source.pk) for here in everything), entities=[source.pk])
    demand_apart(found[source.pk])
    return found[source.pk]


def _ledger(source: LegalEntity, part: LegalEntity, chosen: Chosen) -> Ledger:
    """Move the chosen rows and what hangs on them; let the chosen buyers buy for the part."""
    ledger = Ledger()
    moved: dict[type[models.Model], set[Any]] = {}
    for label, pks in chosen.rows.items():
        here = _rows(label)
        moved.setdefault(here.model, set()).update(ledger.put(here, source.pk, part.pk, pks))
    while more := _hanging(source, moved):
        for here, pks in more:
            moved.setdefault(here.model, set()).update(pks)
            ledger.put(here, source.pk, part.pk, pks)
    follow_company([part.pk], ledger)
    wanted = Buyer.objects.filter(pk__in=chosen.buyer_ids, company__legal_entities=source)
    link = _BUYERS.model._default_manager
    rows = [
        link.get_or_create(buyer_id=pk, legalentity_id=part.pk)
        for pk in wanted.order_by("pk").values_list("pk", flat=True)
    ]
    ledger.made(_BUYERS, part.pk, [row.pk for row, created in rows if created])
    return ledger


def _hanging(
    source: LegalEntity, moved: Mapping[type[models.Model], set[Any]]
) -> list[tuple[Place, set[Any]]]:
    """Rows of the source that point at moved ones and haven't moved themselves."""
    found = []
    for here in places(LegalEntity):
        for column in here.model._meta.get_fields():
            if not isinstance(column, models.ForeignKey) or column.related_model not in moved:
                continue
            on = {f"{column.name}__in": moved[column.related_model]}
            own = here.of(source.pk).filter(**on)
            pks = set(own.values_list("pk", flat=True)) - moved.get(here.model, set())
            if pks:
                found.append((here, pks))
    return found


def _record(
    by: access.User, source: LegalEntity, part: LegalEntity, ledger: Ledger, *, new: bool
) -> Rearrangement:
    return Rearrangement.objects.create(
        kind=Rearrangement.Kind.SPLIT,
        source=source,
        target=part,
        source_company_id=source.company_id,
        target_company_id=part.company_id,
        moved={**ledger.value(), "new": new},
        made_by_id=by.pk,
    )
