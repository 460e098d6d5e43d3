"""The whole story, step by step, against a live server: what ``make demo`` shows."""

from __future__ import annotations

import pytest

from sandbox import prepare, story
from sandbox.server import Server

pytestmark = pytest.mark.long


@pytest.mark.django_db(transaction=True)
def test_a_wholesale_order_goes_from_1c_and_back_to_1c(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    prepare.retail_shop()
    told: list[str] = []

    with Server(0) as server:
        server.start()
        held = story.play(server.facts, told.append)

    assert held, "\n".join(told)
    assert len(told) == sum(len(chapter) for chapter in story.CHAPTERS) + 2
