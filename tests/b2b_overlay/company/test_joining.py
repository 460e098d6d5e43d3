"""Joining legal entities, telling them apart, moving them, and taking it back."""

from __future__ import annotations

import pytest

from b2b_overlay.company import joining
from b2b_overlay.company.models import LegalEntity, Rearrangement
from b2b_overlay.shop import Refused


@pytest.fixture
def twin(cast):
    """«Ромашка» once more, as another 1C base sent it."""
    return LegalEntity.objects.create(name="Ромашка ООО", inn=cast.ooo.inn, kpp=cast.ooo.kpp)


def test_what_a_joined_counterparty_had_is_the_kept_ones_and_comes_back(cast, twin):
    done = joining.join(cast.manager, twin, cast.ooo)
    twin.refresh_from_db()
    assert twin.company == cast.company
    assert twin.contracts.get().number == "ОПТ-1"
    assert cast.olga.b2b_memberships.get().legal_entities.filter(pk=twin.pk).exists()
    joining.undo(cast.manager, done)
    twin.refresh_from_db()
    assert twin.company is None
    assert not twin.contracts.exists()
    assert cast.ooo.contracts.get().number == "ОПТ-1"


def test_joining_twice_is_joining_once(cast, twin):
    done = joining.join(cast.manager, cast.ooo, twin)
    assert joining.join(cast.manager, cast.ooo, twin) == done
    assert Rearrangement.objects.count() == 1


def test_nobody_but_the_desk_joins(cast, twin):
    for person in (cast.olga, cast.retail, None):
        with pytest.raises(Refused):
            joining.join(person, cast.ooo, twin)
    assert not Rearrangement.objects.exists()
