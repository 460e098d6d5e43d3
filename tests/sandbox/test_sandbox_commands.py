"""``python -m sandbox``: what a person who starts the demo is told."""

from __future__ import annotations

import fcntl
import json
import socket
import urllib.request
from threading import Event

import pytest

from sandbox import commands, prepare
from sandbox.facts import Facts
from sandbox.server import HOST, PortTaken, Server


@pytest.fixture
def busy():
    """A port that something else listens on."""
    with socket.socket() as other:
        other.bind((HOST, 0))
        other.listen()
        yield other.getsockname()[1]


@pytest.mark.parametrize("command", [commands.serve, commands.demo])
def test_a_taken_port_is_said_before_anything_is_touched(command, busy, tmp_path, capsys):
    status = command(busy, tmp_path, Event())

    assert status == 2
    assert str(busy) in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("command", [commands.serve, commands.demo])
def test_a_folder_in_use_is_left_alone(command, tmp_path, capsys):
    (tmp_path / "demo.json").write_text("of the other run")
    with (tmp_path / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)

        status = command(0, tmp_path, Event())

    assert status == 2
    assert str(tmp_path) in capsys.readouterr().err
    assert (tmp_path / "demo.json").read_text() == "of the other run"


def test_facts_are_read_back_as_they_were_written(busy, tmp_path):
    with pytest.raises(PortTaken):
        Server(busy)
    with Server(0) as server:
        server.facts.save(tmp_path / "demo.json")

    assert Facts.load(tmp_path / "demo.json") == server.facts
    told = json.loads((tmp_path / "demo.json").read_text(encoding="utf-8"))
    assert {"url", "graphql", "exchange", "buyers", "manager", "admin"} <= set(told)
    assert len({each["company"] for each in told["buyers"]}) == 2


@pytest.mark.django_db(transaction=True)
def test_a_server_answers_and_stops():
    prepare.retail_shop()
    query = json.dumps({"query": "{ channels { slug } }"}).encode()

    with Server(0) as server:
        server.start()
        request = urllib.request.Request(
            server.facts.graphql, query, {"Content-Type": "application/json"}
        )
        with urllib.request.urlopen(request) as answer:
            assert json.load(answer) == {"data": {"channels": [{"slug": "ru"}]}}

    with pytest.raises(OSError, match="refused"):
        urllib.request.urlopen(request)
