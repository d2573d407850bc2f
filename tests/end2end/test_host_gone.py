"""Three editors in processes of their own: the host's computer dies, and a guest's takes its place."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from tests.drivers.aio.test_connection import free_port
from tests.end2end.test_invited import invite_of
from tests.helpers.window_process import DEADLINE_S, Window, is_in

pytestmark = pytest.mark.own_store  # a server with a standby has a data folder

KEEP = "Keep a standby copy on this computer"

Open = Callable[[str], Window]


def end(window: Window) -> None:
    """End a window, and the server that it hosts."""
    server = None
    with contextlib.suppress(OSError, ValueError, AssertionError):  # it was killed before
        server = window.do(tell=[])["server"]
    window.kill()
    if server is not None:
        os.kill(server, signal.SIGKILL)


@pytest.fixture(params=["demo", pytest.param("optiverse", marks=pytest.mark.optiverse)])
def editor(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Open]:
    """Opens an editor as somebody with a home of their own."""
    with ExitStack() as stack:

        def open_as(name: str) -> Window:
            home = tmp_path / name
            home.mkdir(exist_ok=True)
            window = Window(str(request.param), home)
            stack.callback(end, window)
            return window

        yield open_as


def until(window: Window, what: str, *arguments: Any) -> None:
    """Repeat a command until it can be done."""
    deadline = time.monotonic() + DEADLINE_S
    while not window.do(**{what: list(arguments)})[what]:
        assert time.monotonic() < deadline, window.do(tell=[])
        time.sleep(0.05)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_guests_computer_takes_the_place_of_the_hosts(editor: Open) -> None:
    """STAND-10, STAND-9, STAND-4: same history, nothing twice, no address to type; the host comes back."""
    ana, ben, carl = editor("ana"), editor("ben"), editor("carl")
    port = free_port()
    ana.do(host=[port, "optics", "Ana"])
    ana.until(is_in)
    link = invite_of(ana).link
    for window, name in ((ben, "Ben"), (carl, "Carl")):
        window.do(connect=[link, "default", name])
        window.until(is_in)
    ana.do(add=[50.0, 60.0])
    until(ben, "choose", KEEP)
    until(ana, "answer", "Ben offers to keep a standby copy", 0)
    ben.until(lambda state: any("has a standby copy" in notice for notice in state["notices"]))
    carl.until(lambda state: bool(state["standby"]))
    server = ana.do(tell=[])["server"]
    ana.kill()
    os.kill(server, signal.SIGKILL)
    carl.until(lambda state: state["status"] == "reconnecting")
    carl.do(add=[-50.0, 0.0])
    until(ben, "choose", "Host now")
    ben.until(is_in)
    places = carl.until(lambda state: is_in(state) and state["users"] == 2)["places"]
    assert len(places) == 2
    ben.until(lambda state: is_in(state) and state["places"] == places and state["role"] == "owner")
    ana = editor("ana")
    ana.do(host=[port, "optics", "Ana"])
    state = ana.until(lambda state: is_in(state) and state["users"] == 3)
    assert state["places"] == places
    ana.do(add=[0.0, 90.0])
    carl.until(lambda state: is_in(state) and len(state["places"]) == 3)


def link_of(window: Window) -> str:
    """The link to the session that a window hosts."""
    state = window.until(lambda state: is_in(state) and bool(state["hosted"]))
    return invite_of(window).link if state["hosted"].startswith("wss:") else str(state["hosted"])


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_guest_hosts_from_the_bench_if_nobody_has_a_copy(editor: Open) -> None:
    """HOST-1, CONN-9: nothing twice, nothing lost; others come with a link, and so does the former host."""
    ana, ben, carl = editor("ana"), editor("ben"), editor("carl")
    port = free_port()
    ana.do(host=[port, "optics", "Ana"])
    link = link_of(ana)
    for window, name in ((ben, "Ben"), (carl, "Carl")):
        window.do(connect=[link, "default", name])
        window.until(is_in)
    ana.do(add=[50.0, 60.0])
    for window in (ben, carl):
        window.until(lambda state: len(state["places"]) == 1)
    server = ana.do(tell=[])["server"]
    ana.kill()
    os.kill(server, signal.SIGKILL)
    for window, x_mm in ((ben, -50.0), (carl, -90.0)):
        window.until(lambda state: state["status"] == "reconnecting")
        window.do(add=[x_mm, 0.0])
    until(ben, "choose", "Host now")
    until(ben, "confirm")
    link = link_of(ben)
    carl.do(connect=[link, "optics", "Carl"])
    places = carl.until(lambda state: is_in(state) and len(state["places"]) == 3)["places"]
    assert ben.until(lambda state: len(state["places"]) == 3)["places"] == places
    ana = editor("ana")
    ana.do(host=[port, "optics", "Ana"])
    server = ana.until(lambda state: is_in(state) and len(state["places"]) == 1)["server"]
    ana.do(add=[0.0, 90.0])
    ana.until(lambda state: not state["pending"])
    ana.do(connect=[link, "optics", "Ana"])
    for window in (ana, ben, carl):
        state = window.until(lambda state: is_in(state) and state["users"] == 3 and len(state["places"]) == 4)
        assert places.items() <= state["places"].items()
    os.kill(server, signal.SIGKILL)  # it runs on until her editor is closed
