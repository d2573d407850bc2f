"""What must hold of a client after every step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from optiverse_collab.core.client.connector import Effect
from optiverse_collab.core.client.effects import Synced, Transmit
from optiverse_collab.core.protocol.messages import Push
from tests.core.simulation.truth import Broken, Change, Doc, Truth, play

if TYPE_CHECKING:
    from tests.core.simulation.client import Client

PAGES = '{"type":"sync'
ABOUT_THE_DOCUMENT = ('{"type":"patch"', PAGES)


def screen(client: Client) -> None:
    """The screen shows the view, and what was done and is not settled is pending."""
    replica = client.replica
    if client.screen != replica.view:
        raise Broken(f"REP-4: the screen shows {client.screen}, the view is {replica.view}")
    open_changes = client.ledger.open
    if len(open_changes) != len(replica.pending) or any(
        change.client_clock not in open_changes for change in replica.pending
    ):
        raise Broken(f"REP-7: {list(open_changes)} should be pending, and {replica.pending} is")


def view(client: Client) -> None:
    """The view is the durable document at the replica's clock, and the pending changes on top (REP-1)."""
    replica = client.replica
    if replica.epoch is None:
        doc: Doc = {}
    else:
        truth = client.truths[replica.epoch]
        if replica.clock > truth.durable:
            raise Broken(f"DUR-1: shown up to {replica.clock}, durable up to {truth.durable}")
        doc = truth.docs[replica.clock]
    if client.ledger.open:
        doc = dict(doc)
        for change in client.ledger.open.values():
            for op in change.made:
                play(doc, op)
    if doc != replica.view:
        raise Broken(f"REP-1: the view is {replica.view} and should be {doc}")


def received(
    client: Client, effects: Sequence[Effect], clock: int, epoch: str | None, pending: list[int]
) -> None:
    """Check a client that took in a message.

    Args:
        client: after that.
        effects: what it said.
        clock: its clock before.
        epoch: its epoch before.
        pending: its pending changes before.
    """
    replica = client.replica
    if clock and replica.epoch != epoch:
        raise Broken(f"CLK-3: a replica of {epoch} is one of {replica.epoch} now")
    for effect in effects:
        if isinstance(effect, Transmit) and isinstance(effect.message, Push):
            raise Broken("REP-5: taking in a message sent a push")
    synced = any(isinstance(effect, Synced) for effect in effects)
    left = {change.client_clock for change in replica.pending}
    settled = [client_clock for client_clock in pending if client_clock not in left]
    if settled:
        changes = [client.ledger.settle(client_clock) for client_clock in settled]
        if synced:
            assert replica.epoch is not None
            client.ledger.check_superseded(changes, client.truths[replica.epoch].docs[replica.clock])
        else:
            for client_clock, change in zip(settled, changes, strict=True):
                _acknowledged(client, client_clock, change)
    screen(client)
    if client.tainted:
        return
    view(client)
    if left and replica.epoch is not None:
        truth = client.truths[replica.epoch]
        if synced:
            _nothing_pending_was_accepted(client, truth)
        else:
            _overridden(client, truth, clock)


def _acknowledged(client: Client, client_clock: int, change: Change) -> None:
    """An acknowledged change is durable, and its author knows what of it was lost (PUSH-4, DUR-1)."""
    ledger = client.ledger
    if all(map(ledger.was_told_of, change.sent)):  # refused, or all of it lost
        return
    assert client.replica.epoch is not None
    truth = client.truths[client.replica.epoch]
    accepted = truth.accepted.get((ledger.client_id, client_clock))
    if accepted is None:
        raise Broken(f"REP-8: {change} is nowhere, and nobody was told")
    if accepted.clock > truth.durable:
        raise Broken(f"DUR-1: {change} was acknowledged and is not durable")
    if not all(map(ledger.was_told_of, accepted.lost)):
        raise Broken(f"PUSH-4: {accepted.lost} was lost, and nobody was told")


def _nothing_pending_was_accepted(client: Client, truth: Truth) -> None:
    """What is in the pages is not pending any more (SYNC-6)."""
    for client_clock in client.ledger.open:
        accepted = truth.accepted.get((client.ledger.client_id, client_clock))
        if accepted is not None and accepted.clock <= client.replica.clock:
            raise Broken(f"SYNC-6: change {client_clock} is in the pages, and still pending")


def _overridden(client: Client, truth: Truth, clock: int) -> None:
    """Others' values that stand and don't show, for a pending one of mine, were told of (REP-3, REP-8)."""
    replica, ledger = client.replica, client.ledger
    doc = truth.docs[replica.clock]
    for accepted in truth.log[clock : replica.clock]:
        if accepted.client_id == ledger.client_id:
            continue
        for op in accepted.ops:
            record, seen = doc.get(op["id"]), replica.view.get(op["id"])
            if record is None or seen is None:
                continue
            for name, value in op.get("props", {}).items():
                if name not in record.props or record.props[name] != value:
                    continue  # somebody changed it again
                shows = name in seen.props and seen.props[name] == value
                if not shows and not ledger.was_told_of_value(op["id"], name, value):
                    raise Broken(f"REP-8: {name}={value!r} of {op} is hidden, and nobody was told")
