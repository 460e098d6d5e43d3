"""Files, parts and archives: nothing is mixed up, nothing half is taken for whole."""

from __future__ import annotations

import io
import zipfile

import pytest

from onec_bridge.exchange import names, store
from onec_bridge.exchange.store import open_file
from onec_bridge.models import ReceivedFile, Session

from .conftest import catalog, last_entry, only_file

PNG = b"\x89PNG\r\n\x1a\n" + b"picture" * 100 + b"IEND\xaeB`\x82"


def archive(**entries: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, body in entries.items():
            opened.writestr(name.replace("__", "."), body)
    return packed.getvalue()


def zip64(**entries: bytes) -> bytes:
    """The same as packed where it is over 4 GB."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(zipfile, "ZIP64_LIMIT", 1)
        return archive(**entries)


def stored(file: ReceivedFile) -> bytes:
    with open_file(file) as stream:
        return stream.read()


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("import0_1.xml", "import0_1.xml"),
        ("import_files\\ab\\cd ef.jpg", "import_files/ab/cd ef.jpg"),
        ("/tmp/v8_12/import_files/ab/1.png", "import_files/ab/1.png"),
        ("C:\\Temp\\v8_12\\offers.xml", "offers.xml"),
        ("upload/1c/webdata5/import.xml", "import.xml"),
        ("goods/1/import___8e0b.xml", "import___8e0b.xml"),
        ("картинки/Лейка 5 л.jpg", "картинки/Лейка 5 л.jpg"),
    ],
)
def test_names_are_brought_to_the_form_the_import_names_them_in(raw, clean):
    assert names.clean(raw) == clean


@pytest.mark.parametrize(
    "raw", ["", "../import.xml", "a/../../b.jpg", "shell.php", "a/.htaccess", "a\0b.xml", "x" * 600]
)
def test_names_that_lead_outside_or_run_are_refused(onec, raw):
    onec.sign_in()

    answered = onec.ask("catalog", "file", b"<?xml", filename=raw)

    assert answered.word == "failure"
    assert not ReceivedFile.objects.exists()


def test_a_name_in_windows_1251_escapes_is_understood(onec):
    onec.sign_in()

    onec.ask_raw("type=catalog&mode=file&filename=%CB%E5%E9%EA%E0.jpg", PNG)

    assert only_file("Лейка.jpg").size == len(PNG)


def test_parts_are_put_together_in_order(onec):
    body = catalog(500)
    onec.sign_in()

    assert onec.send("catalog", "import.xml", body, part=1000).body == b"success"

    assert stored(only_file("import.xml")) == body


def test_a_left_over_of_an_earlier_session_is_never_appended_to(onec):
    body = catalog(100)
    onec.sign_in()
    onec.ask("catalog", "file", body[:2000], filename="import.xml")
    onec.sign_in()
    onec.send("catalog", "import.xml", body)

    assert stored(ReceivedFile.objects.first()) == body


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("import.xml", catalog(50)),
        ("v8_1.zip", archive(a__xml=catalog())),
        ("v8_2.zip", zip64(a__xml=catalog())),
        ("a.png", PNG),
    ],
)
def test_a_whole_file_sent_twice_is_kept_once(onec, name, body):
    onec.sign_in()
    onec.send("catalog", name, body)
    onec.send("catalog", name, body)

    files = ReceivedFile.objects.filter(name=name).exclude(state=ReceivedFile.State.DROPPED)
    assert [stored(file) for file in files] == [body]


def test_an_upload_that_breaks_off_leaves_nothing_of_itself(onec):
    onec.sign_in()
    onec.ask("catalog", "file", b"<?xml first part", filename="import.xml")

    cut_off = {"wsgi.input": io.BytesIO(b"half of the second"), "CONTENT_LENGTH": "5000"}
    response = onec.client.generic(
        "POST",
        onec.path + "?type=catalog&mode=file&filename=import.xml",
        headers={"Authorization": onec.authorization},
        **cut_off,
    )

    assert response.content.startswith(b"failure\n")
    assert "5000" in response.content.decode()
    assert stored(only_file("import.xml")) == b"<?xml first part"


def test_a_file_without_a_body_is_refused(onec):
    onec.sign_in()

    assert onec.ask("catalog", "file", filename="import.xml").word == "failure"
    assert not ReceivedFile.objects.exists()


def test_a_file_over_the_limit_is_refused_whole(onec, settings):
    settings.ONEC_MAX_FILE = 1000
    onec.sign_in()

    answered = onec.send("catalog", "import.xml", catalog(100))

    assert answered.word == "failure"
    assert not ReceivedFile.objects.exists()


def test_init_gives_up_what_was_half_sent_and_keeps_what_is_whole(onec):
    onec.sign_in()
    onec.send("catalog", "whole.xml", catalog())
    onec.send("catalog", "half.xml", catalog()[:200])
    onec.ask("catalog", "init")

    assert only_file("whole.xml").state == ReceivedFile.State.RECEIVED
    assert only_file("half.xml").state == ReceivedFile.State.DROPPED


def test_an_archive_is_unpacked_at_the_first_import_of_what_is_in_it(onec, counting):
    body = archive(**{"goods/1/import__xml": catalog(5), "import_files/ab/1__png": PNG})
    onec.sign_in()
    onec.send("catalog", "v8_1A76_155ae.zip", body, part=100)

    assert onec.load("catalog", "import.xml").word == "success"

    assert len(counting.applied) == 5 + 2
    assert store.find_picture(Session.objects.get(), "import_files/ab/1.png") == PNG


def test_old_packers_names_with_back_slashes_and_cp866_are_read(onec, counting):
    raw = _zip_with_raw_name("выгрузка\\import.xml".encode("cp866"), catalog())
    onec.sign_in()
    onec.send("catalog", "1.zip", raw)

    assert onec.load("catalog", "import.xml").word == "success"


def _zip_with_raw_name(name: bytes, body: bytes) -> bytes:
    """`zipfile` writes only UTF-8 names: put the bytes in afterwards."""
    place = "n" * len(name)
    return archive(**{place: body}).replace(place.encode(), name)


def test_a_truncated_archive_is_failure_with_the_size_that_came(onec, counting):
    body = archive(import__xml=catalog(2000))[:-30]
    onec.sign_in()
    onec.send("catalog", "v8.zip", body)

    answered = onec.ask("catalog", "import", filename="import.xml")

    assert answered.word == "failure"
    assert str(len(body)) in answered.lines[1]
    assert counting.runs == 0
    broken = only_file("v8.zip")
    assert broken.state == ReceivedFile.State.FAILED
    assert broken.problems.get().code == "bad_zip"
    assert last_entry().text == answered.lines[1]


def test_names_in_an_archive_that_lead_outside_are_skipped_and_noted(onec, counting):
    body = archive(import__xml=catalog(), **{"../../etc/cron": b"x"})
    onec.sign_in()
    onec.send("catalog", "v8.zip", body)

    assert onec.load("catalog", "import.xml").word == "success"
    assert only_file("v8.zip").problems.get().code == "unsafe_zip_name"
    assert not ReceivedFile.objects.filter(name__contains="cron").exists()


def test_an_archive_that_unpacks_to_too_much_is_given_up(onec, counting, settings):
    body = archive(import__xml=catalog(20000))
    settings.ONEC_MAX_FILE = len(body) + 100
    onec.sign_in()
    onec.send("catalog", "v8.zip", body)

    assert onec.ask("catalog", "import", filename="import.xml").word == "failure"
    assert not ReceivedFile.objects.filter(name="import.xml").exists()


def test_unpacking_goes_on_where_the_time_ran_out(onec, counting, no_time):
    body = archive(**{f"import{n}__xml": catalog(1) for n in range(5)})
    onec.sign_in()
    onec.send("catalog", "v8.zip", body)

    assert onec.ask("catalog", "import", filename="import4.xml").word == "progress"
    assert onec.load("catalog", "import4.xml").word == "success"
    assert ReceivedFile.objects.filter(kind="xml").count() == 5


def test_a_picture_of_an_earlier_run_is_found(onec):
    onec.sign_in()
    onec.send("catalog", "import_files/ab/1.png", PNG)
    onec.sign_in()

    session = Session.objects.first()
    assert store.find_picture(session, "import_files/ab/1.png") == PNG
    assert store.find_picture(session, "import_files/ab/2.png") is None


@pytest.mark.parametrize(
    ("body", "is_whole"),
    [
        (catalog(), True),
        (catalog()[:-1], False),
        (catalog() + b"\r\n\0", True),
        ("﻿".encode() + catalog(), True),
        ("<?xml version='1.0'?><Документ><Ид>1</Ид></Документ>".encode(), True),
        ("<?xml version='1.0'?><Документ><Ид>1</Ид>".encode(), False),
        ("<КоммерческаяИнформация/>".encode(), True),
        (catalog().decode().encode("windows-1251"), True),
    ],
)
def test_the_end_of_an_xml_file_is_recognised(onec, body, is_whole):
    onec.sign_in()
    onec.send("catalog", "a.xml", body)

    assert store.is_whole(only_file("a.xml")) is is_whole


def test_a_file_begun_again_after_a_lost_answer_isnt_appended_to_itself(onec):
    """Its first part came, its answer got lost, and the sender begins again; with any kind."""
    for name, body in (
        ("import.xml", catalog(200)),
        ("a.zip", archive(import__xml=catalog(200))),
        ("import_files/a.webp", b"RIFF" + bytes(range(256)) * 40),
    ):
        onec.sign_in()
        onec.ask("catalog", "file", body[: len(body) // 2], filename=name)

        assert onec.send("catalog", name, body, part=len(body) // 2 + 1).word == "success"

        here = Session.objects.latest("pk").files.exclude(state=ReceivedFile.State.DROPPED)
        assert here.get(name=name).size == len(body)


def test_a_client_that_signs_in_between_sending_and_importing_is_understood(
    onec, connection, counting
):
    connection.import_leftovers = False
    connection.save()
    onec.sign_in()
    onec.send("catalog", "import.xml", catalog())
    onec.sign_in()

    assert onec.load("catalog", "import.xml").word == "success"
    assert only_file("import.xml").state == ReceivedFile.State.IMPORTED
