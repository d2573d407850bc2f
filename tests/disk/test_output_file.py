"""Reading the output of another program while it writes to a file."""

from __future__ import annotations

from pathlib import Path

import pytest

from optiverse_collab.disk import logs
from optiverse_collab.disk.output_file import OutputFile


def test_lines_are_read_once_they_are_whole(tmp_path: Path) -> None:
    output = OutputFile(tmp_path / "server.log")
    assert output.new_lines() == []
    with output.opened() as file:
        file.write("Starting … 光".encode()[:-1])
        assert output.new_lines() == []
        file.write("光".encode()[-1:] + b"\r\n\n  ready\nhalf")
        assert output.new_lines() == ["Starting … 光", "ready"]
        file.write(b" \xff\n")
        assert output.new_lines() == ["half \ufffd"]
    assert output.new_lines() == []


def test_what_an_earlier_run_wrote_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "server.log"
    path.write_text("earlier\n")
    output = OutputFile(path)
    with output.opened() as file:
        file.write(b"now\n")
    assert output.new_lines() == ["now"]
    assert path.read_text() == "earlier\nnow\n"


def test_a_long_file_is_begun_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "FILE_BYTES", 5)
    path = tmp_path / "server.log"
    path.write_text("earlier\n")
    with OutputFile(path).opened() as file:
        file.write(b"now\n")
    assert path.read_text() == "now\n"
    assert path.with_suffix(".1.log").read_text() == "earlier\n"
