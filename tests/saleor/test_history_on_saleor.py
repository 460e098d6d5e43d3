"""The history of changes inside Saleor: written by its database, invisible to its Dashboard."""

from __future__ import annotations

import pytest
from contract.conftest import entity_gid
from django.db import DatabaseError, connection, transaction
from graphql_relay import to_global_id
from saleor.account.models import User
from saleor.plugins.manager import get_plugins_manager
from saleor.plugins.models import PluginConfiguration

from b2b_overlay.company.models import Buyer, Company, LegalEntity
from b2b_overlay.history import TRACKED

SWITCH = """mutation($id: ID!) { b2bCompanySwitch(id: $id, isActive: false) {
  errors { message } } }"""
HISTORY = """query($id: ID!) { b2bHistory(legalEntity: $id) {
  who way event turns { label old new } } }"""
PLUGINS = "query { plugins(first: 100) { edges { node { id name } } } }"


def events(model):
    event = next(each.event for each in TRACKED if each.model is model)
    return event._base_manager.order_by("pgh_id")


def test_a_mutation_on_saleors_own_graphql_is_recorded_with_its_user(ask, cast):
    ask(SWITCH, cast.manager, id=to_global_id("B2BCompany", cast.company.pk))

    kept = events(Company).filter(pgh_obj=cast.company.pk).last()
    assert kept.is_active is False
    assert kept.pgh_context["who"] == cast.manager.pk
    assert kept.pgh_context["where"] == "b2bCompanySwitch"


def test_the_desk_reads_a_change_made_by_hand(ask, cast):
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE b2b_overlay_legalentity SET kpp = '770501001' WHERE id = %s", [cast.first.pk]
        )

    told = ask(HISTORY, cast.manager, id=entity_gid(cast.first))["b2bHistory"]

    turns = [turn for change in told for turn in change["turns"]]
    assert {"label": "КПП", "old": "", "new": "770501001"} in turns
    assert {change["who"] for change in told} == {""}


def test_the_database_refuses_to_change_history(cast):
    with pytest.raises(DatabaseError), transaction.atomic():
        events(LegalEntity).update(name="иначе")


def test_a_customer_who_was_a_buyer_can_be_deleted(cast):
    gone = cast.colleague.pk

    User.objects.filter(pk=gone).delete()

    assert events(Buyer).filter(user=gone).last().pgh_label == "delete"


def test_the_historys_apps_are_no_plugins_of_the_dashboard(ask, stand, settings):
    admin = stand.user("admin@b2b.example", staff=True)
    User.objects.filter(pk=admin.pk).update(is_superuser=True)
    ours = [path for path in settings.PLUGINS if path.startswith("b2b_overlay.plugins.history")]

    listed = ask(PLUGINS, User.objects.get(pk=admin.pk))["plugins"]["edges"]
    manager = get_plugins_manager(allow_replica=False)
    made = [each.PLUGIN_ID for each in manager.get_plugins() if not each.HIDDEN]

    assert len(ours) == 2
    assert not [edge for edge in listed if "history" in edge["node"]["name"].lower()]
    assert not {"b2b.history", "b2b.triggers"} & set(made)
    assert not PluginConfiguration.objects.filter(identifier__startswith="b2b.").exists()
