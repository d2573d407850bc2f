"""The client's side: a real session and replica, a user, and the screen that shows them the bench."""

from __future__ import annotations

from typing import Any

import msgspec

from optiverse_collab.core.client.effects import (
    Conflict,
    Diverged,
    Lost,
    NoticesOmitted,
    ProtocolFault,
    ReplicaForgotten,
    SessionEffect,
    ShowChange,
    Synced,
    SyncProgress,
    Transmit,
)
from optiverse_collab.core.client.failures import Failure, FailureKind
from optiverse_collab.core.protocol.messages import Push, SyncRequest
from optiverse_collab.core.records import Op
from optiverse_collab.errors import ChangeRefused, Reason
from tests.core.simulation import checks
from tests.core.simulation.program import Program
from tests.core.simulation.scenario import How, OpData
from tests.core.simulation.truth import Broken, as_data, play, strict


class Client(Program):
    """One participant: a program, its user, and the wire."""

    # The user

    def edit(self, ops: list[OpData], how: How | None = None) -> bool:
        """Edit the bench; returns False if that was refused."""
        how = how or How()
        pending = [change.client_clock for change in self.replica.pending]
        clock = self.replica.clock
        shown = {id: max(0, clock - how.back) for id in {op["id"] for op in ops}} if how.back else {}
        seen = self.ledger.seen_of(ops, shown, clock)
        try:
            self.replica.edit(msgspec.convert(ops, list[Op]), shown, how.yields, how.step)
        except ChangeRefused as refused:
            rights = self.driver.rights
            if (refused.reason is Reason.NOT_ALLOWED) is rights.may_edit:
                raise Broken(f"RIGHT-1: refused ({refused}), and the user is {rights.role}") from None
            self.counts[f"edits refused, {refused.reason.value}"] += 1
            if pending != [change.client_clock for change in self.replica.pending]:
                raise Broken("REP-6: a refused edit is pending") from None
        else:
            if not self.driver.rights.may_edit:
                raise Broken(f"RIGHT-1: an edit shows, and the user is {self.driver.rights.role}")
            if self.replica.pending and self.replica.pending[-1].client_clock <= self.sealed:
                raise Broken(f"DISK-1: an edit joined change {self.sealed}, which is about to be sent")
            self.ledger.made(self.replica.pending[-1], ops, seen, how.yields, how.step)
            for op in ops:
                play(self.screen, op)
            pending = []
        checks.screen(self)
        self.ask_disk()
        return not pending

    def dismiss(self) -> None:
        """A user decides about the first held edit."""
        self.replica.dismiss_held(next(iter(self.replica.held)))
        self.ask_disk()

    def show(self, state: dict[str, Any]) -> None:
        """Show a presence."""
        self.session.show(state)
        self.shown.update(state)
        self.shown = {key: value for key, value in self.shown.items() if value is not None}

    # The connection

    def push_again(self) -> bool:
        """Send the last push again, perhaps on another connection, if that skips no number (PUSH-1)."""
        connection, pending = self.connection, self.replica.pending
        if connection is None or self.pushed is None or not (self.replica.synced and connection.server_open):
            return False
        text, first, where = self.pushed
        if where is not connection and pending and pending[0].client_clock < first:
            return False
        if connection.answer is None or connection.answer.memory.has_forgotten(self.replica.client_id, first):
            return False  # no client repeats what was acknowledged
        connection.up.append(text)
        return True

    def join(self, patient: bool, now_ms: float) -> None:
        """Join the session."""
        self.driver.join(patient, now_ms)

    def poll(self, now_ms: float) -> bool:
        """Do what is due; returns whether there was anything."""
        self._now_ms = now_ms
        was_blocked = self.replica.write_ahead.blocks
        has_acted = self.driver.poll(now_ms)
        if self.replica.write_ahead.blocks and not was_blocked and self._pushed_ms != now_ms:
            self.sealed = self.replica.pending[-1].client_clock
        self.ask_disk()
        return has_acted

    def receive(self, text: str, now_ms: float) -> None:
        """Process a message from the server."""
        clock, epoch, was_tainted = self.replica.clock, self.replica.epoch, self.tainted
        pending = [(change.client_clock, change.operations) for change in self.replica.pending]
        failure = None
        self.counts["unasked pages"] += '"unasked":true' in text
        if self._ends_it(text, clock, epoch):
            self.foreign = True
            self.counts["epoch changes met"] += 1
            failure = _parting(text, clock, len(pending))
            self.counts["backups learned of"] += failure.kind is FailureKind.RESTORED
        effects = self.driver.hear(text, failure, now_ms)
        if text.startswith(checks.ABOUT_THE_DOCUMENT):
            in_pages = text.startswith(checks.PAGES)
            checks.received(self, effects, clock, epoch, pending, in_pages, was_tainted)
        self.ask_disk()

    def _ends_it(self, text: str, clock: int, epoch: str | None) -> bool:
        """Whether a message says that the session has another history than the replica (CLK-3)."""
        if self.foreign or self.replica.synced:
            return False
        other = bool(clock) and f'"epoch":"{epoch}"' not in text
        return text.startswith(checks.OTHER_HISTORY) or (text.startswith(checks.PAGES) and other)

    def _notify(self, effect: SessionEffect) -> None:
        counts = self.counts
        if isinstance(effect, Transmit):
            self._transmit(effect)
        elif isinstance(effect, ShowChange):
            self._show(effect)
        elif isinstance(effect, Lost):
            self.ledger.told_refused(effect)
            counts[f"told: {effect.kind.value}"] += 1
        elif isinstance(effect, Conflict):
            counts[f"told: {effect.kind.value}"] += 1
        elif isinstance(effect, Synced):
            counts["full states" if effect.full else "deltas"] += 1
            self.driver.rights.synced()
            self._synced(effect)
        elif isinstance(effect, SyncProgress):
            counts["pages that were not the last"] += 1
        elif isinstance(effect, NoticesOmitted):
            raise Broken(f"SYNC-9: {effect}, and the server forgets nothing")
        elif isinstance(effect, ReplicaForgotten):
            counts["told: forgotten"] += 1
        elif isinstance(effect, Diverged):
            self._diverged(effect)
        elif isinstance(effect, ProtocolFault) and effect.serious:
            raise Broken(f"trouble: {effect.message}")

    def _transmit(self, effect: Transmit) -> None:
        assert self.connection is not None
        text = effect.text
        self.connection.up.append(text)
        rights = self.driver.rights
        if isinstance(effect.message, SyncRequest):
            rights.asked()
        elif isinstance(effect.message, Push):
            if not rights.may_edit or rights.must_ask:
                raise Broken(f"RIGHT-2: a push leaves, and the user is {rights.role}")
            self.pushed = text, effect.message.changes[0].client_clock, self.connection
            self._check_pace(effect.message)
            self._pushed_ms = self._now_ms
            self.ledger.sent(effect.message.changes)
            if self.disk is not None:
                self.disk.check_sent(effect.message.changes, self.ledger)

    def _check_pace(self, push: Push) -> None:
        """PUSH-2: many, and those without an answer, push less often; any may come half an interval early."""
        is_quick = len(self.session.participants) <= 4
        if self.replica.pending[0].client_clock < push.changes[0].client_clock:
            is_quick = False
        gap_ms = self._now_ms - self._pushed_ms
        if gap_ms < (12 if is_quick else 33) / 2 and not self._is_leaving:
            raise Broken(f"PUSH-2: pushed again after {gap_ms} ms")

    def _show(self, effect: ShowChange) -> None:
        """Show changes; every operation must change something (REP-4)."""
        for op in as_data(effect.ops):
            before = self.screen.get(op["id"])
            if not play(self.screen, op):
                raise Broken(f"REP-4: told to show {op} of a record that isn't shown")
            now = self.screen.get(op["id"])
            if now == before and strict(now) == strict(before):
                raise Broken(f"REP-4: told to show {op}, and it changed nothing")

    def _synced(self, effect: Synced) -> None:
        if effect.full:
            self.tainted = False
        if self.connection is not None:
            self.connection.lossy = False

    def _diverged(self, effect: Diverged) -> None:
        lossy = self.connection is not None and self.connection.lossy
        if not lossy and not self.tainted:
            raise Broken(f"HASH-3, HASH-4: {effect.message}")
        self.counts["differing hashes" if "copy" in effect.message else "missing clocks"] += 1


def _parting(text: str, clock: int, pending: int) -> Failure:
    """How a client at this clock learns of another history (CLK-8, BACK-4)."""
    parent = msgspec.json.decode(text).get("parent")
    if parent is None or clock <= parent["clock"]:
        return Failure(FailureKind.EPOCH_CHANGED, pending)
    return Failure(FailureKind.RESTORED, clock - parent["clock"], parent["time"])
