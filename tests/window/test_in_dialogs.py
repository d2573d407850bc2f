"""The dialog of an item says who else has that item open."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PyQt6.QtCore import QCoreApplication, QEvent, QObject
from pytestqt.qtbot import QtBot

from optiverse_collab.core.client.activity import ACTIVITY
from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.client.session import SessionClient
from optiverse_collab.core.protocol.participants import Participant
from optiverse_collab.window.in_dialogs import InDialogs
from optiverse_collab_demo.adapter import DemoHost
from optiverse_collab_demo.edit_dialog import EditDialog
from tests.helpers.demo_window import add, new_window


class User:
    """Somebody at a demo window with a lens, in a session with Bob and Eve."""

    def __init__(self, parent: QObject) -> None:
        self.window = new_window()
        self.lens = add(self.window, "lens")
        self.session = SessionClient("ann", Replica("client"))
        for id, name in (("c2", "Bob"), ("c3", "Eve")):
            self.session.participants[id] = Participant(name, id, "t")
        self.dialogs = InDialogs(DemoHost(self.window), self.session, parent)

    def open(self) -> EditDialog:
        """Open the dialog of the lens."""
        self.window.edit(self.lens)
        return self.window.dialogs[self.lens]

    def show(self, id: str, activity: Any) -> None:
        """Let somebody show which item they have open."""
        self.session.presence.update(id, {ACTIVITY: activity})
        self.dialogs.refresh()

    def said(self) -> dict[str, str]:
        return {id: banner.text for id, banner in self.dialogs.banners.items()}


@pytest.fixture
def user(qapp: object, parent: QObject) -> Iterator[User]:
    user = User(parent)
    yield user
    user.dialogs.close()
    user.window.set_saved(None)  # otherwise the window would ask
    user.window.close()
    user.window.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def test_who_else_is_in_the_item_stands_there(user: User) -> None:
    """PRES-13: whoever opened it first, and whatever the others do with it."""
    user.show("c2", {user.lens: "drag"})
    assert user.said() == {}
    user.open()
    assert user.said() == {user.lens: "Bob is editing this, too."}
    user.show("c3", {user.lens: "dialog"})
    assert user.said() == {user.lens: "Bob and Eve are editing this, too."}
    user.show("c2", None)
    assert user.said() == {user.lens: "Eve is editing this, too."}
    user.show("c3", {"another": "dialog"})
    assert user.said() == {}


def test_a_dialog_changes_its_size_once_a_second_at_most(qtbot: QtBot, user: User) -> None:
    """PRES-13: others may be hostile."""
    dialog, heights = user.open(), list[int]()
    user.show("c2", None)
    user.dialogs.note()
    for number in range(20):
        user.session.presence.update("c2", {ACTIVITY: {user.lens: "dialog"} if number % 2 else None})
        user.dialogs.note()
        heights.append(dialog.height())
    assert len(set(heights)) == 1
    qtbot.waitUntil(lambda: user.said() == {user.lens: "Bob is editing this, too."})


def test_who_is_away_or_in_something_else_does_not(user: User) -> None:
    """PRES-13"""
    user.session.participants["c2"] = Participant("Bob", "c2", "t", away=True)
    user.show("c2", {user.lens: "dialog"})
    user.show("c3", {"another": "dialog"})
    user.open()
    assert user.said() == {}


@pytest.mark.parametrize("by_user", [True, False])
def test_a_dialog_that_closes_is_forgotten(user: User, by_user: bool) -> None:
    user.show("c2", {user.lens: "dialog"})
    dialog = user.open()
    if by_user:
        dialog.reject()
    else:
        user.window.editor.remove([user.lens])
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)
    assert user.said() == {}
    user.show("c2", None)


def test_closed_it_leaves_the_dialog_as_it_was(user: User) -> None:
    dialog = user.open()
    before = dialog.size()
    user.show("c2", {user.lens: "dialog"})
    assert dialog.height() > before.height()
    user.dialogs.close()
    assert dialog.size() == before
    assert user.said() == {}
    user.dialogs = InDialogs(DemoHost(user.window), user.session, user.window)
