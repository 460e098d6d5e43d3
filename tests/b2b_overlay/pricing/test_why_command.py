"""``b2b_why``: the same answer as the page, for whoever keeps the server."""

from __future__ import annotations

from io import StringIO
from typing import Any

import pytest
from cast import Cast
from django.core.management import CommandError, call_command
from django.utils.translation import override


def why(*arguments: str, **options: Any) -> str:
    out = StringIO()
    with override("ru"):
        call_command("b2b_why", *arguments, stdout=out, **options)
    return out.getvalue().replace("\xa0", " ")


def test_every_rule_is_told_in_order_with_what_beat_it(cast: Cast) -> None:
    told = why("ШП-25/34", "7707083893", quantity=5)

    lines = told.splitlines()
    assert "ООО «Ромашка», Договор № ОПТ-1 от 01.03.2026" in lines
    (won,) = [line for line in lines if line.startswith("по договору: Опт")]
    assert "1 500,50" in won
    assert won.endswith("действует")
    assert "уступила" in next(line for line in lines if line.startswith("розница"))


def test_a_moment_of_the_past_is_told_as_such(cast: Cast) -> None:
    told = why("ШП-25/34", "Лютикова", as_of="2020-01-01")

    assert "Так, как всё было записано на 01.01.2020 00:00" in told
    assert "Дилер" not in told


@pytest.mark.parametrize(
    ("arguments", "options"),
    [
        (("нет", "7707083893"), {}),
        (("ШП-25/34", "никто"), {}),
        (("ШП-25/34", "О"), {}),
        (("ШП-25/34", "7707083893"), {"as_of": "2999-01-01"}),
        (("ШП-25/34", "7707083893"), {"at": "вчера"}),
        (("ШП-25/34", "7707083893"), {"at": "2030-01-01", "as_of": "2020-01-01"}),
        (("ШП-25/34", "7707083893"), {"total": "много"}),
        (("ШП-25/34", "7707083893"), {"channel": "нет"}),
    ],
)
def test_what_cant_be_told_is_refused_with_why(
    cast: Cast, arguments: tuple[str, ...], options: dict[str, str]
) -> None:
    with pytest.raises(CommandError) as refused:
        why(*arguments, **options)

    assert str(refused.value)
