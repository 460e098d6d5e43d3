"""What was there before its history was kept: from the upgrade on it has one."""

from __future__ import annotations

from importlib import import_module

import pgtrigger
from django.apps import apps
from django.db import connection

from b2b_overlay.company.models import Group, GroupCompanies, LegalEntity
from b2b_overlay.pricing.models import Assignment, Price, PriceList
from b2b_overlay.pricing.resolver import resolve
from b2b_overlay.shop import Channel
from b2b_overlay.terms.current import terms_of

begin = import_module("b2b_overlay.migrations.0005_history_of_prices").begin
RUB = Channel("ru", "Магазин", "RUB", True)


def test_what_was_there_before_the_upgrade_has_a_history_from_it_on(cast, events):
    with pgtrigger.ignore():
        group = Group.objects.create(name="Дилеры")
        group.companies.add(cast.other)
        of_group = PriceList.objects.create(name="Старый")
        Price.objects.create(price_list=of_group, variant_id=cast.bath.pk, amount=2500)
        Assignment.objects.create(price_list=of_group, group=group)

    with connection.schema_editor() as editor:
        begin(apps, editor)

    kept = events(Price).get(price_list=of_group.pk)
    assert (kept.pgh_label, kept.pgh_context["where"]) == ("insert", "migrate")
    assert events(GroupCompanies).filter(group=group.pk, company=cast.other.pk).count() == 1
    entity = LegalEntity.objects.get(pk=cast.theirs.pk)
    as_of = kept.pgh_created_at
    answer = resolve(terms_of(entity, RUB), {cast.bath.pk: 1}, {}, as_of=as_of)[cast.bath.pk]
    assert answer.price.money.amount == 2500


def test_the_upgrade_run_twice_adds_nothing(cast, events):
    before = events(Price).count()

    for _time in (1, 2):
        with connection.schema_editor() as editor:
            begin(apps, editor)

    assert events(Price).count() == before
