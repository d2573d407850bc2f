"""``optiverse-collab restore``: returns a session's bench, or a part of it, to an earlier state."""

from __future__ import annotations

import argparse
import asyncio

import pytest

from optiverse_collab.cli import restore
from optiverse_collab.cli.restore import ids_of
from optiverse_collab.core.records import Record
from optiverse_collab.errors import CollaborationError
from optiverse_collab.scripting import AsyncBench, Bench, Conflict
from tests.helpers.cli import fail, succeed
from tests.helpers.server_process import ServerProcess

M3 = Record("m3", "component", {"name": "M3"})


def test_all_or_a_part_is_restored(server: ServerProcess, session_id: str) -> None:
    there = ["--server", server.url, "--session", session_id]
    with Bench(server.url, session_id, "Ana") as bench:
        bench.put("m3", "component", {"name": "M3", "pos": [0.0, 0.0], "angle_deg": 0.0})
        bench.put("m4", "component", {"name": "M4", "pos": [0.0, 0.0]})
        bench.flush()
        clock = str(bench.clock)
        bench["m3"].move(3.0, 4.0)
        bench["m3"].rotate(45.0)
        bench["m4"].move(5.0, 0.0)
    assert succeed("restore", clock, "M3", "--property", "angle_deg", *there) == 'Rotated "M3" to 0.0°\n'
    assert succeed("restore", clock, "m4", *there) == 'Moved "M4" by 5.0 mm\n'
    assert succeed("restore", clock, *there) == 'Moved "M3" by 5.0 mm\n'
    assert succeed("restore", clock, *there) == "There is nothing to restore.\n"
    assert fail("restore", clock, "M9", *there) == (
        "optiverse-collab: There is no item 'M9', now or then; check its name."
    )


def test_items_are_named_by_id_or_name() -> None:
    old = {"m3": M3, "x": Record("x", "component", {"name": "M3"}), "m4": Record("m4", "component", {})}
    assert ids_of(["M3", "m4"], [{"m3": M3}, old]) == ["m3", "x", "m4"]
    with pytest.raises(CollaborationError, match="no item"):
        ids_of(["M4"], [old, {}])


def test_what_stays_is_said(
    server: ServerProcess,
    session_id: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """SEEN-5: with the exit code, and once: the log, which the terminal shows, has named each conflict."""
    conflict = Conflict("m3", "M3", ["x"], {"x": 1}, {"x": 2}, "Ben", "theirs", "Ben moved it.")

    async def held(bench: AsyncBench, *what: object) -> list[Conflict]:
        return [conflict]

    monkeypatch.setattr(AsyncBench, "restore", held)
    options = argparse.Namespace(
        server=server.url, session=session_id, user="Ana", moment="0", items=[], property=None
    )
    assert asyncio.run(restore.run(options)) == 1
    printed = capsys.readouterr()
    assert printed.out == "There is nothing to restore.\n"
    assert "Ben moved it." not in printed.err
