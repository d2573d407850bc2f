"""Asking somebody to hand over an item: two windows on a real server (PRES-14 of docs/protocol.md)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from PyQt6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from optiverse_collab.core.client import effects as fx
from optiverse_collab.core.client.activity import ACTIVITY
from optiverse_collab.core.client.hand_over import ANSWERS, ASK
from optiverse_collab.core.protocol.participants import Participant
from optiverse_collab.core.records import Put
from optiverse_collab.scripting import Bench
from optiverse_collab.window import asking, edit_requests, followers
from tests.helpers.server_process import ServerProcess
from tests.helpers.user_input import click, type_text
from tests.helpers.windows import SOON, Desk, desks

ENTRY = "Ask to hand over selected item"
SOON_BUTTON, NO_BUTTON = 0, 1


class Pair:
    """Ann, who has the lens open, and Bob, who would like to have it."""

    def __init__(self, qtbot: QtBot, ann: Desk, bob: Desk) -> None:
        self.qtbot = qtbot
        self.ann = ann
        self.bob = bob

    def until(self, condition: Any) -> None:
        self.qtbot.waitUntil(condition, timeout=SOON)

    def ask(self) -> None:
        """Bob selects the lens, and asks through the menu."""
        self.bob.window.scene.select(["lens"])
        self.until(self.bob.menu[ENTRY].isEnabled)
        self.bob.menu[ENTRY].trigger()

    def banner(self) -> str:
        """The text in the banner of Ann's dialog."""
        canvas = self.ann.controller.asking._dialogs
        assert canvas is not None
        return canvas.banners["lens"].text if "lens" in canvas.banners else ""

    def press(self, button: int) -> None:
        """Ann answers in her dialog."""
        canvas = self.ann.controller.asking._dialogs
        assert canvas is not None
        click(canvas.banners["lens"].buttons[button])


def toasts(desk: Desk) -> list[str]:
    return [toast.text for toast in desk.controller.reports.toasts.shown]


ASKS = 'Bob asks you to hand over "Lens 3". You can finish first.'


@pytest.fixture
def pair(qtbot: QtBot, server: ServerProcess, session_id: str) -> Iterator[Pair]:
    with desks(qtbot, 2) as [ann, bob]:
        with Bench(server.url, session=session_id, user="script") as script:
            script.edit([Put("lens", "component", {"pos": [0.0, 0.0], "name": "Lens 3"})])
            script.flush()
        for desk, name in ((ann, "Ann"), (bob, "Bob")):
            desk.join(server.url, session_id, name)
            desk.controller.reports.toasts.clear()
        yield Pair(qtbot, ann, bob)


def test_who_is_asked_answers_and_finishes_in_peace(pair: Pair) -> None:
    """PRES-14: the dialog stays open, with the typed text in it, until its user closes it."""
    ann, bob = pair.ann, pair.bob
    ann.window.edit("lens")
    dialog = ann.window.dialogs["lens"]
    name = dialog.entries["name"]
    assert isinstance(name, QLineEdit)
    name.setFocus()
    name.clear()
    type_text(name, "half ty")
    pair.ask()
    assert toasts(bob)[-1] == 'You asked Ann to hand over "Lens 3".'
    pair.until(lambda: pair.banner() == ASKS)
    type_text(name, "ped")
    pair.press(SOON_BUTTON)
    pair.until(lambda: toasts(bob)[-1] == 'Ann hands over "Lens 3" in a moment.')
    assert pair.banner() == ""
    assert dialog.isVisible()
    assert name.text() == "half typed"
    dialog.accept()
    pair.until(lambda: toasts(bob)[-1].startswith("Nobody else is in"))
    assert ann.window.bench.items["lens"].props["name"] == "half typed"
    assert f"← {ASKS}" in ann.log("INFO")


def test_no_is_an_answer(pair: Pair) -> None:
    """PRES-14: after a refusal, Ann is not asked again for a while."""
    pair.ann.window.edit("lens")
    pair.ask()
    pair.until(lambda: pair.banner() == ASKS)
    pair.press(NO_BUTTON)
    pair.until(lambda: toasts(pair.bob)[-1] == 'Ann keeps "Lens 3" for now.')
    pair.bob.controller.asking._asked_ms = -1e6
    pair.ask()
    ann = pair.ann.manager.session
    assert ann is not None
    pair.until(lambda: any(state.get(ASK, {}).get("n") == 2 for state in ann.presence.states.values()))
    assert pair.banner() == ""


def test_one_cannot_ask_again_at_once(pair: Pair) -> None:
    pair.ann.window.edit("lens")
    pair.ask()
    pair.ask()
    assert toasts(pair.bob)[-1] == "You have just asked. Ask again in a few seconds."


def test_without_a_dialog_a_notice_asks(pair: Pair) -> None:
    """PRES-14: the notice goes when the user releases the item, or when the request ends."""
    ann = pair.ann
    for ends in ("let go", "withdrawn"):
        ann.window.editor.dragging = frozenset({"lens"})
        ann.window.bench.change({"lens": {"angle_deg": 30.0 if ends == "let go" else 60.0}})
        pair.bob.controller.asking._asked_ms = ann.controller.asking._heard._all._next_ms = -1e6
        ann.controller.asking._heard._not_before.clear()
        pair.ask()
        pair.until(lambda: ASKS in toasts(ann))
        [toast] = [one for one in ann.controller.reports.toasts.shown if one.text == ASKS]
        assert [button.text() for button in toast.buttons] == ["In a &moment", "&Not now"]
        if ends == "let go":
            ann.window.editor.dragging = frozenset()
            pair.until(lambda: not pair.bob.menu[ENTRY].isEnabled())  # else he asks for a free item
        else:
            pair.bob.controller.asking._withdraw()
        pair.until(lambda: ASKS not in toasts(ann))
    ann.window.editor.dragging = frozenset()


def test_from_a_dialog_one_asks_by_its_button(pair: Pair) -> None:
    """PRES-14: both have the item's dialog open."""
    pair.ann.window.edit("lens")
    pair.bob.window.edit("lens")
    dialogs = pair.bob.controller.asking._dialogs
    assert dialogs is not None
    pair.until(lambda: "lens" in dialogs.banners)
    click(dialogs.banners["lens"].buttons[0])
    pair.until(lambda: pair.banner() == ASKS)


def test_an_ask_ends_after_a_while(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """PRES-14"""
    pair.ann.window.edit("lens")
    pair.ask()
    pair.until(lambda: pair.banner() == ASKS)
    pair.bob.controller.asking._end.start(1)
    pair.until(lambda: pair.banner() == "")


def test_hostile_asks_and_answers_change_nothing(pair: Pair, server: ServerProcess, session_id: str) -> None:
    """PRES-14: whatever others' presence contains, and however often it changes."""
    pair.ann.window.edit("lens")
    with Bench(server.url, session=session_id, user="Eve") as eve:
        for number in range(40):
            eve.show_presence(**{ASK: {"id": "lens", "n": number}, ANSWERS: [number], ACTIVITY: number})
            eve.flush()
            pair.qtbot.wait(10)
        lines = [line for line in pair.ann.log("INFO") if "Eve asks" in line]
        assert len(lines) <= 1
        assert pair.ann.window.dialogs["lens"].isVisible()
    pair.until(lambda: pair.banner() == "")


def test_without_anybody_there_is_nobody_to_ask(pair: Pair) -> None:
    assert not pair.bob.menu[ENTRY].isEnabled()
    pair.bob.controller.asking.ask("lens")
    pair.bob.controller.asking.ask_selected()
    assert toasts(pair.bob) == []
    pair.bob.manager.leave()
    pair.until(lambda: pair.bob.manager.session is None)
    pair.bob.controller.asking.ask("lens")
    assert asking.LASTS_MS == 60_000


def test_a_message_costs_no_more_than_it_says(pair: Pair, monkeypatch: pytest.MonkeyPatch) -> None:
    """PRES-2: among 200 people, only the one whose cursor moves is examined."""
    looked: dict[str, list[str]] = {"ask": [], "items": [], "request": [], "follow": []}

    def counted(module: Any, name: str, kind: str) -> None:
        read = getattr(module, name)

        def count(*of: Any) -> Any:
            looked[kind].append(str(of[-1].get("who")))
            return read(*of)

        monkeypatch.setattr(module, name, count)

    counted(asking, "ask_in", "ask")
    counted(asking, "activity_in", "items")
    counted(edit_requests, "request_in", "request")
    counted(followers, "followed_by", "follow")
    service = pair.ann.manager.service
    session = service.session
    assert session is not None
    for number in range(200):
        id = f"c{number}"
        session.participants[id] = Participant(f"P{number}", id, "t")
        session.presence.update(id, {"cursor": [0, 0], "who": id})
    for x in range(10):
        session.presence.update("c7", {"cursor": [x, 0]})
        service.happened.emit(fx.PresenceChanged(frozenset(["c7"])))
    assert looked == {kind: ["c7"] * 10 for kind in looked}
