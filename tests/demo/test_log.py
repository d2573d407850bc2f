"""The log keeps the last lines, and signals new ones."""

from __future__ import annotations

from datetime import datetime, timezone

import pytest
from pytestqt.qtbot import QtBot

from optiverse_collab_demo.log import MAX_LINES, Log, LogLine


@pytest.fixture
def log(qtbot: QtBot) -> Log:
    return Log()


def test_line_reads_as_in_optiverse() -> None:
    time = datetime(2026, 1, 2, 3, 4, 5, 678_900, tzinfo=timezone.utc)
    assert str(LogLine(time, "INFO", "Files", "✓ Saved")) == "[03:04:05.678] INFO    | Files        | ✓ Saved"


def test_line_is_told_to_who_listens(qtbot: QtBot, log: Log) -> None:
    with qtbot.waitSignal(log.line_added) as told:
        log.write("WARNING", "Files", "Half of it")
    assert told.args == [log.lines[-1]]
    assert log.lines[-1][1:] == ("WARNING", "Files", "Half of it")


def test_error_is_called_as_in_optiverse(log: Log) -> None:
    """Plugins that support both log this way before they know which host they are in."""
    log.error("✗ Broken", "Collaboration")
    assert log.lines[-1][1:] == ("ERROR", "Collaboration", "✗ Broken")


def test_oldest_lines_go_when_there_are_too_many(log: Log) -> None:
    for n in range(MAX_LINES + 10):
        log.write("INFO", "General", f"{n}")
    assert len(log.lines) == MAX_LINES
    assert log.lines[0].text == "10"


def test_category_is_met_once_with_or_without_a_line(log: Log) -> None:
    heard: list[str] = []
    log.category_added.connect(heard.append)
    log.add_categories(["Files", "Plugins", "Files"])
    log.write("INFO", "Plugins", "x")
    log.write("INFO", "Later", "x")
    assert log.categories == heard == ["Files", "Plugins", "Later"]
