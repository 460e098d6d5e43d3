"""The bridge's addresses: 1C's exchange, and the journal for the desk.

1C follows no redirect, so the exchange answers with and without the last slash.
"""

from __future__ import annotations

from django.urls import path, re_path

from onec_bridge.exchange.views import exchange
from onec_bridge.journal import debts, mapping, matching, orders, quality, sheets
from onec_bridge.journal import views as journal

app_name = "onec"

urlpatterns = [
    re_path(r"^exchange(?:/(?P<token>[0-9a-f]{16}))?/?$", exchange, name="exchange"),
    # The desk.
    path("journal/", journal.journal, name="journal"),
    path("journal/<int:pk>/", journal.exchange, name="exchange_page"),
    path("journal/files/<int:pk>/", journal.file, name="file"),
    path("journal/files/<int:pk>/original/", journal.original, name="original"),
    path("journal/files/<int:pk>/problems.txt", journal.problem_lines, name="problem_lines"),
    path("journal/connections/<int:pk>/", journal.connection, name="connection"),
    path("journal/connections/<int:pk>/mapping/", mapping.mapping, name="mapping"),
    path("journal/connections/<int:pk>/orders/", orders.orders, name="orders"),
    path("journal/connections/<int:pk>/orders.xml", orders.orders_xml, name="orders_xml"),
    path("journal/connections/<int:pk>/matching/", matching.matching, name="matching"),
    path("journal/connections/<int:pk>/matching/apply/", matching.apply, name="matching_apply"),
    path("journal/matching/<int:pk>/", matching.decide_match, name="match_decide"),
    path("journal/matching/<int:pk>/undo/", matching.undo_match, name="match_undo"),
    path("journal/connections/<int:pk>/counterparties/", sheets.upload, name="upload"),
    path("journal/counterparties/<int:pk>/", sheets.sheet, name="sheet"),
    path("journal/counterparties/<int:pk>/confirm/", sheets.confirm, name="sheet_confirm"),
    path("journal/connections/<int:pk>/quality/", quality.quality, name="quality"),
    path("journal/connections/<int:pk>/quality.xlsx", quality.report, name="quality_report"),
    path("journal/quality/<int:pk>/", quality.mended, name="mended"),
    path("journal/quality/<int:pk>/confirm/", quality.confirm, name="mended_confirm"),
    path("journal/connections/<int:pk>/debts/", debts.debts, name="debts"),
    path("journal/debts/<int:pk>/", debts.debts_sheet, name="debts_sheet"),
]
