"""What plugins add to a window of any kind."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pluggy
import pytest
from PyQt6.QtGui import QCloseEvent
from PyQt6.QtWidgets import QLabel, QMainWindow, QWidget
from pytestqt.qtbot import QtBot

from optiverse_collab import hookspecs
from optiverse_collab.errors import HostUnsupported
from optiverse_collab.hookspecs import Action
from optiverse_collab.host import adapters
from optiverse_collab.host.attach import attach_to, window_parts
from optiverse_collab.host.menus import MENU, menu_titled
from optiverse_collab.host.plugins import installed_plugins
from optiverse_collab.window.attachment import attachment_for
from optiverse_collab.window.controller import CollaborationController
from tests.helpers.dict_host import DictHost
from tests.helpers.processes import run_python
from tests.helpers.removed import environment_without

hookimpl = pluggy.HookimplMarker(hookspecs.PROJECT)


class Plugin:
    """A plugin that provides one of everything, and remembers its calls."""

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


class Careful(QMainWindow):
    """A window that closes at the second attempt."""

    asked = 0

    def closeEvent(self, event: QCloseEvent | None) -> None:
        """Refuse once."""
        assert event is not None
        self.asked += 1
        event.setAccepted(self.asked > 1)


def test_any_window_gets_menu_and_status_until_it_closes(qtbot: QtBot) -> None:
    window = Careful()
    qtbot.addWidget(window)
    host = DictHost()
    attach_to(window, adapter=lambda: host)
    window.show()
    menu = menu_titled(window.menuBar(), MENU)
    assert menu is not None
    assert "&Connect…" in [action.text() for action in menu.actions()]
    assert adapters.adapter_of(window)() is host
    attached = attachment_for(window)
    assert isinstance(attached, CollaborationController)
    assert attached.status.isVisible()
    assert not window.close()
    assert adapters.adapter_of(window)() is host
    assert window.close()
    with pytest.raises(HostUnsupported):
        adapters.adapter_of(window)
    assert not isinstance(attachment_for(window), CollaborationController)


def test_window_without_an_adapter_says_so_in_its_menu(
    window: QMainWindow, caplog: pytest.LogCaptureFixture
) -> None:
    attach_to(window)
    [line] = menu_lines(window)
    assert line.startswith(
        "Live collaboration is off: Collaboration does not know windows of PyQt6.QtWidgets"
    )
    assert [record.levelname for record in caplog.records] == ["ERROR"]
    window.close()


def test_what_goes_wrong_costs_the_window_nothing(
    window: QMainWindow, caplog: pytest.LogCaptureFixture
) -> None:
    broken = Broken()
    installed_plugins().register(broken)
    try:
        attach_to(window, adapter=DictHost)
    finally:
        installed_plugins().unregister(broken)
    assert menu_lines(window) == [
        "Live collaboration is off: RuntimeError: no such luck. Report this with the log."
    ]
    assert [one.message for one in caplog.records if one.levelname == "ERROR"] == [
        "✗ Live collaboration is off: RuntimeError: no such luck. Report this with the log."
    ]
    assert window.close()


def menu_lines(window: QMainWindow) -> list[str]:
    """The entries in the Collaboration menu."""
    menu = menu_titled(window.menuBar(), MENU)
    assert menu is not None
    return [action.text() for action in menu.actions()]


ANY_EDITOR = """
import json
from PyQt6.QtWidgets import QApplication, QMainWindow
from optiverse_collab.host.attach import attach_to

app = QApplication([])
window = QMainWindow()
attach_to(window, adapter=lambda: None)
window.show()
[menu] = [action.menu() for action in window.menuBar().actions()]
print(json.dumps([action.text() for action in menu.actions()]))
window.close()
"""


NEEDED = ["msgspec", "packaging", "pluggy", "segno", "PyQt6.QtWebSockets"]
if sys.version_info < (3, 11):
    NEEDED.append("tomli")


@pytest.mark.parametrize("module", NEEDED)
def test_an_editor_starts_whatever_of_ours_is_missing(tmp_path: Path, module: str) -> None:
    """Really removed, not just hidden."""
    environment = environment_without(module, tmp_path)
    ended = run_python("-S", "-c", ANY_EDITOR, environment=environment, deadline=60)
    assert ended.code == 0, ended.errors
    [line] = json.loads(ended.output)
    assert line.startswith(f"Live collaboration is off: The Python module {module!r} is missing. Install ")


@pytest.mark.parametrize(
    ("fault", "sentence"),
    [
        ("ImportError('DLL load failed')", "A Python module can't be loaded (DLL load failed)."),
        ("OSError('not a valid Win32 application')", "OSError: not a valid Win32 application."),
    ],
)
@pytest.mark.parametrize("module", ["msgspec", "packaging", "pluggy", "PyQt6.QtWebSockets"])
def test_an_editor_starts_whatever_of_ours_cannot_be_loaded(
    tmp_path: Path, module: str, fault: str, sentence: str
) -> None:
    environment = environment_without(module, tmp_path, fault)
    ended = run_python("-S", "-c", ANY_EDITOR, environment=environment, deadline=60)
    assert ended.code == 0, ended.errors
    [line] = json.loads(ended.output)
    assert line.startswith(f"Live collaboration is off: {sentence} ")
