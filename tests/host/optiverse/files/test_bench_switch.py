"""Another bench is opened in a window: a signal says so, and nothing of the former one is left."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from optiverse_collab.host.optiverse.adapter import OptiverseHost
from tests.helpers.optiverse_drawing import Drawing
from tests.helpers.optiverse_user import clear

pytestmark = [
    pytest.mark.optiverse,
    pytest.mark.qt_log_ignore("This plugin does not support", "QImageIOHandler: Rejecting image"),
]


def test_opening_leaves_nothing_of_the_bench_before(window: Any, tmp_path: Path) -> None:
    """Without our help, the host leaves measures on the canvas."""
    user = Drawing(window)
    user.place("source", -100.0, 0.0)
    user.place("lens", 50.0, 0.0)
    files = window.file_controller.file_manager
    path = tmp_path / "bench.json"
    path.write_text(json.dumps(files.serialize_scene()), "utf-8")
    user.draw("angle_measure", (60.0, 0.0), (0.0, 0.0), (0.0, 70.0))
    user.measure()
    host = OptiverseHost(window)
    opened: list[str] = []
    host.watch_opened(lambda back: opened.append("opened"))
    assert len(host.records()) > 3
    files.open_file(str(path))
    assert opened == ["opened"]
    assert sorted(record.kind for record in host.records().values()) == ["component", "source"]
    host.close()
    assert "load_from_data" not in vars(files)
    clear(window)
