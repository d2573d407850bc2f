"""An editor that hosts a session, with its own server and a guest, is closed while the guest is there."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from pytestqt.qtbot import QtBot

from optiverse_collab.core.client.connector import ConnectionState
from optiverse_collab.disk.file_format import Hosted
from optiverse_collab.window import local_server, standing
from optiverse_collab.window.ui.keep_server import KeepServerQuestion
from optiverse_collab_demo.templates import TEMPLATES
from tests.helpers.windows import SOON, Desk

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standing, "LASTS_S", 0.0)


@pytest.fixture
def hosted(qtbot: QtBot, pair: tuple[Desk, Desk], hosting: Hosted) -> tuple[Desk, Desk]:
    """Ann hosts, and Bob is her guest."""
    ann, bob = pair
    port = hosting.port
    ann.manager.create_session(port, "127.0.0.1", "lab", "Ana")
    qtbot.waitUntil(lambda: ann.manager.status is ConnectionState.CONNECTED, timeout=2 * SOON)
    bob.join(f"ws://127.0.0.1:{port}", "lab", "Ben")
    session = bob.manager.service.session
    assert session is not None
    qtbot.waitUntil(lambda: session.host.name == "Ana", timeout=SOON)
    qtbot.waitUntil(lambda: ann.manager.hosting.guests == ["Ben"], timeout=SOON)
    assert bob.manager.hosting.guests == []
    return ann, bob


def close(desk: Desk, keep: bool, meanwhile: Callable[[], None] = lambda: None) -> list[str]:
    """Close a window; returns the question that was asked.

    Args:
        meanwhile: called before the question is answered.
    """
    asked: list[str] = []

    def answer(question: KeepServerQuestion) -> int:
        asked.append(question.text())
        meanwhile()
        (question.keep if keep else question.end).click()
        return 0

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(KeepServerQuestion, "exec", answer)
        desk.controller.close()
    return asked


def test_guests_of_a_server_that_ends_are_told_whose_it_was(qtbot: QtBot, hosted: tuple[Desk, Desk]) -> None:
    """CONN-8."""
    ann, bob = hosted
    assert close(ann, keep=False) == ["Ben is connected to the server that this editor started."]
    bar, said = bob.controller.standing.bar, "Ana's editor, which hosts this session, was closed"
    qtbot.waitUntil(lambda: bar.text.startswith(said), timeout=SOON)
    qtbot.waitUntil(lambda: any(text.startswith(f"✗ {said}") for text in bob.log("INFO")), timeout=SOON)
    [warning] = bob.log("WARNING")
    assert f"✗ Disconnected from session 'lab' - {said}" in warning
    assert bob.log("ERROR") == []
    bob.manager.leave()
    assert bar.text == ""


def test_guests_of_a_server_that_goes_on_notice_nothing(qtbot: QtBot, hosted: tuple[Desk, Desk]) -> None:
    """PRES-6."""
    ann, bob = hosted
    pid = ann.manager.hosting.pid
    session = ann.manager.service.session
    assert session is not None
    seen = session.replica.view

    def bob_edits() -> None:
        """The host may have deleted its window by now: nothing may be shown in it."""
        bob.window.insert(TEMPLATES[0])
        qtbot.waitUntil(lambda: len(seen) > 0, timeout=SOON)

    assert close(ann, keep=True, meanwhile=bob_edits) != []
    assert ann.content() == {}
    qtbot.waitUntil(lambda: bob.controller.status.text() == "1 user", timeout=SOON)
    session = bob.manager.service.session
    assert session is not None
    assert session.host.name == ""
    assert bob.manager.status is ConnectionState.CONNECTED
    assert [process.pid for process in local_server._let_go if process.poll() is None] == [pid]


def test_nobody_is_asked_without_guests(qtbot: QtBot, hosted: tuple[Desk, Desk]) -> None:
    ann, bob = hosted
    bob.manager.leave()
    qtbot.waitUntil(lambda: ann.manager.hosting.guests == [], timeout=SOON)
    assert close(ann, keep=True) == []
    [process] = [one for one in local_server._let_go if one.pid][-1:]
    assert process.wait(SOON / 1000) is not None
