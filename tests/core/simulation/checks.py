"""The invariants of a client after every step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from optiverse_collab.core.client.connector import Effect
from optiverse_collab.core.client.effects import Conflict, ConflictKind, Synced, Transmit
from optiverse_collab.core.protocol.messages import Push
from optiverse_collab.core.records import Op
from tests.core.simulation import sweeps
from tests.core.simulation.ledger import Report
from tests.core.simulation.truth import Broken, Doc, as_data, play

if TYPE_CHECKING:
    from tests.core.simulation.client import Client
    from tests.core.simulation.disk import File
    from tests.core.simulation.program import Program

PAGES = '{"type":"sync'
OTHER_HISTORY = '{"type":"sync:diverged"'
ABOUT_THE_DOCUMENT = ('{"type":"patch"', PAGES)


def screen(client: Client) -> None:
    """The screen shows the view, and unsettled edits are pending."""
    replica, ledger = client.replica, client.ledger
    if client.screen != replica.view:
        raise Broken(f"REP-4: the screen shows {client.screen}, the view is {replica.view}")
    pending = [(ledger.ids[-1], change.client_clock) for change in replica.pending]
    if pending != list(ledger.open):
        raise Broken(f"REP-7: {list(ledger.open)} should be pending, and {pending} is")


def view(client: Program) -> None:
    """The view is the durable document at the replica's clock, and the pending changes on top (REP-1)."""
    replica = client.replica
    if client.truth is None:
        doc: Doc = {}
    else:
        truth = client.truth
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
    kept = {} if client.truth is None else client.truth.versions[replica.clock]
    if kept != replica.meta:
        raise Broken(f"DOC-8: the versions are {replica.meta} and should be {kept}")


def held(client: Program, file: File) -> None:
    """Held edits are held again after a restart (DISK-2)."""
    found = {id: as_data(change) for id, change in client.replica.held.items()}
    if found != file.now.held:
        raise Broken(f"DISK-2: {found} is held, and {file.now.held} was written")


def received(
    client: Client,
    effects: Sequence[Effect],
    clock: int,
    epoch: str | None,
    pending: Sequence[tuple[int, list[Op]]],
    in_pages: bool,
    was_tainted: bool,
) -> None:
    """Check a client that processed a message about the document.

    Args:
        client: after it.
        effects: its effects.
        clock: its clock before.
        epoch: its epoch before.
        pending: number and operations of its pending changes before.
        in_pages: the message was a page, not a patch.
        was_tainted: the replica was already damaged.
    """
    replica, ledger = client.replica, client.ledger
    if clock and replica.epoch != epoch:
        raise Broken(f"CLK-3: a replica of {epoch} is one of {replica.epoch} now")
    for effect in effects:
        if isinstance(effect, Transmit) and isinstance(effect.message, Push):
            raise Broken("REP-5: taking in a message sent a push")
    synced = any(isinstance(effect, Synced) for effect in effects)
    if synced and replica.epoch is not None:
        client.truth = client.truths[replica.epoch]
    passed = client.truth.log[clock : replica.clock] if client.truth is not None else []
    answer = None if client.connection is None else client.connection.answer
    forgotten = answer.forgotten if answer is not None and synced else {}
    expected = ledger.expected(passed, forgotten)
    _settle_refused(client, pending)
    if synced:
        ledger.all_yield()
    if not client.tainted:
        _told(client, effects, expected)
        if not was_tainted:
            _replacements(client, effects, clock, in_pages)
    screen(client)
    if client.tainted or client.truth is None:
        return
    view(client)
    if replica.head != client.truth.heads[replica.clock].hex():
        raise Broken(f"CLK-2: at {replica.clock} the head is {replica.head}")


def _settle_refused(client: Client, before: Sequence[tuple[int, list[Op]]]) -> None:
    """A change reported as refused is no longer pending (PUSH-6)."""
    ledger = client.ledger
    pending = {one.client_clock for one in client.replica.pending}
    for number, ops in before:
        if number not in pending and list(as_data(ops)) in ledger.refused:
            if (ledger.ids[-1], number) in client.denied:
                raise Broken(f"RIGHT-3: change {number} needs a right, and was given up")
            ledger.settle((ledger.ids[-1], number))
    ledger.refused.clear()


def _told(client: Client, effects: Sequence[Effect], expected: Counter[Report]) -> None:
    """Both people of a conflict get one report, when they receive the change (SEEN-10)."""
    told = Counter(
        (effect.kind, effect.mine.id, frozenset(effect.names))
        for effect in effects
        if isinstance(effect, Conflict)
    )
    if expected - told or (told - expected) - client.ledger.clones:
        raise Broken(f"SEEN-10: {dict(told)} was reported, and should have been {dict(expected)}")
    for kind, id, _ in told:
        if kind in (ConflictKind.HELD, ConflictKind.GONE) and id not in client.replica.held:
            raise Broken(f"SEEN-9: {id} is held and not listed")


def _replacements(client: Client, effects: Sequence[Effect], clock: int, in_pages: bool) -> None:
    """Everybody gets a report of a replaced bench (PUSH-9, SYNC-14)."""
    if client.truth is None:
        return
    told, expected = (
        sweeps.told(effects),
        sweeps.expected(client.truth, clock, client.replica.clock, in_pages),
    )
    if told != expected:
        raise Broken(f"PUSH-9: {told} was reported, and it should be {expected}")
    client.counts["told: bench replaced"] += len(expected)
