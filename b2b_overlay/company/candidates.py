"""Which counterparties may be one: the queue a moderator works through, and the base to ask.

Rules: what people decided is never shown again; each doubt stands in the queue once, under the
counterparty in question; one that was joined to another is nobody's candidate. The queue is
filled by :mod:`scanning`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models import Case, F, Max, Q, QuerySet, When, Window

from .index import Index, Match
from .likeness import Reason, Traits, traits_of
from .models import BankAccount, Doubt, LegalEntity

__all__ = [
    "LIMIT",
    "Candidate",
    "Question",
    "base",
    "candidates",
    "doubts_of",
    "questions",
    "waiting",
]

#: Candidates shown for one counterparty.
LIMIT = 3

# ------------------------------------------------------------------------------ the queue


@dataclass(frozen=True, slots=True)
class Candidate:
    """One that the counterparty in question may be the same as."""

    doubt: Doubt
    entity: LegalEntity

    @property
    def score(self) -> int:
        return self.doubt.score

    @property
    def reasons(self) -> list[Reason]:
        """Why, the weightiest first; ``label`` says it in words."""
        return [Reason(code) for code in self.doubt.reasons if code in list(Reason)]


@dataclass(frozen=True, slots=True)
class Question:
    """A counterparty in question and those it may be, the likest first."""

    entity: LegalEntity
    candidates: list[Candidate]


def waiting() -> QuerySet[Doubt]:
    """Doubts that wait for a moderator, both sides loaded, those of one question together and
    the likest question first. ``asked_id`` is the counterparty in question: the one that
    belongs to no company yet, else the newer."""
    asked = Case(
        When(high__company__isnull=False, low__company__isnull=True, then=F("low_id")),
        default=F("high_id"),
    )
    return (
        Doubt.objects.filter(
            decision=Doubt.Decision.WAITING, low__merged_into=None, high__merged_into=None
        )
        .select_related("low__company", "high__company")
        .annotate(asked_id=asked)
        .annotate(best=Window(Max("score"), partition_by="asked_id"))
        .order_by("-best", "asked_id", "-score", "pk")
    )


def questions(doubts: Iterable[Doubt]) -> list[Question]:
    """Doubts of :func:`waiting`, or a page of them, by the counterparty in question."""
    grouped: dict[int, Question] = {}
    for doubt in doubts:
        asked: int = doubt.asked_id  # type: ignore[attr-defined]  # annotated
        entity, other = _sides(doubt, asked)
        grouped.setdefault(asked, Question(entity, [])).candidates.append(Candidate(doubt, other))
    return list(grouped.values())


def doubts_of(entity: LegalEntity) -> list[Candidate]:
    """Whom this counterparty may be the same as, for its own page."""
    doubts = waiting().filter(Q(low=entity) | Q(high=entity)).order_by("-score", "pk")
    return [Candidate(doubt, _sides(doubt, entity.pk)[1]) for doubt in doubts]


def _sides(doubt: Doubt, asked: int) -> tuple[LegalEntity, LegalEntity]:
    return (doubt.low, doubt.high) if doubt.low_id == asked else (doubt.high, doubt.low)


# --------------------------------------------------------------------------- the index


#: Fields that :func:`traits_of` takes as they are.
_TOLD_BY = (
    "kind",
    "name",
    "full_name",
    "inn",
    "kpp",
    "ogrn",
    "phone",
    "email",
    "tax_id",
    "country",
)


def base() -> Iterator[tuple[int, Traits]]:
    """Every counterparty that is not joined to another, in two queries."""
    accounts: defaultdict[int, list[tuple[str, str]]] = defaultdict(list)
    for pk, number, bic in BankAccount.objects.values_list("legal_entity_id", "number", "bic"):
        accounts[pk].append((number, bic))
    rows = LegalEntity.objects.filter(merged_into=None).order_by("pk")
    for row in rows.values(*_TOLD_BY, "pk", "legal_address", "address").iterator(2000):
        pk = row.pop("pk")
        addresses = (row.pop("legal_address"), row.pop("address"))
        yield pk, traits_of(**row, accounts=accounts.get(pk, ()), addresses=addresses)


def candidates(
    entities: Iterable[LegalEntity], limit: int = LIMIT, index: Index | None = None
) -> dict[int, list[Match]]:
    """For each saved legal entity those it may be the same as, the likest first."""
    index = index or Index(base())
    return {
        entity.pk: index.matches(entity.pk)[:limit]
        for entity in entities
        if entity.pk in index.traits
    }
