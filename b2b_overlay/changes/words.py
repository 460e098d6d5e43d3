"""How the history reads: what each model and column is called, and values as a person says
them. Columns that say nothing to a person (hashes, moments the event has already) are left
out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.db import models
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from b2b_overlay.company.models import (
    Application,
    BankAccount,
    Buyer,
    BuyerLegalEntities,
    Doubt,
    GroupCompanies,
    Invitation,
    Rule,
)
from b2b_overlay.history import Tracked
from b2b_overlay.ordering.models import Approval
from b2b_overlay.pricing.models import Assignment, Price

__all__ = ["kind_of", "label_of", "shown_columns", "value_text"]

_KINDS = {
    Approval: gettext_lazy("approval"),
    Assignment: gettext_lazy("price list assigned"),
    BankAccount: gettext_lazy("bank account"),
    BuyerLegalEntities: gettext_lazy("buyer's legal entity"),
    Doubt: gettext_lazy("doubt"),
    GroupCompanies: gettext_lazy("company in a group"),
    Invitation: gettext_lazy("invitation"),
    Rule: gettext_lazy("rule that joins by itself"),
}

_LABELS: dict[str, Any] = {
    "amount": gettext_lazy("price"),
    "answer": gettext_lazy("answer"),
    "asked_at": gettext_lazy("asked on"),
    "asked_by": gettext_lazy("asked by"),
    "base": gettext_lazy("derived from"),
    "buyer": gettext_lazy("buyer"),
    "card_name": gettext_lazy("card of the enterprise"),
    "code": gettext_lazy("code"),
    "coefficient": gettext_lazy("coefficient"),
    "company": gettext_lazy("company"),
    "contract": gettext_lazy("contract"),
    "country": gettext_lazy("country"),
    "created_by": gettext_lazy("made by"),
    "currency": gettext_lazy("currency"),
    "decided_at": gettext_lazy("decided on"),
    "decided_by": gettext_lazy("decided by"),
    "decision": gettext_lazy("decision"),
    "ends_at": gettext_lazy("until"),
    "expires_at": gettext_lazy("valid until"),
    "floor": gettext_lazy("floor"),
    "floor_amount": gettext_lazy("floor then"),
    "group": gettext_lazy("group of companies"),
    "high": gettext_lazy("legal entity"),
    "is_on": gettext_lazy("is it on"),
    "kind": gettext_lazy("kind"),
    "legal_entity": gettext_lazy("legal entity"),
    "legalentity": gettext_lazy("legal entity"),
    "low": gettext_lazy("legal entity"),
    "merged_into": gettext_lazy("turned out to be"),
    "min_quantity": gettext_lazy("from a quantity of"),
    "order": gettext_lazy("order"),
    "price_list": gettext_lazy("price list"),
    "purpose": gettext_lazy("for what"),
    "revoked_at": gettext_lazy("revoked on"),
    "rule": gettext_lazy("rule"),
    "source": gettext_lazy("from which legal entity"),
    "source_company": gettext_lazy("from company"),
    "starts_at": gettext_lazy("from"),
    "state": gettext_lazy("state"),
    "target": gettext_lazy("to which legal entity"),
    "target_company": gettext_lazy("to company"),
    "to": gettext_lazy("in which currency"),
    "undone_at": gettext_lazy("taken back on"),
    "undone_by": gettext_lazy("taken back by"),
    "unit": gettext_lazy("unit"),
    "used_at": gettext_lazy("used on"),
    "user": gettext_lazy("user"),
    "variant_id": gettext_lazy("good"),
    "vat_included": gettext_lazy("VAT included"),
}

#: The event itself says when and by whom; ids of the shop's carts and JSON are no words.
_UNSAID = {
    "added_at",
    "asked_at",
    "changed_at",
    "changed_by",
    "channel",
    "checkout_id",
    "created_at",
    "made_at",
    "made_by",
}
_UNSAID_OF: dict[type[models.Model], set[str]] = {
    Application: {"user"},
    Buyer: {"user"},
    Doubt: {"rearrangement"},
    Price: {"price_list", "variant_id"},
}


def kind_of(tracked: Tracked) -> str:
    """«юрлицо», «договор»"""
    return str(_KINDS.get(tracked.model) or tracked.model._meta.verbose_name)


def label_of(field: models.Field[Any, Any]) -> str:
    """What a column is called; its own verbose name where it has been given one."""
    own = str(field.verbose_name)
    given = own != field.name.replace("_", " ")
    return own if given else str(_LABELS.get(field.name, own))


def shown_columns(tracked: Tracked) -> list[models.Field[Any, Any]]:
    """The model's columns that the history shows, in the model's order."""
    unsaid = _UNSAID | _UNSAID_OF.get(tracked.model, set())
    kept = {field.name for field in tracked.event._meta.fields}
    return [
        field
        for field in tracked.model._meta.concrete_fields
        if field.name in kept - unsaid and not isinstance(field, models.JSONField)
    ]


def value_text(
    field: models.Field[Any, Any], value: Any, named: Callable[[type[models.Model], Any], str]
) -> str:
    """A column's value as a person says it; "" where there is none."""
    if value is None or value == "":
        return ""
    if isinstance(field, models.ForeignKey):
        return named(field.related_model, value)
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    return _formatted(value)


def _formatted(value: Any) -> str:
    if isinstance(value, dt.datetime):
        return formats.date_format(timezone.localtime(value), "SHORT_DATETIME_FORMAT")
    if isinstance(value, dt.date):
        return formats.date_format(value, "SHORT_DATE_FORMAT")
    if isinstance(value, Decimal):
        return formats.number_format(value, use_l10n=True, force_grouping=True)
    return str(value)
