"""The form of what a buyer may: read the same on the owner's page and on the desk's.

Each role says in plain words what it lets a person do, because an owner meets these words
once a year.
"""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from b2b_overlay.company import membership
from b2b_overlay.company.models import Buyer, Company, LegalEntity
from b2b_overlay.money import to_amount
from b2b_overlay.ordering import people
from b2b_overlay.shop import Refused

from .pages import PageRequest, flash, flash_refused

__all__ = ["MEANING", "RightsForm", "end", "entities_of", "roles", "save"]

#: What each role means, to the person who gives it.
MEANING: dict[str, str | Promise] = {
    Buyer.Role.OWNER: gettext_lazy(
        "orders for every legal entity without a limit, confirms others' orders, invites and "
        "removes people"
    ),
    Buyer.Role.BUYER: gettext_lazy(
        "orders for the legal entities ticked; what is above his limit waits for an approver"
    ),
    Buyer.Role.APPROVER: gettext_lazy(
        "orders without a limit and confirms what buyers order above theirs, for the legal "
        "entities ticked"
    ),
    Buyer.Role.ACCOUNTANT: gettext_lazy(
        "sees prices, orders, documents and debts of the legal entities ticked; orders nothing"
    ),
    Buyer.Role.VIEWER: gettext_lazy(
        "sees prices, orders and debts of the legal entities ticked; orders nothing"
    ),
}


def roles() -> list[tuple[str, str, str]]:
    """Each role: its value, its name, what it means."""
    return [(role.value, str(role.label), str(MEANING[role])) for role in Buyer.Role]


def entities_of(company: Company) -> QuerySet[LegalEntity]:
    """The company's legal entities that can be bought for."""
    return company.legal_entities.filter(is_active=True, merged_into=None).order_by("name", "pk")


class RightsForm(forms.Form):
    """Name, role, limit and (``entity``, many) legal entities of a buyer."""

    name = forms.CharField(label=gettext_lazy("Name of the person"), max_length=255, required=False)
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=Buyer.Role.choices)
    spending_limit = forms.CharField(
        label=gettext_lazy("Limit for one order"), max_length=32, required=False
    )
    limit_currency = forms.RegexField(r"^[A-Z]{3}$", label=gettext_lazy("Currency of the limit"))

    def __init__(self, data: QueryDict | None, buyer: Buyer) -> None:
        limit = buyer.spending_limit
        initial: dict[str, Any] = {
            "name": buyer.name,
            "role": buyer.role,
            "spending_limit": "" if limit is None else f"{limit:f}".removesuffix(".00"),
            "limit_currency": buyer.limit_currency,
        }
        super().__init__(data, initial=initial)
        entities = entities_of(buyer.company)
        self.offered = list(entities)
        #: Those he has that can't be bought for now: kept as they are.
        had = set(buyer.legal_entities.values_list("pk", flat=True))
        hidden = had - {each.pk for each in self.offered}
        self._kept = hidden & set(buyer.company.legal_entities.values_list("pk", flat=True))
        self._had = had
        self._picked = data.getlist("entity") if data is not None else None

    def clean_spending_limit(self) -> Decimal | None:
        text = self.cleaned_data["spending_limit"]
        if not text:
            return None
        try:
            return to_amount(text)
        except InvalidOperation as error:
            sentence = _("write a sum, or leave it empty for no limit")
            raise forms.ValidationError(sentence) from error

    def entities(self) -> list[tuple[LegalEntity, bool]]:
        """Those offered, and whether each is ticked."""
        ticked = self.picked()
        return [(each, each.pk in ticked) for each in self.offered]

    def picked(self) -> set[int]:
        """Ids of the legal entities ticked, another company's ids included: the action says
        that they aren't found."""
        if self._picked is None:
            return self._had
        return {int(each) for each in self._picked if each.isdecimal() and len(each) < 19}

    def rights(self) -> dict[str, Any]:
        """The valid form as the arguments of ``ordering.people.change``."""
        return {**self.cleaned_data, "legal_entity_ids": self.picked() | self._kept}


def save(request: PageRequest, buyer: Buyer, form: RightsForm) -> bool:
    """Change the buyer as the form says; say what came of it, and what to mind."""
    if not form.is_valid():
        for name, messages in form.errors.items():
            flash(request, f"{form.fields[name].label}: {' '.join(map(str, messages))}", "error")
        return False
    try:
        changed = people.change(request.shop, request.who, buyer, **form.rights())
    except Refused as refused:
        flash_refused(request, refused)
        return False
    flash(request, _("Saved: %(name)s.") % {"name": changed.called})
    _caution(request, changed)
    return True


def end(request: PageRequest, buyer: Buyer) -> None:
    """Remove the buyer, or say why not."""
    try:
        removed = people.remove(request.shop, request.who, buyer)
    except Refused as refused:
        flash_refused(request, refused)
        return
    flash(request, _("%(email)s is a retail customer again.") % {"email": buyer.user.email})
    _caution(request, removed)


def _caution(request: PageRequest, buyer: Buyer) -> None:
    for caution in membership.cautions(buyer):
        flash(request, caution, "warning")
