"""Quick order: paste lines of «article quantity»."""

from __future__ import annotations

from django.http import HttpResponse

from b2b_overlay.cabinet.pages import PageRequest, buyer_page, flash
from b2b_overlay.ordering import quick as actions
from b2b_overlay.shop import Refused

from .frame import show

__all__ = ["quick"]


@buyer_page
def quick(request: PageRequest) -> HttpResponse:
    """POST puts into the cart what can be ordered; the other lines stay, each with why."""
    context: dict[str, object] = {"text": "", "taken": [], "left": []}
    status = 200
    if request.method == "POST":
        text = request.POST.get("lines", "")
        try:
            taken, left = actions.order(request.shop, request.who, request.channel, text)
        except Refused as refused:
            flash(request, str(refused), "error")
            context["text"], status = text, 422
        else:
            rest = "\n".join(entry.text for entry in left)
            context = {"text": rest, "taken": taken, "left": left, "sent": True}
            status = 422 if left else 200
    template, fragment = "b2b/buyer/quick.html", "b2b/buyer/_quick.html"
    return show(request, template, context, fragment=fragment, status=status)
