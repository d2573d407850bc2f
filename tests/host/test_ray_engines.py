"""Which editor's ray tracing is used."""

from __future__ import annotations

from collections.abc import Mapping

import pluggy
import pytest
from PyQt6.QtWidgets import QMainWindow
from pytestqt.qtbot import QtBot

from optiverse_collab import hookspecs
from optiverse_collab.core.records import Record
from optiverse_collab.errors import HostUnsupported
from optiverse_collab.hookspecs import PROJECT
from optiverse_collab.host import ray_engines
from optiverse_collab.host.optiverse.upstream.version import is_installed
from optiverse_collab.host.plugins import installed_plugins
from optiverse_collab.host.ray_engines import ray_engine
from tests.helpers.demo_window import new_window

hookimpl = pluggy.HookimplMarker(PROJECT)


class Rays:
    """The ray tracing of an editor."""

    name = "Lab Editor 1.0"

    def hits(self, records: Mapping[str, Record], id: str) -> bool:
        return False

    @hookimpl
    def optiverse_ray_engine(self, window: QMainWindow | None) -> Rays | None:
        return self if window is None or window.windowTitle() == "lab" else None


def test_demo_bench_traces_where_nothing_else_does(qtbot: QtBot) -> None:
    window = new_window()
    qtbot.addWidget(window)
    assert ray_engine(window).name.startswith("Demo Bench ")
    if not is_installed():
        assert ray_engine().name.startswith("Demo Bench ")


def test_an_editor_may_bring_its_own(qtbot: QtBot) -> None:
    window, rays = QMainWindow(), Rays()
    qtbot.addWidget(window)
    window.setWindowTitle("lab")
    installed_plugins().register(rays)
    try:
        assert ray_engine() is rays
        assert ray_engine(window) is rays
    finally:
        installed_plugins().unregister(rays)


def test_nobody_traces_beams(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    with pytest.raises(HostUnsupported, match=r"traces beams for windows of PyQt6\.QtWidgets"):
        ray_engine(window)
    none = pluggy.PluginManager(PROJECT)
    none.add_hookspecs(hookspecs)
    monkeypatch.setattr(ray_engines, "installed_plugins", lambda: none)
    with pytest.raises(HostUnsupported, match="install Optiverse"):
        ray_engine()
