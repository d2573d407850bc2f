"""The dock with the changes made while the user was away, and the hint in the status bar."""

from __future__ import annotations

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QMainWindow, QTreeWidgetItem
from pytestqt.qtbot import QtBot

from optiverse_collab.core.client.conflicts import HeldChange
from optiverse_collab.core.records import Op, Record, Remove, Set
from optiverse_collab.window.changes import Entry, Key
from optiverse_collab.window.ui.changes_dock import ChangesDock, ChangesHint
from tests.helpers.user_input import click, double_click, press_key


def entry(id: str, title: str, theirs: Op | None = None, kind: str = "held", **more: bool) -> Entry:
    """An entry: I moved an item, and Ben did something else with it."""
    change = HeldChange([Set(id, {"pos": [1.0, 1.0]})], "Ben", Record(id, "component", {}))
    return Entry((id, kind, ()), change, theirs or Set(id, {"pos": [5.0, 5.0]}), "Ben", title, **more)


LENS, MIRROR = entry("lens", '"Lens"'), entry("mirror", '"Mirror"', Remove("mirror"))
STANDS = entry("lens", '"Lens"', kind="replaced theirs", stands=True)


class Heard:
    """The signals that the dock sent."""

    def __init__(self, dock: ChangesDock) -> None:
        self.used: list[list[Key]] = []
        self.dismissed: list[list[Key]] = []
        self.activated: list[str] = []
        dock.used.connect(self.used.append)
        dock.dismissed.connect(self.dismissed.append)
        dock.activated.connect(self.activated.append)


@pytest.fixture
def window(qtbot: QtBot) -> QMainWindow:
    window = QMainWindow()
    window.resize(800, 600)
    qtbot.addWidget(window)
    window.show()
    return window


@pytest.fixture
def dock(window: QMainWindow) -> ChangesDock:
    dock = ChangesDock(window)
    window.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, dock)
    dock.show_entries([LENS, STANDS, MIRROR])
    return dock


@pytest.fixture
def heard(dock: ChangesDock) -> Heard:
    return Heard(dock)


def rows(dock: ChangesDock) -> list[tuple[QTreeWidgetItem, list[QTreeWidgetItem]]]:
    """Each item with its entries."""
    found = []
    for place in range(dock.tree.topLevelItemCount()):
        item = dock.tree.topLevelItem(place)
        assert item is not None
        children = [item.child(below) for below in range(item.childCount())]
        found.append((item, [child for child in children if child is not None]))
    return found


def text(row: QTreeWidgetItem) -> str:
    """The text of a row, without the places where its lines may break."""
    return row.text(0).replace("\u200b", "")


def select(dock: ChangesDock, *wanted: QTreeWidgetItem) -> None:
    dock.tree.clearSelection()
    for row in wanted:
        row.setSelected(True)


def test_entries_are_grouped_by_item_with_both_values(dock: ChangesDock) -> None:
    texts = [(text(item), [text(row).splitlines() for row in entries]) for item, entries in rows(dock)]
    mine, theirs = "Yours: position (1.0, 1.0) mm", "Ben's: position (5.0, 5.0) mm"
    assert texts == [
        ('"Lens"', [[mine, theirs], [f"{mine} (stands)", theirs]]),
        ('"Mirror"', [[mine, "Ben removed it"]]),
    ]
    assert all(item.isExpanded() for item, _ in rows(dock))


def test_screen_readers_have_all_of_it(dock: ChangesDock) -> None:
    dock.show_entries([entry("a", f'"<b>{"光路" * 20}</b>"')])
    [(item, [row])] = rows(dock)
    assert item.data(0, Qt.ItemDataRole.AccessibleTextRole) == text(item) == f'"<b>{"光路" * 20}</b>"'
    spoken = row.data(0, Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "Yours: position (1.0, 1.0) mm. Ben's: position (5.0, 5.0) mm"
    assert dock.tree.accessibleName() == dock.windowTitle() == "Changes while you were away"


def test_first_is_selected_and_a_selection_stays(dock: ChangesDock) -> None:
    assert dock.selected == [LENS.key]
    select(dock, rows(dock)[1][1][0])
    dock.show_entries([MIRROR, LENS])
    assert dock.selected == [MIRROR.key]
    dock.show_entries([LENS])
    assert dock.selected == [LENS.key]


def test_item_stands_for_its_entries(dock: ChangesDock) -> None:
    item, [row, _] = rows(dock)[0]
    select(dock, item, row)
    assert dock.selected == [LENS.key, STANDS.key]


@pytest.mark.parametrize(
    ("chosen", "use", "keep", "can_use"),
    [
        ([LENS], "&Use mine", "&Keep theirs", True),
        ([MIRROR], "Bring it &back", "&Keep theirs", True),
        ([LENS, MIRROR], "&Use mine", "&Keep theirs", True),
        ([STANDS], "&Use mine", "&Dismiss", False),
        ([], "&Use mine", "&Keep theirs", False),
    ],
)
def test_buttons_say_what_can_be_done(
    dock: ChangesDock, chosen: list[Entry], use: str, keep: str, can_use: bool
) -> None:
    by_key = {row.data(0, Qt.ItemDataRole.UserRole): row for _, entries in rows(dock) for row in entries}
    select(dock, *(by_key[entry.key] for entry in chosen))
    assert (dock.use.text(), dock.use.isEnabled()) == (use, can_use)
    assert (dock.keep.text(), dock.keep.isEnabled()) == (keep, bool(chosen))
    assert dock.use_all.isEnabled()
    assert dock.keep_all.isEnabled()


def test_nothing_to_use_leaves_the_buttons_off(dock: ChangesDock) -> None:
    dock.show_entries([STANDS])
    assert (dock.use_all.isEnabled(), dock.keep_all.isEnabled()) == (False, True)
    dock.show_entries([])
    assert not any(button.isEnabled() for button in (dock.use, dock.keep, dock.use_all, dock.keep_all))


def test_buttons_are_about_the_selection_or_all(dock: ChangesDock, heard: Heard) -> None:
    everything = [LENS.key, STANDS.key, MIRROR.key]
    click(dock.use)
    click(dock.keep)
    click(dock.use_all)
    click(dock.keep_all)
    assert heard.used == [[LENS.key], everything]
    assert heard.dismissed == [[LENS.key], everything]
    assert dock.tree.hasFocus()


def test_everything_can_be_reached_with_the_keyboard(window: QMainWindow, dock: ChangesDock) -> None:
    dock.tree.setFocus()
    press_key(dock.tree, Qt.Key.Key_Down)
    assert dock.selected == [STANDS.key]
    reached = [window.focusWidget()]
    for _ in range(3):
        assert reached[-1] is not None
        press_key(reached[-1], Qt.Key.Key_Tab)
        reached.append(window.focusWidget())
    # The first button is disabled: there is nothing to use in a value that stands.
    assert reached == [dock.tree, dock.keep, dock.use_all, dock.keep_all]


def test_enter_and_double_click_show_the_item(dock: ChangesDock, heard: Heard) -> None:
    press_key(dock.tree, Qt.Key.Key_Return)
    (_, _), (mirror, [row]) = rows(dock)
    viewport = dock.tree.viewport()
    assert viewport is not None
    for one in (mirror, row):
        click(viewport, dock.tree.visualItemRect(one).center())
        double_click(viewport, dock.tree.visualItemRect(one).center())
    assert heard.activated == ["lens", "mirror", "mirror"]
    assert mirror.isExpanded()


def test_narrow_dock_puts_buttons_below_each_other(qtbot: QtBot, dock: ChangesDock) -> None:
    dock.show_entries([entry("a", f'"{"光" * 60}"')])
    for width, columns in ((600, 2), (dock.minimumSizeHint().width(), 1)):
        dock.setFloating(True)
        dock.resize(width, 700)
        qtbot.waitUntil(lambda columns=columns: same_row(dock) == (columns == 2))  # type: ignore[misc]
        qtbot.waitUntil(lambda: header_fits(dock))  # a header adapts its column later
        [(item, [row])] = rows(dock)
        for one, lines in ((item, 1 if columns == 2 else 3), (row, 2 if columns == 2 else 4)):
            shown = dock.tree.visualItemRect(one)
            assert shown.height() >= lines * dock.fontMetrics().height()
            assert dock.tree.rect().contains(shown)
        assert all(button.width() >= button.minimumSizeHint().width() for button in (dock.use, dock.keep_all))


def header_fits(dock: ChangesDock) -> bool:
    """Whether the tree's column is as wide as the tree."""
    header, viewport = dock.tree.header(), dock.tree.viewport()
    assert header is not None
    assert viewport is not None
    return header.length() == viewport.width()


def same_row(dock: ChangesDock) -> bool:
    """Whether the first two buttons are beside each other."""
    return dock.use.y() == dock.keep.y()


def test_hint_shows_only_if_there_is_something(window: QMainWindow) -> None:
    hint = ChangesHint(window)
    hint.show()
    assert not hint.isVisible()
    hint.show_count(2)
    assert (hint.isVisible(), hint.text(), hint.accessibleName()) == (True, *["2 changes to look at"] * 2)
    assert hint.focusPolicy() == Qt.FocusPolicy.TabFocus
    hint.show_count(0)
    assert not hint.isVisible()
