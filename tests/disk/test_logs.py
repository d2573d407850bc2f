"""Log files."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from optiverse_collab.disk.logs import append_to, set_aside


def test_lines_are_appended_and_a_long_file_is_set_aside(tmp_path: Path) -> None:
    path = tmp_path / "logs" / "x.log"
    for text in (b"one\n", b"two\n"):
        with append_to(path) as file:
            file.write(text)
    assert path.read_bytes() == b"one\ntwo\n"
    set_aside(path)
    assert [file.name for file in path.parent.iterdir()] == ["x.1.log"]


@pytest.mark.skipif(sys.platform == "win32", reason="needs POSIX permissions")
def test_only_its_user_can_read_it(tmp_path: Path) -> None:
    append_to(tmp_path / "x.log").close()
    assert (tmp_path / "x.log").stat().st_mode & 0o777 == 0o600
