"""Undo in a session, for each adapter: it is the user's own, and leaves others' later edits alone."""

from __future__ import annotations

from typing import Any

import pytest
from PyQt6.QtWidgets import QApplication

from optiverse_collab.core.client.effects import Conflict, ConflictKind, ShowChange
from optiverse_collab.core.records import Remove, Set, difference
from optiverse_collab.testing.driver import Driver
from optiverse_collab.window.capture import Capture
from optiverse_collab.window.undo import Undo
from tests.helpers.wire import Peer, Wire

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", "QImageIOHandler: Rejecting image")


class Ann(Peer):
    """A participant in front of a host's window."""

    def __init__(self, driver: Driver) -> None:
        super().__init__("ann")
        self.driver = driver
        self.capture = Capture(driver.host, self.replica)
        self.undo = Undo(driver.host, self.capture)
        driver.host.watch_undo(self.undo)

    def receive(self, text: str, now_ms: float) -> None:
        """Receive a message, after sending what the user did."""
        self.capture.push_before_receiving()
        super().receive(text, now_ms)

    def show(self, change: ShowChange) -> None:
        """Show others' changes."""
        self.capture.show(change)

    def decide(self, conflict: Conflict) -> None:
        """Pass a decision of the server to undo."""
        self.undo.settle(conflict)


class Session:
    """Ann at a window, Ben with a script, and a lens of Ann's at (0, 0)."""

    def __init__(self, driver: Driver) -> None:
        self.driver = driver
        self.wire, self.ann, self.ben = Wire(), Ann(driver), Peer("Ben")
        self.wire.connect(self.ann, self.ben)
        self.lens = driver.add(0.0, 0.0)
        self.settle()

    def settle(self) -> None:
        """Deliver all messages."""
        for _ in range(3):
            QApplication.processEvents()
            self.ann.capture.scan()
            self.ann.capture.tick()
            self.wire.settle()

    def ben_sets(self, arrives: bool = True, **props: Any) -> None:
        """Ben edits the lens; Ann receives that now or later."""
        self.ben.edit(Set(self.lens, props))
        self.wire.poll(self.ben)
        self.wire.send_up(self.ben)
        self.wire.commit()
        if arrives:
            self.settle()

    def undoes(self) -> None:
        """Ann presses Ctrl+Z."""
        self.driver.undo()
        self.settle()

    def redoes(self) -> None:
        """Ann presses Ctrl+Y."""
        self.driver.redo()
        self.settle()

    def props(self) -> dict[str, Any]:
        """The properties of the lens, which are the same everywhere."""
        mine = self.driver.host.records()
        assert difference(mine, self.ann.replica.view) == difference(mine, self.ben.screen) == []
        return mine[self.lens].props


@pytest.fixture
def session(driver: Driver) -> Session:
    return Session(driver)


def test_undo_of_a_drag_leaves_a_later_move_alone(session: Session) -> None:
    """UNDO-2: and one message says so; there is nothing to redo."""
    session.driver.drag(session.lens, 10, 0)
    session.settle()
    session.ben_sets(pos=[50.0, 0.0])
    session.undoes()
    assert session.props()["pos"] == [50.0, 0.0]
    [text] = session.driver.warnings()
    assert text.startswith("Ben moved ")
    assert text.endswith(" to (50.0, 0.0) mm since; your undo left it there.")
    session.redoes()
    assert session.props()["pos"] == [50.0, 0.0]


@pytest.mark.parametrize("do", ["drag", "turn", "edit"])
def test_undo_while_theirs_is_under_way_is_held(session: Session, do: str) -> None:
    """UNDO-4, SEEN-4: the window shows their value again, and neither redo nor undo changes it."""
    driver, lens = session.driver, session.lens
    if do == "drag":
        driver.drag(lens, 10, 0)
    elif do == "turn":
        driver.turn(lens)
    else:
        driver.edit(lens, 7.0)
    session.settle()
    theirs = {"angle_deg": 33.0} if do == "turn" else {"pos": [50.0, 0.0]}
    session.ben_sets(arrives=False, **theirs)
    session.undoes()
    assert [one.kind for one in session.ann.told(Conflict)] == [ConflictKind.HELD]
    for press in (session.redoes, session.undoes, session.redoes):
        name, value = next(iter(theirs.items()))
        assert session.props()[name] == value
        press()
    assert session.ben.told(Conflict) == []


def test_undo_goes_back_to_a_value_that_was_not_seen(session: Session) -> None:
    """UNDO-5, SEEN-3: and redo to the user's own, any number of times."""
    session.ben_sets(arrives=False, pos=[50.0, 0.0])
    session.driver.edit(session.lens, 7.0)
    session.settle()
    assert session.props()["pos"][0] == 7.0
    for _ in range(2):
        session.undoes()
        assert session.props()["pos"] == [50.0, 0.0]
        session.redoes()
        assert session.props()["pos"][0] == 7.0


def test_undo_pressed_before_that_is_known_goes_on_to_it(session: Session) -> None:
    """UNDO-5: when the answer comes."""
    session.ben_sets(arrives=False, pos=[50.0, 0.0])
    session.driver.edit(session.lens, 7.0)
    session.undoes()
    assert session.props()["pos"] == [50.0, 0.0]
    session.redoes()
    assert session.props()["pos"][0] == 7.0


@pytest.mark.parametrize("arrives", [True, False], ids=["seen", "under way"])
def test_added_item_that_others_changed_stays(session: Session, arrives: bool) -> None:
    """SEEN-7."""
    session.ben_sets(arrives=arrives, name="Ben's")
    for press in (session.undoes, session.redoes, session.undoes):
        press()
        assert session.props()["name"] == "Ben's"


def test_added_item_goes_and_comes_with_undo_and_redo(session: Session) -> None:
    session.undoes()
    assert session.ben.screen == {}
    session.redoes()
    assert session.props()["pos"] == [0.0, 0.0]
    session.driver.remove(session.lens)
    session.undoes()
    assert session.props()["pos"] == [0.0, 0.0]
    session.redoes()
    assert session.ben.screen == {}
    assert session.driver.warnings() == []


def test_deleted_item_comes_back_as_others_left_it(session: Session) -> None:
    """SEEN-3."""
    session.ben_sets(arrives=False, pos=[50.0, 0.0])
    session.driver.remove(session.lens)
    session.settle()
    assert session.ben.screen == {}
    session.undoes()
    assert session.props()["pos"] == [50.0, 0.0]


def test_undo_of_an_edit_made_away_that_was_held(session: Session) -> None:
    """SEEN-5: it changes nothing, and reports whose value stands."""
    session.wire.lose(session.ann)
    session.driver.edit(session.lens, 7.0)
    session.ben_sets(arrives=False, pos=[50.0, 0.0])
    session.wire.connect(session.ann)
    session.settle()
    journal = len(session.wire.journal)
    session.undoes()
    assert session.props()["pos"] == [50.0, 0.0]
    assert len(session.wire.journal) == journal
    assert session.driver.warnings()[-1].startswith("Ben moved ")


def test_undo_of_what_others_removed_brings_nothing_back(session: Session) -> None:
    """DOC-5: even before the news of the removal arrives."""
    session.driver.edit(session.lens, 7.0)
    session.settle()
    session.ben.edit(Remove(session.lens))
    session.wire.poll(session.ben)
    session.wire.send_up(session.ben)
    session.wire.commit()
    session.undoes()
    session.redoes()
    assert session.driver.host.records() == session.ben.screen == {}


def test_each_command_and_each_undo_is_one_step(session: Session) -> None:
    """PUSH-8; SEEN-5: undo yields."""
    driver, start = session.driver, len(session.wire.journal)
    driver.grab(session.lens)
    session.ann.capture.tick()
    session.wire.settle()
    driver.let_go()
    session.settle()
    driver.turn(session.lens)
    driver.undo()
    driver.undo()
    driver.redo()
    session.settle()
    said = [(entry.step, entry.yields) for entry in session.wire.journal[start:]]
    steps = list(dict.fromkeys(said))
    assert [yields for _, yields in steps] == [False, False, True, True, True]
    assert len({step for step, _ in steps}) == 5


def test_without_a_session_undo_is_the_hosts(session: Session) -> None:
    session.driver.host.watch_undo(None)
    session.driver.edit(session.lens, 7.0)
    session.driver.undo()
    assert session.driver.host.records()[session.lens].props["pos"] == [0.0, 0.0]
    session.driver.redo()
    assert session.driver.host.records()[session.lens].props["pos"][0] == 7.0


def test_undo_of_what_was_done_for_the_user_is_the_same(session: Session) -> None:
    """SEEN-5, SEEN-9: as if they had done it by hand; redo repeats what undo reverted."""
    before = session.props()["name"]
    session.driver.host.edit("Use mine", [Set(session.lens, {"pos": [7.0, 0.0], "name": "Mine"})])
    session.settle()
    session.ben_sets(pos=[50.0, 0.0])
    for press, name in ((session.undoes, before), (session.redoes, "Mine"), (session.undoes, before)):
        press()
        assert (session.props()["pos"], session.props()["name"]) == ([50.0, 0.0], name)
