"""Every change is kept by the database itself, with who made it and where."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from django.core.management import call_command, get_commands, load_command_class
from django.db import DatabaseError, connection, transaction
from django.db.models import Q
from django.test.utils import CaptureQueriesContext

from b2b_overlay.company.models import (
    Application,
    Buyer,
    BuyerLegalEntities,
    Company,
    Doubt,
    Invitation,
    LegalEntity,
)
from b2b_overlay.graphql.ids import to_global_id
from b2b_overlay.history import TRACKED, blank, recorded
from b2b_overlay.history.command import RecordedCommand
from b2b_overlay.terms.models import Contract


def test_a_change_by_hand_in_the_database_is_recorded(cast, events):
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE b2b_overlay_legalentity SET inn = '7705031674' WHERE id = %s", [cast.ooo.pk]
        )

    kept = events(LegalEntity).last()
    assert (kept.pgh_label, kept.pgh_obj_id, kept.inn) == ("update", cast.ooo.pk, "7705031674")
    assert kept.pgh_context is None


def test_saving_what_is_there_already_is_no_change(cast, events):
    before = events(LegalEntity).count()

    LegalEntity.objects.get(pk=cast.ooo.pk).save()

    assert events(LegalEntity).count() == before


def test_bulk_work_is_recorded_row_by_row(db, events):
    rows = LegalEntity.objects.bulk_create(LegalEntity(name=f"ООО «{n}»") for n in range(5))
    for row in rows:
        row.kpp = "770701001"
    LegalEntity.objects.bulk_update(rows, ["kpp"])
    LegalEntity.objects.filter(pk__in=[row.pk for row in rows]).delete()

    labels = list(events(LegalEntity).values_list("pgh_label", flat=True))
    assert labels == ["insert"] * 5 + ["update"] * 5 + ["delete"] * 5


def test_legal_entities_given_to_a_buyer_and_taken_are_recorded(cast, events):
    buyer = Buyer.objects.get(user=cast.kirill)

    buyer.legal_entities.set([cast.ooo])

    kept = events(BuyerLegalEntities).filter(buyer=buyer.pk)
    told = set(kept.values_list("pgh_label", "legalentity"))
    assert {("delete", cast.plus.pk), ("insert", cast.ooo.pk)} <= told


@pytest.mark.parametrize("change", ["update", "delete"])
def test_the_database_refuses_to_change_history(cast, change, events):
    rows = events(Company)
    before = list(rows.values())

    with pytest.raises(DatabaseError), transaction.atomic():
        rows.update(name="иначе") if change == "update" else rows.all()._raw_delete("default")

    assert list(rows.values()) == before


def test_history_can_be_blanked_in_named_columns_only(cast, events):
    LegalEntity.objects.filter(pk=cast.ooo.pk).update(phone="+7 900 000-00-00")

    with recorded(cast.manager, "page", "/desk/erase/"):
        touched = blank(LegalEntity, ["phone", "inn"], Q(pgh_obj=cast.ooo.pk))

    kept = events(LegalEntity).filter(pgh_obj=cast.ooo.pk)
    assert touched == kept.count() >= 2
    assert set(kept.values_list("phone", "inn")) == {("", "")}
    assert all(kept.values_list("name", flat=True))
    with pytest.raises(DatabaseError), transaction.atomic():
        kept.update(phone="ещё раз")


def test_what_cant_be_blank_is_refused(cast):
    with pytest.raises(ValueError, match="is_active"):
        blank(Buyer, ["is_active"], Q())


def test_secrets_and_files_are_never_kept(db, events):
    kept = {
        field.name
        for model in (Invitation, Application)
        for field in events(model).model._meta.fields
    }
    assert not kept & {"token_hash", "code_hash", "card"}


def test_a_doubt_is_history_when_it_is_decided_and_not_before(cast, events):
    low, high = sorted([cast.ooo.pk, cast.free.pk])
    doubt = Doubt.objects.create(low_id=low, high_id=high, score=70)
    Doubt.objects.filter(pk=doubt.pk).update(score=71)
    assert not events(Doubt).exists()

    Doubt.objects.filter(pk=doubt.pk).update(decision=Doubt.Decision.DIFFERENT)

    assert events(Doubt).last().decision == "different"


def test_a_page_is_recorded_with_its_user_and_address(cast, events, browser):
    page = f"/desk/companies/{cast.company.pk}/switch/"

    browser(cast.manager).post(page, {"on": "0"})

    kept = events(Company).last()
    assert kept.is_active is False
    assert kept.pgh_context == {"who": cast.manager.pk, "via": "page", "where": page}


def test_a_secret_in_an_address_is_not_kept(cast, client):
    client.post("/join/very-secret-token/", {"password": "x"})
    with recorded(None, "page", "…"):
        pass

    told = [
        text
        for each in TRACKED
        for text in each.event._base_manager.values_list("pgh_context", flat=True)
    ]
    assert "very-secret-token" not in json.dumps(told)


def test_a_mutation_is_recorded_with_its_user_and_name(cast, events, ask):
    gid = to_global_id("B2BCompany", cast.company.pk)
    ask(
        f'mutation {{ b2bCompanySwitch(id: "{gid}", isActive: false) {{ errors {{ message }} }} }}',
        cast.manager,
    )

    kept = events(Company).last()
    assert kept.is_active is False
    assert kept.pgh_context == {
        "who": cast.manager.pk,
        "via": "graphql",
        "where": "b2bCompanySwitch",
    }


def test_a_command_is_recorded_by_its_name(cast, events):
    call_command("b2b_off", verbosity=0)

    assert events(Company).last().pgh_context == {"who": None, "via": "command", "where": "b2b_off"}


def test_every_command_of_ours_is_recorded():
    ours = [
        (name, app) for name, app in get_commands().items() if app in ("b2b_overlay", "onec_bridge")
    ]

    commands = {name: load_command_class(app, name) for name, app in ours}

    assert ours
    assert [name for name, each in commands.items() if not isinstance(each, RecordedCommand)] == []


def test_the_outer_way_in_holds_and_the_inner_adds_its_file(cast, events):
    with recorded(cast.manager, "page", "/onec/sheets/1/"):
        with recorded(None, "exchange", "list.xlsx", file="list.xlsx"):
            LegalEntity.objects.filter(pk=cast.ooo.pk).update(name="один")
        LegalEntity.objects.filter(pk=cast.ooo.pk).update(name="два")
    LegalEntity.objects.filter(pk=cast.ooo.pk).update(name="три")

    one, two, three = events(LegalEntity).filter(pgh_obj=cast.ooo.pk).order_by("-pgh_id")[:3][::-1]
    outer = {"who": cast.manager.pk, "via": "page", "where": "/onec/sheets/1/"}
    assert one.pgh_context == {**outer, "file": "list.xlsx"}
    assert two.pgh_context == outer
    assert three.pgh_context is None


def test_a_refused_change_leaves_no_history(cast, events):
    before = events(Contract).count()

    with pytest.raises(RuntimeError), transaction.atomic():  # noqa: PT012 - what it rolls back
        Contract.objects.filter(legal_entity=cast.ooo).update(credit_limit=Decimal(5))
        raise RuntimeError

    assert events(Contract).count() == before


def test_a_retail_customers_page_costs_no_query_more(cast, browser):
    client = browser(cast.retail)
    with CaptureQueriesContext(connection) as captured:
        client.get("/")

    assert not [each for each in captured if "pghistory" in each["sql"]]
