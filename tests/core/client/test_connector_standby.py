"""A server and its standby: STAND-7, STAND-9 of docs/protocol.md."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from optiverse_collab.core.client.connection_effects import (
    AttemptFailed,
    ConnectionLost,
    DropConnection,
    Ended,
    OpenConnection,
    RetryAfter,
)
from optiverse_collab.core.client.connector import BETWEEN_S, OPEN_S, ConnectionState, Effect
from optiverse_collab.core.client.failures import Failure, FailureKind
from optiverse_collab.core.protocol.codec import encode
from optiverse_collab.core.protocol.messages import Pong
from optiverse_collab.core.protocol.ways import Way
from tests.core.client.connecting import (
    BENCH,
    BROKEN,
    GREETING,
    NOT_FOUND,
    REFUSED,
    REPLACED,
    Participation,
)

STANDBY = Failure(FailureKind.CLOSED, 4421)
SERVER, OTHER = OpenConnection(OPEN_S, 0), OpenConnection(OPEN_S, 1)


@pytest.fixture
def ann() -> Participation:
    """A participant whose link names a standby."""
    return Participation(patient=True, places=2)


def comes_in(ann: Participation) -> None:
    """Let the server of the current attempt admit her."""
    ann.hears(GREETING)
    ann.hears(BENCH)
    assert ann.shows(ConnectionState.CONNECTED)


def attempts(effects: Sequence[Effect]) -> list[Effect]:
    """What comes next."""
    return [effect for effect in effects if isinstance(effect, (OpenConnection, RetryAfter, Ended))]


def test_both_are_tried_before_a_wait(ann: Participation) -> None:
    """STAND-7"""
    assert ann.connector.join() == [SERVER]
    assert ann.fails(REFUSED) == [DropConnection(), AttemptFailed(REFUSED), OTHER]
    assert ann.fails(STANDBY) == [DropConnection(), AttemptFailed(STANDBY), RetryAfter(0.5)]
    assert ann.waits() == [SERVER]
    assert ann.outage() == (REFUSED, STANDBY)


def test_waits_stay_short(ann: Participation) -> None:
    """STAND-7: the standby may be promoted at any moment."""
    ann.connector.join()
    for _ in range(9):
        ann.fails(REFUSED)
        [wait] = attempts(ann.fails(STANDBY))
        assert ann.waits() == [SERVER]
    assert wait == RetryAfter(BETWEEN_S)


def test_a_lost_server_is_tried_first(ann: Participation) -> None:
    """STAND-7: it may be restarting."""
    ann.connector.join()
    comes_in(ann)
    assert ann.fails(BROKEN) == [DropConnection(), ConnectionLost(BROKEN), RetryAfter(0.5)]
    assert ann.waits() == [SERVER]
    assert attempts(ann.fails(REFUSED)) == [OTHER]
    comes_in(ann)
    assert attempts(ann.fails(STANDBY)) == [RetryAfter(0.5)]
    assert ann.waits() == [OTHER]


def test_a_replaced_server_says_where_to_go() -> None:
    """STAND-11: that is tried at once."""
    late = Participation(patient=True)
    late.connector.join()
    deposed = Failure.of_close(4421, "deposed ws://second:1")
    assert deposed.elsewhere == "ws://second:1"
    assert attempts(late.fails(deposed)) == [OTHER]
    assert late.ways[1] == Way("ws://second:1/ws/default/ann")
    assert (Failure.of_close(4421, "standby").elsewhere, REFUSED.elsewhere) == ("", "")


def test_a_script_gives_up_once_both_have_failed() -> None:
    """STAND-7, CONN-2"""
    ann = Participation(places=2)
    ann.connector.join()
    assert attempts(ann.fails(REFUSED)) == [OTHER]
    assert attempts(ann.fails(STANDBY)) == [Ended(STANDBY, False)]


@pytest.mark.parametrize("patient", [False, True])
def test_what_another_attempt_can_not_change_ends_it(patient: bool) -> None:
    """STAND-7, CONN-4: the other server would say the same."""
    ann = Participation(patient=patient, places=2)
    ann.connector.join()
    assert attempts(ann.fails(NOT_FOUND)) == [Ended(NOT_FOUND, False)]


def test_whoever_is_replaced_does_not_turn_to_the_standby(ann: Participation) -> None:
    """STAND-7, CONN-4"""
    ann.connector.join()
    comes_in(ann)
    ann.fails(BROKEN)
    ann.waits()
    assert attempts(ann.fails(REPLACED)) == [Ended(REPLACED, False)]


def test_a_standby_that_is_learnt_later_is_tried() -> None:
    """STAND-9"""
    late = Participation()
    late.synchronise()
    late.connector.poll(late.now_ms + 1000)  # a ping
    late.hears(encode(Pong("t", also="ws://standby:1")))
    assert late.ways[1:] == [Way("ws://standby:1/ws/default/ann")]
    late.fails(BROKEN)
    assert late.waits() == [SERVER]
    assert attempts(late.fails(REFUSED)) == [OTHER]
