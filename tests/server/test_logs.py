"""Each event is one line of the log, whatever characters the names contain."""

from __future__ import annotations

import json
import logging

import pytest

from optiverse_collab_server.logs import (
    LINE_CHARS,
    LINES,
    FloodFilter,
    JsonFormatter,
    OneLineFormatter,
    set_up,
)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Zoë ☃", "Zoë ☃"),
        ("a\n[12:00:00.000] ERROR | forged", "a\\n[12:00:00.000] ERROR | forged"),
        ("\x1b[31mred", "\\x1b[31mred"),
        ("abc\u202egnp.exe", "abc\\u202egnp.exe"),
        ("\r\t\x00\u2028", "\\r\\t\\x00\\u2028"),
    ],
)
def test_no_name_can_forge_a_line(name: str, shown: str) -> None:
    record = logging.LogRecord("x", logging.INFO, "", 0, "User %s joined", (name,), None)
    assert OneLineFormatter("%(levelname)s %(message)s").format(record) == f"INFO User {shown} joined"


def test_json_lines_have_time_level_and_message() -> None:
    record = logging.LogRecord("x", logging.WARNING, "", 0, "User %s\njoined", ("Zoë",), None)
    record.created = 1_777_777_777.1234
    assert json.loads(JsonFormatter().format(record)) == {
        "time": "2026-05-03T03:09:37.123Z",
        "level": "WARNING",
        "message": "User Zoë\njoined",
    }


def test_json_lines_are_one_line_with_a_traceback_too() -> None:
    try:
        raise ValueError("x\ud800")
    except ValueError as error:
        info = (type(error), error, error.__traceback__)
    text = JsonFormatter().format(logging.LogRecord("x", logging.ERROR, "", 0, "y" * 8000, (), info))
    assert "\n" not in text
    line = json.loads(text)
    assert line["traceback"].startswith("Traceback")
    assert line["message"].endswith("y… (7000 more characters)")


def test_tracebacks_keep_their_lines() -> None:
    try:
        raise ValueError("x")
    except ValueError as error:
        info = (type(error), error, error.__traceback__)
    record = logging.LogRecord("x", logging.ERROR, "", 0, "failed", (), info)
    assert "\nValueError: x" in OneLineFormatter().format(record)


@pytest.mark.parametrize(("debug", "level"), [(False, logging.INFO), (True, logging.DEBUG)])
def test_set_up_twice_writes_each_line_once(
    debug: bool, level: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    logger = logging.getLogger("optiverse_collab_server")
    monkeypatch.setattr(logger, "handlers", [])
    monkeypatch.setattr(logger, "propagate", True)
    monkeypatch.setattr(logger, "level", logger.level)
    set_up(debug)
    set_up(debug)
    logger.info("hello")
    assert logger.level == level
    assert capsys.readouterr().err.count("hello") == 1


def test_long_lines_are_cut() -> None:
    record = logging.LogRecord("x", logging.INFO, "", 0, "Refused %s", ("x" * 8000,), None)
    line = OneLineFormatter("%(message)s").format(record)
    assert line.startswith("Refused xxx")
    assert line.endswith("x… (7008 more characters)")
    assert len(line) < LINE_CHARS + 50


def line(at_s: float, level: int = logging.WARNING) -> logging.LogRecord:
    """A line of the log."""
    record = logging.LogRecord("x", level, "", 0, "Refused %s", ("it",), None)
    record.created = at_s
    return record


def test_flood_of_lines_is_left_out_and_counted() -> None:
    """Serious lines are never left out."""
    flood = FloodFilter()
    lines = [line(1000.0 + number / 10_000) for number in range(10_000)]
    lines += [line(1001.0, logging.ERROR), line(1030.0)]
    written = [one.getMessage() for one in lines if flood.filter(one)]
    assert LINES.burst <= len(written) <= LINES.burst + 60
    counted = [int(text.split(": ")[1].rstrip(")")) for text in written if "left out" in text]
    assert sum(counted) + len(written) == len(lines)
    assert written[-2].startswith("Refused it (lines left out before this: ")
    assert written[-1] == "Refused it"


def test_a_flood_of_errors_silences_nothing_after_it() -> None:
    """All of them are written, and a second later there is room again."""
    flood = FloodFilter()
    assert all(flood.filter(line(1000.0, logging.ERROR)) for _ in range(10 * int(LINES.burst)))
    assert not flood.filter(line(1000.0))
    assert flood.filter(line(1001.0))
