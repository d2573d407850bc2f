"""The state of the connection, for the status bar, its popup and the bar over the bench. Pure."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from optiverse_collab.core.client.connector import ConnectionState
from optiverse_collab.core.client.quality import Quality
from optiverse_collab.core.client.traffic import Rate
from optiverse_collab.core.exhaustive import Unmatched
from optiverse_collab.core.text import printable
from optiverse_collab.wording.numbers import counted, moment
from optiverse_collab.wording.presence import shortened

RETRY = "&Retry now"
COLLABORATION = "Collaboration"
NOT_CONNECTED = "Collaboration: not connected"
PEOPLE = "&People"
NOT_SAVING = "The server is not saving at the moment"
WHY_NOT = "Its storage does not answer. Your edits stay here until they are saved."
SAVING = "The server is saving again."
ALONE = "The server saves without its standby"
WHY_ALONE = (
    "The standby does not answer, so edits are on one disk only. Tell the person who looks after the server."
)
WITH_STANDBY = "The standby has everything again; edits are saved on both servers."
LAST_MINUTE = "Answers of the last minute"
NO_ANSWERS = "no answers yet"
UNKNOWN = "not measured yet"
NONE = "none"

OLD_MS = 1000
"""Edits that wait for a shorter time are not mentioned."""


class Standing(NamedTuple):
    """The state.

    Attributes:
        state: of the connection.
        users: how many people are in the session.
        unsent: how many of the user's changes the server has not acknowledged.
        quality: of the connection.
        retry_s: how long until the next attempt, in s; None if none is waited for.
    """

    state: ConnectionState
    users: int
    unsent: int
    quality: Quality
    retry_s: int | None = None


def state(standing: Standing) -> str:
    """The first words of the status bar."""
    match standing.state:
        case ConnectionState.OFFLINE:
            return "Not connected"
        case ConnectionState.CONNECTING:
            return "Connecting…"
        case ConnectionState.OUTSIDE:
            return "Waiting to be let in…"
        case ConnectionState.SYNCING:
            return "Loading…"
        case ConnectionState.CONNECTED:
            return "1 user" if standing.users == 1 else f"{standing.users} users"
        case ConnectionState.RECONNECTING:
            return "Reconnecting…"
        case ConnectionState.FAILED:
            return "Connection failed"
    raise Unmatched(standing.state)


def details(standing: Standing) -> list[str]:
    """The details after that, the most important first: ``38 ms``, ``3 edits waiting``."""
    quality, said = standing.quality, list[str]()
    if standing.state is ConnectionState.CONNECTED:
        if standing.unsent and quality.waiting_ms > OLD_MS:
            said.append(edits(standing.unsent))
        if quality.latency_ms is not None:
            said.append(milliseconds(quality.latency_ms))
    elif standing.state.in_session:
        if standing.retry_s is not None:
            said.append(f"in {standing.retry_s} s")
        if standing.unsent:
            said.append(edits(standing.unsent))
    return said


def tooltip(standing: Standing, session: str, server: str) -> str:
    """The session, the server and the connection quality; or that there is no connection."""
    if not standing.state.in_session:
        return NOT_CONNECTED
    quality = standing.quality
    return f"{place(session, server)}\nLatency: {quality.latency}\nConnection: {quality.verdict}"


def accessible(text: str) -> str:
    """The part of the status bar for a screen reader."""
    return f"{COLLABORATION}: {text}"


def place(session: str, server: str) -> str:
    """The session and the server."""
    return f"Session: {printable(session)}\nServer: {server}"


def offline(standing: Standing, since: datetime, now: datetime) -> str:
    """``Offline since 14:02 · 3 edits waiting · retrying in 12 s``.

    Args:
        since: when the connection was lost, in local time.
        now: the same for the present.
    """
    return " · ".join([f"Offline since {moment(since, now)}", *_waiting(standing)])


def not_yet(standing: Standing, why: str) -> str:
    """The first attempt failed, and others come: ``Nothing answers at …; … · retrying in 12 s``."""
    return " · ".join([why.rstrip("."), *_waiting(standing)])


def host_left(standing: Standing, host: str) -> str:
    """``Ana's editor, which hosts this session, was closed · 3 edits waiting``; where attempts continue."""
    who = f"{shortened(host)}'s editor, which hosts this session, was closed"
    return " · ".join([who, *_waiting(standing)])


def not_saving(standing: Standing) -> str:
    """``The server is not saving at the moment · 3 edits waiting``."""
    said = [edits(standing.unsent)] if standing.unsent else []
    return " · ".join([NOT_SAVING, *said])


def edits(count: int) -> str:
    """``1 edit waiting``, ``3 edits waiting``."""
    return f"{counted(count, 'edit')} waiting"


def milliseconds(value: float | None) -> str:
    """``38 ms``, ``14 s``; `UNKNOWN` for None."""
    if value is None:
        return UNKNOWN
    return f"{value:.0f} ms" if value < 9_999.5 else f"{value / 1000:.0f} s"


def up_to(ms: float | None) -> str:
    """The largest value of a curve: ``up to 38 ms``; for None, that there are no answers."""
    return NO_ANSWERS if ms is None else f"up to {milliseconds(ms)}"


def figures(standing: Standing) -> list[tuple[str, str]]:
    """The figures in the popup: a name, and a value with its unit."""
    quality = standing.quality
    waiting = str(standing.unsent) if standing.unsent else NONE
    if standing.unsent and quality.waiting_ms:
        waiting += f", oldest {quality.waiting_ms / 1000:.1f} s"
    return [
        ("Latency (median)", milliseconds(quality.latency_ms)),
        ("Slowest of 20 (p95)", milliseconds(quality.p95_ms)),
        ("Jitter", milliseconds(quality.jitter_ms)),
        ("Late answers", str(quality.late)),
        ("Waiting edits", waiting),
        ("Sent", _rate(quality.sent)),
        ("Received", _rate(quality.received)),
    ]


def _waiting(standing: Standing) -> list[str]:
    said = [edits(standing.unsent)] if standing.unsent else []
    return [*said, "connecting…" if standing.retry_s is None else f"retrying in {standing.retry_s} s"]


def _rate(rate: Rate) -> str:
    return f"{rate.bytes / 1000:.1f} kB/s, {rate.messages:.0f} msg/s"
