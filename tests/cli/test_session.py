"""Which session a command enters, and what is said if it can't."""

from __future__ import annotations

import pytest

from tests.drivers.aio.test_connection import free_port
from tests.helpers.cli import SMALL, fail
from tests.helpers.server_process import ServerProcess


@pytest.mark.parametrize(
    ("server", "sentence"),
    [
        (f"ws://127.0.0.1:{free_port()}", "Nothing answers at 127.0.0.1:"),
        ("http://localhost:8765", "The server speaks WebSocket, not HTTP; write ws://localhost:8765."),
        ("localhost:8765", "begins with ws:// or wss://"),
    ],
)
@pytest.mark.parametrize("arguments", [["push", SMALL], ["pull", "-"], ["watch"], ["who"]])
def test_no_server(arguments: list[str], server: str, sentence: str) -> None:
    assert sentence in fail(*arguments, "--server", server)


@pytest.mark.parametrize("option", ["--session", "--user"])
@pytest.mark.parametrize("name", [" ", "x" * 129, ".."])
def test_names_that_cannot_be(server: ServerProcess, option: str, name: str) -> None:
    assert option.removeprefix("--") in fail("who", "--server", server.url, option, name)
