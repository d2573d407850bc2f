"""Services over real QWebSockets and a real server; `test_driver_trace` covers how they end."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from optiverse_collab.core.client import effects as fx
from optiverse_collab.core.client.connector import ConnectionState
from optiverse_collab.core.records import Put, Set
from optiverse_collab.errors import AddressError
from tests.drivers.aio.test_connection import free_port
from tests.helpers.qt_participant import SOON, Make
from tests.helpers.server_process import ServerProcess


def test_the_first_lines_of_the_log(qtbot: QtBot, make: Make, server: ServerProcess, session_id: str) -> None:
    """MSG-1: the lines that users know."""
    ann = make("DESKTOP-X")
    ann.join(qtbot, server.url, session_id)
    told = [text for level, text in ann.lines if level == logging.INFO]
    assert told == [
        f"→ Connecting to: {server.url}/ws/{session_id}/DESKTOP-X",
        f"✓ Connected to session '{session_id}' as 'DESKTOP-X'",
        "Connection acknowledged with 1 user(s)",
        "Synchronised: received 0 record(s)",
    ]
    assert ann.states == [ConnectionState.CONNECTING, ConnectionState.SYNCING, ConnectionState.CONNECTED]


def test_signals_from_joining_to_leaving(
    qtbot: QtBot, make: Make, server: ServerProcess, session_id: str
) -> None:
    ann, bob = make("ann"), make("bob")
    with (
        qtbot.waitSignal(ann.connected, timeout=SOON),
        qtbot.waitSignal(ann.connection_acknowledged, timeout=SOON) as acknowledged,
        qtbot.waitSignal(ann.message_received, timeout=SOON) as received,
    ):
        ann.join(qtbot, server.url, session_id)
    assert acknowledged.args[0]["user_id"] == "ann"
    assert [user["user_id"] for user in acknowledged.args[0]["users"]] == ["ann"]
    assert json.loads(received.args[0])["type"] == "connection:ack"
    assert ann.is_connected()
    with qtbot.waitSignal(ann.user_joined, timeout=SOON) as joined:
        bob.join(qtbot, server.url, session_id)
    with qtbot.waitSignal(ann.user_left, timeout=SOON) as left:
        bob.disconnect_from_session()
    assert joined.args == left.args == ["bob"]
    with qtbot.waitSignal(ann.disconnected, timeout=SOON), qtbot.assertNotEmitted(ann.error_occurred):
        ann.disconnect_from_session()
    assert (ann.state, ann.is_connected()) == (ConnectionState.OFFLINE, False)
    assert ann.lines[-1] == (logging.INFO, f"✓ Disconnected from session '{session_id}' - Normal closure")


def test_edits_travel_and_what_is_stored_is_told(
    qtbot: QtBot, make: Make, server: ServerProcess, session_id: str
) -> None:
    """PUSH-5, DUR-1."""
    ann, bob = make("ann"), make("bob")
    ann.join(qtbot, server.url, session_id)
    bob.join(qtbot, server.url, session_id)
    with qtbot.waitSignal(ann.drained, timeout=SOON):
        ann.edit(Put("lens", "component", {"pos": [1.0, 2.0]}))
    qtbot.waitUntil(lambda: "lens" in bob.view, timeout=SOON)
    [shown] = [effect for effect in bob.effects if isinstance(effect, fx.ShowChange)]
    assert shown.authors == {"lens": "ann"}
    assert not any(isinstance(effect, fx.ShowChange) for effect in ann.effects)


def test_what_is_due_goes_out_in_the_same_turn(
    qtbot: QtBot, make: Make, server: ServerProcess, session_id: str
) -> None:
    """PUSH-2."""
    ann = make("ann")
    ann.send_due()
    ann.join(qtbot, server.url, session_id)
    assert ann.session is not None
    ann.session.replica.edit([Put("lens", "component", {"n": 0})])
    ann.send_due()
    assert [change.sent for change in ann.session.replica.pending] == [True]


def test_the_last_edits_go_out_on_leaving(
    qtbot: QtBot, make: Make, server: ServerProcess, session_id: str
) -> None:
    """The pace of pushes does not delay the last edit (PUSH-2)."""
    ann, bob = make("ann"), make("bob")
    ann.join(qtbot, server.url, session_id)
    bob.join(qtbot, server.url, session_id)
    ann.edit(Put("lens", "component", {"n": 0}))
    qtbot.waitUntil(lambda: "lens" in bob.view, timeout=SOON)
    ann.edit(Set("lens", {"n": 1}))
    ann.disconnect_from_session()
    qtbot.waitUntil(lambda: bob.view["lens"].props["n"] == 1, timeout=SOON)


def test_leaving_sends_more_than_one_message_holds(
    qtbot: QtBot, make: Make, server: ServerProcess, session_id: str
) -> None:
    ann, bob = make("ann"), make("bob")
    ann.join(qtbot, server.url, session_id)
    bob.join(qtbot, server.url, session_id)
    assert ann.session is not None
    notes = [Put(f"note {n}", "text", {"text": "long " * 100_000}) for n in range(5)]
    assert ann.session.replica.limits.change_bytes < 3 * 500_000
    for note in notes:
        ann.edit(note)
    ann.disconnect_from_session()
    qtbot.waitUntil(lambda: len(bob.view) == len(notes), timeout=SOON)


def test_what_the_server_never_got_is_told_with_its_values(
    qtbot: QtBot, make: Make, server: ServerProcess, session_id: str
) -> None:
    """REP-8."""
    ann = make("ann")
    ann.join(qtbot, server.url, session_id)
    ann.lose_connection()
    ann.edit(Put("lens", "component", {"name": "Lens", "pos": [1.0, 2.0]}))
    ann.disconnect_from_session()
    [(level, text)] = ann.said("did not reach the server")
    assert level == logging.WARNING
    assert "pos = [1.0,2.0]" in text


def test_a_second_join_leaves_the_first_session(
    qtbot: QtBot, make: Make, server: ServerProcess, session_id: str
) -> None:
    ann, bob = make("ann"), make("bob")
    ann.join(qtbot, server.url, session_id)
    bob.join(qtbot, server.url, session_id)
    with qtbot.waitSignal(bob.user_left, timeout=SOON) as left:
        ann.join(qtbot, server.url, f"{session_id} 2"[:128])
    assert left.args == ["ann"]
    assert len(ann.said("✓ Disconnected")) == 1


def test_a_restarted_server_is_found_again(qtbot: QtBot, make: Make, tmp_path: Path) -> None:
    """REP-7: edits made meanwhile are pushed; nothing is missing."""
    with ServerProcess(tmp_path) as server:
        ann = make("ann")
        ann.join(qtbot, server.url, "default")
        with qtbot.waitSignal(ann.drained, timeout=SOON):
            ann.edit(Put("lens", "component", {"n": 0}))
        with qtbot.waitSignal(ann.disconnected, timeout=SOON):
            server.kill()
        assert ann.shows(ConnectionState.RECONNECTING)
        [(level, text)] = ann.said("✗ Disconnected")
        assert level == logging.WARNING
        assert "the network or the server went away" in text
        assert ann.said("noticed at")[0][0] == logging.DEBUG
        ann.edit(Set("lens", {"n": 1}))
        qtbot.waitUntil(lambda: bool(ann.said("Nothing answers")), timeout=SOON)
        server.start()
        with qtbot.waitSignal(ann.drained, timeout=SOON):
            pass
        assert ann.shows(ConnectionState.CONNECTED)
        bob = make("bob")
        bob.join(qtbot, server.url, "default")
        assert bob.view["lens"].props == {"n": 1}
        assert ann.said("Trying again in")


def test_a_server_that_goes_away_says_so(qtbot: QtBot, make: Make, tmp_path: Path) -> None:
    """CLOSE-3."""
    with ServerProcess(tmp_path) as server:
        ann = make("ann")
        ann.join(qtbot, server.url, "default")
        with qtbot.waitSignal(ann.disconnected, timeout=SOON):
            server.terminate()
        assert "The server is restarting or going away." in ann.said("✗ Disconnected")[0][1]
        assert ann.shows(ConnectionState.RECONNECTING)


def test_a_second_try_works(qtbot: QtBot, make: Make, server: ServerProcess, session_id: str) -> None:
    ann = make("ann")
    ann.connect_to_session(f"ws://127.0.0.1:{free_port()}", "default", "ann")
    qtbot.waitUntil(lambda: ann.outage is not None, timeout=SOON)
    ann.join(qtbot, server.url, session_id)
    assert ann.is_connected()


@pytest.mark.parametrize(
    ("url", "session", "user", "says"),
    [
        ("ftp://localhost", "s", "u", "begins with ws://"),
        ("ws://localhost:8765", "", "u", "session is empty"),
        ("ws://localhost:8765", "s", "x" * 200, "200 characters"),
    ],
)
def test_what_cannot_be_used_changes_nothing(
    qtbot: QtBot,
    make: Make,
    server: ServerProcess,
    session_id: str,
    url: str,
    session: str,
    user: str,
    says: str,
) -> None:
    ann = make("ann")
    ann.join(qtbot, server.url, session_id)
    with pytest.raises(AddressError, match=says):
        ann.connect_to_session(url, session, user)
    assert ann.shows(ConnectionState.CONNECTED)


@pytest.mark.parametrize("name", ["a/b", "Zoë ☃", "..x", "100%", "a?b#c", "x" * 128])
def test_strange_names_arrive_as_they_are(
    qtbot: QtBot, make: Make, server: ServerProcess, session_id: str, name: str
) -> None:
    """MSG-4."""
    ann = make(name)
    ann.join(qtbot, server.url, f"{name} {session_id}"[:128])
    assert ann.session is not None
    assert ann.session.me is not None
    assert ann.session.me.user_id == name


def test_presence_is_shown_and_what_cannot_travel_is_logged(
    qtbot: QtBot, make: Make, server: ServerProcess, session_id: str
) -> None:
    """PRES-1, PRES-5."""
    ann, bob = make("ann"), make("bob")
    ann.show({"view": None})  # without a session
    ann.join(qtbot, server.url, session_id)
    bob.join(qtbot, server.url, session_id)
    ann.show({"selection": ["x" * 100_000]})
    assert any("Presence was not sent" in text for level, text in ann.lines if level == logging.DEBUG)
    ann.show({"selection": ["lens"]})
    session = bob.session
    assert session is not None
    qtbot.waitUntil(lambda: [*session.presence.states.values()] == [{"selection": ["lens"]}], timeout=SOON)
