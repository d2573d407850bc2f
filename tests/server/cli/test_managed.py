"""A program that starts a server learns when it is ready, and ends it without a signal."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from http.client import HTTPConnection
from pathlib import Path

import pytest

from optiverse_collab.core.protocol.messages import PROTOCOL_VERSION
from optiverse_collab.core.protocol.server_name import ServerName, parse
from optiverse_collab_server import __version__
from optiverse_collab_server.cli import managed
from tests.helpers.processes import python


def server_name_at(port: int, path: str) -> ServerName | None:
    """The server's name, from the header of an HTTP response."""
    connection = HTTPConnection("127.0.0.1", port, timeout=20)
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return parse(answer.getheader("Server", ""))


def test_server_says_that_it_is_ready_and_ends_when_told(tmp_path: Path) -> None:
    """MSG-9: the server also identifies itself in every HTTP response."""
    command = ["-m", "optiverse_collab_server", "--port", "0", "--data", str(tmp_path), "--ready-json"]
    with python(*command, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())["ready"]
        port = ready.pop("port")
        versions = {"version": __version__, "protocol": PROTOCOL_VERSION}
        assert ready == {"tls": False, "pid": process.pid, **versions}
        for path in ("/", "/healthz", "/ws/a/b"):
            assert server_name_at(port, path) == ServerName(__version__, PROTOCOL_VERSION)
        _, errors = process.communicate("go on\nstop\n")
    assert process.returncode == 0
    assert errors.rstrip().endswith("Stopped")


@pytest.mark.parametrize(
    ("pieces", "stops"),
    [
        ([b"st", b"op\n"], 1),
        ([b"stop\r\n"], 1),
        ([b"x" * 200, b"\nstop\n"], 1),
        ([b"stop"], 0),
        ([b"don't stop\n"], 0),
    ],
)
def test_it_ends_at_a_line_and_at_nothing_else(
    monkeypatch: pytest.MonkeyPatch, pieces: list[bytes], stops: int
) -> None:
    """It keeps running when its input ends: the program that started it may want that."""
    read, write = os.pipe()
    monkeypatch.setattr(managed, "_INPUT", read)
    stopped: list[None] = []
    managed.stop_on_request(lambda: stopped.append(None))
    listeners = [thread for thread in threading.enumerate() if thread.name == "standard input"]
    for piece in pieces:
        os.write(write, piece)
    os.close(write)
    for listener in listeners:
        listener.join(20)
    os.close(read)
    assert len(stopped) == stops


def test_a_program_without_an_input_is_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(managed, "_INPUT", 10**6)
    managed._listen(lambda: pytest.fail("nobody asked for the end"), lambda: True)
    monkeypatch.setattr(sys, "stdin", None)
    managed.stop_on_request(lambda: pytest.fail("nobody asked for the end"))


def test_a_standby_ends_with_the_program_that_runs_it(tmp_path: Path) -> None:
    """STAND-10: nobody is served by it, so nobody misses it when an editor crashes."""
    command = ["-m", "optiverse_collab_server", "--port", "0", "--data", str(tmp_path), "--ready-json"]
    follow = ["--follow", "ws://127.0.0.1:1"]
    with python(*command, *follow, stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert json.loads(process.stdout.readline())["ready"]
        _, errors = process.communicate("")
    assert process.returncode == 0
    assert errors.rstrip().endswith("Stopped")
