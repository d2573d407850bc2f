"""Two windows; one looks at what was done, at earlier moments, and restores them: HIST-8, HIST-9."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QFileDialog

from optiverse_collab.convert import read_bench, records_from_bench
from optiverse_collab.core.client.past_steps import PastStep
from optiverse_collab.core.records import Record
from optiverse_collab.window.ui.comparison_marks import OutlineMark
from optiverse_collab.window.ui.marks import GhostMark
from optiverse_collab.wording import dialogs
from optiverse_collab.wording import timeline as texts
from tests.helpers.demo_window import KEYS
from tests.helpers.user_input import click, press_key
from tests.window.timeline_lab import Lab, button

LENS = Record("lens", "component", {"pos": [50.0, 20.0], "interfaces": []})


@pytest.fixture
def lab(timeline_lab: Lab) -> Lab:
    return timeline_lab


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


def test_the_second_moment_that_was_looked_at_is_restored(lab: Lab) -> None:
    """HIST-9: not the first, and not the one in between; unknown kinds of records survive."""
    lab.ann.window.bench.put("hologram", "hologram", {"pos": [1.0, 2.0], "phase": [1, {"x": None}]})
    lab.move(100.0)
    lab.ann.until_same(lab.bob)
    wanted = deepcopy(lab.bob.content())
    session = lab.bob.manager.session
    assert session is not None
    clock = session.replica.clock
    lab.ann.window.bench.remove(["hologram"])
    lab.move(200.0)
    lab.ann.until_same(lab.bob)
    lab.open(1)
    last = lab.panel.reader.timeline.last  # type: ignore[union-attr]
    lab.until(lambda: lab.panel.reader.timeline.last > clock)  # type: ignore[union-attr]
    for one in (1, last, clock):
        lab.panel.dock.scrubber.slider.setValue(one)
    click(button(lab.preview, texts.RESTORE_BENCH))
    lab.until(lambda: lab.ann.content() == lab.bob.content() == wanted)


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
