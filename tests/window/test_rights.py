"""How a window shows what its user may do; on a real server that requires invites."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest
from PyQt6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from optiverse_collab.core.access import Role
from optiverse_collab.core.client.connector import ConnectionState
from optiverse_collab.core.protocol.access import AccessExpires
from optiverse_collab.core.protocol.codec import encode
from optiverse_collab.window import rights
from optiverse_collab.window.ui.bar import StateBar
from optiverse_collab.window.ui.choice_dialog import JoiningChoice
from optiverse_collab_demo.templates import TEMPLATES
from tests.helpers.guarded_server import GuardedServer, Owner
from tests.helpers.user_input import click
from tests.helpers.windows import SOON, Desk

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

DENIED = "You may only view this session, so your edit was undone; ask Ann for the right to edit."


@pytest.fixture
def ann(qtbot: QtBot, pair: tuple[Desk, Desk], guarded: GuardedServer, session_id: str) -> Desk:
    """Ann, the owner, with a lens on her bench."""
    ann = pair[0]
    ann.window.insert(TEMPLATES[0])
    ann.join(guarded.owner_link(session_id), session_id, "Ann")
    return ann


@pytest.fixture
def owner(qtbot: QtBot, ann: Desk, guarded: GuardedServer, session_id: str) -> Owner:
    return Owner(qtbot, ann.manager.service, guarded.process.url, session_id)


@pytest.fixture
def bob(pair: tuple[Desk, Desk], owner: Owner, session_id: str) -> Desk:
    """Bob, a viewer."""
    bob = pair[1]
    bob.join(owner.invite(Role.VIEWER), session_id, "Bob")
    return bob


def bar(desk: Desk) -> StateBar:
    return desk.controller.standing.bar


def toasts(desk: Desk) -> list[str]:
    return [toast.text for toast in desk.controller.reports.toasts.shown]


def moves(desk: Desk, x: float) -> str:
    """Move the lens as a user; returns its id."""
    [id] = desk.window.bench.items
    desk.window.editor.change("Move", {id: {"pos": [x, 0.0]}})
    return id


def test_edit_of_a_viewer_is_taken_back_and_said(
    qtbot: QtBot, ann: Desk, bob: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RIGHT-1: all kinds of edits; nobody else sees any of them."""
    before = ann.content()
    assert bob.content() == before
    assert bar(bob).text == "View only"
    monkeypatch.setattr(rights, "AGAIN_MS", 60_000)
    id = moves(bob, 70.0)
    qtbot.waitUntil(lambda: toasts(bob) == [DENIED], timeout=SOON)
    qtbot.waitUntil(lambda: bob.content() == before, timeout=SOON)
    bob.window.insert(TEMPLATES[1])
    qtbot.waitUntil(lambda: bob.content() == before, timeout=SOON)
    bob.window.editor.remove([id])
    assert bob.content() == {}
    qtbot.waitUntil(lambda: bob.content() == before, timeout=SOON)
    assert bob.log("WARNING") == [f"✗ {DENIED}"]  # once, as long as the edits continue
    assert ann.content() == before
    assert bar(ann).text == ""
    moves(ann, 30.0)
    bob.until_same(ann)


def test_undo_of_a_viewer_is_taken_back(qtbot: QtBot, ann: Desk, bob: Desk, owner: Owner) -> None:
    """RIGHT-1, UNDO: of edits from the time when they had the right."""
    owner.give("Bob", Role.EDITOR)
    qtbot.waitUntil(lambda: bar(bob).text == "", timeout=SOON)
    moves(bob, 70.0)
    ann.until_same(bob)
    after = ann.content()
    owner.give("Bob", Role.VIEWER)
    qtbot.waitUntil(lambda: bar(bob).text == "View only", timeout=SOON)
    bob.window.editor.undo()
    qtbot.waitUntil(lambda: toasts(bob)[-1:] == [DENIED], timeout=SOON)
    qtbot.waitUntil(lambda: bob.content() == after, timeout=SOON)
    assert ann.content() == after


def test_role_that_changes_is_said(qtbot: QtBot, ann: Desk, bob: Desk, owner: Owner) -> None:
    """ACC-2: to the user concerned over the bench, to the others in the log."""
    owner.give("Bob", Role.EDITOR)
    qtbot.waitUntil(lambda: "You may edit now." in toasts(bob), timeout=SOON)
    assert bar(bob).text == ""
    assert "← Bob may edit now." in ann.log("INFO")
    moves(bob, 40.0)
    ann.until_same(bob)
    owner.give("Bob", Role.COMMENTER)
    qtbot.waitUntil(lambda: bar(bob).text == "Comment only", timeout=SOON)


def moves_unsent(desk: Desk) -> None:
    """Move the lens as a user who loses the right before the move is sent."""
    session, participation = desk.manager.service.session, desk.manager._participation
    assert session is not None
    assert participation is not None
    session.replica.set_role(Role.EDITOR)
    moves(desk, 70.0)
    participation.push_edits()
    session.replica.set_role(Role.VIEWER)
    desk.manager.participants_changed.emit()


def test_unsent_edits_are_kept_and_given_to_an_editor(
    qtbot: QtBot, ann: Desk, bob: Desk, tmp_path: Path
) -> None:
    """RIGHT-2: their user can save them with the bench, or pass them to an editor, who decides."""
    moves_unsent(bob)
    assert bar(bob).text == "1 edit not sent: you may only view"
    bench, edits = tmp_path / "bench.json", tmp_path / "bob.edits"
    bob.controller.handing_over.save_bench(bench)
    bob.controller.handing_over.save_edits(edits)
    qtbot.waitUntil(lambda: edits.exists() and bench.exists(), timeout=SOON)
    assert bob.manager.background.wait(SOON / 1000)
    ann.controller.handing_over.import_edits(edits)
    qtbot.waitUntil(lambda: ann.controller.reports.count == 1, timeout=SOON)
    assert "✓ 1 edit by Bob was listed for you to decide." in ann.log("INFO")
    ann.controller.handing_over.import_edits(bench)
    qtbot.waitUntil(lambda: any("has no edits" in text for text in toasts(ann)), timeout=SOON)


def test_what_to_do_with_unsent_edits_is_asked_below_the_button(qtbot: QtBot, ann: Desk, bob: Desk) -> None:
    moves_unsent(bob)
    click(bar(bob).button)
    [menu] = [menu for menu in bob.window.findChildren(QMenu) if menu.isVisible()]
    assert [action.text() for action in menu.actions()] == [
        "&Save as a file…",
        "&Give to an editor…",
        "Ask to &edit",
    ]
    menu.close()


def test_whoever_leaves_reads_that_edits_are_kept(qtbot: QtBot, ann: Desk, bob: Desk) -> None:
    """RIGHT-2: they can't be sent, so waiting would be useless."""
    moves_unsent(bob)
    bob.manager.leave()
    assert bob.manager.status is ConnectionState.OFFLINE
    assert any("1 edit did not reach the server; it is kept on this computer" in text for text in toasts(bob))


def test_whoever_is_removed_is_out_and_keeps_the_bench(
    qtbot: QtBot, ann: Desk, bob: Desk, owner: Owner
) -> None:
    before = bob.content()
    owner.give("Bob", Role.NONE)
    qtbot.waitUntil(lambda: bob.manager.status is ConnectionState.FAILED, timeout=SOON)
    assert "An owner has removed you from this session" in bob.controller.status.toolTip()
    assert bob.content() == before
    assert bar(bob).text == ""


def test_end_of_access_is_said_before(qtbot: QtBot, ann: Desk, bob: Desk) -> None:
    """ACC-3: five minutes ahead; the warning disappears when the access is renewed."""
    soon = datetime.now(timezone.utc) + timedelta(minutes=4)
    hear = bob.manager.service._driver._on_received  # type: ignore[union-attr]
    hear(encode(AccessExpires(soon.isoformat())))
    assert f"Your access ends at {soon.astimezone():%H:%M}" in bar(bob).text
    hear(encode(AccessExpires((soon + timedelta(hours=1)).isoformat())))
    assert bar(bob).text == "View only"
    hear(encode(AccessExpires(soon.isoformat())))
    assert "Your access ends" in bar(bob).text
    hear(encode(AccessExpires(None)))
    assert bar(bob).text == "View only"


def test_bench_of_a_viewer_is_saved_and_not_brought(
    qtbot: QtBot, pair: tuple[Desk, Desk], owner: Owner, ann: Desk, session_id: str
) -> None:
    """RIGHT-1: none of their edits is lost, and nobody else sees one."""
    bob, before = pair[1], ann.content()
    bob.window.insert(TEMPLATES[1])
    bob.manager.join_session(owner.invite(Role.VIEWER), session_id, "Bob")
    qtbot.waitUntil(lambda: bob.controller.question is not None, timeout=SOON)
    question = bob.controller.question
    assert question is not None
    click(question.buttons[JoiningChoice.BRING])
    bob.until_connected()
    assert bob.content() == before == ann.content()
    assert any("A copy of your bench was saved" in line for line in bob.log("INFO"))
