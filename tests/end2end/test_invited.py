"""An editor hosts with TLS and an invite, and others join with the link: over 127.0.0.1."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from optiverse_collab.core.protocol.address import Address, parse_address
from optiverse_collab.errors import ConnectionFailed
from optiverse_collab.scripting import Bench
from tests.drivers.aio.test_connection import free_port
from tests.helpers.window_process import DEADLINE_S, Window

pytestmark = pytest.mark.own_store


class Lab:
    """People with computers of their own, or at least homes.

    Args:
        host: the editor that they use.
        folder: of their homes.
    """

    def __init__(self, host: str, folder: Path) -> None:
        self._host = host
        self._folder = folder
        self.windows: list[Window] = []

    def open(self, name: str) -> Window:
        """Open an editor as somebody."""
        home = self._folder / name
        home.mkdir(exist_ok=True)
        self.windows.append(Window(self._host, home))
        return self.windows[-1]

    def close(self, window: Window) -> None:
        """Somebody leaves, and closes their editor; a host's server ends with it."""
        self.windows.remove(window)
        window.do(leave=[])
        window.until(lambda state: state["status"] == "offline")
        assert window.close() == 0
        window.kill()  # the process's pipes

    def files(self, name: str) -> list[bytes]:
        """The content of all files that somebody's programs wrote."""
        return [path.read_bytes() for path in (self._folder / name).rglob("*") if path.is_file()]


@pytest.fixture(params=["demo", pytest.param("optiverse", marks=pytest.mark.optiverse)])
def lab(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Lab]:
    lab = Lab(str(request.param), tmp_path)
    yield lab
    for window in list(lab.windows):
        lab.close(window)


def is_in(state: dict[str, Any]) -> bool:
    return state["status"] == "connected" and not state["pending"]


def invite_of(window: Window) -> Address:
    """The content of the link that a window shows; its address is that of this machine alone."""
    deadline = time.monotonic() + DEADLINE_S
    while not (link := window.do(invite=[])["invite"]):
        assert time.monotonic() < deadline
    address = parse_address(link)
    return address._replace(server=f"wss://127.0.0.1:{urlsplit(address.server).port}")


def test_one_link_is_enough(lab: Lab) -> None:
    """LINK-1, LINK-3: a guest pastes it, and has joined; nobody joins without it."""
    ann, port = lab.open("ann"), free_port()
    ann.do(host=[port, "optics", "Ann"])
    ann.until(is_in)
    invite = invite_of(ann)
    assert (invite.session, invite.token is None, invite.pin is None) == ("optics", False, False)
    ben = lab.open("ben")
    ben.do(connect=[invite.link, "default", "Ben"])
    ben.until(is_in)
    ben.do(add=[50.0, 60.0])
    places = ann.until(lambda state: is_in(state) and bool(state["places"]))["places"]
    assert ben.until(is_in)["places"] == places
    for token, why in ((None, "invite"), ("A" * 22, "invite")):
        with pytest.raises(ConnectionFailed, match=why), Bench(invite._replace(token=token).link):
            pass
    with pytest.raises(ConnectionFailed, match="a different key"), Bench(invite._replace(pin="A" * 43).link):
        pass
    with (
        pytest.raises(ConnectionFailed, match="requires an encrypted connection"),
        Bench(f"ws://127.0.0.1:{port}"),
    ):
        pass
    with Bench(invite.link, user="script") as bench:
        assert set(bench) == set(places)
    assert invite.token is not None
    assert not any(invite.token.encode() in content for name in ("ann", "ben") for content in lab.files(name))


def test_the_link_goes_on_working_when_it_is_hosted_again(lab: Lab) -> None:
    """The key stays, and so do the invites."""
    ann, port = lab.open("ann"), free_port()
    ann.do(host=[port, "optics", "Ann"])
    ann.until(is_in)
    invite = invite_of(ann)
    ann.do(add=[50.0, 60.0])
    places = ann.until(lambda state: is_in(state) and bool(state["places"]))["places"]
    lab.close(ann)
    again = lab.open("ann")
    again.do(host=[port, "optics", "Ann"])
    again.until(is_in)
    ben = lab.open("ben")
    ben.do(connect=[invite.link, "default", "Ben"])
    ben.until(lambda state: is_in(state) and state["places"] == places)
