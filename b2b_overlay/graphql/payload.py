"""What every B2B mutation answers, and who may call one."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import graphene
from django.core.exceptions import ObjectDoesNotExist
from django.db import transaction
from django.utils.translation import gettext as _

from b2b_overlay.company import access
from b2b_overlay.history import recorded
from b2b_overlay.shop import Refusal, Refused

from . import types
from .context import current_user
from .fields import list_of

__all__ = ["Payload", "desk", "signed_in"]


class Payload(graphene.Mutation):
    """What every B2B mutation answers: its own fields, and ``errors``.

    ``mutate`` runs in a transaction and is known to the history by the user and the mutation's
    name; what it refuses or can't find comes in ``errors``, and nothing is changed. With
    ``Meta.atomic = False`` its action has transactions of its own and goes on after them
    (carts, an order).
    """

    class Meta:
        abstract = True

    errors = list_of(
        types.B2BError,
        required=True,
        default_value=(),
        description="Why it was refused; empty: it is done.",
    )

    @classmethod
    def __init_subclass_with_meta__(cls, atomic: bool = True, **options: Any) -> None:
        def resolver(root: Any, info: Any, **arguments: Any) -> Any:
            try:
                with (
                    recorded(current_user(info), "graphql", info.field_name),
                    transaction.atomic() if atomic else nullcontext(),
                ):
                    return cls.mutate(root, info, **arguments)
            except Refused as refused:
                errors = [types.B2BError(code=r.code, message=r.message) for r in refused.refusals]
            except ObjectDoesNotExist:
                errors = [types.B2BError(code="NOT_FOUND", message=_("Not found."))]
            return cls(errors=errors)

        super().__init_subclass_with_meta__(resolver=resolver, **options)


def signed_in(info: Any) -> Any:
    user = current_user(info)
    if user is None:
        raise Refused(Refusal("PERMISSION_DENIED", _("Sign in first.")))
    return user


def desk(info: Any) -> Any:
    """The desk's user; asked before anything is looked up, so that a stranger learns nothing
    from the difference between «not found» and «not allowed»."""
    user = current_user(info)
    if not access.is_desk(user):
        raise Refused(Refusal("PERMISSION_DENIED", _("Only the shop's staff may do this.")))
    return user
