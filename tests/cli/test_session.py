"""Which session a command joins, and the error if it can't."""

from __future__ import annotations

import pytest

from tests.drivers.aio.test_connection import free_port
from tests.helpers.cli import SMALL, fail, succeed
from tests.helpers.server_process import ServerProcess


@pytest.mark.parametrize(
    ("server", "sentence"),
    [
        ("ws://127.0.0.1:{port}", "Nothing answers at 127.0.0.1:"),
        ("ftp://localhost", "begins with ws:// or wss://"),
    ],
)
@pytest.mark.parametrize("arguments", [["push", SMALL], ["pull", "-"], ["watch"], ["who"]])
def test_no_server(arguments: list[str], server: str, sentence: str) -> None:
    assert sentence in fail(*arguments, "--server", server.format(port=free_port()))


def test_invite_link_names_the_session_too(server: ServerProcess) -> None:
    link = f"{server.url.removeprefix('ws://')}/ws/Ben%27s%20bench"
    assert succeed("who", "--server", link) == "Nobody is in session 'Ben's bench'.\n"
    assert "you asked for 'lab'; give only one of them" in fail("who", "--server", link, "--session", "lab")


@pytest.mark.parametrize("option", ["--session", "--user"])
@pytest.mark.parametrize("name", [" ", "x" * 129, ".."])
def test_names_that_cannot_be(server: ServerProcess, option: str, name: str) -> None:
    assert option.removeprefix("--") in fail("who", "--server", server.url, option, name)
