"""The dock *Timeline*: which steps it lists, and what its buttons do."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QLabel, QMainWindow
from pytestqt.qtbot import QtBot

from optiverse_collab.core.client.past_effects import EntriesArrived, PastArrived, Span
from optiverse_collab.core.client.past_reading import PastReading
from optiverse_collab.core.client.past_steps import PastStep
from optiverse_collab.core.client.timeline import Timeline
from optiverse_collab.core.protocol.past import PastEntry
from optiverse_collab.core.records import Record, Set
from optiverse_collab.window.ui.docks import add_dock, remove_dock
from optiverse_collab.window.ui.timeline_dock import TimelineDock
from optiverse_collab.wording import timeline as texts
from tests.helpers.accessible import accessible
from tests.helpers.user_input import click, press_key, type_text

BENCH = {
    id: Record(id, "component", {"name": name, "pos": [0.0, 0.0]})
    for id, name in (("m3", "M3"), ("m4", "M4"), ("lens", "Lens"), ("other", "M3"))
}

EDITS = (("Ana", "m3"), ("Ben", "lens"), ("Ana", "m4"), ("", "other"))


def timeline() -> Timeline:
    """Four steps."""
    entries = [
        PastEntry(number, 10_000 * number, author, [Set(id, {"pos": [1.0, 0.0]})])
        for number, (author, id) in enumerate(EDITS, start=1)
    ]
    reading = PastReading(Span(0, 4))
    reading.take(EntriesArrived(Span(0, 4), 0, entries))
    reading.take(PastArrived(0, BENCH))
    return Timeline(reading)


@pytest.fixture
def dock(qtbot: QtBot) -> Iterator[TimelineDock]:
    window = QMainWindow()
    qtbot.addWidget(window)
    made = TimelineDock(window)
    add_dock(window, made)
    window.resize(600, 500)
    window.show()
    made.show()
    made.show_timeline(timeline(), "", can_read=True)
    yield made
    remove_dock(window, made)


def listed(dock: TimelineDock) -> list[int]:
    """The clocks of the rows."""
    return [step.first for step in dock.list.model_of_steps.steps]


def notes(dock: TimelineDock) -> list[str]:
    """The visible sentences."""
    return [label.text() for label in dock.findChildren(QLabel) if label.wordWrap() and label.isVisible()]


def test_everything_is_listed_newest_first(dock: TimelineDock) -> None:
    assert listed(dock) == [4, 3, 2, 1]
    assert notes(dock) == []
    people = [dock.people.itemText(row) for row in range(dock.people.count())]
    assert people == ["Everybody", "Ana", "Ben", "Somebody"]


def test_one_persons_steps(dock: TimelineDock) -> None:
    dock.people.setCurrentText("Ana")
    assert listed(dock) == [3, 1]
    dock.show_timeline(timeline(), "", can_read=True)
    assert listed(dock) == [3, 1]
    dock.people.setCurrentIndex(0)
    assert listed(dock) == [4, 3, 2, 1]


def test_steps_of_items_with_a_name(dock: TimelineDock) -> None:
    type_text(dock.filter, "m3")
    assert listed(dock) == [4, 1]
    type_text(dock.filter, "?")
    assert (listed(dock), notes(dock)) == ([], [texts.NO_MATCH])
    dock.filter.clear()
    assert listed(dock) == [4, 3, 2, 1]


def test_steps_of_one_item(dock: TimelineDock) -> None:
    """Another item of the same name is not this one, unless the user types the name."""
    dock.people.setCurrentText("Ben")
    dock.show_item("m3", '"M3"')
    assert listed(dock) == [1]
    dock.show_item("gone", '"M9"')
    assert listed(dock) == []
    dock.filter.clear()
    assert listed(dock) == [4, 3, 2, 1]


def test_buttons_are_for_the_selected_step(dock: TimelineDock) -> None:
    opened: list[PastStep | None] = []
    dock.list.opened.connect(opened.append)
    dock.list.selected.connect(dock.show_selected)
    assert not dock.preview.isEnabled()
    assert not dock.restore.isEnabled()
    dock.list.setFocus()
    press_key(dock.list, Qt.Key.Key_Down)
    assert dock.restore.isEnabled()
    click(dock.preview)
    assert opened == [dock.list.current]


def test_older_changes_can_be_asked_for(dock: TimelineDock) -> None:
    wanted: list[None] = []
    dock.older_wanted.connect(lambda: wanted.append(None))
    click(dock.older)
    assert len(wanted) == 1
    dock.show_timeline(timeline(), "", can_read=False)
    assert not dock.older.isEnabled()


def test_a_failure_is_told_and_can_be_tried_again(dock: TimelineDock) -> None:
    dock.show_timeline(None, "The server is busy.", can_read=True, has_failed=True)
    assert (listed(dock), notes(dock)) == ([], ["The server is busy."])
    assert dock.older.text() == texts.TRY_AGAIN
    assert not dock.scrubber.isEnabled()


def test_everything_has_a_name_for_screen_readers(dock: TimelineDock) -> None:
    for widget in (dock.people, dock.list, dock.scrubber.slider, dock.scrubber.play, dock.scrubber.speed):
        assert accessible(widget).name
