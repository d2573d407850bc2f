"""Keeps a host's bench and a replica equal: the user's edits go in, those of others come out.

How it works. A host changes its bench in many ways: mouse, keys, dialogs, files, undo. None of them is
watched. The host only names records that may have changed, and once a tick each of these is compared with
what the host showed last. A difference is an edit of the user's and goes to the replica. An extra name
costs one comparison. Changes applied for others compare equal, so nothing echoes.

The host's last state is the replica's view. That holds only if the two are compared before the replica
processes new messages: afterwards somebody else's edit would look like one that the user has undone. So
`push_before_receiving` runs before each message.

What the user has in hand (a drag, an open editor) doesn't change under them. Edits of others to it are held
back: `_held_back` has the record as the host shows it, in the place of the view, until the user lets go. The
next tick applies the differences.

An example. Ann drags a lens from x = 0, and Bob moves and names the same lens meanwhile:

    what happens                     host shows     replica's view   held back
    Ann grabs it and drags to 3      x=3            x=0
    tick: 3 is not 0, push x=3       x=3            x=3
    from Bob: x=9, name="L1"         x=3            x=9, "L1"        x=3
    Ann drags on to 5                x=5            x=9, "L1"        x=3
    tick: 5 is not 3, push x=5       x=5            x=5, "L1"        x=5
    Ann lets go
    tick: apply the name             x=5, "L1"      x=5, "L1"

Ann's last move wins, Bob's name is there, and neither came back as an edit. Had the tick compared with the
view instead, Ann would have taken Bob's name away.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from optiverse_collab.convert import alike
from optiverse_collab.core.client.effects import ShowChange
from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.records import Op, Record, apply, touched
from optiverse_collab.host.api import Host
from optiverse_collab.window.gestures import Gestures
from optiverse_collab.window.pushing import Pusher
from optiverse_collab.window.record_diff import diff, moved


class Capture:
    """Keeps a host's bench and a replica equal.

    Args:
        host: whose bench it is; from now on it is watched.
        replica: the session's document, as this participant sees it.
        wake: called when `tick` has something new to do.

    Attributes:
        gestures: the steps that the user's edits are parts of.
        denied: called when the user made an edit without the right; the next tick reverts it (RIGHT-1).
    """

    def __init__(self, host: Host, replica: Replica, wake: Callable[[], None] = lambda: None) -> None:
        self.denied: Callable[[], None] = lambda: None
        self.gestures = Gestures()
        self._host = host
        self._replica = replica
        self._wake = wake
        # In order: stacking in a host may depend on the order of arrival.
        self._dirty: dict[str, None] = {}
        self._held_back: dict[str, Record | None] = {}  # id → the record on the host's screen meanwhile
        self._shown_at: dict[str, int] = {}  # … and the clock at which that was the session's (SEEN-1)
        self._clock = 0  # of the replica, before its latest message
        self._brought: set[str] = set()
        self._place_only: set[str] = set()  # being dragged, and read completely after that
        self._removed: dict[str, str] = {}  # while the user holds it, and who removed it
        self._unscanned: list[str] = []
        self._pusher = Pusher(host, replica, self.gestures, self._shown_at, self._removed)
        self._host_expects_more = False  # the host knows that there is more
        host.watch(self._note)

    def close(self) -> None:
        """Stop watching the host."""
        self._host.watch(lambda ids: None)

    @property
    def has_work(self) -> bool:
        """Whether `tick` has something to do."""
        return bool(self._dirty or self._held_back or self._place_only)

    @property
    def has_noted(self) -> bool:
        """Whether the host has reported records that were not compared yet."""
        return bool(self._dirty)

    @property
    def held_back(self) -> int:
        """How many records differ between host and replica for now."""
        return len(self._held_back)

    def forget(self) -> None:
        """Treat no difference as an edit until `merge` or `scan` compares the records again."""
        self._dirty.clear()
        self._held_back.clear()
        self._shown_at.clear()
        self._place_only.clear()
        self._removed.clear()
        self.gestures.clear()

    def merge(
        self,
        mine: Collection[str] = (),
        shown: Mapping[str, Record] | None = None,
        changed: Collection[str] = (),
    ) -> None:
        """Merge two benches: the host's becomes the replica's, and the records in `mine` are added.

        Changes for the host are held back at first; `tick` applies them bit by bit.

        Args:
            mine: ids of the host's records that the replica lacks.
            shown: id → record on the host's screen; the present state if not given.
            changed: the ids that the user may have changed since.
        """
        shown, view = self._host.records() if shown is None else shown, self._replica.view
        self._dirty = dict.fromkeys(changed)  # other reports until now are in `shown`
        ops: list[Op] = []
        for id in {**view, **shown}:
            if id in mine and id not in view:
                self._dirty[id] = None
                self._brought.add(id)
            elif (op := diff(shown.get(id), view.get(id))) is not None:
                self._held_back[id] = shown.get(id)
                ops.append(op)
        self._shown_at.update(dict.fromkeys((op.id for op in ops), 0))
        self.gestures.provenance.note(ShowChange(tuple(ops), before=self._held_back))
        if self._held_back and alike(shown, view):
            self._host.agree([*self._held_back])
        self._wake()

    def scan(self, most: int | None = None) -> None:
        """Compare the next `most` records, or all: the safety net for hosts that report too little."""
        if most is None or not self._unscanned:
            self._unscanned = list({**dict.fromkeys(self._host.ids()), **self._replica.view})
        ids, self._unscanned = self._unscanned[:most], self._unscanned[most:] if most is not None else []
        self._note(ids)

    def push_before_receiving(self) -> bool:
        """Push the user's edits, except dragged items, which wait; returns whether there were any."""
        self._clock = self._replica.clock
        ids = [id for id in self._dirty if id not in self._place_only]
        for id in ids:
            del self._dirty[id]
        self._push(ids)
        return bool(ids)

    def push_edits(self) -> None:
        """Push the user's edits."""
        dragged = (
            self._host.dragged(self._dirty.keys() | self._place_only)
            if self._dirty or self._place_only
            else {}
        )
        let_go = [id for id in self._place_only if id not in dragged]
        self._place_only.difference_update(let_go)
        if self._removed:
            held = self._host.held()
            let_go += [id for id in self._removed if id not in held]
        ids = list({**self._dirty, **dict.fromkeys(let_go)})
        self._dirty.clear()
        self._push(ids, dragged)

    def tick(self, most: int | None = None) -> None:
        """Push the user's edits, then apply up to `most` records that waited for them or for a release."""
        self.push_edits()
        if self._held_back or self._host_expects_more:
            held = self._host.held()
            waiting = [id for id in self._held_back if id not in held]
            self._catch_up(waiting[:most], more=len(waiting) > len(waiting[:most]))

    def show_waiting(self, ids: Collection[str]) -> None:
        """Show the replica's state of these records, except those that the user holds."""
        if waiting := self._held_back.keys() & set(ids):
            self._catch_up(waiting.difference(self._host.held()), self._host_expects_more)

    def show(self, change: ShowChange) -> None:
        """Apply others' edits. Those of items that the user holds wait until the release."""
        held = self._host.held()
        self.gestures.provenance.note(change)
        self._hold_back([op.id for op in change.ops if op.id in held or op.id in self._dirty], change)
        self._host.apply([op for op in change.ops if op.id not in self._held_back], self._host_expects_more)

    def defer(self, change: ShowChange) -> None:
        """Leave others' edits to the next `tick`, which applies all of them at once."""
        self.gestures.provenance.note(change)
        self._hold_back(touched(change.ops), change)

    # For undo and redo

    def shown(self, id: str) -> Record | None:
        """The last known state of a record on the host's screen."""
        return self._held_back[id] if id in self._held_back else self._replica.view.get(id)

    def all_shown(self, ids: Collection[str] | None = None) -> list[Record]:
        """The last known records on the host's screen: all, or those of `ids` that exist."""
        wanted = {**self._replica.view, **self._held_back} if ids is None else ids
        return [record for id in wanted if (record := self.shown(id)) is not None]

    def take_noted(self) -> list[str]:
        """The ids that may have changed since the last push, except those that the user holds."""
        held = self._host.held() if self._dirty else ()
        ids = [id for id in self._dirty if id not in held]
        for id in ids:
            del self._dirty[id]
        return ids

    def differences(self, ids: Collection[str]) -> list[tuple[Op, Record | None]]:
        """The changed ones of these records, each with its former state."""
        now = self._host.records(ids)
        before = {id: self.shown(id) for id in ids}
        return [
            (op, before[id])
            for id in ids
            if (op := diff(before[id], now.get(id))) is not None and not self._pusher.is_refused(now.get(id))
        ]

    def push_undo(self, ops: Sequence[Op], step: str, before_message: bool = False) -> list[Op]:
        """Push the edits of an undo or redo, which yield; return the accepted ones.

        Args:
            step: the step of the undo or redo.
            before_message: the window doesn't show the replica's latest message yet.
        """
        pushed = self._pusher.push_undo(ops, step, self._clock if before_message else None)
        self._take_back(self._host.records([op.id for op in ops]) if len(pushed) < len(ops) else {})
        for op in pushed:
            if op.id in self._held_back:
                scratch = {} if (record := self._held_back[op.id]) is None else {op.id: record}
                apply(scratch, op)
                self._held_back[op.id] = scratch.get(op.id)
        return pushed

    def _note(self, ids: Collection[str]) -> None:
        new = [id for id in ids if id not in self._dirty]
        if not new:  # most reports come from drags, several for each item
            return
        had_noted = self.has_noted
        self._dirty.update(dict.fromkeys(new))
        if not had_noted:
            self._wake()

    def _hold_back(self, ids: Collection[str], change: ShowChange) -> None:
        """Remember that the host still shows the state of these before a change."""
        for id in ids:
            self._held_back.setdefault(id, change.before.get(id))
            self._shown_at.setdefault(id, self._clock)
            if id not in self._replica.view:
                self._removed[id] = change.authors.get(id, "")
            elif self._removed.pop(id, None) is not None:
                self._dirty[id] = None  # it came back: the user's edits meanwhile count
        if ids:
            self._wake()

    def _catch_up(self, ids: Collection[str], more: bool) -> None:
        """Apply held-back edits on top of the user's."""
        ops = [
            op for id in ids if (op := diff(self._held_back.pop(id), self._replica.view.get(id))) is not None
        ]
        for id in ids:
            self._shown_at.pop(id, None)
            self._removed.pop(id, None)
            self._pusher.forget(id)
        if ops or self._host_expects_more:
            self._host_expects_more = more
            self._host.apply(ops, more)

    def _push(
        self, ids: Collection[str], dragged: Mapping[str, Mapping[str, Any]] = MappingProxyType({})
    ) -> None:
        if self._removed:  # the user's edit of it is reported when they let go
            held = self._host.held()
            ids = [id for id in ids if id not in self._removed or id not in held]
        now = self._read(ids, dragged)
        ops: list[Op] = []
        for id in ids:
            record, shown = now.get(id), self.shown(id)
            op = moved(shown, dragged[id]) if shown is not None and id in dragged else diff(shown, record)
            if id in self._held_back:
                self._held_back[id] = record
            if op is not None and not self._pusher.is_refused(record):
                ops.append(op)
        self._pusher.push(ops, now, self._brought)
        self._take_back(now)
        self._brought.difference_update(ids)
        self.gestures.end(self._host.held)

    def _take_back(self, now: Mapping[str, Record]) -> None:
        """The user edited without the right: hold back the session's state of the record."""
        if denied := self._pusher.take_denied():
            self._held_back.update({id: now.get(id) for id in denied})
            self._shown_at.update({id: self._clock for id in denied if id not in self._shown_at})
            self._wake()
            self.denied()

    def _read(self, ids: Collection[str], dragged: Mapping[str, Mapping[str, Any]]) -> dict[str, Record]:
        """The host's present records; of dragged ones, the old state with the new position."""
        place_only: dict[str, Record] = {}
        for id in ids:
            shown = self.shown(id)
            if id in dragged and shown is not None:
                place_only[id] = Record(id, shown.kind, {**shown.props, **dragged[id]})
        self._place_only.update(place_only)
        return {**self._host.records([id for id in ids if id not in place_only]), **place_only}
