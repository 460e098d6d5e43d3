"""What was changed of the owner's own people: by whom and when. Nothing of the desk's."""

from __future__ import annotations

from django.http import HttpResponse

from b2b_overlay import changes
from b2b_overlay.cabinet.desk.forms import page_of
from b2b_overlay.cabinet.pages import PageRequest, buyer_page
from b2b_overlay.company import access
from b2b_overlay.company.models import Company

from .catalogue import number
from .frame import show

__all__ = ["history"]


@buyer_page
def history(request: PageRequest) -> HttpResponse:
    """Of the company he owns; ``company`` picks among several."""
    owned = list(access.owned(request.who))
    wanted = number(request.GET.get("company"), 0)
    company = next((each for each in owned if each.pk == wanted or not wanted), None)
    if company is None:
        raise Company.DoesNotExist
    page = page_of(request, changes.of_people(company.pk))
    page["rows"] = changes.told(page["rows"], request.shop.people, owner_of=company)
    context = {"company": company, "owned": owned, **page}
    return show(request, "b2b/buyer/people_history.html", context, fragment="b2b/_history.html")
