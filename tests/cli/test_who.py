"""``optiverse-collab who``: prints who is in a session, and since when."""

from __future__ import annotations

import re

from optiverse_collab.scripting import Bench
from tests.helpers.cli import succeed
from tests.helpers.server_process import ServerProcess


def test_everybody_but_the_command_is_listed(server: ServerProcess, session_id: str) -> None:
    there = ["--server", server.url, "--session", session_id]
    assert succeed("who", *there) == f"Nobody is in session '{session_id}'.\n"
    with Bench(server.url, session_id, "DESKTOP-X"), Bench(server.url, session_id, "evil\n\x1b[31m"):
        lines = succeed("who", *there).splitlines()
    assert [re.sub(r"\d", "0", line) for line in lines] == [
        "DESKTOP-X (script)  since 0000-00-00 00:00:00",
        "evil\\n\\x0b[00m (script)  since 0000-00-00 00:00:00",
    ]
