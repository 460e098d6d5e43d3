"""What the desk and a company's owner share: inviting people, and the sheet of invitations.

The sheet is the answer to the form that makes the invitations, without a redirect: secrets are
kept nowhere, so there is no second chance to show them. Each form carries a ``nonce``: sent
again (a reload, a second press) it shows the same sheet and makes nobody twice.
"""

from __future__ import annotations

import secrets as randomness
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import segno
from django import forms
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse, QueryDict
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from b2b_overlay import logins
from b2b_overlay.company import invitations
from b2b_overlay.company.models import Buyer, Company, Invitation, LegalEntity
from b2b_overlay.company.secrets import Secrets
from b2b_overlay.company.standing import standing
from b2b_overlay.money import to_amount
from b2b_overlay.shop import Refusal, Refused

from .pages import PageRequest, flash_refused, render
from .rights import entities_of

__all__ = ["InviteForm", "add", "again", "awaited", "people_of", "reset", "sheet"]

#: People one form makes at most.
MOST = 50

Made = tuple[Buyer, Secrets]
#: The page with the form, in this state.
Show = Callable[["InviteForm", int], HttpResponse]


@dataclass(frozen=True, slots=True)
class Ticket:
    """One invitation as it is printed."""

    buyer: Buyer
    login: str
    code: str
    link: str
    picture: SafeString
    until: datetime
    is_join: bool


class InviteForm(forms.Form):
    """Whom to invite, one a line, and what all of them may."""

    names = forms.CharField(
        label=gettext_lazy("Whom to invite"),
        max_length=8000,
        error_messages={"required": gettext_lazy("Say whom you invite: a name or a position.")},
    )
    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=Buyer.Role.choices)
    entity: forms.ModelMultipleChoiceField[LegalEntity] = forms.ModelMultipleChoiceField(
        label=gettext_lazy("May buy for"), queryset=None, required=False
    )
    limit = forms.CharField(
        label=gettext_lazy("Limit for one order"), max_length=32, required=False
    )
    days = forms.TypedChoiceField(
        label=gettext_lazy("Good for, days"), coerce=int, choices=[(7, 7), (14, 14), (30, 30)]
    )
    nonce = forms.RegexField(r"^[\w-]{20,64}$", widget=forms.HiddenInput)

    def __init__(self, company: Company, data: QueryDict | None = None) -> None:
        start = {"role": "buyer", "days": invitations.TERM, "nonce": nonce()}
        super().__init__(data, initial=start)
        self._picked = data.getlist("entity") if data is not None else []
        field = self.fields["entity"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        field.queryset = entities_of(company)

    def clean_limit(self) -> Decimal | None:
        """As people write a sum: spaces, a comma. Whether it can be a limit is the action's."""
        text = self.cleaned_data["limit"].strip()
        try:
            return to_amount(text) if text else None
        except (InvalidOperation, ValueError) as error:
            raise forms.ValidationError(_("Write a sum in digits, like 15000.50.")) from error

    def entities(self) -> list[tuple[LegalEntity, bool]]:
        """The company's legal entities, and which of them were picked."""
        picked = self._picked
        field = self.fields["entity"]
        assert isinstance(field, forms.ModelMultipleChoiceField)
        return [(each, str(each.pk) in picked) for each in field.queryset or ()]

    def lines(self) -> list[tuple[str, str]]:
        """Names, each with the login or the e-mail that stands after a comma."""
        found = []
        for line in self.cleaned_data["names"].splitlines():
            name, _comma, account = line.partition(",")
            if name.strip() or account.strip():
                found.append((name.strip(), account.strip()))
        return found


def nonce() -> str:
    return randomness.token_urlsafe(18)


def people_of(company: Company) -> list[dict[str, Any]]:
    """The company's people, and how the way in of each stands."""
    rows: QuerySet[Buyer] = (
        company.buyers.filter(is_active=True)
        .select_related("user")
        .prefetch_related("legal_entities", "invitations")
        .order_by("pk")
    )
    return [{"buyer": row, "standing": standing(row)} for row in rows]


def add(request: PageRequest, company: Company, show: Show, back: str) -> HttpResponse:
    """Make the people of the form, all or nobody, and answer with their sheet."""
    form = InviteForm(company, request.POST)
    try:
        if form.is_valid():
            return sheet(request, company, _make(request, company, form), back)
    except Refused as refused:
        for refusal in refused.refusals:
            form.add_error("names", refusal.message)
    return show(form, 422)


@transaction.atomic
def _make(request: PageRequest, company: Company, form: InviteForm) -> list[Made]:
    wanted = form.lines()
    if len(wanted) > MOST:
        sentence = _("At most %(most)s people at once: send the rest after them.") % {"most": MOST}
        raise Refused(Refusal("INVALID", sentence))
    data = form.cleaned_data
    made = []
    for at, (name, account) in enumerate(wanted):
        try:
            made.append(
                invitations.make_buyer(
                    request.who,
                    request.shop.people,
                    company,
                    name=name,
                    email=account if "@" in account else "",
                    login="" if "@" in account else account,
                    role=data["role"],
                    legal_entity_ids=[entity.pk for entity in data["entity"]],
                    spending_limit=data["limit"],
                    limit_currency=request.channel.currency,
                    days=data["days"],
                    seed=(data["nonce"], at),
                )
            )
        except Refused as refused:
            raise Refused(
                *(Refusal(r.code, f"{name or account}: {r.message}") for r in refused.refusals)
            ) from None
    return made


def again(request: PageRequest, buyer: Buyer, back: str) -> HttpResponse:
    """A new invitation for somebody who hasn't come; its sheet."""
    return _one(request, buyer, back, invitations.invite(request.who, buyer, seed=_seed(request)))


def reset(request: PageRequest, buyer: Buyer, back: str) -> HttpResponse:
    """The old password is void; the sheet with the way to a new one."""
    made = invitations.reset_password(request.who, request.shop.people, buyer, seed=_seed(request))
    return _one(request, buyer, back, made)


def _seed(request: PageRequest) -> tuple[object, ...]:
    given = request.POST.get("nonce", "")
    return (given,) if len(given) >= len(nonce()) else ()


def _one(
    request: PageRequest, buyer: Buyer, back: str, made: tuple[Invitation, Secrets]
) -> HttpResponse:
    return sheet(request, buyer.company, [(made[0].buyer, made[1])], back)


def awaited(
    request: PageRequest, act: Callable[[], HttpResponse | None], back: Callable[[], HttpResponse]
) -> HttpResponse:
    """What ``act`` shows; where it shows nothing or refuses, the page to go back to."""
    try:
        return act() or back()
    except Refused as refused:
        flash_refused(request, refused)
    return back()


def sheet(request: PageRequest, company: Company, made: Sequence[Made], back: str) -> HttpResponse:
    """Invitations to print or to read out: the only time they are shown."""
    by_hash = Invitation.objects.select_related("buyer__user").in_bulk(
        [secrets.token_hash for _buyer, secrets in made], field_name="token_hash"
    )
    tickets = [_ticket(request, by_hash[secrets.token_hash], secrets) for _buyer, secrets in made]
    context = {
        "company": company,
        "tickets": tickets,
        "back": back,
        "door": request.build_absolute_uri(reverse("b2b:join")),
    }
    return render(request, "b2b/tickets.html", context)


def _ticket(request: PageRequest, invitation: Invitation, secrets: Secrets) -> Ticket:
    link = request.build_absolute_uri(reverse("b2b:join_link", args=[secrets.token]))
    picture = segno.make(link, error="m", micro=False).svg_inline(
        scale=4, border=2, svgclass="qr", lineclass=None, omitsize=True
    )
    return Ticket(
        buyer=invitation.buyer,
        login=logins.shown(invitation.buyer.user.email),
        code=secrets.spoken,
        link=link,
        picture=mark_safe(picture),  # noqa: S308 - segno's own, of modules only
        until=invitation.expires_at,
        is_join=invitation.purpose == Invitation.Purpose.JOIN,
    )
