"""The same invoice that the buyer sees, for the desk; and what it lacks where there is none."""

from __future__ import annotations

from django.http import HttpResponse

from b2b_overlay.cabinet.invoice import shown
from b2b_overlay.cabinet.pages import PageRequest, desk_page, render

__all__ = ["invoice"]


@desk_page
def invoice(request: PageRequest, order_id: str) -> HttpResponse:
    return render(request, "b2b/desk/invoice.html", shown(request.who, order_id))
