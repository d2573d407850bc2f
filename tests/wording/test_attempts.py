"""Failed attempts in the log: a few that fail alike, and any that fail differently."""

from __future__ import annotations

import logging

from optiverse_collab.core.client import connection_effects as fx
from optiverse_collab.core.client.failures import Failure, FailureKind
from optiverse_collab.core.protocol.ways import Way
from optiverse_collab.wording.attempts import TOLD, TRYING_ON, AttemptLog

URL = "ws://lab:8765/ws/s/n"
REFUSED, UNREACHABLE = Failure(FailureKind.REFUSED), Failure(FailureKind.UNREACHABLE)


def texts(log: AttemptLog, *effects: fx.ConnectorEffect) -> list[str]:
    """The lines that are logged."""
    return [line.text for effect in effects for line in log.lines(effect)]


def attempt(log: AttemptLog, failure: Failure) -> list[str]:
    """The lines that are logged for an attempt that fails."""
    return texts(
        log, fx.OpenConnection(10.0), fx.DropConnection(), fx.AttemptFailed(failure), fx.RetryAfter(30.0)
    )


def test_a_night_without_a_server_is_a_handful_of_lines() -> None:
    log = AttemptLog("s", [Way(URL)])
    assert texts(log, fx.ConnectionLost(Failure(FailureKind.CLOSED, 1006)), fx.RetryAfter(0.5)) != []
    first = attempt(log, REFUSED)
    assert [first[0], first[2]] == [f"→ Connecting to: {URL}", "Trying again in 30.0 s"]
    lines = [line for _ in range(1000) for line in attempt(log, REFUSED)]
    assert lines == [*first, *first[:2], TRYING_ON.text]
    assert TOLD == 3


def test_another_failure_is_news() -> None:
    log = AttemptLog("s", [Way(URL)])
    for _ in range(10):
        attempt(log, REFUSED)
    assert attempt(log, UNREACHABLE) == [
        "✗ This computer has no network route to lab; check the network or VPN.",
        "Trying again in 30.0 s",
    ]
    assert len(attempt(log, UNREACHABLE)) == 3


def test_an_outage_is_one_warning_and_at_last_one_error() -> None:
    log = AttemptLog("s", [Way(URL)])
    told = [log.lines(fx.AttemptFailed(failure)) for failure in (REFUSED, REFUSED, UNREACHABLE)]
    assert [line.level for [line] in told] == [logging.WARNING, logging.INFO, logging.INFO]
    log.connected()
    lost = fx.ConnectionLost(Failure(FailureKind.CLOSED, 1006))
    told = [log.lines(effect) for effect in (lost, fx.AttemptFailed(REFUSED), fx.AttemptFailed(UNREACHABLE))]
    assert [line.level for [line] in told] == [logging.WARNING, logging.INFO, logging.INFO]
    [line] = log.lines(fx.Ended(UNREACHABLE, was_in=True))
    assert line.level == logging.ERROR


def test_after_a_connection_everything_is_news() -> None:
    log = AttemptLog("s", [Way(URL)])
    for _ in range(10):
        attempt(log, REFUSED)
    log.connected()
    assert len(attempt(log, REFUSED)) == 3


def test_the_end_is_always_told() -> None:
    log = AttemptLog("s", [Way(URL)])
    for _ in range(10):
        attempt(log, REFUSED)
    [line] = log.lines(fx.Ended(Failure(FailureKind.WANTS_TLS), was_in=False))
    assert line.level == logging.ERROR


def test_each_server_of_a_pair_has_its_own_count() -> None:
    """STAND-7: a server that is away, and a standby that does not serve, are not news forever."""
    log, standby = AttemptLog("s", [Way(URL), Way("ws://standby")]), Failure(FailureKind.CLOSED, 4421)
    told: list[str] = []
    for _ in range(9):
        for place, failure in enumerate([REFUSED, standby]):
            told += texts(log, fx.OpenConnection(10.0, place), fx.DropConnection(), fx.AttemptFailed(failure))
        told += texts(log, fx.RetryAfter(3.0))
    assert told.count("→ Connecting to: ws://standby") == told.count(f"→ Connecting to: {URL}") == TOLD
    assert sum("Another server serves this session" in text for text in told) == TOLD
    assert told[-1] == TRYING_ON.text
