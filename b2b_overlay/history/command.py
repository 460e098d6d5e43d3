"""Management commands whose changes the history knows by the command's name."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from .context import recorded

__all__ = ["RecordedCommand"]


class RecordedCommand(BaseCommand):
    """What every command of ours is made of."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        with recorded(None, "command", self.__module__.rpartition(".")[2]):
            return super().execute(*args, **options)
