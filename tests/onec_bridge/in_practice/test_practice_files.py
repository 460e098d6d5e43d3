"""in_practice.md, 9–19: files on their way."""

from __future__ import annotations

import io
import time
import zipfile

import pytest
from django.core.checks import run_checks
from django.core.exceptions import ValidationError
from practice import GROUPS, PNG, catalogue, cml, offer, offers, package_of, price, product

from onec_bridge.models import Lease, ProblemRecord, ReceivedFile, Session
from onec_bridge.simulator import OLD, UT11, Mishap, table
from sandbox import models

GOODS = {
    "import0_1.xml": cml(GROUPS, catalogue(product())),
    "offers0_1.xml": cml(offers(offer(price("retail", "1000")))),
}
MANY = {
    "import0_1.xml": cml(GROUPS, catalogue(*(product(f"p{n}") for n in range(1200)))),
    "offers0_1.xml": cml(
        offers(*(offer(price("retail", "10"), ident=f"p{n}") for n in range(1200)))
    ),
}
PICTURED = product(inside="<Картинка>import_files/ab/1.png</Картинка>")


def zipped(entries: dict[str, str | bytes], encoding: str = "utf-8") -> bytes:
    """An archive whose entry names are bytes of that encoding, without the UTF-8 flag in cp866."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(_Named(name, encoding), content)
    return packed.getvalue()


class _Named(zipfile.ZipInfo):
    """An entry whose name is written in an encoding of the packer's own, as old 1C does."""

    def __init__(self, name: str, encoding: str) -> None:
        super().__init__("x")
        self.filename, self._encoding = name, encoding

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802  # zipfile's own name
        return self.filename.encode(self._encoding), self.flag_bits


@pytest.mark.parametrize("after", [3, 4, 6])
def test_09_what_a_broken_run_left_is_never_appended_to(shop, after):
    broken = shop.try_to_send(GOODS, breaks_after=after, part_size=300, zipped=False)
    assert broken.broken_off

    shop.send(GOODS, part_size=300, zipped=False)
    assert models.Variant.objects.count() == 1
    assert not ProblemRecord.objects.exists()


def test_09_a_body_cut_off_is_no_file(shop):
    run = shop.try_to_send(GOODS, zipped=False, mishaps=(Mishap("cut_body", "file"),))
    assert not run.succeeded
    assert not ReceivedFile.objects.exists()

    shop.send(GOODS, zipped=False)
    assert models.Variant.objects.count() == 1


def test_10_a_picture_sent_again_under_whatever_name_is_kept_once(shop):
    for name in ("1.png", "1.png", "2.png"):
        one = product(inside=f"<Картинка>import_files/ab/{name}</Картинка>")
        shop.send(
            {
                "import0_1.xml": cml(GROUPS, catalogue(one)),
                "offers0_1.xml": GOODS["offers0_1.xml"],
                f"import_files/ab/{name}": PNG,
            },
            repeats_files=True,
            zipped=False,
        )

    picture = models.Picture.objects.get()
    assert picture.file.read() == PNG


def test_11_an_archive_that_cannot_be_opened_is_refused_with_the_size_that_came(shop):
    half = zipped(GOODS)[:-40]
    run = shop.try_to_send({"v8_1A76_155ae.zip": half})

    assert not run.succeeded
    assert f"получено {len(half)} байт" in run.faults[0].got
    assert not models.Variant.objects.exists()


def test_11_archives_can_be_switched_off(shop):
    shop.connection.use_zip = False
    shop.connection.save()
    run = shop.send(GOODS)

    assert run.steps[1].first_line == "zip=no"
    assert not any(".zip" in step.request for step in run.steps)


def test_12_names_in_an_archive_are_read_in_cp866_with_back_slashes(shop):
    entries = {
        "goods\\1\\import0_1.xml": cml(
            GROUPS, catalogue(product(inside="<Картинка>import_files/лейка.png</Картинка>"))
        ),
        "goods\\1\\offers0_1.xml": GOODS["offers0_1.xml"],
        "goods\\1\\import_files\\лейка.png": PNG,
    }
    base = shop.base()
    run = base.send_packages(package_of({"v8_1A76_155ae.zip": zipped(entries, "cp866")}))
    assert [step.mode for step in run.steps][:3] == ["checkauth", "init", "file"]
    for name in ("import0_1.xml", "offers0_1.xml"):
        assert base.step("import", "catalog", filename=name).first_line == "success"

    assert models.Picture.objects.count() == 1


def test_12_a_name_that_leads_out_and_a_bomb_are_refused(shop, settings):
    shop.try_to_send({"v8.zip": zipped({"../../etc/cron.xml": "<x/>", **GOODS})})
    assert "unsafe_zip_name" in shop.codes()

    settings.ONEC_MAX_FILE = 100_000
    run = shop.try_to_send({"v9.zip": zipped({"import.xml": b" " * 10_000_000})})
    assert not run.succeeded
    assert run.steps[-1].answer.status_word(UT11) == "failure"


def test_13_files_of_any_name_are_known_by_what_they_hold(shop):
    shop.send({"Выгрузка 1.xml": GOODS["import0_1.xml"], "b.xml": GOODS["offers0_1.xml"]})

    assert models.Variant.objects.count() == 1


def test_14_the_part_size_is_sensible_and_a_foolish_one_is_said_so(shop, settings):
    base = shop.base()
    base.step("checkauth", "catalog")
    limit = int(base.step("init", "catalog").answer.lines(UT11)[1].removeprefix("file_limit="))
    assert 10**6 <= limit <= 10**7

    shop.connection.file_limit = 100
    with pytest.raises(ValidationError):
        shop.connection.full_clean(exclude=["password"])
    shop.connection.file_limit = 200 * 2**20
    shop.connection.save()
    found = [each.id for each in run_checks(include_deployment_checks=True, databases=["default"])]
    assert "onec_bridge.W002" in found


def test_15_a_large_file_goes_in_step_by_step(shop, settings):
    settings.ONEC_TIME_BUDGET = 0
    run = shop.send(MANY, zipped=False)

    words = [step.first_line for step in run.steps if step.mode == "import"]
    assert words.count("progress") >= 2
    going = next(step for step in run.steps if step.first_line == "progress")
    assert any(char.isdigit() for char in going.answer.details(UT11)), "what was done so far"
    assert models.Variant.objects.count() == 1200


def test_15_a_run_that_breaks_off_goes_on_where_it_stood(shop, settings):
    settings.ONEC_TIME_BUDGET = 0
    base = shop.base(zipped=False, breaks_after=5)
    base.send_packages(package_of(MANY))
    stood = ReceivedFile.objects.get(name="import0_1.xml").position
    assert stood

    step = base.step("import", "catalog", filename="import0_1.xml")
    assert step.first_line in ("progress", "success")
    assert ReceivedFile.objects.get(name="import0_1.xml").position > stood


def test_16_a_1c_that_asks_without_a_pause_is_held(shop, settings):
    settings.ONEC_HOLD = 0.3
    base = shop.base(zipped=False, breaks_after=4)
    base.send_packages(package_of(GOODS))
    session = Session.objects.latest("pk")
    lease = {"session": session, "in_flight": True, "since": session.seen_at}
    until = session.seen_at.replace(year=session.seen_at.year + 1)
    Lease.objects.create(connection=shop.connection, until=until, **lease)

    began = time.monotonic()
    step = base.step("import", "catalog", filename="import0_1.xml")
    assert step.first_line == "progress"
    assert time.monotonic() - began >= 0.3


def test_17_a_bad_picture_stops_nothing(shop):
    shop.send(
        {
            "import0_1.xml": cml(GROUPS, catalogue(PICTURED)),
            "offers0_1.xml": GOODS["offers0_1.xml"],
            "import_files/ab/1.png": b"GIF? no",
        },
        zipped=False,
    )

    assert models.Variant.objects.count() == 1
    assert not models.Picture.objects.exists()
    assert shop.codes() == ["bad_picture"]


@pytest.mark.parametrize("name", ["shell.php", "../../up.xml", "a/../../up.jpg", "x.phtml"])
def test_18_a_name_that_tries_something_is_refused_and_nothing_is_kept(shop, name):
    base = shop.base()
    base.step("checkauth", "catalog")
    step = base.step("file", "catalog", filename=name, body=b"<?php phpinfo();")

    assert step.answer.status_word(UT11) == "failure"
    assert not ReceivedFile.objects.exists()


def test_18_a_picture_lies_under_a_name_of_the_shops_own(shop):
    shop.send(
        {
            "import0_1.xml": cml(GROUPS, catalogue(PICTURED)),
            "offers0_1.xml": GOODS["offers0_1.xml"],
            "import_files/ab/1.png": PNG,
        }
    )

    assert "import_files" not in models.Picture.objects.get().file.name


def test_19_of_two_runs_at_once_the_second_is_told_to_wait(shop, settings):
    settings.ONEC_TIME_BUDGET = 0
    first = shop.base(zipped=False, breaks_after=5)
    first.send_packages(package_of(MANY))

    second = shop.try_to_send(GOODS)
    assert "Уже идёт обмен" in second.steps[-1].answer.details(UT11)

    while first.step("import", "catalog", filename="import0_1.xml").first_line == "progress":
        continue
    assert first.dialogue[-1].first_line == "success", table(first.dialogue)
    shop.send(GOODS, OLD)
