"""A viewer asks for the right to edit: two windows on a server that requires invites (PRES-20)."""

from __future__ import annotations

from typing import Any

import pytest
from PyQt6.QtWidgets import QApplication, QLineEdit, QMenu
from pytestqt.qtbot import QtBot

from optiverse_collab.core.access import Role
from optiverse_collab.core.client.access_effects import AccessDenied
from optiverse_collab.core.client.edit_requests import REFUSED, REQUEST
from optiverse_collab.core.protocol.access import AccessSet
from optiverse_collab.scripting import Bench
from optiverse_collab.window.edit_requests import EditRequests
from optiverse_collab.window.ui.toasts import Toast
from optiverse_collab_demo.templates import TEMPLATES
from tests.helpers.accessible import accessible
from tests.helpers.guarded_server import GuardedServer, Owner
from tests.helpers.lost_connection import break_off
from tests.helpers.user_input import click
from tests.helpers.windows import SOON, Desk
from tests.window.following_lab import told

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")

ENTRY = "Ask to edit"
ASKS = "Bob, who may only view, asks you for the right to edit."
LET, NOT_NOW = 0, 1


class Pair:
    """Ann, the owner, with a lens on her bench, and Bob, a viewer."""

    def __init__(self, qtbot: QtBot, ann: Desk, bob: Desk, owner: Owner) -> None:
        self.qtbot, self.ann, self.bob, self.owner = qtbot, ann, bob, owner

    def until(self, condition: Any) -> None:
        """Wait until a condition holds."""
        self.qtbot.waitUntil(condition, timeout=SOON)

    def ask(self) -> None:
        """Bob asks through the menu, and Ann reads the request."""
        self.until(self.bob.menu[ENTRY].isEnabled)
        self.bob.menu[ENTRY].trigger()
        self.until(lambda: self.notices() != [])

    def notices(self) -> list[Toast]:
        """The requests that Ann sees."""
        return [
            one for one in self.ann.controller.reports.toasts.shown if "for the right to edit" in one.text
        ]


@pytest.fixture
def both(qtbot: QtBot, pair: tuple[Desk, Desk], guarded: GuardedServer, session_id: str) -> Pair:
    ann, bob = pair
    ann.window.insert(TEMPLATES[0])
    ann.join(guarded.owner_link(session_id), session_id, "Ann")
    owner = Owner(qtbot, ann.manager.service, guarded.process.url, session_id)
    bob.join(owner.invite(Role.VIEWER), session_id, "Bob")
    for desk in pair:
        desk.controller.reports.toasts.clear()
    return Pair(qtbot, ann, bob, owner)


def requests(desk: Desk) -> EditRequests:
    return desk.controller.rights.requests


def test_an_owner_lets_a_viewer_edit(both: Pair) -> None:
    """PRES-20: Bob asks with the bar's button; the keyboard focus stays put, and his next edit counts."""
    ann, bob = both.ann, both.bob
    assert ENTRY not in ann.enabled
    field = QLineEdit(ann.window)
    field.show()
    ann.window.activateWindow()
    field.setFocus()
    button = bob.controller.standing.bar.button
    assert accessible(button).name == "Ask to edit"
    click(button)
    assert "You asked Ann for the right to edit." in told(bob)
    both.until(lambda: ASKS in told(ann))
    assert f"← {ASKS}" in ann.log("INFO")
    assert QApplication.focusWidget() is field
    [notice] = both.notices()
    assert [accessible(one).name for one in (notice, *notice.buttons)] == [ASKS, "Let edit", "Not now"]
    click(notice.buttons[LET])
    both.until(lambda: "You may edit now." in told(bob))
    both.until(lambda: both.notices() == [])
    assert bob.controller.standing.bar.isHidden()
    assert ENTRY not in bob.enabled
    [grant] = [one for one in both.owner.grants() if one.label == "Bob"]
    assert grant.role is Role.EDITOR
    [lens] = bob.window.bench.items
    bob.window.editor.change("Move", {lens: {"pos": [70.0, 0.0]}})
    ann.until_same(bob)
    both.until(lambda: not shows(both, ann, REQUEST))


def shows(both: Pair, desk: Desk, key: str) -> bool:
    """Whether a window knows a key in somebody's presence."""
    session = desk.manager.session
    assert session is not None
    return any(key in state for state in session.presence.states.values())


def test_no_is_an_answer_and_then_there_is_rest(both: Pair) -> None:
    """PRES-20: at both ends, even if the asker's window keeps asking."""
    both.ask()
    click(both.notices()[0].buttons[NOT_NOW])
    no = "Ann does not let you edit for now. You can ask again in 10 minutes."
    both.until(lambda: no in told(both.bob))
    both.until(lambda: not shows(both, both.ann, REQUEST) and not shows(both, both.bob, REFUSED))
    both.bob.menu[ENTRY].trigger()
    assert told(both.bob)[-1] == "You have already asked. You can ask again in 10 minutes."
    requests(both.bob)._not_before_ms = 0.0
    both.bob.menu[ENTRY].trigger()
    both.until(lambda: shows(both, both.ann, REQUEST))
    assert both.notices() == []
    [wait] = requests(both.ann)._queue._not_before.values()
    assert wait - requests(both.ann)._clock.elapsed() > 500_000


def test_one_cannot_ask_again_at_once(both: Pair) -> None:
    """PRES-20: and receivers ignore a sender who does."""
    both.ask()
    both.bob.menu[ENTRY].trigger()
    assert told(both.bob)[-1].startswith("You have already asked. You can ask again in ")
    requests(both.bob)._not_before_ms = 0.0
    both.bob.menu[ENTRY].trigger()
    both.until(lambda: both.notices() == [])
    assert [line for line in both.ann.log("INFO") if "asks you" in line] == [f"← {ASKS}"]


def test_requests_come_one_at_a_time(both: Pair) -> None:
    """PRES-20: the next one shows when the one before is dismissed, but at least 3 s later."""
    with another(both, Role.COMMENTER) as eve:
        both.ask()
        eve.show_presence(**{REQUEST: 1})
        eve.flush()
        both.until(lambda: len(requests(both.ann)._requests(session(both.ann))) == 2)
        assert told(both.ann).count(ASKS) == len(both.notices()) == 1
        click(both.notices()[0].dismiss)
        both.until(
            lambda: (
                [one.text for one in both.notices()]
                == ["Eve (script), who may only comment, asks you for the right to edit."]
            )
        )
        assert ASKS not in told(both.ann)
    both.until(lambda: both.notices() == [])


def another(both: Pair, role: Role) -> Bench:
    """A script that joins with a role."""
    return Bench(both.owner.invite(role), user="Eve")


def session(desk: Desk) -> Any:
    assert desk.manager.session is not None
    return desk.manager.session


def test_hostile_requests_and_answers_change_nothing(both: Pair) -> None:
    """PRES-20: an editor can't ask or refuse, and can't pass for anybody else."""
    both.ask()
    number, me = requests(both.bob)._mine, session(both.bob).me.connection_id
    with another(both, Role.EDITOR) as eve:
        eve.show_presence(**{REQUEST: 5, REFUSED: {me: number}, "person": session(both.bob).me.person})
        eve.flush()
        both.until(lambda: shows(both, both.bob, REFUSED) and shows(both, both.ann, REFUSED))
    assert requests(both.bob)._mine == number
    assert [one.text for one in both.notices()] == [ASKS]


def test_the_first_answer_ends_it_for_all_owners(both: Pair) -> None:
    """PRES-20: another owner refuses before Ann answers."""
    with another(both, Role.OWNER) as eve:
        both.until(lambda: len(session(both.bob).participants) == 3)
        both.ask()
        assert "You asked Ann and Eve (script) for the right to edit." in told(both.bob)
        eve.show_presence(**{REFUSED: {session(both.bob).me.connection_id: requests(both.bob)._mine}})
        eve.flush()
        both.until(lambda: both.notices() == [])
        assert any(text.startswith("Eve (script) does not let you edit") for text in told(both.bob))


def test_a_request_ends_after_a_while(both: Pair) -> None:
    """PRES-20: or when the asker leaves; an old notice grants nothing."""
    both.ask()
    requests(both.bob)._end.start(1)
    both.until(lambda: both.notices() == [])
    requests(both.ann)._let_edit("c1")
    requests(both.ann)._refuse("c1")
    assert requests(both.ann)._refused == {}
    both.ann.manager.leave()
    requests(both.bob).ask()
    both.until(lambda: not both.bob.menu[ENTRY].isEnabled())
    both.bob.manager.leave()
    assert requests(both.bob)._mine is None


@pytest.mark.parametrize("who", ["ann", "bob"])
def test_a_request_outlives_a_lost_connection(both: Pair, who: str) -> None:
    """PRES-20: the notice hides while the asker is disconnected, and shows again afterwards."""
    both.ask()
    break_off({"ann": both.ann, "bob": both.bob}[who].manager)
    both.until(lambda: both.notices() == [])
    requests(both.ann)._queue._not_before.clear()
    both.until(lambda: [one.text for one in both.notices()] == [ASKS])
    click(both.notices()[0].buttons[LET])
    both.until(lambda: "You may edit now." in told(both.bob))


def test_what_the_server_refuses_is_said(both: Pair) -> None:
    both.ask()
    click(both.notices()[0].buttons[LET])
    [(asked, _)] = requests(both.ann)._let.values()
    both.ann.manager.service.happened.emit(AccessDenied("No.", AccessSet(0, asked.id, Role.EDITOR)))
    both.ann.manager.service.happened.emit(AccessDenied("No.", asked))
    assert told(both.ann)[-1] == "Bob could not be given the right to edit: No."
    assert len([line for line in both.ann.log() if "No." in line]) == 1


def test_with_unsent_edits_the_menu_of_the_bar_asks(both: Pair) -> None:
    bob, replica = both.bob, session(both.bob).replica
    replica.set_role(Role.EDITOR)
    [lens] = bob.window.bench.items
    bob.window.editor.change("Move", {lens: {"pos": [70.0, 0.0]}})
    assert bob.manager._participation is not None
    bob.manager._participation.push_edits()
    replica.set_role(Role.VIEWER)
    bob.manager.participants_changed.emit()
    click(bob.controller.standing.bar.button)
    [menu] = [menu for menu in bob.window.findChildren(QMenu) if menu.isVisible()]
    menu.actions()[-1].trigger()
    menu.close()
    both.until(lambda: ASKS in told(both.ann))


def test_in_quiet_only_the_log_has_it(both: Pair) -> None:
    both.ann.menu["Quiet: only notices of conflicts"].trigger()
    both.bob.menu[ENTRY].trigger()
    both.until(lambda: f"← {ASKS}" in both.ann.log("INFO"))
    assert both.notices() == []
