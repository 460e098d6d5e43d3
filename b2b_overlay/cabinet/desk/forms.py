"""What the desk types, read once: ids, pages, a contract's fields."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, fields
from decimal import InvalidOperation
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from b2b_overlay.money import to_amount
from b2b_overlay.terms.contracts import Conditions
from b2b_overlay.terms.models import Contract, Organization

__all__ = ["PAGE", "ContractForm", "id_in", "ids", "page_asked", "page_of", "spell"]

PAGE = 50


def ids(values: Iterable[str]) -> list[int]:
    """Those of the values that are row ids."""
    return [int(value) for value in values if value.isdecimal() and len(value) < 19]


def id_in(text: str | None) -> int | None:
    """The row id that this text is, if it is one."""
    return next(iter(ids([text or ""])), None)


def page_asked(request: HttpRequest) -> int:
    """Number of the page of a list, from 1."""
    return id_in(request.GET.get("page")) or 1


def page_of(request: HttpRequest, rows: QuerySet[Any]) -> dict[str, Any]:
    """One page of ``rows`` and what the pager needs."""
    number = page_asked(request)
    total = rows.count()
    return {
        "rows": rows[(number - 1) * PAGE : number * PAGE],
        "total": total,
        "page": number,
        "pages": -(-total // PAGE),
    }


def spell(form: forms.Form) -> list[str]:
    """The form's errors as sentences that name their field."""
    found = []
    for name, messages in form.errors.items():
        label = form.fields[name].label if name in form.fields else ""
        found += [f"{label}: {message}" if label else str(message) for message in messages]
    return found


class SumField(forms.CharField):
    """As people write a sum: «1 000 000,50»; empty: None."""

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            return to_amount(text) if text else None
        except InvalidOperation as error:
            sentence = gettext("write a sum, or leave it empty")
            raise forms.ValidationError(sentence) from error


class ContractForm(forms.Form):
    """Fields of a contract; its price lists are a :class:`.bindings.BindingsForm`."""

    number = forms.CharField(label=_("Number"), max_length=64, required=False)
    signed = forms.DateField(label=_("Signed on"), required=False)
    payment = forms.ChoiceField(label=_("Payment"), choices=Contract.Payment.choices)
    payment_days = forms.IntegerField(
        label=_("Deferral, days"), min_value=0, max_value=365, required=False
    )
    currency = forms.RegexField(r"^[A-Z]{3}$", label=_("Currency"))
    credit_limit = SumField(label=_("Credit limit"), max_length=32, required=False)
    min_order = SumField(label=_("Smallest order"), max_length=32, required=False)
    overdue_days = forms.IntegerField(
        label=_("Days overdue that stop orders"), min_value=0, max_value=365, required=False
    )
    delivery_price = SumField(label=_("Delivery costs at most"), max_length=32, required=False)
    free_delivery_from = SumField(label=_("Free delivery from"), max_length=32, required=False)
    organization = forms.ModelChoiceField(
        Organization.objects, label=_("Organisation that sells"), required=False
    )

    def __init__(self, data: Any, *, contract: Contract | None, currency: str) -> None:
        initial: dict[str, Any] = {
            "currency": currency,
            "payment": Contract.Payment.ON_ACCOUNT,
            "payment_days": 14,
        }
        if contract is not None:
            initial = {
                "number": contract.number,
                "signed": contract.date,
                "payment": contract.payment,
                "payment_days": contract.payment_days,
                "currency": contract.currency,
                "credit_limit": contract.credit_limit,
                "organization": contract.organization_id,
                **asdict(Conditions.of(contract)),
            }
        super().__init__(data, initial=initial)

    @property
    def conditions(self) -> Conditions:
        """Of a valid form."""
        return Conditions(
            **{each.name: self.cleaned_data[each.name] for each in fields(Conditions)}
        )
