"""Every text can be printed, whatever the terminal's encoding."""

from __future__ import annotations

from tests.helpers.cli import command
from tests.helpers.server_process import ServerProcess


def test_what_a_terminal_can_not_show_is_escaped(server: ServerProcess) -> None:
    ended = command("who", "--server", server.url, "--session", "光", PYTHONIOENCODING="cp1252")
    assert (ended.code, ended.errors) == (0, "")
    assert ended.output == "Nobody is in session '\\u5149'.\n"
