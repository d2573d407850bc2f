"""What the log says of a session: the same lines in the editor and in scripts.

Pure: effects and closings in, levels and texts out. The arrows, ticks and the first three lines are
those that Optiverse's users know from its own collaboration log.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from typing import NamedTuple

from optiverse_collab.core.client import effects as fx
from optiverse_collab.core.client.effects import LossKind
from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.exhaustive import Unmatched
from optiverse_collab.core.protocol.messages import Ping
from optiverse_collab.core.records import Op, Put, Record, Remove
from optiverse_collab.core.text import printable
from optiverse_collab.wording.edits import title, values


class Line(NamedTuple):
    """One line of the log.

    Attributes:
        level: of `logging`.
        text: without a line break.
    """

    level: int
    text: str


# The connection


def connecting(url: str) -> Line:
    """An attempt begins."""
    return Line(logging.INFO, f"→ Connecting to: {url}")


def left(session: str) -> Line:
    """The user left the session."""
    return Line(logging.INFO, f"✓ Disconnected from session '{printable(session)}' - Normal closure")


def broken(session: str, sentence: str) -> Line:
    """A connection that was open is gone."""
    return Line(
        logging.WARNING, f"✗ Disconnected from session '{printable(session)}' - {printable(sentence)}"
    )


def failed(sentence: str) -> Line:
    """An attempt failed."""
    return Line(logging.ERROR, f"✗ {printable(sentence)}")


def ended() -> Line:
    """No other attempt comes by itself."""
    return Line(logging.ERROR, "✗ The session has ended here and your bench stays as it is; connect anew.")


def retrying(seconds: float) -> Line:
    """The next attempt comes by itself."""
    return Line(logging.INFO, f"Trying again in {seconds:.1f} s")


def epoch_changed(unsent: int) -> str:
    """The sentence for a session whose history is another one now (CLK-3)."""
    kept = f", and {changes(unsent)} of yours did not reach it" if unsent else ""
    return (
        "The session on the server has another history than the one that was followed here, so nothing "
        f"was merged{kept}; save your bench if you need it, and connect anew to see what the server has."
    )


def unsent(replica: Replica) -> list[Line]:
    """What never got to the server, with its values."""
    lost = (fx.Lost(tuple(change.ops.values()), LossKind.UNSENT) for change in replica.pending)
    return [line for effect in lost for line in lines(effect, replica.view)]


def changes(count: int) -> str:
    """``1 change``, ``2 changes``."""
    return f"{count} change{'s' * (count != 1)}"


# What the session's core says


def lines(effect: fx.SessionEffect, records: Mapping[str, Record]) -> list[Line]:
    """The lines for an effect of `Session`; none for what is no news.

    `Dead` and `EpochChanged` end the connection: see `broken` and `failed`.

    Args:
        records: the view, to call records by their names.
    """
    if isinstance(effect, fx.Lost):
        return [_lost(effect, op, records.get(op.id)) for op in effect.ops]
    line = _line(effect)
    if isinstance(effect, fx.Acknowledged):
        ack = effect.ack
        session, user = printable(ack.session_id), printable(ack.user_id)
        first = Line(logging.INFO, f"✓ Connected to session '{session}' as '{user}'")
        return [first, Line(logging.INFO, f"Connection acknowledged with {len(ack.users)} user(s)")]
    return [line] if line is not None else []


def _line(effect: fx.SessionEffect) -> Line | None:
    if isinstance(effect, fx.Came):
        name = printable(effect.participant.user_id)
        said = f"A user is called {name} now" if effect.renamed else f"User joined: {name}"
        return Line(logging.INFO, said)
    if isinstance(effect, fx.Went):
        return Line(logging.INFO, f"User left: {printable(effect.participant.user_id)}")
    if isinstance(effect, fx.Synced):
        told = "received" if effect.full else "caught up with"
        return Line(logging.INFO, f"Synchronised: {told} {effect.records} record(s)")
    if isinstance(effect, fx.Diverged):
        return Line(logging.WARNING, f"✗ {printable(effect.message)}")
    if isinstance(effect, fx.Trouble):
        return Line(logging.WARNING if effect.serious else logging.DEBUG, f"✗ {printable(effect.message)}")
    if isinstance(effect, fx.Transmit):
        if isinstance(effect.message, Ping):
            return Line(logging.DEBUG, "→ Sending heartbeat ping")
        return Line(logging.DEBUG, f"→ Sending {type(effect.message).__name__}")
    if isinstance(effect, fx.HeartbeatAnswered):
        return Line(logging.DEBUG, f"← Received heartbeat pong ({effect.latency_ms:.1f} ms)")
    if isinstance(effect, fx.ShowChange):
        return Line(logging.DEBUG, f"← Received {len(effect.ops)} operation(s)")
    if isinstance(effect, fx.SyncProgress):
        return Line(logging.DEBUG, f"← Received {effect.received} of {effect.total} record(s)")
    return None


def _lost(effect: fx.Lost, op: Op, record: Record | None) -> Line:
    """One lost operation with its values: whoever needs them finds them in the log (REP-8)."""
    what = title(op.id, Record(op.id, op.kind, op.props) if isinstance(op, Put) else record)
    if isinstance(op, Remove):
        deed = "removal"
    else:
        unset = [] if isinstance(op, Put) else op.unset
        told = [values(op.props)] if op.props else []
        told += [f"without {printable(name)}" for name in unset]
        deed = f"change ({', '.join(told)})" if told else "change"
    whose = f"{printable(effect.by)}'s" if effect.by else "Your"
    start = f"{whose} {deed} of {what}"
    match effect.result:
        case LossKind.OVERRIDDEN:
            return Line(logging.INFO, f"{start} is replaced by yours")
        case LossKind.REFUSED:
            return Line(logging.WARNING, f"✗ {start} was refused by the server: {printable(effect.message)}")
        case LossKind.SUPERSEDED:
            return Line(logging.WARNING, f"✗ {start} was accepted, and then undone by somebody else")
        case LossKind.UNSENT:
            return Line(logging.WARNING, f"✗ {start} did not reach the server")
        case LossKind.REBASE | LossKind.DISCARD:
            return Line(logging.WARNING, f"✗ {start} had no effect: somebody removed the record before")
    raise Unmatched(effect.result)
