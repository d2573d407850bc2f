"""How a window shows the state of its connection; on a real server."""

from __future__ import annotations

from pathlib import Path

import pytest
from PyQt6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from optiverse_collab.core.client import line
from optiverse_collab.core.client.connector import ConnectionState
from optiverse_collab.window import standing
from optiverse_collab.window.standing import ConnectionStanding
from optiverse_collab_demo.templates import TEMPLATES
from tests.helpers.server_process import ServerProcess
from tests.helpers.user_input import click
from tests.helpers.windows import SOON, Desk

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


def of(desk: Desk) -> ConnectionStanding:
    """The parts of a window that show the state."""
    return desk.controller.standing


def test_latency_and_a_popup_with_the_people(
    qtbot: QtBot, pair: tuple[Desk, Desk], server: ServerProcess, session_id: str
) -> None:
    ann, bob = pair
    ann.join(server.url, session_id, "Ann")
    bob.join(server.url, session_id, "Bob")
    ann.window.insert(TEMPLATES[0])
    qtbot.waitUntil(lambda: bool(of(ann).status.details), timeout=SOON)
    assert of(ann).status.details[-1].endswith(" ms")
    click(of(ann).status)
    popup = of(ann).popup
    assert popup is not None
    assert popup.isVisible()
    assert popup.figures["Latency (median)"].endswith(" ms")
    qtbot.waitUntil(lambda: popup.figures["Waiting edits"] == "none", timeout=SOON)
    click(popup.people)
    assert not popup.isVisible()
    assert ann.controller.people.is_open
    assert of(ann).bar.text == ""


def test_an_outage_that_lasts_is_said_over_the_bench(
    qtbot: QtBot,
    pair: tuple[Desk, Desk],
    tmp_path_factory: pytest.TempPathFactory,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(standing, "LASTS_S", 0.0)
    ann, bar = pair[0], of(pair[0]).bar
    with ServerProcess(tmp_path_factory.mktemp("data")) as server:
        ann.join(server.url, "lab", "Ann")
        assert "Retry now" not in ann.enabled
        server.kill()
        qtbot.waitUntil(lambda: ann.manager.status is ConnectionState.RECONNECTING, timeout=SOON)
        ann.window.insert(TEMPLATES[0])
        qtbot.waitUntil(lambda: "1 edit waiting · retrying in " in bar.text, timeout=SOON)
        assert bar.isVisible()
        loading: list[str] = []
        ann.manager.status_changed.connect(
            lambda state: loading.append(bar.text) if state is ConnectionState.SYNCING else None
        )
        assert bar.text.startswith("Offline since ")
        qtbot.waitUntil(lambda: "1 edit waiting" in of(ann).status.details, timeout=SOON)
        qtbot.waitUntil(lambda: bar.button.isVisible() and "Retry now" in ann.enabled, timeout=SOON)
        server.start()
        qtbot.waitUntil(lambda: press_retry(ann), timeout=SOON)
        qtbot.waitUntil(lambda: not bar.isVisible(), timeout=SOON)
        assert "Retry now" not in ann.enabled
        assert set(loading) == {""}, "a window that is loading is not offline"


def press_retry(desk: Desk) -> bool:
    """Retry now, if an attempt is pending; returns whether that connected."""
    if desk.controller.standing.bar.button.isVisible():
        click(desk.controller.standing.bar.button)
    return desk.manager.status is ConnectionState.CONNECTED


def test_a_short_outage_does_not_flicker(
    qtbot: QtBot, pair: tuple[Desk, Desk], tmp_path_factory: pytest.TempPathFactory
) -> None:
    ann = pair[0]
    with ServerProcess(tmp_path_factory.mktemp("data")) as server:
        ann.join(server.url, "lab", "Ann")
        server.kill()
        qtbot.waitUntil(lambda: ann.manager.status is ConnectionState.RECONNECTING, timeout=SOON)
        assert not of(ann).bar.isVisible()
        ann.manager.leave()
        assert of(ann).bar.text == ""


def test_a_server_that_does_not_save_is_said_over_the_bench(
    qtbot: QtBot, pair: tuple[Desk, Desk], tmp_path: Path
) -> None:
    """DUR-6: to users who edit and to those who only view; and once in the log."""
    stall = tmp_path / "stall"
    with ServerProcess(tmp_path, module="tests.helpers.slow_disk_server") as server:
        for desk, name in zip(pair, ("Ann", "Bob"), strict=True):
            desk.join(server.url, "lab", name)
        ann, bob = pair
        stall.touch()
        ann.window.insert(TEMPLATES[0])
        qtbot.waitUntil(lambda: of(bob).bar.text == "The server is not saving at the moment", timeout=SOON)
        assert of(ann).bar.text == "The server is not saving at the moment · 1 edit waiting"
        assert of(ann).bar.isVisible()
        stall.unlink()
        qtbot.waitUntil(lambda: of(ann).bar.text == of(bob).bar.text == "", timeout=SOON)
        for desk in pair:
            said = [line for line in desk.log() if "is saving" in line or "not saving" in line]
            assert [line[:12] for line in said] == ["✗ The server", "✓ The server"]


def test_a_server_that_misses_its_standby_is_said_over_the_bench(
    qtbot: QtBot, pair: tuple[Desk, Desk], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """STAND-8: to everybody, also to those who join later, until the standby has everything again."""
    monkeypatch.setattr(line, "HEARTBEAT_MS", 100)
    first, second = tmp_path / "first", tmp_path / "second"
    options = "--auth", "none", "--sync-standby=prefer"
    with ServerProcess(first, *options, module="tests.helpers.impatient_server") as server:
        ann, bob = pair
        ann.join(server.url, "lab", "Ann")
        ann.window.insert(TEMPLATES[0])
        qtbot.waitUntil(lambda: of(ann).bar.text == "The server saves without its standby", timeout=SOON)
        assert of(ann).bar.isVisible()
        assert "edits are on one disk only" in of(ann).bar.findChild(QLabel).toolTip()
        bob.join(server.url, "lab", "Bob")
        qtbot.waitUntil(lambda: of(bob).bar.text == of(ann).bar.text, timeout=SOON)
        with ServerProcess(second, "--auth", "none", "--follow", server.url):
            qtbot.waitUntil(lambda: of(ann).bar.text == of(bob).bar.text == "", timeout=SOON)
            for desk in pair:
                said = [line for line in desk.log() if "standby" in line]
                assert [line[:12] for line in said] == ["✗ The server", "✓ The standb"]


def test_why_there_is_no_session_is_in_the_tooltip(
    qtbot: QtBot, pair: tuple[Desk, Desk], server: ServerProcess, session_id: str
) -> None:
    ann = pair[0]
    ann.manager.failed.emit("The server requires a valid token; ask for an invite.")
    assert of(ann).status.toolTip() == "The server requires a valid token; ask for an invite."
    ann.join(server.url, session_id, "Ann")
    assert of(ann).status.toolTip().startswith(f"Session: {session_id}\n")
