"""``manage.py onec_quality``: what there is to mend in 1C's base, as XLSX; and back again."""

from __future__ import annotations

from argparse import ArgumentParser
from io import BytesIO
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from django.utils.translation import get_language

from b2b_overlay.history import recorded
from b2b_overlay.history.command import RecordedCommand
from b2b_overlay.ordering.rearranging import scan_changed
from b2b_overlay.shop import get_shop
from onec_bridge.journal.problems import language as problem_language
from onec_bridge.sync.commands import connection_named
from onec_bridge.sync.mending import apply_mended, read_mended
from onec_bridge.sync.quality import write


class Command(RecordedCommand):
    help = (
        "Write what there is to mend in the counterparties of a 1C base (--out), or take the "
        "same file back, mended by hand (--load): only the cells that were changed are saved."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "connection", nargs="?", help="login of the 1C connection, if there are several"
        )
        action = parser.add_mutually_exclusive_group(required=True)
        action.add_argument("--out", type=Path, metavar="FILE.xlsx", help="write the report")
        action.add_argument("--load", type=Path, metavar="FILE.xlsx", help="take it back")
        parser.add_argument(
            "--dry-run", action="store_true", help="with --load: only show what would change"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        connection = connection_named(options["connection"])
        try:
            if options["out"]:
                with options["out"].open("wb") as target:
                    found = write(connection, target)
                self.stdout.write(f"{options['out']}: {found.rows} / {found.counterparties}")
                return
            content = options["load"].read_bytes()
        except OSError as error:
            raise CommandError(str(error)) from error
        name = options["load"].name
        if options["dry_run"]:
            read = read_mended(connection, BytesIO(content), name)
        else:
            with recorded(None, "command", "onec_quality", file=name):
                read = apply_mended(connection, BytesIO(content), name)
        for problem in read.problems:
            self.stderr.write(problem.line(problem_language(get_language())))
        if not read.is_readable:
            raise CommandError(name)
        for row in read.rows:
            for change in row.changes:
                self.stdout.write(
                    f"{change.cell}\t{row.entity.name}\t{change.label}\t"
                    f"{change.old or '—'} → {change.new or '—'}"
                )
        counts = {"changed": len(read.rows), "unchanged": read.unchanged, "refused": read.refused}
        self.stdout.write(str(counts))
        if not options["dry_run"]:
            scan_changed(get_shop())
