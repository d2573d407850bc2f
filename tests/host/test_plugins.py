"""Plugins are found by their entry points; a broken one affects nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from optiverse_collab.host.plugins import installed_plugins


def test_our_own_plugin_is_found_where_the_package_is_installed() -> None:
    manager = installed_plugins()
    assert manager.project_name == "optiverse"
    assert hasattr(manager.hook, "optiverse_window_opened")
    assert installed_plugins() is manager


def test_plugin_that_cannot_be_imported_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    about = tmp_path / "odd-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text("Metadata-Version: 2.1\nName: odd\nVersion: 1.0\n", "utf-8")
    (about / "entry_points.txt").write_text("[optiverse]\nodd = a_module_that_is_nowhere\n", "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    manager = installed_plugins.__wrapped__()
    assert [name for name, _ in manager.list_name_plugin()] != []
    [line] = caplog.messages
    assert line.startswith("✗ The plugin 'odd' can't be used: ModuleNotFoundError: ")
