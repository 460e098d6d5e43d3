"""What is kept of a person: told to him, and erased (152-ФЗ, articles 14, 20 and 21).

Rules:

* where it is kept stands in one list, :data:`KEEPERS`; a package above adds its own columns to
  it when the apps are ready. What isn't in the list is kept nowhere, and a test looks for it in
  every column of the database;
* erasing is done by the sales desk, in one transaction, blanks the named columns, the history
  included, and overwrites the person wherever else he is written (:mod:`.traces`);
* documents stay: an order has its number, day and sum, and says «erased buyer»;
* that it was done, by whom, why, and how many rows of which column is kept (:class:`Erasure`),
  never what was there.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from django.contrib.auth import get_user_model
from django.db import models, transaction
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from b2b_overlay import logins
from b2b_overlay.history import TRACKED
from b2b_overlay.history import blank as blank_history
from b2b_overlay.shop import People, Refusal, Refused

from . import access
from .admit import demand_desk
from .models import Application, ApplicationMessage, BankAccount, Buyer, Erasure, LegalEntity
from .traces import Traces

__all__ = [
    "CONTACTS",
    "IDENTITY",
    "KEEPERS",
    "LEGAL_ENTITY",
    "USER",
    "Columns",
    "Keeper",
    "Mentions",
    "Subject",
    "cautions",
    "erase_entity",
    "erase_user",
    "erased_entities",
    "export",
    "is_erasable",
    "is_erased",
    "subject_of_entity",
    "subject_of_user",
    "user_of",
]

USER, LEGAL_ENTITY = "user", "legal_entity"
#: Whose contacts are a person's. A company's are its own to change.
PERSONAL_KINDS = (
    LegalEntity.Kind.PERSON,
    LegalEntity.Kind.SELF_EMPLOYED,
    LegalEntity.Kind.ENTREPRENEUR,
)
#: What 1C may no longer tell of an erased legal entity; of a private person the name too.
CONTACTS = ("legal_address", "address", "phone", "email")
IDENTITY = ("name", "full_name", "inn", "ogrn", "tax_id")


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom it is about, and by what he is recognised."""

    kind: str
    id: int
    traces: Traces
    #: A private person: his name goes too.
    is_private: bool = True


@dataclass(frozen=True, slots=True)
class Told:
    """A place where something is kept, with what is there."""

    where: str
    purpose: str
    rows: list[dict[str, Any]]
    #: Documents stay when the person is erased.
    stays: bool = False


class Keeper(Protocol):
    """Something that keeps personal data."""

    def told(self, subject: Subject) -> list[Told]: ...

    def erase(self, subject: Subject) -> Mapping[str, int]:
        """Blank it; rows by ``table.column``."""


#: Every place, in the order they are told.
KEEPERS: list[Keeper] = []


# ---------------------------------------------------------------------------- keepers


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Named columns of the rows that are the person's own. ``rows`` selects them by the
    subject (None: none of this kind), and the same words select events of their history."""

    model: type[models.Model]
    names: tuple[str, ...]
    purpose: str | Promise
    rows: Callable[[Subject], Q | None]
    #: Where an event has no such column: by the events' own.
    events: Callable[[Subject], Q] | None = None
    #: Told, and left: they are documents.
    stays: bool = False
    #: The rows go as a whole: blank ones would be one another's doubles.
    goes: bool = False

    def told(self, subject: Subject) -> list[Told]:
        which = self.rows(subject)
        if which is None:
            return []
        rows = [
            {name: _said(value) for name, value in row.items() if value not in ("", None, b"")}
            for row in self.model._base_manager.filter(which).values(*self.names)
        ]
        rows = [row for row in rows if row]
        table = self.model._meta.db_table
        return [Told(table, str(self.purpose), rows, self.stays)] if rows else []

    def erase(self, subject: Subject) -> Mapping[str, int]:
        which = self.rows(subject)
        if which is None or self.stays:
            return {}
        rows = self.model._base_manager.filter(which)
        empty = {name: _empty(self.model._meta.get_field(name)) for name in self.names}
        table, counts = self.model._meta.db_table, {}
        for name, value in empty.items():
            counts[f"{table}.{name}"] = rows.exclude(**{name: value}).count()
        if self.goes:
            rows.delete()
        else:
            rows.update(**empty)
        return counts | self._erase_events(self.events(subject) if self.events else which)

    def _erase_events(self, which: Q) -> dict[str, int]:
        event = _event_of(self.model)
        if event is None:
            return {}
        kept = {each.name for each in event._meta.concrete_fields}
        names = [name for name in self.names if name in kept]
        count = blank_history(self.model, names, which) if names else 0
        return {f"{event._meta.db_table}.{name}": count for name in names}


@dataclass(frozen=True, slots=True)
class Mentions:
    """Texts, JSON included, in which the person may be written. He is overwritten there."""

    model: type[models.Model]
    names: tuple[str, ...]

    def _found(self, name: str, model: type[models.Model], subject: Subject) -> QuerySet[Any]:
        anchors = subject.traces.anchors
        if not anchors:
            return model._base_manager.none()
        rows = model._base_manager.annotate(_text=Cast(name, TextField()))
        return rows.filter(_text__regex="|".join(anchors))

    def told(self, subject: Subject) -> list[Told]:
        table, said = self.model._meta.db_table, []
        for name in self.names:
            values = self._found(name, self.model, subject).values_list(name, flat=True)
            count = sum(1 for v in values.iterator() if subject.traces.mask_json(v) != v)
            if count:
                purpose = _("mentioned in texts")
                said.append(Told(f"{table}.{name}", purpose, [{"rows": count}]))
        return said

    def erase(self, subject: Subject) -> Mapping[str, int]:
        counts: Counter[str] = Counter()
        for name in self.names:
            counts += Counter(self._mask(name, subject))
        return counts

    def _mask(self, name: str, subject: Subject) -> dict[str, int]:
        count = 0
        rows = self._found(name, self.model, subject)
        for pk, value in rows.values_list("pk", name).iterator():
            masked = subject.traces.mask_json(value)
            if masked != value:
                self.model._base_manager.filter(pk=pk).update(**{name: masked})
                count += 1
        counts = {f"{self.model._meta.db_table}.{name}": count}
        event = _event_of(self.model)
        if event is None or name not in {each.name for each in event._meta.concrete_fields}:
            return counts
        told = self._found(name, event, subject).values_list("pk", name)
        found = [pk for pk, value in told.iterator() if subject.traces.mask_json(value) != value]
        if found:
            counts[f"{event._meta.db_table}.{name}"] = blank_history(
                self.model, [name], Q(pk__in=found)
            )
        return counts


def _event_of(model: type[models.Model]) -> type[models.Model] | None:
    return next((each.event for each in TRACKED if each.model is model), None)


def _empty(column: Any) -> object:
    if isinstance(column, models.BinaryField):
        return b""
    if isinstance(column, models.JSONField):
        return {}
    return None if column.null else ""


def _said(value: object) -> object:
    if isinstance(value, bytes | memoryview):
        return _("%(count)s bytes") % {"count": len(value)}
    return value if isinstance(value, str | int | bool) else str(value)


# --------------------------------------------------------------- what this package keeps


def _of_user(name: str) -> Callable[[Subject], Q | None]:
    """Rows whose column of this name is the user."""
    return lambda subject: Q(**{name: subject.id}) if subject.kind == USER else None


def _of_entity(name: str, *, private: bool = False) -> Callable[[Subject], Q | None]:
    def rows(subject: Subject) -> Q | None:
        right = subject.kind == LEGAL_ENTITY and (subject.is_private or not private)
        return Q(**{name: subject.id}) if right else None

    return rows


_APPLICATION = gettext_lazy("to decide on an application to buy wholesale")
_ENTITY = gettext_lazy("to make out and deliver orders")

KEEPERS += [
    Columns(
        model=Buyer,
        names=("name",),
        purpose=gettext_lazy("to call a buyer by his name"),
        rows=_of_user("user"),
    ),
    Columns(
        model=Application,
        names=("inn", "company_name", "contact", "phone", "comment", "card_name", "card"),
        purpose=_APPLICATION,
        rows=_of_user("user"),
    ),
    Columns(
        model=ApplicationMessage,
        names=("text",),
        purpose=_APPLICATION,
        rows=_of_user("application__user"),
    ),
    Columns(
        model=LegalEntity,
        names=CONTACTS,
        purpose=_ENTITY,
        rows=_of_entity("pk"),
        events=lambda subject: Q(pgh_obj=subject.id),
    ),
    Columns(
        model=LegalEntity,
        names=IDENTITY,
        purpose=_ENTITY,
        rows=_of_entity("pk", private=True),
        events=lambda subject: Q(pgh_obj=subject.id),
    ),
    Columns(
        model=BankAccount,
        names=("number", "bic", "bank_name", "correspondent"),
        purpose=_ENTITY,
        rows=_of_entity("legal_entity", private=True),
        goes=True,
    ),
    Mentions(LegalEntity, ("email", "phone")),
    Mentions(Erasure, ("reason",)),
]


# ----------------------------------------------------------------------------- subjects


def subject_of_user(people: People, user_id: int, also: Iterable[str] = ()) -> Subject:
    """A person with an account. ``also`` are other words that are his alone. Raises
    ``ObjectDoesNotExist`` where there is none."""
    person = people.get([user_id]).get(user_id)
    if person is None:
        raise get_user_model().DoesNotExist
    shop = people.exported(user_id)
    applied = list(Application.objects.filter(user=user_id).values_list("contact", "phone"))
    called = Buyer.objects.filter(user=user_id).values_list("name", flat=True)
    return Subject(
        USER,
        user_id,
        Traces.of(
            emails=[person.email],
            phones=[*_phones(shop), *(phone for _contact, phone in applied)],
            names=[person.name, *called, *(contact for contact, _phone in applied)],
            words=also,
        ),
    )


def _phones(shop: Mapping[str, object]) -> list[str]:
    addresses = shop.get("addresses", ())
    assert isinstance(addresses, list | tuple)
    return [str(each.get("phone", "")) for each in addresses]


def user_of(people: People, written: str) -> int:
    """Whose account this e-mail or login is. Raises ``ObjectDoesNotExist``."""
    person = people.find(logins.address(written))
    if person is None:
        raise get_user_model().DoesNotExist
    return person.id


def subject_of_entity(entity: LegalEntity, also: Iterable[str] = ()) -> Subject:
    """A legal entity that is a person. A trader's name is his firm's: it stays in documents."""
    private = entity.kind == LegalEntity.Kind.PERSON
    names = [entity.name, entity.full_name] if private else []
    traces = Traces.of(emails=[entity.email], phones=[entity.phone], names=names, words=also)
    return Subject(LEGAL_ENTITY, entity.pk, traces, private)


def is_erasable(entity: LegalEntity) -> bool:
    return entity.kind in PERSONAL_KINDS


def is_erased(kind: str, subject_id: int) -> bool:
    return Erasure.objects.filter(subject=kind, subject_id=str(subject_id)).exists()


def erased_entities(ids: Iterable[int]) -> set[int]:
    """Those of whom 1C may tell no contact any more."""
    wanted = [str(pk) for pk in ids if pk]
    rows = Erasure.objects.filter(subject=LEGAL_ENTITY, subject_id__in=wanted)
    return {int(pk) for pk in rows.values_list("subject_id", flat=True)} if wanted else set()


# ------------------------------------------------------------------------------ actions


def export(by: access.User, people: People, subject: Subject) -> dict[str, Any]:
    """All that is kept of him: where, what for, and what; the shop's own account first."""
    demand_desk(by)
    told = [each for keeper in KEEPERS for each in keeper.told(subject)]
    return {
        "subject": {"kind": subject.kind, "id": subject.id},
        "account": people.exported(subject.id) if subject.kind == USER else None,
        "kept": [
            {"where": e.where, "purpose": e.purpose, "stays": e.stays, "rows": e.rows} for e in told
        ],
    }


@transaction.atomic
def erase_user(by: access.User, people: People, subject: Subject, reason: str) -> Erasure:
    """Erase a person with an account. His memberships are over before (``ordering.personal``).
    Whoever works in the shop is refused: he is no customer, and his work is signed by him."""
    demand_desk(by)
    person = people.get([subject.id])[subject.id]
    if person.is_staff:
        sentence = _("%(name)s works in the shop: take that right away first.")
        raise Refused(Refusal("INVALID", sentence % {"name": person.name or person.email}))
    _demand_reason(reason)
    _lock(get_user_model(), subject.id)
    counts = _erase(subject) + Counter(people.erase(subject.id))
    return _logged(by, subject, reason, counts)


@transaction.atomic
def erase_entity(
    by: access.User, entity: LegalEntity, reason: str, also: Iterable[str] = ()
) -> Erasure:
    """Erase the contacts of a legal entity that is a person, a private person's name too."""
    demand_desk(by)
    _lock(LegalEntity, entity.pk)
    entity.refresh_from_db()
    if not is_erasable(entity):
        sentence = _(
            "This is a company, not a person: its contacts are changed, not erased. Erase the "
            "buyer instead."
        )
        raise Refused(Refusal("INVALID", sentence))
    _demand_reason(reason)
    subject = subject_of_entity(entity, also)
    counts = _erase(subject)
    if subject.is_private:
        name = _("Erased person No. %(number)s") % {"number": entity.pk}
        LegalEntity.objects.filter(pk=entity.pk).update(name=name)
    return _logged(by, subject, reason, counts)


def _demand_reason(reason: str) -> None:
    if not reason.strip():
        raise Refused(Refusal("REQUIRED", _("Say why: the person's letter and its day.")))


def _lock(model: type[models.Model], pk: int) -> None:
    model._base_manager.select_for_update(no_key=True, of=("self",)).get(pk=pk)


def _erase(subject: Subject) -> Counter[str]:
    counts: Counter[str] = Counter()
    for keeper in KEEPERS:
        counts += Counter(keeper.erase(subject))
    return counts


def _logged(by: access.User, subject: Subject, reason: str, counts: Counter[str]) -> Erasure:
    return Erasure.objects.create(
        subject=subject.kind,
        subject_id=str(subject.id),
        reason=subject.traces.mask(reason.strip())[:1000],
        columns={name: count for name, count in sorted(counts.items()) if count},
        made_by_id=by.pk,
    )


def cautions(user_id: int) -> list[str]:
    """What whoever is about to erase him should know."""
    said = []
    for own in Buyer.objects.filter(user=user_id, role=Buyer.Role.OWNER, is_active=True):
        if not access.owners(own.company).exclude(user=user_id).exists():
            sentence = _(
                "He is the only owner of «%(company)s»: nobody there will be able to invite "
                "and remove its people."
            )
            said.append(sentence % {"company": own.company})
    return said
