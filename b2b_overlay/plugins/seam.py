"""The seam: where the overlay enters Saleor's own ``/graphql/``. One small module.

:func:`install` runs in ``AppConfig.ready()``, before Saleor's schema and URLs are imported
(nothing here may import ``saleor.graphql.api``, ``context`` or ``views``). It does six
things, each tried in reference/saleor.md and guarded by a check (:mod:`.checks`) and a test:

* one middleware gives a signed-in request a registry of dataloaders that shows contract
  prices (:mod:`.loaders`); a visitor's request is not touched, unless goods are shown without
  prices until signing in;
* the B2B queries and mutations join two of the classes Saleor's own are made of, and
  ``Checkout`` says what keeps it from becoming a wholesale order, variants and lines in what unit
  they are sold; ``b2bProducts`` costs a client what ``products`` does;
* ``checkoutComplete`` first authorises the total of a cart that may be ordered on account
  (:mod:`.on_account`); ``checkout``, ``order`` and the mutations of a cart don't answer another
  company's customer (:mod:`.privacy`); a variant's own quantity limit doesn't hold for a wholesale
  login (:mod:`.quantity_limit`);
* ``draftOrderComplete`` asks the gate too, and an ``Order`` that is about to be saved first is
  looked at a last time (:mod:`.gatekeeping`);
* products and variants that a customer mustn't see aren't there for him (:mod:`.visibility`);
  ways of delivery cost what his contract says (:mod:`.delivery_prices`);
* what is shown is read over the session a request has (:mod:`.sessions`), and a discount of
  nothing is shared out among a cart's lines at once (:mod:`.propagation`);
* what would be mailed to an account without e-mail isn't (:mod:`.mail`), B2B on or off.

The second and third are off with ``B2B_PATCH_SCHEMA = False``; everything but the last asks
:func:`.activity.is_on`.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection
from contextlib import ExitStack
from functools import partial, wraps
from typing import Any

import graphene
from django.conf import settings
from django.db.models.signals import pre_save
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import translation
from django.utils.translation import gettext as _
from graphql import GraphQLError

from b2b_overlay.conf import conf

from . import language, mail
from .activity import is_on

__all__ = ["before_an_order", "contract_prices", "install"]

logger = logging.getLogger(__name__)

MIDDLEWARE = f"{__name__}.contract_prices"
BEFORE_AN_ORDER = f"{__name__}.before_an_order"


def install() -> None:
    """Enter Saleor. Called once, when the app is ready."""
    if MIDDLEWARE not in settings.MIDDLEWARE:
        settings.MIDDLEWARE = [*settings.MIDDLEWARE, MIDDLEWARE]
    pre_save.connect(before_an_order, sender="order.Order", dispatch_uid=BEFORE_AN_ORDER)
    try:
        from . import propagation, sessions

        sessions.install()
        propagation.install()
    except (ImportError, AttributeError):
        logger.exception("Catalogues and large carts of wholesale logins are slow")
    try:
        mail.keep_in()
    except (ImportError, AttributeError):
        logger.exception("Accounts without e-mail couldn't be kept from Saleor's mail")
    try:
        from . import delivery_prices, visibility

        visibility.install()
        delivery_prices.install()
    except (ImportError, AttributeError):
        logger.exception("Goods for wholesale only can't be hidden, or delivery by contract priced")
    if conf.patch_schema:
        try:
            _extend_schema()
        except (ImportError, KeyError, AttributeError):
            # A Saleor we don't know goes on selling at retail; the checks say what is missing.
            logger.exception("Saleor's schema couldn't be extended")
    from . import checks

    checks.register()


def contract_prices(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Middleware: who signed in reads through our registry of loaders, for the legal entity
    that the request names, where it names one (:func:`~b2b_overlay.graphql.context.buying_for`).

    What a B2B field of the request has switched on for the rest of it (:func:`_enter`) ends
    here.
    """
    from saleor.core.auth import get_token_from_request
    from saleor.core.db.connection import allow_writer

    from b2b_overlay.graphql.context import buying_for

    def middleware(request: Any) -> HttpResponse:
        language.heard(request)
        if get_token_from_request(request) or _prices_are_hidden():
            from .loaders import Registry

            request.dataloaders = Registry()
        with ExitStack() as rest:
            request.b2b_rest = rest
            try:
                with allow_writer():
                    rest.enter_context(buying_for(request, partial(_who_asks, request)))
            except GraphQLError as error:
                return JsonResponse({"errors": [{"message": error.message}]}, status=400)
            return get_response(request)

    return middleware


def _who_asks(request: HttpRequest) -> Any:
    """The customer whose token this is; None: nobody, or it holds no more."""
    from jwt import PyJWTError
    from saleor.core.auth_backend import load_user_from_request

    try:
        return load_user_from_request(request) if is_on() else None
    except PyJWTError:
        return None


def _prices_are_hidden() -> bool:
    from .visibility import prices_are_hidden

    return prices_are_hidden()


def before_an_order(
    instance: Any, update_fields: Collection[str] | None = None, **_signal: Any
) -> None:
    """Saleor's ``Order`` is saved: when it is new and comes from a checkout, or was a draft until
    now, the last look."""
    if instance._state.adding and instance.checkout_token and is_on():
        from .gatekeeping import last_look

        last_look(instance)
    elif _of_a_draft(instance) and "status" in (update_fields or ()) and is_on():
        from .gatekeeping import becomes_order

        becomes_order(instance)
    elif hasattr(instance, "b2b_notes"):
        from .order_notes import keep

        keep(instance)


def _of_a_draft(order: Any) -> bool:
    """Was it a draft that is none now? (Each change of its status, whoever saves it.)"""
    from saleor.order import OrderOrigin, OrderStatus

    return order.origin == OrderOrigin.DRAFT and order.status in (
        OrderStatus.UNFULFILLED,
        OrderStatus.UNCONFIRMED,
    )


def _extend_schema() -> None:
    from saleor.graphql.checkout.schema import CheckoutMutations, CheckoutQueries
    from saleor.graphql.checkout.types import Checkout
    from saleor.graphql.order.mutations.draft_order_complete import DraftOrderComplete
    from saleor.graphql.order.schema import OrderQueries
    from saleor.graphql.plugins.schema import PluginsMutations, PluginsQueries
    from saleor.graphql.query_cost_map import COST_MAP

    from b2b_overlay.graphql import Mutations, Queries
    from b2b_overlay.graphql.carts import problems_field
    from b2b_overlay.graphql.measures import measure_field

    from . import listing, measures, quantity_limit
    from .privacy import only_for_its_own, only_of_its_own

    _mix(PluginsQueries, Queries)
    _mix(PluginsQueries, listing.Queries)
    COST_MAP["Query"]["b2bProducts"] = COST_MAP["Query"]["products"]
    _mix(PluginsMutations, Mutations)
    Checkout._meta.fields["b2b_problems"] = problems_field(_problems)
    for theirs, measured in measures.FIELDS.items():
        theirs._meta.fields["b2b_measure"] = measure_field(_measuring(measured))
    complete = vars(CheckoutMutations)["checkout_complete"]
    complete.resolver = _completing(complete.resolver)
    DraftOrderComplete.validate_order = staticmethod(_gated(DraftOrderComplete.validate_order))
    for theirs, name in (
        (CheckoutQueries, "resolve_checkout"),
        (OrderQueries, "resolve_order"),
        (OrderQueries, "resolve_order_by_token"),
    ):
        setattr(theirs, name, staticmethod(only_for_its_own(getattr(theirs, name))))
    for field in cart_mutations():
        field.resolver = only_of_its_own(field.resolver)
    again = vars(CheckoutMutations)["checkout_create_from_order"]
    again.resolver = _telling_us(again.resolver)
    made = vars(CheckoutMutations)["order_create_from_checkout"]
    made.resolver = _with_codes_of_its_own(made.resolver)
    quantity_limit.install()


def _telling_us(make: Callable[..., Any]) -> Callable[..., Any]:
    """``checkoutCreateFromOrder`` makes a cart and tells no plugin of it (3.23): we are told here,
    before its answer is resolved."""

    @wraps(make)
    def making(root: Any, info: Any, **arguments: Any) -> Any:
        from saleor.core.db.connection import allow_writer

        from b2b_overlay.ordering import checkouts

        from . import carts
        from .shop import SaleorShop

        payload = make(root, info, **arguments)
        made = getattr(payload, "checkout", None)
        if made is not None and is_on():
            with allow_writer():
                if carts.may_be_wholesale(made.node):
                    checkouts.changed(SaleorShop(exact=False), str(made.node.pk))
                    carts.refresh(made.node, displaced=None)
        return payload

    return making


def _with_codes_of_its_own(make: Callable[..., Any]) -> Callable[..., Any]:
    """``orderCreateFromCheckout``, by which apps of the shop order."""

    @wraps(make)
    def making(root: Any, info: Any, **arguments: Any) -> Any:
        from saleor.checkout.error_codes import OrderCreateFromCheckoutErrorCode

        from .gatekeeping import answering

        with answering(OrderCreateFromCheckoutErrorCode):
            return make(root, info, **arguments)

    return making


def cart_mutations() -> list[graphene.Field]:
    """Saleor's mutations that whoever holds a checkout's id may call, and that answer with it or
    change it. ``checkoutComplete`` has the gate; those for apps and staff their permissions."""
    from saleor.graphql.checkout.schema import CheckoutMutations
    from saleor.graphql.meta.schema import MetaMutations
    from saleor.graphql.payment.schema import PaymentMutations
    from saleor.graphql.shipping.schema import ShippingMutations

    others = (
        (MetaMutations, ("update_metadata", "delete_metadata")),
        (PaymentMutations, ("payment_gateway_initialize", "transaction_initialize")),
        (ShippingMutations, ("delivery_options_calculate",)),
    )
    of_carts = [
        field
        for name, field in vars(CheckoutMutations).items()
        if name.startswith("checkout_") and name not in ("checkout_complete", "checkout_create")
    ]
    return of_carts + [vars(theirs)[name] for theirs, names in others for name in names]


def _mix(theirs: type[graphene.ObjectType], ours: type[graphene.ObjectType]) -> None:
    """Give Saleor's class our fields and resolvers, each behind the switch."""
    for name, field in ours._meta.fields.items():
        if field.resolver:
            field.resolver = _switched(field.resolver)
        setattr(theirs, name, field)
        if resolver := getattr(ours, f"resolve_{name}", None):
            setattr(theirs, f"resolve_{name}", staticmethod(_switched(resolver)))


def _problems(root: Any, info: Any) -> list[Any]:
    """Of a ``Checkout``, whose root Saleor wraps (3.23: ``SyncWebhookControlContext``)."""
    from b2b_overlay.graphql.carts import problems

    if not is_on():
        return []
    _enter(info.context)
    return problems(info, str(root.node.pk))


def _measuring(measured: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Off, nothing has a measure."""
    from b2b_overlay.graphql.measures import Measured

    def measuring(root: Any, info: Any) -> Any:
        if not is_on():
            return Measured(None, None, None)
        _enter(info.context)
        return measured(root, info)

    return measuring


def _switched(resolver: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse while the plugin is off; speak the language the client asked for."""

    @wraps(resolver)
    def guarded(root: Any, info: Any, **arguments: Any) -> Any:
        _enter(info.context)
        if not is_on():
            raise GraphQLError(_("B2B is switched off in this shop."))
        found = resolver(root, info, **arguments)
        if info.operation.operation == "mutation":
            from .loaders import forget

            forget(info.context)
        return found

    return guarded


def _enter(request: HttpRequest) -> None:
    """From here to the end of the request: the language the client asked for, and reads of
    the overlay's own tables where Saleor keeps a replica (they are on the writer)."""
    rest: ExitStack | None = getattr(request, "b2b_rest", None)
    if rest is not None:
        from saleor.core.db.connection import allow_writer

        rest.enter_context(allow_writer())
        rest.enter_context(translation.override(translation.get_language_from_request(request)))


def _completing(complete: Callable[..., Any]) -> Callable[..., Any]:
    """``checkoutComplete`` with an order on account allowed where the terms say so."""

    @wraps(complete)
    def completing(root: Any, info: Any, **arguments: Any) -> Any:
        from . import on_account

        user = info.context.user
        checkout = on_account.admitted(user, arguments) if user and is_on() else None
        if checkout is None:
            return complete(root, info, **arguments)
        _enter(info.context)
        with on_account.authorised(checkout, user):
            return complete(root, info, **arguments)

    return completing


def _gated(validate: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Saleor's own question whether an order is a draft, asked before the transaction that makes
    it an order, with our gate after it."""

    @wraps(validate)
    def validated(order: Any) -> Any:
        found = validate(order)
        if is_on():
            from .gatekeeping import of_draft

            of_draft(order)
        return found

    return validated
