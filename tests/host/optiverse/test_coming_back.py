"""A file that the session knows is open in a real window: nothing of it counts as an edit."""

from __future__ import annotations

from typing import Any

import pytest

from optiverse_collab.convert import compare, records_from_bench
from optiverse_collab.host.optiverse.adapter import OptiverseHost
from tests.helpers import benches
from tests.helpers.benches import ASSEMBLIES, DATA, REAL
from tests.helpers.optiverse_user import events

pytestmark = [
    pytest.mark.optiverse,
    pytest.mark.usefixtures("no_questions"),
    pytest.mark.qt_log_ignore("This plugin does not support", "QImageIOHandler: Rejecting image"),
]
FILES = [*REAL, *(f"assemblies/{name}" for name in ASSEMBLIES)]


@pytest.mark.parametrize("name", FILES)
def test_a_pushed_file_is_the_same_in_a_window(name: str, host: OptiverseHost) -> None:
    """So whoever has it open joins without a question (docs/bench-format.md)."""
    pushed = records_from_bench(benches.load(name)).records
    window: Any = host.window
    window.file_controller.file_manager.open_file(str(DATA / f"{name}.json"))
    events()
    found = compare(host.records(), pushed)
    assert (found.new, found.differ, found.missing) == ([], [], [])
