"""Notices over the bench say who joins and who leaves; on a real server."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pytest
from pytestqt.qtbot import QtBot

from optiverse_collab.core.client.people import Introduction
from optiverse_collab.scripting import Bench
from optiverse_collab.window import attendance
from optiverse_collab.window.ui import toasts
from tests.helpers.server_process import ServerProcess
from tests.helpers.windows import SOON, Desk, desks

QUIET = "Quiet: only notices of conflicts"


@pytest.fixture
def me(qtbot: QtBot, server: ServerProcess, session_id: str) -> Iterator[Desk]:
    with desks(qtbot, 1) as [me]:
        me.join(server.url, session_id, "me")
        yield me


def told(desk: Desk) -> list[str]:
    """The notices that are visible."""
    return [toast.text for toast in desk.controller.reports.toasts.shown]


def has_left(desk: Desk, times: int) -> bool:
    """Whether a window's log says this often that Bob left."""
    return desk.log().count("User left: Bob") == times


def soon(monkeypatch: pytest.MonkeyPatch, came_ms: float = 1.0, went_ms: float = 1.0) -> None:
    """Let notices come at once, and stay."""
    for name in ("PERSON_MS", "PAUSE_MS"):
        monkeypatch.setattr(attendance, name, 1.0)
    for name in ("CAME_MS", "KNOWN_MS"):
        monkeypatch.setattr(attendance, name, came_ms)
    monkeypatch.setattr(attendance, "WENT_MS", went_ms)
    monkeypatch.setattr(toasts, "SHOWN_MS", 60 * SOON)


def test_who_comes_and_who_goes(
    qtbot: QtBot, me: Desk, server: ServerProcess, session_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    soon(monkeypatch)
    with Bench(server.url, session=session_id, user="Ben"):
        qtbot.waitUntil(lambda: told(me) == ["Ben (script) joined."], timeout=SOON)
    qtbot.waitUntil(lambda: told(me)[-1] == "Ben (script) left.", timeout=SOON)
    assert me.log("INFO")[-2:] == ["User joined: Ben (script)", "User left: Ben (script)"]


def test_quiet_leaves_it_to_the_log(
    qtbot: QtBot, me: Desk, server: ServerProcess, session_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    soon(monkeypatch)
    me.menu[QUIET].trigger()
    notices = me.controller._attendance._attendance
    with Bench(server.url, session=session_id, user="Ben"):
        qtbot.waitUntil(lambda: "User joined: Ben (script)" in me.log(), timeout=SOON)
        qtbot.waitUntil(lambda: notices.wait_ms(0) is None, timeout=SOON)
        assert told(me) == []


def test_who_connects_again_is_no_news(
    qtbot: QtBot, server: ServerProcess, session_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """PRES-8: the new connection shows the same person."""
    soon(monkeypatch, 2000.0, SOON)
    with desks(qtbot, 2) as (ann, bob):
        bob.manager.service.introduction = Introduction("bob", 1)
        ann.join(server.url, session_id, "Ann")
        for n in (1, 2):
            bob.join(server.url, session_id, "Bob")
            qtbot.waitUntil(lambda: told(ann) == ["Bob joined."], timeout=SOON)
            bob.manager.leave()
            qtbot.waitUntil(partial(has_left, ann, n), timeout=SOON)
        bob.join(server.url, session_id, "Bob")
        notices = ann.controller._attendance._attendance
        qtbot.waitUntil(lambda: notices.wait_ms(0) is None, timeout=SOON)
        assert told(ann) == ["Bob joined."]
        assert ann.log("INFO").count("User joined: Bob") == 3


def test_another_window_of_mine_is_no_news(
    qtbot: QtBot, server: ServerProcess, session_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    soon(monkeypatch, 2000.0)
    with desks(qtbot, 2) as (one, other):
        one.join(server.url, session_id, "Ann")
        other.join(server.url, session_id, "Ann")
        notices = one.controller._attendance._attendance
        qtbot.waitUntil(lambda: "User joined: Ann (2)" in one.log(), timeout=SOON)
        qtbot.waitUntil(lambda: notices.wait_ms(0) is None, timeout=SOON)
        assert told(one) == told(other) == []
