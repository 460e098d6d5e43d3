"""Requisites: a right number is never refused, a wrong one is named and kept."""

from __future__ import annotations

import doctest

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from b2b_overlay.company import countries, requisites
from b2b_overlay.company.intake import Account


@pytest.mark.parametrize("module", [requisites, countries])
def test_the_examples_in_the_documentation_hold(module) -> None:
    assert doctest.testmod(module).failed == 0


@given(st.integers(0, 10**13 - 1))
def test_every_ogrnip_with_the_right_digit_holds(number: int) -> None:
    body = f"3{number:013d}"
    right = int(body) % 13 % 10
    assert requisites.failed("entrepreneur", ogrn=f"{body}{right}") == []
    assert requisites.failed("entrepreneur", ogrn=f"{body}{(right + 1) % 10}") == ["ogrn"]


@given(st.integers(0, 10**7 - 1), st.sampled_from(["company", "entrepreneur"]))
def test_every_okpo_has_one_right_digit_or_two_where_the_rule_is_read_both_ways(
    number: int, kind: str
) -> None:
    body = f"{number:07d}" if kind == "company" else f"01{number:07d}"
    right = [digit for digit in range(10) if not requisites.failed(kind, okpo=f"{body}{digit}")]
    assert len(right) == 1 or (kind == "entrepreneur" and len(right) == 2)


@given(st.integers(0, 10**11 - 1), st.integers(50, 999))
def test_every_account_has_one_right_key_for_its_bank(number: int, bank: int) -> None:
    right = []
    for key in range(10):
        account = f"40702810{key}{number:011d}"
        given_ = [Account(account, f"044525{bank:03d}")]
        if not requisites.wrong("company", accounts=given_):
            right.append(key)
    assert len(right) == 1


@pytest.mark.parametrize(
    ("kind", "given_", "wrong"),
    [
        ("company", {"inn": "7707083893", "kpp": "773601001"}, []),
        ("company", {"kpp": "7736AB001"}, []),
        ("company", {"kpp": "A73601001"}, ["kpp"]),
        ("company", {"kpp": "77360100"}, ["kpp"]),
        ("company", {"inn": "500100732259"}, ["inn"]),
        ("company", {"inn": "0000000000"}, ["inn"]),
        ("company", {"ogrn": "1027700132195", "okpo": "00032537"}, []),
        ("company", {"ogrn": "304500116000157"}, ["ogrn"]),
        ("company", {"okpo": "0003253712"}, ["okpo"]),
        ("entrepreneur", {"inn": "500100732259"}, []),
        ("entrepreneur", {"inn": "500100732259", "kpp": "773601001"}, ["kpp"]),
        ("entrepreneur", {"ogrn": "1027700132195"}, ["ogrn"]),
        ("self_employed", {"inn": "500100732259"}, []),
        ("person", {"inn": "7707083893"}, ["inn"]),
        ("company", {"inn": "123"}, ["inn"]),
        ("foreign", {"inn": "123"}, []),
        ("company", {}, []),
    ],
)
def test_what_fails_is_named(kind: str, given_: dict[str, str], wrong: list[str]) -> None:
    assert requisites.failed(kind, **given_) == wrong


@pytest.mark.parametrize(
    ("kind", "given_", "sentence"),
    [
        ("company", {"inn": "77070838931"}, "ИНН из 11 цифр: у организации их 10, у ИП 12"),
        ("company", {"inn": "1"}, "ИНН из 1 цифры: у организации их 10, у ИП 12"),
        ("company", {"inn": "7707083894"}, "В ИНН опечатка: контрольная цифра не сходится"),
        (
            "entrepreneur",
            {"kpp": "773601001"},
            "КПП бывает только у организаций: у ИП, самозанятого и физлица его нет",
        ),
        ("company", {"kpp": "7736"}, "КПП из 4 знаков: их должно быть 9"),
        (
            "entrepreneur",
            {"ogrn": "1027700132195"},
            "ОГРН из 13 цифр: у организации их 13, у ИП (ОГРНИП) 15",
        ),
    ],
)
def test_the_manager_reads_what_is_wrong_in_words(kind, given_, sentence) -> None:
    with override("ru"):
        assert [each.text for each in requisites.wrong(kind, **given_)] == [sentence]


@pytest.mark.parametrize(
    ("account", "wrong"),
    [
        (Account("40703810700001449489", "044525700", "", "30101810200000000700"), []),
        (Account("40703810700001449488", "044525700"), ["account"]),
        (Account("40703810700001449489", "044525225"), ["account"]),
        (Account("40703810700001449489"), []),
        (Account("4070381070000144948", "044525700"), ["account"]),
        (Account("40703810700001449489", "0445257"), ["bic"]),
        (Account("40703810700001449489", "944525700"), ["bic"]),
        (
            Account("40703810700001449489", "044525700", "", "30101810300000000700"),
            ["correspondent"],
        ),
        # The Treasury's: its account, its single account, its BIC.
        (Account("03100643000000017300", "004525988", "", "40102810545370000003"), []),
        (Account("03224643450000007300", "017003983"), []),
        # Abroad: an IBAN checks itself, another account has no rule.
        (Account("BY13NBRB3600900000002Z00AB00", "NBRBBY2X"), []),
        (Account("DE89370400440532013001", "COBADEFF"), ["account"]),
        (Account("123-456", "COBADEFFXXX"), []),
    ],
)
def test_an_account_is_checked_against_its_bank(account: Account, wrong: list[str]) -> None:
    found = requisites.wrong("company", accounts=[account])
    assert [each.field for each in found] == wrong


@pytest.mark.parametrize(
    ("given_", "wrong"),
    [
        ({"country": "BY", "tax_id": "200988541"}, []),
        ({"country": "BY", "inn": "200988541"}, []),
        ({"country": "BY", "tax_id": "200988542"}, ["tax_id"]),
        ({"country": "KZ", "tax_id": "сколько-то цифр"}, []),
        ({"country": "KZ"}, ["tax_id"]),
        ({"country": "RU", "tax_id": "200988541"}, ["country"]),
        ({"country": "ZZ", "tax_id": "1"}, ["country"]),
    ],
)
def test_a_foreigner_has_a_country_and_its_tax_id(given_, wrong) -> None:
    assert [each.field for each in requisites.wrong("foreign", **given_)] == wrong
