"""The moderator at his queue: joins, tells apart, splits, moves, and takes it back."""

from __future__ import annotations

import pytest

from b2b_overlay.company import scanning
from b2b_overlay.company.models import Buyer, Doubt, LegalEntity, Rearrangement, Rule

QUEUE = "/desk/doubts/"


def page(client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, response.content.decode()
    return response.content.decode()


def post(client, address: str, **data) -> str:
    """Send a form; the page that comes of it."""
    response = client.post(address, data, follow=True)
    assert response.status_code == 200, response.content.decode()
    return response.content.decode()


@pytest.fixture
def twin(cast):
    """«Ромашка» once more, of no company, with a phone."""
    return LegalEntity.objects.create(
        name="Ромашка, ООО", inn=cast.ooo.inn, kpp=cast.ooo.kpp, phone="+7 495 123-45-67"
    )


@pytest.fixture
def doubt(cast, twin):
    Rule.objects.create(code="inn_kpp_name", is_on=False)
    scanning.scan()
    return Doubt.objects.get(low__in=[cast.ooo, twin], high__in=[cast.ooo, twin])


def test_the_queue_shows_both_beside_each_other_with_reasons(cast, manager, twin, doubt):
    shown = page(manager, QUEUE)
    assert "Ромашка, ООО" in shown
    assert "ООО «Ромашка»" in shown
    assert f"<mark>{cast.ooo.inn}</mark>" in shown
    assert "+7 495 123-45-67" in shown


def test_the_queue_is_searched_and_filtered(cast, manager, twin, doubt):
    assert "Ромашка, ООО" in page(manager, f"{QUEUE}?q=ромашка&reason={doubt.reasons[0]}&first=1")
    assert "Ромашка, ООО" not in page(manager, f"{QUEUE}?q=нет такого")
    assert "Ромашка, ООО" not in page(manager, f"{QUEUE}?reason=phone")
    assert "Ромашка, ООО" in page(manager, f"{QUEUE}?page=99&reason=чепуха")


def test_joined_and_undone_from_the_pages(cast, manager, twin, doubt):
    post(manager, f"/desk/counterparties/{twin.pk}/join/", other=cast.ooo.pk, keep=cast.ooo.pk)
    twin.refresh_from_db()
    doubt.refresh_from_db()
    assert twin.merged_into == cast.ooo
    assert doubt.decision == Doubt.Decision.JOINED
    assert "Ромашка, ООО" not in page(manager, QUEUE)
    assert "Ромашка, ООО" in page(manager, f"{QUEUE}decided/")
    assert "Ромашка, ООО" in page(manager, f"/desk/counterparties/{cast.ooo.pk}/")
    done = Rearrangement.objects.get()

    post(manager, f"/desk/rearrangements/{done.pk}/undo/")
    twin.refresh_from_db()
    assert twin.merged_into is None
    assert "Ромашка, ООО" in page(manager, QUEUE)
    post(manager, f"/desk/rearrangements/{done.pk}/undo/")
    assert Rearrangement.objects.get().undone_by == cast.manager


def test_told_apart_is_not_asked_again_until_it_is_taken_back(cast, manager, twin, doubt):
    post(manager, f"/desk/doubts/{doubt.pk}/different/")
    assert "Ромашка, ООО" not in page(manager, QUEUE)
    assert "Ромашка, ООО" in page(manager, f"{QUEUE}decided/?what=different")
    scanning.scan()
    assert "Ромашка, ООО" not in page(manager, QUEUE)
    post(manager, f"/desk/doubts/{doubt.pk}/different/", undo="1")
    assert "Ромашка, ООО" in page(manager, QUEUE)


def test_of_two_companies_the_moderator_says_which_stays(cast, manager):
    address = f"/desk/counterparties/{cast.ooo.pk}/join/"
    said = post(manager, address, other=cast.theirs.pk, keep=cast.ooo.pk)
    assert "Чужие" in said
    assert not Rearrangement.objects.exists()
    assert "Чужие" in page(manager, f"{address}?q=чуж")

    post(manager, address, other=cast.theirs.pk, keep=cast.ooo.pk, company=cast.other.pk)
    cast.ooo.refresh_from_db()
    assert cast.ooo.company == cast.other


def test_a_rule_is_seen_and_switched_off(cast, manager, twin):
    assert 'name="on" value="1"' in page(manager, f"{QUEUE}rules/")
    post(manager, f"{QUEUE}rules/", rule="inn_kpp_name", on="0")
    scanning.scan()
    assert not Rearrangement.objects.exists()
    post(manager, f"{QUEUE}rules/", rule="inn_kpp_name", on="1")
    scanning.scan()
    done = Rearrangement.objects.get()
    assert (done.rule, done.target, done.made_by) == ("inn_kpp_name", cast.ooo, None)
    # Taken back by a person, it isn't joined by the rule again.
    post(manager, f"/desk/rearrangements/{done.pk}/undo/")
    scanning.scan()
    assert not Rearrangement.objects.filter(undone_at=None).exists()


def test_a_part_gets_the_ticked_rows_and_gives_them_back(cast, manager):
    address = f"/desk/counterparties/{cast.ooo.pk}/split/"
    assert "ОПТ-1" in page(manager, address)
    contract = cast.ooo.contracts.get()
    kirill = Buyer.objects.get(user=cast.kirill)
    form = {"name": "ООО «Ромашка», филиал", "inn": cast.ooo.inn, "kpp": "500101001"}
    form |= {"kind": "company", "b2b_overlay.Contract": contract.pk, "buyer": kirill.pk}
    post(manager, address, **form)
    post(manager, address, **form)

    part = LegalEntity.objects.get(kpp="500101001")
    assert part.company == cast.company
    assert part.contracts.get() == contract
    assert kirill.legal_entities.filter(pk=part.pk).exists()
    post(manager, f"/desk/rearrangements/{part.rearrangements.get().pk}/undo/")
    assert cast.ooo.contracts.get() == contract
    assert not kirill.legal_entities.filter(pk=part.pk).exists()


def test_a_part_without_a_name_or_with_anothers_contract_is_refused(cast, manager):
    address = f"/desk/counterparties/{cast.ooo.pk}/split/"
    assert manager.post(address, {"kind": "company"}).status_code == 422
    theirs = cast.theirs.contracts.get().pk
    form = {"name": "Часть", "kind": "company", "b2b_overlay.Contract": theirs}
    assert manager.post(address, form).status_code == 422
    assert cast.theirs.contracts.get().pk == theirs
    assert not LegalEntity.objects.filter(name="Часть").exists()


def test_a_legal_entity_moves_and_its_old_buyers_lose_it_at_once(cast, manager, olga):
    assert "ООО «Ромашка»" in page(olga, "/")
    post(manager, f"/desk/counterparties/{cast.ooo.pk}/move/", company=f"Чужие #{cast.other.pk}")
    cast.ooo.refresh_from_db()
    assert cast.ooo.company == cast.other
    assert "ООО «Ромашка»" not in page(olga, "/")
    done = Rearrangement.objects.get()
    assert "Чужие" in page(manager, f"/desk/companies/{cast.other.pk}/")

    post(manager, f"/desk/rearrangements/{done.pk}/undo/")
    assert "ООО «Ромашка»" in page(olga, "/")
    said = post(manager, f"/desk/counterparties/{cast.ooo.pk}/move/", company="Нет такой")
    assert "Нет такой" in said
    post(manager, f"/desk/counterparties/{cast.ooo.pk}/move/", out="1")
    cast.ooo.refresh_from_db()
    assert cast.ooo.company is None


def test_companies_are_joined_with_their_buyers_and_come_apart_again(cast, manager, stranger):
    address = f"/desk/companies/{cast.company.pk}/join/"
    shown = page(manager, f"{address}?other=Чужие")
    assert "stranger@example.org" in shown
    assert "ООО «Чужие»" in shown
    post(manager, address, other=cast.other.pk, keep=cast.company.pk)
    cast.theirs.refresh_from_db()
    assert cast.theirs.company == cast.company
    assert Buyer.objects.get(user=cast.stranger).company == cast.company
    assert "ООО «Ромашка»" in page(stranger, "/")

    post(manager, f"/desk/rearrangements/{Rearrangement.objects.get().pk}/undo/")
    cast.theirs.refresh_from_db()
    assert cast.theirs.company == cast.other
    assert "ООО «Ромашка»" not in page(stranger, "/")
    assert "Неизвестная" in page(manager, f"{address}?other=Неизвестная")


def test_nobody_but_the_desk_sees_or_does_any_of_it(cast, olga, stranger, retail, twin, doubt):
    here = f"/desk/counterparties/{twin.pk}"
    for client in (olga, stranger, retail):
        for address in (QUEUE, f"{QUEUE}decided/", f"{QUEUE}rules/", f"{here}/split/"):
            assert client.get(address).status_code == 404, address
        for address in (f"{here}/join/", f"{here}/move/", f"{here}/split/"):
            form = {"other": cast.ooo.pk, "keep": cast.ooo.pk, "out": "1", "name": "Часть"}
            assert client.post(address, form).status_code == 404, address
        assert client.post(f"/desk/doubts/{doubt.pk}/different/").status_code == 404
        form = {"other": cast.other.pk, "keep": cast.other.pk}
        assert client.post(f"/desk/companies/{cast.company.pk}/join/", form).status_code == 404
        assert client.post(f"{QUEUE}rules/", {"rule": "inn_kpp_name", "on": "1"}).status_code == 404
    assert not Rearrangement.objects.exists()
    assert Doubt.objects.get(pk=doubt.pk).decision == Doubt.Decision.WAITING
