"""A copy of the session's bench is edited in an editor without the plugin, and comes back to the session."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from PyQt6.QtCore import QSettings, QStandardPaths
from PyQt6.QtWidgets import QCommandLinkButton

from optiverse_collab.core.client.connector import ConnectionState
from optiverse_collab.window.ui.choice_dialog import ChoiceDialog, JoiningChoice
from tests.helpers.optiverse_user import events, wait_until
from tests.helpers.optiverse_window import open_window
from tests.helpers.server_process import ServerProcess
from tests.host.optiverse.test_closing import Desk, closed_windows

pytestmark = [
    pytest.mark.optiverse,
    pytest.mark.usefixtures("qapp", "no_questions"),
    pytest.mark.qt_log_ignore("This plugin does not support", "QImageIOHandler: Rejecting image"),
]

Place = tuple[float, float]


def save(window: Any, path: Path) -> Path:
    """Save the window's bench."""
    window.file_controller.file_manager.save_to_file(str(path))
    return path


def open_file(window: Any, path: Path) -> dict[str, Any]:
    """Open a file; returns the items on the bench."""
    window.file_controller.file_manager.open_file(str(path))
    events()
    return {item.item_uuid: item for item in window.scene.items() if hasattr(item, "item_uuid")}


def places(desk: Desk) -> dict[str, Place]:
    """Where the items are."""
    return {item.item_uuid: (item.pos().x(), item.pos().y()) for item in desk.user.items()}


def drag(desk: Desk, *items: Any) -> None:
    """Drag each item alone."""
    for item in items:
        desk.window.scene.clearSelection()
        desk.user.drag(item, 0, 40)


def choose_merge(desk: Desk) -> str:
    """Choose to merge as soon as that is offered; returns the offer."""

    def question() -> ChoiceDialog | None:
        return desk.controller.question

    wait_until(lambda: question() is not None)
    dialog = question()
    assert dialog is not None
    merge = dialog.buttons[JoiningChoice.MERGE]
    assert isinstance(merge, QCommandLinkButton)
    wait_until(merge.isEnabled)
    merge.click()
    return merge.description()


def test_a_week_in_a_plain_editor_comes_home(
    server: ServerProcess, session_id: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SEEN-5, SEEN-9"""
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path))
    monkeypatch.setattr(QStandardPaths, "writableLocation", lambda kind: str(tmp_path))
    ana, ben, plain = Desk(), Desk(), open_window()
    closed_windows.append(plain)
    kinds = "lens", "mirror", "source", "lens"
    lens, mirror, source, other = (ana.user.place(kind, 80.0 * n, 0.0) for n, kind in enumerate(kinds))
    ids = [item.item_uuid for item in (lens, mirror, source, other)]
    ana.join(server, session_id, "Ana")
    drag(ana, lens, source)
    session = ana.controller.manager.session
    assert session is not None
    wait_until(lambda: not session.replica.pending)

    items = open_file(plain, save(ana.window, tmp_path / "bench.json"))
    items[ids[0]].setPos(10.0, 100.0)
    items[ids[1]].setPos(20.0, 100.0)
    plain.scene.removeItem(items[ids[3]])
    copy = save(plain, tmp_path / "copy.json")

    drag(ana, mirror, source)
    wait_until(lambda: not session.replica.pending)
    before = places(ana)
    open_file(ben.window, copy)
    ben.controller.manager.join_session(server.url, session_id, "Ben")
    assert choose_merge(ben).endswith(" (sure): 2 changes, 1 conflict")
    wait_until(lambda: ben.controller.manager.status is ConnectionState.CONNECTED)
    expected = {ids[0]: (10.0, 100.0), ids[1]: before[ids[1]], ids[2]: before[ids[2]]}
    wait_until(lambda: places(ana) == places(ben) == expected)
    held = ben.controller.manager.session
    assert held is not None
    assert list(held.replica.held) == [ids[1]]
    for desk in (ana, ben):
        desk.window.file_controller.mark_clean()
        desk.window.close()
    plain.file_controller.mark_clean()
    plain.close()
    events()
