"""A price under the floor, and the second person who decides on it.

Rules: whoever asked never decides, superuser or not; only an overseer decides; what he confirms
is exactly what was asked, and only while the floor is not higher than it was then, so that he
doesn't give away more than he was shown. Two who decide at once: the first one's word holds.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from b2b_overlay.company import access
from b2b_overlay.company.admit import demand_desk, demand_overseer
from b2b_overlay.money import Money, written
from b2b_overlay.shop import Channel, Refusal, Refused, get_shop

from .floors import under
from .individual import Asked, apply, lock
from .models import Price, PriceRequest

__all__ = ["confirm", "may_decide", "refuse", "requests", "waiting", "withdraw"]


def requests(by: access.User | None) -> QuerySet[PriceRequest]:
    """What the user may see: an overseer all, another of the desk his own."""
    rows = PriceRequest.objects.select_related("legal_entity", "asked_by", "decided_by")
    if access.oversees(by):
        return rows
    return rows.filter(asked_by=by.pk) if by and access.is_desk(by) else rows.none()


def waiting() -> int:
    """How many wait for a second person."""
    return PriceRequest.objects.filter(state=PriceRequest.State.WAITING).count()


def may_decide(by: access.User, request: PriceRequest) -> bool:
    """Is he the second person?"""
    return access.oversees(by) and request.asked_by_id != by.pk


@transaction.atomic
def confirm(by: access.User, request_id: int, answer: str = "") -> Price:
    """Give the price, exactly as it was asked for."""
    request = _to_decide(by, request_id)
    asked = Asked(
        _channel(request),
        request.variant_id,
        request.amount,
        request.min_quantity,
        request.starts_at,
        request.ends_at,
    )
    _demand_as_shown(request, asked)
    price = apply(request.legal_entity, asked, reason=request.reason, request=request)
    _close(request, PriceRequest.State.APPROVED, by, answer)
    return price


@transaction.atomic
def refuse(by: access.User, request_id: int, answer: str) -> None:
    """Nothing changes; whoever asked reads why."""
    request = _to_decide(by, request_id)
    if not answer.strip():
        raise Refused(Refusal("REQUIRED", _("Say why: whoever asked reads it.")))
    _close(request, PriceRequest.State.REFUSED, by, answer)


@transaction.atomic
def withdraw(by: access.User, request_id: int) -> None:
    """Whoever asked doesn't ask any more."""
    demand_desk(by)
    request = _locked(requests(by).get(pk=request_id, asked_by=by.pk))
    _close(request, PriceRequest.State.WITHDRAWN, by, "")


def _to_decide(by: access.User, request_id: int) -> PriceRequest:
    demand_desk(by)
    found = requests(by).get(pk=request_id)
    if found.asked_by_id == by.pk:
        sentence = _("You asked for this price: somebody else has to decide.")
        raise Refused(Refusal("PERMISSION_DENIED", sentence))
    demand_overseer(by)
    return _locked(found)


def _locked(found: PriceRequest) -> PriceRequest:
    """Locked after its legal entity, as giving prices does."""
    entity = lock(found.legal_entity_id)
    request = PriceRequest.objects.select_for_update(of=("self",)).get(pk=found.pk)
    if request.state != PriceRequest.State.WAITING:
        sentence = _("It is decided already: %(state)s.")
        raise Refused(Refusal("INVALID", sentence % {"state": request.get_state_display()}))
    request.legal_entity = entity
    return request


def _channel(request: PriceRequest) -> Channel:
    """The channel the price was asked for in."""
    wanted = (request.currency, request.vat_included)
    for channel in get_shop().catalogue.channels():
        if (channel.currency, channel.prices_include_vat) == wanted:
            return channel
    sentence = _("No channel of the shop sells in this currency and VAT mode any more.")
    raise Refused(Refusal("INVALID", sentence))


def _demand_as_shown(request: PriceRequest, asked: Asked) -> None:
    """The floor must not have risen since, nor the good have gone from the shop."""
    if asked.variant_id not in get_shop().catalogue.variants([asked.variant_id], asked.channel):
        raise Refused(Refusal("INVALID", _("The shop has no such good."), asked.variant_id))
    breach = under(
        asked.channel, asked.variant_id, asked.min_quantity, asked.amount, asked.starts_at
    )
    if breach and breach.limit.lowest.amount > request.floor_amount:
        sentence = _(
            "The floor is %(now)s now; it was %(then)s when this was asked for. Refuse it, and "
            "let it be asked anew."
        )
        words = {
            "now": written(breach.limit.lowest),
            "then": written(Money(request.floor_amount, request.currency)),
        }
        raise Refused(Refusal("INVALID", sentence % words, asked.variant_id))


def _close(request: PriceRequest, state: str, by: access.User, answer: str) -> None:
    request.state, request.decided_at, request.decided_by_id = state, timezone.now(), by.pk
    request.answer = answer.strip()[:1000]
    request.save(update_fields=["state", "decided_at", "decided_by", "answer"])
