"""Events as a person reads them: when, who, by which way, and what became what.

For one page of them a number of queries that doesn't depend on how many they are: two for each
kind of object met, one for each kind that is named. A reader who is no staff is named nobody
and nothing beyond his own company.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.db.models import OuterRef, Subquery
from django.utils.translation import gettext as _

from b2b_overlay.company.models import Company
from b2b_overlay.history import TRACKED, Tracked
from b2b_overlay.shop import People

from . import words
from .naming import Names

__all__ = ["Change", "Turn", "told"]


@dataclass(frozen=True, slots=True)
class Turn:
    """One column: what it was and what it became; "" is nothing."""

    label: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Change:
    """One event."""

    at: dt.datetime
    #: Who; "" where the database doesn't know.
    who: str
    #: By which way and where: «страница /desk/companies/5/», «1С, файл import.xml».
    way: str
    #: What kind of thing, and its name: «юрлицо», «ООО „Ромашка“».
    kind: str
    name: str
    #: «insert», «update», «delete».
    label: str
    turns: tuple[Turn, ...]
    #: The history began later than the row: what it was before this change isn't known.
    is_first: bool = False

    @property
    def happened(self) -> str:
        """«создано», «изменено», «удалено»"""
        if self.is_first:
            return _("was changed; what it was before is not recorded")
        if self.label == "insert":
            return _("was made")
        return _("was removed") if self.label == "delete" else _("was changed")


Event = Any
Found = tuple[Tracked, Event, Event | None]


def told(
    places: Iterable[Mapping[str, Any]], people: People, *, owner_of: Company | None = None
) -> list[Change]:
    """The events at these places, in their order. ``owner_of``: for the owner of this company,
    who is told of staff as of the shop and of nothing that is another's."""
    found = _events(places)
    names = Names(people, owner_of)
    names.learn(_mentioned(found))
    return [_change(*each, names) for each in found]


def _events(places: Iterable[Mapping[str, Any]]) -> list[Found]:
    """The events and, beside each, the one before it of the same object."""
    wanted = [(place["which"], place["key"]) for place in places]
    keys: defaultdict[int, list[int]] = defaultdict(list)
    for which, key in wanted:
        keys[which].append(key)
    events = {which: _with_before(TRACKED[which], pks) for which, pks in keys.items()}
    return [(TRACKED[which], *events[which][key]) for which, key in wanted]


def _with_before(tracked: Tracked, pks: Sequence[int]) -> dict[int, tuple[Event, Event | None]]:
    rows = tracked.event._base_manager
    if tracked.is_link:
        return {pk: (event, None) for pk, event in rows.in_bulk(pks).items()}
    before = rows.filter(pgh_obj=OuterRef("pgh_obj"), pgh_id__lt=OuterRef("pgh_id"))
    events = list(
        rows.filter(pk__in=pks).annotate(
            before=Subquery(before.order_by("-pgh_id").values("pgh_id")[:1])
        )
    )
    earlier = rows.in_bulk([each.before for each in events if each.before])
    return {each.pk: (each, earlier.get(each.before)) for each in events}


def _mentioned(found: Iterable[Found]) -> dict[type[models.Model], set[Any]]:
    """Keys of everything that has to be named."""
    keys: defaultdict[type[models.Model], set[Any]] = defaultdict(set)
    for tracked, event, before in found:
        for each in filter(None, (event, before)):
            for field in tracked.event._meta.fields:
                if isinstance(field, models.ForeignKey) and field.name != "pgh_obj":
                    keys[field.related_model].add(getattr(each, field.attname))
        keys[Names.USER].add((event.pgh_context or {}).get("who"))
    return keys


def _change(tracked: Tracked, event: Event, before: Event | None, names: Names) -> Change:
    context = event.pgh_context or {}
    return Change(
        at=event.pgh_created_at,
        who=names.author(context.get("who")),
        way=names.way(context),
        kind=words.kind_of(tracked),
        name=names.of_event(tracked, event),
        label=event.pgh_label,
        turns=tuple(_turns(tracked, event, before, names)),
        is_first=event.pgh_label == "update" and before is None and not tracked.only_changes,
    )


def _turns(tracked: Tracked, event: Event, before: Event | None, names: Names) -> Iterable[Turn]:
    """What became what. A new row shows what it has beyond the usual; a row that went, and one
    that links two others, is told by its name."""
    if event.pgh_label == "delete" or tracked.is_link:
        return
    for field in words.shown_columns(tracked):
        new = getattr(event, field.attname)
        old = getattr(before, field.attname) if before else field.get_default()
        if old == new or names.is_hidden(field):
            continue
        texts = [words.value_text(field, value, names.named) for value in (old, new)]
        if any(texts):
            yield Turn(words.label_of(field), texts[0] if before else "", texts[1])
