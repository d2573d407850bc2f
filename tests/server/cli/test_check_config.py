"""The command that prints the settings in effect."""

from __future__ import annotations

from pathlib import Path

import pytest

from optiverse_collab_server.cli.main import main
from optiverse_collab_server.config.file import ConfigFile
from optiverse_collab_server.config.settings import TABLE


def test_every_setting_is_shown_with_its_origin(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPTIVERSE_COLLAB_DEBUG", "true")
    file = tmp_path / "c.toml"
    file.write_text("keep-days = 30")
    assert main(["--config", str(file), "--port", "9", "--check-config", "--data", str(tmp_path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == len(TABLE)
    for line in (
        'host = "127.0.0.1"  # default',
        "port = 9  # --port",
        f"keep-days = 30  # {file}",
        "# keep-mb is not set",
        "debug = true  # OPTIVERSE_COLLAB_DEBUG",
    ):
        assert line in lines


def test_what_is_shown_can_be_read_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    data = tmp_path / 'a "b" é'
    assert main(["serve", "--data", str(data), "--port", "9", "--check-config"]) == 0
    file = tmp_path / "c.toml"
    file.write_text(capsys.readouterr().out, "utf-8")
    problems: list[str] = []
    values = ConfigFile(file).read(problems.append)
    assert (values["data"], values["port"], problems) == (data, 9, [])


def test_settings_that_will_not_do_are_logged_and_nothing_runs(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "server.toml").write_text("port = -1\nx = 1\n")
    assert main(["--data", str(tmp_path), "--check-config"]) == 2
    assert main(["--data", str(tmp_path)]) == 2
    assert main(["check", "--data", str(tmp_path)]) == 2
    lines = capfd.readouterr().err.splitlines()
    assert len(lines) == 6
    assert lines[0].endswith("line 1, port: -1 is not a port; give a number from 0 to 65535.")
    assert [path.name for path in tmp_path.iterdir()] == ["server.toml"]
