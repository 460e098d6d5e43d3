"""The desk's pages: what was exchanged, a session, a file, and a connection."""

from __future__ import annotations

from urllib.parse import quote

from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse

from b2b_overlay.cabinet.desk.forms import page_of
from b2b_overlay.cabinet.pages import PageRequest, desk_page, render
from onec_bridge.exchange.models import Connection, ReceivedFile, Session
from onec_bridge.exchange.replay import can_be_replayed
from onec_bridge.exchange.store import open_file

from . import exchanges, words
from .problems import as_problem, language
from .programmer.access import address_of
from .programmer.models import ProgrammerAccess

__all__ = ["connection", "exchange", "file", "journal", "original", "problem_lines"]


@desk_page
def journal(request: PageRequest) -> HttpResponse:
    """The list of exchanges, newest first; refused sign-ins stand above it."""
    page = page_of(request, Session.objects.select_related("connection"))
    context = {
        **page,
        "rows": exchanges.outcomes(page["rows"]),
        "refused": exchanges.refused_sign_ins()[:5],
        "connections": Connection.objects.all(),
    }
    return render(request, "onec/journal.html", context)


@desk_page
def exchange(request: PageRequest, pk: int) -> HttpResponse:
    """One session: its files, and each request with its answer."""
    session = get_object_or_404(Session.objects.select_related("connection"), pk=pk)
    files = session.files.exclude(kind=ReceivedFile.Kind.OTHER).order_by("pk")
    pictures = session.files.filter(kind=ReceivedFile.Kind.OTHER).count()
    context = {
        "session": session,
        "outcome": exchanges.outcomes([session])[0],
        "files": [(each, words.in_words(each.counts)) for each in files],
        "pictures": pictures,
        "can_be_replayed": can_be_replayed(session),
        **page_of(request, session.entries.order_by("pk")),
    }
    return render(request, "onec/exchange.html", context)


@desk_page
def file(request: PageRequest, pk: int) -> HttpResponse:
    """One file: what came of its records, and its problems by kind."""
    found = get_object_or_404(ReceivedFile.objects.select_related("session__connection"), pk=pk)
    context = {
        "file": found,
        "counts": [
            (
                words.KINDS.get(kind, kind),
                [(label, row.get(name, 0)) for name, label in words.OUTCOMES.items()],
            )
            for kind, row in words.in_order(found.counts)
        ],
        "outcomes": list(words.OUTCOMES.values()),
        "groups": exchanges.groups(found, language(request.language)),
        "is_kept": found.parts.exists(),
        "unpacked": found.unpacked.exclude(kind=ReceivedFile.Kind.OTHER).order_by("name"),
        "pictures": found.unpacked.filter(kind=ReceivedFile.Kind.OTHER).count(),
    }
    return render(request, "onec/file.html", context)


@desk_page
def original(request: PageRequest, pk: int) -> FileResponse:
    """The file as it came from 1C. Always as a download: it is somebody else's XML."""
    found = get_object_or_404(ReceivedFile, pk=pk, parts__number=0)
    name = found.name.rpartition("/")[2]
    response = FileResponse(open_file(found), content_type="application/octet-stream")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return response


@desk_page
def problem_lines(request: PageRequest, pk: int) -> HttpResponse:
    """Every problem of a file as a line of text, for an editor that jumps to ``file:line:``."""
    found = get_object_or_404(ReceivedFile, pk=pk)
    lang = language(request.language)
    lines = "".join(f"{as_problem(row).line(lang)}\n" for row in found.problems.all())
    return HttpResponse(lines, content_type="text/plain; charset=utf-8")


@desk_page
def connection(request: PageRequest, pk: int) -> HttpResponse:
    """What to type into 1C's form, how this site speaks, and who may open the programmer's page."""
    found = get_object_or_404(Connection, pk=pk)
    address = request.build_absolute_uri(reverse("onec:exchange", args=[found.token]))
    access = ProgrammerAccess.objects.filter(connection=found).first()
    context = {
        "connection": found,
        "address": address,
        "programmer": access,
        "programmer_address": access and request.build_absolute_uri(address_of(access)),
    }
    return render(request, "onec/connection.html", context)
