"""Versions in a window: listed, previewed, restored, and kept: HIST-10."""

from __future__ import annotations

import pytest
from PyQt6.QtGui import QAction

from optiverse_collab.core.access import Role
from optiverse_collab.core.client.past_effects import PastUnavailable
from optiverse_collab.core.versions import Version, versions_of
from optiverse_collab.window.ui.version_dialog import VersionDialog
from optiverse_collab.wording import replacements
from optiverse_collab.wording import timeline as timeline_texts
from optiverse_collab.wording import versions as texts
from tests.helpers.user_input import click
from tests.helpers.windows import Desk
from tests.window.timeline_lab import Lab, button


@pytest.fixture
def lab(timeline_lab: Lab) -> Lab:
    return timeline_lab


def entries(lab: Lab) -> dict[str, QAction]:
    """The menu of versions."""
    menu = lab.panel.dock.versions_menu
    menu.aboutToShow.emit()
    return {action.text(): action for action in menu.actions() if action.text()}


def versions(desk: Desk) -> list[Version]:
    """The versions that a window knows."""
    session = desk.manager.session
    return [] if session is None else versions_of(session.replica.meta.values())


def keep(lab: Lab, name: str) -> None:
    """Bob keeps a version by the dialog, and both learn of it."""
    entries(lab)[texts.KEEP_ENTRY].trigger()
    [dialog] = [one for one in lab.bob.window.findChildren(VersionDialog) if one.isVisible()]
    dialog.name.setText(name)
    dialog.buttons.accepted.emit()
    lab.until(lambda: name in [one.name for one in versions(lab.ann)])
    lab.until(lambda: name in [one.name for one in versions(lab.bob)])


def test_a_version_of_now_is_kept_for_everybody(lab: Lab) -> None:
    """And previewed later, in a window of its own; restored, it is the bench again."""
    lab.open(1)
    keep(lab, "R&D")
    lab.move(100.0)
    found = entries(lab)
    entry = '"R&&D", kept by Bob'
    assert list(found) == [texts.KEEP_ENTRY, entry]
    found[entry].trigger()
    lab.until(lambda: lab.panel.previewing.dialog is not None)
    assert lab.preview.windowTitle().endswith('"R&D", kept by Bob')
    assert lab.seen() != [(100, 0)]
    click(button(lab.preview, timeline_texts.RESTORE_BENCH))
    lab.until(lambda: lab.ann.content() == lab.start)


def test_an_earlier_moment_is_kept(lab: Lab) -> None:
    """The selected one."""
    lab.move(100.0)
    lab.open(2)
    lab.select(len(lab.rows) - 1)
    session = lab.bob.manager.session
    assert session is not None
    keep(lab, "start")
    [version] = versions(lab.bob)
    step = lab.panel.dock.list.current
    assert step is not None
    assert version.clock == step.last < session.replica.clock


def test_a_name_that_is_taken_is_refused_in_the_dialog(lab: Lab) -> None:
    lab.open(1)
    keep(lab, "one")
    entries(lab)[texts.KEEP_ENTRY].trigger()
    [dialog] = [one for one in lab.bob.window.findChildren(VersionDialog) if one.isVisible()]
    dialog.name.setText("ONE")
    dialog.buttons.accepted.emit()
    assert "already" in dialog.problem.text()
    dialog.reject()


def test_a_version_that_can_not_be_read(lab: Lab) -> None:
    """The reason is shown, and nothing opens."""
    lab.open(1)
    keep(lab, "one")
    [version] = versions(lab.bob)
    lab.panel.versions.show(version)
    lab.bob.manager.service.happened.emit(PastUnavailable(version.clock, "It is damaged."))
    assert "It is damaged." in [toast.text for toast in lab.bob.controller.reports.toasts.shown]
    assert lab.panel.previewing.dialog is None


def test_viewers_keep_none(lab: Lab) -> None:
    lab.open(1)
    session = lab.bob.manager.session
    assert session is not None
    session.replica.rights.change(Role.VIEWER)
    assert not entries(lab)[texts.KEEP_ENTRY].isEnabled()
    lab.panel.versions.keep("mine", None)
    assert versions(lab.bob) == []


def test_without_a_session_there_are_none(lab: Lab) -> None:
    lab.bob.manager.leave()
    lab.until(lambda: not lab.bob.manager.status.in_session)
    assert list(entries(lab)) == [texts.KEEP_ENTRY]
    lab.panel.versions.keep("mine", None)
    shown = [toast.text for toast in lab.bob.controller.reports.toasts.shown]
    assert replacements.NO_CONNECTION in shown
