"""Commands of the server that a window runs."""

from __future__ import annotations

from pathlib import Path

import pytest

from optiverse_collab.errors import DiskError
from optiverse_collab.window import server_command


def test_a_command_that_fails_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    server_command.run_command("sessions", "--data", str(tmp_path), "--help")
    with pytest.raises(DiskError, match="can't be read"):
        server_command.run_command("import", str(tmp_path / "no such file"), "--data", str(tmp_path))
    monkeypatch.setattr(server_command, "TIMEOUT_S", 0.0)
    with pytest.raises(DiskError, match="timed out"):
        server_command.run_command("--version")
