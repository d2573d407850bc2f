"""``optiverse-collab diff``: prints what differs between two moments of a session."""

from __future__ import annotations

import json

from optiverse_collab.scripting import Bench
from tests.helpers.cli import succeed
from tests.helpers.server_process import ServerProcess


def test_what_differs(server: ServerProcess, session_id: str) -> None:
    """HIST-2: between any two moments, or one and now."""
    there = ["--server", server.url, "--session", session_id]
    with Bench(server.url, session_id, "Ana") as bench:
        bench.put("m3", "component", {"name": "M3", "pos": [0.0, 0.0]})
        bench.flush()
        bench["m3"].move(3.0, 4.0)
        bench.flush()
        bench.remove("m3")
    assert succeed("diff", "1", "2", *there) == 'Moved "M3" by 5.0 mm\n'
    assert succeed("diff", "1", *there) == 'Removed "M3"\n'
    assert succeed("diff", "2", "2", *there) == "Nothing differs.\n"
    [[before, after]] = json.loads(succeed("diff", "0", "2", "--json", *there))
    assert before is None
    assert after["props"]["pos"] == [3.0, 4.0]
