"""Windows whose host is gone, and nobody has a copy: one hosts from its bench. HOST-1, CONN-9."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from optiverse_collab.core.client.connector import ConnectionState
from optiverse_collab.core.client.session import SessionClient
from optiverse_collab.core.protocol.address import Address
from optiverse_collab.disk.file_format import Hosted
from optiverse_collab.window import folders, host_now, local_server, server_command, standing
from optiverse_collab.window.ui.host_question import HostQuestion
from optiverse_collab.wording import dialogs
from optiverse_collab.wording import host_now as texts
from optiverse_collab_demo.templates import TEMPLATES
from tests.helpers.user_input import click
from tests.helpers.windows import SOON, Desk, hosted_desks, kill_server

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Outages show at once, and nobody waits long for the host."""
    monkeypatch.setattr(standing, "LASTS_S", 0.0)
    monkeypatch.setattr(host_now, "PATIENCE_S", 0.2)
    monkeypatch.setattr(folders, "data_folder", lambda: tmp_path / "data")


@pytest.fixture
def three(qtbot: QtBot, hosting: Hosted) -> Iterator[list[Desk]]:
    """Ana hosts; Ben and Carl are her guests."""
    with hosted_desks(qtbot, hosting.port) as people:
        qtbot.waitUntil(lambda: all(client_of(desk).host.name for desk in people[1:]), timeout=SOON)
        yield people


def client_of(desk: Desk) -> SessionClient:
    """The session that a window is in."""
    session = desk.manager.session
    assert session is not None
    return session


def until_lost(qtbot: QtBot, desk: Desk) -> None:
    """Wait until a window has noticed."""
    qtbot.waitUntil(lambda: desk.manager.status is ConnectionState.RECONNECTING, timeout=SOON)


def question_of(qtbot: QtBot, desk: Desk) -> HostQuestion:
    """Choose *Host now*; returns the question."""
    bar = desk.controller.standing.bar
    qtbot.waitUntil(lambda: "Host now" in desk.enabled, timeout=SOON)
    qtbot.waitUntil(lambda: bar.button.text() == texts.HOST, timeout=SOON)
    click(bar.button)
    question = desk.controller.host_now.question
    assert question is not None
    return question


def host(qtbot: QtBot, desk: Desk) -> str:
    """Host from the bench; returns the link for the others."""
    click(question_of(qtbot, desk).yes)
    qtbot.waitUntil(lambda: desk.manager.hosting.pid is not None, timeout=3 * SOON)
    desk.until_connected()
    toasts = desk.controller.reports.toasts
    qtbot.waitUntil(lambda: any(toast.text == texts.HOSTING for toast in toasts.shown), timeout=SOON)
    return desk.manager.invite


def test_a_guest_hosts_from_the_bench_and_others_bring_theirs(
    qtbot: QtBot, three: list[Desk], hosting: Hosted
) -> None:
    """HOST-1, CONN-9: unsent edits of both are there, each once; and Ana's, when she comes."""
    ana, ben, carl = three
    sessions = [client_of(desk) for desk in three]
    epoch = sessions[1].replica.epoch
    kill_server(ana)
    for desk in three:
        until_lost(qtbot, desk)
    for number, desk in enumerate(three):
        desk.window.insert(TEMPLATES[number % 2])
    link = host(qtbot, ben)
    assert sessions[1].replica.epoch != epoch
    dialog = carl.ask_to_join(link, "lab", "Carl")
    qtbot.waitUntil(lambda: not dialog.isVisible(), timeout=SOON)
    ana.ask_to_join(link, "lab", "Ana")
    qtbot.waitUntil(lambda: len(ben.content()) == 4, timeout=SOON)
    for desk in (ana, carl):
        desk.until_connected()
        desk.until_same(ben)
    assert [desk.manager.session for desk in three] == sessions
    assert carl.controller.question is None
    assert "Host now" not in ben.enabled
    qtbot.waitUntil(lambda: set(ben.manager.hosting.guests) == {"Ana", "Carl"}, timeout=SOON)
    content = ben.content()
    for desk in (ana, carl, ben):
        desk.manager.leave()
    ben.manager.hosting.stop()
    local_server._let_go[-1].wait(SOON / 1000)
    ben.window.setWindowModified(False)
    ben.window.new()
    ben.manager.create_session(hosting.port, "127.0.0.1", "lab", "Ben")
    ben.until_connected()
    assert ben.content() == content, "it is hosted from the same folder again"


def test_a_host_whose_server_ended_starts_it_again(qtbot: QtBot, three: list[Desk]) -> None:
    """Nobody needs a link, and the session and its history go on."""
    ana, ben, _ = three
    epoch, bar = client_of(ana).replica.epoch, ana.controller.standing.bar
    kill_server(ana)
    qtbot.waitUntil(lambda: bar.button.text() == texts.HOST_AGAIN, timeout=SOON)
    assert ana.log("ERROR") == [f"✗ {dialogs.SERVER_ENDED}"]
    ben.window.insert(TEMPLATES[0])
    click(bar.button)
    ana.until_connected()
    ben.until_connected()
    ana.until_same(ben)
    assert client_of(ana).replica.epoch == client_of(ben).replica.epoch == epoch
    qtbot.waitUntil(lambda: client_of(ben).host.name == "Ana", timeout=SOON)
    assert bar.text == ""


def test_the_user_may_decline_and_failures_are_said(
    qtbot: QtBot, three: list[Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    """HOST-1: the session stays, and the user can try again."""
    ana, ben, _ = three
    assert "Host now" not in ben.enabled
    kill_server(ana)
    question = question_of(qtbot, ben)
    ben.controller.host_now.host()
    assert ben.controller.host_now.question is question
    assert "stay on Ana's computer" in question.informativeText().replace("\u200b", "")
    question.reject()
    qtbot.waitUntil(lambda: ben.controller.host_now.question is None, timeout=SOON)
    assert ben.manager.status is ConnectionState.RECONNECTING
    monkeypatch.setattr(server_command, "TIMEOUT_S", 0.0)
    click(question_of(qtbot, ben).yes)
    toasts = ben.controller.reports.toasts
    qtbot.waitUntil(lambda: any("can't host" in toast.text for toast in toasts.shown), timeout=SOON)
    assert ben.manager.status is ConnectionState.RECONNECTING
    assert "Host now" in ben.enabled
    qtbot.waitUntil(lambda: not any(folders.standby_folder().iterdir()), timeout=SOON)


def test_nobody_hosts_if_the_host_is_back_meanwhile(qtbot: QtBot, three: list[Desk]) -> None:
    """HOST-1: one session is better than two, and nothing of the second one stays."""
    _, ben, _ = three
    server = local_server.CompanionServer(ben.window)
    folder = ben.controller.host_now.server.folder
    folder.mkdir(parents=True)
    ben.controller.host_now.server.ready.emit(server, Address("ws://127.0.0.1:1", None))
    assert [toast.text for toast in ben.controller.reports.toasts.shown][-1] == texts.BACK
    qtbot.waitUntil(lambda: not folder.exists(), timeout=SOON)
    assert ben.manager.status is ConnectionState.CONNECTED


def test_a_link_to_another_history_joins_that_session(
    qtbot: QtBot, three: list[Desk], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """CONN-9: as always, with the merge of a bench that comes back; the window's edits are in it."""
    _, ben, carl = three
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "other"))
    ben.manager.create_session(port, "127.0.0.1", "lab", "Ben")
    ben.until_connected()
    ben.window.insert(TEMPLATES[1])
    dialog = carl.ask_to_join(f"ws://127.0.0.1:{port}", "lab", "Carl")
    qtbot.waitUntil(lambda: not dialog.isVisible(), timeout=2 * SOON)
    carl.until_connected()
    carl.until_same(ben)
    assert len(carl.content()) == 2
