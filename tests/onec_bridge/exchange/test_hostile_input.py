"""What is made to hurt is refused within the limits that docs/onec.md states."""

from __future__ import annotations

import contextlib
import io
import socket
import stat
import time
import zipfile

import pytest
from django.http import HttpRequest

from onec_bridge.commerceml import archive as archives
from onec_bridge.exchange import arriving, asked, unpack
from onec_bridge.models import FilePart, ReceivedFile

from .conftest import catalog, only_file


def packed(*entries: tuple[str | zipfile.ZipInfo, bytes]) -> bytes:
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        for entry, content in entries:
            archive.writestr(entry, content, compress_type=zipfile.ZIP_DEFLATED)
    return body.getvalue()


def link(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name)
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return info


def nameless() -> zipfile.ZipInfo:
    info = zipfile.ZipInfo("x.xml")
    info.filename = "\0x.xml"  # of which readers take what stands before the NUL
    return info


def deliver(onec, body: bytes, name: str = "v8_1A.zip"):
    onec.sign_in()
    assert onec.send("catalog", name, body).word == "success"
    return onec.load("catalog", "import.xml")


# ----------------------------------------------------------------------------- archives


def test_a_bomb_is_given_up_before_it_fills_the_database(onec, counting, monkeypatch):
    monkeypatch.setattr(unpack, "SMALL", 2_000_000)
    answered = deliver(onec, packed(("import.xml", catalog()), ("bomb.xml", b"\0" * 30_000_000)))

    assert answered.word == "success"  # what is whole is whole
    assert onec.load("catalog", "bomb.xml").word == "failure"
    assert only_file("v8_1A.zip").problems.get().code == "bad_zip"
    assert not ReceivedFile.objects.filter(name="bomb.xml").exists()
    assert sum(len(part.body) for part in FilePart.objects.all()) < 200_000


def test_an_archive_within_an_archive_stays_packed(onec, counting):
    inner = packed(("bomb.xml", b"\0" * 1_000_000))
    answered = deliver(onec, packed(("import.xml", catalog()), ("inner.zip", inner)))

    assert answered.word == "success"
    assert only_file("inner.zip").kind == ReceivedFile.Kind.OTHER
    assert not ReceivedFile.objects.filter(name="bomb.xml").exists()


@pytest.mark.parametrize(
    "entry",
    [
        "../import.xml",
        "/etc/passwd",
        "a/../../x.xml",
        "C:\\windows\\x.xml",
        "\\\\host\\share\\x.xml",
        link("x.xml"),
        nameless(),
    ],
    ids=["up", "absolute", "up within", "drive", "share", "symbolic link", "no name"],
)
def test_entries_that_lead_elsewhere_are_skipped_or_kept_under_their_own_name(
    onec, counting, entry
):
    answered = deliver(onec, packed((entry, b"/etc/passwd"), ("import.xml", catalog())))

    assert answered.word == "success"
    names = set(ReceivedFile.objects.values_list("name", flat=True)) - {"v8_1A.zip", "import.xml"}
    assert names <= {"x.xml", "etc/passwd"}
    if not isinstance(entry, str) or ".." in entry:
        assert only_file("v8_1A.zip").problems.get().code == "unsafe_zip_name"


def test_an_archive_of_too_many_files_is_given_up(onec, counting, settings):
    settings.ONEC_MAX_ENTRIES = 5
    answered = deliver(onec, packed(*((f"{n}.txt", b"") for n in range(6))))

    assert answered.word == "failure"
    assert ReceivedFile.objects.count() == 1


def test_a_list_of_files_too_long_to_be_held_is_not_read(onec, counting, monkeypatch):
    monkeypatch.setattr(archives, "DIRECTORY_LIMIT", 5_000)
    answered = deliver(onec, packed(*((f"{n:050}.txt", b"") for n in range(60))))

    assert answered.word == "failure"
    assert ReceivedFile.objects.count() == 1


# ----------------------------------------------------------------------------- bodies


class Sender:
    """A body that comes as fast as it is read, or with a pause before each piece."""

    def __init__(self, size: int, pause: float = 0) -> None:
        self.left, self.pause, self.given = size, pause, 0

    def read(self, size: int, /) -> bytes:
        time.sleep(self.pause)
        size = min(size, self.left)
        self.left -= size
        self.given += size
        return b"x" * size


def test_ten_gigabytes_are_refused_before_a_byte_is_read():
    sender = Sender(10 * 1024**3)

    with (
        pytest.raises(arriving.RefusedFileError),
        arriving.arrived(sender, 10 * 1024**3, limit=2 * 1024**3),
    ):
        raise AssertionError("let in")
    assert sender.given == 0


@pytest.mark.parametrize("announced", [None, 1000])
def test_who_says_less_than_he_sends_is_refused_by_count(announced):
    sender = Sender(10 * 1024**3)

    with (
        pytest.raises(arriving.RefusedFileError),
        arriving.arrived(sender, announced, limit=5_000_000),
    ):
        raise AssertionError("let in")
    assert sender.given <= 5_000_000 + arriving.STEP


def test_a_slow_sender_has_his_time_and_no_more(settings):
    settings.ONEC_BODY_SECONDS = 0.05

    with (
        pytest.raises(arriving.RefusedFileError),
        arriving.arrived(Sender(10**9, pause=0.02), None, limit=10**9),
    ):
        raise AssertionError("let in")


def test_the_limits_are_said_to_1c_and_nothing_is_kept(onec, settings):
    settings.ONEC_MAX_FILE = 3000
    onec.sign_in()

    whole = onec.send("catalog", "import.xml", catalog(100))
    parts = onec.send("catalog", "offers.xml", catalog(100), part=1000)

    assert whole.word == parts.word == "failure"
    assert "3000" in whole.text
    assert "3000" in parts.text
    assert not ReceivedFile.objects.filter(name="import.xml").exists()
    assert only_file("offers.xml").size <= 3000


def test_a_session_keeps_no_more_than_it_may(onec, settings):
    settings.ONEC_MAX_SESSION = 5000
    onec.sign_in()
    answers = [onec.send("catalog", f"{n}.jpg", b"j" * 2000).word for n in range(4)]

    assert answers == ["success", "success", "failure", "failure"]
    assert ReceivedFile.objects.count() == 2


@pytest.mark.parametrize(
    ("length", "said"),
    [
        *[(each, "") for each in ("-1", "abc", "1e9", "99999999999999999999999")],
        (str(10 * 1024**3), "больше"),
        ("100000", "оборвалась"),
    ],
)
def test_a_content_length_that_lies_is_answered_in_words(onec, length, said):
    onec.sign_in()
    response = onec.client.generic(
        "POST",
        f"{onec.path}?type=catalog&mode=file&filename=import.xml",
        headers={"Authorization": onec.authorization, "Cookie": "=".join(onec.cookie)},
        **{"CONTENT_LENGTH": length, "wsgi.input": io.BytesIO(catalog())},
    )

    assert response.status_code == 200
    assert response.content.decode().split("\n")[0] in ("success", "failure")
    if said:
        assert said in response.content.decode()
        assert not ReceivedFile.objects.exists()


def test_a_form_of_a_stranger_fills_no_disk(onec, monkeypatch):
    """It is read before anybody signs in."""
    monkeypatch.setattr(HttpRequest, "_load_post_and_files", lambda request: pytest.fail("read"))

    response = onec.client.post(onec.path, {"file": io.BytesIO(b"x" * asked.LONGEST_FORM)})

    assert response.content.startswith(b"failure\n")


def test_a_sender_of_a_few_bytes_at_a_time_is_cut_off(live_server, onec, settings):
    """On a real socket, as a web server that reads nothing ahead hands it over."""
    settings.ONEC_BODY_SECONDS = 0.2
    head = (
        "POST /onec/exchange/?type=catalog&mode=file&filename=import.xml HTTP/1.0\r\n"
        f"Authorization: {onec.authorization}\r\nContent-Length: 1000000\r\n\r\n"
    )
    onec.sign_in()
    with socket.create_connection((live_server.thread.host, live_server.thread.port)) as sender:
        sender.sendall(head.encode())
        sender.settimeout(0.02)
        answer = b""
        for _piece in range(100):
            sender.sendall(b"x" * 1000)
            with contextlib.suppress(TimeoutError):
                answer += sender.recv(10_000)
            if b"failure" in answer:
                break
    assert "слишком медленно" in answer.decode()
    assert not ReceivedFile.objects.exists()


# ----------------------------------------------------------------------------- words


@pytest.mark.parametrize(
    "query",
    [
        "type=catalog&mode=file&filename=a%00b.xml",
        "type=catalog&mode=import&filename=%00",
        "type=cat%00alog&mode=init",
        "type=catalog&mode=in%00it",
        "type=sale&mode=query&sessid=%00",
        "%00=%00",
        "&&&===&",
        "type=catalog&mode=file&filename=" + "x" * 5000 + ".xml",
        "type=" + "x" * 10_000,
        "type=catalog&mode=deactivate&timestamp=-1",
        "type=catalog&mode=init&version=" + "9" * 300,
    ],
)
def test_words_that_make_no_sense_are_answered_in_words(onec, query):
    onec.sign_in()

    answered = onec.ask_raw(query, b"<?xml" if "mode=file" in query else None)

    assert answered.status == 200
    assert answered.content_type.startswith(("text/plain", "text/xml"))
    assert answered.word in ("failure", "success") or answered.body.startswith((b"zip=", b"<?xml"))


@pytest.mark.parametrize("name", ["type", "mode", "version", "sessid", "filename"])
def test_a_nul_in_a_word_is_no_trouble_of_the_site_without_a_cookie_either(onec, caplog, name):
    words = {"type": "catalog", "mode": "init", "version": "2.05", name: "a%00b"}

    answered = onec.ask_raw("&".join(f"{key}={value}" for key, value in words.items()))

    assert answered.status in {200, 401}
    assert not [record for record in caplog.records if record.levelname == "ERROR"]


def test_a_form_that_can_not_be_read_is_failure_and_not_a_page(onec):
    onec.sign_in()
    response = onec.client.generic(
        "POST",
        f"{onec.path}?type=catalog",
        b"--x\r\nContent-Disposition: form-data",
        content_type="multipart/form-data",
        headers={"Authorization": onec.authorization},
    )

    assert response.status_code == 200
    assert response.content.startswith(b"failure\n")
