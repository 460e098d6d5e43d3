"""``manage.py onec_match``: see and decide which goods of 1C the shop sells already."""

from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError

from b2b_overlay.history.command import RecordedCommand
from b2b_overlay.shop import Refused
from onec_bridge.commerceml.archive import read_path
from onec_bridge.commerceml.records import Problem, Record
from onec_bridge.sync import use_decisions
from onec_bridge.sync.commands import connection_named, files_in
from onec_bridge.sync.matching import Way
from onec_bridge.sync.models import Match
from onec_bridge.sync.preview import preview_matches
from onec_bridge.sync.supervision import decide, decide_renamed, undecided, undo


class Command(RecordedCommand):
    help = (
        "preview FILE|FOLDER: how the goods would be recognised, nothing written. "
        "list: what waits for a decision. decide ID VARIANT|new [--later], undo ID, apply, same."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--connection", help="login of the 1C connection, if there are several")
        actions = parser.add_subparsers(dest="action", required=True)
        preview = actions.add_parser("preview")
        preview.add_argument("path", type=Path, help="an XML, a zip, or a folder of them")
        preview.add_argument("--all", action="store_true", help="list new goods too")
        actions.add_parser("list")
        deciding = actions.add_parser("decide")
        deciding.add_argument("match", help="number in the list, or 1C's Ид of the offer")
        deciding.add_argument("variant", help="id of the shop's variant, or: new")
        deciding.add_argument("--later", action="store_true", help="use it at the next exchange")
        actions.add_parser("undo").add_argument("match")
        actions.add_parser("apply")
        actions.add_parser("same", help="all goods under new Ид are the ones known under the old")

    def handle(self, *args: Any, **options: Any) -> None:
        self.connection = connection_named(options["connection"])
        try:
            getattr(self, f"_{options['action']}")(options)
        except Refused as refused:
            raise CommandError(str(refused)) from refused

    def _preview(self, options: dict[str, Any]) -> None:
        def items() -> Iterator[Record | Problem]:
            for path in files_in(options["path"]):
                yield from read_path(path)

        found = preview_matches(self.connection, items())
        for offered, verdict in found.rows:
            if verdict.way is Way.NEW and not options["all"]:
                continue
            goods = [verdict.good] if verdict.good else [c.good for c in verdict.candidates]
            names = "; ".join(f"{g.name} [{g.variant_id}]" for g in goods) or "—"
            self.stdout.write(f"{verdict.way.value}\t{offered.article}\t{offered.name}\t→ {names}")
        for way, count in found.counts().items():
            self.stdout.write(f"{way}: {count}")

    def _list(self, options: dict[str, Any]) -> None:
        for match in undecided(self.connection):
            self.stdout.write(f"{match.pk}\t{match.why}\t{match.article}\t{match.name}")
            for candidate in match.candidates:
                self.stdout.write(
                    f"\t{candidate['score']}\t{candidate['variant_id']}\t{candidate['name']}"
                )

    def _decide(self, options: dict[str, Any]) -> None:
        variant = options["variant"]
        if variant != "new" and not variant.isdigit():
            raise CommandError("VARIANT is the id of a variant, or: new")
        decide(self._match(options["match"]), None if variant == "new" else int(variant))
        if not options["later"]:
            self._apply(options)

    def _undo(self, options: dict[str, Any]) -> None:
        undo(self._match(options["match"]))

    def _apply(self, options: dict[str, Any]) -> None:
        for kind, outcomes in use_decisions(self.connection).items():
            self.stdout.write(f"{kind}: {outcomes}")

    def _same(self, options: dict[str, Any]) -> None:
        self.stdout.write(str(decide_renamed(self.connection)))
        self._apply(options)

    def _match(self, text: str) -> Match:
        matches = Match.objects.filter(connection=self.connection)
        found = matches.filter(external_id=text).first() or (
            matches.filter(pk=int(text)).first() if text.isdigit() else None
        )
        if found is None:
            raise CommandError(f"There is no match {text}")
        return found
