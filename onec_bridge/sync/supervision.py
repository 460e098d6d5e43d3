"""Which of a batch's new offers the shop sells already, and what a person has to decide.

Exact ways come first for the whole batch, so that a good with the right barcode is never
suggested for another's name. A decision of a person is used when its offer is next looked at
(at once by :func:`onec_bridge.sync.use_decisions`), and can be undone until then. A question
whose candidates have all been joined to others answers itself: new goods.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from b2b_overlay.shop import KnownGood, Refusal, Refused
from onec_bridge.commerceml.records import Offer

from .matching import Candidate, Goods, Offered, Verdict, Way
from .models import Kind, Link, Match
from .outcome import Item
from .start.ids import made
from .start.takeover import doubts_of
from .work import Work

if TYPE_CHECKING:
    from b2b_overlay.company.access import User
    from onec_bridge.exchange.models import Connection

__all__ = ["Recognised", "decide", "decide_renamed", "dissolve", "recognise", "undecided", "undo"]


@dataclass(slots=True)
class Recognised:
    """The batch's new offers, told apart."""

    joined: list[tuple[Item[Offer], KnownGood]] = field(default_factory=list)
    #: Variants that this base knew by another id.
    renamed: list[tuple[Item[Offer], KnownGood]] = field(default_factory=list)
    new: list[Item[Offer]] = field(default_factory=list)
    #: Ids of those a person has to decide on.
    waiting: set[str] = field(default_factory=set)


def recognise(work: Work, offers: Sequence[tuple[Item[Offer], Offered]]) -> Recognised:
    """Tell these offers apart, remembering questions for a person."""
    result = Recognised()
    if not offers:
        return result
    goods = work.knowledge.goods
    asked = _asked(work, [offer.id for _item, offer in offers])
    goods.meet(offer for _item, offer in offers)
    unsure, questions = [], []
    answered: list[tuple[Match, Verdict]] = []
    for item, offer in offers:
        match = asked.get(offer.id)
        doubts = [] if match else doubts_of(work, item.record)
        if verdict := _decided(goods, match) or (None if doubts else goods.exact(offer)):
            _put(work, result, item, verdict)
            answered += [(match, verdict)] if match else []
        else:
            unsure.append((item, offer, match, doubts))
    for item, offer, match, doubts in unsure:
        verdict = _unsure(work, offer, doubts)
        if verdict.way is Way.NEW and work.connection.create_products:
            _put(work, result, item, verdict)
            answered += [(match, verdict)] if match else []
        else:
            result.waiting.add(offer.id)
            work.ways[verdict.way.value] += match is None
            questions.append(_question(work, offer, verdict))
    _ask(questions)
    _use(answered)
    return result


def _unsure(work: Work, offer: Offered, doubts: Sequence[int]) -> Verdict:
    """What a person may be asked. What a spreadsheet brought under the same code or article
    and another name, or twice, is asked before anything else."""
    goods = work.knowledge.goods
    if candidates := goods.candidates(doubts, offer):
        return Verdict(Way.AMBIGUOUS, candidates=candidates)
    if known := goods.renamed(offer):
        return Verdict(Way.RENAMED, candidates=(Candidate(known, 100),))
    return goods.similar(offer, by_name=work.connection.match_by_name)


def _asked(work: Work, ids: list[str]) -> dict[str, Match]:
    """The questions there are about these, answered or not."""
    every = Match.objects.filter(connection=work.connection)
    if not every.exists():
        return {}
    return {match.external_id: match for match in every.filter(external_id__in=ids)}


def _use(answered: list[tuple[Match, Verdict]]) -> None:
    """Questions answered by people, or by what 1C or the shop has become since."""
    for match, verdict in answered:
        match.used_at = timezone.now()
        match.variant_id = verdict.good.variant_id if verdict.good else None
        match.decision = Match.Decision.JOIN if verdict.good else Match.Decision.NEW
    Match.objects.bulk_update(
        [match for match, _verdict in answered], ["used_at", "variant_id", "decision"]
    )


def _decided(goods: Goods, match: Match | None) -> Verdict | None:
    """What a person decided, where it still can be done."""
    if match is None or match.decision == Match.Decision.WAITING:
        return None
    if match.decision == Match.Decision.NEW:
        return Verdict(Way.NEW)
    good = goods.known(match.variant_id)
    if good is not None and match.why == Match.Why.RENAMED:
        return Verdict(Way.RENAMED, good)
    if good is not None and goods.is_free(good.variant_id):
        return Verdict(Way.NAME, good)
    return None


def _put(work: Work, result: Recognised, item: Item[Offer], verdict: Verdict) -> None:
    work.ways[verdict.way.value] += 1
    if verdict.good is None:
        result.new.append(item)
    elif verdict.way is Way.RENAMED:
        result.renamed.append((item, verdict.good))
    else:
        work.knowledge.goods.take(verdict.good.variant_id)
        result.joined.append((item, verdict.good))


def _question(work: Work, offer: Offered, verdict: Verdict) -> Match:
    why = {
        Way.NAME: Match.Why.NAME,
        Way.AMBIGUOUS: Match.Why.ARTICLE,
        Way.RENAMED: Match.Why.RENAMED,
    }
    return Match(
        connection=work.connection,
        external_id=offer.id,
        name=offer.name[:512],
        article=offer.article[:255],
        barcode=(offer.barcodes[0] if offer.barcodes else "")[:64],
        why=why.get(verdict.way, Match.Why.UNKNOWN),
        candidates=[candidate.as_json() for candidate in verdict.candidates],
    )


def _ask(questions: list[Match]) -> None:
    """Put the questions; one asked before gets today's candidates and waits again."""
    Match.objects.bulk_create(
        questions,
        update_conflicts=True,
        unique_fields=["connection", "external_id"],
        update_fields=[
            "name",
            "article",
            "barcode",
            "why",
            "candidates",
            "decision",
            "variant_id",
        ],
    )


# ------------------------------------------------------------------ a person's decision


def undecided(connection: Connection) -> Sequence[Match]:
    """The questions that wait for an answer."""
    return list(
        Match.objects.filter(connection=connection, used_at=None, decision=Match.Decision.WAITING)
    )


@transaction.atomic
def decide(match: Match, variant_id: int | None, by: User | None = None) -> None:
    """Say what an offer of 1C is: this variant of the shop's; None: new goods.

    Raises :class:`Refused` for a decision already used, or a variant that another offer of
    this 1C base is joined to or was decided to be; nothing changes then.
    """
    match = Match.objects.select_for_update().get(pk=match.pk)
    if match.used_at is not None:
        raise Refused(Refusal("INVALID", _("This decision has already been used.")))
    if variant_id is not None and match.why != Match.Why.RENAMED:
        taken = Link.objects.filter(
            ~made(), connection=match.connection, kind=Kind.OFFER, local_id=str(variant_id)
        ).exists()
        promised = Match.objects.filter(
            connection=match.connection,
            decision=Match.Decision.JOIN,
            variant_id=variant_id,
            used_at=None,
        ).exclude(pk=match.pk)
        if taken or promised.exists():
            raise Refused(
                Refusal("INVALID", _("Other goods of 1C are already joined to this variant."))
            )
    match.decision = Match.Decision.NEW if variant_id is None else Match.Decision.JOIN
    match.variant_id, match.decided_at = variant_id, timezone.now()
    match.decided_by_id = by.pk if by is not None else None
    match.save()


def decide_renamed(connection: Connection, by: User | None = None) -> int:
    """Say of all goods that this base knows by another id that they are the same; of how many."""
    waiting = Match.objects.filter(
        connection=connection,
        why=Match.Why.RENAMED,
        used_at=None,
        decision=Match.Decision.WAITING,
    )
    answered = list(waiting)
    for match in answered:
        match.decision, match.decided_at = Match.Decision.JOIN, timezone.now()
        match.variant_id = match.candidates[0]["variant_id"]
        match.decided_by_id = by.pk if by is not None else None
    Match.objects.bulk_update(
        answered, ["decision", "decided_at", "variant_id", "decided_by"], batch_size=1000
    )
    return len(answered)


def undo(match: Match) -> None:
    """Take a decision back. Raises :class:`Refused` where it was used."""
    changed = Match.objects.filter(pk=match.pk, used_at=None).update(
        decision=Match.Decision.WAITING, variant_id=None, decided_by=None, decided_at=None
    )
    if not changed:
        raise Refused(Refusal("INVALID", _("This decision has already been used.")))


def dissolve(connection: Connection, goods: Goods) -> int:
    """Drop candidates that were joined elsewhere; how many questions answered themselves."""
    answered = 0
    for match in Match.objects.filter(
        connection=connection,
        used_at=None,
        decision=Match.Decision.WAITING,
        why__in=[Match.Why.NAME, Match.Why.ARTICLE],
    ):
        left = [c for c in match.candidates if goods.is_free(c["variant_id"])]
        if left == match.candidates:
            continue
        match.candidates = left
        if not left and connection.create_products:
            match.decision, match.decided_at = Match.Decision.NEW, timezone.now()
            answered += 1
        elif not left:
            match.why = Match.Why.UNKNOWN
        match.save()
    return answered
