"""What a CommerceML file holds, and what is wrong with it.

A fold over the reader's items: `Contents.add` counts records, `CHECKS` look at each for
what is readable but doubtful. Memory grows with the ids in the file (to tell repeated ones)
and not with its size. The names of the counts are those of the project's collection of
real files, so that any other counter can be held against this one.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from onec_bridge.commerceml import records as r
from onec_bridge.commerceml.archive import Opened, read_opened
from onec_bridge.commerceml.records import Problem, Severity, Source
from onec_bridge.commerceml.schema import RECORDS
from onec_bridge.commerceml.values import currency_code, write_number

MOST_KEPT = 1000
"""Problems kept a code and file; the rest are only counted."""

ELEMENTS: dict[type, str] = {
    r.ClassifierHeader: "el_Классификатор",
    r.CatalogHeader: "el_Каталог",
}
"""Headers that are counted under their element's name; offer packages have two names."""


@dataclass(slots=True)
class Contents:
    """All that is known about one file after reading it."""

    name: str
    size: int
    """Bytes, unpacked."""
    header: r.Header | None = None
    counts: Counter[str] = field(default_factory=Counter)
    sums: defaultdict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    ids: defaultdict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(dict))
    """Kind → id → line where it was first. No id counts as an id, the empty one."""
    operations: Counter[str] = field(default_factory=Counter)
    prices_by_type: Counter[str] = field(default_factory=Counter)
    price_types: dict[str, str] = field(default_factory=dict)
    """Id → name, as far as the file describes them."""
    warehouses: set[str] = field(default_factory=set)
    """Ids, as far as the file describes them."""
    unknown: Counter[str] = field(default_factory=Counter)
    """Elements this package doesn't know."""
    problems: list[Problem] = field(default_factory=list)
    problem_counts: Counter[tuple[Severity, str]] = field(default_factory=Counter)
    names: dict[str, str] = field(default_factory=dict)
    """Ids that a kept problem is about → what the file calls them."""
    _last: tuple[str, str] = ("", "")
    """Id and name of the record read last: a reader's problems follow their record."""

    def note(self, problem: Problem) -> None:
        """Count a problem, and keep it if there aren't too many of its kind."""
        key = problem.severity, problem.code
        self.problem_counts[key] += 1
        if self.problem_counts[key] <= MOST_KEPT:
            self.problems.append(problem)
            ident, name = self._last
            about = problem.source.external_id
            self.names.setdefault(about, name if about == ident else "")

    def add(self, record: r.Record) -> None:
        """Count a record."""
        _ADD[type(record)](self, record)
        ident, name = record.source.external_id, getattr(record, "name", None) or ""
        self._last = ident, name
        if name and ident in self.names:
            self.names[ident] = name

    def has(self, severity: Severity) -> bool:
        """Is there any problem as bad as that?"""
        return any(found is severity for found, _ in self.problem_counts)

    @property
    def error(self) -> str | None:
        """Why the file could not be read to its end."""
        fatal = [p for p in self.problems if p.severity is Severity.FATAL]
        return fatal[0].text("en") if fatal else None

    def as_json(self) -> dict[str, Any]:
        """Facts and counts under their public names; counts of zero are left out."""
        header = self.header
        facts: dict[str, Any] = {
            "bom": header.bom if header else False,
            "encoding": (header and header.declared_encoding) or "(none declared)",
            "error": self.error,
            "file_bytes": self.size,
            "namespace": header.namespace if header else None,
            "schema": header.schema if header else None,
        }
        facts |= {name: count for name, count in self.counts.items() if count}
        facts |= {name: write_number(total) for name, total in self.sums.items() if total}
        facts |= {f"distinct_{kind}s": len(ids) for kind, ids in self.ids.items() if ids}
        if self.operations:
            facts["operations"] = dict(self.operations)
        return dict(sorted(facts.items()))


def inspect(opened: Opened, *, also: Callable[[r.Record], None] = lambda record: None) -> Contents:
    """Read a file to its end and tell what it holds; ``also`` is shown each record."""
    contents = Contents(opened.name, opened.size)
    for item in read_opened(opened, unknown=contents.unknown):
        if isinstance(item, Problem):
            contents.note(item)
            continue
        for check in CHECKS.get(type(item), ()):
            for problem in check(item, contents):
                contents.note(problem)
        contents.add(item)
        also(item)
    return contents


# --- Counting ---------------------------------------------------------------------------


def _add_header(contents: Contents, header: Any) -> None:
    if isinstance(header, r.Header):
        contents.header = header
        return
    if isinstance(header, r.OfferPackageHeader):
        name = "ИзмененияПакетаПредложений" if header.is_changes_package else "ПакетПредложений"
        contents.counts[f"el_{name}"] += 1
        stated = None if header.is_changes_package else header.only_changes
    else:
        if type(header) in ELEMENTS:
            contents.counts[ELEMENTS[type(header)]] += 1
        stated = header.only_changes
    if stated is not None:
        contents.counts[f"only_changes_{str(stated).lower()}"] += 1


def _add_group(contents: Contents, group: r.Group) -> None:
    contents.counts["groups"] += 1
    _remember(contents, "group_id", group.id, group.source)


def _add_price_type(contents: Contents, price_type: r.PriceType) -> None:
    contents.counts["price_types"] += 1
    _remember(contents, "price_type_id", price_type.id, price_type.source)
    contents.price_types[price_type.id] = price_type.name or price_type.id


def _add_warehouse(contents: Contents, warehouse: r.Warehouse) -> None:
    contents.counts["warehouses"] += 1
    contents.warehouses.add(warehouse.id)


def _add_product(contents: Contents, product: r.Product) -> None:
    contents.counts.update(
        products=1,
        products_deleted=product.deleted,
        product_images=len(product.images),
        product_property_rows=len(product.properties),
    )
    _remember(contents, "product_id", product.id, product.source)
    contents.prices_by_type.update(price.price_type_id for price in product.prices)


def _add_offer(contents: Contents, offer: r.Offer) -> None:
    contents.counts.update(
        offers=1,
        offers_with_hash_id="#" in offer.id,
        offers_with_quantity=offer.quantity is not None,
        prices=len(offer.prices),
        prices_zero=sum(not price.amount for price in offer.prices),
        stock_rows=sum(
            row.kind is r.StockKind.WAREHOUSE or row.warehouse_id is not None for row in offer.stock
        ),
        rest_rows=sum(row.kind is r.StockKind.REST for row in offer.stock),
    )
    _remember(contents, "offer_id", offer.id, offer.source)
    contents.sums["sum_offer_quantity"] += offer.quantity or 0
    contents.prices_by_type.update(price.price_type_id for price in offer.prices)


def _add_counterparty(contents: Contents, counterparty: r.Counterparty) -> None:
    contents.counts["counterparties"] += 1
    contents.counts["counterparties_with_inn"] += bool(counterparty.inn)


def _add_document(contents: Contents, document: r.Document) -> None:
    requisites = len(document.requisites)
    requisites += sum(len(line.requisites) for line in document.lines)
    requisites += sum(len(party.requisites) for party in document.counterparties)
    contents.counts.update(
        documents=1,
        document_lines=len(document.lines),
        document_requisites=requisites,
        counterparties_in_documents=len(document.counterparties),
    )
    _remember(contents, "document_id", document.id, document.source)
    _remember(contents, "document_number", document.number or "", document.source)
    contents.sums["sum_document_sum"] += document.total or 0
    contents.sums["sum_line_quantity"] += sum((line.quantity or 0) for line in document.lines)
    if document.operation:
        contents.operations[document.operation] += 1


def _add_statement(contents: Contents, statement: r.Statement) -> None:
    contents.counts.update(statements=1, statement_documents=len(statement.documents))
    _remember(contents, "statement_id", statement.id, statement.source)


def _count_as(name: str) -> Callable[[Contents, Any], None]:
    def count(contents: Contents, record: Any) -> None:
        contents.counts[name] += 1

    return count


def _remember(contents: Contents, kind: str, ident: str, source: Source) -> None:
    contents.ids[kind].setdefault(ident, source.line)


_ADD: dict[type, Callable[[Contents, Any], None]] = {
    r.Header: _add_header,
    r.ClassifierHeader: _add_header,
    r.CatalogHeader: _add_header,
    r.OfferPackageHeader: _add_header,
    r.CounterpartyListHeader: _add_header,
    r.Directory: _count_as("directories"),
    r.DirectoryRow: _count_as("directory_rows"),
    r.Group: _add_group,
    r.Property: _count_as("properties"),
    r.PriceType: _add_price_type,
    r.Warehouse: _add_warehouse,
    r.Unit: _count_as("units"),
    r.Product: _add_product,
    r.Offer: _add_offer,
    r.Counterparty: _add_counterparty,
    r.Document: _add_document,
    r.SettlementListHeader: _add_header,
    r.Partner: _count_as("partners"),
    r.Manager: _count_as("managers"),
    r.Contract: _count_as("contracts"),
    r.Statement: _add_statement,
}


# --- Checks: from a record, and what came before it, to warnings ------------------------


def _warn(code: str, source: Source, place: str, value: str = "", **params: str) -> Problem:
    return Problem(code, Severity.WARNING, source, place, value, params)


def check_prices(offer: r.Offer | r.Product, contents: Contents) -> Iterator[Problem]:
    """Amounts that sell nothing, types and currencies that nobody described."""
    for price in offer.prices:
        ident = price.price_type_id
        label = contents.price_types.get(ident, ident)
        if price.amount <= 0:
            code = "negative_price" if price.amount < 0 else "zero_price"
            amount = write_number(price.amount)
            place = "ЦенаЗаЕдиницу"
            yield _warn(code, price.source, place, amount, price_type=label)
        if contents.price_types and ident and ident not in contents.price_types:
            place = "ИдТипаЦены"
            yield _warn("unknown_price_type", price.source, place, ident, price_type=ident)
        yield from _check_currency(price.currency, price.source, "Валюта")


def check_stock(offer: r.Offer, contents: Contents) -> Iterator[Problem]:
    """Negative numbers, and warehouses missing from the file's own list."""
    if offer.quantity is not None and offer.quantity < 0:
        yield _warn("negative_stock", offer.source, "Количество", write_number(offer.quantity))
    for row in offer.stock:
        if row.quantity < 0:
            yield _warn("negative_stock", offer.source, row.kind, write_number(row.quantity))
        ident = row.warehouse_id
        if contents.warehouses and ident and ident not in contents.warehouses:
            yield _warn("unknown_warehouse", offer.source, row.kind, ident, warehouse=ident)


def check_contract(contract: r.Contract, contents: Contents) -> Iterator[Problem]:
    """Price types that the file's own list doesn't have."""
    for ident in contract.price_type_ids:
        if contents.price_types and ident not in contents.price_types:
            yield _warn("unknown_price_type", contract.source, "ВидыЦен", ident, price_type=ident)


def check_currency(
    record: r.PriceType | r.Document | r.Contract, contents: Contents
) -> Iterator[Problem]:
    """The currency of a price type or document."""
    yield from _check_currency(record.currency, record.source, "Валюта")


def _check_currency(text: str | None, source: Source, place: str) -> Iterator[Problem]:
    if text and currency_code(text) is None:
        yield _warn("unknown_currency", source, place, text)


def check_counterparty(party: r.Counterparty, contents: Contents) -> Iterator[Problem]:
    """INN and KPP that 1C itself would drop (section 6)."""
    inn, kpp = party.inn, party.kpp
    if inn and not (inn.isdecimal() and len(inn) in {10, 12}):
        yield _warn("bad_inn_length", party.source, "ИНН", inn)
    if kpp and len(kpp) != 9:
        yield _warn("bad_kpp_length", party.source, "КПП", kpp)


def check_document(document: r.Document, contents: Contents) -> Iterator[Problem]:
    """What UT 11 would stumble over in an order (section 5)."""
    number = document.number or ""
    if len(number) > 11:
        yield _warn("long_document_number", document.source, "Номер", number)
    lines = sum((line.total or Decimal(0)) for line in document.lines)
    if document.lines and document.total is not None and lines != document.total:
        total = write_number(document.total)
        words = write_number(Decimal(lines))
        yield _warn("total_mismatch", document.source, "Сумма", total, lines=words)
    for party in document.counterparties:
        yield from check_counterparty(party, contents)


def check_repeated(record: r.Product | r.Offer, contents: Contents) -> Iterator[Problem]:
    """The same id twice in one file: only the last can hold."""
    kind = "product_id" if isinstance(record, r.Product) else "offer_id"
    yield from _check_repeated(record, kind, contents)


def _check_repeated(
    record: r.Product | r.Offer | r.Statement, kind: str, contents: Contents
) -> Iterator[Problem]:
    first = contents.ids[kind].get(record.id)
    if record.id and first is not None:
        yield _warn("repeated_id", record.source, "Ид", record.id, first=str(first))


def check_statement(statement: r.Statement, contents: Contents) -> Iterator[Problem]:
    """Currencies nobody knows, and a counterparty told twice: the second replaces the first."""
    for document in statement.documents:
        yield from _check_currency(document.currency, document.source, "Валюта")
    yield from _check_repeated(statement, "statement_id", contents)


def check_lengths(record: Any, contents: Contents) -> Iterator[Problem]:
    """Texts that 1C has no room for, by the description; its own schema forbids them."""
    for name, place, longest in _LIMITED.get(type(record), ()):
        text = getattr(record, name)
        if text and len(text) > longest:
            yield _warn("too_long", record.source, place, text[:80], longest=str(longest))


_LIMITED: dict[type, list[tuple[str, str, int]]] = {
    shape.record: [
        (field.name, field.elements[0], field.longest)
        for field in shape.fields
        if field.longest and not field.many
    ]
    for shape in RECORDS.values()
    if isinstance(shape.record, type)
}

CHECKS: dict[type, tuple[Callable[[Any, Contents], Iterator[Problem]], ...]] = {
    r.Product: (check_repeated, check_prices, check_lengths),
    r.Offer: (check_repeated, check_prices, check_stock, check_lengths),
    r.PriceType: (check_currency,),
    r.Document: (check_currency, check_document, check_lengths),
    r.Counterparty: (check_counterparty, check_lengths),
    r.Contract: (check_currency, check_contract),
    r.Statement: (check_statement,),
}
"""Kind of record → what looks at it."""
