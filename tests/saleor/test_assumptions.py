"""Everything the overlay assumes of Saleor, one promise each, and what the check says when
one no longer holds."""

from __future__ import annotations

import pytest
import saleor
from django.core.management import call_command

from b2b_overlay.plugins import checks, seam


@pytest.mark.parametrize("assumption", checks.ASSUMPTIONS, ids=lambda a: a.code)
def test_saleor_does_what_the_overlay_needs(assumption):
    assert assumption.holds(), assumption.says


def test_no_check_complains_here():
    assert checks.check_saleor(None) == []


def test_a_lost_middleware_is_said_in_words(settings):
    settings.MIDDLEWARE = [each for each in settings.MIDDLEWARE if each != seam.MIDDLEWARE]

    (message,) = checks.check_saleor(None)

    assert message.id == "b2b_overlay.E103"
    assert "middleware" in message.msg
    assert "retail prices" in message.hint


def test_a_class_that_moved_is_said_in_words(monkeypatch):
    from saleor.graphql.checkout import schema

    monkeypatch.delattr(schema, "CheckoutMutations")

    (message,) = checks.check_saleor(None)

    assert message.id == "b2b_overlay.E107"
    assert "CheckoutMutations" in message.msg


def test_another_saleor_is_warned_about(monkeypatch):
    monkeypatch.setattr(saleor, "__version__", "3.24.1")

    (message,) = checks.check_saleor(None)

    assert message.id == "b2b_overlay.W101"
    assert "3.24.1" in message.msg


@pytest.mark.django_db(databases=["default", "replica"])
def test_no_migration_is_missing():
    call_command("makemigrations", "b2b_overlay", "onec_bridge", check=True, dry_run=True)
