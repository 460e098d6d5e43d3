"""Everything the overlay assumes of Saleor, one promise each, and what the check says when
one no longer holds."""

from __future__ import annotations

import inspect
import re
import sys
from importlib import import_module
from typing import Any

import pytest
import saleor
from django.core.management import call_command
from saleor.checkout import delivery_context

from b2b_overlay.plugins import checks, delivery_prices, entry, price_filters, seam


@pytest.mark.parametrize("assumption", checks.ASSUMPTIONS, ids=lambda a: a.code)
def test_saleor_does_what_the_overlay_needs(assumption):
    assert assumption.holds(), assumption.says


def test_no_check_complains_here():
    assert checks.check_saleor(None) == []


def _without(monkeypatch: pytest.MonkeyPatch, settings: Any, code: str) -> None:
    """A Saleor that no longer does it."""
    if code == "E100":
        monkeypatch.setattr(entry, "WHY_NOT", "ImportError: no saleor.elsewhere")
    elif code == "E102":
        settings.PLUGINS = []
    elif code == "E103":
        settings.MIDDLEWARE = [each for each in settings.MIDDLEWARE if each != seam.MIDDLEWARE]
    elif code == "E117":
        _unguard(monkeypatch, *next((at, names[0]) for at, names in price_filters.GUARDED))
    elif code == "E118":
        _unguard(monkeypatch, delivery_context, delivery_prices.OFFERED)
    else:
        _take_away(monkeypatch, next(a for a in checks.ASSUMPTIONS if a.code == code))


def _unguard(monkeypatch: pytest.MonkeyPatch, theirs: Any, name: str) -> None:
    """As Saleor has it, without our guard around it."""
    monkeypatch.setattr(theirs, name, getattr(theirs, name).__wrapped__)


def _take_away(monkeypatch: pytest.MonkeyPatch, assumption: checks.Assumption) -> None:
    """The first thing of Saleor's that the check looks for."""
    source = inspect.getsource(assumption.holds)
    found = re.search(r"from (saleor[\w.]*) import \(?\s*(\w+)", source)
    if found is None:  # it asks a module of ours
        (module,) = re.findall(r"from \. import (\w+)|from \.(\w+) import", source)[:1]
        ours = import_module(f"b2b_overlay.plugins.{''.join(module)}")
        found = re.search(r"from (saleor[\w.]*) import \(?\s*(\w+)", inspect.getsource(ours))
    assert found, f"teach this test how {assumption.code} no longer holds"
    monkeypatch.delattr(import_module(found[1]), found[2])


@pytest.mark.parametrize("code", [each.code for each in checks.ASSUMPTIONS])
def test_what_no_longer_holds_is_said_in_words(monkeypatch, settings, code):
    """Each by itself: what the overlay needs, what is wrong here, and what the shop loses."""
    _without(monkeypatch, settings, code)

    said = {message.id: message for message in checks.check_saleor(None)}

    message = said[f"b2b_overlay.{code}"]
    assert message.msg.startswith("The overlay needs that ")
    assert "; here: " in message.msg
    assert "Until it does, " in message.hint
    assert f"Saleor is {saleor.__version__}" in message.hint


def test_a_class_that_moved_is_named(monkeypatch):
    from saleor.graphql.checkout import schema

    monkeypatch.delattr(schema, "CheckoutMutations")

    message = next(m for m in checks.check_saleor(None) if m.id == "b2b_overlay.E107")

    assert "CheckoutMutations" in message.msg


def test_a_shop_whose_saleor_we_dont_know_goes_on_selling_at_retail(monkeypatch):
    """Saleor answers nothing where a plugin can't be imported."""
    monkeypatch.setitem(sys.modules, "b2b_overlay.plugins.carts", None)
    monkeypatch.delattr("b2b_overlay.plugins.carts")
    monkeypatch.delitem(sys.modules, "b2b_overlay.plugins.plugin")

    loaded, why = entry._load()

    assert "carts" in why
    assert loaded.PLUGIN_ID == "b2b"
    assert not loaded.DEFAULT_ACTIVE
    assert not {"preprocess_order_creation", "webhook"} & set(vars(loaded))


def test_another_saleor_is_warned_about(monkeypatch):
    monkeypatch.setattr(saleor, "__version__", "3.25.1")

    (message,) = checks.check_saleor(None)

    assert message.id == "b2b_overlay.W101"
    assert "3.25.1" in message.msg


@pytest.mark.django_db(databases=["default", "replica"])
def test_no_migration_is_missing():
    call_command("makemigrations", "b2b_overlay", "onec_bridge", check=True, dry_run=True)
