"""The state of the connection, in words."""

from __future__ import annotations

from datetime import datetime

import pytest

from optiverse_collab.core.client.connector import ConnectionState
from optiverse_collab.core.client.quality import Grade, Quality
from optiverse_collab.core.client.traffic import Rate
from optiverse_collab.wording import standing as wording
from optiverse_collab.wording.standing import Standing

NOTHING = Quality(Grade.OFFLINE)
GOOD = Quality(Grade.GOOD, 38.2, 120.4, 12.0, 0, 0.0, Rate(3200.0, 30.4), Rate(12.0, 0.2))
NOON, EVENING = datetime(2026, 3, 1, 12, 0), datetime(2026, 3, 1, 22, 5)  # noqa: DTZ001 - as a clock on the wall


def standing(
    state: ConnectionState = ConnectionState.CONNECTED,
    unsent: int = 0,
    quality: Quality = GOOD,
    retry_s: int | None = None,
    users: int = 2,
) -> Standing:
    """The state of a session of two people with a good connection."""
    return Standing(state, users, unsent, quality, retry_s)


@pytest.mark.parametrize("state", ConnectionState)
def test_each_state_has_words_of_its_own(state: ConnectionState) -> None:
    others = {wording.state(standing(other)) for other in ConnectionState if other is not state}
    assert wording.state(standing(state)) not in {"", *others}


@pytest.mark.parametrize(("users", "text"), [(1, "1 user"), (2, "2 users"), (137, "137 users")])
def test_connected_counts_users(users: int, text: str) -> None:
    assert wording.state(standing(users=users)) == text


LATE = GOOD._replace(waiting_ms=wording.OLD_MS + 1)
LOST = ConnectionState.RECONNECTING


@pytest.mark.parametrize(
    ("one", "details"),
    [
        (standing(), ["38 ms"]),
        (standing(unsent=3), ["38 ms"]),  # they are on their way
        (standing(unsent=3, quality=LATE), ["3 edits waiting", "38 ms"]),
        (standing(quality=Quality(Grade.GOOD)), []),
        (standing(LOST, 1, NOTHING, 12), ["in 12 s", "1 edit waiting"]),
        (standing(LOST, 0, NOTHING), []),
        (standing(ConnectionState.CONNECTING, 0, NOTHING, 3), ["in 3 s"]),
        (standing(ConnectionState.OFFLINE, 3, NOTHING), []),
        (standing(ConnectionState.FAILED, 3, NOTHING), []),
    ],
)
def test_details_behind_the_state(one: Standing, details: list[str]) -> None:
    assert wording.details(one) == details


def test_tooltip_says_where_and_how_well() -> None:
    assert wording.tooltip(standing(), "lab\n2", "ws://lab:8765") == (
        "Session: lab\\n2\nServer: ws://lab:8765\nLatency: 38 ms\nConnection: good"
    )
    assert wording.tooltip(standing(ConnectionState.OFFLINE), "lab", "ws://lab") == wording.NOT_CONNECTED


def test_an_outage_in_one_line() -> None:
    lost = standing(LOST, 3, NOTHING, 12)
    assert wording.offline(lost, NOON, EVENING) == "Offline since 12:00 · 3 edits waiting · retrying in 12 s"
    attempting = standing(LOST, 0, NOTHING)
    yesterday = NOON.replace(day=2)
    assert wording.offline(attempting, NOON, yesterday) == "Offline since 2026-03-01 12:00 · connecting…"
    first = standing(ConnectionState.CONNECTING, 0, NOTHING, 2)
    assert wording.not_yet(first, "Nothing answers at x; check it.") == (
        "Nothing answers at x; check it · retrying in 2 s"
    )


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, wording.UNKNOWN), (0.4, "0 ms"), (38.2, "38 ms"), (9999.0, "9999 ms"), (9999.6, "10 s")],
)
def test_milliseconds(value: float | None, text: str) -> None:
    assert wording.milliseconds(value) == text


@pytest.mark.parametrize(
    ("unsent", "waiting_ms", "text"),
    [(0, 0.0, "none"), (3, 0.0, "3"), (250, 14_000.0, "250, oldest 14.0 s"), (0, 5.0, "none")],
)
def test_figures_of_the_popup(unsent: int, waiting_ms: float, text: str) -> None:
    figures = dict(wording.figures(standing(unsent=unsent, quality=GOOD._replace(waiting_ms=waiting_ms))))
    assert figures.pop("Waiting edits") == text
    assert figures == {
        "Latency (median)": "38 ms",
        "Slowest of 20 (p95)": "120 ms",
        "Jitter": "12 ms",
        "Late answers": "0",
        "Sent": "3.2 kB/s, 30 msg/s",
        "Received": "0.0 kB/s, 0 msg/s",
    }


def test_the_host_left() -> None:
    lost = standing(LOST, 3, NOTHING, 12)
    said = "Ana\\n's editor, which hosts this session, was closed · 3 edits waiting · retrying in 12 s"
    assert wording.host_left(lost, "Ana\n") == said
    assert wording.host_left(lost, 60 * "x").startswith(f"{23 * 'x'}…'s editor, which hosts")


def test_the_server_does_not_save() -> None:
    assert wording.not_saving(standing()) == "The server is not saving at the moment"
    assert wording.not_saving(standing(unsent=1)) == "The server is not saving at the moment · 1 edit waiting"
