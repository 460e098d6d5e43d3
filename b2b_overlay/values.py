"""Values: small, equal by what they hold, not changed once made, and cheap to make.

A catalogue page makes some thousands of them (a sum, a price, an answer for each good), and a
frozen dataclass costs three times as much to make as one that isn't: it sets each field through
``object.__setattr__``. So whoever changes a value is told by the type checker, which takes these
classes for frozen, and not by the interpreter.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

__all__ = ["value"]

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def value(cls: type[T]) -> type[T]:
    """Make a class of annotated fields a value: with slots, equal and hashed by them."""
    return dataclass(slots=True, unsafe_hash=True)(cls)
