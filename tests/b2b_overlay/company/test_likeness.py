"""Two cards of one firm look alike, two firms don't, and it is said why."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.ru.inn import calc_company_check_digit

from b2b_overlay.company.folding import fold_letters, fold_name, phones_of
from b2b_overlay.company.index import Index
from b2b_overlay.company.likeness import Census, Reason, compare, traits_of
from b2b_overlay.company.rules import RULES

INN, OTHER_INN = "7707083893", "7728168971"


def card(name, **more):
    more.setdefault("kind", "entrepreneur" if "ИП" in name else "company")
    if account := more.pop("account", None):
        more["accounts"] = [(account, "044525225")]
    if address := more.pop("address", None):
        more["addresses"] = [address]
    return traits_of(name=name, **more)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ООО «Ромашка»", "РОМАШКА, ООО"),
        ("ООО «Ромашка»", "Общество с ограниченной ответственностью «Ромашка»"),
        ("ООО «Ромашка»", "Общ. с огр. отв. Ромашка"),
        ("ООО «Ромашка»", "OOO POMAШKA"),
        ("ООО «Ромашка»", "Ромашка (ООО), дубль"),
        ("О.О.О. Ромашка", "ромашка не использовать"),
        ("ООО «Торговый дом Ёлка»", "ТД Елка ООО"),
        ("ООО «Ромашка+»", "Ромашка Плюс"),
        ("АО «Завод № 5»", "ПАО Завод 5"),
        ("ООО Строй Инвест", "Инвест Строй ООО"),
        ("Глава КФХ Сидоров А. Б.", "Крестьянское (фермерское) хозяйство Сидоров А.Б."),
        ("ИП Иванов Иван Иванович", "Индивидуальный предприниматель Иванов Иван Иванович"),
    ],
)
def test_one_name_written_two_ways_folds_to_one(one, other):
    assert sorted(fold_name(one)[0]) == sorted(fold_name(other)[0])


@pytest.mark.parametrize(
    ("one", "other", "reasons"),
    [
        (
            card("ООО «Ромашка»", inn=INN, kpp="773601001"),
            card("Ромашка, ООО", inn=INN, kpp="773601001"),
            [Reason.INN_KPP, Reason.NAME],
        ),
        # A branch: one INN, another KPP.
        (
            card("ООО «Ромашка»", inn=INN, kpp="773601001"),
            card("ООО «Ромашка» (Тверь)", inn=INN, kpp="690143001"),
            [Reason.INN, Reason.NAME],
        ),
        (
            card("Ромашка", inn=INN),
            card("Ромашка ООО", inn="7707083839"),
            [Reason.NAME, "inn_near"],
        ),
        (
            card("ООО Ромашка", account="40702810738000099801"),
            card("Ромашка", account="40702810738000099801"),
            [Reason.ACCOUNT, Reason.NAME],
        ),
        (
            card("ООО «Рамашка»", phone="8 (495) 123-45-67"),
            card("Ромашка", phone="+7 495 1234567, доб. 5"),
            [Reason.NAME, Reason.PHONE],
        ),
        (
            card("ООО «Ромашка»", address="125009, г. Москва, ул. Тверская, д. 7, оф. 15"),
            card("Ромашка", address="Россия, Москва г, Тверская ул, дом № 7"),
            [Reason.NAME, Reason.ADDRESS],
        ),
        (card("ИП Иванов Иван Иванович"), card("Иванов И. И. ИП"), [Reason.NAME]),
        (card("ООО СтройИнвест"), card("Строй-Инвест"), [Reason.NAME]),
        (card("Ромашка", email="A@b.ru"), card("Ромошка", email="a@B.ru"), ["name", "email"]),
    ],
)
def test_alike_with_reasons_the_weightiest_first(one, other, reasons):
    assert list(compare(one, other).reasons) == reasons


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (card("ООО «Ромашка»"), card("ООО «Василёк»")),
        # Namesakes: the numbers of both hold and differ.
        (card("ООО «Ромашка»", inn=INN), card("ООО «Ромашка»", inn=OTHER_INN)),
        (card("ООО «Ромашка 1»"), card("ООО «Ромашка 2»")),
        (card("ИП Иванов Иван Иванович"), card("ИП Иванов Пётр Сергеевич")),
        (card("ИП Иванов И. И."), card("ИП Иванова И. И.")),
        # One owner's two firms.
        (
            card("ООО «Ромашка»", inn=INN, phone="84951234567"),
            card("ООО «Василёк»", inn=OTHER_INN, phone="84951234567"),
        ),
    ],
)
def test_different_firms_are_no_candidates(one, other):
    assert compare(one, other) is None


def test_what_forty_firms_share_tells_nothing():
    names = (
        "Восход Заря Горизонт Вектор Альянс Меридиан Атлант Орион Вега Сириус Феникс Гранит Лидер "
        "Престиж Эталон Импульс Прогресс Контакт Спектр Формат Океан Енисей Байкал Каскад Родник "
        "Берёзка Тополь Дубрава Маяк Якорь Бриз Рубин Топаз Золушка Теремок Пашня Урожай Флора "
        "Уют Кузнец"
    )
    crowd = [
        (n, card(f"ООО «{name}»", address="Москва, Тверская, 7", phone="84951234567"))
        for n, name in enumerate(names.split())
    ]
    index = Index(crowd)
    assert [index.matches(n) for n, _traits in crowd] == [[]] * 40


def test_the_true_one_is_found_among_namesakes_by_its_contact():
    base = [(n, card("ООО «Ромашка»", phone=f"8495000000{n}")) for n in range(8)]
    index = Index(base)
    match = index.matches(99, card("Рамашка", phone="+7 495 000-00-05"))[0]
    assert (match.id, match.likeness.reasons) == (5, (Reason.NAME, Reason.PHONE))


def test_a_wrong_digit_finds_the_inn_that_was_meant():
    index = Index([(1, card("ООО «Ромашка»", inn=INN)), (2, card("ИП Гусев", inn="500100732259"))])
    assert [m.id for m in index.matches(3, card("РМШК", inn="7707083898"))] == [1]


NAMES = st.text(alphabet='абвгеёиноорстяАВЕКМООО «»".,()-+5 ABEKMHOPCTXYaceopxи', max_size=40)
CODES = st.sampled_from(["", "773601001", "690143001"])


@st.composite
def traits(draw):
    body = draw(st.text("0123456789", min_size=9, max_size=9))
    right = body + calc_company_check_digit(body)
    return card(
        draw(NAMES),
        inn=draw(st.sampled_from(["", INN, OTHER_INN, "7707083894", right])),
        kpp=draw(CODES),
        phone=draw(st.sampled_from(["", "84951234567", "84951234568"])),
        account=draw(st.sampled_from([None, "40702810738000099801"])),
        address=draw(st.sampled_from([None, "Москва, Тверская, 7", "Тверь, Московская 1-2"])),
    )


@given(traits(), traits())
def test_likeness_is_the_same_whoever_is_asked_about(one, other):
    assert compare(one, other) == compare(other, one)


@given(traits(), traits())
def test_no_rule_joins_two_right_inn_that_differ(one, other):
    if one.inn_holds and other.inn_holds and one.inn != other.inn:
        assert not any(rule.holds(one, other, Census()) for rule in RULES)


@given(NAMES)
def test_folding_what_is_folded_changes_nothing(name):
    words, _form = fold_name(name)
    assert fold_letters(fold_letters(name)) == fold_letters(name)
    assert fold_name(words.text)[0] == words


def test_a_short_number_is_no_phone():
    assert phones_of("12-34-56, доб. 7") == frozenset()
