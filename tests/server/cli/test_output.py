"""Commands print lines on any terminal."""

from __future__ import annotations

import io
import sys

import pytest

from optiverse_collab_server.cli.output import write_line


def test_what_the_terminal_lacks_is_escaped(monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(written, "ascii"))
    write_line("bench 🔭")
    assert written.getvalue().splitlines() == [rb"bench \U0001f52d"]


def test_line_goes_to_what_is_no_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.StringIO()
    monkeypatch.setattr(sys, "stdout", written)
    write_line("bench")
    assert written.getvalue() == "bench\n"
