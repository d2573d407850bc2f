"""What the user asked of the first window of the real Optiverse happens once the window is ready."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PyQt6.QtCore import QTimer
from PyQt6.QtWidgets import QDialog, QMainWindow
from pytestqt.qtbot import QtBot

from optiverse_collab.host.optiverse import first_window
from tests.helpers.benches import DATA
from tests.helpers.processes import run_python
from tests.helpers.server_process import ServerProcess

# Starts Optiverse with an argument, and prints what the first window shows soon after.
SCRIPT = """
import json, sys
from PyQt6.QtCore import QTimer
from optiverse_collab.host.optiverse import first_window
from optiverse_collab.host.optiverse.web_sockets import web_sockets_to_import

with web_sockets_to_import():
    from optiverse.services.error_handler import get_error_handler
    from optiverse.ui.views.main_window import MainWindow
seen, windows, is_link = {"errors": []}, [], "://" in sys.argv[1]
get_error_handler().show_error_dialog = lambda title, error, details: seen["errors"].append(error)


def look():
    [window] = windows
    log = [line.message for line in window.log_service.get_messages(category="Collaboration")]
    if is_link and not any(line.startswith("✓ Connected") for line in log):
        QTimer.singleShot(50, look)
        return
    seen["asks"] = first_window.QFileDialog.getOpenFileName.__name__
    seen["file"] = window.file_controller.saved_file_path
    seen["items"] = sum(hasattr(item, "item_uuid") for item in window.scene.items())
    seen["dirty"] = bool(window.file_controller.is_modified)
    seen["log"] = log
    print("SEEN " + json.dumps(seen))
    window.file_controller.mark_clean()
    window.close()


stock_show = MainWindow.show
def show(window):
    windows.append(window)
    stock_show(window)
    first_window.WhenReady(window, look)  # after ours, which was made before
MainWindow.show = show
sys.argv = ["optiverse-collab", *sys.argv[1:]]
from optiverse_collab.__main__ import main
sys.exit(main())
"""


def started(*arguments: str, home: Path) -> dict[str, object]:
    """What the first window showed."""
    environment = {name: str(home) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "APPDATA")}
    ended = run_python("-c", SCRIPT, *arguments, environment=environment, deadline=60)
    assert ended.code == 0, ended.errors
    [line] = [line for line in ended.output.splitlines() if line.startswith("SEEN ")]
    seen: dict[str, object] = json.loads(line[5:])
    return seen


@pytest.mark.optiverse
def test_a_bench_is_opened_as_the_file_menu_does(tmp_path: Path) -> None:
    path = DATA / "assemblies" / "validated.json"
    seen = started(str(path), home=tmp_path)
    assert (seen["file"], seen["errors"], seen["dirty"]) == (str(path), [], False)
    assert isinstance(seen["items"], int)
    assert seen["items"] > 3
    assert seen["asks"] == "getOpenFileName"


@pytest.mark.optiverse
def test_the_editor_complains_about_a_file_that_is_no_bench(tmp_path: Path) -> None:
    path = tmp_path / "broken.json"
    path.write_text("{", "utf-8")
    seen = started(str(path), home=tmp_path)
    assert seen["file"] is None
    [error] = seen["errors"] if isinstance(seen["errors"], list) else []
    assert str(path) in error


@pytest.mark.optiverse
def test_a_link_is_joined_through_the_connect_dialog(
    tmp_path: Path, server: ServerProcess, session_id: str
) -> None:
    seen = started(f"{server.url}/ws/{session_id}", home=tmp_path)
    assert (seen["file"], seen["errors"]) == (None, [])
    assert f"→ Connecting to: {server.url}/ws/{session_id}/" in str(seen["log"])


def test_it_waits_for_the_questions_of_a_new_window(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(first_window, "READY_MS", 0)
    window, done, looked = QMainWindow(), [0], [0]
    qtbot.addWidget(window)
    window.show()
    question = QDialog(window)
    question.open()
    first_window.WhenReady(window, lambda: done.append(1))
    look_on = QTimer(window)
    look_on.timeout.connect(lambda: looked.append(1))
    look_on.start(0)
    qtbot.waitUntil(lambda: len(looked) > 20)
    assert done == [0]
    question.close()
    qtbot.waitUntil(lambda: len(done) > 1)
    looked.clear()
    qtbot.waitUntil(lambda: len(looked) > 20)
    assert done == [0, 1]
