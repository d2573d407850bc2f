"""How the editor's user joins their own server: from its log and its files."""

from __future__ import annotations

from pathlib import Path

import pytest

from optiverse_collab.core.protocol.address import Address
from optiverse_collab.errors import DiskError
from optiverse_collab.window.own_server import owners_address
from tests.helpers.aio import run, until
from tests.helpers.server_process import ServerProcess

TOKEN, PIN, OTHER = "t" * 22, "p" * 43, "q" * 43


def line(text: str) -> str:
    return f"2027-03-01 12:00:00.000 INFO    | {text}\n"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "a folder"
    folder.mkdir()
    return folder


@pytest.fixture
def log(tmp_path: Path, data: Path) -> Path:
    """The log of two starts; the first start had another key."""
    log = tmp_path / "server.log"
    says = "Connections are encrypted (wss://); links name its key: #pin="
    text = line(f"Sessions are kept in {tmp_path}") + line(says + OTHER)
    log.write_text(text + line(f"Sessions are kept in {data}") + line(says + PIN), "utf-8")
    return log


def test_the_owners_link_lets_its_user_in(log: Path, data: Path) -> None:
    """With this machine's own address, whatever host name the link has."""
    (data / "owner-link").write_text(f"wss://lab-pc:8765/ws/default#t={TOKEN}&pin={OTHER}\n", "utf-8")
    assert owners_address(log, 9000) == Address("wss://127.0.0.1:9000", None, TOKEN, PIN)


@pytest.mark.parametrize("content", [None, "damaged\n", "wss://lab-pc:8765/ws/a#t=cut"])
def test_without_the_link_the_device_may_know_a_token(log: Path, data: Path, content: str | None) -> None:
    if content is not None:
        (data / "owner-link").write_text(content, "utf-8")
    found = owners_address(log, 9000)
    assert (found.server, found.token, found.pin) == ("wss://127.0.0.1:9000", None, PIN)


def test_a_certificate_of_an_authority_is_for_a_name(log: Path, data: Path) -> None:
    log.write_text(line(f"Sessions are kept in {data}"), "utf-8")
    (data / "owner-link").write_text(f"wss://lab-pc.example:9000/ws/default#t={TOKEN}\n", "utf-8")
    assert owners_address(log, 9000) == Address("wss://lab-pc.example:9000", None, TOKEN, None)
    (data / "owner-link").unlink()
    assert owners_address(log, 9000) == Address("wss://localhost:9000", None, None, None)


@pytest.mark.parametrize("text", [None, "", "something else\n"])
def test_a_server_that_somebody_else_started_is_explained(tmp_path: Path, text: str | None) -> None:
    log = tmp_path / "server.log"
    if text is not None:
        log.write_text(text, "utf-8")
    with pytest.raises(
        DiskError, match="Port 9000 is used by a server that this editor didn't start; join it with a link"
    ):
        owners_address(log, 9000)


def test_a_real_server_says_all_of_it(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    with ServerProcess(tmp_path / "data", "--host", "0.0.0.0") as server:
        pin = server.pin
        run(until(lambda: any("Press Ctrl+C" in one for one in server.log)))
        log.write_text("\n".join(server.log), "utf-8")
    found = owners_address(log, server.port)
    assert found.pin == pin
    assert found.token is not None
