"""The lines of the log that users know, including every loss with its values (REP-8)."""

from __future__ import annotations

import logging

import pytest

from optiverse_collab.core.client import effects as fx
from optiverse_collab.core.client.carrying import BroughtBack
from optiverse_collab.core.client.connection_effects import DropConnection
from optiverse_collab.core.client.disk_effects import EditsProtected, EditsUnprotected
from optiverse_collab.core.client.effects import ConflictKind, LossKind
from optiverse_collab.core.client.past_effects import WentBack
from optiverse_collab.core.limits import Limits
from optiverse_collab.core.protocol.messages import (
    ConnectionAck,
    Have,
    Ping,
    PresenceUpdate,
    Push,
    SyncRequest,
)
from optiverse_collab.core.protocol.participants import Participant
from optiverse_collab.core.protocol.timestamps import timestamp
from optiverse_collab.core.records import Op, Put, Record, Remove, Set
from optiverse_collab.wording import conflicts, log_lines
from tests.helpers.wire import Peer, Wire

ANN = Participant("Ann", "c1", "2025-03-01T12:34:56.789Z")
EVIL = Participant("x\n[12:34:56] ERROR | forged", "c2", "")
VIEW = {"lens": Record("lens", "component", {"name": "Lens 1"})}


def said(effect: fx.SessionEffect) -> list[tuple[int, str]]:
    """The lines for an effect, on a bench with one lens."""
    return [(line.level, line.text) for line in log_lines.lines(effect, VIEW)]


def test_the_lines_that_users_know() -> None:
    ack = ConnectionAck("default", "DESKTOP-X", "c1", [ANN], "server", 2, Limits(), "")
    assert said(fx.Acknowledged(ack)) == [
        (logging.INFO, "✓ Connected to session 'default' as 'DESKTOP-X'"),
        (logging.INFO, "Connection acknowledged with 1 user(s)"),
    ]


@pytest.mark.parametrize(
    ("effect", "level", "text"),
    [
        (fx.ParticipantJoined(ANN), logging.INFO, "User joined: Ann"),
        (fx.ParticipantRenamed(ANN), logging.INFO, "A user is now called Ann"),
        (fx.ParticipantLeft(ANN), logging.INFO, "User left: Ann"),
        (fx.ParticipantAway(ANN), logging.INFO, "User Ann is back"),
        (
            fx.SavingChanged(True),
            logging.WARNING,
            "✗ The server is not saving at the moment. Its storage does not answer. Your edits stay here "
            "until they are saved.",
        ),
        (fx.SavingChanged(False), logging.INFO, "✓ The server is saving again."),
        (
            fx.StandbyMissed(True),
            logging.WARNING,
            "✗ The server saves without its standby. The standby does not answer, so edits are on one disk "
            "only. Tell the person who looks after the server.",
        ),
        (
            fx.StandbyMissed(False),
            logging.INFO,
            "✓ The standby has everything again; edits are saved on both servers.",
        ),
        (
            fx.ParticipantAway(Participant("Ann", "c1", "", away=True)),
            logging.INFO,
            "User Ann is away: the server receives nothing from them",
        ),
        (fx.Synced(True, 27), logging.INFO, "Synchronised: received 27 record(s)"),
        (fx.Synced(False, 3), logging.INFO, "Synchronised: caught up with 3 record(s)"),
        (fx.SyncProgress(500, 10_000), logging.DEBUG, "← Received 500 of 10000 record(s)"),
        (fx.Transmit(SyncRequest("c")), logging.DEBUG, "→ Sending SyncRequest"),
        (fx.Diverged("It differs."), logging.WARNING, "✗ It differs."),
        (fx.ProtocolFault("Odd.", serious=True), logging.WARNING, "✗ Odd."),
        (fx.ProtocolFault("New.", serious=False), logging.DEBUG, "✗ New."),
    ],
)
def test_one_line(effect: fx.SessionEffect, level: int, text: str) -> None:
    assert said(effect) == [(level, text)]


def test_what_the_server_cannot_say_is_warned() -> None:
    """SYNC-9, SYNC-10."""
    omitted = (
        "✗ Only the newest of your edits that others replaced are listed; there may be 12 or more others."
    )
    forgotten = (
        "✗ The server no longer knows which of your edits it has; those that it did not confirm are sent "
        "again, and leave alone what others changed meanwhile."
    )
    assert said(fx.NoticesOmitted(12)) == [(logging.WARNING, omitted)]
    assert said(fx.ReplicaForgotten()) == [(logging.WARNING, forgotten)]


@pytest.mark.parametrize(
    "effect",
    [
        fx.PresenceChanged(frozenset()),
        DropConnection(),
        fx.EpochChanged("e"),
        fx.HeartbeatAnswered(1.25),
        fx.ShowChange((Remove("lens"),)),
        fx.Transmit(Push([])),
        fx.Transmit(PresenceUpdate({})),
        fx.Transmit(Ping("Ann")),
        fx.Transmit(Have(3)),
    ],
)
def test_no_line(effect: fx.SessionEffect) -> None:
    assert said(effect) == []


@pytest.mark.parametrize(
    ("kind", "message", "text"),
    [
        (LossKind.REFUSED, "No room.", "was refused by the server: No room."),
        (LossKind.REFUSED, "", "was refused by the server: the reason did not arrive here."),
        (LossKind.UNSENT, "", "did not reach the server"),
    ],
)
def test_every_loss_is_told_with_its_values(kind: LossKind, message: str, text: str) -> None:
    """REP-8."""
    effect = fx.Lost((Set("lens", {"pos": [1.5, 2.0]}),), kind, message)
    assert said(effect) == [(logging.WARNING, f'✗ Your change (pos = [1.5,2.0]) of "Lens 1" {text}')]


@pytest.mark.parametrize("kind", ConflictKind)
def test_both_people_of_a_conflict_are_warned(kind: ConflictKind) -> None:
    """SEEN-10; a mark says that the user's own edit does not stand."""
    conflict = fx.Conflict(kind, "Ann", ("x",), Set("lens", {"x": 1}), Set("lens", {"x": 2}), VIEW["lens"])
    mark = "" if kind is ConflictKind.REPLACED_THEIRS else "✗ "
    assert said(conflict) == [(logging.WARNING, f"{mark}{conflicts.sentence(conflict, in_full=True)}.")]


def test_conflicts_of_one_event_are_one_warning() -> None:
    mine, theirs = Set("lens", {"x": 1}), Set("lens", {"x": 2})
    kinds = (ConflictKind.REPLACED_THEIRS, ConflictKind.REPLACED_MINE)
    event = [fx.Conflict(kind, "Ann", ("x",), mine, theirs, VIEW["lens"]) for kind in kinds]
    told = " ".join(f"{conflicts.sentence(one, in_full=True)}." for one in event)
    assert log_lines.of_conflicts(event) == (logging.WARNING, f"✗ {told}")


@pytest.mark.parametrize(
    ("op", "what"),
    [
        (Set("lens", {"a": 1}, ["b\n"]), 'change (a = 1, without b\\n) of "Lens 1"'),
        (Set("gone-1234567", {"a": 1}), "change (a = 1) of record gone-123"),
        (Set("lens"), 'change of "Lens 1"'),
        (Put("m", "component", {"name": "M"}), 'change (name = "M") of "M"'),
        (Remove("lens"), 'removal of "Lens 1"'),
    ],
)
def test_what_was_lost(op: Op, what: str) -> None:
    assert said(fx.Lost((op,), LossKind.UNSENT)) == [
        (logging.WARNING, f"✗ Your {what} did not reach the server")
    ]


def test_what_was_never_sent_is_told_from_what_may_be_there() -> None:
    """REP-8: no sentence claims to know what happened to an edit that was sent."""
    wire, peer = Wire(), Peer("Ann")
    wire.connect(peer)
    wire.settle()
    assert log_lines.unsent(peer.replica, is_on_disk=False) == []
    peer.replica.edit([Put("m", "component", {"name": "M"})])
    what = 'change (name = "M") of "M"'
    lost = (logging.WARNING, f"✗ Your {what} did not reach the server")
    assert log_lines.unsent(peer.replica, is_on_disk=False) == [lost]
    peer.replica.poll(wire.now_ms)
    sent = f"The server has not confirmed your {what}; it may have it already"
    assert log_lines.unsent(peer.replica, is_on_disk=False) == [(logging.WARNING, sent)]
    waits = "The server has not confirmed 1 edit yet; if need be, it will be sent when you join again."
    assert log_lines.unsent(peer.replica, is_on_disk=True) == [(logging.INFO, waits)]
    assert log_lines.unsent(Peer("Ben").replica, is_on_disk=True) == []


def test_edits_that_a_crash_would_take_back_are_told() -> None:
    """DISK-5."""
    assert said(EditsUnprotected("The disk is full; free some space on it.")) == [
        (
            logging.WARNING,
            "✗ Edits are not protected against a crash. The disk is full; free some space on it.",
        )
    ]
    assert said(EditsProtected()) == [(logging.INFO, "✓ Edits are protected against a crash again.")]


def test_several_losses_are_several_lines() -> None:
    assert len(said(fx.Lost((Remove("lens"), Remove("x")), LossKind.REFUSED, message="No."))) == 2


def test_nobody_forges_a_line() -> None:
    ack = ConnectionAck("a\nb", "c\rd", "c1", [EVIL], "server", 2, Limits(), "")
    edit = Set("lens\n", {"x\n": "y\u2028"})
    effects: list[fx.SessionEffect] = [
        fx.Acknowledged(ack),
        fx.ParticipantJoined(EVIL),
        fx.ParticipantLeft(EVIL),
        fx.ProtocolFault("a\nb", True),
        fx.Lost((edit,), LossKind.REFUSED, message="a\nb"),
        *(fx.Conflict(kind, EVIL.user_id, ("x\n",), edit, None, None) for kind in ConflictKind),
        *(fx.Conflict(kind, EVIL.user_id, (), edit, edit, None) for kind in ConflictKind),
    ]
    lines = [text for effect in effects for _, text in said(effect)]
    assert all(text.isprintable() for text in lines)


def test_changes_that_came_back() -> None:
    """BACK-10"""
    many, one = BroughtBack(500, ("Ana", "Ben")), BroughtBack(1, ("x\n[12:34:56]",))
    assert said(many) == [
        (logging.INFO, "✓ 500 changes that the server had lost came back from the windows of Ana, Ben.")
    ]
    [(_, text)] = said(one)
    assert text.startswith("✓ 1 change that the server had lost came back from the window of x")
    assert "\n" not in text


def test_changes_that_come_back_from_here() -> None:
    """BACK-11"""
    [(level, text)] = said(WentBack("2026-05-03T09:05:30.000Z", 112, 14))
    assert level == logging.WARNING
    assert text.startswith("✓ The server lacks the last 112 changes, made after ")
    assert text.endswith("They come back from here, as one step with 14 items; later edits stay.")
    [(_, text)] = said(WentBack(timestamp(0), 112, 14))
    assert text.startswith("✓ The server lacks all of this session, 112 changes. They come back from here")
    [(_, text)] = said(WentBack("2026-05-03T09:05:30.000Z", 112, 14, ("new lens", "x\n")))
    assert "later edits stay. Moments that were kept since are gone: new lens, x" in text
    assert "\n" not in text
