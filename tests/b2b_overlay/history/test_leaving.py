"""What a step back of our migrations takes along besides the tables."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.contrib.contenttypes.models import ContentType
from django.db.migrations import Migration
from django.db.migrations.state import ProjectState

from b2b_overlay.history.leaving import leave

OURS = ("b2b_overlay", "onec_bridge")


@pytest.fixture
def known(db: None) -> None:
    for label in (*OURS, "sandbox"):
        ContentType.objects.get_or_create(app_label=label, model="anything")


def _labels() -> set[str]:
    return set(ContentType.objects.values_list("app_label", flat=True))


def test_without_tables_django_knows_none_of_our_models(known: None) -> None:
    leave([(Migration("0001", label), True) for label in OURS], apps=ProjectState().apps)

    assert not _labels() & set(OURS)
    assert "sandbox" in _labels()


def test_one_step_back_leaves_what_django_knows(known: None) -> None:
    leave([(Migration("0008", "b2b_overlay"), True)], apps=apps)

    assert set(OURS) <= _labels()


def test_a_step_forward_takes_nothing(known: None) -> None:
    leave([(Migration("0001", "b2b_overlay"), False)], apps=ProjectState().apps)

    assert set(OURS) <= _labels()
