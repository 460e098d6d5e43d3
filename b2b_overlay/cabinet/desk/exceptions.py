"""The exceptions report, for those who watch over prices; for a manager there is no such page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from io import BytesIO
from typing import Any

from django.http import Http404, HttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from b2b_overlay.cabinet.pages import PageRequest, desk_page, render
from b2b_overlay.company import access, structure
from b2b_overlay.company.models import Company
from b2b_overlay.insight import exceptions as report
from b2b_overlay.insight.below import below
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
    columns = PARTS[what].columns
    book = BookWriter(_("Exceptions"), [str(title) for title, _path in columns], wide=(1, 2))
    for row in found:
        book.add([_cell(row, path) for _title, path in columns])
    content = BytesIO()
    book.save(content)
    return HttpResponse(
        content.getvalue(),
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        headers={"Content-Disposition": f'attachment; filename="exceptions-{what}.xlsx"'},
    )


def _found(request: PageRequest, what: str, asked: report.Asked) -> tuple[list[Any], int | None]:
    if what not in PARTS:
        raise Http404
    return PARTS[what].ask(request, asked)


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


def _cell(row: Any, path: str) -> Any:
    """What a spreadsheet has in its place: moments by the shop's own clock, no zone."""
    for name in path.split("."):
        row = None if row is None else getattr(row, name)
    if isinstance(row, datetime):
        return timezone.localtime(row).replace(tzinfo=None)
    return str(row) if isinstance(row, Promise) else row


# ------------------------------------------------------------------------ parts of the report


@dataclass(frozen=True, slots=True)
class Part:
    """A question, and what a spreadsheet shows of its answers: titles, and attributes of a row."""

    ask: Callable[[PageRequest, report.Asked], tuple[list[Any], int | None]]
    columns: Sequence[tuple[str | Promise, str]]


PARTS = {
    "given": Part(
        lambda of, asked: report.given(of.who, of.shop, of.channel, asked),
        [
            (gettext_lazy("Day"), "at"),
            (gettext_lazy("Good"), "good"),
            (gettext_lazy("Legal entity"), "legal_entity"),
            (gettext_lazy("Company"), "company"),
            (gettext_lazy("From a quantity of"), "min_quantity"),
            (gettext_lazy("Price"), "price.amount"),
            (gettext_lazy("Without it"), "instead.amount"),
            (gettext_lazy("Under, %"), "percent"),
            (gettext_lazy("Currency"), "price.currency"),
            (gettext_lazy("Who gave"), "who"),
            (gettext_lazy("Second person"), "confirmed_by"),
            (gettext_lazy("Reason"), "reason"),
            (gettext_lazy("Like buyers"), "peers.number"),
            (gettext_lazy("of them with an individual price"), "peers.with_own"),
            (gettext_lazy("the lowest"), "peers.lowest"),
            (gettext_lazy("the highest"), "peers.highest"),
        ],
    ),
    "below": Part(
        lambda of, asked: below(of.who, of.shop, of.channel, asked),
        [
            (gettext_lazy("Day"), "at"),
            (gettext_lazy("Good"), "good"),
            (gettext_lazy("Price list"), "price_list"),
            (gettext_lazy("From a quantity of"), "min_quantity"),
            (gettext_lazy("Price"), "price.amount"),
            (gettext_lazy("Lowest allowed"), "lowest.amount"),
            (gettext_lazy("Under, %"), "percent"),
            (gettext_lazy("Currency"), "price.currency"),
            (gettext_lazy("Floor"), "floor"),
            (gettext_lazy("Who"), "who"),
            (gettext_lazy("Which way"), "way"),
        ],
    ),
    "dips": Part(
        lambda of, asked: (report.dips(of.who, of.shop, asked), None),
        [
            (gettext_lazy("Changed"), "at"),
            (gettext_lazy("What was changed"), "what"),
            (gettext_lazy("Price list"), "price_list"),
            (gettext_lazy("Who changed"), "who"),
            (gettext_lazy("Was"), "before"),
            (gettext_lazy("Became"), "value"),
            (gettext_lazy("Order"), "number"),
            (gettext_lazy("Ordered"), "placed_at"),
            (gettext_lazy("Legal entity"), "legal_entity"),
            (gettext_lazy("Good"), "good"),
            (gettext_lazy("Quantity"), "quantity"),
            (gettext_lazy("Price"), "unit_price.amount"),
            (gettext_lazy("Total"), "total.amount"),
            (gettext_lazy("Currency"), "total.currency"),
            (gettext_lazy("Back"), "back_at"),
            (gettext_lazy("Who took back"), "back_by"),
        ],
    ),
    "managers": Part(
        lambda of, asked: (report.discounts(of.who, of.shop, asked), None),
        [
            (gettext_lazy("Who gave"), "who"),
            (gettext_lazy("Legal entity"), "legal_entity"),
            (gettext_lazy("Company"), "company"),
            (gettext_lazy("Prices"), "prices"),
            (gettext_lazy("On the average, %"), "average"),
            (gettext_lazy("At most, %"), "deepest"),
            (gettext_lazy("Under the floor"), "under_floor"),
            (gettext_lazy("Ordered at them"), "ordered.amount"),
            (gettext_lazy("Given away"), "given_away.amount"),
        ],
    ),
}
