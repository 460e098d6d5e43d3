"""The site map of the cabinet. Namespace ``b2b``, wherever the shop mounts it."""

from __future__ import annotations

from django.urls import path

from . import assets, join, sign_in
from .buyer import (
    application,
    approvals,
    cart,
    catalogue,
    checkout,
    debts,
    membership,
    orders,
    people,
    quick,
)
from .buyer import history as people_history
from .desk import (
    applications,
    buyers,
    companies,
    counterparties,
    doubts,
    history,
    invitations,
    joining,
    prices,
    structure,
    switching,
)
from .desk import orders as desk_orders

app_name = "b2b"

urlpatterns = [
    path("sign-in/", sign_in.sign_in, name="sign_in"),
    path("sign-out/", sign_in.sign_out, name="sign_out"),
    path("join/", join.join, name="join"),
    path("join/<str:token>/", join.join_link, name="join_link"),
    path("language/", sign_in.language, name="language"),
    path("assets/<str:name>", assets.asset, name="asset"),
    # The buyer.
    path("", catalogue.catalogue, name="catalogue"),
    path("legal-entity/", catalogue.choose, name="choose"),
    path("goods/<int:variant_id>/", catalogue.good, name="good"),
    path("goods/<int:variant_id>/to-cart/", cart.add, name="cart_add"),
    path("quick/", quick.quick, name="quick"),
    path("cart/", cart.cart, name="cart"),
    path("cart/change/", cart.change, name="cart_change"),
    path("checkout/", checkout.checkout, name="checkout"),
    path("orders/", orders.orders, name="orders"),
    path("orders/<str:order_id>/", orders.order, name="order"),
    path("orders/<str:order_id>/repeat/", orders.repeat, name="repeat"),
    path("debts/", debts.debts, name="debts"),
    path("people/", people.people, name="people"),
    path("people/history/", people_history.history, name="people_history"),
    path("people/<int:pk>/", membership.person, name="person"),
    path("people/<int:pk>/invitation/", people.invite, name="person_invite"),
    path("people/<int:pk>/invitation/revoke/", people.revoke, name="person_revoke"),
    path("people/<int:pk>/password/", people.reset, name="person_reset"),
    path("people/<int:pk>/remove/", membership.remove, name="person_remove"),
    path("approvals/", approvals.approvals, name="approvals"),
    path("approvals/ask/", approvals.ask, name="approval_ask"),
    path("approvals/<int:pk>/take-back/", approvals.take_back, name="approval_take_back"),
    path("approvals/<int:pk>/", approvals.decide, name="approval_decide"),
    path("apply/", application.apply, name="apply"),
    path("apply/answer/", application.answer, name="application_answer"),
    path("apply/withdraw/", application.withdraw, name="application_withdraw"),
    # The sales desk.
    path("desk/", companies.companies, name="companies"),
    path("desk/companies/new/", companies.create, name="company_create"),
    path("desk/companies/switch/", switching.switch, name="companies_switch"),
    path("desk/companies/<int:pk>/", companies.company, name="company"),
    path("desk/companies/<int:pk>/edit/", structure.edit, name="company_edit"),
    path("desk/companies/<int:pk>/history/", history.company, name="company_history"),
    path("desk/companies/<int:pk>/switch/", companies.switch, name="company_switch"),
    path("desk/companies/<int:pk>/entities/", companies.add_entities, name="company_entities"),
    path("desk/companies/<int:pk>/entities/new/", counterparties.create, name="entity_create"),
    path("desk/companies/<int:pk>/buyers/", buyers.add, name="buyer_add"),
    path(
        "desk/companies/<int:pk>/invitations/", invitations.company_invitations, name="invitations"
    ),
    path("desk/buyers/<int:pk>/invitation/", invitations.again, name="buyer_invite"),
    path("desk/buyers/<int:pk>/invitation/revoke/", invitations.revoke, name="buyer_revoke"),
    path("desk/buyers/<int:pk>/password/", invitations.reset, name="buyer_reset"),
    path("desk/buyers/<int:pk>/", buyers.buyer, name="buyer"),
    path("desk/buyers/<int:pk>/remove/", buyers.remove, name="buyer_remove"),
    path("desk/entities/<int:pk>/contract/", companies.contract, name="contract_add"),
    path("desk/entities/<int:pk>/contract/<int:contract_pk>/", companies.contract, name="contract"),
    path("desk/applications/", applications.applications, name="applications"),
    path("desk/applications/<int:pk>/", applications.application, name="application"),
    path("desk/applications/<int:pk>/card/", applications.card, name="application_card"),
    path("desk/applications/<int:pk>/ask/", applications.ask, name="application_ask"),
    path("desk/applications/<int:pk>/refuse/", applications.refuse, name="application_refuse"),
    path("desk/applications/<int:pk>/admit/", applications.admit, name="application_admit"),
    path("desk/counterparties/", counterparties.counterparties, name="counterparties"),
    path("desk/counterparties/new/", counterparties.create, name="counterparty_create"),
    path("desk/counterparties/<int:pk>/", counterparties.counterparty, name="counterparty"),
    path("desk/counterparties/<int:pk>/edit/", counterparties.edit, name="counterparty_edit"),
    path("desk/counterparties/<int:pk>/accounts/", counterparties.account, name="account_add"),
    path(
        "desk/counterparties/<int:pk>/accounts/<int:account_pk>/",
        counterparties.account,
        name="account",
    ),
    path(
        "desk/counterparties/<int:pk>/history/", history.counterparty, name="counterparty_history"
    ),
    path("desk/counterparties/<int:pk>/join/", joining.entity_join, name="entity_join"),
    path("desk/counterparties/<int:pk>/split/", joining.entity_split, name="entity_split"),
    path("desk/counterparties/<int:pk>/move/", joining.entity_move, name="entity_move"),
    path("desk/companies/<int:pk>/join/", joining.company_join, name="company_join"),
    path("desk/rearrangements/<int:pk>/undo/", joining.undo, name="rearrangement_undo"),
    path("desk/doubts/", doubts.doubts, name="doubts"),
    path("desk/doubts/decided/", doubts.decided, name="doubts_decided"),
    path("desk/doubts/rules/", doubts.rules_page, name="doubt_rules"),
    path("desk/doubts/<int:pk>/different/", doubts.different, name="doubt_different"),
    path("desk/prices/", prices.price_lists, name="price_lists"),
    path("desk/prices/<int:pk>/", prices.price_list, name="price_list"),
    path("desk/why/", prices.why, name="why"),
    path("desk/orders/", desk_orders.orders, name="desk_orders"),
    path("desk/orders/<str:order_id>/", desk_orders.order, name="desk_order"),
]
