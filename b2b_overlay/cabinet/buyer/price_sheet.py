"""The buyer's price list as a spreadsheet."""

from __future__ import annotations

from io import BytesIO

from django.http import HttpResponse
from django.utils import timezone

from b2b_overlay.cabinet.pages import PageRequest, buyer_page
from b2b_overlay.ordering.price_sheet import write_price_sheet

__all__ = ["XLSX", "price_sheet"]

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@buyer_page
def price_sheet(request: PageRequest) -> HttpResponse:
    """All goods at his prices of this moment."""
    content = BytesIO()
    write_price_sheet(request.shop, request.who, request.channel, content)
    name = f"price-{timezone.localdate():%Y-%m-%d}.xlsx"
    return HttpResponse(
        content.getvalue(),
        content_type=XLSX,
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
