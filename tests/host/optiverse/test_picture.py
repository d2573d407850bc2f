"""A bench that was replaced for everybody, in two windows of the real host: PUSH-9, HIST-1."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PyQt6.QtCore import QSettings
from PyQt6.QtWidgets import QApplication

from optiverse_collab.core.client.connector import ConnectionState
from optiverse_collab.core.records import Record
from optiverse_collab.host.optiverse.launch import attach
from optiverse_collab.host.plugins import installed_plugins
from optiverse_collab.window import replacing
from optiverse_collab.window.attachment import attachment_for
from optiverse_collab.window.controller import CollaborationController
from optiverse_collab.window.ui.choice_dialog import ReplacementChoice
from optiverse_collab.window.ui.preview import PreviewDialog
from optiverse_collab.wording import replacements as wording
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
    """One person's window, with the plugin in it.

    Attributes:
        window: the host's main window.
        user: operates it.
        controller: what the plugin made for it.
    """

    def __init__(self, server: ServerProcess, session: str, name: str) -> None:
        self.window = open_window()
        kept.append(self.window)
        self.user = Drawing(self.window)
        attach(self.window, installed_plugins())
        controller = attachment_for(self.window)
        assert isinstance(controller, CollaborationController)
        self.controller = controller
        controller.manager.join_session(server.url, session, name)
        wait_until(lambda: controller.manager.status is ConnectionState.CONNECTED)

    def records(self) -> dict[str, Record]:
        """The records on the bench."""
        host = self.controller.manager.host
        assert host is not None
        return host.records()

    def told(self) -> list[str]:
        """The notices over the bench."""
        return [toast.text for toast in self.controller.reports.toasts.shown]

    def press(self, text: str) -> None:
        """Press a button of the newest notice."""
        wait_until(lambda: bool(self.controller.reports.toasts.shown))
        events()
        click(next(one for one in self.controller.reports.toasts.shown[-1].buttons if one.text() == text))

    def old_bench(self) -> PreviewDialog:
        """The window with an old bench."""

        def found() -> list[PreviewDialog]:
            widgets = QApplication.topLevelWidgets()
            return [one for one in widgets if isinstance(one, PreviewDialog) and one.isVisible()]

        wait_until(lambda: bool(found()))
        return found()[0]


@pytest.fixture
def desks(
    windows: list[Any],
    tmp_path: Path,
    server: ServerProcess,
    session_id: str,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[tuple[Desk, Desk]]:
    """Ann opened another bench, and replaced the one that she and Bob had for both."""
    monkeypatch.setattr(replacing, "QUIET_MS", 300)
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path))
    ann, bob = Desk(server, session_id, "Ann"), Desk(server, session_id, "Bob")
    ann.user.place("source", -150.0, 0.0)
    ann.user.place("lens", 0.0, 0.0)
    ann.user.place("mirror", 120.0, 0.0)
    ann.user.draw("text", (0.0, 60.0))
    wait_until(lambda: len(bob.records()) == 4)
    yield ann, bob
    for desk in (ann, bob):
        desk.window.file_controller.mark_clean()
        desk.window.close()
    events()


def replace(ann: Desk, bob: Desk, folder: Path) -> dict[str, Record]:
    """Open a file with a source and a ruler, and replace the bench with it; returns the former records."""
    before = bob.records()
    path = folder / "other.json"
    source = next(one for one in before.values() if one.kind == "source")
    x, y = source.props["pos"]
    props = {name: value for name, value in source.props.items() if name not in ("pos", "parent", "order")}
    item = {"_type": "source", **props, "item_uuid": "other source", "x_mm": x, "y_mm": y + 30.0}
    ruler = {"item_uuid": "ruler", "points": [[0.0, -50.0], [100.0, -50.0]]}
    bench = {"version": "2.0", "items": [item], "rulers": [ruler], "groups": []}
    path.write_text(json.dumps(bench), "utf-8")
    ann.window.file_controller.mark_clean()
    ann.window.file_controller.file_manager.open_file(str(path))
    wait_until(lambda: ann.controller.question is not None)
    question = ann.controller.question
    assert question is not None
    click(question.buttons[ReplacementChoice.EVERYBODY])
    wait_until(
        lambda: {"other source", "ruler"} <= set(bob.records()) and not set(before) & set(bob.records())
    )
    return before


def test_the_old_bench_is_drawn_and_nothing_else_changes(desks: tuple[Desk, Desk], tmp_path: Path) -> None:
    ann, bob = desks
    before = replace(ann, bob, tmp_path)
    wait_until(lambda: bob.told() == ["Ann replaced the bench for everybody: 4 items removed, 2 new."])
    now, steps = bob.records(), bob.window.undo_stack.can_undo()
    bob.press(wording.SHOW_OLD)
    dialog = bob.old_bench()
    events()
    scene = dialog.view.scene()
    assert scene is not None
    drawn = {getattr(item, "item_uuid", None) for item in scene.items()} - {None}
    assert drawn == {id for id, record in before.items() if record.kind != "group"}
    assert (bob.records(), bob.window.undo_stack.can_undo()) == (now, steps)
    dialog.close()
    events()
    assert bob.records() == now


def test_bringing_it_back_is_a_step_that_can_be_undone(desks: tuple[Desk, Desk], tmp_path: Path) -> None:
    ann, bob = desks
    before = replace(ann, bob, tmp_path)
    bob.press(wording.BRING_BACK)
    wait_until(lambda: ann.records() == bob.records() == before)
    wait_until(lambda: "Brought back 4 items, removed 2." in bob.told())
    wait_until(lambda: "Bob brought an earlier bench back: 2 items removed, 4 new." in ann.told())
    bob.window.undo_stack.undo()
    wait_until(lambda: set(ann.records()) == set(bob.records()) == {"other source", "ruler"})
