"""The life of a connection: CONN rules of docs/protocol.md."""

from __future__ import annotations

import pytest

from optiverse_collab.core.client import liveness
from optiverse_collab.core.client.connection_effects import (
    AttemptFailed,
    CloseConnection,
    ConnectionLost,
    DropConnection,
    Ended,
    OpenConnection,
    ProbeTls,
    RetryAfter,
)
from optiverse_collab.core.client.connector import OPEN_S, PROBE_S, ConnectionState
from optiverse_collab.core.client.credentials import Credentials, Device, digest
from optiverse_collab.core.client.effects import Acknowledged, ProtocolFault, Synced, Transmit
from optiverse_collab.core.client.failures import Failure, FailureKind
from optiverse_collab.core.protocol.codec import encode
from optiverse_collab.core.protocol.messages import OtherHistory, Ping
from optiverse_collab.core.protocol.positions import ParentPosition
from optiverse_collab.core.protocol.ways import ways_to
from optiverse_collab.core.records import Put
from tests.core.client.connecting import (
    BENCH,
    BROKEN,
    GREETING,
    NOT_FOUND,
    OTHER_HISTORY,
    REFUSED,
    REPLACED,
    RESTARTING,
    Participation,
)


@pytest.fixture
def ann() -> Participation:
    """A participant who has not joined yet."""
    return Participation()


@pytest.mark.parametrize("state", ConnectionState)
def test_session_is_under_way_unless_offline_or_failed(state: ConnectionState) -> None:
    assert state.in_session == (state.value not in ("offline", "failed"))


def test_states_are_the_words_that_the_status_bar_knows() -> None:
    assert [state.value for state in ConnectionState] == (
        ["offline", "connecting", "outside", "syncing", "connected", "reconnecting", "failed"]
    )


# Getting in


def test_joining_is_an_attempt_that_is_let_in_and_synchronises(ann: Participation) -> None:
    """CONN-1, SYNC-1."""
    assert ann.shows(ConnectionState.OFFLINE)
    assert ann.connector.join() == [OpenConnection(OPEN_S)]
    assert ann.shows(ConnectionState.CONNECTING)
    acknowledged, request = ann.hears(GREETING)
    assert isinstance(acknowledged, Acknowledged)
    assert isinstance(request, Transmit)
    assert ann.shows(ConnectionState.SYNCING)
    assert ann.hears(BENCH) == [Synced(True, 0)]
    assert ann.shows(ConnectionState.CONNECTED)


def test_a_first_attempt_that_fails_is_not_repeated(ann: Participation) -> None:
    """CONN-2."""
    ann.connector.join()
    assert ann.fails(REFUSED) == [DropConnection(), Ended(REFUSED, was_in=False)]
    assert ann.shows(ConnectionState.FAILED)
    assert ann.waits() == []


def test_a_server_that_does_not_let_in_is_too_late(ann: Participation) -> None:
    """CONN-1."""
    ann.connector.join()
    late = Failure(FailureKind.LATE, OPEN_S)
    assert ann.waits() == [DropConnection(), Ended(late, was_in=False)]


def test_a_server_that_lets_in_is_never_too_late(ann: Participation) -> None:
    """The time limit of the attempt ends while it synchronises, or later."""
    ann.connector.join()
    ann.hears(GREETING)
    assert ann.waits() == []
    ann.hears(BENCH)
    assert ann.waits() == []
    assert ann.shows(ConnectionState.CONNECTED)


@pytest.mark.parametrize("text", ['{"type":"pong","timestamp":""}', "Hello", BENCH])
def test_a_server_that_does_not_acknowledge_first_is_not_ours(ann: Participation, text: str) -> None:
    """CONN-6."""
    ann.connector.join()
    *before, dead, ended = ann.hears(text)
    assert all(isinstance(effect, ProtocolFault) for effect in before)
    assert [dead, ended] == [DropConnection(), Ended(Failure(FailureKind.WRONG_SERVER), was_in=False)]


def test_a_loss_before_synchronising_is_not_repeated(ann: Participation) -> None:
    """CONN-2."""
    ann.connector.join()
    ann.hears(GREETING)
    assert ann.fails(RESTARTING) == [
        DropConnection(),
        ConnectionLost(RESTARTING),
        Ended(RESTARTING, was_in=True),
    ]
    assert ann.session.me is None
    assert ann.shows(ConnectionState.FAILED)


def test_patience_repeats_the_first_attempt_too() -> None:
    """CONN-2: except for errors that time cannot fix."""
    ann = Participation(patient=True)
    ann.connector.join()
    assert ann.fails(REFUSED) == [DropConnection(), AttemptFailed(REFUSED), RetryAfter(0.5)]
    assert ann.shows(ConnectionState.CONNECTING)
    assert ann.waits() == [OpenConnection(OPEN_S)]
    assert ann.fails(NOT_FOUND) == [DropConnection(), Ended(NOT_FOUND, was_in=False)]


# Does the server want TLS?


@pytest.mark.parametrize(("speaks_tls", "kind"), [(True, "wants TLS"), (False, "broken off")])
def test_a_server_that_breaks_off_is_asked_for_tls(ann: Participation, speaks_tls: bool, kind: str) -> None:
    """CONN-5."""
    ann.connector.join()
    assert ann.fails(Failure(FailureKind.BROKEN_OFF)) == [DropConnection(), ProbeTls(PROBE_S)]
    assert ann.shows(ConnectionState.CONNECTING)
    ended = Ended(Failure(FailureKind(kind)), was_in=False)
    assert ann.connector.probed(speaks_tls) == [DropConnection(), ended]
    assert ann.connector.probed(True) == []


def test_a_question_for_tls_that_is_not_answered_is_a_no(ann: Participation) -> None:
    """CONN-5."""
    ann.connector.join()
    ann.fails(Failure(FailureKind.BROKEN_OFF))
    assert ann.waits() == [DropConnection(), Ended(Failure(FailureKind.BROKEN_OFF), was_in=False)]


def test_over_tls_nobody_is_asked_for_it() -> None:
    """CONN-5."""
    ann = Participation(tls=True)
    ann.connector.join()
    broken_off = Failure(FailureKind.BROKEN_OFF)
    assert ann.fails(broken_off) == [DropConnection(), Ended(broken_off, was_in=False)]


# Messages of the session


def test_a_silent_server_is_dropped(synced: Participation) -> None:
    """HB-3"""
    synced.now_ms += 1000
    assert synced.connector.poll(synced.now_ms) == [Transmit(Ping("ann"))]
    assert synced.connector.wait_ms(synced.now_ms) == liveness.TICK_MS
    silent = Failure(FailureKind.SILENT, liveness.OVERDUE_MS // 1000)
    for _ in range(liveness.OVERDUE_MS // liveness.TICK_MS + 1):
        assert synced.connector.poll(synced.now_ms) == []
        synced.now_ms += liveness.TICK_MS
    assert synced.connector.poll(synced.now_ms) == [DropConnection(), ConnectionLost(silent), RetryAfter(0.5)]
    assert synced.connector.poll(synced.now_ms) == []
    assert synced.connector.wait_ms(synced.now_ms) is None


def test_waking_up_asks_at_once_whether_the_line_lives(synced: Participation) -> None:
    """HB-4"""
    assert synced.connector.woke(synced.now_ms) == [Transmit(Ping("ann"))]
    assert synced.connector.poll(synced.now_ms + 999) == []


def test_another_history_ends_it_and_says_what_was_not_sent(synced: Participation) -> None:
    """CLK-3."""
    synced.fails(BROKEN)
    synced.session.replica.edit([Put("lens", "component", {})])
    synced.waits()
    synced.hears(GREETING)
    changed = Failure(FailureKind.EPOCH_CHANGED, 1)
    assert synced.hears(OTHER_HISTORY) == [
        DropConnection(),
        ConnectionLost(changed),
        Ended(changed, was_in=True),
    ]
    assert synced.shows(ConnectionState.FAILED)
    assert len(synced.session.replica.pending) == 1


def test_a_restored_server_ends_it_and_says_what_is_missing(synced: Participation) -> None:
    """CLK-8."""
    synced.fails(BROKEN)
    synced.waits()
    synced.hears(GREETING)
    parent = ParentPosition("epoch 1", 5, "2026-05-03T09:05:30.000Z")
    failure = Failure(FailureKind.RESTORED, 2, parent.time)
    *_, ended = synced.hears(encode(OtherHistory("epoch 2", parent=parent)))
    assert ended == Ended(failure, was_in=True)


# Elsewhere


@pytest.mark.parametrize("is_in", [True, False])
def test_moving_goes_to_another_server_at_once(synced: Participation, is_in: bool) -> None:
    """CONN-9: with another token, and never back; like what was lost, it is tried until it is there."""
    ways = synced.connector._ways
    if not is_in:
        synced.fails(BROKEN)
    synced.session.safekeeping.standby = "wss://old"
    lost = [ConnectionLost(Failure.of_close(1001, "moved"))] if is_in else []
    there = ways_to("wss://there:1", "lab", "ann")
    assert synced.connector.move(there, Credentials(None, "new")) == [
        DropConnection(),
        *lost,
        OpenConnection(OPEN_S),
    ]
    assert ways == there
    assert synced.session.credentials.token == "new"
    assert synced.session.safekeeping.standby == ""
    assert synced.shows(ConnectionState.RECONNECTING)
    assert isinstance(synced.fails(REFUSED)[-1], RetryAfter)
    assert synced.shows(ConnectionState.RECONNECTING)


# Leaving


def test_leaving_says_goodbye(synced: Participation) -> None:
    assert synced.connector.leave() == [CloseConnection(), Ended(None, was_in=True)]
    assert synced.shows(ConnectionState.OFFLINE)
    assert synced.session.me is None
    assert synced.connector.leave() == []


@pytest.mark.parametrize("when", ["opening", "probing", "waiting"])
def test_leaving_without_a_connection(synced: Participation, when: str) -> None:
    """CONN-6: no attempt follows, and late arrivals are ignored."""
    synced.fails(BROKEN)
    if when != "waiting":
        synced.waits()
    if when == "probing":
        synced.fails(Failure(FailureKind.BROKEN_OFF))
    assert synced.connector.leave() == [CloseConnection(), Ended(None, was_in=False)]
    assert synced.waits() == synced.hears(GREETING) == synced.fails(REFUSED) == []
    assert synced.connector.probed(True) == []
    assert synced.shows(ConnectionState.OFFLINE)


def test_what_comes_late_from_a_connection_is_ignored(synced: Participation) -> None:
    """CONN-6."""
    synced.fails(BROKEN)
    assert synced.fails(REPLACED) == synced.hears(BENCH) == []
    assert synced.shows(ConnectionState.RECONNECTING)


def refused(code: int) -> Failure:
    return Failure(FailureKind.CLOSED, code)


@pytest.mark.parametrize("code", [4401, 4403])
def test_pasted_token_is_tried_once_if_the_device_is_refused(code: int) -> None:
    """RIGHT-4: at once, and without a report."""
    ann = Participation()
    ann.session.credentials = Credentials(Device("device", digest("invite")), "invite")
    ann.connector.join()
    assert ann.session.credentials.token == "device"
    assert ann.fails(refused(code)) == [DropConnection(), OpenConnection(OPEN_S)]
    assert ann.session.credentials.token == "invite"
    assert ann.fails(refused(code))[-1] == Ended(refused(code), was_in=False)


def test_whoever_is_removed_is_out() -> None:
    """RIGHT-4, CONN-4: the remaining link does not bring a removed participant back."""
    ann = Participation()
    ann.session.credentials = Credentials(Device("device", digest("invite")), "invite")
    ann.connector.join()
    ann.hears(GREETING)
    ann.hears(BENCH)
    assert ann.fails(refused(4403))[-1] == Ended(refused(4403), was_in=True)
