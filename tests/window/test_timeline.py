"""Two windows; one looks at what was done, at earlier moments, and restores them: HIST-8, HIST-9."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QAbstractButton, QFileDialog
from pytestqt.qtbot import QtBot

from optiverse_collab.convert import read_bench, records_from_bench
from optiverse_collab.core.client.past_steps import PastStep
from optiverse_collab.core.records import Record
from optiverse_collab.window import timeline_reader
from optiverse_collab.window.ui.comparison_marks import OutlineMark
from optiverse_collab.window.ui.marks import GhostMark
from optiverse_collab.window.ui.preview import PreviewDialog
from optiverse_collab.wording import dialogs
from optiverse_collab.wording import timeline as texts
from tests.helpers.demo_window import KEYS
from tests.helpers.server_process import ServerProcess
from tests.helpers.user_input import click, press_key
from tests.helpers.windows import SOON, Desk

LENS = Record("lens", "component", {"pos": [50.0, 20.0], "interfaces": []})


class Lab:
    """Ann and Bob share a lens, which Ann moves; Bob has his timeline open."""

    def __init__(self, qtbot: QtBot, pair: tuple[Desk, Desk]) -> None:
        self._qtbot = qtbot
        self.ann, self.bob = pair
        self.panel = self.bob.controller.timeline
        self.lens = self.ann.window.insert(KEYS["lens"])
        self.until(lambda: self.lens in self.bob.window.bench.items)
        self.start = deepcopy(self.bob.content())

    def move(self, x: float) -> None:
        """Ann moves the lens, in a step of its own."""
        self.ann.window.bench.change({self.lens: {"pos": [x, 0.0]}})
        self.until(lambda: self.bob.window.bench.items[self.lens].props["pos"] == [x, 0.0])

    def open(self, steps: int) -> None:
        """Bob opens the timeline, and waits until it has this many steps."""
        if not self.panel.is_open:
            self.bob.menu["Timeline"].trigger()
        self.until(lambda: len(self.rows) >= steps)

    @property
    def rows(self) -> list[str]:
        """The rows of the list, without the times."""
        model = self.panel.dock.list.model_of_steps
        texts = (model.data(model.index(row)) for row in range(model.rowCount()))
        return [text.split("  ", 1)[1] for text in texts]

    def select(self, row: int) -> None:
        self.panel.dock.list.setCurrentIndex(self.panel.dock.list.model_of_steps.index(row))

    def until(self, condition: Callable[[], bool]) -> None:
        self._qtbot.waitUntil(condition, timeout=SOON)

    @property
    def preview(self) -> PreviewDialog:
        """Bob's preview."""
        dialog = self.panel.previewing.dialog
        assert dialog is not None
        return dialog

    def seen(self) -> list[tuple[float, float]]:
        """Where the preview shows the lens."""
        outline = self.preview.picture.outline(self.lens)
        assert outline is not None
        centre = outline.boundingRect().center()
        return [(round(centre.x()), round(centre.y()))]

    def restore_entries(self) -> dict[str, QAction]:
        """The entries of *Restore*."""
        menu = self.panel.dock.restore_menu
        menu.aboutToShow.emit()
        return {action.text(): action for action in menu.actions() if action.text()}


@pytest.fixture
def lab(
    qtbot: QtBot,
    pair: tuple[Desk, Desk],
    server: ServerProcess,
    session_id: str,
    monkeypatch: pytest.MonkeyPatch,
) -> Lab:
    monkeypatch.setattr(timeline_reader, "LOOK_MS", 50)
    for name, desk in zip(("Ann", "Bob"), pair, strict=True):
        desk.join(server.url, session_id, name)
        desk.window.show()
    return Lab(qtbot, pair)


def button(dialog: PreviewDialog, text: str) -> QAbstractButton:
    return next(one for one in dialog.buttons.buttons() if one.text() == text)


def test_who_did_what(lab: Lab) -> None:
    """HIST-8: newest first, and the list grows while Bob looks."""
    lab.move(10.0)
    lab.open(2)
    assert lab.rows[-1].startswith("Ann\nadded")
    lab.bob.window.insert(KEYS["lens"])
    lab.until(lambda: len(lab.rows) >= 3)
    assert lab.rows[0].startswith("Bob\nadded")


def test_earlier_moments_in_a_window_of_their_own(lab: Lab) -> None:
    """Others keep working; the second moment is the second; the user's bench, file and undo are unchanged."""
    lab.move(100.0)
    lab.until(lambda: lab.bob.manager.service.unsent == 0)
    lab.open(1)
    bob = lab.bob
    before = bob.content(), bob.window.editor.undo_stack.count(), bob.window.isWindowModified()
    last, first = lab.panel.reader.timeline.last, lab.panel.reader.timeline.after  # type: ignore[union-attr]
    lab.panel.dock.scrubber.slider.setValue(first + 1)
    [was] = lab.seen()
    lab.panel.dock.scrubber.slider.setValue(last)
    [moved] = lab.seen()
    assert was != moved
    lab.panel.dock.scrubber.slider.setValue(first + 1)
    assert lab.seen() == [was]
    assert (bob.content(), bob.window.editor.undo_stack.count(), bob.window.isWindowModified()) == before
    lab.move(200.0)
    assert lab.seen() == [was]
    assert "Session" in lab.preview.windowTitle()
    click(button(lab.preview, texts.BACK_TO_NOW))
    lab.until(lambda: lab.panel.previewing.dialog is None)
    assert lab.panel.dock.scrubber.clock == lab.panel.dock.scrubber.slider.maximum()


def test_the_whole_bench_is_restored(lab: Lab) -> None:
    """PUSH-9: one step of Bob's, which he can undo; everybody hears of it."""
    lab.move(100.0)
    lab.open(1)
    lab.panel.dock.scrubber.slider.setValue(lab.panel.reader.timeline.after + 1)  # type: ignore[union-attr]
    click(button(lab.preview, texts.RESTORE_BENCH))
    lab.until(lambda: lab.ann.content() == lab.start)
    assert lab.panel.previewing.dialog is None
    lab.bob.window.editor.undo_stack.undo()
    lab.until(lambda: lab.ann.window.bench.items[lab.lens].props["pos"] == [100.0, 0.0])


def test_an_item_or_a_property_is_restored(lab: Lab) -> None:
    """Everything else is unchanged."""
    other = lab.ann.window.insert(KEYS["lens"])
    lab.ann.window.bench.change({lab.lens: {"pos": [100.0, 0.0], "name": "L1"}})
    lab.until(lambda: lab.bob.window.bench.items[lab.lens].props.get("name") == "L1")
    lab.until(lambda: other in lab.bob.window.bench.items)
    lab.bob.window.bench.change({lab.lens: {"pos": [7.0, 7.0], "name": "L2"}})
    lab.until(lambda: lab.ann.window.bench.items[lab.lens].props.get("name") == "L2")
    lab.open(2)
    lab.select(0)
    lab.until(lambda: lab.rows[0].startswith("Bob"))
    lab.select(1)
    entries = lab.restore_entries()
    assert texts.WHOLE_BENCH in entries
    [position] = [text for text in entries if text.endswith(": position")]
    entries[position].trigger()
    lab.until(lambda: lab.ann.window.bench.items[lab.lens].props["pos"] == [100.0, 0.0])
    assert lab.ann.window.bench.items[lab.lens].props["name"] == "L2"
    assert other in lab.ann.window.bench.items


def test_a_preview_ends_with_the_session(lab: Lab) -> None:
    lab.move(100.0)
    lab.open(1)
    lab.panel.dock.scrubber.slider.setValue(lab.panel.reader.timeline.after + 1)  # type: ignore[union-attr]
    assert lab.preview.isVisible()
    lab.bob.manager.leave()
    lab.until(lambda: lab.panel.previewing.dialog is None)
    lab.until(lambda: lab.rows == [])


def test_a_preview_is_saved_as_a_file(lab: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "old.json"
    lab.move(100.0)
    lab.open(1)
    lab.panel.dock.scrubber.slider.setValue(lab.panel.reader.timeline.after + 1)  # type: ignore[union-attr]
    click(button(lab.preview, dialogs.SAVE_AS_FILE))
    [asked] = lab.preview.findChildren(QFileDialog)
    asked.selectFile(str(file))
    asked.accept()
    lab.until(file.exists)
    saved = records_from_bench(read_bench(file)).records[lab.lens]
    assert saved.props["pos"] == lab.start[lab.lens][1]["pos"]


def test_keyboard_only(lab: Lab) -> None:
    """The list, the preview and back."""
    lab.move(100.0)
    lab.open(1)
    lab.panel.dock.list.setFocus()
    press_key(lab.panel.dock.list, Qt.Key.Key_Home)
    press_key(lab.panel.dock.list, Qt.Key.Key_Return)
    assert lab.preview.isVisible()
    press_key(lab.preview, Qt.Key.Key_Escape)
    lab.until(lambda: lab.panel.previewing.dialog is None)
    lab.bob.menu["Timeline"].trigger()
    assert not lab.panel.is_open


def test_where_things_were(lab: Lab) -> None:
    """While the mouse is over a step; an item that is gone, too."""
    lab.move(100.0)
    lab.open(1)
    step = lab.panel.reader.timeline.steps[-1]  # type: ignore[union-attr]
    canvas = lab.bob.controller.pointing._canvas
    assert canvas is not None

    def places() -> list[float]:
        to_scene = lab.bob.window.view.viewportTransform().inverted()[0]
        marks = [one for one in canvas.overlay.marks.values() if isinstance(one, GhostMark)]
        return [round(to_scene.map(one.path).boundingRect().center().x()) for one in marks]

    was = PastStep(1, 1, 0, 0, "Ann", "", ((lab.lens, LENS, None), ("new", None, LENS)))
    lab.panel.dock.list.hovered.emit(was)
    assert len(places()) == 1
    lab.panel.dock.list.hovered.emit(None)
    assert places() == []
    lab.panel.dock.list.hovered.emit(step)
    lab.panel.dock.hide()
    assert places() == []


def test_any_two_moments_are_compared(lab: Lab) -> None:
    """On the bench and in a table; the first is the selected one, the second now, or another."""
    lab.move(100.0)
    lab.open(1)
    lab.bob.window.bench.change({lab.lens: {"pos": [100.0, 40.0]}})
    lab.until(lambda: lab.rows[0].startswith("Bob"))
    lab.select(1)
    click(lab.panel.dock.compare)
    table = lab.preview.table
    assert table.isVisible()
    [row] = [table.topLevelItem(place) for place in range(table.topLevelItemCount())]
    assert row is not None
    assert "moved by 40.0 mm" in row.text(1)
    assert any(isinstance(one, OutlineMark) for one in lab.preview.picture.scene.items())
    lab.panel.dock.scrubber.slider.setValue(lab.panel.reader.timeline.after)  # type: ignore[union-attr]
    [row] = [table.topLevelItem(place) for place in range(table.topLevelItemCount())]
    assert row is not None
    assert row.text(1) == "removed"
    click(lab.panel.dock.compare)
    assert not table.isVisible()
    assert not any(isinstance(one, OutlineMark) for one in lab.preview.picture.scene.items())
    click(lab.panel.dock.compare)
    lab.preview.close()
    lab.until(lambda: not lab.panel.dock.compare.isChecked())
