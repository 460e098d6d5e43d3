"""Names for the keys that events hold. Read now, not kept: a name that was erased stays so."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

from django.contrib.auth import get_user_model
from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from b2b_overlay import logins
from b2b_overlay.company.models import Application, BankAccount, Buyer, Company, LegalEntity
from b2b_overlay.history import Tracked
from b2b_overlay.ordering.models import Approval
from b2b_overlay.shop import People, Person
from b2b_overlay.terms.models import Contract

__all__ = ["Names"]

Keys = Mapping[type[models.Model], Collection[Any]]


class Names:
    """Names for one reader: the desk, or the owner of one company."""

    USER: type[models.Model] = get_user_model()

    def __init__(self, people: People, owner_of: Company | None) -> None:
        self._people, self._owner_of = people, owner_of
        self._persons: Mapping[int, Person] = {}
        #: Users whom the owner may be named: his own people.
        self._colleagues: set[Any] = set()
        self._rows: dict[type[models.Model], Mapping[Any, Any]] = {}

    def learn(self, keys: Keys) -> None:
        """Read the names of these."""
        wanted = {model: {k for k in found if k is not None} for model, found in keys.items()}
        for model, pks in wanted.items():
            if pks and model is not self.USER:
                self._rows[model] = self._seen(model).in_bulk(pks)
        buyers = self._rows.get(Buyer, {}).values()
        if self._owner_of is not None:
            mine = Buyer.objects.filter(company=self._owner_of)
            self._colleagues = set(mine.values_list("user_id", flat=True))
        self._persons = self._people.get(
            wanted.get(self.USER, set()) | {buyer.user_id for buyer in buyers}
        )

    def _seen(self, model: type[models.Model]) -> QuerySet[Any]:
        """What the reader may be named at all."""
        rows: QuerySet[Any] = model._base_manager.all()
        if self._owner_of is None:
            return rows
        mine = self._owner_of.pk
        scopes = {Company: {"pk": mine}, LegalEntity: {"company": mine}, Buyer: {"company": mine}}
        return rows.filter(**scopes[model]) if model in scopes else rows.none()

    # --- who and how ---

    def author(self, user_id: int | None) -> str:
        """Who made a change; the owner is told of staff as of the shop."""
        if user_id is None:
            return ""
        person = self._persons.get(user_id)
        if self._owner_of is None or user_id in self._colleagues:
            return self.person(user_id)
        return _("the shop's staff") if person and person.is_staff else _("somebody else")

    def way(self, told: Mapping[str, Any]) -> str:
        """By which way, and where; an owner isn't shown the desk's addresses."""
        via, where, file = told.get("via"), told.get("where", ""), told.get("file", "")
        if via == "exchange":
            base = told.get("connection", "")
            text = _("1C «%(base)s», file %(file)s") % {"base": base, "file": where}
            return text if self._owner_of is None else _("exchange with 1C")
        texts = {"page": _("page %s"), "graphql": _("GraphQL, %s"), "command": _("command %s")}
        if via not in texts:
            return _("outside of the pages, in the database")
        if self._owner_of is not None:
            return ""
        text = texts[via] % where
        return f"{text}, {_('file %s') % file}" if file else text

    # --- what ---

    def named(self, model: type[models.Model], key: Any) -> str:
        """What a key points at."""
        if model is self.USER:
            return self.author(key)
        row = self._rows.get(model, {}).get(key)
        if row is None:
            return f"№ {key}"
        return self.person(row.user_id) if isinstance(row, Buyer) else str(row)

    def person(self, user_id: int) -> str:
        """A user of the shop."""
        person = self._persons.get(user_id)
        if person is None:
            return _("user № %s") % user_id
        login = logins.shown(person.email)
        return f"{person.name} ({login})" if person.name else login

    def is_hidden(self, field: models.Field[Any, Any]) -> bool:
        """An owner isn't told whose his people were before they were his."""
        return self._owner_of is not None and field.name == "company"

    def of_event(self, tracked: Tracked, event: Any) -> str:
        """The name of the object an event is of, as it was then."""
        if telling := _TELLING.get(tracked.model):
            return telling(self, event)
        if name := getattr(event, "name", ""):
            return str(name)
        parts = [
            self.named(field.related_model, key)
            for field in tracked.model._meta.concrete_fields
            if isinstance(field, models.ForeignKey)
            and field.name in _NAMED_BY
            and (key := getattr(event, field.attname, None)) is not None
        ]
        return ", ".join(parts)


def _contract(names: Names, event: Any) -> str:
    number = f"№ {event.number}" if event.number else _("without a number")
    return f"{number}, {names.named(LegalEntity, event.legal_entity_id)}"


#: Keys whose names name an object that has no name of its own.
_NAMED_BY = {
    "buyer",
    "company",
    "group",
    "high",
    "legal_entity",
    "legalentity",
    "low",
    "price_list",
    "source",
    "source_company",
    "target",
    "target_company",
}
_TELLING: dict[type[models.Model], Callable[[Names, Any], str]] = {
    Application: lambda names, event: (
        event.company_name or event.inn or names.person(event.user_id)
    ),
    Approval: lambda names, event: f"{event.total} {event.currency}",
    BankAccount: lambda names, event: event.number,
    Contract: _contract,
    Buyer: lambda names, event: event.name or names.person(event.user_id),
}
