"""Whatever fails in the plugin, the host starts; its log has one ERROR, and the menu says why."""

from __future__ import annotations

import sys
from collections.abc import Iterator

import pytest
from PyQt6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from optiverse_collab.errors import ManifestError
from optiverse_collab.host.menus import menu_titled
from optiverse_collab.window import attachment
from optiverse_collab.window.attachment import attachment_for
from optiverse_collab.window.controller import CollaborationController
from optiverse_collab_demo.plugins import attach_plugins
from optiverse_collab_demo.window import DemoWindow


@pytest.fixture
def window(qtbot: QtBot) -> Iterator[DemoWindow]:
    window = DemoWindow()
    qtbot.addWidget(window)
    yield window
    attachment.close_window(window)


def entries(window: QMainWindow) -> list[tuple[str, bool]]:
    """The texts of the Collaboration menu, and whether each entry is enabled."""
    menu = menu_titled(window.menuBar(), "Collaboration")
    assert menu is not None
    return [(action.text(), action.isEnabled()) for action in menu.actions()]


def errors(window: DemoWindow) -> list[tuple[str, str]]:
    return [(line.category, line.text) for line in window.log.lines if line.level == "ERROR"]


@pytest.mark.parametrize("module", ["msgspec", "optiverse_collab.window.controller", "PyQt6.QtWebSockets"])
def test_a_missing_module_is_told_once(
    window: DemoWindow, monkeypatch: pytest.MonkeyPatch, module: str
) -> None:
    kept = "optiverse_collab.window.attachment"
    for name in list(sys.modules):
        if name.startswith(("optiverse_collab.drivers.qt.", "optiverse_collab.window.")) and name != kept:
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, module, None)
    attach_plugins(window)
    [(category, text)] = errors(window)
    assert category == "Collaboration"
    assert text.startswith("✗ Live collaboration is off: ")
    assert module in text
    [(entry, enabled)] = entries(window)
    assert entry.startswith("Live collaboration is off: ")
    assert not enabled


def test_a_fault_in_the_manifest_is_told(window: DemoWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    def load() -> None:
        raise ManifestError("plugin.toml has a fault: it is empty.")

    monkeypatch.setattr("optiverse_collab.window.controller.load", load)
    attach_plugins(window)
    [(_, text)] = errors(window)
    assert "plugin.toml has a fault: it is empty." in text
    assert entries(window) == [("Live collaboration is off: plugin.toml has a fault: it is empty.", False)]


def test_a_window_of_an_unknown_host_is_unchanged(qtbot: QtBot, caplog: pytest.LogCaptureFixture) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    attachment.open_window(window)
    made = attachment_for(window)
    assert isinstance(made, attachment.Unavailable)
    assert "does not know windows of" in made.why
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    assert (made.status_widgets(), made.dialogs()) == ([], {})
    attachment.close_window(window)
    attachment.close_window(window)


def test_each_window_has_its_own_and_keeps_it(window: DemoWindow, qtbot: QtBot) -> None:
    other = DemoWindow()
    qtbot.addWidget(other)
    mine = attachment_for(window)
    attachment.open_window(window)
    assert attachment_for(window) is mine
    assert isinstance(mine, CollaborationController)
    assert attachment_for(other) is not mine
    attachment.close_window(other)
