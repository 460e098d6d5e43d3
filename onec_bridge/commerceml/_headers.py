"""What stands around records: the file, and the containers that are open."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from onec_bridge.commerceml._build import Builder, Context
from onec_bridge.commerceml.records import Header, Problem, Severity, Source, schema_version
from onec_bridge.commerceml.schema import Values
from onec_bridge.commerceml.values import parse_datetime


@dataclass(slots=True)
class Frame:
    """A container that is open."""

    tag: str
    path: str
    line: int
    header: Builder | None = None
    values: Values = field(default_factory=dict)
    context: Context | None = None
    inherited: Values = field(default_factory=dict)
    """What the records within are told (`Shape.inherits`)."""


class Coding(NamedTuple):
    """How the file's bytes are read."""

    encoding: str
    declared: str | None
    bom: bool


def file_header(
    attributes: dict[str, str], prefix: str, source: Source, coding: Coding
) -> list[Header | Problem]:
    """КоммерческаяИнформация itself, and what is wrong with its attributes."""
    problems: list[Header | Problem] = []

    def warn(code: str, place: str, value: str) -> None:
        problems.append(Problem(code, Severity.WARNING, source, place, value))

    schema = attributes.get("ВерсияСхемы")
    if schema is not None and schema_version(schema) is None:
        warn("unknown_schema", "@ВерсияСхемы", schema)
    generated = attributes.get("ДатаФормирования", "")
    try:
        generated_at = parse_datetime(generated)
    except ValueError:
        generated_at = None
        warn("bad_header", "@ДатаФормирования", generated)
    header = Header(
        schema=schema,
        encoding=coding.encoding,
        namespace=attributes.get(f"xmlns:{prefix}" if prefix else "xmlns"),
        bom=coding.bom,
        generated_at=generated_at,
        declared_encoding=coding.declared,
        source=source,
    )
    return [header, *problems]
