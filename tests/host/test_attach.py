"""What plugins have for a window, whatever the window is."""

from __future__ import annotations

from typing import Any

import pluggy
import pytest
from PyQt6.QtWidgets import QLabel, QMainWindow, QWidget
from pytestqt.qtbot import QtBot

from optiverse_collab import hookspecs
from optiverse_collab.hookspecs import Action
from optiverse_collab.host.attach import installed_plugins, window_parts

hookimpl = pluggy.HookimplMarker(hookspecs.PROJECT)


class Plugin:
    """Has one of everything, and remembers what it was told."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.told: list[str] = []

    @hookimpl
    def optiverse_log_categories(self) -> list[str]:
        return [f"of the {self.name}"]

    @hookimpl
    def optiverse_window_opened(self, window: QMainWindow) -> None:
        self.told.append("opened")

    @hookimpl
    def optiverse_actions(self, window: QMainWindow) -> list[Action]:
        return [Action((), self.name, "", "", lambda: None, lambda enable: None)]

    @hookimpl
    def optiverse_status_widgets(self, window: QMainWindow) -> list[QWidget]:
        return [QLabel(self.name, window)]

    @hookimpl
    def optiverse_window_closing(self, window: QMainWindow) -> None:
        self.told.append("closing")


class Broken:
    """A plugin with a hook that raises an error."""

    @hookimpl
    def optiverse_actions(self, window: Any) -> list[Action]:
        raise RuntimeError("no such luck")


@pytest.fixture
def window(qtbot: QtBot) -> QMainWindow:
    window = QMainWindow()
    qtbot.addWidget(window)
    return window


@pytest.fixture
def manager() -> pluggy.PluginManager:
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    return manager


def test_parts_of_all_plugins_are_gathered(window: QMainWindow, manager: pluggy.PluginManager) -> None:
    plugins = [Plugin("first"), Plugin("second")]
    for plugin in plugins:
        manager.register(plugin)
    parts = window_parts(window, manager)
    assert {action.text for action in parts.actions} == {"first", "second"}
    assert {widget.text() for widget in parts.widgets if isinstance(widget, QLabel)} == {"first", "second"}
    assert set(parts.categories) == {"of the first", "of the second"}
    parts.closing()
    assert [plugin.told for plugin in plugins] == [["opened", "closing"]] * 2


def test_a_plugin_that_raises_ends_what_was_begun(window: QMainWindow, manager: pluggy.PluginManager) -> None:
    plugin = Plugin("first")
    manager.register(plugin)
    manager.register(Broken())
    with pytest.raises(RuntimeError, match="no such luck"):
        window_parts(window, manager)
    assert plugin.told == ["opened", "closing"]


def test_our_own_plugin_is_found_where_the_package_is_installed() -> None:
    manager = installed_plugins()
    assert manager.project_name == "optiverse"
    assert hasattr(manager.hook, "optiverse_window_opened")
