"""Our actions replace the built-in collaboration in an unmodified window."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

import pytest
from PyQt6.QtGui import QKeySequence
from PyQt6.QtWidgets import QLabel

from optiverse_collab.errors import HostUnsupported
from optiverse_collab.hookspecs import Action
from optiverse_collab.host.attach import WindowParts
from optiverse_collab.host.menus import MENU, menu_titled, say_why
from optiverse_collab.host.optiverse.adapter import OptiverseHost
from optiverse_collab.host.optiverse.builtin_collaboration import BuiltinCollaboration
from tests.helpers.optiverse_user import events
from tests.helpers.optiverse_window import open_window

pytestmark = [
    pytest.mark.optiverse,
    pytest.mark.qt_log_ignore("This plugin does not support", "QImageIOHandler: Rejecting image"),
]


closed_windows: list[Any] = []


class Ours:
    """A plugin's parts, and what became of them."""

    def __init__(self) -> None:
        self.runs: list[str] = []
        self.enable: Callable[[bool], None] = lambda on: None
        self.label = QLabel("2 users")
        self.actions = [
            Action(
                ("&Collaboration",), "&Connect…", "Ctrl+Shift+C", "", lambda: self.run("connect"), self.when
            ),
            Action(
                ("&Collaboration",), "&Disconnect", "", "", lambda: self.run("disconnect"), lambda _: None
            ),
        ]

    @property
    def parts(self) -> WindowParts:
        """The parts for one window."""
        return WindowParts(self.actions, [self.label], ["Collaboration"], lambda: self.run("closed"))

    def run(self, what: str) -> None:
        self.runs.append(what)

    def when(self, enable: Callable[[bool], None]) -> None:
        self.enable = enable
        enable(True)


@pytest.fixture
def fresh(windows: list[Any], qapp: Any) -> Iterator[Any]:
    """A window that a test may close."""
    window = open_window()
    # Kept until the end: Python would delete a window whenever it next collects garbage.
    closed_windows.append(window)
    yield window
    window.file_controller.mark_clean()
    window.close()
    events()


def visible_texts(window: Any) -> list[str]:
    """The visible texts in the Collaboration menu."""
    menu = menu_titled(window.menuBar(), MENU)
    assert menu is not None
    return [action.text() for action in menu.actions() if action.isVisible()]


def test_missing_attributes_are_named(window: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(type(window), "retrace")
    monkeypatch.delattr(window, "placement_handler")
    for attempt in (
        lambda: OptiverseHost(window),
        lambda: BuiltinCollaboration(window, Ours().parts),
    ):
        with pytest.raises(
            HostUnsupported, match=r"no MainWindow\.placement_handler, MainWindow\.retrace, which"
        ):
            attempt()
    assert window.act_collaborate.isVisible()


def test_menu_shortcut_label_and_dialog_are_ours(fresh: Any) -> None:
    ours = Ours()
    assert visible_texts(fresh) == ["Connect/Host Session…", "Disconnect"]
    BuiltinCollaboration(fresh, ours.parts)
    assert visible_texts(fresh) == ["&Connect…", "&Disconnect"]
    assert not fresh.collab_status_label.isVisible()
    assert ours.label.isVisible()
    ctrl_shift_c = QKeySequence("Ctrl+Shift+C")
    holders = [a for a in fresh.findChildren(type(fresh.act_open)) if a.shortcut() == ctrl_shift_c]
    assert [action.text() for action in holders] == ["&Connect…"]
    holders[0].trigger()
    fresh.act_collaborate.trigger()
    fresh.open_collaboration_dialog()
    assert ours.runs == ["connect", "connect"]
    ours.enable(False)
    assert not holders[0].isEnabled()
    assert fresh.collaboration_manager.enabled is False


def test_closing_is_told_once_and_not_when_the_user_cancels(
    fresh: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = Ours()
    BuiltinCollaboration(fresh, ours.parts)
    monkeypatch.setattr(type(fresh), "closeEvent", lambda self, event: event.ignore())
    fresh.close()
    assert ours.runs == []
    monkeypatch.undo()
    fresh.file_controller.mark_clean()
    fresh.close()
    fresh.close()
    assert ours.runs == ["closed"]


def test_closing_with_an_adapter_leaves_nothing_connected(fresh: Any) -> None:
    host = OptiverseHost(fresh)
    host.watch_presence(lambda state: None)
    BuiltinCollaboration(fresh, WindowParts([], [], [], host.close))
    fresh.close()
    events()
    assert "undo" not in vars(fresh.undo_stack)


def test_undoing_gives_the_window_back(fresh: Any) -> None:
    log = fresh.log_service  # the log that all windows share
    before = vars(log).get("get_categories")
    builtin = BuiltinCollaboration(fresh, Ours().parts)
    assert vars(log)["get_categories"] is not before
    builtin.undo()
    events()
    assert visible_texts(fresh) == ["Connect/Host Session…", "Disconnect"]
    assert fresh.collab_status_label.isVisible()
    assert fresh.act_collaborate.shortcut() == QKeySequence("Ctrl+Shift+C")
    assert not {"closeEvent", "open_collaboration_dialog"} & vars(fresh).keys()
    assert vars(log).get("get_categories") is before


def test_category_is_in_the_filter_and_no_line_is_doubled(fresh: Any) -> None:
    """A new user's first steps: the log window opens first, and shows only our lines."""
    fresh.log_service.clear()
    BuiltinCollaboration(fresh, Ours().parts)
    log_window = import_module("optiverse.ui.views.log_window").LogWindow(fresh)
    log_window.show()
    combo = log_window.category_combo
    assert combo.findData("Collaboration") >= 0
    combo.setCurrentIndex(combo.findData("Collaboration"))
    for text in ("first", "second"):
        fresh.log_service.info(text, "Collaboration")
        fresh.log_service.info("of the host's", "File I/O")
    shown = [line.rpartition(" | ")[2] for line in log_window.log_text.toPlainText().splitlines()]
    assert shown == ["first", "second"]
    assert combo.currentData() == "Collaboration"
    log_window.close()


def test_the_menu_says_why(fresh: Any) -> None:
    say_why(fresh, "it is raining.")
    assert visible_texts(fresh)[-1] == "Live collaboration is off: it is raining."
