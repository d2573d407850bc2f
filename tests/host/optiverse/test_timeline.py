"""The timeline in the real editor: previews, scrubbing and restoring leave the user's own things alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PyQt6.QtCore import QSettings
from PyQt6.QtWidgets import QApplication, QGraphicsPathItem

from optiverse_collab.core.client.connector import ConnectionState
from optiverse_collab.core.client.timeline import Timeline
from optiverse_collab.host.optiverse.launch import attach
from optiverse_collab.host.plugins import installed_plugins
from optiverse_collab.scripting import Bench
from optiverse_collab.window import timeline_reader
from optiverse_collab.window.attachment import attachment_for
from optiverse_collab.window.controller import CollaborationController
from optiverse_collab.window.ui.preview import PreviewDialog
from optiverse_collab.wording import timeline as texts
from tests.helpers.optiverse_drawing import Drawing
from tests.helpers.optiverse_user import events, wait_until
from tests.helpers.optiverse_window import open_window
from tests.helpers.server_process import ServerProcess
from tests.helpers.user_input import click

pytestmark = [
    pytest.mark.optiverse,
    pytest.mark.qt_log_ignore("This plugin does not support", "QImageIOHandler: Rejecting image"),
]

kept: list[Any] = []
"""Windows, kept until the end: Python would delete one whenever it next collects garbage."""


class Desk:
    """A window with a source and a mirror, which Ana has moved twice, and with the timeline open."""

    def __init__(self, server: ServerProcess, session: str) -> None:
        self.window = open_window()
        kept.append(self.window)
        attach(self.window, installed_plugins())
        controller = attachment_for(self.window)
        assert isinstance(controller, CollaborationController)
        self.controller, self.panel = controller, controller.timeline
        self.url, self.session = server.url, session
        controller.manager.join_session(server.url, session, "Ben")
        wait_until(lambda: controller.manager.status is ConnectionState.CONNECTED)
        user = Drawing(self.window)
        user.place("source", -150.0, 0.0)
        self.mirror = user.place("mirror", 100.0, 0.0)
        self.id = str(self.mirror.item_uuid)
        wait_until(lambda: controller.manager.service.unsent == 0)
        with Bench(server.url, session=session, user="Ana") as ana:
            for y in (30.0, 60.0):
                ana[self.id]["pos"] = [100.0, y]
                ana.flush()
        wait_until(lambda: self.y == 60.0)
        self.panel.open()
        wait_until(lambda: self.timeline is not None and len(self.timeline.steps) >= 2)

    @property
    def y(self) -> float:
        """Where the mirror is now."""
        return round(float(self.mirror.pos().y()), 6)

    @property
    def timeline(self) -> Timeline | None:
        """What has been read."""
        return self.panel.reader.timeline

    def scrub(self, clock: int) -> float:
        """Look at a moment; returns where the mirror was."""
        self.panel.dock.scrubber.slider.setValue(clock)
        dialog = self.panel.previewing.dialog
        assert dialog is not None
        outline = dialog.picture.outline(self.id)
        assert outline is not None
        return round(float(outline.boundingRect().center().y()))

    def own(self) -> tuple[Any, ...]:
        """What is the user's own."""
        stack, files = self.window.undo_stack, self.window.file_controller
        chosen = {getattr(item, "item_uuid", None) for item in self.window.scene.selectedItems()}
        host = self.controller.manager.host
        assert host is not None
        return (
            host.records(),
            (stack.can_undo(), stack.can_redo()),
            chosen,
            (files.saved_file_path, self.window.windowTitle(), self.window.isWindowModified()),
        )


@pytest.fixture
def desk(
    windows: list[Any],
    tmp_path: Path,
    server: ServerProcess,
    session_id: str,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Desk]:
    monkeypatch.setattr(timeline_reader, "LOOK_MS", 50)
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path))
    made = Desk(server, session_id)
    yield made
    made.window.file_controller.mark_clean()
    made.window.close()
    events()


def test_scrubbing_leaves_the_users_own_alone(desk: Desk, tmp_path: Path) -> None:
    """Undo stack, selection, file, modified flag and bench; saving writes the live bench meanwhile."""
    file = tmp_path / "mine.json"
    files = desk.window.file_controller
    files.file_manager.save_to_file(str(file))
    desk.mirror.setSelected(True)
    events()
    before, timeline = desk.own(), desk.timeline
    assert timeline is not None
    places = {desk.scrub(clock) for clock in range(timeline.last - 2, timeline.last + 1)}
    assert len(places) > 1
    desk.panel.dock.list.setCurrentIndex(desk.panel.dock.list.model_of_steps.index(0))
    click(desk.panel.dock.compare)
    events()
    assert desk.own() == before
    files.file_manager.save_to_file(str(file))
    saved = json.loads(file.read_text("utf-8"))
    [mirror] = [item for item in saved["items"] if item.get("item_uuid") == desk.id]
    assert round(mirror["y_mm"]) == 60
    desk.panel.previewing.close()
    events()
    assert desk.own() == before


def test_an_autosave_is_of_the_live_bench(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """While another moment is looked at."""
    monkeypatch.setattr("optiverse.platform.paths._app_data_root", lambda: tmp_path)
    timeline, files = desk.timeline, desk.window.file_controller.file_manager
    if not hasattr(files, "do_autosave"):
        pytest.skip("this Optiverse never autosaves")
    assert timeline is not None
    desk.scrub(timeline.last - 2)
    files.mark_modified()
    files.do_autosave()
    [path] = (tmp_path / "autosave").iterdir()
    saved = json.loads(path.read_text("utf-8"))
    [mirror] = [item for item in saved["items"] if item.get("item_uuid") == desk.id]
    assert round(mirror["y_mm"]) == 60
    files.clear_autosave()


def test_a_window_that_closes_takes_its_preview_along(desk: Desk) -> None:
    """Nothing of it is left, and the session has the live bench."""
    timeline = desk.timeline
    assert timeline is not None
    desk.scrub(timeline.last - 2)
    desk.window.file_controller.mark_clean()
    desk.window.close()
    events()
    assert not any(
        isinstance(one, PreviewDialog) and one.isVisible() for one in QApplication.topLevelWidgets()
    )
    with Bench(desk.url, session=desk.session, user="Ana") as ana:
        assert ana[desk.id]["pos"] == [100.0, 60.0]


def test_a_preview_has_beams_of_its_own(desk: Desk) -> None:
    """By the host's own engine; those of the live bench are unchanged."""
    timeline = desk.timeline
    assert timeline is not None
    live = len(desk.window.ray_data)
    desk.scrub(timeline.last - 2)
    dialog = desk.panel.previewing.dialog
    assert dialog is not None
    assert any(isinstance(item, QGraphicsPathItem) for item in dialog.picture.scene.items())
    assert len(desk.window.ray_data) == live


def test_a_restored_bench_can_be_undone(desk: Desk) -> None:
    """It is one step of the user's; selection and file are unchanged."""
    timeline = desk.timeline
    assert timeline is not None
    desk.scrub(timeline.last - 2)
    before = desk.own()
    dialog = desk.panel.previewing.dialog
    assert dialog is not None
    click(next(one for one in dialog.buttons.buttons() if one.text() == texts.RESTORE_BENCH))
    wait_until(lambda: desk.y == 0.0)
    assert desk.own()[2:3] == before[2:3]
    desk.window.undo_stack.undo()
    wait_until(lambda: desk.y == 60.0)


def test_the_menu_of_an_item_leads_to_its_history(desk: Desk) -> None:
    """The item is found under the mouse in this host, too."""
    host = desk.controller.manager.host
    assert host is not None
    outline = host.outline(desk.id)
    assert outline is not None
    assert host.item_at(outline.boundingRect().center()) == desk.id
    desk.panel.show_item(desk.id, "Mirror")
    assert all(desk.id in step.ids for step in desk.panel.dock.list.model_of_steps.steps)
    assert len(desk.panel.dock.list.model_of_steps.steps) >= 2
