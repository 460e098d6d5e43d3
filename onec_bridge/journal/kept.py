"""A spreadsheet that the desk gives: look first, then confirm; the same for every kind of them.

Rules: nothing is saved until it is confirmed. The file is kept between the two steps, and gone
after, so what is confirmed twice is done once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from b2b_overlay.cabinet.pages import PageRequest, render
from b2b_overlay.history import recorded
from onec_bridge.exchange.models import Connection
from onec_bridge.sync.models import CounterpartySheet
from onec_bridge.sync.table import Reading

from .problems import language

__all__ = ["confirmed", "kept_file", "show", "take"]

#: Bytes of the largest list worth taking; 50,000 counterparties fit.
LARGEST = 20 * 1024 * 1024
#: Sheets that nobody confirmed are dropped after this.
KEPT = timedelta(days=1)


def take(
    request: PageRequest,
    pk: int,
    template: str,
    *,
    look: str,
    more: Callable[[Connection], Mapping[str, Any]] = lambda connection: {},
) -> HttpResponse:
    """The page of a form, and the file that it sends, which is looked at on the page ``look``;
    ``more`` is what else the form's page shows."""
    connection = get_object_or_404(Connection, pk=pk)
    error = ""
    if request.method == "POST":
        kept, error = _keep(request, connection)
        if kept is not None:
            return redirect(look, kept.pk)
    context = {"connection": connection, "error": error, **more(connection)}
    return render(request, template, context, status=400 if error else 200)


def _keep(request: PageRequest, connection: Connection) -> tuple[CounterpartySheet | None, str]:
    """The file that was sent, kept; or why it isn't."""
    given = request.FILES.get("file")
    if given is None:
        return None, _("Choose a file.")
    if (given.size or 0) > LARGEST:
        return None, _("The file is too large: at most 20 MB.")
    CounterpartySheet.objects.filter(uploaded_at__lt=timezone.now() - KEPT).delete()
    kept = CounterpartySheet.objects.create(
        connection=connection,
        file_name=(given.name or "")[:255],
        content=given.read(),
        uploaded_by_id=request.who.pk,
    )
    return kept, ""


def kept_file(pk: int, *, lock: bool = False) -> CounterpartySheet:
    """What was kept; 404 where it was confirmed already, or nobody confirmed it in time."""
    kept = CounterpartySheet.objects.select_related("connection")
    return get_object_or_404(kept.select_for_update(of=("self",)) if lock else kept, pk=pk)


def show(
    request: PageRequest,
    template: str,
    kept: CounterpartySheet,
    read: Reading,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """What was read of it, with what is wrong there in the reader's words."""
    lang = language(request.language)
    context = {
        "sheet": kept,
        "connection": kept.connection,
        "read": read,
        "problems": [(p, p.text(lang), p.hint(lang)) for p in read.problems],
        **more,
    }
    return render(request, template, context, status=status)


@contextmanager
def confirmed(request: PageRequest, pk: int) -> Iterator[CounterpartySheet]:
    """What is done within is done with the file in one transaction, and recorded as of it."""
    with transaction.atomic():
        kept = kept_file(pk, lock=True)
        with recorded(request.who, "page", request.path, file=kept.file_name):
            yield kept
        kept.delete()
