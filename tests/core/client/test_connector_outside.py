"""Waiting outside until an owner admits the guest: ACC-12, CONN-1 of docs/protocol.md."""

from __future__ import annotations

from optiverse_collab.core.client.access_effects import WaitsOutside
from optiverse_collab.core.client.connection_effects import (
    AttemptFailed,
    CloseConnection,
    DropConnection,
    Ended,
    OpenConnection,
    RetryAfter,
)
from optiverse_collab.core.client.connector import OPEN_S, ConnectionState
from optiverse_collab.core.client.effects import Acknowledged, HeartbeatAnswered, Transmit
from optiverse_collab.core.client.failures import Failure, FailureKind
from optiverse_collab.core.protocol.access import AccessWait
from optiverse_collab.core.protocol.codec import encode
from optiverse_collab.core.protocol.messages import Ping
from tests.core.client.connecting import BENCH, GREETING, NOW_MS, RESTARTING, Participation

WAIT = encode(AccessWait())


def test_whoever_has_to_wait_outside_is_there_until_let_in() -> None:
    """ACC-12, CONN-1, HB-1: neither the timer nor the heartbeat ends the wait."""
    ann = Participation(patient=True)
    ann.connector.join()
    assert ann.connector.wait_ms(NOW_MS) is None
    assert ann.hears(WAIT) == [WaitsOutside()]
    assert ann.shows(ConnectionState.OUTSIDE)
    assert ann.waits() == []
    assert ann.connector.retry_now() == []
    assert ann.connector.wait_ms(NOW_MS) == 1000
    ann.session.show({"cursor": [0, 0]})
    ann.session.access.ask_all()
    assert ann.connector.poll(NOW_MS + 1000) == [Transmit(Ping("ann"))]
    assert [type(effect) for effect in ann.connector.woke(NOW_MS + 2000)] == [Transmit]
    assert isinstance(ann.hears('{"type":"pong","timestamp":""}')[0], HeartbeatAnswered)
    assert ann.shows(ConnectionState.OUTSIDE)
    assert isinstance(ann.hears(GREETING)[0], Acknowledged)
    assert ann.hears(WAIT) == [WaitsOutside()], "the second message has no effect"
    ann.hears(BENCH)
    assert ann.shows(ConnectionState.CONNECTED)


def test_whoever_waits_outside_knocks_again_after_a_loss() -> None:
    """ACC-12, HB-3: a silent line counts as lost."""
    ann = Participation(patient=True)
    ann.connector.join()
    ann.hears(WAIT)
    drop, failed, retry = ann.fails(RESTARTING)
    assert (drop, failed) == (DropConnection(), AttemptFailed(RESTARTING))
    assert isinstance(retry, RetryAfter)
    assert ann.waits() == [OpenConnection(OPEN_S)]
    ann.hears(WAIT)
    ann.connector.poll(NOW_MS + 1000)
    for step in range(40):
        effects = ann.connector.poll(NOW_MS + 1000 + 500 * step)
        if DropConnection() in effects:
            break
    assert isinstance(effects[-1], RetryAfter)
    assert not ann.session.is_outside


def test_whoever_is_not_let_in_is_out() -> None:
    """ACC-14."""
    ann = Participation(patient=True)
    ann.connector.join()
    ann.hears(WAIT)
    refused = Failure.of_close(4403, "not_admitted")
    assert ann.fails(refused) == [DropConnection(), Ended(refused, was_in=False)]
    assert ann.shows(ConnectionState.FAILED)


def test_an_owner_has_no_more_time_than_the_server() -> None:
    """CONN-1: unless there was a session before."""
    ann = Participation()
    ann.connector.join()
    ann.hears(WAIT)
    late = Failure(FailureKind.NOT_LET_IN, OPEN_S)
    assert ann.waits() == [DropConnection(), Ended(late, was_in=False)]
    bob = Participation()
    bob.synchronise()
    bob.fails(RESTARTING)
    bob.waits()
    bob.hears(WAIT)
    assert bob.waits() == []
    assert bob.connector.leave() == [CloseConnection(), Ended(None, was_in=False)]
