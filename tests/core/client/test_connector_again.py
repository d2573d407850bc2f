"""Reconnecting after a loss: CONN rules of docs/protocol.md."""

from __future__ import annotations

import pytest

from optiverse_collab.core.client.backoff import LONGEST_S
from optiverse_collab.core.client.connection_effects import (
    AttemptFailed,
    ConnectionLost,
    DropConnection,
    Ended,
    OpenConnection,
    RetryAfter,
)
from optiverse_collab.core.client.connector import OPEN_S, ConnectionState
from optiverse_collab.core.client.failures import Failure, FailureKind
from tests.core.client.connecting import (
    BENCH,
    BROKEN,
    GREETING,
    REFUSED,
    REPLACED,
    RESTARTING,
    Participation,
)

# Coming back


def test_a_connection_that_synchronised_comes_back(synced: Participation) -> None:
    """CONN-2, and as often as necessary."""
    assert synced.fails(BROKEN) == [DropConnection(), ConnectionLost(BROKEN), RetryAfter(0.5)]
    assert synced.shows(ConnectionState.RECONNECTING)
    assert synced.session.me is None
    assert synced.waits() == [OpenConnection(OPEN_S)]
    assert synced.shows(ConnectionState.RECONNECTING)
    assert synced.fails(REFUSED) == [DropConnection(), AttemptFailed(REFUSED), RetryAfter(1.0)]
    assert synced.waits() == [OpenConnection(OPEN_S)]
    late = Failure(FailureKind.LATE, OPEN_S)
    assert synced.waits() == [DropConnection(), AttemptFailed(late), RetryAfter(2.0)]
    synced.waits()
    synced.hears(GREETING)
    assert synced.shows(ConnectionState.SYNCING)
    synced.hears(BENCH)
    assert synced.shows(ConnectionState.CONNECTED)


def test_a_loss_while_synchronising_again_comes_back(synced: Participation) -> None:
    """CONN-2."""
    synced.fails(BROKEN)
    synced.waits()
    synced.hears(GREETING)
    assert synced.fails(RESTARTING) == [DropConnection(), ConnectionLost(RESTARTING), RetryAfter(1.0)]


def test_what_no_attempt_mends_ends_it(synced: Participation) -> None:
    """CONN-4."""
    assert synced.fails(REPLACED) == [
        DropConnection(),
        ConnectionLost(REPLACED),
        Ended(REPLACED, was_in=True),
    ]
    assert synced.shows(ConnectionState.FAILED)
    assert synced.waits() == []


ASIDE = (FailureKind.BROKEN_OFF, FailureKind.EPOCH_CHANGED, FailureKind.RESTORED)

OTHERS = [
    *(Failure(FailureKind.HTTP, status) for status in (200, 302, 401, 403, 404, 407, 503, 511)),
    *(Failure(kind) for kind in FailureKind if kind not in ASIDE),
    *(Failure(FailureKind.CLOSED, code) for code in (1000, 1003, 1007, 1008, 1009, 1010, 1015, 4404)),
]
"""Answers of a login page, a gateway or another server while ours is unreachable; 1009 is ours, too."""


@pytest.mark.parametrize("failure", OTHERS, ids=lambda failure: f"{failure.kind.value} {failure.number}")
def test_something_else_in_the_place_of_ours_ends_nothing(synced: Participation, failure: Failure) -> None:
    """CONN-4"""
    synced.fails(BROKEN)
    synced.waits()
    assert synced.fails(failure) == [DropConnection(), AttemptFailed(failure), RetryAfter(1.0)]
    synced.synchronise()


def test_waits_grow_up_to_the_longest(synced: Participation) -> None:
    """CONN-3."""
    waits: list[float] = []
    for _ in range(10):
        *_, retry = synced.fails(REFUSED)
        assert isinstance(retry, RetryAfter)
        waits.append(retry.seconds)
        synced.waits()
    assert waits == [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, *[LONGEST_S] * 4]


def test_synchronising_makes_waits_short_again(synced: Participation) -> None:
    """CONN-3: however soon the connection ends afterwards; being admitted is not enough."""
    for wait_s in (0.5, 1.0, 2.0):
        assert synced.fails(BROKEN)[-1] == RetryAfter(wait_s)
        synced.waits()
        synced.hears(GREETING)
    synced.hears(BENCH)
    assert synced.fails(BROKEN)[-1] == RetryAfter(0.5)


def test_chance_shortens_a_wait_to_its_half_at_most() -> None:
    """CONN-3."""
    ann = Participation(chance=0.0)
    ann.synchronise()
    assert ann.fails(BROKEN)[-1] == RetryAfter(0.25)


# The cause of an outage, and retrying at once


def test_an_outage_has_its_cause_and_the_latest_failure(synced: Participation) -> None:
    """CONN-7"""
    assert synced.outage() is None
    synced.fails(BROKEN)
    assert synced.outage() == (BROKEN, BROKEN)
    synced.waits()
    synced.fails(REFUSED)
    assert synced.outage() == (BROKEN, REFUSED)
    synced.waits()
    synced.hears(GREETING)
    assert synced.outage() is not None
    synced.hears(BENCH)
    assert synced.outage() is None


def test_an_outage_ends_with_the_participation(synced: Participation) -> None:
    synced.fails(BROKEN)
    synced.connector.leave()
    assert synced.outage() is None
    synced.synchronise()
    synced.fails(BROKEN)
    synced.waits()
    synced.fails(REPLACED)
    assert synced.outage() is None


def test_waking_up_ends_a_wait(synced: Participation) -> None:
    """CONN-7"""
    synced.fails(BROKEN)
    assert synced.connector.woke(synced.now_ms) == [OpenConnection(OPEN_S)]
    assert synced.connector.woke(synced.now_ms) == []


def test_a_wait_can_be_cut_short(synced: Participation) -> None:
    """CONN-7"""
    assert synced.connector.retry_now() == []
    synced.fails(BROKEN)
    assert synced.is_waiting()
    assert synced.connector.retry_now() == [OpenConnection(OPEN_S)]
    assert not synced.is_waiting()
    assert synced.connector.retry_now() == []
    assert synced.fails(REFUSED)[-1] == RetryAfter(1.0)
