"""The log file that the windows of a program share."""

from __future__ import annotations

from pathlib import Path

import pytest
from PyQt6.QtCore import QObject, QUrl
from PyQt6.QtGui import QDesktopServices
from pytestqt.qtbot import QtBot

from optiverse_collab.category import LINES, note
from optiverse_collab.window import kept_log
from optiverse_collab.window.kept_log import KeptLog
from tests.helpers.server_process import ServerProcess
from tests.helpers.windows import SOON, Desk


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(kept_log, "log_folder", lambda: tmp_path)
    return tmp_path


def test_windows_share_a_file_until_the_last_closes(qapp: object, folder: Path) -> None:
    handlers, parent = list(LINES.handlers), QObject()
    first, second = KeptLog(parent), KeptLog(parent)
    assert first.path == second.path
    first.close()
    first.close()
    note("INFO", "one")
    note("DEBUG", "two")
    second.close()
    note("INFO", "nobody is there")
    assert [line[24:] for line in first.path.read_text().splitlines()] == ["INFO    one", "DEBUG   two"]
    assert LINES.handlers == handlers
    third = KeptLog(parent)
    third.close()


def test_its_folder_can_be_opened(qapp: object, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[QUrl] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", opened.append)
    log = KeptLog(QObject())
    log.show()
    log.close()
    assert opened == [QUrl.fromLocalFile(str(folder))]
    assert folder.is_dir()


def test_it_has_what_the_log_window_has(
    qtbot: QtBot, folder: Path, pair: tuple[Desk, Desk], server: ServerProcess, session_id: str
) -> None:
    ann, _ = pair
    ann.join(server.url, session_id, "Ann")
    ann.manager.leave()
    qtbot.waitUntil(lambda: not ann.manager.status.in_session, timeout=SOON)
    [file] = [ann.controller.kept_log.path]
    qtbot.waitUntil(lambda: file.exists() and "Normal closure" in file.read_text("utf-8"), timeout=SOON)
    written = [line[32:] for line in file.read_text("utf-8").splitlines()]
    assert written == ann.log()
