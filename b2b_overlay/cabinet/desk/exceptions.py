"""The exceptions report, for those who watch over prices; for a manager there is no such page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from b2b_overlay.cabinet.pages import PageRequest, desk_page, render
from b2b_overlay.company import access, structure
from b2b_overlay.company.models import Company
from b2b_overlay.insight import exceptions as report
from b2b_overlay.insight.below import Below, below
from b2b_overlay.sheets import BookWriter

from .forms import PAGE, id_in, page_asked

__all__ = ["exceptions", "sheet"]

#: Without a period asked for.
LATELY = timedelta(days=30)
#: Hours before an order and days after it that can be asked for.
MOST_HOURS, MOST_DAYS = 24 * 14, 90
#: Rows of a spreadsheet.
MOST_ROWS = 100_000


@desk_page
def exceptions(request: PageRequest) -> HttpResponse:
    """``what``: given, below, dips or managers."""
    if not access.oversees(request.who):
        raise Http404
    what = request.GET.get("what", "given")
    asked = _asked(request)
    page = page_asked(request)
    # One row more than a page says whether there is another.
    asked = replace(asked, limit=PAGE + 1, offset=(page - 1) * PAGE)
    found, total = _found(request, what, asked)
    pages = page + 1 if len(found) > PAGE else page
    context = {
        "what": what,
        "rows": found[:PAGE],
        "total": total,
        "page": page,
        "pages": pages if total is None else -(-total // PAGE),
        "kinds": report.KINDS,
        "since": _day_of(asked.since),
        "until": _day_of(asked.until) - timedelta(days=1),
        "hours": int(asked.before.total_seconds() // 3600),
        "days": asked.after.days,
        "exchange": asked.exchange,
        "manager": asked.manager,
        "managers": _managers(),
        "company": Company.objects.filter(pk=asked.company).first() if asked.company else None,
        "query": request.GET.urlencode(),
    }
    return render(request, "b2b/desk/exceptions.html", context)


@desk_page
def sheet(request: PageRequest, what: str) -> HttpResponse:
    """The same as a spreadsheet, whole."""
    if not access.oversees(request.who):
        raise Http404
    found, _total = _found(request, what, replace(_asked(request), limit=MOST_ROWS))
    header, rows = _table(what, found)
    book = BookWriter(_("Exceptions"), header, wide=(1, 2))
    for row in rows:
        book.add(row)
    content = BytesIO()
    book.save(content)
    return HttpResponse(
        content.getvalue(),
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        headers={"Content-Disposition": f'attachment; filename="exceptions-{what}.xlsx"'},
    )


def _found(request: PageRequest, what: str, asked: report.Asked) -> tuple[list[Any], int | None]:
    if what == "given":
        return report.given(request.who, request.shop, request.channel, asked)
    if what == "below":
        return below(request.who, request.shop, request.channel, asked)
    if what == "dips":
        return list(report.dips(request.who, request.shop, asked)), None
    if what == "managers":
        return list(report.discounts(request.who, request.shop, asked)), None
    raise Http404


def _asked(request: PageRequest) -> report.Asked:
    """What the form asks for; what can't be read is as if it weren't asked."""
    today = timezone.localdate()
    until = _day(request, "until") or today
    since = _day(request, "since") or until - LATELY
    number = {
        name: id_in(request.GET.get(name)) for name in ("manager", "company", "hours", "days")
    }
    return report.Asked(
        _midnight(since),
        _midnight(until + timedelta(days=1)),
        manager=number["manager"],
        company=number["company"],
        before=timedelta(hours=min(number["hours"] or 24, MOST_HOURS)),
        after=timedelta(days=min(number["days"] or 7, MOST_DAYS)),
        exchange=request.GET.get("exchange") == "1",
    )


def _day(request: PageRequest, name: str) -> date | None:
    try:
        return parse_date(request.GET.get(name, ""))
    except ValueError:
        return None


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time.min))


def _day_of(moment: datetime) -> date:
    return timezone.localtime(moment).date()


def _managers() -> list[tuple[int, str]]:
    """The shop's staff, to choose from."""
    return list(structure.staff().values_list("pk", "email"))


def _table(what: str, found: Iterable[Any]) -> tuple[list[str], Iterator[list[Any]]]:
    """The columns of a spreadsheet and its rows."""
    if what == "given":
        header = [
            _("Day"),
            _("Good"),
            _("Legal entity"),
            _("Company"),
            _("From a quantity of"),
            _("Price"),
            _("Without it"),
            _("Under, %"),
            _("Currency"),
            _("Who gave"),
            _("Second person"),
            _("Reason"),
            _("Like buyers"),
            _("of them with an individual price"),
            _("the lowest"),
            _("the highest"),
        ]
        return header, map(_given_row, found)
    if what == "below":
        header = [
            _("Day"),
            _("Good"),
            _("Price list"),
            _("From a quantity of"),
            _("Price"),
            _("Lowest allowed"),
            _("Under, %"),
            _("Currency"),
            _("Floor"),
            _("Who"),
            _("Which way"),
        ]
        return header, map(_below_row, found)
    if what == "dips":
        header = [
            _("Changed"),
            _("What was changed"),
            _("Price list"),
            _("Who changed"),
            _("Was"),
            _("Became"),
            _("Order"),
            _("Ordered"),
            _("Legal entity"),
            _("Good"),
            _("Quantity"),
            _("Price"),
            _("Total"),
            _("Currency"),
            _("Back"),
            _("Who took back"),
        ]
        return header, map(_dip_row, found)
    header = [
        _("Who gave"),
        _("Legal entity"),
        _("Company"),
        _("Prices"),
        _("On the average, %"),
        _("At most, %"),
        _("Under the floor"),
        _("Ordered at them"),
        _("Given away"),
    ]
    return header, map(_discount_row, found)


def _moment(moment: datetime) -> datetime:
    """As a spreadsheet keeps it: the shop's own clock, no zone."""
    return timezone.localtime(moment).replace(tzinfo=None)


def _given_row(row: report.Given) -> list[Any]:
    return [
        _moment(row.at),
        row.good,
        row.legal_entity,
        row.company,
        row.min_quantity,
        row.price.amount,
        row.instead.amount if row.instead else None,
        row.percent,
        row.price.currency,
        row.who,
        row.confirmed_by,
        row.reason,
        *row.peers,
    ]


def _below_row(row: Below) -> list[Any]:
    return [
        _moment(row.at) if row.at else None,
        row.good,
        row.price_list,
        row.min_quantity,
        row.price.amount,
        row.lowest.amount,
        row.percent,
        row.price.currency,
        row.floor,
        row.who,
        row.way,
    ]


def _dip_row(row: report.Dip) -> list[Any]:
    return [
        _moment(row.at),
        str(report.KINDS[row.kind]),
        row.price_list,
        row.who,
        row.before,
        row.value,
        row.number,
        _moment(row.placed_at),
        row.legal_entity,
        row.good,
        row.quantity,
        row.unit_price.amount,
        row.total.amount,
        row.total.currency,
        _moment(row.back_at),
        row.back_by,
    ]


def _discount_row(row: report.Discount) -> list[Any]:
    return [
        row.who,
        row.legal_entity,
        row.company,
        row.prices,
        row.average,
        row.deepest,
        row.under_floor,
        row.ordered.amount if row.ordered else None,
        row.given_away.amount if row.given_away else None,
    ]
