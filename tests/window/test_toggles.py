"""A menu entry that can be checked."""

from __future__ import annotations

from pathlib import Path

from PyQt6 import sip
from PyQt6.QtCore import QSettings

from optiverse_collab.manifest import load
from optiverse_collab.window.settings import Choice, Settings
from optiverse_collab.window.toggles import Toggle


def test_whoever_watches_hears_each_change(tmp_path: Path) -> None:
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path))
    settings = Settings(load().settings)
    toggle, heard = Toggle(settings, Choice.QUIET), list[bool]()
    toggle.watch(heard.append)
    toggle.flip()
    assert toggle.is_on
    assert Toggle(settings, Choice.QUIET).is_on
    toggle.flip()
    assert heard == [False, True, False]


def test_it_is_the_same_in_all_windows_of_the_program(tmp_path: Path, qapp: object) -> None:
    """A window that is closed or deleted gets no signal."""
    QSettings.setPath(QSettings.Format.IniFormat, QSettings.Scope.UserScope, str(tmp_path))
    here, there = (Toggle(Settings(load().settings), Choice.HIDE_CURSOR) for _ in range(2))
    window = Settings(load().settings)
    closed = Toggle(window, Choice.HIDE_CURSOR)
    quiet, heard = Toggle(Settings(load().settings), Choice.QUIET), list[tuple[str, bool]]()
    there.watch(lambda is_on: heard.append(("there", is_on)))
    quiet.watch(lambda is_on: heard.append(("quiet", is_on)))
    closed.watch(lambda is_on: heard.append(("closed", is_on)))
    heard.clear()
    sip.delete(window)
    shut = Settings(load().settings)
    left = Toggle(shut, Choice.HIDE_CURSOR)
    shut.close()
    here.flip()
    assert not left.is_on
    assert there.is_on
    there.flip()
    assert not here.is_on
    assert heard == [("there", True), ("there", False)]
