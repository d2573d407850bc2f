"""Which adapter a window gets."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pluggy
import pytest
from PyQt6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from optiverse_collab.errors import HostUnsupported
from optiverse_collab.hookspecs import PROJECT
from optiverse_collab.host.adapters import adapter_of, give, take_back, watch_files
from optiverse_collab.host.api import FileNoted, Host
from optiverse_collab.host.plugins import installed_plugins
from tests.helpers.demo_window import add, new_window
from tests.helpers.dict_host import DictHost

hookimpl = pluggy.HookimplMarker(PROJECT)


def test_a_window_of_nobody_we_know(qtbot: QtBot) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    with pytest.raises(HostUnsupported, match="no installed plugin has an adapter for them"):
        adapter_of(window)
    watch_files(window, lambda file: None, lambda file: None, lambda read: None)()


class Plugin:
    """A plugin with an adapter for windows of one title, which can watch their files."""

    ended = 0

    def __init__(self, title: str) -> None:
        self.title = title

    @hookimpl
    def optiverse_host_adapter(self, window: QMainWindow) -> Callable[[], Host] | None:
        return DictHost if window.windowTitle() == self.title else None

    @hookimpl
    def optiverse_watch_files(self, window: QMainWindow, saved: FileNoted) -> Callable[[], None] | None:
        if window.windowTitle() != self.title:
            return None
        saved({})
        return lambda: setattr(self, "ended", self.ended + 1)


def test_plugin_that_knows_the_window_has_its_adapter(qtbot: QtBot) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    window.setWindowTitle("second")
    plugins, saved = [Plugin("first"), Plugin("second")], list[object]()
    for plugin in plugins:
        installed_plugins().register(plugin)
    try:
        assert adapter_of(window) is DictHost
        end = watch_files(window, lambda file: None, saved.append, lambda read: None)
        end()
    finally:
        for plugin in plugins:
            installed_plugins().unregister(plugin)
    assert saved == [{}]
    assert [plugin.ended for plugin in plugins] == [0, 1]


def test_adapter_that_came_with_the_window_counts_first(qtbot: QtBot) -> None:
    window = new_window()
    qtbot.addWidget(window)
    give(window, DictHost)
    assert adapter_of(window) is DictHost
    take_back(window)
    take_back(window)
    assert adapter_of(window) is not DictHost


def test_files_of_a_demo_window_are_noted(qtbot: QtBot, tmp_path: Path) -> None:
    window = new_window()
    qtbot.addWidget(window)
    noted: list[tuple[str, set[str]]] = []
    end = watch_files(
        window,
        lambda file: noted.append(("opened", set(file))),
        lambda file: noted.append(("saved", set(file))),
        lambda read: noted.append(("autosaved", set(read()))),
    )
    lens = add(window, "lens")
    window.save_path(tmp_path / "bench.json")
    window.save_path(tmp_path / "no folder" / "bench.json")
    window.new()
    window.open_path(tmp_path / "bench.json")
    end()
    window.save_path(tmp_path / "bench.json")
    assert noted == [("saved", {lens}), ("opened", set()), ("opened", {lens})]
    window.setWindowModified(False)
