"""Progress is shown if something takes long, and only to people."""

from __future__ import annotations

from io import StringIO

import pytest

from optiverse_collab.cli import progress
from optiverse_collab.cli.progress import ProgressLine


class Terminal(StringIO):
    """A text stream that a person watches."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def no_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything counts as taking long."""
    monkeypatch.setattr(progress, "PATIENCE_S", 0.0)
    monkeypatch.setattr(progress, "EVERY_S", 0.0)


@pytest.mark.usefixtures("no_patience")
def test_nothing_where_nobody_looks() -> None:
    stream = StringIO()
    with ProgressLine("Sending", stream) as line:
        line(1, 2)
    assert stream.getvalue() == ""


def test_nothing_for_what_is_quick() -> None:
    stream = Terminal()
    with ProgressLine("Sending", stream) as line:
        for done in range(100):
            line(done, 100)
    assert stream.getvalue() == ""


@pytest.mark.usefixtures("no_patience")
def test_one_line_that_is_gone_in_the_end() -> None:
    stream = Terminal()
    with ProgressLine("Sending", stream) as line:
        line(1000, 10_000)
        line(1, 2)
        line(0, 0)
    long = "Sending 1000 of 10000 records (10 %)"
    short = ["Sending 1 of 2 records (50 %)", "Sending 0 of 0 records (0 %)"]
    assert stream.getvalue().split("\r")[1:] == [
        long,
        short[0].ljust(len(long)),
        short[1].ljust(len(short[0])),
        " " * len(short[1]),
        "",
    ]


@pytest.mark.usefixtures("no_patience")
def test_line_says_what_is_counted() -> None:
    stream = Terminal()
    with ProgressLine("Tracing", stream, "benches") as line:
        line(1, 2)
    assert "Tracing 1 of 2 benches (50 %)" in stream.getvalue()
