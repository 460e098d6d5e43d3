# ruff: noqa: DTZ001 - local time of 1C has no zone
"""What the standard lacks, in our own elements: partners, managers, contracts, settlements."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal

from cml_helpers import only, problems, read_doc, records
from hypothesis import given, settings
from hypothesis import strategies as st

from onec_bridge.commerceml.reader import read
from onec_bridge.commerceml.records import (
    Contract,
    Header,
    Manager,
    Partner,
    SettlementDocument,
    SettlementListHeader,
    Statement,
)
from onec_bridge.commerceml.values import NO_LIMIT
from onec_bridge.commerceml.writer import Format, write_terms

NOON = dt.datetime(2026, 11, 25, 12, 0)
HOW = Format(generated_at=NOON, schema="2.10", bom=True)

filled = st.text("абвabc123-", min_size=1, max_size=12)
ids = st.lists(filled, max_size=3).map(tuple)
maybe = st.none()
money = st.decimals(-(10**9), 10**9, places=2)
days = st.dates(dt.date(2000, 1, 1))
partners = st.builds(
    Partner, id=filled, name=filled, parent_id=maybe | filled, counterparty_ids=ids
)
managers = st.builds(
    Manager, id=filled, name=filled, email=filled, partner_ids=ids, counterparty_ids=ids
)
contracts = st.builds(
    Contract,
    id=filled,
    number=maybe | filled,
    date=maybe | days,
    counterparty_id=filled,
    organization_inn=maybe | filled,
    currency=st.just("RUB"),
    price_type_ids=ids,
    has_price_types=st.just(True),
    payment=st.sampled_from(["Предоплата", "Отсрочка"]),
    payment_days=maybe | st.integers(0, 365).map(Decimal),
    credit_limit=maybe | st.just(NO_LIMIT) | st.decimals(0, 10**9, places=2),
    deleted=st.booleans(),
)
statements = st.builds(
    Statement,
    id=filled,
    documents=st.lists(
        st.builds(
            SettlementDocument,
            document=filled,
            date=maybe | days,
            amount=money,
            currency=st.just("руб."),
            due_date=maybe | days,
            contract_id=maybe | filled,
        ),
        max_size=3,
    ).map(tuple),
    told_at=st.just(NOON),
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(partners, max_size=2),
    st.lists(managers, max_size=2),
    st.lists(contracts, max_size=2),
    st.lists(statements, max_size=2),
    st.sampled_from(["utf-8", "windows-1251"]),
)
def test_terms_come_back_as_they_were_written(
    some_partners, some_managers, some_contracts, some_statements, encoding
) -> None:
    how = Format(generated_at=NOON, schema="2.10", encoding=encoding)
    settlements = SettlementListHeader(only_changes=False, told_at=NOON)

    data = write_terms(
        how,
        partners=some_partners,
        managers=some_managers,
        contracts=some_contracts,
        statements=some_statements,
        settlements=settlements,
    )

    header, *rest = read(io.BytesIO(b"".join(data)), "terms.xml")
    assert isinstance(header, Header)
    assert rest == [
        *some_partners, *some_managers, *some_contracts, settlements, *some_statements,
    ]  # fmt: skip


def test_a_limit_taken_off_and_a_limit_not_spoken_of_are_two_things() -> None:
    """An empty element is what 1C writes of a requisite that nobody filled.

    <КоммерческаяИнформация><Договоры>
    <Договор><Ид>1</Ид><ИдКонтрагента>к</ИдКонтрагента>
    <КредитныйЛимит>Без лимита</КредитныйЛимит></Договор>
    <Договор><Ид>2</Ид><ИдКонтрагента>к</ИдКонтрагента><КредитныйЛимит/></Договор>
    <Соглашение><Ид>3</Ид><ИдКонтрагента>к</ИдКонтрагента>
    <КредитныйЛимит>1 000,50</КредитныйЛимит></Соглашение>
    </Договоры></КоммерческаяИнформация>
    """
    items = read_doc(test_a_limit_taken_off_and_a_limit_not_spoken_of_are_two_things)

    found = [each for each in items if isinstance(each, Contract)]
    assert [each.credit_limit for each in found] == [NO_LIMIT, None, Decimal("1000.50")]


def test_a_sum_that_is_none_is_named_with_its_line_and_counterparty() -> None:
    """
    <КоммерческаяИнформация>
    <Взаиморасчеты СодержитТолькоИзменения="false" НаДату="2026-11-25T12:00:00">
    <РасчетыКонтрагента><Ид>к</Ид><Документы>
    <ДокументРасчетов><Документ>Реализация 1</Документ>
    <Сумма>много</Сумма></ДокументРасчетов>
    </Документы></РасчетыКонтрагента>
    </Взаиморасчеты></КоммерческаяИнформация>
    """
    items = read_doc(test_a_sum_that_is_none_is_named_with_its_line_and_counterparty)

    (problem,) = problems(items)
    assert (problem.code, problem.source.line, problem.source.external_id) == ("bad_number", 5, "к")
    assert only(items, Statement).told_at == NOON


def test_a_reader_that_doesnt_know_the_extension_passes_it_over() -> None:
    """Every other site reads by names of elements, and skips what it doesn't know.

    <КоммерческаяИнформация><Незнакомое><Договор><Ид>1</Ид></Договор></Незнакомое>
    </КоммерческаяИнформация>
    """
    items = read_doc(test_a_reader_that_doesnt_know_the_extension_passes_it_over)

    assert len(records(items)) == 1
