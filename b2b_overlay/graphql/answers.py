"""What every B2B query keeps to: the desk's answers are the desk's, what isn't the user's is
null and tells nothing, and no list is longer than told."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.core.exceptions import ObjectDoesNotExist
from graphql import GraphQLError

from b2b_overlay.company import access
from b2b_overlay.conf import conf

from .context import current_user

__all__ = ["demand_app_or_desk", "demand_desk", "or_null", "page"]

R = TypeVar("R")


def demand_desk(info: Any) -> Any:
    """The desk's user; for anybody else there is an error in place of an answer."""
    user = current_user(info)
    if not access.is_desk(user):
        raise GraphQLError("PERMISSION_DENIED: only the shop's staff may ask for this.")
    return user


def demand_app_or_desk(info: Any) -> None:
    """The desk's user, or an app of the shop that was given the desk's permission."""
    app = getattr(info.context, "app", None)
    if app is None or not conf.desk_permission or not app.has_perm(conf.desk_permission):
        demand_desk(info)


def or_null(resolve_one: Callable[..., R]) -> Callable[..., R | None]:
    """What isn't there, isn't his or can't be read is null, and tells nothing."""

    @wraps(resolve_one)
    def resolved(*args: Any, **kwargs: Any) -> R | None:
        try:
            return resolve_one(*args, **kwargs)
        except ObjectDoesNotExist:
            return None

    return resolved


def page(first: int, offset: int = 0, *, most: int = 100) -> slice:
    """Which rows of a list were asked for: ``found[page(first)]``."""
    start = max(0, offset)
    return slice(start, start + max(0, min(first, most)))
