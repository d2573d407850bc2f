"""Which windows are known, by the class they come from."""

from __future__ import annotations

from pathlib import Path

import pytest
from PyQt6.QtWidgets import QApplication, QMainWindow
from pytestqt.qtbot import QtBot

from optiverse_collab.errors import HostUnsupported
from optiverse_collab.host.adapters import adapter_of, watch_files
from optiverse_collab.host.demo import DemoHost
from tests.helpers.demo_window import add, new_window


def test_a_window_of_nobody_we_know(qtbot: QtBot) -> None:
    window = QMainWindow()
    qtbot.addWidget(window)
    with pytest.raises(HostUnsupported, match="it works in Optiverse and in the demo bench"):
        adapter_of(window)
    with pytest.raises(HostUnsupported):
        watch_files(window, lambda file: None, lambda file: None, lambda read: None)


def test_a_demo_window_and_what_inherits_from_it(qtbot: QtBot) -> None:
    window = new_window()
    qtbot.addWidget(window)
    host = adapter_of(window)()
    assert isinstance(host, DemoHost)
    assert host.window is window
    assert host.name.startswith("Demo Bench ")


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


@pytest.mark.optiverse
@pytest.mark.qt_log_ignore("This plugin does not support", "QImageIOHandler: Rejecting image")
def test_a_window_of_optiverse(qapp: QApplication) -> None:
    from optiverse_collab.host.optiverse.adapter import OptiverseHost
    from tests.host.drivers.optiverse import the_window

    host = adapter_of(the_window())()
    assert isinstance(host, OptiverseHost)
    host.close()
