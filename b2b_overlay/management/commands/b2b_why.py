"""``manage.py b2b_why``: why a good costs a legal entity what it costs."""

from __future__ import annotations

from argparse import ArgumentParser, ArgumentTypeError
from typing import Any

from django.core.management.base import CommandError
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from b2b_overlay.changes import Change
from b2b_overlay.changes.prices import made_by, set_by
from b2b_overlay.company.models import LegalEntity
from b2b_overlay.history.command import RecordedCommand
from b2b_overlay.money import written
from b2b_overlay.ordering.goods import Good, find
from b2b_overlay.pricing.resolver import Candidate, said
from b2b_overlay.pricing.why import Explanation, Moment, explained
from b2b_overlay.quantities import Quantity, counted, read
from b2b_overlay.shop import Channel, Refused, get_shop


def _quantity(text: str) -> Quantity:
    if not (found := read(text)):
        raise ArgumentTypeError(_("Write the quantity as a number: 12 or 2.5."))
    return found


class Command(RecordedCommand):
    help = (
        "Every rule that was considered for the price of a good for a legal entity, in order of "
        "precedence: what it gives, how it was reckoned, what beat it, who wrote it. Changes "
        "nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("good", help="article, SKU or barcode")
        parser.add_argument("legal_entity", help="INN, a part of the name, or the id")
        parser.add_argument("--quantity", type=_quantity, default=1, help="in base units")
        parser.add_argument("--channel", default="", help="slug; the shop's first without it")
        parser.add_argument("--at", default="", metavar="MOMENT", help="as it will be then")
        parser.add_argument("--as-of", default="", metavar="MOMENT", help="as it was recorded")
        parser.add_argument("--total", default="", help="the cart's sum, for columns")

    def handle(self, *args: Any, **options: Any) -> None:
        channel = _channel(options["channel"])
        entity = _entity(options["legal_entity"])
        if options["at"] and options["as_of"]:
            raise CommandError(_("Give either --at or --as-of."))
        when = "was" if options["as_of"] else "will" if options["at"] else ""
        try:
            moment = Moment.read(channel, when, options["as_of"] or options["at"], options["total"])
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        good = _good(options["good"], channel)
        found = explained(entity, channel, good.variant.id, options["quantity"], moment)
        self.stdout.write(f"{good.variant.full_name} × {counted(options['quantity'])}")
        contract = f", {found.terms.contract}" if found.terms.contract else ""
        self.stdout.write(f"{entity.name}{contract}")
        for note in found.notes:
            self.stdout.write(f"! {note}")
        self._rules(found, good.variant.id, moment)

    def _rules(self, found: Explanation, variant_id: int, moment: Moment) -> None:
        people = get_shop().people
        authors = set_by(found.candidates, variant_id, moment.as_of, people)
        for each, author in zip(found.candidates, authors, strict=True):
            self._considered(each, author)
        for change in made_by(found.winner, moment.as_of, people) if found.winner else ():
            self.stdout.write(f"{change.kind} «{change.name}» {change.happened}: {_who(change)}")

    def _considered(self, each: Candidate, author: Change | None) -> None:
        price = written(each.priced.price.money) if each.priced else "—"
        outcome = each.out or (
            _("came after: %(level)s goes first") % {"level": each.beaten_by}
            if each.beaten_by
            else _("holds")
        )
        self.stdout.write(f"{each.level.name}: {each.price_list}\t{price}\t{outcome}")
        steps = each.priced.steps if each.priced else ()
        for step in steps if len(steps) > 1 else ():
            self.stdout.write(f"\t{said(step)}")
        if author:
            self.stdout.write(f"\t{_who(author)}")


def _who(change: Change) -> str:
    return ", ".join(
        filter(
            None, (date_format(timezone.localtime(change.at), "d.m.Y H:i"), change.who, change.way)
        )
    )


def _channel(slug: str) -> Channel:
    channels = get_shop().catalogue.channels()
    for channel in channels:
        if slug in ("", channel.slug):
            return channel
    raise CommandError(_("There is no channel «%(slug)s».") % {"slug": slug})


def _entity(text: str) -> LegalEntity:
    known = Q(inn=text) | Q(name__icontains=text)
    if text.isdecimal() and len(text) < 10:
        known |= Q(pk=int(text))
    found = list(LegalEntity.objects.select_related("company").filter(known)[:2])
    if len(found) != 1:
        several = _("Several legal entities answer that, name one by its INN or id: %(text)s.")
        none = _("No legal entity is called so: %(text)s.")
        raise CommandError((several if found else none) % {"text": text})
    return found[0]


def _good(text: str, channel: Channel) -> Good:
    found = find(get_shop(), channel, None, text, limit=2).items
    code = text.casefold()
    exact = [x for x in found if code in (x.article.casefold(), x.variant.sku.casefold())]
    if not found:
        raise CommandError(_("There is no article «%(code)s».") % {"code": text})
    if len(exact or found) > 1:
        raise CommandError(_("Several goods answer that: choose one."))
    return (exact or found)[0]
