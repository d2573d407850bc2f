"""A file, and users who link it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PyQt6.QtWidgets import QFileDialog, QMessageBox

from optiverse_collab.host.optiverse.adapter import OptiverseHost
from optiverse_collab.host.optiverse.upstream.window import has_groups
from tests.helpers.optiverse_drawing import Drawing
from tests.helpers.optiverse_session import Participant
from tests.helpers.optiverse_user import clear

Link = Callable[[Participant], str]


@pytest.fixture
def file(windows: list[Any], tmp_path: Path) -> Path:
    """A file with a source, a lens and a note."""
    window = windows[0]
    if has_groups(window):
        pytest.skip("only Optiverse 0.3 links files")
    clear(window)
    user = Drawing(window)
    user.place("source", -100.0, 0.0)
    user.place("lens", 50.0, 0.0)
    user.draw("text", (0.0, 40.0))
    path = tmp_path / "telescope.json"
    path.write_text(json.dumps(window.file_controller.file_manager.serialize_scene()), "utf-8")
    clear(window)
    return path


@pytest.fixture
def link(file: Path, monkeypatch: pytest.MonkeyPatch) -> Link:
    """Link the file in a user's window."""

    def link(one: Participant) -> str:
        # The host watches the file, and asks whether to reload it.
        no = QMessageBox.StandardButton.No
        monkeypatch.setattr("optiverse.ui.theme_manager.question", lambda *args: no)
        monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *args, **kwargs: (str(file), ""))
        one.window.act_link_assembly.trigger()
        [node] = one.window.layer_state.get_linked_groups()
        return str(node.uuid)

    return link


@pytest.fixture
def host(window: Any) -> Iterator[OptiverseHost]:
    """The adapter of an empty window."""
    host = OptiverseHost(window)
    yield host
    host.close()
