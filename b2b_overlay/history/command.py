"""Management commands whose changes the history knows by the command's name, and by that of the
file it was given."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand

from .context import recorded

__all__ = ["RecordedCommand"]


class RecordedCommand(BaseCommand):
    """What every command of ours is made of."""

    def execute(self, *args: Any, **options: Any) -> str | None:
        name = self.__module__.rpartition(".")[2]
        given = [each for each in options.values() if isinstance(each, Path) and each.is_file()]
        file = ", ".join(each.name for each in given)
        with recorded(None, "command", name, **({"file": file} if file else {})):
            return super().execute(*args, **options)
