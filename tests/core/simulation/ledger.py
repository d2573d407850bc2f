"""A user's edits, and the reports about them: nothing vanishes without a trace (REP-8)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping

import msgspec

from optiverse_collab.core.client.effects import Conflict, ConflictKind, LossKind, Lost
from optiverse_collab.core.client.pending import PendingChange
from optiverse_collab.core.protocol.changes import PushedChange
from tests.core.simulation.scenario import OpData
from tests.core.simulation.truth import Accepted, Broken, Change, as_data

Key = tuple[str, int]
"""A client id, and its number of a change."""

Report = tuple[ConflictKind, str, frozenset[str]]
"""A report to a user: kind, record, properties (none for all of an edit)."""


class Ledger:
    """The changes of one replica, under all the client ids that it ever had.

    Args:
        client_id: the first.
        changes: every change ever made, by its key; this adds its own.

    Attributes:
        ids: all client ids, the present one last.
        open: the changes that must be pending now, oldest first.
        refused: the operations of changes reported as refused.
        clones: see `expected`.
    """

    def __init__(self, client_id: str, changes: dict[Key, Change]) -> None:
        self.ids = [client_id]
        self.open: dict[Key, Change] = {}
        self.refused: list[list[OpData]] = []
        self.clones: Counter[Report] = Counter()
        self._changes = changes
        self._sent: dict[Key, bytes] = {}

    def copy(self) -> Ledger:
        """A copy that later changes to this one don't affect."""
        copy = Ledger("", self._changes)
        copy.ids, copy._sent = list(self.ids), dict(self._sent)
        copy.open = {key: change.copy() for key, change in self.open.items()}
        return copy

    def made(self, pending: PendingChange, ops: list[OpData], seen: int, yields: bool, step: str) -> None:
        """An edit went into a pending change."""
        key = (self.ids[-1], pending.client_clock)
        if key in self._sent:
            raise Broken(f"PUSH-2: change {key} was sent before and is altered now")
        change = self.open.get(key)
        if change is None:
            change = self.open[key] = self._changes[key] = Change(key, seen, yields, step)
        elif (change.yields, change.step) != (yields, step):
            raise Broken(f"PUSH-2: {change} was joined by an edit of another step, or one that yields")
        change.seen = min(change.seen, seen)
        change.made.extend(ops)

    def seen_of(self, ops: list[OpData], shown: dict[str, int], clock: int) -> int:
        """What a change of these operations has seen (SEEN-1)."""
        return min(self._seen_of(op, shown.get(op["id"], clock)) for op in ops)

    def _seen_of(self, op: OpData, shown: int) -> int:
        """The smallest over its properties; a put or a removal touches all there are, named or not."""
        made = [one for change in self.open.values() for one in change.made if one["id"] == op["id"]]
        named = [op] if op["op"] == "set" else [{"props": {"any other": 0}}, *made]
        names = {name for one in named for name in (*one.get("props", ()), *one.get("unset", ()))}
        return min((self._oldest(op["id"], name, shown) for name in names), default=shown)

    def _oldest(self, id: str, name: str, shown: int) -> int:
        touching = (change.seen for change in self.open.values() if _touches(change, id, name))
        return next(touching, shown)

    def sent(self, pushed: list[PushedChange]) -> None:
        """A push leaves."""
        last = 0
        for one in pushed:
            if one.client_clock <= last:
                raise Broken(f"PUSH-1: change {one.client_clock} was sent after {last}")
            last = one.client_clock
            key = (self.ids[-1], last)
            data = msgspec.json.encode(one.ops)
            before = self._sent.setdefault(key, data)
            change = self.open[key]
            if before is data:
                change.sent = msgspec.json.decode(data)
            elif before != data:
                raise Broken(f"PUSH-2: change {key} was {before!r} and is {data!r} now")
            if (one.seen, one.yields, one.step) != (change.seen, change.yields, change.step):
                raise Broken(f"SEEN-1: {one} should be {change}")
            change.sent_as.add(one.yields)

    def all_yield(self) -> None:
        """After a synchronisation, what is pending yields (SYNC-5), and has one number (SYNC-8)."""
        for key, change in self.open.items():
            change.yields, change.keys = True, [key]

    def restarted(self, client_id: str, pending: Iterable[PendingChange]) -> None:
        """The replica has a new client id, under which the same changes have new numbers, in order."""
        self.ids.append(client_id)
        keys = [(client_id, change.client_clock) for change in pending]
        if len(keys) != len(self.open):
            raise Broken(f"DISK-4: {list(self.open)} should be pending, and {keys} is")
        self.open = dict(zip(keys, self.open.values(), strict=True))
        for key, change in self.open.items():
            change.keys.append(key)
        self._changes.update(self.open)

    def told_refused(self, lost: Lost) -> None:
        """A refused change is reported to the user."""
        if lost.kind is LossKind.REFUSED:
            self.refused.append(list(as_data(lost.ops)))

    def settle(self, key: Key) -> Change | None:
        """A change is no longer pending, if it is one of these under any of its keys."""
        found = next((present for present, change in self.open.items() if key in change.keys), None)
        return None if found is None else self.open.pop(found)

    def expected(
        self, passed: Iterable[Accepted | None], forgotten: Mapping[str, int] | None = None
    ) -> Counter[Report]:
        """The reports that a user must get about changes that their replica received (SEEN-10).

        Of changes that a newer self made, of which this copy knows nothing, that self gets the report. If it
        continues beside this one (a copied disk), its replacements of these values may be reported or not
        (`clones`): pages know that it is another self, and a patch does not say so. If both sent the same
        change, the newest of its numbers answers (SYNC-8).

        Args:
            passed: the changes.
            forgotten: client id → the clock up to which the server forgot what it accepted. Such a change
                stays pending, and is reported when it is accepted again (SYNC-10).
        """
        reports: Counter[Report] = Counter()
        self.clones = Counter()
        mine = set(self.ids)
        passed = list(self._answered(passed, forgotten or {}))
        accepted_as = {(one.client_id, one.change_clock) for one in passed if one is not None}
        for accepted in passed:
            if accepted is None:
                continue
            verdict = accepted.verdict
            of_mine = [
                (ConflictKind.REPLACED_MINE, id, names)
                for id, names, side in verdict.replaced
                if side[1] in mine
            ]
            if accepted.client_id in mine:
                key = (accepted.client_id, accepted.change_clock)
                if self._has_newer(key, accepted_as) or self.settle(key) is None:
                    self.clones.update(of_mine)
                    continue
                reports.update((ConflictKind.GONE, id, names) for id, names, _ in verdict.lost)
                reports.update((ConflictKind.HELD, id, names) for id, names, _ in verdict.held)
                reports.update((ConflictKind.REPLACED_THEIRS, id, names) for id, names, _ in verdict.replaced)
            else:
                reports.update(of_mine)
        return reports

    def _answered(
        self, passed: Iterable[Accepted | None], forgotten: Mapping[str, int]
    ) -> Iterator[Accepted | None]:
        """The changes without mine that were accepted again since, or that the server forgot."""
        listed = list(passed)
        last = {(one.client_id, one.change_clock): one for one in listed if one is not None}
        for one in listed:
            if (
                one is None
                or one.client_id not in self.ids
                or (
                    last[one.client_id, one.change_clock] is one
                    and one.clock > forgotten.get(one.client_id, 0)
                )
            ):
                yield one

    def _has_newer(self, key: Key, accepted_as: Collection[Key]) -> bool:
        """Whether the change with this key was accepted under a newer one, too."""
        keys = next((change.keys for change in self.open.values() if key in change.keys), [key])
        return any(newer in accepted_as for newer in keys[keys.index(key) + 1 :])


def report_of(conflict: Conflict) -> tuple[ConflictKind, str]:
    """The reports to compare with `Ledger.expected`, except for the properties."""
    return conflict.kind, conflict.mine.id


def _touches(change: Change, id: str, name: str) -> bool:
    return any(
        op["id"] == id and (op["op"] != "set" or name in (*op.get("props", ()), *op.get("unset", ())))
        for op in change.made
    )
