"""Somebody calls everybody to their view; on a real server."""

from __future__ import annotations

from typing import Any

import pytest
from PyQt6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from optiverse_collab.core.access import Role
from optiverse_collab.core.client.bringing import BRING
from optiverse_collab.core.client.following import View
from optiverse_collab.window import bringing
from optiverse_collab.wording import bringing as texts
from tests.helpers.server_process import ServerProcess
from tests.helpers.user_input import click
from tests.helpers.windows import Desk
from tests.window.following_lab import Pair, canvas, near, told, view

ASKED = texts.asked("Ann")
PLACE = View(900.0, 400.0, 300.0, 200.0)


@pytest.fixture
def both(qtbot: QtBot, pair: tuple[Desk, Desk], server: ServerProcess, session_id: str) -> Pair:
    both = Pair(qtbot, *pair, server.url, session_id)
    canvas(both.ann).centerOn(900.0, 400.0)
    return both


def buttons(desk: Desk) -> dict[str, Any]:
    """The buttons of the newest notice."""
    return {button.text(): button for button in desk.controller.reports.toasts.shown[-1].buttons}


def show(both: Pair, number: int) -> None:
    """Show a call in Ann's presence, even if her own editor would refuse it."""
    both.ann.manager.service.show({BRING: {"n": number, "view": PLACE.value}})
    both.until(lambda: both.state_of(both.ben, both.ann).get(BRING, {}).get("n") == number)


def test_others_are_asked_and_go(both: Pair) -> None:
    """PRES-12: no view moves unless its user agrees."""
    before = view(both.ben)
    both.ann.menu["Bring everyone here"].trigger()
    assert told(both.ann) == [texts.SENT]
    both.until(lambda: told(both.ben) == [ASKED])
    assert near(view(both.ben), before)
    assert list(buttons(both.ben)) == ["Go there", "Not now"]
    click(buttons(both.ben)["Go there"])
    assert near(view(both.ben), view(both.ann))
    assert told(both.ben) == [texts.there("Ann")]
    click(buttons(both.ben)["Back"])
    assert near(view(both.ben), before)
    assert told(both.ben) == []
    assert any(ASKED in line for line in both.ben.log("INFO"))


def test_not_now_is_an_answer(both: Pair) -> None:
    before = view(both.ben)
    both.ann.controller.people.open().bring.trigger()
    both.until(lambda: told(both.ben) == [ASKED])
    click(buttons(both.ben)["Not now"])
    assert told(both.ben) == []
    assert near(view(both.ben), before)


def test_once_in_30_seconds(both: Pair) -> None:
    """PRES-12: the sender's window enforces it, and receivers do, if a sender doesn't."""
    bringer = both.ann.controller.people.bringing
    bringer.call()
    bringer.call()
    assert told(both.ann)[0] == texts.SENT
    assert told(both.ann)[1].startswith("You asked everyone just now")
    both.until(lambda: told(both.ben) == [ASKED])
    for number in (1, 2, 3):
        show(both, number)
    assert told(both.ben) == [ASKED]


def test_call_ends(both: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """PRES-12: after 15 s, both the call and the notice are gone."""
    monkeypatch.setattr(bringing, "LASTS_MS", 300.0)
    both.ann.controller.people.bringing._ends.setInterval(300)
    both.ann.controller.people.bringing.call()
    both.until(lambda: told(both.ben) == [ASKED])
    both.until(lambda: told(both.ben) == [])
    both.until(lambda: BRING not in both.state_of(both.ben, both.ann))


def test_it_waits_while_the_user_types(both: Pair) -> None:
    field = QLineEdit(both.ben.window)
    field.show()
    both.ben.window.activateWindow()
    field.setFocus()
    both.ann.controller.people.bringing.call()
    both.until(lambda: both.ben.controller.people.bringing._waiting is not None)
    assert told(both.ben) == []
    canvas(both.ben).setFocus()
    both.until(lambda: told(both.ben) == [ASKED])


def test_it_expires_while_the_user_drags(both: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """PRES-12."""
    monkeypatch.setattr(bringing, "is_busy", lambda host: True)
    monkeypatch.setattr(bringing, "LASTS_MS", 300.0)
    both.ann.controller.people.bringing.call()
    waiting = both.ben.controller.people.bringing
    both.until(lambda: waiting._waiting is not None)
    both.until(lambda: waiting._waiting is None)
    monkeypatch.setattr(bringing, "is_busy", lambda host: False)
    waiting._on_look()
    assert told(both.ben) == []


def test_viewers_call_nobody(both: Pair) -> None:
    """PRES-12: neither the sender's window nor the receivers' allow it."""
    ann, ben = both.ann.manager.session, both.ben.manager.session
    assert ann is not None
    assert ben is not None
    for id, one in ben.participants.items():
        ben.participants[id] = type(one)(one.user_id, id, one.connected_at, role=Role.VIEWER)
    show(both, 1)
    assert told(both.ben) == []
    ann.replica.set_role(Role.VIEWER)
    both.ann.manager.participants_changed.emit()
    assert "Bring everyone here" not in both.ann.enabled
    assert not both.ann.controller.people.dock.bring.isEnabled()
    both.ann.controller.people.bringing.call()
    assert told(both.ann) == []


def test_own_windows_are_not_called(qtbot: QtBot, both: Pair) -> None:
    both.ben.manager.leave()
    both.ben.be("ann", 2)
    both.ben.manager.join_session(both.ann.manager.server_url, both.ann.manager.session_id, "Ann")
    both.ben.until_connected()
    both.until(lambda: both.state_of(both.ben, both.ann).get("person") == "ann")
    show(both, 1)
    assert told(both.ben) == []


def test_quiet_keeps_it_away_and_the_log_has_it(both: Pair) -> None:
    both.ben.menu["Quiet: only notices of conflicts"].trigger()
    both.ann.controller.people.bringing.call()
    both.until(lambda: any(ASKED in line for line in both.ben.log("INFO")))
    assert told(both.ben) == []
