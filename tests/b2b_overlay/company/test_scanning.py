"""The base is compared: doubts wait for a person, certain cases are joined by their rule."""

from __future__ import annotations

import time
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from b2b_overlay.company import entities, joining, rules, scanning
from b2b_overlay.company.candidates import candidates, doubts_of, questions, waiting
from b2b_overlay.company.intake import Card, take
from b2b_overlay.company.models import Company, Doubt, LegalEntity, Rearrangement, Rule, ToCompare
from b2b_overlay.shop import Refused
from benchmarks._counterparties import make
from sandbox.models import User

pytestmark = pytest.mark.django_db

INN, KPP = "7707083893", "773601001"
PHONE = "8 495 123-45-67"


def entity(name, **more):
    return LegalEntity.objects.create(name=name, **more)


@pytest.fixture
def manager():
    return User.objects.create_user("manager@example.org", is_staff=True)


@pytest.fixture
def twins():
    """Two cards of one firm, certainly."""
    return (
        entity("ООО «Ромашка»", inn=INN, kpp=KPP, phone=PHONE),
        entity("Ромашка, ООО", inn=INN, kpp=KPP, phone="+74951234567"),
    )


@pytest.fixture
def alike():
    """Two cards of one firm, perhaps."""
    return entity("ООО «Василёк»", inn="7728168971"), entity("Василек")


def decisions():
    return list(Doubt.objects.order_by("pk").values_list("low", "high", "decision"))


def test_certain_twins_are_joined_and_the_history_names_the_rule(twins):
    older, newer = twins

    scanned = scanning.scan()

    newer.refresh_from_db()
    assert newer.merged_into == older
    done = Rearrangement.objects.get()
    assert (done.rule, done.made_by) == ("inn_kpp_contact", None)
    assert decisions() == [(older.pk, newer.pk, "joined")]
    assert (scanned.joined, scanned.rules["inn_kpp_contact"]) == (1, 1)


def test_the_one_of_a_company_is_kept_though_it_is_newer(twins):
    older, newer = twins
    newer.company = Company.objects.create(name="Ромашка")
    newer.save()

    scanning.scan()

    older.refresh_from_db()
    assert older.merged_into == newer


def test_three_cards_of_one_firm_become_one(twins):
    third = entity("РОМАШКА (ООО)", inn=INN, kpp=KPP, phone=PHONE)
    scanning.scan()
    assert set(LegalEntity.objects.exclude(merged_into=None)) == {twins[1], third}
    assert not waiting().exists()


def test_twins_of_two_companies_wait_for_a_person(twins):
    for number, each in enumerate(twins):
        each.company = Company.objects.create(name=f"Ромашка {number}")
        each.save()

    assert scanning.scan().joined == 0

    assert not Rearrangement.objects.exists()
    assert decisions() == [(twins[0].pk, twins[1].pk, "waiting")]


def test_a_rule_that_is_off_joins_nothing(manager, twins):
    rules.set_rule(manager, "inn_kpp_contact", on=False)

    assert scanning.scan().joined == 0

    assert decisions() == [(twins[0].pk, twins[1].pk, "waiting")]
    assert not Rearrangement.objects.exists()


def test_twins_without_a_contact_are_joined_only_where_the_shop_says_so(manager):
    one, other = (entity(name, inn=INN, kpp=KPP) for name in ("ООО Ромашка", "Ромашка"))
    scanning.scan()
    assert decisions() == [(one.pk, other.pk, "waiting")]

    rules.set_rule(manager, "inn_kpp_name", on=True)
    assert scanning.scan().rules == {"inn_kpp_name": 1}


def test_a_branch_is_a_candidate_and_never_joined_by_itself(manager):
    for rule in rules.RULES:
        rules.set_rule(manager, rule.code, on=True)
    head = entity("ООО «Ромашка»", inn=INN, kpp=KPP, phone=PHONE)
    branch = entity("ООО «Ромашка»", inn=INN, kpp="690143001", phone=PHONE)

    assert scanning.scan().joined == 0

    assert decisions() == [(head.pk, branch.pk, "waiting")]


def test_only_the_desk_switches_rules(twins):
    buyer = User.objects.create_user("buyer@example.org")
    for person in (buyer, None):
        with pytest.raises(Refused):
            rules.set_rule(person, "inn_kpp_contact", on=False)
    assert not Rule.objects.exists()
    assert rules.is_on("inn_kpp_contact")


def test_there_is_no_rule_of_an_unknown_name(manager):
    with pytest.raises(Refused) as refused:
        rules.set_rule(manager, "all_of_them", on=True)
    assert refused.value.refusals[0].code == "NOT_FOUND"
    assert not Rule.objects.exists()
    assert not rules.is_on("all_of_them")


def test_a_second_scan_changes_nothing(twins, alike):
    scanning.scan()
    before = list(Doubt.objects.order_by("pk").values())

    again = scanning.scan()

    assert (again.found, again.dropped, again.joined) == (0, 0, 0)
    assert list(Doubt.objects.order_by("pk").values()) == before


def test_what_a_person_told_apart_is_never_asked_again(manager, alike):
    scanning.scan()
    joining.different(manager, Doubt.objects.get())

    scanned = scanning.scan()

    assert (scanned.found, waiting().count()) == (0, 0)
    assert decisions() == [(alike[0].pk, alike[1].pk, "different")]


def test_what_a_person_took_apart_no_rule_joins_again(manager, twins):
    scanning.scan()
    joining.undo(manager, Rearrangement.objects.get())

    assert scanning.scan().joined == 0

    assert not LegalEntity.objects.exclude(merged_into=None).exists()


def test_a_doubt_goes_when_they_are_no_longer_alike(alike):
    scanning.scan()
    assert waiting().count() == 1

    alike[1].name = "Подсолнух"
    alike[1].save()
    scanned = scanning.scan([alike[1].pk])

    assert (scanned.dropped, Doubt.objects.count()) == (1, 0)


def test_one_that_is_joined_is_nobodys_candidate(twins):
    scanning.scan()
    third = entity("Ромашка", inn=INN)
    found = candidates([third])[third.pk]
    assert [match.id for match in found] == [twins[0].pk]


def test_the_queue_asks_about_the_one_without_a_company_and_ranks_its_candidates():
    known = entity("Ромашка", company=Company.objects.create(name="Клиент"))
    near = entity("ООО «Ромашка»", phone=PHONE)
    asked = entity("Ромашка ООО", phone=PHONE)
    scanning.scan()

    first, *_others = questions(waiting())

    assert first.entity == asked
    assert [each.entity for each in first.candidates] == [near, known]
    assert first.candidates[0].reasons == ["name", "phone"]
    assert {each.entity for each in doubts_of(known)} == {near, asked}


def test_whoever_comes_in_is_compared_at_the_next_occasion_and_once(alike):
    take([(Card(kind="company", name="ООО Василёк"), None)])
    come = LegalEntity.objects.get(name="ООО Василёк")
    assert list(ToCompare.objects.values_list("pk", flat=True)) == [come.pk]

    scanned = scanning.scan_changed()

    assert scanned.compared == 1
    assert not ToCompare.objects.exists()
    assert doubts_of(come)
    assert scanning.scan_changed().compared == 0


def test_a_card_that_brings_nothing_new_is_not_compared():
    known = entity("Ромашка", kind="company")
    take([(Card(kind="company", name="Ромашка"), known)])
    assert not ToCompare.objects.exists()


def test_a_scan_that_runs_out_of_time_goes_on_the_next_time(monkeypatch, twins, alike):
    monkeypatch.setattr(scanning, "_CHUNK", 1)
    everybody = [*twins, *alike]
    scanning.mark(each.pk for each in everybody)

    rounds = 0
    while not (scanned := scanning.scan_changed(deadline=time.monotonic() - 1)).complete:
        assert scanned.compared <= 1
        rounds += 1
        assert rounds < 10
    scanning.scan_changed()

    assert not ToCompare.objects.exists()
    assert waiting().count() == 1
    assert Rearrangement.objects.count() == 1


def test_the_number_of_queries_does_not_grow_with_the_base(manager):
    for rule in rules.RULES:
        rules.set_rule(manager, rule.code, on=False)
    counts = []
    for size in (50, 2000):
        LegalEntity.objects.all().delete()
        LegalEntity.objects.bulk_create(
            LegalEntity(name=card.name, inn=card.inn, kpp=card.kpp, phone=card.phone)
            for card in make(7, size)
        )
        with CaptureQueriesContext(
            connection,
        ) as queries:
            scanned = scanning.scan()
        assert scanned.compared == size
        counts.append(len(queries))
    assert counts[0] == counts[1] <= 15


def test_the_command_compares_all_and_lists_the_queue(twins, alike):
    out = StringIO()
    call_command("b2b_duplicates", stdout=out)
    assert "4" in out.getvalue().splitlines()[0]
    assert Rearrangement.objects.count() == 1

    out = StringIO()
    call_command("b2b_duplicates", "--list", stdout=out)
    assert "Василек" in out.getvalue()
    assert "ООО «Василёк»" in out.getvalue()
    assert "Ромашка" not in out.getvalue()


def test_what_was_agreed_and_ordered_follows_a_joining_by_rule(cast):
    twin = entity("Ромашка ООО", inn=cast.ooo.inn, kpp=cast.ooo.kpp, phone=PHONE)
    LegalEntity.objects.filter(pk=cast.ooo.pk).update(phone=PHONE)

    scanning.scan()

    twin.refresh_from_db()
    assert twin.merged_into == cast.ooo
    assert cast.ooo.contracts.count() == 1


def test_what_was_written_by_hand_is_compared_at_the_next_occasion(manager, alike):
    saved = entities.save_entity(manager, None, {"kind": "company", "name": "АО Василёк"})
    assert ToCompare.objects.get().pk == saved.entity.pk

    scanning.scan_changed()

    assert {each.entity for each in doubts_of(saved.entity)} == set(alike)
