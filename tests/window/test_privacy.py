"""What the user hides from others, and what of others; two windows on a real server."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from PyQt6.QtGui import QAction
from PyQt6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from optiverse_collab.window.settings import Choice
from optiverse_collab_demo.templates import TEMPLATES
from tests.helpers.server_process import ServerProcess
from tests.helpers.windows import SOON, Desk

CURSOR, OTHERS, ACTIVITY = "Hide my cursor", "Hide others' cursors", "Hide my activity"


def entry(desk: Desk, text: str) -> QAction:
    """An entry of the Privacy menu."""
    menu = desk.menu["Privacy"].menu()
    assert isinstance(menu, QMenu)
    return {action.text().replace("&", ""): action for action in menu.actions()}[text]


def seen(desk: Desk) -> Mapping[str, Any]:
    """What a window knows about the other's user."""
    session = desk.manager.service.session
    assert session is not None
    [state] = session.presence.states.values()
    return state


def marks(desk: Desk) -> set[str]:
    """The marks that are drawn over a canvas."""
    canvas = desk.controller.privacy._canvas
    assert canvas is not None
    return {key[0] for key in canvas.overlay.marks}


def join_again(qtbot: QtBot, desk: Desk) -> None:
    """Leave the session, and join it again."""
    manager = desk.manager
    session_id, url = manager.session_id, manager.server_url
    manager.leave()
    qtbot.waitUntil(lambda: not manager.status.in_session, timeout=SOON)
    assert desk.controller.privacy._canvas is None
    desk.join(url, session_id, "again")


@pytest.fixture
def both(qtbot: QtBot, pair: tuple[Desk, Desk], server: ServerProcess, session_id: str) -> tuple[Desk, Desk]:
    """Ann has selected a lens and points somewhere; Bob sees both."""
    ann, bob = pair
    ann.join(server.url, session_id, "Ann")
    ann.window.insert(TEMPLATES[0])
    bob.join(server.url, session_id, "Bob")
    ann.until_same(bob)
    [id] = ann.window.bench.items
    ann.window.scene.select([id])
    ann.window.view.cursor_moved.emit((1.0, 2.0))
    qtbot.waitUntil(lambda: {"cursor", "selection"} <= seen(bob).keys(), timeout=SOON)
    return pair


def test_a_cursor_is_hidden_at_once_and_shown_again(qtbot: QtBot, both: tuple[Desk, Desk]) -> None:
    """PRES-15"""
    ann, bob = both
    entry(ann, CURSOR).trigger()
    qtbot.waitUntil(lambda: "cursor" not in seen(bob), timeout=SOON)
    assert "selection" in seen(bob)
    ann.window.view.cursor_moved.emit((3.0, 4.0))
    ann.window.scene.select([])
    qtbot.waitUntil(lambda: seen(bob)["selection"] == [], timeout=SOON)
    assert "cursor" not in seen(bob)
    assert marks(bob) == set()
    entry(ann, CURSOR).trigger()
    qtbot.waitUntil(lambda: seen(bob).get("cursor") == [3.0, 4.0], timeout=SOON)


def test_of_what_i_do_nothing_is_left(qtbot: QtBot, both: tuple[Desk, Desk]) -> None:
    """PRES-15: nor in the next session."""
    ann, bob = both
    entry(ann, ACTIVITY).trigger()
    qtbot.waitUntil(lambda: seen(bob).keys() == {"person", "colour"}, timeout=SOON)
    qtbot.waitUntil(lambda: marks(bob) == set(), timeout=SOON)
    join_again(qtbot, ann)
    ann.window.view.cursor_moved.emit((5.0, 6.0))
    entry(ann, ACTIVITY).trigger()
    qtbot.waitUntil(lambda: seen(bob).get("cursor") == [5.0, 6.0], timeout=SOON)


def test_others_cursors_are_hidden_at_once(qtbot: QtBot, both: tuple[Desk, Desk]) -> None:
    """Their selections still show."""
    _, bob = both
    qtbot.waitUntil(lambda: {"cursor", "name", "outline"} <= marks(bob), timeout=SOON)
    entry(bob, OTHERS).trigger()
    assert marks(bob) & {"cursor", "name", "outline"} == {"outline"}
    join_again(qtbot, bob)
    qtbot.waitUntil(lambda: "outline" in marks(bob), timeout=SOON)
    assert marks(bob) & {"cursor", "name"} == set()
    entry(bob, OTHERS).trigger()
    assert {"cursor", "name"} <= marks(bob)


@pytest.mark.parametrize(
    ("text", "choice"),
    [(CURSOR, Choice.HIDE_CURSOR), (OTHERS, Choice.HIDE_OTHERS), (ACTIVITY, Choice.HIDE_ACTIVITY)],
)
def test_it_is_remembered(pair: tuple[Desk, Desk], text: str, choice: Choice) -> None:
    ann, _ = pair
    assert not entry(ann, text).isChecked()
    entry(ann, text).trigger()
    assert entry(ann, text).isChecked()
    assert ann.controller.connecting.settings.has_chosen(choice)


def test_it_acts_in_the_other_windows_of_the_program(qtbot: QtBot, both: tuple[Desk, Desk]) -> None:
    """PRES-15: a choice in Bob's window hides Ann's cursor and activity, and her menu shows that."""
    ann, bob = both
    assert {"cursor", "selection"} <= seen(bob).keys()
    entry(bob, CURSOR).trigger()
    assert entry(ann, CURSOR).isChecked()
    qtbot.waitUntil(lambda: "cursor" not in seen(bob), timeout=SOON)
    entry(bob, ACTIVITY).trigger()
    qtbot.waitUntil(lambda: seen(bob).keys() == {"person", "colour"}, timeout=SOON)
    entry(bob, CURSOR).trigger()
    entry(ann, ACTIVITY).trigger()
    assert not any(entry(desk, text).isChecked() for desk in both for text in (CURSOR, ACTIVITY))
    qtbot.waitUntil(lambda: {"cursor", "selection"} <= seen(bob).keys(), timeout=SOON)


def test_others_cursors_are_hidden_in_all_windows(qtbot: QtBot, both: tuple[Desk, Desk]) -> None:
    ann, bob = both
    qtbot.waitUntil(lambda: {"cursor", "name", "outline"} <= marks(bob), timeout=SOON)
    entry(ann, OTHERS).trigger()
    assert entry(bob, OTHERS).isChecked()
    assert marks(bob) & {"cursor", "name", "outline"} == {"outline"}


def test_a_window_that_is_closed_hears_of_no_choice(pair: tuple[Desk, Desk]) -> None:
    """Its widgets are deleted, though its host may keep the window."""
    ann, bob = pair
    ann.window.close()
    for text in (CURSOR, OTHERS, ACTIVITY):
        entry(bob, text).trigger()
    assert not ann.controller.privacy.hides_activity.is_on
    assert bob.controller.privacy.hides_activity.is_on
