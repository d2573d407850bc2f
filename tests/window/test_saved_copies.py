"""Copies of benches are saved where their user finds them, and overwrite nothing."""

from __future__ import annotations

from datetime import datetime, timezone
from pathlib import Path

import pytest
from PyQt6.QtCore import QStandardPaths

from optiverse_collab.errors import BenchFileError
from optiverse_collab.window.saved_copies import copy_path, save_copy
from optiverse_collab.wording import copies
from tests.helpers.dict_host import DictHost

NOW = datetime(2026, 3, 1, 12, 34, 56, tzinfo=timezone.utc)


@pytest.fixture(autouse=True)
def documents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(QStandardPaths, "writableLocation", lambda kind: str(tmp_path))
    return tmp_path


@pytest.mark.parametrize(
    ("session", "name"),
    [
        ("Pump & probe", "Pump _ probe"),
        ("a/b\\c:d", "a_b_c_d"),
        ("Zoë ☃", "Zoë _"),
        ("...", "session"),
        ("x" * 128, "x" * 40),
    ],
)
def test_name_tells_when_and_why_on_any_file_system(documents: Path, session: str, name: str) -> None:
    path = copy_path("joining", session, NOW)
    assert path.parent == documents / copies.FOLDER
    assert path.name == f"2026-03-01 12.34.56 before joining {name}.json"


def test_nothing_is_overwritten() -> None:
    host = DictHost()
    for number in ("", " (2)", " (3)"):
        path = copy_path("joining", "lab", NOW)
        assert path.name == f"2026-03-01 12.34.56 before joining lab{number}.json"
        save_copy(host.save_copy, path)
        assert path.is_file()


def test_a_folder_that_cannot_be_made_is_said(documents: Path) -> None:
    (documents / copies.FOLDER).write_text("a file is in the way", "utf-8")
    with pytest.raises(BenchFileError, match=r"can't be made: .*; make it, and try again\."):
        save_copy(DictHost().save_copy, copy_path("joining", "lab", NOW))
