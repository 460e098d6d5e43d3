"""Individual prices of a legal entity: given, taken back, and those that wait for a second
person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from b2b_overlay.cabinet.pages import PageRequest, desk_page, flash, flash_refused, render
from b2b_overlay.company.models import LegalEntity
from b2b_overlay.money import Money, to_amount
from b2b_overlay.ordering.goods import Good, find
from b2b_overlay.pricing import individual, requests
from b2b_overlay.pricing.models import Price, PriceRequest
from b2b_overlay.pricing.of_list import without_individual
from b2b_overlay.pricing.resolver import Priced
from b2b_overlay.shop import Refusal, Refused
from b2b_overlay.terms.current import terms_of

from .forms import ids, page_of

__all__ = ["prices", "request_decide", "request_list", "take_back"]


@dataclass(frozen=True, slots=True)
class Row:
    """An individual price, and what the good would cost without it."""

    price: Price
    money: Money
    name: str
    article: str
    instead: Money | None

    @property
    def percent(self) -> Decimal | None:
        """How much less, in percent of what it stands instead of."""
        if self.instead is None or self.instead.currency != self.money.currency:
            return None
        return (1 - self.money.amount / self.instead.amount) * 100


@desk_page
def prices(request: PageRequest, pk: int) -> HttpResponse:
    """The table, and the form by article (POST gives)."""
    entity = get_object_or_404(LegalEntity.objects.select_related("company"), pk=pk)
    if request.method == "POST" and _give(request, entity):
        return redirect("b2b:individual_prices", pk)
    page = page_of(request, individual.prices(entity))
    page["rows"] = _rows(request, entity, list(page["rows"]))
    text = (request.POST.get("good") or request.GET.get("good", "")).strip()
    context = {
        "entity": entity,
        "text": text,
        "found": find(request.shop, request.channel, None, text, limit=10).items if text else [],
        "typed": request.POST,
        "waiting": PriceRequest.objects.filter(
            legal_entity=entity, state=PriceRequest.State.WAITING
        ).count(),
        **page,
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "b2b/desk/individual_prices.html", context, status=status)


def _rows(request: PageRequest, entity: LegalEntity, shown: list[Price]) -> list[Row]:
    """A constant number of queries for each quantity step among the rows."""
    catalogue = request.shop.catalogue
    variants = catalogue.variants({each.variant_id for each in shown}, request.channel)
    retail = {pk: variant.retail for pk, variant in variants.items()}
    terms = terms_of(entity, request.channel)
    steps = {each.min_quantity for each in shown}
    without = {
        step: without_individual(
            terms,
            {each.variant_id: step for each in shown if each.min_quantity == step},
            retail,
        )
        for step in steps
    }
    rows = []
    for each in shown:
        answer = without[each.min_quantity][each.variant_id]
        variant = variants.get(each.variant_id)
        rows.append(
            Row(
                each,
                Money(each.amount, each.price_list.currency),
                variant.full_name if variant else "",
                variant.sku if variant else "",
                answer.price.money if isinstance(answer, Priced) else None,
            )
        )
    return rows


def _give(request: PageRequest, entity: LegalEntity) -> bool:
    try:
        good = _good(request)
        asked = individual.Asked(
            request.channel,
            good.variant.id,
            _amount(request, "amount", _("Write the price as a number.")),
            _amount(request, "quantity", _("Write the quantity as a number."), "1"),
            _day(request, "starts"),
            _day(request, "ends", after=True),
        )
        given = individual.give(request.who, entity, asked, reason=request.POST.get("reason", ""))
    except Refused as refused:
        flash_refused(request, refused)
        return False
    if given.request:
        text = _("%(breach)s: it waits for a second person, and doesn't hold until then.")
        flash(request, text % {"breach": given.breach}, "warning")
    else:
        flash(request, _("The price holds for %(name)s.") % {"name": entity.name})
    return True


def _good(request: PageRequest) -> Good:
    """The good that was chosen, or the only one that answers what was typed."""
    text = request.POST.get("good", "").strip()
    chosen = ids([request.POST.get("variant", "")])
    found = find(request.shop, request.channel, None, text, limit=10).items if text else []
    right = [good for good in found if good.variant.id in chosen]
    exact = [good for good in found if text in (good.article, good.variant.sku)]
    for options in (right, exact, found):
        if len(options) == 1:
            return options[0]
    if found:
        raise Refused(Refusal("INVALID", _("Several goods answer that: choose one.")))
    raise Refused(Refusal("NOT_FOUND", _("Nothing found for «%(text)s»") % {"text": text}))


def _amount(request: PageRequest, name: str, sentence: str, default: str = "") -> Decimal:
    try:
        found = to_amount(request.POST.get(name, "") or default)
    except InvalidOperation:
        found = Decimal("NaN")
    if not found.is_finite():
        raise Refused(Refusal("INVALID", sentence))
    return found


def _day(request: PageRequest, name: str, *, after: bool = False) -> datetime | None:
    """The beginning of a day; ``after``: of the one after it, since «until» includes it."""
    text = request.POST.get(name, "").strip()
    if not text:
        return None
    try:
        day = parse_date(text)
    except ValueError:
        day = None
    if day is None:
        raise Refused(Refusal("INVALID", _("There is no such day: %(day)s.") % {"day": text}))
    return timezone.make_aware(datetime.combine(day + timedelta(days=after), time.min))


@desk_page
@require_POST
def take_back(request: PageRequest, pk: int, price_pk: int) -> HttpResponse:
    entity = get_object_or_404(LegalEntity, pk=pk)
    try:
        individual.take_back(request.who, entity, price_pk)
    except Refused as refused:
        flash(request, str(refused), "error")
    else:
        flash(request, _("Taken back: the good costs what it does without it."))
    return redirect("b2b:individual_prices", pk)


# ------------------------------------------------------------------------------- requests


@desk_page
def request_list(request: PageRequest) -> HttpResponse:
    """Prices under a floor: those that wait, and what was decided."""
    everything = requests.requests(request.who)
    is_waiting = {"state": PriceRequest.State.WAITING}
    page = page_of(request, everything.exclude(**is_waiting))
    page["rows"] = list(page["rows"])
    waiting = list(everything.filter(**is_waiting).order_by("asked_at", "pk"))
    shown = {each.variant_id for each in [*waiting, *page["rows"]]}
    variants = request.shop.catalogue.variants(shown, request.channel)
    context: dict[str, Any] = {
        "waiting": [(each, requests.may_decide(request.who, each)) for each in waiting],
        "names": {pk: variant.full_name for pk, variant in variants.items()},
        **page,
    }
    return render(request, "b2b/desk/price_requests.html", context)


@desk_page
@require_POST
def request_decide(request: PageRequest, pk: int) -> HttpResponse:
    """``what``: confirm, refuse or withdraw."""
    answer = request.POST.get("answer", "")
    what = request.POST.get("what")
    try:
        if what == "confirm":
            requests.confirm(request.who, pk, answer)
            flash(request, _("Confirmed: the price holds."))
        elif what == "withdraw":
            requests.withdraw(request.who, pk)
            flash(request, _("Withdrawn."))
        else:
            requests.refuse(request.who, pk, answer)
            flash(request, _("Refused. Whoever asked sees why."))
    except Refused as refused:
        flash(request, str(refused), "error")
    return redirect("b2b:price_requests")
