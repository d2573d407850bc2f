"""Somebody knocks, and owners answer: windows on a server that requires invites (ACC-12 to ACC-14)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from optiverse_collab.core.access import Role
from optiverse_collab.core.client.connector import ConnectionState
from optiverse_collab.core.protocol.access import AccessKnock, AccessKnockOver, AccessRefused, UserRole
from optiverse_collab.core.protocol.codec import encode
from optiverse_collab.core.protocol.message import Message
from optiverse_collab.core.throttle import Throttle
from optiverse_collab.window.knocking import Knocking
from optiverse_collab.window.ui.knock_list import KnockList
from optiverse_collab.window.ui.toasts import Toast
from tests.helpers.accessible import accessible
from tests.helpers.guarded_server import GuardedServer, Owner
from tests.helpers.lost_connection import break_off
from tests.helpers.user_input import click, press_key
from tests.helpers.windows import SOON, Desk, names_in
from tests.window.following_lab import id_of, told

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

ASKS = "Bob wants to come in as an editor, with the link 'editor'."
LET_IN, NOT_NOW = 0, 1


class Door:
    """Ann, the owner, and Bob, whose link requires him to knock."""

    def __init__(self, qtbot: QtBot, ann: Desk, bob: Desk, owner: Owner, url: str, session_id: str) -> None:
        self.qtbot, self.ann, self.bob, self.owner = qtbot, ann, bob, owner
        self.url, self.session_id = url, session_id

    def until(self, condition: Callable[[], bool]) -> None:
        """Wait until a condition holds."""
        self.qtbot.waitUntil(condition, timeout=SOON)

    def knock(self) -> None:
        """Bob joins with the dialog, and waits outside."""
        self.bob.ask_to_join(self.owner.invite(Role.EDITOR, knock=True), self.session_id, "Bob")
        self.until(lambda: self.bob.manager.status is ConnectionState.OUTSIDE)

    def notices(self) -> list[Toast]:
        """The notices in which Ann reads who is waiting."""
        return [one for one in self.ann.controller.reports.toasts.shown if "to come in" in one.text]

    def notice(self) -> Toast:
        """The only notice, once it is visible."""
        self.until(lambda: len(self.notices()) == 1)
        return self.notices()[0]

    def hear(self, *messages: Message) -> None:
        """Deliver messages to Ann's window as if they came from the server."""
        service = self.ann.manager.service
        assert service.session is not None
        for message in messages:
            for effect in service.session.receive(encode(message), 0.0):
                service.happened.emit(effect)

    @property
    def knocking(self) -> Knocking:
        """The object that reports knocks to Ann."""
        return self.ann.controller.people.knocking

    @property
    def list(self) -> KnockList:
        """The list in Ann's dock."""
        return self.ann.controller.people.dock.knocks


@pytest.fixture
def door(qtbot: QtBot, pair: tuple[Desk, Desk], guarded: GuardedServer, session_id: str) -> Door:
    ann, bob = pair
    ann.join(guarded.owner_link(session_id), session_id, "Ann")
    owner = Owner(qtbot, ann.manager.service, guarded.process.url, session_id)
    door = Door(qtbot, ann, bob, owner, guarded.process.url, session_id)
    door.knocking._pace = Throttle(0.0)
    return door


def knock(number: int, name: str = "", again: bool = False) -> AccessKnock:
    return AccessKnock(f"k{number}", name or f"Guest {number}", Role.VIEWER, again=again)


def test_an_owner_lets_a_guest_in_who_comes_back_without_asking(door: Door) -> None:
    """ACC-12, ACC-14: the keyboard focus stays where it was."""
    ann, bob = door.ann, door.bob
    field = QLineEdit(ann.window)
    field.show()
    ann.window.activateWindow()
    field.setFocus()
    door.knock()
    waits = f"Waiting for an owner of '{door.session_id}' to let you in…"
    dialog = bob.controller.open_connect_dialog()
    assert dialog.busy
    assert dialog.message == waits
    assert bob.controller.standing.bar.text == waits
    assert bob.controller.status.text() == "Waiting to be let in…"
    assert "An owner of the session has to let you in; waiting" in bob.log("INFO")
    notice = door.notice()
    assert [accessible(one).name for one in (notice, *notice.buttons)] == [ASKS, "Let in", "Not now"]
    assert ann.window.focusWidget() is field
    assert f"← {ASKS}" in ann.log("INFO")
    assert names_in(ann.controller.people.dock) == ["Ann (you)"]
    click(notice.buttons[LET_IN])
    bob.until_connected()
    door.until(lambda: door.notices() == [] and door.list.isHidden())
    assert "You let in Bob." in ann.log("INFO")
    assert bob.controller.standing.bar.isHidden()
    bob.manager.leave()
    door.until(lambda: bob.manager.status is ConnectionState.OFFLINE)
    bob.join(door.url, door.session_id, "Bob")
    assert door.notices() == []


def test_a_guest_who_is_sent_away_reads_so(door: Door) -> None:
    """ACC-14: the next knock is silent, and appears in the dock."""
    door.knock()
    click(door.notice().buttons[NOT_NOW])
    dialog = door.bob.controller.open_connect_dialog()
    door.until(lambda: not dialog.busy)
    assert dialog.message.startswith("An owner did not let you in for now")
    assert door.bob.manager.status is ConnectionState.FAILED
    door.knock()
    door.until(lambda: len(door.knocking.waiting) == 1)
    assert door.knocking.waiting[0].lines[-1] == "An owner has just sent them away."
    assert door.notices() == []


def test_a_guest_may_give_up(door: Door) -> None:
    """ACC-13: with the bar over the bench, or in the dialog."""
    door.knock()
    door.notice()
    button = door.bob.controller.standing.bar.button
    assert accessible(button).name == "Cancel"
    click(button)
    door.until(lambda: door.notices() == [])
    assert door.bob.manager.status is ConnectionState.OFFLINE
    assert door.bob.controller.standing.bar.isHidden()


def test_a_guest_whose_line_breaks_knocks_again(door: Door) -> None:
    """ACC-12, CONN-2: and the last knock lets the guest in."""
    door.knock()
    first = door.notice()
    break_off(door.bob.manager)
    door.until(lambda: first not in door.notices())
    door.until(lambda: door.bob.manager.status is ConnectionState.OUTSIDE)
    assert door.notice().text == ASKS
    click(door.notice().buttons[LET_IN])
    door.bob.until_connected()


def test_an_owner_answers_in_the_dock(door: Door) -> None:
    """ACC-14: with the keyboard alone."""
    door.knock()
    door.until(lambda: door.knocking.waiting != [])
    dock = door.ann.controller.people.open()
    waiting = door.list
    assert accessible(waiting.people).name == "People who wait to be let in"
    row = accessible(waiting.people).children[-1]
    assert row.name == "Bob, as an editor, with the link 'editor'"
    assert not waiting.let_in.isEnabled()
    waiting.people.setFocus()
    press_key(waiting.people, Qt.Key.Key_Down)
    assert waiting.let_in.isEnabled()
    waiting.let_in.setFocus()
    press_key(waiting.let_in, Qt.Key.Key_Space)
    door.bob.until_connected()
    door.until(lambda: names_in(dock) == ["Ann (you), owner", "Bob, editor"])


def test_many_who_knock_are_one_notice(door: Door) -> None:
    """ACC-13: it shows the list, or refuses all of them; nobody is let in by mistake."""
    door.hear(knock(1))
    assert "Guest 1 wants to come in" in door.notice().text
    door.hear(*(knock(number) for number in range(2, 6)))
    notice = door.notice()
    assert notice.text == "5 people want to come in: Guest 1, Guest 2, Guest 3 and 2 others."
    assert [accessible(one).name for one in notice.buttons] == ["Show", "Not now"]
    click(notice.buttons[0])
    assert door.ann.controller.people.is_open
    assert door.notices() == []
    assert door.ann.window.focusWidget() is door.list.people
    door.hear(knock(6), knock(7))
    asked = door.ann.manager.service.session
    assert asked is not None
    assert door.notice().text == "2 people want to come in: Guest 6 and Guest 7."
    click(door.notice().buttons[NOT_NOW])
    assert len(door.knocking.waiting) == 7
    door.hear(*(AccessKnockOver(f"k{number}") for number in range(1, 8)))
    assert door.list.isHidden()


def test_notices_do_not_change_too_fast(door: Door) -> None:
    """ACC-13: a flood of names can't fill the screen, and no button changes under the mouse."""
    door.knocking._pace = Throttle(60_000.0)
    door.hear(knock(1))
    first = door.notice()
    door.hear(knock(2), AccessKnockOver("k1"))
    assert first.isHidden()
    assert door.notices() == [], "the next one has to wait"
    assert door.knocking._next.isActive()
    door.knocking._pace = Throttle(0.0)
    door.knocking.refresh()
    held = door.notice()
    door.ann.window.activateWindow()
    held.buttons[0].setFocus()
    door.until(lambda: held.is_in_use)
    door.hear(knock(3))
    assert door.notices() == [held]
    held.dismiss.click()
    assert "Guest 3" in door.notice().text, "a dismissed guest waits silently"


def test_names_that_look_alike_are_marked(door: Door) -> None:
    """ACC-13: the server does not check names."""
    door.hear(knock(1, "\u0410nn"))
    assert door.notice().text.endswith("Somebody else here has a similar name.")
    door.hear(knock(2, "Zo\u00eb\n<b>"), knock(3, "Zo\u00eb\\n<b>"))
    lines = [one.lines for one in door.knocking.waiting]
    assert [one[-1].startswith("Somebody else") for one in lines] == [True, False, False]
    assert lines[1][0] == "Zo\u00eb\\n<b>"


def test_only_owners_hear_of_it_and_only_while_they_are(door: Door) -> None:
    """ACC-13."""
    door.hear(knock(1))
    door.notice()
    door.hear(UserRole(id_of(door.ann), Role.EDITOR))
    assert door.notices() == []
    assert door.list.isHidden()
    assert door.knocking.waiting == []
    door.knocking.answer("k1", True)
    assert "You let in" not in "".join(door.ann.log("INFO"))


def test_an_answer_that_comes_too_late_is_told(door: Door) -> None:
    """ACC-14: another owner answered first."""
    door.hear(knock(1))
    click(door.notice().buttons[LET_IN])
    door.until(
        lambda: any("Guest 1 was not answered. They are no longer waiting" in one for one in told(door.ann))
    )
    door.hear(AccessRefused(99, "no_such_knock", "No."))
    assert len([one for one in told(door.ann) if "was not answered" in one]) == 1


def test_a_quiet_window_has_them_in_the_dock_alone(door: Door) -> None:
    """ACC-13."""
    door.ann.controller.reports.toasts.be_quiet(True)
    door.hear(knock(1))
    assert door.notices() == []
    assert len(door.knocking.waiting) == 1
    door.ann.controller.reports.toasts.be_quiet(False)
    door.hear(knock(2, again=True))
    assert door.notices() == []
    door.ann.manager.leave()
    door.until(lambda: door.list.isHidden())
