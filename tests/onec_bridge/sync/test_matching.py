"""Goods that the shop sells already are recognised, never doubled, and stay as they are."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from hypothesis import given, settings
from hypothesis import strategies as st

from b2b_overlay.pricing.models import Price
from b2b_overlay.shop import KnownGood, Refused
from onec_bridge.models import Connection, Link, Match, MatchReport, Parked
from onec_bridge.sync import use_decisions
from onec_bridge.sync.matching import Goods, Offered, Way
from onec_bridge.sync.supervision import decide, undo
from sandbox import models, prepare
from sandbox.data import retail_goods, truth, write_exchange


def good(variant, name, *, sku="", external_id="", barcodes=(), product=None):
    return KnownGood(variant, product or variant, name, sku, external_id, barcodes)


# ------------------------------------------------------------------- one offer alone


def test_1c_id_beats_article_and_article_beats_barcode():
    by_id = good(1, "А", external_id="P1")
    by_article, by_barcode = good(2, "Б", sku="ШЛ-1"), good(3, "В", barcodes=("4600",))
    offered = Offered("p1", "Г", "шл - 1", ("4600",))

    goods = Goods([by_id, by_article, by_barcode])
    found = []
    for _ in range(3):
        verdict = goods.exact(offered)
        goods.take(verdict.good.variant_id)
        found.append((verdict.way, verdict.good))

    assert found == [(Way.ID, by_id), (Way.ARTICLE, by_article), (Way.BARCODE, by_barcode)]
    assert goods.exact(offered) is None


@pytest.mark.parametrize(
    ("known", "count"),
    [
        ([good(1, "А", sku="X"), good(2, "Б", sku="x")], 1),
        ([good(1, "А", sku="X")], 2),
    ],
    ids=["two of the shop's", "two of 1C's"],
)
def test_an_article_that_is_not_unique_joins_nothing_by_itself(known, count):
    goods = Goods(known)
    offered = Offered("p", "Нечто", "X", article_count=count)

    assert goods.exact(offered) is None
    assert goods.similar(offered).way is Way.AMBIGUOUS


def test_siblings_that_share_an_article_are_told_apart_by_their_label():
    goods = Goods([good(1, "Лейка (зелёный)", sku="ЛС")])

    assert goods.exact(Offered("p#1", "Лейка (синий)", "ЛС", label="синий")) is None
    assert goods.exact(Offered("p#2", "Лейка (зелёный)", "ЛС", label="зелёный")) is not None


def test_numbers_that_contradict_each_other_make_no_similar_name():
    goods = Goods([good(1, "Шланг садовый армированный 50 м")])

    assert goods.similar(Offered("p", "Шланг садовый армированный 25 м")).way is Way.NEW
    assert goods.similar(Offered("p", "Шланг армированный садовый 50 м")).way is Way.NAME


def test_names_are_not_looked_at_when_the_shop_says_so():
    goods = Goods([good(1, "Шланг садовый")])

    assert goods.similar(Offered("p", "Шланг садовый"), by_name=False).way is Way.NEW


# --------------------------------------------------------------- the demo's whole base


@pytest.fixture
def base(db, tmp_path):
    """The retail shop of the demo, and the files of its 1C."""
    prepare.retail_shop()
    return Connection.objects.get(), write_exchange(tmp_path, "ut11")


def load(connection, paths):
    from onec_bridge.commerceml.reader import read
    from onec_bridge.sync import apply_file

    for path in paths:
        with path.open("rb") as stream:
            apply_file(connection, read(stream, path.name), file_name=path.name)


def retail_shelf():
    """What a retail visitor sees of the goods sold before 1C."""
    return {
        v.pk: (
            v.sku,
            v.name,
            v.product.name,
            v.product.description,
            v.product.is_published,
            v.product.category.name,
            [str(each.price) for each in v.listings.all()],
        )
        for v in models.Variant.objects.select_related("product__category")
    }


def test_the_demos_goods_are_matched_as_its_truth_says(base):
    connection, paths = base
    before = retail_shelf()

    load(connection, paths)

    expected = truth().matches
    counts = MatchReport.objects.get().counts
    assert counts["article"] == expected["sku"]
    assert counts["barcode"] == expected["barcode"]
    assert counts["name"] == expected["name"]
    right = {
        (v.sku, v.of)
        for each in retail_goods()
        if each.match in ("external_id", "sku", "barcode")
        for v in each.variants
    }
    made = Link.objects.filter(kind="offer", data__ours=False)
    skus = dict(models.Variant.objects.values_list("pk", "sku"))
    assert {(skus[int(link.local_id)], link.external_id) for link in made} == right
    after = retail_shelf()
    assert {pk: after[pk] for pk in before} == before


def test_every_offer_is_one_variant_once_people_have_decided(base):
    connection, paths = base
    answers = {v.of: v.sku for each in retail_goods() for v in each.variants if v.of}
    variants = dict(models.Variant.objects.values_list("sku", "pk"))
    before = models.Variant.objects.count()
    load(connection, paths)

    for match in Match.objects.filter(decision="waiting"):
        decide(match, variants.get(answers.get(match.external_id, "")))
    counts = use_decisions(connection)

    known = sum(v.of is not None for each in retail_goods() for v in each.variants)
    assert counts == {"offer_waited": {"changed": 8, "created": 1}}
    assert not Parked.objects.exists()
    assert models.Variant.objects.count() == before + truth().offers - known
    assert Price.objects.count() == sum(truth().prices.values())
    assert (
        Counter(Link.objects.filter(kind="offer").values_list("local_id")).most_common(1)[0][1] == 1
    )


def test_the_preview_says_what_the_exchange_does_and_writes_nothing(base, tmp_path):
    connection, paths = base
    out = StringIO()

    call_command("onec_match", "preview", str(tmp_path), stdout=out)

    assert not Link.objects.exists()
    said = dict(line.split(": ") for line in out.getvalue().splitlines() if "\t" not in line)
    load(connection, paths)
    done = MatchReport.objects.get().counts
    assert {way: int(n) for way, n in said.items() if int(n)} == done


# ------------------------------------------------------------------- people's decisions


GOODS = """
<Каталог><Товары>
<Товар><Ид>p1</Ид><Наименование>Тяпка кованая 150 мм</Наименование><Артикул>ТП</Артикул></Товар>
<Товар><Ид>p2</Ид><Наименование>Тяпка кованая 150 мм старая</Наименование><Артикул>ТП</Артикул>
</Товар></Товары></Каталог>
<ПакетПредложений><ТипыЦен><ТипЦены><Ид>opt</Ид><Наименование>Опт</Наименование>
<Валюта>RUB</Валюта></ТипЦены></ТипыЦен><Предложения>
<Предложение><Ид>p1</Ид><Количество>3</Количество><Цены><Цена><ИдТипаЦены>opt</ИдТипаЦены>
<ЦенаЗаЕдиницу>250</ЦенаЗаЕдиницу></Цена></Цены></Предложение>
<Предложение><Ид>p2</Ид><Количество>4</Количество></Предложение>
</Предложения></ПакетПредложений>
"""


@pytest.fixture
def hoe(channel):
    product = models.Product.objects.create(name="Тяпка", description="Наша")
    return models.Variant.objects.create(product=product, sku="ТП")


def test_an_ambiguous_article_waits_with_prices_and_stock(take, hoe):
    progress = take(GOODS)

    assert progress.counts["offer"] == {"parked": 2}
    assert {m.why for m in Match.objects.all()} == {"article"}
    assert not Price.objects.exists()


def test_a_decision_brings_prices_and_stock_without_1c(take, hoe, connection):
    take(GOODS)

    decide(Match.objects.get(external_id="p1"), hoe.pk)
    use_decisions(connection)

    assert Price.objects.get().variant_id == hoe.pk
    assert Price.objects.get().amount == Decimal(250)
    assert models.Stock.objects.get(variant=hoe).quantity == 3
    hoe.refresh_from_db()
    assert (hoe.product.description, hoe.external_reference) == ("Наша", "p1")


def test_a_question_whose_candidates_are_gone_answers_itself(take, hoe):
    take(GOODS)
    decide(Match.objects.get(external_id="p1"), hoe.pk)

    take(GOODS)

    assert Link.objects.get(kind="offer", external_id="p2").data["ours"]
    assert not Match.objects.filter(decision="waiting").exists()
    assert models.Variant.objects.count() == 2


def test_two_goods_of_1c_are_never_joined_to_one_of_the_shop(take, hoe):
    take(GOODS)
    decide(Match.objects.get(external_id="p1"), hoe.pk)

    with pytest.raises(Refused):
        decide(Match.objects.get(external_id="p2"), hoe.pk)

    assert Match.objects.get(external_id="p2").decision == "waiting"


def test_a_decision_can_be_undone_until_it_is_used(take, hoe, connection):
    take(GOODS)
    match = Match.objects.get(external_id="p1")
    decide(match, hoe.pk)
    undo(match)
    assert use_decisions(connection) == {}

    decide(match, None)
    use_decisions(connection)

    with pytest.raises(Refused):
        undo(match)
    assert models.Variant.objects.count() == 2


def test_the_question_stays_the_same_when_the_file_comes_again(take, hoe):
    take(GOODS)
    asked = set(Match.objects.values_list("pk", flat=True))

    assert take(GOODS).counts["offer"] == {"parked": 2}

    assert set(Match.objects.values_list("pk", flat=True)) == asked
    assert Parked.objects.count() == 2


def test_decisions_are_made_by_command_too(take, hoe, connection):
    take(GOODS)
    out = StringIO()

    call_command("onec_match", "list", stdout=out)
    assert "Тяпка кованая 150 мм" in out.getvalue()
    call_command("onec_match", "decide", "p1", str(hoe.pk), stdout=out)
    call_command("onec_match", "decide", "p2", "new", stdout=out)

    assert Link.objects.filter(kind="offer").exclude(local_id="").count() == 2
    with pytest.raises(CommandError):
        call_command("onec_match", "decide", "p9", "new")


def test_owned_texts_and_prices_are_1cs_where_the_shop_says_so(take, hoe, connection):
    connection.owns_texts = connection.owns_retail_prices = True
    connection.retail_price_type = "opt"
    connection.save()
    models.Listing.objects.create(variant=hoe, channel=models.Channel.objects.get(), price=1)
    take(GOODS)
    decide(Match.objects.get(external_id="p1"), hoe.pk)

    take(GOODS)
    take(GOODS)

    hoe.product.refresh_from_db()
    assert hoe.product.name == "Тяпка кованая 150 мм"
    assert models.Listing.objects.get(variant=hoe).price == Decimal(250)


def _stock_of(variant):
    return sum(models.Stock.objects.filter(variant=variant).values_list("quantity", flat=True))


@pytest.mark.parametrize(("owns", "together"), [(True, 3), (False, 13)])
def test_the_shops_own_count_gives_way_to_1cs_unless_the_shop_says_otherwise(
    take, hoe, connection, owns, together
):
    connection.owns_stock = owns
    connection.save()
    own = models.Warehouse.objects.create(name="Магазин")
    models.Stock.objects.create(variant=hoe, warehouse=own, quantity=10)
    take(GOODS)
    decide(Match.objects.get(external_id="p1"), hoe.pk)
    take(GOODS)

    assert _stock_of(hoe) == together


def test_the_retail_price_type_may_be_named_by_its_name(take, connection):
    connection.retail_price_type = "опт"
    connection.save()

    take(GOODS.replace("<Артикул>ТП</Артикул>", ""))

    assert models.Listing.objects.get().price == Decimal(250)


TEXTS = st.sampled_from(["", "А-1", "а-1", "Б-2", "А-1-синий"])
NAMES = st.sampled_from(["Шланг садовый", "Шланг садовый синий", "Лейка", ""])
IDS = st.sampled_from(["", "p1", "P1", "p1#c", "p2#c", "p2"])
BARCODES = st.lists(st.sampled_from(["460", "461"]), max_size=2, unique=True).map(tuple)
#: A shop keeps no id twice.
KNOWN = st.lists(
    st.tuples(st.integers(1, 3), NAMES, TEXTS, IDS, BARCODES),
    max_size=6,
    unique_by=lambda row: row[3].lower() or id(row),
)
OFFERED = st.builds(
    Offered,
    id=IDS.filter(bool),
    name=NAMES,
    article=TEXTS,
    barcodes=BARCODES,
    label=st.sampled_from(["", "синий"]),
    article_count=st.integers(0, 2),
)


@settings(max_examples=300, deadline=None)
@given(KNOWN, st.sets(st.integers(0, 5)), st.lists(OFFERED, min_size=1, max_size=3))
def test_of_joined_goods_only_hashes_are_kept_and_the_answers_are_the_same(rows, joined, offers):
    """Beside goods that are kept whole, and joined one by one."""
    known = [KnownGood(number, *row) for number, row in enumerate(rows)]
    hashed = Goods(
        known,
        joined,
        read=lambda wanted: [each for each in known if each.variant_id in set(wanted)],
    )
    whole = Goods(known)
    for number in joined & {good.variant_id for good in known}:
        whole.take(number)

    hashed.meet(offers)
    for each in offers:
        assert hashed.exact(each) == whole.exact(each)
        assert hashed.renamed(each) == whole.renamed(each)
        assert hashed.similar(each) == whole.similar(each)
        assert hashed.knows_id(each.id) == whole.knows_id(each.id)
        assert hashed.knows_family(each.id) == whole.knows_family(each.id)
        assert hashed.family(each.id, each.name) == whole.family(each.id, each.name)
    for good in known:
        assert hashed.has_siblings(good) == whole.has_siblings(good)
        assert hashed.known(good.variant_id) == good
        assert hashed.is_free(good.variant_id) == whole.is_free(good.variant_id)
    assert hashed.known(99) is None
