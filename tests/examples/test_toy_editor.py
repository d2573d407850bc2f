"""The toy editor of docs/host-integration.md: an editor adopts the plugin with one line and an adapter."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from PyQt6.QtCore import QSettings
from pytestqt.qtbot import QtBot

from examples import toy_editor
from examples.toy_editor import ToyWindow, open_window
from optiverse_collab.core.client.connector import ConnectionState
from optiverse_collab.window.attachment import attachment_for
from optiverse_collab.window.controller import CollaborationController
from tests.helpers.server_process import ServerProcess

ROOT = Path(__file__).parent.parent.parent
EXAMPLE = ROOT / "examples" / "toy_editor.py"
SOON = 10_000  # ms


def places(window: ToyWindow) -> dict[str, tuple[float, float]]:
    return {id: (disc.x(), disc.y()) for id, disc in window.discs.items()}


def join(qtbot: QtBot, window: ToyWindow, server: str, session: str, name: str) -> None:
    controller = attachment_for(window)
    assert isinstance(controller, CollaborationController)
    manager = controller.manager
    manager.join_session(server, session, name)
    qtbot.waitUntil(lambda: manager.status is ConnectionState.CONNECTED, timeout=SOON)


@pytest.fixture
def settings(tmp_path: Path) -> None:
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path))


@pytest.mark.usefixtures("settings")
def test_two_windows_share_a_bench(qtbot: QtBot, server: ServerProcess, session_id: str) -> None:
    ann, ben = open_window(), open_window()
    for window, name in ((ann, "Ann"), (ben, "Ben")):
        qtbot.addWidget(window)
        join(qtbot, window, server.url, session_id, name)
    ann.add()
    qtbot.waitUntil(lambda: len(ben.discs) == 1, timeout=SOON)
    [id] = ann.discs
    ben.discs[id].setPos(40.0, 30.0)
    qtbot.waitUntil(lambda: places(ann) == {id: (40.0, 30.0)}, timeout=SOON)
    ann.remove(id)
    qtbot.waitUntil(lambda: not ben.discs, timeout=SOON)
    for window in (ann, ben):
        assert window.close()


def test_integration_is_at_most_ten_lines() -> None:
    """All lines except the editor and its adapter: those that make a window, and imports of ours."""
    source = EXAMPLE.read_text("utf-8")
    lines = source.splitlines()
    tree = ast.parse(source)
    used = [
        node for node in tree.body if isinstance(node, ast.ImportFrom) and "collab" in (node.module or "")
    ]
    [opens] = [node for node in tree.body if getattr(node, "name", "") == "open_window"]
    spans = [(node.lineno, node.end_lineno or node.lineno) for node in (*used, opens)]
    assert sum(last - first + 1 for first, last in spans) <= 10
    editor = [node for node in tree.body if getattr(node, "name", "") in ("Disc", "ToyWindow")]
    texts = ["\n".join(lines[node.lineno - 1 : node.end_lineno]) for node in editor]
    assert not any(name in text for text in texts for name in ("attach", "Host", "Record"))


def test_guide_quotes_the_toy_editor() -> None:
    page = (ROOT / "docs" / "host-integration.md").read_text("utf-8")
    assert f"```python\n{EXAMPLE.read_text('utf-8')}```\n" in page
    assert toy_editor.__doc__
