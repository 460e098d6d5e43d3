"""Why a price: asked by a page, in GraphQL and by a command; one good, or a table of them.

A question is about a moment in one of three ways: as everything is now, as everything was
recorded at a moment (``as_of``), or as it will be by what is known now (``at`` in the future:
windows of validity are taken then, rates are the last ones known). What an answer can't promise
stands beside it in sentences (``notes``).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from decimal import InvalidOperation

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from b2b_overlay.company.models import LegalEntity
from b2b_overlay.money import Money, to_amount
from b2b_overlay.quantities import Quantity
from b2b_overlay.shop import Channel, Refusal, Refused, Variant, get_shop
from b2b_overlay.terms.current import Terms

from .many import resolve_for_all, terms_of_all
from .models import Rate
from .resolver import Candidate, NoPrice, Priced, explain
from .retail import noted

__all__ = ["MOST", "Explanation", "Moment", "Table", "explained", "table"]

#: Goods in one table.
MOST = 1_000


@dataclass(frozen=True, slots=True)
class Moment:
    """When, and for a cart of what sum. Raises :class:`Refused` for records of the future."""

    at: datetime | None = None
    as_of: datetime | None = None
    total: Money | None = None

    @classmethod
    def read(cls, channel: Channel, when: str = "", moment: str = "", total: str = "") -> Moment:
        """As people write it: ``when`` is "was", "will" or now, the moment as a clock and
        calendar show it, the cart's sum as «50 000». Raises :class:`Refused` with a sentence."""
        there = _read_moment(moment) if when in ("was", "will") else None
        sum_there = _read_sum(total, channel.currency) if total.strip() else None
        if when == "was":
            return cls(as_of=there, total=sum_there)
        return cls(at=there, total=sum_there)

    def __post_init__(self) -> None:
        if self.as_of is not None and self.as_of > timezone.now():
            sentence = _("What will be recorded isn't known yet: ask as it will be.")
            raise Refused(Refusal("INVALID", sentence))

    def notes(self) -> list[str]:
        """What has to be known of an answer about this moment."""
        found = []
        if self.as_of is not None:
            found.append(_("As everything was recorded on %(day)s.") % {"day": _day(self.as_of)})
        if self.at is not None and self.at > timezone.now():
            text = _("By the lists, prices and contracts of today, in force on %(day)s.")
            found.append(text % {"day": _day(self.at)})
            last = Rate.objects.order_by("-day").values_list("day", flat=True).first()
            if last is not None:
                text = _("Rates of that day aren't known: the last ones are taken, %(day)s.")
                found.append(text % {"day": date_format(last, "d.m.Y")})
        return found


def _read_moment(text: str) -> datetime:
    try:
        moment = parse_datetime(text)
        day = None if moment else parse_date(text)
    except ValueError:
        moment = day = None
    if day is not None:
        moment = datetime.combine(day, time())
    if moment is None:
        sentence = _("Write the moment as a date, with the time after it or without.")
        raise Refused(Refusal("INVALID", sentence))
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)


def _read_sum(text: str, currency: str) -> Money:
    try:
        return Money(to_amount(text), currency)
    except InvalidOperation as error:
        raise Refused(Refusal("INVALID", _("Write the cart's sum as a number."))) from error


def _day(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "d.m.Y H:i")


@dataclass(frozen=True, slots=True)
class Explanation:
    """Every rule that was considered for one good and legal entity, in order."""

    terms: Terms
    candidates: tuple[Candidate, ...]
    notes: tuple[str, ...]

    @property
    def winner(self) -> Candidate | None:
        return next((each for each in self.candidates if each.holds), None)


@dataclass(frozen=True, slots=True)
class Table:
    """What goods cost for several legal entities: a row for each good, in their order."""

    terms: tuple[Terms, ...]
    rows: Mapping[int, tuple[Priced | NoPrice, ...]]
    #: The shop's own prices at that moment.
    retail: Mapping[int, Money | None]
    notes: tuple[str, ...]


def explained(
    entity: LegalEntity, channel: Channel, variant_id: int, quantity: Quantity, moment: Moment
) -> Explanation:
    """Why this good costs this legal entity what it costs. A constant number of statements."""
    variants = get_shop().catalogue.variants([variant_id], channel)
    retail, missing = _retail(variants, channel, moment.as_of)
    (terms,) = terms_of_all([entity], channel, moment.as_of)
    candidates = explain(
        terms,
        variant_id,
        quantity,
        retail.get(variant_id),
        at=moment.at,
        as_of=moment.as_of,
        total=moment.total,
    )
    return Explanation(terms, tuple(candidates), (*moment.notes(), *missing, *_closed([entity])))


def table(
    entities: Sequence[LegalEntity],
    channel: Channel,
    quantities: Mapping[int, Quantity],
    moment: Moment,
) -> Table:
    """These goods for these legal entities, side by side. A number of statements that grows
    with neither. Raises :class:`Refused` for more than :data:`MOST` goods."""
    if len(quantities) > MOST:
        text = _("That is %(count)s goods; at most %(most)s are shown at once.")
        raise Refused(Refusal("INVALID", text % {"count": len(quantities), "most": MOST}))
    variants = get_shop().catalogue.variants(quantities, channel)
    retail, missing = _retail(variants, channel, moment.as_of)
    terms = terms_of_all(entities, channel, moment.as_of)
    answers = resolve_for_all(
        terms, quantities, retail, at=moment.at, as_of=moment.as_of, total=moment.total
    )
    rows = {pk: tuple(each[pk] for each in answers) for pk in quantities}
    return Table(tuple(terms), rows, retail, (*moment.notes(), *missing, *_closed(entities)))


def _retail(
    variants: Mapping[int, Variant], channel: Channel, as_of: datetime | None
) -> tuple[Mapping[int, Money | None], list[str]]:
    """Retail prices then, and what is to be said of them: the shop keeps only today's."""
    today = {pk: variant.retail for pk, variant in variants.items()}
    if as_of is None:
        return today, []
    then = noted(today, channel, as_of)
    if all(pk in then for pk in today):
        return then, []
    sentence = _("The retail price of that day wasn't recorded: today's is taken.")
    return {**today, **then}, [sentence]


def _closed(entities: Iterable[LegalEntity]) -> list[str]:
    """Who can't buy at these prices now, whatever they are."""
    found = []
    for entity in entities:
        if not entity.is_active:
            text = _("1C marked this legal entity for deletion, it can't buy: %(name)s.")
            found.append(text % {"name": entity.name})
    if any(entity.company and not entity.company.is_active for entity in entities):
        found.append(_("Wholesale is off for this company: its buyers pay retail."))
    return found
