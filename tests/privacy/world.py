"""A company that has everything, every text of it unmistakable.

Every row that belongs to «Ромашка» is found by its foreign keys, and every text column of it
gets a mark that says whose it is, so that a column added tomorrow is watched too:

* ``A1``: of the legal entity that the colleague has not (ООО «Ромашка»), ``A2`` of the other;
* ``AC``: of the company as a whole; ``P<id>x``: of one person; ``BR``: of the bridge to 1C.

Sums that are nobody else's stand in :data:`SUMS`.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pgtrigger
from cast import Cast, build
from django.apps import apps
from django.db import models as db
from django.utils import timezone

from b2b_overlay.company import applications, invitations, joining
from b2b_overlay.company.models import (
    BankAccount,
    Buyer,
    Company,
    Difference,
    Doubt,
    Group,
    LegalEntity,
)
from b2b_overlay.company.secrets import Secrets
from b2b_overlay.history import TRACKED
from b2b_overlay.money import Money
from b2b_overlay.ordering import approval, people
from b2b_overlay.ordering.models import Approval, OrderCorrection, WholesaleOrder
from b2b_overlay.ordering.orders import place
from b2b_overlay.pricing.assign import set_contract_lists
from b2b_overlay.pricing.models import Price, PriceList, PriceRequest
from b2b_overlay.shop import Shop, get_shop
from b2b_overlay.terms import settlements
from onec_bridge import models as onec
from onec_bridge.journal.programmer.access import give_access
from onec_bridge.sync.start.sheets import take_in
from sandbox import models as shop_models

__all__ = ["MARK", "SUMS", "World", "rows_after", "rows_of", "world"]

MARK = re.compile(r"zq-(A1|A2|AC|BR|P\d+x)", re.IGNORECASE)
#: Sums of the first legal entity, as they stand in any answer once blanks are taken out.
SUMS = {"1357.91": "A1", "9876543.21": "A1", "1234567.89": "A1", "1246.83": "A2"}
#: Columns that hold keys, hashes and codes: a mark there would break what is walked.
_KEYS = {
    "checkout_id", "order_id", "channel", "currency", "limit_currency", "token_hash",
    "code_hash", "digest", "token", "authorization", "local_id", "code", "country", "unit",
    "password", "jwt_token_key", "external_id", "parent_id", "checkout_token", "session_id",
    "waits_for", "encoding", "language", "retail_price_type", "type", "mode", "method", "status",
    "base_unit", "base_unit_code", "subject", "subject_id", "rule", "state", "word", "severity",
    "state_before", "state_after",
}  # fmt: skip
#: Whose mark a row bears when several of its keys lead somewhere.
_FIRST = ("A1", "A2", "BR", "P", "AC")
Key = tuple[str, Any]


@dataclass
class World:
    cast: Cast
    shop: Shop
    owner: shop_models.User
    removed: shop_models.User
    applicant: shop_models.User
    order: WholesaleOrder
    cart: str
    asked: Approval
    application: Any
    invited: Buyer
    secret: Secrets
    doubt: Doubt
    done: Any
    rest: dict[str, Any]
    #: Whose every row is: (model label, key) → scope.
    rows: dict[Key, str] = field(default_factory=dict)


def world() -> World:
    cast = build()
    shop = get_shop()
    made = _world(cast, shop)
    made.rows = rows_of(made)
    _mark_rows(made.rows)
    _mark_the_rest(made)
    for user in (made.owner, cast.kirill, cast.viewer, made.removed, made.applicant):
        shop_models.User.objects.filter(pk=user.pk).update(email=f"zq-p{user.pk}x@example.org")
        user.refresh_from_db()
    return made


def _user(name: str) -> shop_models.User:
    return shop_models.User.objects.create_user(f"{name}@example.org", Cast.password)


def _world(cast: Cast, shop: Shop) -> World:
    owner, kirill = cast.olga, cast.kirill
    removed, applicant = _user("removed"), _user("applicant")
    Buyer.objects.filter(user=owner).update(role="owner")
    _terms(cast)
    (gone,) = people.link(shop, cast.manager, cast.company, [removed.email])
    order, cart = _orders(cast, shop, removed)
    asked = _approvals(cast, shop, kirill)
    people.remove(shop, cast.manager, gone)
    invited, secret = invitations.make_buyer(
        owner, shop.people, cast.company, name="Семён", legal_entity_ids=[cast.ooo.pk]
    )
    invitations.revoke(owner, invited)
    application = applications.submit(
        applicant, inn="7736050003", company_name="Новые", contact="Пётр", comment="Пустите",
        card_name="card.pdf", card=b"%PDF-1.7 zq-P0x",
    )  # fmt: skip
    applications.ask(cast.manager, application, "Кто вы?")
    applications.answer(applicant, application, "Мы новые")
    twin = LegalEntity.objects.create(name="Ромашка ещё раз", company=cast.company)
    done = joining.join(cast.manager, cast.ooo, twin)
    low, high = sorted([cast.ooo.pk, cast.free.pk])
    doubt = Doubt.objects.create(low_id=low, high_id=high, score=70, reasons=["same_inn"])
    return World(
        cast, shop, owner, removed, applicant, order, cart, asked, application, invited, secret,
        doubt, done, _bridge(cast, order),
    )  # fmt: skip


def _terms(cast: Cast) -> None:
    """Prices, limits and debts that are nobody else's."""
    for entity, amount in ((cast.ooo, "1357.91"), (cast.plus, "1246.83")):
        own = PriceList.objects.create(name=f"Цены для {entity.name}")
        Price.objects.create(price_list=own, variant_id=cast.hose.pk, amount=Decimal(amount))
        set_contract_lists(entity.contracts.get(), [own])
        BankAccount.objects.create(legal_entity=entity, number="40702810900000000001")
    cast.ooo.contracts.update(credit_limit=Decimal("9876543.21"))
    debt = settlements.Debt(
        amount=Money(Decimal("1234567.89"), "RUB"), document="Реализация 1",
        due_date=timezone.localdate() + timedelta(days=3),
    )  # fmt: skip
    settlements.replace({cast.ooo.pk: [debt]}, timezone.now(), "долги.xlsx")
    Group.objects.create(name="Дилеры").companies.add(cast.company)


def _orders(cast: Cast, shop: Shop, removed: shop_models.User) -> tuple[WholesaleOrder, str]:
    """One placed for the first legal entity, and things in the cart again."""
    channel = shop.catalogue.channels()[0]
    cart = shop.checkouts.set_quantities(cast.olga.pk, channel, {cast.hose.pk: 1})
    order = place(shop, cast.olga, cart, cast.ooo.pk, comment="Позвонить")
    WholesaleOrder.objects.filter(pk=order.pk).update(user=removed)
    cart = shop.checkouts.set_quantities(cast.olga.pk, channel, {cast.hose.pk: 2})
    return order, cart


def _approvals(cast: Cast, shop: Shop, kirill: shop_models.User) -> Approval:
    """One asked for each legal entity: the owner's people wait for a word."""
    buyer = Buyer.objects.get(user=kirill)
    Buyer.objects.filter(pk=buyer.pk).update(spending_limit=Decimal(100))
    channel = shop.catalogue.channels()[0]
    cart = shop.checkouts.set_quantities(kirill.pk, channel, {cast.hose.pk: 1})
    approval.ask(shop, kirill, cart, cast.plus.pk, comment="Срочно")
    return Approval.objects.create(
        checkout_id="of-the-invited", buyer=Buyer.objects.get(user=cast.olga), channel="ru",
        legal_entity=cast.ooo, digest="-", total=Decimal("1357.91"), currency="RUB",
        comment="Очень срочно", lines=[{
            "name": "zq-A1line", "sku": "1", "quantity": 1, "unit": "шт", "unit_price": "1357.91",
            "total": "1357.91",
        }],
    )  # fmt: skip


def _bridge(cast: Cast, order: WholesaleOrder) -> dict[str, Any]:
    """A 1C base with a session, files, problems, links, sheets; and another base."""
    make = {name: getattr(onec, name).objects.create for name in onec.__all__}
    base = onec.Connection(name="УТ 11", login="1c")
    other = onec.Connection(name="Другая", login="1c-other")
    for each in (base, other):
        each.set_password(Cast.password)
        each.save()
    session = make["Session"](connection=base, token_hash="s" * 64, seen_at=timezone.now())
    file = make["ReceivedFile"](session=session, name="import.xml", type="catalog", kind="xml")
    make["FilePart"](file=file, number=0, body=b"<?xml version='1.0'?><x>zq-BRpart</x>")
    make["Entry"](
        connection=base, session=session, file=file, status=200, word="success", milliseconds=1
    )
    make["ProblemRecord"](
        connection=base, session=session, file=file, severity="error", code="bad_requisite",
        value="1", params={"why_ru": "zq-BRwhy", "why_en": "zq-BRwhy"},
    )  # fmt: skip
    link = make["Link"](
        connection=base, kind="counterparty", external_id="zq-BRid", local_id=str(cast.ooo.pk),
        data={"told": {"name": "zq-BRtold"}},
    )  # fmt: skip
    match = make["Match"](connection=base, external_id="m", name="Лейка", why="name")
    make["MatchReport"](connection=base, file_name="import.xml", counts={})
    export, _new = onec.OrderExport.objects.get_or_create(connection=base, order=order)
    make["Parked"](connection=base, external_id="p", waits_kind="decision", waits_for="m")
    make["KeptPicture"](link=link, name="a.jpg", content=b"zq-BRpicture")
    sheet = make["CounterpartySheet"](
        connection=base, file_name="клиенты.xlsx", content=b"zq-BRsheet"
    )
    goods = take_in(None, base, "товары.csv", "Код;Наименование\n1;zq-BRsheet\n".encode())
    access, _password = give_access(base)
    OrderCorrection.objects.create(
        order=order, document_id=str(order.pk), total="1357.91", told_at=timezone.now(),
        lines=[{
            "variant_id": cast.hose.pk, "name": "zq-A1corrected", "article": "1",
            "quantity": "1", "unit": "шт", "price": "1357.91", "total": "1357.91",
        }],
    )  # fmt: skip
    difference = Difference.objects.create(
        about=Difference.About.LEGAL_ENTITY, object_id=cast.ooo.pk, field="name",
        theirs="zq-A1differs", source="УТ 11",
    )  # fmt: skip
    request = PriceRequest.objects.create(
        legal_entity=cast.ooo, variant_id=cast.hose.pk, amount=1357, currency="RUB",
        vat_included=True, floor="—", floor_amount=1, reason="Просит",
    )  # fmt: skip
    return {
        "request": request, "programmer": access, "difference": difference, "goods": goods,
        "base": base, "other": other, "session": session, "file": file, "match": match,
        "sheet": sheet, "export": export,
    }  # fmt: skip


# ------------------------------------------------------------------------- whose is a row


def watched() -> list[type[db.Model]]:
    """Our tables and the shop's, without the history's own."""
    events = {each.event for each in TRACKED}
    found = [
        model
        for app in ("b2b_overlay", "onec_bridge", "sandbox")
        for model in apps.get_app_config(app).get_models(include_auto_created=True)
    ]
    return [m for m in found if m not in events and not m._meta.proxy]


def rows_of(made: World) -> dict[Key, str]:
    """Every row that a chain of foreign keys leads from to «Ромашка», with its scope."""
    cast = made.cast
    people_of = Buyer.objects.filter(company=cast.company).values_list("user", flat=True)
    rows: dict[Key, str] = {
        ("b2b_overlay.Company", cast.company.pk): "AC",
        ("b2b_overlay.LegalEntity", cast.ooo.pk): "A1",
        ("b2b_overlay.LegalEntity", cast.plus.pk): "A2",
        ("onec_bridge.Connection", made.rest["base"].pk): "BR",
        **{("sandbox.User", pk): f"P{pk}x" for pk in (*people_of, made.applicant.pk)},
    }
    lists = PriceList.objects.filter(name__startswith="Цены для")
    for each in lists:
        rows["b2b_overlay.PriceList", each.pk] = "A1" if cast.ooo.name in each.name else "A2"
    _follow_all(watched(), rows)
    return rows


def rows_after(made: World, labels: Collection[str]) -> dict[Key, str]:
    """The same of what these tables hold now; no other has changed since the world was made."""
    rows = dict(made.rows)
    _follow_all([model for model in watched() if model._meta.label in labels], rows)
    return rows


def _follow_all(models: Iterable[type[db.Model]], rows: dict[Key, str]) -> None:
    again = True
    while again:
        again = bool([model for model in models if _follow(model, rows)])


def _follow(model: type[db.Model], rows: dict[Key, str]) -> bool:
    """Add the model's rows whose keys lead to rows known; was there one?"""
    label = model._meta.label
    keys = [f for f in model._meta.concrete_fields if isinstance(f, db.ForeignKey)]
    added = False
    for row in model._base_manager.values("pk", *(f.attname for f in keys)):
        found = {
            rows[key]
            for f in keys
            if (key := (f.remote_field.model._meta.label, row[f.attname])) in rows
        }
        scope = min(found, key=_rank, default="")
        known = rows.get((label, row["pk"]))
        if scope and (known is None or _rank(scope) < _rank(known)) and label not in _ROOTS:
            rows[label, row["pk"]] = scope
            added = True
    return added


_ROOTS = {"b2b_overlay.Company", "sandbox.User", "onec_bridge.Connection"}


def _rank(scope: str) -> int:
    return next(i for i, each in enumerate(_FIRST) if scope.startswith(each))


# --------------------------------------------------------------------------------- marks


def _mark_rows(rows: dict[Key, str]) -> None:
    for (label, pk), scope in rows.items():
        model = apps.get_model(label)
        values = {
            f.name: f"zq-{scope}{f.name}{pk}"[: f.max_length]
            for f in model._meta.concrete_fields
            if _is_text(f)
        }
        if values:
            with pgtrigger.ignore():
                model._base_manager.filter(pk=pk).update(**values)


def _is_text(f: db.Field) -> bool:
    return (
        isinstance(f, db.CharField | db.TextField)
        and not isinstance(f, db.EmailField | db.SlugField)
        and not f.choices
        and not f.primary_key
        and f.name not in _KEYS
        and (f.max_length is None or f.max_length >= 9)
    )


def _mark_the_rest(made: World) -> None:
    """Addresses, which point at nobody; and the card of an enterprise."""
    order = shop_models.Order.objects.get(pk=made.order.order_id)
    address = shop_models.Address.objects.create(first_name="zq-A1name", city="zq-A1city")
    order.shipping_address = order.billing_address = address
    order.save()
    type(made.application).objects.filter(pk=made.application.pk).update(
        card=f"%PDF-1.7 zq-P{made.applicant.pk}x".encode()
    )
    made.invited.refresh_from_db()
    Company.objects.filter(pk=made.cast.company.pk).update(manager=made.cast.manager)
