"""The truth: an independent, plain model of the meaning of a session's entries.

It shares no code with the core but the `Record` that it keeps records in. It plays the operations as the
users made them, not as they were squashed, sent and stored, one document per clock.
"""

from __future__ import annotations

import copy
import hashlib
from collections.abc import Set as AbstractSet
from typing import Any, NamedTuple

import msgspec

from optiverse_collab.core.records import Op, Record, apply
from optiverse_collab.core.server.journal import Entry, Kept
from tests.core.simulation import versions
from tests.core.simulation.scenario import OpData
from tests.core.simulation.verdict import Doc, Judge, Stamp, Stamps, Verdict, play

__all__ = ["Accepted", "Broken", "Change", "Doc", "Truth", "as_data", "play", "strict"]


class Broken(AssertionError):
    """An invariant doesn't hold."""


class Change:
    """A user's change.

    Attributes:
        keys: the client ids and numbers under which it may have been sent.
        made: the user's operations.
        sent: the sent operations.
        seen: the clock of what its user had on the screen.
        yields: whether it would keep unseen values, if it is sent now.
        step: the step that it belongs to.
        sent_as: the values of `yields` with which it was sent.
    """

    def __init__(self, key: tuple[str, int], seen: int, yields: bool, step: str) -> None:
        self.keys = [key]
        self.made: list[OpData] = []
        self.sent: list[OpData] = []
        self.seen, self.yields, self.step = seen, yields, step
        self.sent_as: set[bool] = set()

    def copy(self) -> Change:
        """The same as of now."""
        copy = Change(self.keys[0], self.seen, self.yields, self.step)
        copy.keys = list(self.keys)
        copy.made, copy.sent, copy.sent_as = list(self.made), list(self.sent), set(self.sent_as)
        return copy

    def __repr__(self) -> str:
        return f"<{self.made}, seen {self.seen}{', yields' if self.yields else ''}>"


class Accepted(NamedTuple):
    """The outcome of a change on the server; `author` is the number of its author's name."""

    clock: int
    author: int
    client_id: str
    change_clock: int
    own: AbstractSet[str]
    change: Change
    verdict: Verdict


def strict(thing: Doc | Record | None) -> bytes:
    """`thing` as bytes that tell 1, 1.0 and true apart, which ``==`` doesn't."""
    return msgspec.json.encode(thing, order="sorted")


def as_data(thing: Any) -> Any:
    """A struct as the wire spells it."""
    return msgspec.to_builtins(thing)


class Truth:
    """One history of a session.

    Args:
        records: its initial records.

    Attributes:
        docs: the document at each clock, of what was given to storage.
        log: what was accepted; the change of clock ``n`` is ``log[n - 1]``.
        accepted: (client_id, client_clock) → what became of that change.
        durable: up to this clock storage has it.
        heads: the head at each clock, and `lost`, those that a backup lacked.
        start: the clock of the initial records.
        times: the time of each change, by clock.
        versions: the records of the versions at each clock.
    """

    def __init__(self, records: Doc, head: bytes) -> None:
        self.docs: list[Doc] = [{}]
        self.log: list[Accepted | None] = []
        self.heads = [head]
        self.lost: frozenset[bytes] = frozenset()
        if records:  # they came with one change that nobody here made
            self.docs.append(records)
            self.log.append(None)
            self.heads.append(head)
        self.accepted: dict[tuple[str, int], Accepted] = {}
        self.durable = self.start = len(self.log)
        self.times = [0] * len(self.docs)
        self.versions: list[versions.Kept] = [{}] * len(self.docs)
        self._due: versions.Due | None = None
        self._states: list[tuple[Stamps, dict[str, Stamp]]] = [({}, {})] * len(self.log)
        self._states.append(({id: {"": (len(self.log), "")} for id in records}, {}))
        self._last: dict[str, int] = {}

    def append(
        self,
        entry: Entry,
        kept: Kept,
        client_id: str,
        own: AbstractSet[str],
        change: Change,
        forgotten: int = 0,
    ) -> None:
        """Add an entry that goes to storage; `change` is what its author did and sent.

        Args:
            forgotten: its replica learned that its accepted changes up to this clock are forgotten (SYNC-10).

        Raises:
            Broken: the entry is not what this change does to the document before it.
        """
        key = (client_id, entry.client_clock)
        if key in self.accepted and self.accepted[key].clock > forgotten:
            raise Broken(f"PUSH-7: change {key} was applied twice")
        last = self._last.get(client_id, 0)
        if entry.client_clock <= last and self.accepted[client_id, last].clock > forgotten:
            raise Broken(f"PUSH-1: change {key} came after a later one")
        self._check_place(entry, kept)
        if (entry.seen, entry.step) != (change.seen, change.step) or entry.yields not in change.sent_as:
            raise Broken(f"SEEN-1: {entry} should be {change}")
        self._check_due()
        self._check_restore(entry)
        before = self.docs[-1]
        self._check_squashing(before, change)
        stamps, removed = self._states[-1]
        judge = Judge(before, stamps, removed, entry.seen, entry.yields, {client_id, *own})
        verdict = judge.verdict(change.sent, (entry.clock, client_id))
        _check_operations(entry, verdict)
        self._states.append(_after(stamps, removed, verdict, change.sent, (entry.clock, client_id)))
        touched = {op["id"] for op in change.sent}
        untouched = {id: record for id, record in before.items() if id not in touched}
        self.docs.append({**untouched, **verdict.doc})
        accepted = Accepted(entry.clock, entry.author, client_id, entry.client_clock, own, change, verdict)
        self.log.append(accepted)
        self.heads.append(kept.head)
        self.times.append(entry.time_ms)
        self.versions.append(self.versions[-1])
        self.accepted[key] = accepted
        self._last[client_id] = entry.client_clock
        self._due = versions.due(self)

    def append_version(self, entry: Entry, kept: Kept, by: str) -> versions.Due:
        """Add an entry of the server's own; returns the version that it keeps (HIST-13, HIST-14).

        Args:
            by: who made the change before it.

        Raises:
            Broken: the server had no reason to make it, or it keeps and removes other versions.
        """
        self._check_place(entry, kept)
        made, self._due = self._due, None
        if made is None:
            raise Broken(f"HIST-13: {entry} was made without a reason")
        now = dict(self.versions[-1])
        for op in msgspec.json.decode(entry.ops, type=list[Op]):
            apply(now, op)
        expected = versions.after(self.versions[-1], made, by, entry.time_ms)
        if now != expected:
            raise Broken(f"HIST-14: {now} is kept, and it should be {expected}")
        self.docs.append(self.docs[-1])
        self.log.append(None)
        self.heads.append(kept.head)
        self.times.append(entry.time_ms)
        self.versions.append(now)
        self._states.append(self._states[-1])
        return made

    def check_whole(self, records: Doc) -> None:
        """After a write, each reason has led to a version (HIST-13), and the room has `records` (DUR-4)."""
        self._check_due()
        if records != {**self.docs[-1], **self.versions[-1]}:
            raise Broken(f"DUR-4: the journal says {self.docs[-1]}, {self.versions[-1]}, the room {records}")

    def _check_due(self) -> None:
        if self._due is not None:
            raise Broken(f"HIST-13: there is no version {self._due}")

    def _check_place(self, entry: Entry, kept: Kept) -> None:
        if entry.clock != len(self.docs):
            raise Broken(f"CLK-1: clock {entry.clock} follows {len(self.docs) - 1}")
        digest = hashlib.blake2b(kept.data, digest_size=16).digest()
        if kept.head != hashlib.blake2b(self.heads[-1] + digest, digest_size=16).digest():
            raise Broken(f"CLK-5: {kept.head!r} does not follow from {self.heads[-1]!r}")

    def _check_restore(self, entry: Entry) -> None:
        """Nobody brings a bench back over another's doing so that they had not seen (HIST-9)."""
        if not entry.step.startswith("restore:"):
            return
        for one in self.log[entry.seen :]:
            if one is not None and one.change.step.startswith("restore:") and one.author != entry.author:
                raise Broken(f"HIST-9: {entry} was accepted after {one}")

    def fork(self, clock: int) -> Truth:
        """The history after restoring a backup of this clock, as if nothing had followed."""
        fork = copy.copy(self)
        for name in ("docs", "heads", "log", "times", "versions", "_states"):
            setattr(fork, name, list(getattr(self, name)))
        fork.accepted = dict(self.accepted)
        fork.durable = clock
        fork.forget_undurable()
        fork.lost = self.lost | {*self.heads[clock + 1 :]}
        return fork

    def forget_undurable(self) -> None:
        """The server crashed: changes that storage doesn't have never happened."""
        for listed in (self.docs, self.heads, self.times, self.versions, self._states):
            del listed[self.durable + 1 :]
        self._due = None
        del self.log[self.durable :]
        self.accepted = {key: it for key, it in self.accepted.items() if it.clock <= self.durable}
        self._last = {}
        for client_id, client_clock in self.accepted:
            self._last[client_id] = max(client_clock, self._last.get(client_id, 0))

    def _check_squashing(self, before: Doc, change: Change) -> None:
        made, sent = dict(before), dict(before)
        for op in change.made:
            play(made, op)
        for op in change.sent:
            play(sent, op)
        if made != sent:
            raise Broken(f"PUSH-2: {change.sent} is not what was done: {change.made}")


def _check_operations(entry: Entry, verdict: Verdict) -> None:
    ops = msgspec.json.decode(entry.ops)
    dropped = [] if entry.dropped is msgspec.UNSET else msgspec.json.decode(entry.dropped)
    if ops != verdict.happened:
        raise Broken(f"SEEN-4: {ops} took effect and should have been {verdict.happened}")
    if dropped != verdict.dropped:
        raise Broken(f"SEEN-4: {dropped} was dropped and should have been {verdict.dropped}")
    for rule, found, expected in (
        ("DOC-5", entry.lost, verdict.lost),
        ("SEEN-4", entry.held, verdict.held),
        ("SEEN-3", entry.replaced, verdict.replaced),
    ):
        if {(part.id, frozenset(part.names)) for part in found} != {part[:2] for part in expected}:
            raise Broken(f"{rule}: the entry names {found}, and {expected} is what there was")


def _after(
    stamps: Stamps, removed: dict[str, Stamp], verdict: Verdict, ops: list[OpData], stamp: Stamp
) -> tuple[Stamps, dict[str, Stamp]]:
    """The stamps after a change."""
    ids = {op["id"] for op in ops}
    new = {id: own for id, own in stamps.items() if id not in ids}
    new.update({id: own for id, own in verdict.stamps.items() if id in verdict.doc})
    gone = {op["id"] for op in verdict.happened if op["op"] == "remove"} - verdict.doc.keys()
    still = {id: one for id, one in removed.items() if id not in verdict.doc}
    return new, {**still, **dict.fromkeys(gone, stamp)}
