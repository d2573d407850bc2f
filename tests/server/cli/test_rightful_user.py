"""Root and the data folder of another user."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from optiverse_collab_server.cli.main import main
from optiverse_collab_server.cli.rightful_user import check_user
from optiverse_collab_server.standby.standing import Standing, State, read_standing, write_standing

OTHER = 54321

pytestmark = pytest.mark.skipif(
    sys.platform == "win32" or os.getuid() != 0, reason="only root can give a folder to another user"
)


@pytest.mark.parametrize(
    "command", [[], ["promote"], ["sessions"], ["invite", "lab"], ["doctor"], ["restore", "BACKUP"]]
)
def test_root_leaves_the_folder_of_another_user_alone(
    tmp_path: Path, command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """Otherwise, the standby of that user could not read that it was promoted."""
    standby = Standing(State.STANDBY, 4, "ws://first")
    write_standing(tmp_path, standby)
    os.chown(tmp_path, OTHER, OTHER)
    assert main([*command, "--data", str(tmp_path)]) == 1
    [line] = capsys.readouterr().err.splitlines()
    assert f"{tmp_path} belongs to the user #{OTHER}" in line
    assert f"put 'runuser -u #{OTHER} --' or" in line
    assert read_standing(tmp_path) == standby
    assert os.listdir(tmp_path) == ["standing.json"]


def test_settings_of_another_user_are_shown(tmp_path: Path) -> None:
    os.chown(tmp_path, OTHER, OTHER)
    assert main(["--check-config", "--data", str(tmp_path)]) == 0


def test_everybody_may_use_their_own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    check_user(tmp_path)
    check_user(tmp_path / "new")
    os.chown(tmp_path, OTHER, OTHER)
    monkeypatch.setattr(os, "geteuid", lambda: OTHER)
    check_user(tmp_path)
