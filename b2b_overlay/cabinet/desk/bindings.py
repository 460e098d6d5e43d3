"""For whom the price lists are: of a contract, a legal entity, a company, a group, or all.

One form for them all (:class:`BindingsForm`): lists in order, each with the cart's sum from
which it holds and the days. A person writes days: «по» is the last day on which it holds.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import models
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from b2b_overlay.cabinet.pages import PageRequest, desk_page, flash, render
from b2b_overlay.company.models import Company, Group, LegalEntity
from b2b_overlay.money import to_amount
from b2b_overlay.pricing.assign import Binding, Target, bindings_of, set_bindings
from b2b_overlay.pricing.models import Assignment, PriceList
from b2b_overlay.shop import Refused
from b2b_overlay.terms.models import Contract

from .forms import id_in, ids

__all__ = ["BindingsForm", "address_of", "bindings", "everyones", "named"]

#: Price lists a form offers room for at least, and free ones beside those given.
SLOTS, FREE = 4, 2
#: The largest form worth reading.
MOST = 100


@dataclass(frozen=True, slots=True)
class Slot:
    """A place for one list, as it stands in the form."""

    list_id: int | None = None
    total: str = ""
    since: str = ""
    until: str = ""


def _shown(binding: Binding) -> Slot:
    total = binding.min_total
    return Slot(
        binding.price_list.pk,
        "" if total is None else f"{total.normalize():f}",
        _day(binding.starts_at),
        # The last day on which it holds, not the first on which it doesn't.
        _day(binding.ends_at and binding.ends_at - dt.timedelta(microseconds=1)),
    )


def _day(moment: dt.datetime | None) -> str:
    return timezone.localtime(moment).date().isoformat() if moment else ""


class BindingsForm:
    """``list-0``, ``sum-0``, ``from-0``, ``to-0`` and so on; ``list-0`` is asked first."""

    def __init__(
        self, data: Mapping[str, str] | None, known: Sequence[Binding], wanted: int | None = None
    ) -> None:
        self.errors: list[str] = []
        self._known = known
        shown = [_shown(each) for each in known]
        if data is not None:
            self._picked = _read(data)
        elif wanted and wanted not in [each.list_id for each in shown]:
            self._picked = [*shown, Slot(wanted)]
        else:
            self._picked = shown
        # The whole of what may be picked: one switched off stays where it was given.
        given = {each.list_id for each in self._picked}
        found = PriceList.objects.exclude(assignments__is_individual=True)
        self.lists = [each for each in found if each.is_active or each.pk in given]

    @property
    def slots(self) -> list[Slot]:
        room = max(SLOTS, len(self._picked) + FREE)
        return [*self._picked, *[Slot()] * (room - len(self._picked))]

    def bindings(self) -> list[Binding]:
        """What was picked, as the action wants it; what can't be read is in ``errors``."""
        lists = {each.pk: each for each in self.lists}
        found: list[Binding] = []
        for slot in dict.fromkeys(self._picked):
            if slot.list_id not in lists:
                self.errors.append(_("There is no such price list."))
            elif (made := self._binding(slot, lists[slot.list_id], len(found))) is not None:
                found.append(made)
        return [] if self.errors else found

    def _binding(self, slot: Slot, price_list: PriceList, place: int) -> Binding | None:
        name = price_list.name
        try:
            total = to_amount(slot.total).quantize(Decimal("0.01")) if slot.total else None
        except InvalidOperation:
            self.errors.append(_("«%(list)s»: the cart's sum is not a number.") % {"list": name})
            return None
        if total is not None and total.adjusted() > 12:
            self.errors.append(_("«%(list)s»: the cart's sum is not a number.") % {"list": name})
            return None
        for each in self._known:
            # A moment of a day that the form can't show stays as it is.
            same = (_shown(each).list_id, _shown(each).since, _shown(each).until)
            if same == (slot.list_id, slot.since, slot.until):
                return Binding(price_list, place, total, each.starts_at, each.ends_at)
        try:
            since, until = _moment(slot.since), _moment(slot.until, days=1)
        except (ValueError, OverflowError):
            self.errors.append(_("«%(list)s»: write the days as on the calendar.") % {"list": name})
            return None
        return Binding(price_list, place, total, since, until)


def _read(data: Mapping[str, str]) -> list[Slot]:
    found = []
    for n in range(MOST):
        if f"list-{n}" not in data:
            continue
        texts = [data.get(f"{name}-{n}", "").strip() for name in ("sum", "from", "to")]
        if picked := ids([data[f"list-{n}"]]):
            found.append(Slot(picked[0], *texts))
    return found


def _moment(text: str, days: int = 0) -> dt.datetime | None:
    """The beginning of the day (or of one later), in the shop's time zone."""
    if not text:
        return None
    day = dt.date.fromisoformat(text) + dt.timedelta(days=days)
    return timezone.make_aware(dt.datetime.combine(day, dt.time.min))


# --------------------------------------------------------------------------------- pages

_KINDS: dict[str, type[models.Model]] = {
    "company": Company,
    "entity": LegalEntity,
    "group": Group,
    "contract": Contract,
}


def named(assignment: Assignment) -> str:
    """For whom, in words."""
    if contract := assignment.contract:
        return f"{contract.legal_entity}, {contract}"
    target = assignment.legal_entity or assignment.company or assignment.group
    return str(target) if target else _("wholesale for all")


def address_of(assignment: Assignment) -> str:
    """Where it is changed."""
    if contract := assignment.contract:
        return reverse("b2b:contract", args=[contract.legal_entity_id, contract.pk])
    for kind, pk in (
        ("entity", assignment.legal_entity_id),
        ("company", assignment.company_id),
        ("group", assignment.group_id),
    ):
        if pk is not None:
            return reverse("b2b:bindings", args=[kind, pk])
    return reverse("b2b:bindings_all")


@desk_page
def bindings(request: PageRequest, kind: str, pk: int) -> HttpResponse:
    """The lists of one company, legal entity, group or contract."""
    if kind not in _KINDS:
        raise Contract.DoesNotExist
    target: Any = get_object_or_404(_KINDS[kind], pk=pk)
    back = {
        "company": lambda: reverse("b2b:company", args=[pk]),
        "entity": lambda: reverse("b2b:counterparty", args=[pk]),
        "contract": lambda: reverse("b2b:contract", args=[target.legal_entity_id, pk]),
        "group": lambda: reverse("b2b:price_lists"),
    }[kind]()
    return _page(request, target, str(target), back)


@desk_page
def everyones(request: PageRequest) -> HttpResponse:
    """The lists of every legal entity that buys wholesale."""
    return _page(request, None, _("wholesale for all"), reverse("b2b:price_lists"))


def _page(request: PageRequest, target: Target, name: str, back: str) -> HttpResponse:
    posted = request.method == "POST"
    wanted = id_in(request.GET.get("list"))
    form = BindingsForm(request.POST if posted else None, bindings_of(target), wanted)
    if posted and _saved(request, target, form):
        return redirect(back)
    context = {"form": form, "name": name, "back": back}
    return render(request, "b2b/desk/bindings.html", context, status=422 if posted else 200)


def _saved(request: PageRequest, target: Target, form: BindingsForm) -> bool:
    given = form.bindings()
    try:
        warned = [] if form.errors else set_bindings(request.who, target, given)
    except Refused as refused:
        form.errors += [refusal.message for refusal in refused.refusals]
    for error in form.errors:
        flash(request, error, "error")
    if form.errors:
        return False
    flash(request, _("The price lists are saved."))
    for text in warned:
        flash(request, text, "warning")
    return True
