"""One line each, whatever is in the names."""

from __future__ import annotations

import logging

import pytest

from optiverse_collab_server.logs import OneLineFormatter, set_up


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
