"""What a window reports and offers about unsent edits: with the demo's windows and a real server."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from PyQt6.QtNetwork import QTcpServer
from pytestqt.qtbot import QtBot

from optiverse_collab.core.client.connector import ConnectionState
from optiverse_collab.core.records import Set
from optiverse_collab.disk.file_format import Hosted
from optiverse_collab.window.ui.unsent_notice import UnsentNotice
from optiverse_collab.wording import dialogs
from optiverse_collab.wording import unsent as texts
from tests.helpers.demo_window import add
from tests.helpers.left_edits import leave_edits
from tests.helpers.qt_servers import answer_as_http
from tests.helpers.server_process import ServerProcess
from tests.helpers.user_input import click
from tests.helpers.windows import SOON, Desk


def leave(qtbot: QtBot, ann: Desk, server: ServerProcess, session_id: str, *authors: str) -> str:
    """Leave a lens in the session with a waiting edit of each author; then Ann leaves."""
    lens = add(ann.window, "lens")
    ann.join(server.url, session_id, "Ann")
    qtbot.waitUntil(lambda: lens in ann.session_records(), timeout=SOON)
    session = ann.manager.service.session
    assert session is not None
    qtbot.waitUntil(lambda: not session.replica.pending, timeout=SOON)
    for number, author in enumerate(authors):
        leave_edits(session.replica, server.url, session_id, author, Set(lens, {"pos": [7.0, number + 1.0]}))
    ann.manager.leave()
    return lens


def test_a_window_offers_to_rejoin(
    qtbot: QtBot, pair: tuple[Desk, Desk], server: ServerProcess, session_id: str
) -> None:
    """After one click, the edits are in the session."""
    ann, bob = pair
    ann.controller.connecting.settings.remember_join(server.url, session_id, "Ann")
    lens = leave(qtbot, ann, server, session_id, "Ann")
    ann.window.bench.change({lens: {"pos": [7.0, 1.0]}})  # the lens as she saw it
    bar = ann.controller.standing.bar
    ann.controller.unsent.leftovers.refresh()
    qtbot.waitUntil(lambda: "1 edit by Ann has not reached the server" in bar.text, timeout=SOON)
    assert bar.button.text() == texts.rejoin(session_id, 1)
    assert "Unsent edits…" in ann.enabled
    click(bar.button)
    ann.until_connected()
    assert bar.text == ""
    bob.join(server.url, session_id, "Bob")
    bob.until_same(ann)
    assert bob.window.bench.items[lens].props["pos"] == [7.0, 1.0]


def test_a_session_that_cannot_be_hosted_again_is_said(
    qtbot: QtBot, pair: tuple[Desk, Desk], server: ServerProcess, session_id: str, hosting: Hosted
) -> None:
    """Another program uses the port by now. The edits keep waiting."""
    ann, _ = pair
    lens = leave(qtbot, ann, server, session_id)
    session, here = ann.manager.service.session, f"ws://127.0.0.1:{hosting.port}"
    assert session is not None
    ann.controller.connecting.settings.remember_server(hosting.port, hosting.listen, "Ann")
    leave_edits(session.replica, here, session_id, "Ann", Set(lens, {"pos": [7.0, 1.0]}), hosted=hosting)
    other = QTcpServer()
    assert other.listen(port=hosting.port)
    other.newConnection.connect(partial(answer_as_http, other))
    ann.controller.unsent.leftovers.refresh()
    bar, toasts = ann.controller.standing.bar, ann.controller.reports.toasts
    qtbot.waitUntil(lambda: bar.button.text() == texts.rejoin(session_id, 1), timeout=SOON)
    click(bar.button)
    said = dialogs.PORT_TAKEN.format(port=hosting.port)
    qtbot.waitUntil(lambda: said in [toast.text for toast in toasts.shown], timeout=SOON)
    assert bar.button.text() == texts.rejoin(session_id, 1)
    other.close()


def test_edits_of_others_are_listed(
    qtbot: QtBot, pair: tuple[Desk, Desk], server: ServerProcess, session_id: str
) -> None:
    """On a login that people share, nobody sends another person's edits by accident."""
    ann, _ = pair
    leave(qtbot, ann, server, session_id, "Ana", "Zoë")
    bar = ann.controller.standing.bar
    ann.controller.unsent.leftovers.refresh()
    qtbot.waitUntil(lambda: bar.button.text() == "Show…", timeout=SOON)
    click(bar.button)
    dialog = ann.controller.unsent.dialog
    assert dialog is not None
    assert dialog.isVisible()
    qtbot.waitUntil(lambda: dialog.table.topLevelItemCount() == 2, timeout=SOON)
    click(dialog.send)
    qtbot.waitUntil(lambda: dialog.table.topLevelItemCount() == 1, timeout=SOON)
    assert any("1 edit by" in toast.text for toast in ann.controller.reports.toasts.shown)


def test_an_unprotected_bench_is_said_over_it(
    qtbot: QtBot, pair: tuple[Desk, Desk], server: ServerProcess, session_id: str, own_data_folder: Path
) -> None:
    """DISK-5."""
    ann, _ = pair
    (own_data_folder / "replicas").touch()  # a file, so nothing can create a folder in it
    ann.join(server.url, session_id, "Ann")
    assert "Edits are not protected against a crash" in ann.controller.standing.bar.text
    ann.manager.leave()
    assert ann.controller.standing.bar.text == ""


def test_closing_says_what_waits(
    qtbot: QtBot, pair: tuple[Desk, Desk], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """And so does leaving."""
    said: list[str] = []
    monkeypatch.setattr(UnsentNotice, "exec", lambda notice: said.append(notice.text()))
    ann, _ = pair
    lens = add(ann.window, "lens")
    with ServerProcess(tmp_path / "server") as own:
        ann.join(own.url, "lab", "Ann")
        qtbot.waitUntil(lambda: lens in ann.session_records(), timeout=SOON)
        qtbot.waitUntil(lambda: not ann.manager.service.unsent, timeout=SOON)
        own.kill()
        qtbot.waitUntil(lambda: ann.manager.status is ConnectionState.RECONNECTING, timeout=SOON)
        ann.window.bench.change({lens: {"pos": [7.0, 1.0]}})
        ann.manager.leave()
    [toast] = ann.controller.reports.toasts.shown
    assert toast.text.startswith("1 edit did not reach the server; it is kept on this computer")
    ann.window.setWindowModified(False)
    ann.window.close()
    assert said == ["1 edit waits for the server; it will be sent when you join again."]
