"""in_practice.md, 20–33: goods."""

from __future__ import annotations

import tracemalloc

import pytest
from practice import (
    EXCHANGE,
    GROUPS,
    article,
    catalogue,
    cml,
    offer,
    offers,
    package_of,
    price,
    product,
)

from b2b_overlay.pricing.models import PriceList, VariantFacts
from onec_bridge.models import Connection, Link, Match, Parked
from onec_bridge.simulator import BITRIX, Package
from sandbox import models

EACH = offers(offer(price("retail", "1000")))


def names() -> list[str]:
    return sorted(models.Product.objects.values_list("name", flat=True))


@pytest.mark.parametrize("classifier", ["<Классификатор><Ид>c</Ид></Классификатор>", ""])
def test_20_a_classifier_without_groups_is_one(shop, classifier):
    shop.send({"import.xml": cml(classifier, catalogue(product(group=""))), "o.xml": cml(EACH)})

    assert names() == ["Шланг"]


def test_21_products_do_not_repeat_whatever_else_changes(shop, hose):
    for new in ("ШЛ-2", ""):
        named = product(name=f"Шланг {new}", inside=article(new))
        shop.send({"import0_1.xml": cml(catalogue(named)), "offers0_1.xml": cml(EACH)})

    assert models.Product.objects.count() == models.Variant.objects.count() == 1
    assert Link.objects.filter(kind="product", external_id="p1").count() == 1


def test_22_a_characteristic_sent_as_a_product_is_a_variant_of_it(shop):
    goods = catalogue(*(product(f"p1#c{n}", f"Шланг ({n} м)") for n in (1, 2)))
    rows = (offer(price("retail", "9"), ident=f"p1#c{n}", name=f"Шланг ({n} м)") for n in (1, 2))
    shop.send({"import0_1.xml": cml(GROUPS, goods), "offers0_1.xml": cml(offers(*rows))})

    assert models.Product.objects.get().variants.count() == 2


def test_22_a_package_of_changes_names_the_characteristic_apart(shop):
    rows = (offer(price("retail", "9"), ident=f"p1#c{n}", name=f"Шланг ({n} м)") for n in (1, 2))
    shop.send({"import.xml": cml(GROUPS, catalogue(product())), "o.xml": cml(offers(*rows))})
    changed = (
        "<ИзмененияПакетаПредложений><Ид>c#</Ид><ИдКаталога>c</ИдКаталога><Предложения>"
        "<Предложение><Ид>p1</Ид><ИдХарактеристики>c2</ИдХарактеристики><Количество>7</Количество>"
        "</Предложение></Предложения></ИзмененияПакетаПредложений>"
    )
    shop.send({"offers0_1.xml": cml(changed)})

    second = models.Variant.objects.get(external_reference="p1#c2")
    assert [stock.quantity for stock in second.stocks.all()] == [7]
    assert models.Variant.objects.count() == 2


def test_23_as_many_variants_as_offers_also_where_their_attributes_are_alike(shop):
    alike = (
        "<ХарактеристикиТовара><ХарактеристикаТовара><Наименование>Цвет</Наименование>"
        "<Значение>{}</Значение></ХарактеристикаТовара></ХарактеристикиТовара>"
    )
    rows = (
        offer(
            price("retail", "9"), ident=f"p1#c{n}", inside=alike.format("жёлтый" if n else "алый")
        )
        for n in range(4)
    )
    shop.send({"import.xml": cml(GROUPS, catalogue(product())), "o.xml": cml(offers(*rows))})

    assert models.Product.objects.get().variants.count() == 4


def test_24_goods_do_not_vanish_because_another_group_is_exported(shop, hose):
    other = product("p2", "Лейка", group="g1")
    rows = offers(offer(price("retail", "300"), ident="p2", name="Лейка"), full=True)
    base = shop.base(BITRIX)
    run = base.send_packages(
        _package(cml(GROUPS, catalogue(other, full=True)), cml(rows)), full=True
    )

    assert run.succeeded
    assert {step.mode for step in run.steps} >= {"deactivate", "complete"}
    hose.product.refresh_from_db()
    assert hose.product.is_published


@pytest.mark.parametrize(
    "marked",
    [
        '<Товар Статус="Удален"><Ид>p1</Ид><Наименование>Шланг</Наименование></Товар>',
        product(inside="<Статус>Удален</Статус>"),
        product(inside="<ПометкаУдаления>true</ПометкаУдаления>"),
    ],
)
def test_25_deleted_goods_are_off_sale_however_it_is_told(shop, firm, hose, marked):
    old = firm.order()
    shop.send({"import0_1.xml": cml(catalogue(marked))})

    hose.product.refresh_from_db()
    assert not hose.product.is_published
    assert old.lines.get(variant_id=hose.pk).name, "old orders keep it"


def test_26_a_text_written_in_the_shop_is_not_wiped(shop, hose):
    hose.product.description = "Написано на сайте"
    hose.product.save()
    for said in ("<Описание></Описание>", "", "<Описание/>"):
        shop.send({"import0_1.xml": cml(catalogue(product(inside=article("ШЛ-1") + said)))})

    hose.product.refresh_from_db()
    assert hose.product.description == "Написано на сайте"


def test_27_goods_whose_group_is_unknown_wait_in_one_of_their_own(shop):
    shop.send({"import0_1.xml": cml(catalogue(product())), "offers0_1.xml": cml(EACH)})
    assert models.Product.objects.get().category.name == "Без группы"
    assert "unknown_group" in shop.codes()

    shop.send({"import0_2.xml": cml(GROUPS)})
    assert models.Product.objects.get().category.name == "Шланги"


def test_28_a_root_group_that_only_repeats_the_catalogue_can_be_lifted(shop):
    rooted = GROUPS.replace(
        "<Группы>\n<Группа><Ид>g1</Ид>",
        "<Группы><Группа><Ид>root</Ид><Наименование>Товары</Наименование><Группы>"
        "<Группа><Ид>g1</Ид>",
    ).replace("</Классификатор>", "</Группа></Группы></Классификатор>")
    shop.connection.skip_root_group = True
    shop.connection.save()
    shop.send({"import0_1.xml": cml(rooted, catalogue(product())), "offers0_1.xml": cml(EACH)})

    tops = models.Category.objects.filter(parent=None).values_list("name", flat=True)
    assert list(tops) == ["Полив"]
    assert models.Product.objects.get().category.name == "Шланги"


@pytest.mark.parametrize("space", ["", "urn:1C.ru:commerceml_2", "urn:1C.ru:commerceml_205"])
def test_29_nested_groups_are_found_in_any_namespace(shop, space):
    more = f' xmlns="{space}"' if space else ""
    shop.send(
        {"import.xml": cml(GROUPS, catalogue(product()), more=more), "o.xml": cml(EACH, more=more)}
    )

    assert models.Product.objects.get().category.parent.name == "Полив"


def test_30_a_base_restored_with_new_ids_makes_nothing_twice(shop, admin_browser):
    count = 30
    first, second = (
        {
            "import0_1.xml": cml(
                GROUPS,
                catalogue(
                    *(product(f"{a}{n}", f"Шланг {n}", article(f"ШЛ-{n}")) for n in range(count))
                ),
            ),
            "offers0_1.xml": cml(
                offers(
                    *(
                        offer(price("retail", "9"), ident=f"{a}{n}", name=f"Шланг {n}")
                        for n in range(count)
                    )
                )
            ),
        }
        for a in ("old-", "new-")
    )
    shop.send(first)
    shop.send(second)

    assert models.Product.objects.count() == count
    assert models.Variant.objects.count() == count
    assert Match.objects.count() == count, "a person decides"
    assert Parked.objects.filter(external_id__startswith="new-").exists(), "nothing is lost"

    pages = f"/onec/journal/connections/{shop.connection.pk}/matching/"
    assert 'id="renamed"' in admin_browser.get(pages).content.decode()
    admin_browser.post(f"{pages}same/")
    admin_browser.post(f"{pages}apply/")
    assert models.Variant.objects.count() == count
    known = Link.objects.filter(kind="offer").exclude(local_id="")
    assert {link.external_id[:4] for link in known} == {"new-"}
    assert shop.send(second).succeeded
    assert models.Variant.objects.count() == count


def test_31_two_bases_may_use_one_id_for_different_goods(shop, hose):
    other = Connection(name="Розница", login="roz", retail_price_type="retail")
    other.set_password("другой")
    other.save()
    goods = cml(GROUPS, catalogue(product("p1", "Кирпич", article("КР-1"))))
    rows = cml(offers(offer(price("retail", "50"), name="Кирпич")))
    run = shop.base(login="roz", password="другой", url=EXCHANGE).send_packages(
        _package(goods, rows)
    )

    assert run.succeeded
    assert names() == ["Кирпич", "Шланг"]


@pytest.mark.parametrize("when", ["before", "with", "after"])
def test_32_a_property_is_shown_by_its_word_whenever_the_list_comes(shop, when):
    described = (
        "<Классификатор><Ид>c</Ид><Свойства><Свойство><Ид>made</Ид>"
        "<Наименование>Производитель</Наименование><ТипЗначений>Справочник</ТипЗначений>"
        "<ВариантыЗначений><Справочник><ИдЗначения>v-7</ИдЗначения><Значение>Садовник</Значение>"
        "</Справочник></ВариантыЗначений></Свойство></Свойства></Классификатор>"
    )
    value = (
        "<ЗначенияСвойств><ЗначенияСвойства><Ид>made</Ид><Значение>v-7</Значение>"
        "</ЗначенияСвойства></ЗначенияСвойств>"
    )
    goods = catalogue(product(inside=value, group=""))
    if when == "before":
        shop.send({"import0_0.xml": cml(described)})
    inside = (described, goods) if when == "with" else (goods,)
    shop.send({"import0_1.xml": cml(*inside), "offers0_1.xml": cml(EACH)})
    if when == "after":
        shop.send({"import0_2.xml": cml(described)})

    facts = VariantFacts.objects.get(variant_id=models.Variant.objects.get().pk)
    assert facts.manufacturer == "Садовник"


def test_33_memory_does_not_grow_with_the_file(shop, settings):
    def peak(count: int) -> int:
        goods = catalogue(*(product(f"m{n}", f"Шланг {n}") for n in range(count)))
        files = {f"import0_{count}.xml": cml(GROUPS, goods)}
        tracemalloc.start()
        try:
            shop.send(files, zipped=False)
            return tracemalloc.get_traced_memory()[1] - 12 * len(goods.encode())
        finally:
            tracemalloc.stop()

    small = peak(600)
    assert peak(6000) < small + 4 * 2**20


def test_33_entities_are_forbidden(shop):
    bomb = (
        '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">'
        '<!ENTITY f SYSTEM "file:///etc/passwd">]><КоммерческаяИнформация>&b;&f;'
        "</КоммерческаяИнформация>"
    )
    run = shop.try_to_send({"import0_1.xml": bomb})

    assert "DOCTYPE" in run.faults[-1].got
    assert shop.codes() == ["doctype_refused"]
    assert PriceList.objects.count() == 0


def _package(goods: str, rows: str) -> list[Package]:
    return package_of({"import0_1.xml": goods, "offers0_1.xml": rows})
