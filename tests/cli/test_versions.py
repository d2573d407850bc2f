"""``optiverse-collab versions``: lists them."""

from __future__ import annotations

import json
import re

from optiverse_collab.scripting import Bench
from tests.helpers.cli import succeed
from tests.helpers.server_process import ServerProcess


def test_versions_are_listed_with_their_moments(server: ServerProcess, session_id: str) -> None:
    """HIST-10"""
    there = ["--server", server.url, "--session", session_id]
    assert succeed("versions", *there) == (
        f"Session '{session_id}' has no versions; `version NAME` keeps one.\n"
    )
    with Bench(server.url, session_id, "Ana") as bench:
        bench.put("m3", "component", {"name": "M3"})
        bench.versions.keep("good\nstate")
    line = succeed("versions", *there)
    assert re.fullmatch(r'[\d-]{10} [\d:]{8}  1  "good\\nstate", kept by Ana\n', line), line
    [version] = json.loads(succeed("versions", "--json", *there))
    assert (version["clock"], version["name"], version["why"]) == (1, "good\nstate", "hand")
