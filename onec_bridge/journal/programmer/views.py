"""The programmer's pages, one function each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from tempfile import TemporaryFile
from typing import Any, BinaryIO, cast

from django.http import FileResponse, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from b2b_overlay.cabinet.desk.forms import page_of
from b2b_overlay.sheets import BookWriter
from onec_bridge.commerceml.records import SEVERITY_LABELS, Document, Severity
from onec_bridge.doctor import FAMILIES, report
from onec_bridge.doctor.settings import FILL_IN, OPENED_BY
from onec_bridge.exchange.models import Connection, ReceivedFile, Session
from onec_bridge.exchange.orders import written
from onec_bridge.journal import exchanges, words
from onec_bridge.sync.orders_out import waiting_orders
from onec_bridge.sync.retail_out import ready_retail

from . import access, check, faults
from .diagnosis import clues_of
from .pages import LARGEST, ProgrammerRequest, programmer_page, render

__all__ = [
    "check_file",
    "diagnosis",
    "exchange",
    "overview",
    "problems",
    "problems_xlsx",
    "set_up",
    "sign_out",
    "waiting",
    "waiting_xml",
]

#: Rows of one spreadsheet: what is written within a proxy's minute.
MOST_ROWS = 100_000
#: Characters of the order package that the page itself shows.
SHOWN = 60_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@programmer_page
def overview(request: ProgrammerRequest) -> HttpResponseBase:
    """The last exchanges, newest first, and the commonest problems of the last days."""
    page = page_of(request, request.connection.sessions.all())
    lately = faults.Filter(days=7).among(request.connection)
    context = {
        **page,
        "rows": exchanges.outcomes(page["rows"]),
        "groups": faults.groups(lately, request.lang)[:5],
        "refused": exchanges.refused_sign_ins().filter(login=request.connection.login)[:5],
    }
    return render(request, "onec/programmer/overview.html", context)


@programmer_page
def exchange(request: ProgrammerRequest, pk: int) -> HttpResponseBase:
    """One exchange: each request with its answer, each file with what came of it."""
    session = get_object_or_404(Session, pk=pk, connection=request.connection)
    files = session.files.exclude(kind=ReceivedFile.Kind.OTHER).order_by("pk")
    context = {
        "session": session,
        "outcome": exchanges.outcomes([session])[0],
        "files": [(each, words.in_words(each.counts)) for each in files],
        "pictures": session.files.filter(kind=ReceivedFile.Kind.OTHER).count(),
        **page_of(request, session.entries.order_by("pk")),
    }
    return render(request, "onec/programmer/exchange.html", context)


@programmer_page
def problems(request: ProgrammerRequest) -> HttpResponseBase:
    """All problems that the filter leaves: by kind, and one by one."""
    chosen = faults.Filter.of(request.GET.dict())
    found = chosen.among(request.connection)
    page = page_of(request, found)
    named = ReceivedFile.objects.filter(session__connection=request.connection)
    context = {
        **page,
        "rows": list(faults.rows(request.connection, page["rows"], request.lang)),
        "groups": faults.groups(found, request.lang),
        "chosen": chosen,
        "file": named.filter(pk=int(chosen.file)).first() if chosen.file.isdecimal() else None,
        "severities": [(s.value, SEVERITY_LABELS[request.lang][s]) for s in Severity],
        "query": request.GET.urlencode(),
        "any": request.connection.problems.exists(),
    }
    return render(request, "onec/programmer/problems.html", context)


@programmer_page
def problems_xlsx(request: ProgrammerRequest) -> HttpResponseBase:
    """The same, as a spreadsheet."""
    found = faults.Filter.of(request.GET.dict()).among(request.connection)[:MOST_ROWS]
    rows = faults.rows(request.connection, found.iterator(chunk_size=faults.CHUNK), request.lang)
    return _spreadsheet(_("problems"), (row.cells for row in rows))


def _spreadsheet(name: str, rows: Iterable[Sequence[Any]]) -> FileResponse:
    header = (
        _("When"),
        _("Severity"),
        _("File"),
        _("Line"),
        _("Id in 1C"),
        _("Name"),
        _("Element"),
        _("What was there"),
        _("What is wrong"),
        _("What to do in 1C"),
        _("Code of the problem"),
    )
    book = BookWriter(name, header, wide=(5, 6, 8, 9))
    for row in rows:
        book.add(row)
    body = cast(BinaryIO, TemporaryFile())  # noqa: SIM115 - the response closes it
    book.save(body)
    body.seek(0)
    shown = f"{name} {timezone.localdate():%Y-%m-%d}.xlsx"
    return FileResponse(body, as_attachment=True, filename=shown, content_type=XLSX)


@programmer_page
def check_file(request: ProgrammerRequest) -> HttpResponseBase:
    """The form, and what the file that it sent holds. Nothing of it is kept."""
    context: dict[str, Any] = {"largest": LARGEST}
    given = request.FILES.get("file") if request.method == "POST" else None
    if request.method == "POST" and given is None:
        context["error"] = _("Choose a file.")
    if given is None:
        status = 400 if "error" in context else 200
        return render(request, "onec/programmer/check.html", context, status=status)
    body = cast(BinaryIO, given.file)
    found = check.check(
        request.connection, body, given.name or "file", given.size or 0, request.lang
    )
    if "xlsx" in request.POST:
        return _spreadsheet(_("problems"), _cells(request, found))
    return render(request, "onec/programmer/check.html", {**context, "files": list(found)})


def _cells(request: ProgrammerRequest, found: Iterable[check.Checked]) -> Iterator[Sequence[Any]]:
    now = timezone.now()
    for checked in found:
        for problem, name in checked.problems:
            yield faults.Row(
                problem=problem,
                at=now,
                file_id=None,
                name=name,
                label=SEVERITY_LABELS[request.lang][problem.severity],
                text=problem.text(request.lang),
                hint=problem.hint(request.lang),
            ).cells


@programmer_page
def waiting(request: ProgrammerRequest) -> HttpResponseBase:
    """The orders that wait for him, as the XML that his 1C would get; and those held, with why."""
    found = waiting_orders(request.connection)
    ready = [document for _export, documents, wrong in found if not wrong for document in documents]
    ready += ready_retail(request.connection)
    body = _package(request.connection, ready)
    context = {
        "ready": len(ready),
        "held": [
            (export.order.number, [(p.text(request.lang), p.hint(request.lang)) for p in wrong])
            for export, _documents, wrong in found
            if wrong
        ],
        "xml": body[:SHOWN],
        "is_cut": len(body) > SHOWN,
    }
    return render(request, "onec/programmer/orders.html", context)


@programmer_page
def waiting_xml(request: ProgrammerRequest) -> HttpResponseBase:
    """The same as a file, in the encoding of the connection. Nothing counts as given."""
    found = waiting_orders(request.connection)
    ready = [document for _export, documents, wrong in found if not wrong for document in documents]
    ready += ready_retail(request.connection)
    body = b"".join(written(request.connection, ready, _version(request.connection)))
    response = HttpResponse(body, content_type=f"text/xml; charset={request.connection.encoding}")
    response["Content-Disposition"] = 'attachment; filename="orders.xml"'
    return response


def _package(connection: Connection, documents: Sequence[Document]) -> str:
    encoding = connection.encoding
    body = b"".join(written(connection, documents, _version(connection)))
    return body.decode(encoding).removeprefix("\ufeff")


def _version(connection: Connection) -> str:
    """What this 1C last named when it asked for orders."""
    last = connection.sessions.filter(type="sale").exclude(version="").first()
    return last.version if last else ""


@programmer_page
def diagnosis(request: ProgrammerRequest) -> HttpResponseBase:
    """The doctor's verdict on what came lately."""
    told = report(clues_of(request.connection))
    context = {
        "told": told,
        "evidence": told.evidence(request.lang),
        "findings": [
            (
                finding.severity,
                SEVERITY_LABELS[request.lang][finding.severity],
                finding.text(request.lang),
                finding.mend(told.family),
            )
            for finding in told.findings
        ],
    }
    return render(request, "onec/programmer/diagnosis.html", context)


@programmer_page
def set_up(request: ProgrammerRequest) -> HttpResponseBase:
    """What to type into 1C's form, what to tick in each configuration, and the dry run."""
    token = request.connection.token
    runs = request.connection.sessions.filter(purpose=Session.Purpose.DRY_RUN)[:5]
    context = {
        "address": request.build_absolute_uri(reverse("onec:exchange", args=[token])),
        "dry_run": request.build_absolute_uri(reverse("onec:dry_run", args=[token])),
        "runs": exchanges.outcomes(list(runs)),
        "families": [
            (FAMILIES[key].title, OPENED_BY[key], steps) for key, steps in FILL_IN.items()
        ],
    }
    return render(request, "onec/programmer/set_up.html", context)


@programmer_page
def sign_out(request: ProgrammerRequest) -> HttpResponseBase:
    """Until the password is typed again."""
    response = redirect(access.address_of(request.access))
    if request.method == "POST":
        access.sign_out(response, request.access)
    return response
