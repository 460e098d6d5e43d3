"""What other projects ask of their own exchange (FREESPORT-B2B, bigperson/exchange1c).

The ideas of their request tests, none of their code.
"""

from __future__ import annotations

import pytest
from practice import GROUPS, PNG, catalogue, cml, offer, offers, price, product

from onec_bridge.models import ReceivedFile, Session
from onec_bridge.simulator import UT11
from sandbox import models


@pytest.fixture
def base(shop):
    """A base that has signed in and agreed on terms."""
    base = shop.base()
    base.step("checkauth", "catalog")
    base.step("init", "catalog")
    return base


def post(base, body: bytes, filename: str = "import0_1.xml", extra: str = ""):
    return base.step("file", "catalog", filename=filename, body=body, extra=extra)


def test_parts_make_the_file_to_the_byte_in_the_order_they_came(base):
    parts = [b"A" * 1000, b"B" * 1000, b"C" * 1000]
    for part in parts:
        assert post(base, part, "import_files/large.bin").first_line == "success"

    file = ReceivedFile.objects.get()
    assert file.size == 3000
    assert b"".join(bytes(p.body) for p in file.parts.order_by("number")) == b"".join(parts)


@pytest.mark.parametrize(("name", "body"), [("", b"<x/>"), ("empty.zip", b"")])
def test_a_file_without_a_name_or_without_bytes_is_refused(base, name, body):
    step = post(base, body, name)

    assert step.answer.status_word(UT11) == "failure"
    assert step.answer.details(UT11)
    assert not ReceivedFile.objects.exists()


def test_a_file_over_the_limit_is_refused_and_nothing_of_it_stays(base, settings):
    settings.ONEC_MAX_FILE = 100
    step = post(base, b"X" * 150, "large.zip")

    assert step.answer.status_word(UT11) == "failure"
    assert "100" in step.answer.details(UT11)
    assert not ReceivedFile.objects.exists()


def test_a_foreign_sessid_beside_a_good_cookie_does_no_harm(base):
    assert post(base, b"<x/>", extra="&sessid=invalid_session_12345").first_line == "success"
    assert ReceivedFile.objects.get().session == Session.objects.latest("pk")


def test_pictures_are_known_with_endings_of_any_case(shop):
    pictured = product(inside="<Картинка>import_files/IMAGE.PNG</Картинка>")
    shop.send(
        {
            "import0_1.xml": cml(GROUPS, catalogue(pictured)),
            "offers0_1.xml": cml(offers(offer(price("retail", "10")))),
            "import_files/IMAGE.PNG": PNG,
        },
        zipped=False,
    )

    assert models.Picture.objects.count() == 1


def test_a_file_nobody_knows_is_kept_and_stops_nothing(shop):
    shop.send(
        {
            "import0_1.xml": cml(GROUPS, catalogue(product())),
            "offers0_1.xml": cml(offers(offer(price("retail", "10")))),
            "unknown.dat": b"unknown data",
        }
    )

    assert models.Variant.objects.count() == 1
    assert not shop.codes()


def test_init_in_the_midst_drops_what_was_sent_by_half(base):
    post(base, b"<?xml version='1.0'?><x>", "import0_1.xml")
    base.step("init", "catalog")
    whole = cml(GROUPS, catalogue(product())).encode()
    post(base, whole, "import0_1.xml")

    assert base.step("import", "catalog", filename="import0_1.xml").first_line == "success"
