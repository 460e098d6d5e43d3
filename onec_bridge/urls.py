"""The bridge's addresses: 1C's exchange, and the journal for the desk.

1C follows no redirect, so the exchange answers with and without the last slash.
"""

from __future__ import annotations

from django.urls import path, re_path

from onec_bridge.exchange.models import Session
from onec_bridge.exchange.views import exchange
from onec_bridge.journal import (
    books,
    contracts,
    debts,
    handing,
    mapping,
    matching,
    orders,
    quality,
    repeating,
    sheets,
    start,
    statuses,
    takeover,
)
from onec_bridge.journal import views as journal
from onec_bridge.journal.programmer import desk
from onec_bridge.journal.programmer import views as programmer

app_name = "onec"

#: The part that belongs to one connection, and what 1C or a person may add to it: 1C glues
#: these on to an address that looks like a bare host (protocol, section 1).
CONNECTION = r"(?:/(?P<token>[0-9a-f]{16}))?"
TYPED = r"/*(?:(?:bitrix/admin/)?1c_exchange\.php|admin/exchange/autoimport)?/*"

urlpatterns = [
    # The first of each pair is how we write the address; the second what 1C makes of it.
    re_path(r"^exchange/(?P<token>[0-9a-f]{16})$", exchange, name="exchange"),
    re_path(f"^exchange{CONNECTION}{TYPED}$", exchange, name="exchange"),
    re_path(
        r"^exchange/(?P<token>[0-9a-f]{16})/dry-run$",
        exchange,
        {"purpose": Session.Purpose.DRY_RUN},
        name="dry_run",
    ),
    re_path(
        rf"^exchange/(?P<token>[0-9a-f]{{16}})/dry-run{TYPED}$",
        exchange,
        {"purpose": Session.Purpose.DRY_RUN},
        name="dry_run",
    ),
    # The 1C programmer.
    path("1c/<str:token>/", programmer.overview, name="programmer"),
    path("1c/<str:token>/exchanges/<int:pk>/", programmer.exchange, name="programmer_exchange"),
    path("1c/<str:token>/problems/", programmer.problems, name="programmer_problems"),
    path("1c/<str:token>/problems.xlsx", programmer.problems_xlsx, name="programmer_problems_xlsx"),
    path("1c/<str:token>/diagnosis/", programmer.diagnosis, name="programmer_diagnosis"),
    path("1c/<str:token>/check/", programmer.check_file, name="programmer_check"),
    path("1c/<str:token>/orders/", programmer.waiting, name="programmer_orders"),
    path("1c/<str:token>/orders.xml", programmer.waiting_xml, name="programmer_orders_xml"),
    path("1c/<str:token>/set-up/", programmer.set_up, name="programmer_set_up"),
    path("1c/<str:token>/sign-out/", programmer.sign_out, name="programmer_sign_out"),
    # The desk.
    path("journal/", journal.journal, name="journal"),
    path("journal/<int:pk>/", journal.exchange, name="exchange_page"),
    path("journal/<int:pk>/replay/", repeating.replay_exchange, name="replay"),
    path("journal/<int:pk>/absent/", repeating.decide_absent, name="absent"),
    path("journal/files/<int:pk>/", journal.file, name="file"),
    path("journal/files/<int:pk>/original/", journal.original, name="original"),
    path("journal/files/<int:pk>/problems.txt", journal.problem_lines, name="problem_lines"),
    path("journal/connections/<int:pk>/", journal.connection, name="connection"),
    path("journal/connections/<int:pk>/programmer/", desk.programmer_give, name="programmer_give"),
    path(
        "journal/connections/<int:pk>/programmer/revoke/",
        desk.programmer_revoke,
        name="programmer_revoke",
    ),
    path("journal/connections/<int:pk>/mapping/", mapping.mapping, name="mapping"),
    path("journal/connections/<int:pk>/books/", books.books, name="books"),
    path("journal/connections/<int:pk>/orders/", orders.orders, name="orders"),
    path("journal/connections/<int:pk>/orders.xml", orders.orders_xml, name="orders_xml"),
    path("journal/connections/<int:pk>/matching/", matching.matching, name="matching"),
    path("journal/connections/<int:pk>/matching/apply/", matching.apply, name="matching_apply"),
    path("journal/connections/<int:pk>/matching/same/", matching.same_goods, name="matching_same"),
    path("journal/matching/<int:pk>/", matching.decide_match, name="match_decide"),
    path("journal/matching/<int:pk>/undo/", matching.undo_match, name="match_undo"),
    path("journal/connections/<int:pk>/counterparties/", sheets.upload, name="upload"),
    path("journal/counterparties/<int:pk>/", sheets.sheet, name="sheet"),
    path("journal/counterparties/<int:pk>/confirm/", sheets.confirm, name="sheet_confirm"),
    path("journal/connections/<int:pk>/quality/", quality.quality, name="quality"),
    path("journal/connections/<int:pk>/quality.xlsx", quality.report, name="quality_report"),
    path("journal/quality/<int:pk>/", quality.mended, name="mended"),
    path("journal/quality/<int:pk>/confirm/", quality.confirm, name="mended_confirm"),
    path("journal/connections/<int:pk>/statuses/", statuses.statuses, name="statuses"),
    path("journal/connections/<int:pk>/contracts/", contracts.contracts, name="contracts"),
    path("journal/contracts/<int:pk>/", contracts.contracts_sheet, name="contracts_sheet"),
    path(
        "journal/contracts/<int:pk>/confirm/",
        contracts.contracts_confirm,
        name="contracts_confirm",
    ),
    path("journal/connections/<int:pk>/debts/", debts.debts, name="debts"),
    path("journal/debts/<int:pk>/", debts.debts_sheet, name="debts_sheet"),
    # Start without 1C.
    path("journal/start/", start.begin, name="start_begin"),
    path("journal/connections/<int:pk>/start/", start.start, name="start"),
    path("journal/start/<int:pk>/", start.sheet, name="goods_sheet"),
    path("journal/start/<int:pk>/columns/", start.columns, name="goods_columns"),
    path("journal/start/<int:pk>/confirm/", start.confirm, name="goods_confirm"),
    path("journal/start/<int:pk>/discard/", start.discard, name="goods_discard"),
    path("journal/connections/<int:pk>/takeover/", takeover.takeover, name="takeover"),
    path("journal/connections/<int:pk>/takeover/agree/", takeover.agree, name="takeover_agree"),
    path(
        "journal/connections/<int:pk>/orders/by-hand/",
        handing.meanwhile_orders,
        name="meanwhile_orders",
    ),
    path("journal/connections/<int:pk>/orders/by-hand.zip", handing.orders_zip, name="orders_zip"),
    path(
        "journal/connections/<int:pk>/orders/by-hand/handed/",
        handing.orders_handed,
        name="orders_handed",
    ),
    path(
        "journal/connections/<int:pk>/orders/by-hand/send/",
        handing.orders_send,
        name="orders_send",
    ),
]
