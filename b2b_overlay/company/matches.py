"""Whom an application may be about, among the legal entities that 1C sent.

Rules: everything that may be it is shown with why, the likeliest first, and whose it is already;
nothing is decided here. The number of an invoice is looked up by whoever knows orders and debts
(``ordering.invoices``) and handed in.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import CharField, F, Func, Prefetch, Q, Value
from django.utils.translation import gettext as _
from rapidfuzz import fuzz, process

from . import folding, likeness, requisites
from .models import Application, Buyer, Company, LegalEntity

__all__ = ["Invoice", "Match", "matches"]

#: At most so many are shown.
MOST = 12
#: So many names are looked at closely, and how alike they must seem at first (of 100).
_CLOSELY, _SEEMS = 25, 70
_SAME_INN, _EXACT_INVOICE, _LIKE_INVOICE = 60.0, 55.0, 25.0


@dataclass(frozen=True, slots=True)
class Invoice:
    """A document of ours that the number given may be of."""

    #: «Реализация 00-000123 от 12.11.2026».
    document: str
    #: The number as it stands there; else only its digits are the same.
    is_exact: bool


@dataclass(frozen=True, slots=True)
class Match:
    legal_entity: LegalEntity
    #: In words.
    reasons: tuple[str, ...]
    points: float
    #: Whose it is already, and who could invite him.
    company: Company | None
    owners: tuple[Buyer, ...]

    @property
    def is_taken(self) -> bool:
        return self.company is not None


def matches(
    application: Application, invoices: Mapping[int, Invoice], also: Iterable[int] = ()
) -> list[Match]:
    """Legal entities this application may be about; ``also`` are ids the desk asked for."""
    theirs = _traits(application)
    asked_for = set(also)
    ids = {*invoices, *asked_for, *_by_numbers(application, theirs), *_by_name(theirs)}
    rows = (
        LegalEntity.objects.filter(pk__in=ids, merged_into=None)
        .select_related("company")
        .prefetch_related(
            "bank_accounts",
            Prefetch(
                "company__buyers",
                Buyer.objects.filter(role=Buyer.Role.OWNER, is_active=True).select_related("user"),
                to_attr="its_owners",
            ),
        )
    )
    weighed = [_weigh(row, application, theirs, invoices.get(row.pk)) for row in rows]
    found = [m for m in weighed if m.reasons or m.legal_entity.pk in asked_for]
    found.sort(key=lambda m: (m.legal_entity.pk in asked_for, -m.points, m.legal_entity.pk))
    return found[:MOST] + [m for m in found[MOST:] if m.legal_entity.pk in asked_for]


def _traits(application: Application) -> likeness.Traits:
    return likeness.traits_of(
        kind=requisites.guess_kind(application.inn, application.company_name),
        name=application.company_name,
        inn=application.inn,
        phone=application.phone,
        email=str(application.user.email),
    )


def _by_numbers(application: Application, theirs: likeness.Traits) -> set[int]:
    """By INN, by the last ten digits of the phone, by e-mail."""
    wanted = Q(pk__in=())
    if application.inn:
        wanted |= Q(inn=application.inn)
    for email in theirs.emails:
        wanted |= Q(email__iexact=email)
    for phone in theirs.phones:
        wanted |= Q(digits__contains=phone[-10:])
    digits = Func(
        F("phone"),
        Value(r"\D"),
        Value(""),
        Value("g"),
        function="regexp_replace",
        output_field=CharField(),
    )
    found = LegalEntity.objects.annotate(digits=digits).filter(wanted)
    return set(found.values_list("pk", flat=True)[:_CLOSELY])


def _by_name(theirs: likeness.Traits) -> set[int]:
    """Those whose names seem alike; each is then looked at closely."""
    if not theirs.name:
        return set()
    names = LegalEntity.objects.filter(merged_into=None).values_list("pk", "name")
    folded = {pk: folding.fold_name(name)[0].text for pk, name in names.iterator()}
    found = process.extract(
        theirs.name.text,
        folded,
        scorer=fuzz.token_set_ratio,
        limit=_CLOSELY,
        score_cutoff=_SEEMS,
    )
    return {pk for _name, _score, pk in found}


def _weigh(
    row: LegalEntity, application: Application, theirs: likeness.Traits, invoice: Invoice | None
) -> Match:
    points, reasons = 0.0, []
    if application.inn and row.inn == application.inn:
        points += _SAME_INN
        reasons.append(str(likeness.Reason.INN.label))
    if invoice is not None:
        points += _EXACT_INVOICE if invoice.is_exact else _LIKE_INVOICE
        words = _("invoice: %(document)s") if invoice.is_exact else _("like invoice: %(document)s")
        reasons.append(words % {"document": invoice.document})
    its = _traits_of_entity(row)
    alike = likeness.compare(theirs, its)
    points += alike.points if alike else 0
    also = alike.reasons if alike else _contacts(theirs, its)
    known = {likeness.Reason.INN, likeness.Reason.INN_KPP} if row.inn == application.inn else set()
    reasons += [str(reason.label) for reason in also if reason not in known]
    owners = tuple(row.company.its_owners) if row.company else ()  # type: ignore[attr-defined]  # Prefetch's
    return Match(row, tuple(reasons), points, row.company, owners)


def _contacts(theirs: likeness.Traits, its: likeness.Traits) -> list[likeness.Reason]:
    """One phone or e-mail is too little to think that two counterparties are one; of whom a
    customer may be, it says something."""
    said = (
        (likeness.Reason.PHONE, theirs.phones & its.phones),
        (likeness.Reason.EMAIL, theirs.emails & its.emails),
    )
    return [reason for reason, shared in said if shared]


def _traits_of_entity(row: LegalEntity) -> likeness.Traits:
    return likeness.traits_of(
        kind=row.kind,
        name=row.name,
        full_name=row.full_name,
        inn=row.inn,
        kpp=row.kpp,
        phone=row.phone,
        email=row.email,
    )
