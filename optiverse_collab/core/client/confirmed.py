"""The confirmed document, and the outcomes of pending changes (SYNC, SEEN)."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import NamedTuple, TypeGuard

from optiverse_collab.core.client import conflicts, sweeps
from optiverse_collab.core.client.arriving import Answers, Arriving
from optiverse_collab.core.client.effects import Conflict, EpochChanged, LossKind, Lost
from optiverse_collab.core.client.known_heads import KnownHeads
from optiverse_collab.core.client.past_effects import BenchReplaced
from optiverse_collab.core.client.pending import Pending
from optiverse_collab.core.client.rights import is_denial
from optiverse_collab.core.client.saved import Saved
from optiverse_collab.core.document import Document
from optiverse_collab.core.protocol.changes import RECENT, Change, Returned
from optiverse_collab.core.protocol.messages import Delta, FullState, OtherHistory, Patch, Pong
from optiverse_collab.core.protocol.outcomes import Ack, AckResult
from optiverse_collab.core.protocol.positions import OldHead, SignedHead, Turn
from optiverse_collab.core.records import Ids, Lane, Op, Record, Remove, apply

LANES = (Lane.BENCH, Lane.META)
"""The lanes that a replica knows (DOC-8)."""

Told = list[Conflict | Lost | BenchReplaced]


class SharedPast(NamedTuple):
    """The last position that a replica and the session's history have in common (BACK-11).

    Attributes:
        clock, head: the position.
        records: all records at that moment.
    """

    clock: int
    head: str
    records: list[Record]


class Confirmed:
    """The document at a position of the session's history.

    Args:
        pending: the changes that are not confirmed.
        origins: those of this replica, under its current and former ids.
        saved: the initial state, if it was on disk.

    Attributes:
        epoch, clock, head: the position; `epoch` is None until there is one.
        document: the records.
        pending, origins: as given.
        accepted: whether the server has accepted a change of this replica, and remembers it.
        heads: those that it remembers (BACK-13, BACK-14).
        signed: the newest position in this epoch that the server signed (BACK-2).
        term, turns: of the server that brought the document to its position, and which ones took over before;
            0 if it isn't known (CLK-9).
    """

    def __init__(self, pending: Pending, origins: Iterable[str], saved: Saved | None = None) -> None:
        self.epoch: str | None = saved.epoch if saved else None
        self.clock = saved.clock if saved else 0
        self.head = saved.head if saved else ""
        self.document = Document(saved.records if saved else ())
        self.pending = pending
        self.origins = frozenset(origins)
        self.accepted = saved is not None and saved.accepted
        self.signed = saved.signed if saved else None
        self.term, self.turns = (saved.term, saved.turns) if saved else (0, [])
        self.heads = KnownHeads(saved.heads if saved else ())
        self.heads.add(self.clock, self.head)
        self._removed: dict[str, Record] = {}  # by others, while a change of mine to it is pending

    def is_continued_by(self, message: FullState | Delta | OtherHistory) -> TypeGuard[FullState | Delta]:
        """Whether a page belongs to this history (CLK-3), or to one that continues it (CLK-8)."""
        if isinstance(message, OtherHistory):
            return False
        return not self.clock or self.epoch in (message.epoch, message.continues)

    def parting(self, message: FullState | Delta | OtherHistory) -> EpochChanged:
        """The report to its owner if the history is another one (CLK-3, CLK-8)."""
        parent = message.parent if isinstance(message, OtherHistory) else None
        if parent is None or parent.epoch != self.epoch or self.clock <= parent.clock:
            return EpochChanged(message.epoch)
        shared = parent.clock if parent.is_shared else None
        return EpochChanged(message.epoch, parent.time, self.clock - parent.clock, shared)

    @property
    def returned(self) -> Returned:
        """The step that brings all of it back (BACK-13)."""
        return Returned(tuple(one.start for one in self.heads.kept[: -RECENT - 1 : -1]))

    def go_back(self, to: SharedPast) -> bool:
        """Be what this was at an earlier position (BACK-11); returns False if it remembers another one."""
        if to.clock and self.heads.contradict(to.clock, to.head):
            return False
        self.clock, self.head, self.signed = to.clock, to.head, None
        self.accepted = self.accepted and to.clock > 0
        self.heads.add(to.clock, to.head)
        self.document = Document(to.records)
        return True

    @property
    def of_server(self) -> tuple[bool, SignedHead | None, int, list[Turn], list[OldHead]]:
        """The last fields of `Saved`: what is known of the server."""
        return self.accepted, self.signed, self.term, self.turns, [*self.heads.kept]

    def keep_signed(self, pong: Pong) -> None:
        """Keep the present position if the server signed it (BACK-2)."""
        if pong.signature and pong.clock == self.clock:
            self.signed = SignedHead(self.clock, self.head, pong.timestamp, pong.signature)

    def follows(self, patch: Patch) -> bool:
        """Whether a patch starts where this ends, and has no gaps (CLK-1)."""
        clocks = [change.clock for change in patch.changes]
        return clocks == list(range(self.clock + 1, self.clock + 1 + len(clocks)))

    def agrees(self, patch: Patch) -> bool:
        """Whether the hashes in a patch, if any, match this document (HASH-3)."""
        own = self.document.hashes() if patch.hash else {}
        return all(hash_ == own[lane] for lane, hash_ in patch.hash.items() if lane in LANES)

    def lacks_answer(self, patch: Patch) -> bool:
        """Whether a change is still pending that the server has already answered (PUSH-7)."""
        return any(
            ack.result is AckResult.DUPLICATE and self.pending.awaits(ack.client_clock) for ack in patch.acks
        )

    def take_patch(self, patch: Patch, ids: Ids, authors: dict[str, str]) -> Told:
        """Advance by the next patch; record which records changed, and which others changed them."""
        told: Told = []
        mine: Ids = {}
        acks = {ack.clock: ack for ack in patch.acks if ack.clock}
        self.accepted = self.accepted or bool(acks)
        for change in patch.changes:
            ack = acks.get(change.clock)
            told += sweeps.of_change(change, self.document.records, mine=ack is not None)
            told += self._of_others(change) if ack is None else self._settle(ack, mine)
            for op in change.ops:
                self.document.apply(op)
                ids[op.id] = None
                if ack is None:
                    authors[op.id] = change.user_id
            self.clock, self.head = change.clock, patch.head
        self.heads.add(self.clock, patch.head)
        told += self.take_refusals(patch.acks, mine)
        ids.update(mine)
        if self._removed:
            self._removed = {id: record for id, record in self._removed.items() if self.pending.on(id)}
        return told

    def take_refusals(self, acks: Iterable[Ack], ids: Ids) -> Told:
        """Drop the changes that the server refused, except for those that need a right (RIGHT-3)."""
        told: Told = []
        for ack in acks:
            is_lost = ack.result is AckResult.REFUSED and not is_denial(ack)
            change = self.pending.drop(ack.client_clock) if is_lost else None
            if change is not None:
                ids.update(dict.fromkeys(change.ops))
                told.append(Lost(tuple(change.operations), LossKind.REFUSED, message=ack.message))
        return told

    def take_pages(self, arriving: Arriving, last: FullState | Delta) -> tuple[Ids, Told]:
        """Make the pages the document; drop the pending changes that are in it (SYNC-5, SYNC-6).

        Returns:
            The ids of records that may have changed, and the outcomes of edits.
        """
        old, clock = dict(self.document.records), self.clock
        if last.epoch != self.epoch:
            self.signed = None
        self.epoch, self.clock, self.head = last.epoch, last.clock, last.head
        self.term, self.turns = last.term, last.turns
        self.heads.extend(last.heads)
        self.heads.add(last.clock, last.head)
        self.accepted = last.client_clock > 0 or any(last.settled.values())
        if isinstance(last, Delta):
            ids = arriving.apply_to(self.document)
        else:
            self.document = arriving.full_document()
            ids = dict.fromkeys([*self.document.records, *old, *self.pending.touched()])
        mine = dict(old)
        steps = {change.step for change in self.pending.changes}
        replaced = sweeps.of_pages(last.sweeps, old, self.document.records, steps)
        told = replaced + self._settle_answered(Answers(last), mine, clock, ids)
        told += [conflicts.of_notice(notice, mine, self.document.records) for notice in last.notices]
        gone = old.keys() - self.document.records.keys()
        self._removed.update({id: old[id] for id in self.pending.touched() if id in gone})
        self.pending.close_on(ids)
        if last.unasked:  # it is behind, but was connected
            return ids, told
        return ids, [replace(one, away=True) if isinstance(one, Conflict) else one for one in told]

    def _of_others(self, change: Change) -> Iterable[Conflict]:
        """Somebody changed records: find mine among them, and record what my pending changes will need."""
        records = self.document.records
        found = list(conflicts.of_others(change, self.origins, records))
        for op in change.ops:
            if isinstance(op, Remove) and self.pending.on(op.id) and op.id in records:
                self._removed[op.id] = records[op.id]
        self.pending.close_on(op.id for op in change.ops)
        return found

    def _settle(self, ack: Ack, ids: Ids) -> list[Conflict]:
        """A change of mine was accepted and is no longer pending."""
        change = self.pending.drop(ack.client_clock)
        if change is None:
            return []
        ids.update(dict.fromkeys(change.ops))
        records = self.document.records
        before: Mapping[str, Record] = ChainMap(records, self._removed) if self._removed else records
        return conflicts.of_acknowledged(ack, change, before, records, self.clock)

    def _settle_answered(self, answers: Answers, mine: dict[str, Record], clock: int, ids: Ids) -> Told:
        """Drop answered changes; `mine` are the records up to `clock`, and get these changes."""
        told: Told = []
        for change in list(self.pending.changes):
            if not answers.has(change):
                change.former = []  # the server never got it under a former number, and accepts no other one
                continue
            self.pending.drop(change.client_clock)
            ids.update(dict.fromkeys(change.ops))
            if answers.refused(change):
                told.append(Lost(tuple(change.operations), LossKind.REFUSED))
                continue
            ack = answers.ack(change)
            if ack is not None:
                before = ChainMap(mine, self._removed)
                told += conflicts.of_acknowledged(ack, change, before, self.document.records, clock)
            _apply_all(mine, change.operations)
        return told


def _apply_all(records: dict[str, Record], ops: Iterable[Op]) -> None:
    for op in ops:
        apply(records, op)
