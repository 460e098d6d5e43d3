"""Every page, found in the URLconf, not listed here: one added tomorrow is walked too. Where its
arguments can't be told by their names, :class:`.questions.Unknown` says which to teach."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from b2b_overlay.pricing.models import Price
from sandbox.models import CheckoutLine

from .questions import Unknown
from .world import World

__all__ = ["addresses", "form", "keys_of"]


def addresses(made: World) -> Iterator[tuple[str, str]]:
    """(name, path) of every page of the overlay and of the bridge, asked for what is A's."""
    for pattern in get_resolver("sandbox.urls").url_patterns:
        if isinstance(pattern, URLResolver):
            for page in pattern.url_patterns:
                yield from _address(made, pattern.app_name or "", page)


def _address(made: World, app: str, page: URLPattern) -> Iterator[tuple[str, str]]:
    route, name = str(page.pattern), f"{app}:{page.name}"
    wanted = page.pattern.regex.groupindex or {}
    if not wanted:
        yield name, reverse(name)
        return
    arguments = {each: _argument(made, route, each) for each in wanted}
    yield name, reverse(name, kwargs=arguments)


def _argument(made: World, route: str, name: str) -> Any:
    cast, rest = made.cast, made.rest
    contract = cast.ooo.contracts.get()
    by_name = {
        "order_id": made.order.order_id,
        "variant_id": cast.hose.pk,
        "user_id": made.owner.pk,
        "contract_pk": contract.pk,
        "account_pk": cast.ooo.bank_accounts.get().pk,
        "token": _token(made, route),
        "name": "b2b.css",
    }
    by_route = {
        "1c/": rest["session"].pk,
        "people/": made.invited.pk,
        "approvals/": made.asked.pk,
        "desk/companies/": cast.company.pk,
        "desk/buyers/": made.invited.pk,
        "desk/entities/": cast.ooo.pk,
        "desk/applications/": made.application.pk,
        "desk/counterparties/": cast.ooo.pk,
        "desk/rearrangements/": made.done.pk,
        "desk/doubts/": made.doubt.pk,
        "desk/prices/": contract.price_assignments.get().price_list_id,
        "journal/start/": rest["goods"].pk,
        "journal/<int:pk>/": rest["session"].pk,
        "journal/files/": rest["file"].pk,
        "journal/connections/": rest["base"].pk,
        "journal/matching/": rest["match"].pk,
        "journal/counterparties/": rest["sheet"].pk,
        "journal/quality/": rest["sheet"].pk,
        "journal/debts/": rest["sheet"].pk,
        "journal/contracts/": rest["sheet"].pk,
    }
    if name in by_name:
        return by_name[name]
    for start, value in by_route.items():
        if route.startswith(start):
            return value
    if route.startswith("desk/"):
        # Whoever isn't the desk is refused before anything is looked for.
        return 1 if f"<int:{name}>" in route else "x"
    raise Unknown(f"teach tests/privacy/asking.py what <{name}> of «{route}» is")


def _token(made: World, route: str) -> str:
    if route.startswith("1c/"):
        return str(made.rest["programmer"].token)
    return str(made.rest["base"].token if "exchange" in route else made.secret.token)


def form(made: World) -> dict[str, Any]:
    """What a form might hold: ids of A wherever a form of ours asks for one."""
    cast = made.cast
    return {
        "entity": cast.ooo.pk, "legal_entity": cast.ooo.pk, "entities": cast.ooo.pk,
        "company": cast.company.pk, "kept": cast.ooo.pk, "gone": cast.free.pk,
        "target": cast.ooo.pk, "source": cast.ooo.pk, "into": cast.ooo.pk, "with": cast.free.pk,
        "parent": cast.company.pk, "group": 1, "buyer": made.invited.pk, "checkout": made.cart,
        "shown": "2715.82", "order": made.order.order_id, "role": "owner", "on": "0", "yes": "1",
        "confirm": "1", "decision": "confirm", "reason": "Так надо", "text": "Текст", "days": "3",
        "name": "Имя", "kind": "company", "email": "new@example.org", "login": "novyi",
        "inn": "7736050003", "secret": made.secret.token, "step": "mine", "quantity": "1",
        f"quantity_{cast.hose.pk}": "1", "lines": "SH-25 1", "q": "7707083893", "good": "шланг",
        "spending_limit": "1", "limit_currency": "RUB", "price": "1", "number": "1",
        "payment": "prepaid", "payment_days": "1", "currency": "RUB", "code": "same",
    }  # fmt: skip


class Keys(dict[str, Any]):
    """A's own keys by the type of their global id; of a type not named here by its model: the
    first legal entity's row, or an id of nothing."""

    def __init__(self, rows: dict[tuple[str, Any], str], named: dict[str, Any]) -> None:
        super().__init__(named)
        self._rows = rows

    def __contains__(self, kind: object) -> bool:
        return super().__contains__(kind) or self._model(str(kind)) is not None

    def __missing__(self, kind: str) -> Any:
        label = f"b2b_overlay.{self._model(kind)}"
        mine = [(scope != "A1", pk) for (name, pk), scope in self._rows.items() if name == label]
        return min(mine, default=(True, 999_999))[1]

    def _model(self, kind: str) -> str | None:
        names = {m.__name__ for m in apps.get_app_config("b2b_overlay").get_models()}
        return kind[3:] if kind.startswith("B2B") and kind[3:] in names else None


def keys_of(made: World) -> Keys:
    """A's own, by the type of their global id."""
    cast = made.cast
    line = CheckoutLine.objects.filter(checkout=made.cart).first()
    named = {
        "B2BCompany": cast.company.pk,
        "B2BLegalEntity": cast.ooo.pk,
        "B2BBuyer": made.invited.pk,
        "B2BDoubt": made.doubt.pk,
        "B2BRearrangement": made.done.pk,
        "B2BIndividualPrice": Price.objects.get(price_list__name__contains="zq-A1").pk,
        "User": cast.manager.pk,
        "Checkout": made.cart,
        "CheckoutLine": line.pk if line else "",
        "Order": made.order.order_id,
        "Product": cast.hose.product_id,
        "ProductVariant": cast.hose.pk,
        "Category": cast.hose.product.category_id,
        "ShippingMethod": 1,
        "secret": made.secret.token,
    }
    return Keys(made.rows, named)
