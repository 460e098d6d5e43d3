"""What the documentation says that the code can check."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from io import BytesIO, StringIO
from pathlib import Path

import polib
import pytest
from django.core.management import call_command, get_commands
from graphql import parse, validate

import b2b_overlay.conf
import onec_bridge.conf
from onec_bridge.__main__ import SUBCOMMANDS
from onec_bridge.commerceml.reader import read
from onec_bridge.commerceml.records import (
    Contract,
    Document,
    Header,
    Manager,
    Partner,
    Problem,
    SettlementListHeader,
    Statement,
)
from onec_bridge.commerceml.writer import Format, write_orders, write_terms
from onec_bridge.models import Connection
from sandbox.graphql.schema import schema
from tools.docs import TABLES, printed

ROOT = Path(__file__).resolve().parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
READMES = ("README.md", "README.ru.md", "docs/onec.md")


def text(page: str | Path) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def lines_of_code(page: Path) -> Iterator[str]:
    """Each line of a block of code, and each span of code, of a page."""
    found = text(page)
    for block in re.findall(r"^ *```\w*\n(.*?)^ *```", found, re.S | re.M):
        yield from block.splitlines()
    yield from re.findall(r"`([^`\n]+)`", re.sub(r"^ *```.*?^ *```", "", found, flags=re.S | re.M))


def first_cells(page: str, after: str, before: str = "\n#") -> list[str]:
    """The first cell of each row of the tables between two places, code marks taken off."""
    part = text(page).partition(after)[2].partition(before)[0]
    rows = re.findall(r"^ *\| (.+?) \|", part, re.M)
    return [row.strip("`") for row in rows if not row.startswith("---")]


# ----------------------------------------------------------------- tables the code prints


def test_every_table_is_as_the_code_prints_it() -> None:
    stale = [str(page.relative_to(ROOT)) for page in PAGES if printed(text(page)) != text(page)]
    assert stale == [], "run: python -m tools.docs"


@pytest.mark.parametrize("name", TABLES)
def test_every_table_that_the_code_prints_stands_on_one_page(name: str) -> None:
    places = Counter(page for page in PAGES if f"<!-- {name} -->\n" in text(page))
    assert places.total() == 1


# ------------------------------------------------------------------------------- links


def anchors(page: Path) -> set[str]:
    """Ids of the page's headings, made as GitHub makes them."""
    headings = re.findall(r"^#+ (.+)$", text(page), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_relative_link_in_the_documentation_leads_somewhere() -> None:
    missing = []
    for page in PAGES:
        for link in re.findall(r"\]\((?!https?:|mailto:)([^)\s]+)\)", text(page)):
            target, _hash, anchor = link.partition("#")
            there = (page.parent / target).resolve() if target else page
            if not there.exists() or (anchor and anchor not in anchors(there)):
                missing.append(f"{page.relative_to(ROOT)}: {link}")
    assert missing == []


def test_no_page_names_a_folder_of_somebodys_machine() -> None:
    assert [page.name for page in PAGES if re.search(r"/(work|root|home)/", text(page))] == []


# ------------------------------------------------------------------------------ commands


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_in_the_documentation_exists(page: Path) -> None:
    makefile = text("Makefile")
    known = {
        "make": set(re.findall(r"^([a-z-]+):.*##", makefile, re.M)),
        "manage": set(get_commands()),
        "onec_bridge": set(SUBCOMMANDS),
        "sandbox": {"demo", "serve", "manage"},
        "tools": {path.stem for path in ROOT.glob("tools/*.py")},
    }
    unknown = [found for found in commands(page) if found[1] not in known[found[0]]]
    assert unknown == []


def commands(page: Path) -> Iterator[tuple[str, str]]:
    """(what runs it, its name) of every command in code."""
    for line in lines_of_code(page):
        if made := re.match(r"\s*make((?: [a-z-]+)+)(?=$| [A-Z]|\s+#)", line):
            yield from (("make", name) for name in made[1].split())
        yield from (("manage", name) for name in re.findall(r"manage\.py ([a-z0-9_]+)", line))
        yield from re.findall(r"-m (onec_bridge|sandbox) ([a-z]+)", line)
        yield from (("tools", name) for name in re.findall(r"-m tools\.([a-z]+)", line))


def test_every_command_of_the_bridge_is_documented() -> None:
    ours = {name for name, app in get_commands().items() if app in ("onec_bridge", "b2b_overlay")}
    assert {
        cell.removeprefix("manage.py ") for cell in first_cells("docs/admin.md", "| команда |")
    } >= ours


@pytest.mark.django_db
@pytest.mark.parametrize("page", READMES)
def test_the_fields_of_1cs_form_are_named_as_the_command_names_them(page: str) -> None:
    out = StringIO()
    call_command("onec_connect", "УТ 11", login="ut11", password="x", stdout=out)
    fields = re.findall(r"^  (\S+(?: \S+)*?)  ", out.getvalue(), re.M)

    assert len(fields) == 3
    assert [field for field in fields if f"| {field} |" not in text(page)] == []


# ------------------------------------------------------------------------------ settings


@pytest.mark.parametrize("module", [b2b_overlay.conf, onec_bridge.conf], ids=lambda m: m.__name__)
def test_every_setting_is_documented_and_no_other(module: object) -> None:
    names = re.findall(r"^``([A-Z_0-9]+)``$", module.__doc__ or "", re.M)
    prefix = names[0].partition("_")[0]

    rows = first_cells("docs/admin.md", "## Настройки", "\n## ")
    assert sorted(names) == sorted(cell for cell in rows if cell.startswith(f"{prefix}_"))


def test_every_field_of_a_connection_is_documented_and_no_other() -> None:
    fields = {field.name for field in Connection._meta.concrete_fields} - {"id", "created_at"}
    assert set(first_cells("docs/admin.md", "### Подключение")) - {"поле"} == fields


def test_every_system_check_is_documented_and_no_other() -> None:
    sources = [*ROOT.glob("b2b_overlay/**/*.py"), *ROOT.glob("onec_bridge/**/*.py")]
    code = re.compile(r'id="(?:\w+\.)([EW]\d+)"|Assumption\(\s*"(E\d+)"')
    used = {
        f"{source.relative_to(ROOT).parts[0]}.{found[1] or found[2]}"
        for source in sources
        for found in code.finditer(text(source))
    }
    assert set(first_cells("docs/admin.md", "## Что говорит")) - {"код"} == used


# -------------------------------------------------------------------------------- answers


def test_every_answer_named_to_the_1c_programmer_is_one_that_is_given() -> None:
    catalogue = polib.pofile(str(ROOT / "onec_bridge/locale/ru/LC_MESSAGES/django.po"))
    given = {re.sub(r"%\(\w+\)s", "…", entry.msgstr) for entry in catalogue}

    named = first_cells("docs/onec.md", "<!-- answers -->", "<!-- /answers -->")[1:]
    assert named
    assert [answer for answer in named if answer not in given] == []


# ------------------------------------------------------------------------------- examples


def test_the_example_of_an_order_is_what_the_writer_writes() -> None:
    example = (ROOT / "docs/examples/order.xml").read_bytes()
    items = list(read(BytesIO(example), "order.xml"))
    header = items[0]
    assert isinstance(header, Header)
    assert header.generated_at
    assert header.schema
    assert [item for item in items if isinstance(item, Problem)] == []

    documents = [item for item in items if isinstance(item, Document)]
    again = write_orders(documents, schema=header.schema, generated_at=header.generated_at)
    assert b"".join(again) == example
    assert [sum(line.total or 0 for line in each.lines) for each in documents] == [
        each.total for each in documents
    ]


def test_the_example_of_terms_is_what_the_writer_writes() -> None:
    example = (ROOT / "docs/examples/terms.xml").read_bytes()
    header, *items = read(BytesIO(example), "terms.xml")
    assert isinstance(header, Header)
    assert header.generated_at
    assert header.schema

    of_kind = {
        kind: [item for item in items if isinstance(item, kind)]
        for kind in (Partner, Manager, Contract, SettlementListHeader, Statement)
    }
    assert sum(map(len, of_kind.values())) == len(items)
    again = write_terms(
        Format(generated_at=header.generated_at, schema=header.schema),
        partners=of_kind[Partner],
        managers=of_kind[Manager],
        contracts=of_kind[Contract],
        settlements=of_kind[SettlementListHeader][0],
        statements=of_kind[Statement],
    )
    assert b"".join(again) == example


def test_the_b2b_fields_in_the_documentation_are_those_of_the_schema() -> None:
    roots = schema.get_query_type(), schema.get_mutation_type()
    names = [name for root in roots for name in root.fields if name.startswith("b2b")]
    part = text("docs/developer.md").partition("## GraphQL")[2].partition("```")[0]
    assert sorted(re.findall(r"`(b2b\w+)`", part)) == sorted(names)


def test_the_queries_in_the_developers_page_can_be_asked() -> None:
    queries = re.findall(r"```graphql\n(.*?)```", text("docs/developer.md"), re.S)
    assert queries
    assert [validate(schema, parse(query)) for query in queries] == [[] for _query in queries]
