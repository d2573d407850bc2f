"""The log file of one run is private and bounded, and writing it delays nobody."""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from pathlib import Path
from time import monotonic, sleep

import pytest

from optiverse_collab.disk import log_file, logs
from optiverse_collab.disk.log_file import KEPT, LogFile

SOON_S = 10.0


def record(text: str, level: int = logging.INFO) -> logging.LogRecord:
    """A log record of ours."""
    return logging.LogRecord("x", level, __file__, 1, "%s", (text,), None)


def until(condition: Callable[[], bool]) -> None:
    """Wait for the writing thread."""
    deadline = monotonic() + SOON_S
    while not condition():
        assert monotonic() < deadline
        sleep(0.005)


def is_written(log: LogFile, line: str) -> bool:
    """Whether a line is in one of the files."""
    files = (log.path, log.path.with_suffix(".1.log"))
    with suppress(FileNotFoundError):  # the file is being renamed
        return any(f"{line}\n" in file.read_text() for file in files if file.exists())
    return False


@pytest.fixture
def log(tmp_path: Path) -> Iterator[LogFile]:
    log = LogFile(tmp_path / "logs")
    yield log
    log.close()


def test_lines_have_time_and_level(log: LogFile) -> None:
    log.handle(record("← Ben moved “Lens”. 光路"))
    log.handle(record("✗ No.", logging.WARNING))
    log.close()
    first, second = log.path.read_text("utf-8").splitlines()
    assert first[4] + first[10] + first[19] == "- ."
    assert first[24:] == "INFO    ← Ben moved “Lens”. 光路"
    assert second[24:] == "WARNING ✗ No."
    log.close()  # once is enough


def test_a_half_of_a_character_costs_no_line(log: LogFile) -> None:
    log.handle(record("a\ud800b"))
    log.close()
    assert log.path.read_text("utf-8").endswith("a?b\n")


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX permissions")
def test_only_its_user_can_read_it(log: LogFile) -> None:
    log.handle(record("x"))
    log.close()
    assert log.path.stat().st_mode & 0o777 == 0o600


def test_nothing_is_made_without_a_line(log: LogFile) -> None:
    log.close()
    assert not log.path.parent.exists()


def test_it_is_bounded_and_so_are_those_of_earlier_runs(
    log: LogFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(logs, "FILE_BYTES", 1000)
    log.path.parent.mkdir()
    for number in range(KEPT + 5):
        old = log.path.parent / f"collaboration-{number:02}.log"
        old.touch()
        os.utime(old, (number, number))
    other = log.path.parent / "notes.txt"
    other.touch()
    for number in range(100):
        line = f"line {number}"
        log.handle(record(line))
        until(partial(is_written, log, line))
    log.close()
    former = log.path.with_suffix(".1.log")
    kept = sorted(log.path.parent.glob("collaboration-??.log"))
    assert former.stat().st_size < 1100
    assert not log.path.exists() or log.path.stat().st_size < 1100
    assert "line 99" in former.read_text() + (log.path.read_text() if log.path.exists() else "")
    assert [path.name for path in kept] == [f"collaboration-{n:02}.log" for n in range(5, KEPT + 5)]
    assert other.exists()


def test_a_folder_that_cannot_be_made_costs_only_lines(tmp_path: Path) -> None:
    blocked = tmp_path / "logs"
    blocked.touch()
    log = LogFile(blocked)
    log.handle(record("lost"))
    until(lambda: log._lines.empty())
    sleep(0.05)
    blocked.unlink()
    log.handle(record("written"))
    log.close()
    assert "written" in log.path.read_text()


def test_nobody_waits_for_a_disk_that_does_not_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(log_file, "CLOSE_S", 0.01)
    monkeypatch.setattr(log_file, "WAITING", 5)
    answers = threading.Event()
    monkeypatch.setattr(LogFile, "_write", lambda self, text: answers.wait(SOON_S))
    log = LogFile(tmp_path)
    for number in range(100):
        log.handle(record(str(number)))
    assert log._lines.qsize() <= 5
    thread = log._thread
    log.close()
    answers.set()
    assert thread is not None
    thread.join(SOON_S)
    assert not thread.is_alive()
