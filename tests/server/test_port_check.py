"""Whether a server can listen on its port, or answers there."""

from __future__ import annotations

import asyncio
import socket
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from optiverse_collab_server.diagnosis import Finding, Level
from optiverse_collab_server.port_check import of_port, of_reach
from tests.helpers.aio import run
from tests.helpers.live_server import live_server


def only(host: str, port: int, is_encrypted: bool = False, is_running: bool = False) -> Finding:
    """The only finding."""
    [found] = of_port(host, port, is_encrypted, is_running)
    return found


def test_port_that_is_free_is_fine() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        found = only("127.0.0.1", port)
        assert (found.level, "in use by another program" in found.sentence) == (Level.FAULT, True)
    assert only("127.0.0.1", port).level is Level.OK


@pytest.mark.parametrize("host", ["192.0.2.1", "no such host"])
def test_address_of_another_machine_is_a_fault(host: str) -> None:
    found = only(host, 0)
    assert found.level is Level.FAULT
    assert f"No server can listen on {host}, port 0: " in found.sentence


@pytest.mark.parametrize("is_encrypted", [False, True], ids=["ws", "wss"])
def test_server_that_runs_is_asked(is_encrypted: bool) -> None:
    async def main() -> None:
        async with live_server(tls=is_encrypted) as server:
            found = await asyncio.to_thread(only, "0.0.0.0", server.port, is_encrypted, True)
            assert found == Finding("port", Level.OK, f"The server at 127.0.0.1:{server.port} says: Ready.")

    run(main())


def test_a_standby_need_not_be_ready() -> None:
    refusing = HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler)  # it answers 501
    with refusing, ThreadPoolExecutor(1) as pool:
        for serves, level in [(True, Level.FAULT), (False, Level.OK)]:
            answered = pool.submit(refusing.handle_request)
            [found] = of_port("127.0.0.1", refusing.server_port, False, True, serves)
            answered.result()
            assert (found.level, "says: " in found.sentence) == (level, True)


def test_server_that_does_not_answer_is_a_fault() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    found = only("127.0.0.1", port, is_running=True)
    assert found.level is Level.FAULT
    assert f"none answers at 127.0.0.1:{port} (" in found.sentence


def reach(host: str, *names: str, is_encrypted: bool = True) -> Finding:
    """The address at which others reach a server."""
    [found] = of_reach(host, 8765, is_encrypted, names)
    return found


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_that_nobody_else_reaches_a_server_is_said(host: str) -> None:
    assert reach(host, "192.0.2.7").sentence.startswith("Only this machine can connect; ")


def test_others_learn_where_it_is_and_what_may_be_in_the_way() -> None:
    found = reach("0.0.0.0", "lab", "127.0.0.1", "::1", "192.0.2.7", "2001:db8::7")
    assert found.level is Level.OK
    assert "Others connect to wss://192.0.2.7:8765 or wss://[2001:db8::7]:8765." in found.sentence
    assert "let TCP port 8765 through the firewall" in found.sentence
    assert "to ws://lab.example:8765." in reach("lab.example", is_encrypted=False).sentence
    assert reach("::", "lab", "127.0.0.1").level is Level.WARNING
