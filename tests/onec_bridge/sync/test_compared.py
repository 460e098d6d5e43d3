"""Counterparties of a file are compared with the base when the file ends."""

from __future__ import annotations

import time

from b2b_overlay.company.candidates import doubts_of, waiting
from b2b_overlay.company.models import LegalEntity, Rearrangement, ToCompare


def party(number, name, more=""):
    return (
        f"<Контрагент><Ид>7c3f8d1e-0000-4000-8000-{number:012}</Ид>"
        f"<Наименование>{name}</Наименование>{more}</Контрагент>"
    )


def parties(*inside):
    return f"<Контрагенты>{''.join(inside)}</Контрагенты>"


NUMBERS = "<ИНН>7707083893</ИНН><КПП>773601001</КПП>"
PHONE = (
    "<Контакты><Контакт><Тип>ТелефонРабочий</Тип><Значение>+7 495 123-45-67</Значение>"
    "</Контакт></Контакты>"
)


def test_those_that_may_be_one_wait_for_a_moderator_when_the_file_ends(take):
    known = LegalEntity.objects.create(name="ООО «Ромашка»")

    progress = take(parties(party(1, "Рамашка ООО"), party(2, "Подсолнух ООО")))

    assert progress.finished
    assert progress.counts == {"counterparty": {"created": 2}}
    assert [each.entity.name for each in doubts_of(known)] == ["Рамашка ООО"]
    assert waiting().count() == 1
    assert not ToCompare.objects.exists()


def test_a_certain_twin_is_joined_and_its_card_goes_on_changing_its_own_row(take):
    known = LegalEntity.objects.create(
        name="ООО «Ромашка»", inn="7707083893", kpp="773601001", phone="84951234567"
    )
    twins = party(1, "Ромашка", NUMBERS + PHONE), party(2, "Ромашка ООО", NUMBERS + PHONE)

    take(parties(*twins))

    assert LegalEntity.objects.filter(merged_into=None).get() == known
    assert take(parties(*twins)).counts == {"counterparty": {"unchanged": 2}}
    assert Rearrangement.objects.filter(undone_at=None).exists()


def test_where_time_runs_out_the_file_is_not_done_and_the_next_request_goes_on(take, monkeypatch):
    monkeypatch.setattr("b2b_overlay.company.scanning._CHUNK", 1)
    file = parties(
        *(party(n, name) for n, name in enumerate(("Ромашка", "Ромашка ООО", "Рамашка")))
    )

    progress = take(file, deadline=time.monotonic() - 1)
    assert not progress.finished
    assert progress.counts == {"counterparty": {"created": 3}}

    rounds = 0
    while not progress.finished:
        progress = take(file, skip=progress.done, deadline=time.monotonic() - 1)
        assert progress.counts == {}
        rounds += 1
        assert rounds < 5
    assert waiting().count() == 3
