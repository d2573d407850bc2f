"""The log's lines about a session: the same in the editor and in scripts.

Pure: effects in, levels and texts out. The arrows and ticks are those that Optiverse's users know from its
own collaboration log. Those about the connection are in `connection`, those that count messages in `traffic`.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from optiverse_collab.core.client import effects as fx
from optiverse_collab.core.client.access_effects import WaitsOutside
from optiverse_collab.core.client.carrying import BroughtBack
from optiverse_collab.core.client.disk_effects import EditsProtected, EditsUnprotected
from optiverse_collab.core.client.effects import ConflictKind, LossKind
from optiverse_collab.core.client.past_effects import WentBack
from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.exhaustive import Unmatched
from optiverse_collab.core.protocol.messages import ClientMessage, Have, Ping, PresenceUpdate, Push
from optiverse_collab.core.records import Op, Put, Record, Remove
from optiverse_collab.core.text import printable
from optiverse_collab.wording.conflicts import sentence
from optiverse_collab.wording.disk import PROTECTED, unprotected, waiting
from optiverse_collab.wording.edits import short_values, title
from optiverse_collab.wording.numbers import START, counted, local_time
from optiverse_collab.wording.people import names
from optiverse_collab.wording.presence import name_of
from optiverse_collab.wording.standing import ALONE, NOT_SAVING, SAVING, WHY_ALONE, WHY_NOT, WITH_STANDBY


class Line(NamedTuple):
    """One line of the log.

    Attributes:
        level: of `logging`.
        text: without a line break.
    """

    level: int
    text: str


# From the session's core


def unsent(replica: Replica, is_on_disk: bool) -> list[Line]:
    """Unconfirmed edits at the end of a session: their number if they are on disk, or else their values."""
    if is_on_disk:
        sent = sum(change.sent for change in replica.pending)
        return [Line(logging.INFO, waiting(len(replica.pending), sent))] if replica.pending else []
    kinds = {False: LossKind.UNSENT, True: LossKind.UNCONFIRMED}
    lost = (fx.Lost(tuple(change.operations), kinds[change.sent]) for change in replica.pending)
    return [line for effect in lost for line in lines(effect, replica.view)]


def changes(count: int) -> str:
    """``1 change``, ``2 changes``."""
    return counted(count, "change")


def brought_back(effect: BroughtBack) -> str:
    """The sentence after the server was restored from a backup, and clients had what that lacked."""
    windows = "window" if len(effect.by) == 1 else "windows"
    lost = f"{changes(effect.changes)} that the server had lost"
    return f"{lost} came back from the {windows} of {names(effect.by)}."


def went_back(effect: WentBack) -> str:
    """The sentence after a server that lacks changes got them back as edits of this window or script."""
    kept = f" Moments that were kept since are gone: {names(effect.versions)}." if effect.versions else ""
    lost = f"the last {changes(effect.missing)}, made after {local_time(effect.restored)}"
    if effect.restored == START:
        lost = f"all of this session, {changes(effect.missing)}"
    return (
        f"The server lacks {lost}. "
        f"They come back from here, as one step with {counted(effect.records, 'item')}; later edits stay."
        + kept
    )


def lines(effect: fx.SessionEffect, records: Mapping[str, Record]) -> list[Line]:
    """The lines for an effect of `SessionClient`; none for what is no news.

    `DropConnection` and `EpochChanged` end the connection: see `connection`.

    Args:
        records: the view, to call records by their names.
    """
    if isinstance(effect, fx.Lost):
        return [_lost(effect, op, records.get(op.id)) for op in effect.ops]
    if isinstance(effect, fx.Conflict):
        return [of_conflicts([effect])]
    if isinstance(effect, fx.Acknowledged):
        ack = effect.ack
        session, user = printable(ack.session_id), printable(ack.user_id)
        first = Line(logging.INFO, f"✓ Connected to session '{session}' as '{user}'")
        return [first, Line(logging.INFO, f"Connection acknowledged with {len(ack.users)} user(s)")]
    if isinstance(effect, (fx.Synced, fx.NoticesOmitted, fx.ReplicaForgotten)):
        return [_synchronised(effect)]
    if isinstance(effect, EditsUnprotected):
        return [Line(logging.WARNING, f"✗ {printable(unprotected(effect.cause))}")]
    if isinstance(effect, EditsProtected):
        return [Line(logging.INFO, f"✓ {PROTECTED}")]
    if isinstance(effect, BroughtBack):
        return [Line(logging.INFO, f"✓ {brought_back(effect)}")]
    if isinstance(effect, WentBack):
        return [Line(logging.WARNING, f"✓ {went_back(effect)}")]
    if isinstance(effect, fx.SavingChanged):
        late, on_time = Line(logging.WARNING, f"✗ {NOT_SAVING}. {WHY_NOT}"), Line(logging.INFO, f"✓ {SAVING}")
        return [late if effect.is_late else on_time]
    if isinstance(effect, fx.StandbyMissed):
        alone = Line(logging.WARNING, f"✗ {ALONE}. {WHY_ALONE}")
        return [alone if effect.is_missed else Line(logging.INFO, f"✓ {WITH_STANDBY}")]
    line = _line(effect)
    return [line] if line is not None else []


def _line(effect: fx.SessionEffect) -> Line | None:
    if isinstance(effect, fx.ParticipantJoined):
        return Line(logging.INFO, f"User joined: {printable(name_of(effect.participant))}")
    if isinstance(effect, fx.ParticipantRenamed):
        return Line(logging.INFO, f"A user is now called {printable(name_of(effect.participant))}")
    if isinstance(effect, fx.ParticipantAway):
        how = "away: the server receives nothing from them" if effect.participant.away else "back"
        return Line(logging.INFO, f"User {printable(name_of(effect.participant))} is {how}")
    if isinstance(effect, fx.ParticipantLeft):
        return Line(logging.INFO, f"User left: {printable(name_of(effect.participant))}")
    if isinstance(effect, WaitsOutside):
        return Line(logging.INFO, "An owner of the session has to let you in; waiting")
    if isinstance(effect, fx.Diverged):
        return Line(logging.WARNING, f"✗ {printable(effect.message)}")
    if isinstance(effect, fx.ProtocolFault):
        return Line(logging.WARNING if effect.serious else logging.DEBUG, f"✗ {printable(effect.message)}")
    if isinstance(effect, fx.Transmit):
        return _transmit(effect.message)
    if isinstance(effect, fx.SyncProgress):
        return Line(logging.DEBUG, f"← Received {effect.received} of {effect.total} record(s)")
    return None


_COUNTED = (Have, Ping, PresenceUpdate, Push)
"""Messages that come many times a minute: see `traffic`."""


def _transmit(message: ClientMessage) -> Line | None:
    if isinstance(message, _COUNTED):
        return None
    return Line(logging.DEBUG, f"→ Sending {type(message).__name__}")


def _synchronised(effect: fx.Synced | fx.NoticesOmitted | fx.ReplicaForgotten) -> Line:
    """The arrived records, or what the server no longer knows about this user's edits."""
    if isinstance(effect, fx.Synced):
        told = "received" if effect.full else "caught up with"
        return Line(logging.INFO, f"Synchronised: {told} {effect.records} record(s)")
    if isinstance(effect, fx.NoticesOmitted):
        listed = "Only the newest of your edits that others replaced are listed"
        return Line(logging.WARNING, f"✗ {listed}; there may be {effect.count} or more others.")
    known = "The server no longer knows which of your edits it has"
    again = "those that it did not confirm are sent again, and leave alone what others changed meanwhile"
    return Line(logging.WARNING, f"✗ {known}; {again}.")


def of_conflicts(event: Sequence[fx.Conflict]) -> Line:
    """A conflict; marked if part of the other's edit stands."""
    mark = "" if all(one.kind is ConflictKind.REPLACED_THEIRS for one in event) else "✗ "
    return Line(logging.WARNING, mark + " ".join(f"{sentence(one, in_full=True)}." for one in event))


def _lost(effect: fx.Lost, op: Op, record: Record | None) -> Line:
    """One lost operation with its values, to keep them in the log (REP-8)."""
    what = title(op.id, Record(op.id, op.kind, op.props) if isinstance(op, Put) else record)
    told = "" if isinstance(op, Remove) else short_values(op)
    deed = "removal" if isinstance(op, Remove) else f"change ({told})" if told else "change"
    match effect.kind:
        case LossKind.REFUSED:
            why = printable(effect.message) or "the reason did not arrive here."
            return Line(logging.WARNING, f"✗ Your {deed} of {what} was refused by the server: {why}")
        case LossKind.UNSENT:
            return Line(logging.WARNING, f"✗ Your {deed} of {what} did not reach the server")
        case LossKind.UNCONFIRMED:
            what_is_open = f"The server has not confirmed your {deed} of {what}"
            return Line(logging.WARNING, f"{what_is_open}; it may have it already")
    raise Unmatched(effect.kind)


def not_shared(why: str) -> str:
    """An edit that the replica refused."""
    return f"✗ This edit was not shared: {why}"


def presence_not_sent(why: str) -> str:
    """Presence that was refused."""
    return f"✗ Presence was not sent: {why}"
