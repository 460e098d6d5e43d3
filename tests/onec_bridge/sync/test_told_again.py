"""Goods told again to the letter aren't read again: what comes of it is what the long way gives."""

from __future__ import annotations

from io import BytesIO

import pytest
from django.db import transaction
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from test_goods import GROUPS, TYPES, offer, offers, price

from b2b_overlay.pricing.models import VariantFacts
from onec_bridge.commerceml.reader import read
from onec_bridge.models import Connection, Link, MappingRule
from onec_bridge.sync import apply_file, products
from onec_bridge.sync.links import Links
from onec_bridge.sync.models import Kind
from sandbox import models

GOODS = ("p0", "p1", "p2")
#: The shop's own, which 1C knows as p2.
OWN = "p2"


def record(ident: str, name: str, value: str, maker: str, deleted: bool, group: str) -> str:
    return (
        f"<Товар><Ид>{ident}</Ид><Наименование>{name}</Наименование><Группы><Ид>{group}</Ид></Группы>"
        f"<Описание>{name}, {value}</Описание><ЗначенияСвойств><ЗначенияСвойства><Ид>s1</Ид>"
        f"<Значение>{value}</Значение></ЗначенияСвойства></ЗначенияСвойств><ЗначенияРеквизитов>"
        f"<ЗначениеРеквизита><Наименование>Марка</Наименование><Значение>{maker}</Значение>"
        "</ЗначениеРеквизита></ЗначенияРеквизитов>"
        f"<ПометкаУдаления>{str(deleted).lower()}</ПометкаУдаления></Товар>"
    )


def described(name: str, value: str) -> str:
    return (
        f"<Классификатор><Свойства><Свойство><Ид>s1</Ид><Наименование>{name}</Наименование>"
        f"<ВариантыЗначений><Справочник><ИдЗначения>v1</ИдЗначения><Значение>{value}</Значение>"
        "</Справочник></ВариантыЗначений></Свойство></Свойства></Классификатор>"
    )


def catalogue(*records: str) -> str:
    # Of the first of a shape the reader learns; those that follow are made by what it learned.
    shape = record("p-shape", "Образец", "v9", "Нет", False, "g2")
    return f"<Каталог><Товары>{shape}{''.join(records)}</Товары></Каталог>"


RECORDS = st.builds(
    record,
    st.sampled_from([*GOODS, "p3", "p3#c"]),
    st.sampled_from(["Шланг", "Лейка"]),
    st.sampled_from(["v1", "v2"]),
    st.sampled_from(["Флора", "Полив"]),
    st.booleans(),
    st.sampled_from(["g1", "g2", "g3"]),
)
FILES = st.lists(RECORDS, min_size=1, max_size=3).map(lambda rows: catalogue(*rows))
STEPS = st.one_of(
    FILES,
    st.just("again"),
    st.builds(described, st.sampled_from(["Производитель", "Цвет"]), st.sampled_from("АБ")),
    st.just(offers(*(offer(price("dealer", "70.00"), ident=pk) for pk in GOODS))),
    st.sampled_from(["texts", "rule", "no rule"]),
)
BOTH = ("Шланг", "v1", "Флора", False, "g2")
PLAIN = catalogue(*(record(pk, *BOTH) for pk in GOODS))


def played(steps: list[str], *, fast: bool) -> tuple[list[object], list[str]]:
    """What came of each file, and all that is kept of the goods in the end."""
    connection = Connection.objects.get()
    told: list[object] = []
    own = models.Product.objects.create(name="Тяпка", category=models.Category.objects.create())
    variant = models.Variant.objects.create(product=own)
    for kind, local in (("product", own.pk), ("offer", variant.pk)):
        data = {"told": {"deleted": False}, "product": str(own.pk)}
        Link.objects.create(
            connection=connection,
            kind=kind,
            external_id=OWN,
            local_id=str(local),
            parent_id=OWN,
            data=data,
        )
    last = PLAIN
    for number, step in enumerate([GROUPS + TYPES, PLAIN, *steps]):
        if step == "texts":
            Connection.objects.update(owns_texts=not connection.owns_texts)
            connection.refresh_from_db()
        elif step == "rule":
            rule = {"target": "manufacturer", "place": "requisite", "name": "Марка"}
            MappingRule.objects.get_or_create(connection=connection, **rule)
        elif step == "no rule":
            MappingRule.objects.all().delete()
        else:
            last = last if step == "again" else step
            told.append(take(connection, last, f"{number}.xml", fast=fast))
    links = [
        (link.kind, link.external_id, bool(link.local_id), {**link.data, "digest": None})
        for link in Link.objects.order_by("kind", "external_id")
    ]
    for _kind, _pk, _local, data in links:
        data.pop("product", None)
    goods = models.Product.objects.order_by("name", "external_reference")
    rows = goods.values_list("name", "description", "category__name")
    facts = VariantFacts.objects.order_by("variant_id").values_list("manufacturer", "price_group")
    return told, [*map(str, links), *map(str, rows), *map(str, facts)]


def take(connection: Connection, inside: str, name: str, *, fast: bool) -> object:
    content = f'<КоммерческаяИнформация ВерсияСхемы="2.07">{inside}</КоммерческаяИнформация>'
    records = read(BytesIO(content.encode()), name, fast=fast)
    return apply_file(connection, records, file_name=name).counts


@settings(
    max_examples=20,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(st.lists(STEPS, max_size=6))
@example([described("Производитель", "А"), PLAIN, described("Производитель", "Б"), PLAIN])
@example([catalogue(record(pk, *BOTH)) for pk in ("p3#c", "p3", "p3#c", "p3")])
@example([offers(offer(ident="p1")), PLAIN, "texts", PLAIN, "rule", PLAIN, "no rule", PLAIN])
def test_it_is_as_if_every_record_were_read(connection, steps):
    both = []
    for fast in (True, False):
        with transaction.atomic():
            both.append(played(steps, fast=fast))
            transaction.set_rollback(True)

    assert both[0] == both[1]


def test_what_is_told_again_isnt_read(take, connection, monkeypatch):
    take(GROUPS + PLAIN)
    take(offers(*(offer(price("dealer", "70.00"), ident=pk) for pk in GOODS)))
    looked_at = []
    really = products.product_facts
    monkeypatch.setattr(
        products, "product_facts", lambda each: looked_at.append(each.id) or really(each)
    )

    again = take(PLAIN)
    changed = take(
        PLAIN.replace("<Ид>p2</Ид><Наименование>Шланг", "<Ид>p2</Ид><Наименование>Лейка")
    )

    # The first of a shape is always read, since the shape is learned from it.
    assert looked_at == ["p-shape", "p-shape", "p2"]
    assert again.counts == {"product": {"unchanged": 3, "parked": 1}}
    assert changed.counts == {"product": {"unchanged": 2, "parked": 1, "changed": 1}}


@pytest.mark.parametrize("entity", ["&quot;", "&#34;"])
def test_a_text_is_the_same_however_it_is_written(take, entity):
    take(GROUPS + PLAIN.replace("Шланг", 'Шланг "Люкс"'))

    again = take(PLAIN.replace("Шланг", f"Шланг {entity}Люкс{entity}"))

    assert again.counts == {"product": {"parked": 4}}


def test_what_was_changed_otherwise_is_read_again(take, connection):
    take(GROUPS + PLAIN)
    links = Links(connection)
    known = links.get(Kind.PRODUCT, "p1")
    links.put(Kind.PRODUCT, "p1", "", told={**known.data["told"], "name": "Тяпка"})
    links.save()

    take(PLAIN)

    assert Link.objects.get(kind="product", external_id="p1").data["told"]["name"] == "Шланг"
