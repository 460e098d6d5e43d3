"""Whatever is joined, split and moved, undoing all of it gives back exactly what there was."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from b2b_overlay.company import joining, splitting
from b2b_overlay.company.joining_companies import join_companies
from b2b_overlay.company.models import BankAccount, Buyer, Company, LegalEntity, Rearrangement
from b2b_overlay.company.rearranging import places
from b2b_overlay.ordering.models import WholesaleOrder
from b2b_overlay.pricing.models import Assignment, PriceList
from b2b_overlay.shop import Refused
from b2b_overlay.terms.models import Contract, Settlement
from sandbox.models import User

pytestmark = pytest.mark.long

WATCHED = (
    (LegalEntity, ("company_id", "merged_into_id")),
    (Company, ("parent_id", "merged_into_id", "is_active")),
    (Buyer, ("company_id", "role", "is_active", "spending_limit")),
    (BankAccount, ("legal_entity_id",)),
    (WholesaleOrder, ("legal_entity_id", "company_id")),
)


def layout() -> dict[str, dict[object, object]]:
    """Whose everything is."""
    found: dict[str, dict[object, object]] = {}
    for owner in (LegalEntity, Company, Buyer):
        for here in places(owner):
            found[here.label] = dict(here.rows().values_list("pk", here.field))
    for model, columns in WATCHED:
        for column in columns:
            rows = model._base_manager.values_list("pk", column)
            found[f"{model.__name__}.{column}"] = dict(rows)
    return found


def only(now: dict, then: dict) -> dict:
    """Of now, the rows that were there then."""
    return {k: {pk: now[k].get(pk) for pk in rows} for k, rows in then.items()}


def order(number: int, entity: LegalEntity, contract: Contract | None) -> WholesaleOrder:
    return WholesaleOrder.objects.create(
        order_id=f"o{number}",
        number=str(number),
        placed_at=timezone.now(),
        company_id=entity.company_id,
        legal_entity=entity,
        contract=contract,
        channel="ru",
        currency="RUB",
        vat_included=True,
        total=Decimal(10),
        payment="on_account",
    )


def world() -> SimpleNamespace:
    """Three companies, one below another, five legal entities, two in both buyers' hands."""
    manager = User.objects.create_user("manager@example.org", "x", is_staff=True)
    people = [User.objects.create_user(f"{n}@example.org", "x") for n in range(3)]
    top, below, apart = (
        Company.objects.create(name=name, is_active=True) for name in ("Верх", "Низ", "Сбоку")
    )
    below.parent = top
    below.save()
    homes = [top, top, below, apart, None]
    entities = [
        LegalEntity.objects.create(name=f"Ю{n}", company=home) for n, home in enumerate(homes)
    ]
    lists = [PriceList.objects.create(name=name) for name in ("А", "Б")]
    for n, entity in enumerate(entities):
        contract = Contract.objects.create(legal_entity=entity, number=str(n))
        Assignment.objects.create(price_list=lists[0], legal_entity=entity)
        Assignment.objects.create(price_list=lists[1], contract=contract)
        BankAccount.objects.create(legal_entity=entity, number="4" * 20, bic="0" * 9)
        Settlement.objects.create(
            legal_entity=entity, contract=contract, amount=n, told_at=timezone.now()
        )
        Settlement.objects.create(legal_entity=entity, amount=n, told_at=timezone.now())
        if entity.company_id:
            order(n, entity, contract)
            order(n + 10, entity, None)
    for company in (top, below, apart):
        Assignment.objects.create(price_list=lists[0], company=company)
    roles = [Buyer.Role.OWNER, Buyer.Role.BUYER, Buyer.Role.VIEWER]
    for n, company in enumerate((top, below, apart)):
        for m, user in enumerate(people[: n + 1]):
            buyer = Buyer.objects.create(
                user=user, company=company, role=roles[(n + m) % 3], spending_limit=n or None
            )
            buyer.legal_entities.set(company.legal_entities.all())
    return SimpleNamespace(manager=manager, companies=[top, below, apart, None], entities=entities)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["join", "join_companies", "split", "back", "move", "undo"]),
        st.integers(0, 6),
        st.integers(0, 6),
    ),
    min_size=1,
    max_size=9,
)


class Refusal(Exception):
    """Takes a refused step back, as each way in does."""


def step(cast: SimpleNamespace, what: str, one: int, two: int) -> None:
    entities = list(LegalEntity.objects.order_by("pk"))
    first, second = entities[one % len(entities)], entities[two % len(entities)]
    companies = cast.companies
    here, there = companies[one % 3], companies[two % len(companies)]
    if what == "join":
        joining.join(cast.manager, first, second, company=first.company)
    elif what == "join_companies" and there is not None:
        join_companies(cast.manager, here, there)
    elif what == "move":
        joining.move(cast.manager, first, there)
    elif what == "split":
        rows = {
            "b2b_overlay.Contract": first.contracts.values_list("pk", flat=True)[: two % 3],
            "b2b_overlay.WholesaleOrder": first.orders.filter(contract=None).values_list(
                "pk", flat=True
            )[:1],
            "b2b_overlay.BankAccount": first.bank_accounts.values_list("pk", flat=True)[: two % 2],
        }
        rows = {label: list(pks) for label, pks in rows.items()}
        buyers = list(Buyer.objects.filter(company=first.company).values_list("pk", flat=True))
        chosen = splitting.Chosen(rows, buyers)
        splitting.split(cast.manager, first, chosen, name=f"Часть {len(entities)}")
    elif what == "back":
        for joined in first.merged.all()[:1]:
            rows = {"b2b_overlay.Contract": list(first.contracts.values_list("pk", flat=True))[:1]}
            splitting.split(cast.manager, first, splitting.Chosen(rows), back=joined)
    elif what == "undo":
        open_ones = list(Rearrangement.objects.filter(undone_at=None))
        if open_ones:
            joining.undo(cast.manager, open_ones[one % len(open_ones)])


def attempt(action) -> bool:
    before = layout()
    try:
        with transaction.atomic():
            action()
    except Refused:
        assert layout() == before
        return False
    return True


def demand_sense() -> None:
    """An order is of its legal entity's company; nothing is a joined one's but what stayed."""
    for each in WholesaleOrder.objects.select_related("legal_entity"):
        home = each.legal_entity.company_id
        assert home in (None, each.company_id), each.order_id
    stayed = {
        (row["field"], pk)
        for done in Rearrangement.objects.all()
        for row in [*done.moved.get("stayed", []), *done.moved.get("left", [])]
        for pk in row["rows"]
    }
    for here in places(LegalEntity):
        strays = here.rows(**{f"{here.field}__merged_into__isnull": False})
        strays = strays.exclude(**{f"{here.field}__merged_into": None})
        for pk in strays.values_list("pk", flat=True):
            assert (here.label, pk) in stayed, here.label


@pytest.mark.django_db
@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS, order_of_undoing=st.randoms(use_true_random=False))
def test_undoing_everything_gives_back_what_there_was(steps, order_of_undoing):
    with transaction.atomic():
        cast = world()
        before = layout()
        for what, one, two in steps:
            attempt(lambda w=what, a=one, b=two: step(cast, w, a, b))
            demand_sense()
        while left := list(Rearrangement.objects.filter(undone_at=None)):
            order_of_undoing.shuffle(left)
            undone = [attempt(lambda r=each: joining.undo(cast.manager, r)) for each in left]
            assert any(undone), "nothing can be undone"
            demand_sense()
        assert only(layout(), before) == before
        transaction.set_rollback(True)
