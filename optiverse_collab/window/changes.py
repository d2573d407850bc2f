"""The list of edits that met others' unseen ones, until their user has decided (SEEN-9, SEEN-10). Pure.

Held edits are in the replica and outlive the program. Values that were replaced during an absence are only
here: the session has continued with the standing value.

An entry shows both values, and the user decides about these: if the value on the bench has changed since,
it is shown again, with a mark, before anything is done.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from optiverse_collab.core.client.conflicts import HeldChange, bring_back, standing
from optiverse_collab.core.client.effects import Conflict, ConflictKind
from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.records import Op, Record, Remove, Set, apply, difference
from optiverse_collab.wording.changes import Sides, sides
from optiverse_collab.wording.edits import title
from optiverse_collab.wording.presence import marked

Key = tuple[str, str, tuple[str, ...]]
"""Record id, kind, and the names of the properties: a later conflict with the same key replaces an entry."""

_HELD = ConflictKind.HELD.value


@dataclass
class Entry:
    """One of the user's edits that met somebody else's.

    Attributes:
        key: its subject.
        change: the user's edit.
        theirs: the standing edit, as shown.
        by: their name, for display.
        title: the item's name.
        stands: the user's edit stands; it replaced theirs.
        known: the values of the user's edit are known here.
        again: the standing value changed again since it was shown.
    """

    key: Key
    change: HeldChange
    theirs: Op
    by: str
    title: str
    stands: bool = False
    known: bool = True
    again: bool = False

    @property
    def id(self) -> str:
        """The record's id."""
        return self.key[0]

    @property
    def can_use(self) -> bool:
        """Whether the user's edit can be done again, as far as is known here."""
        if self.stands or not self.known:
            return False
        return self.change.record is not None or not isinstance(self.theirs, Remove)

    @property
    def brings_back(self) -> bool:
        """Whether using it restores an item that others removed."""
        return self.can_use and isinstance(self.theirs, Remove)

    @property
    def sides(self) -> Sides:
        """Both values, in words."""
        return sides(self.change, self.theirs, self.by, self.stands, self.again)


class Changes:
    """The list.

    Attributes:
        entries: grouped by record; otherwise the oldest first.
    """

    def __init__(self) -> None:
        self._entries: dict[Key, Entry] = {}

    @property
    def entries(self) -> list[Entry]:
        """All of them, those of one record together."""
        by_id: dict[str, list[Entry]] = {}
        for entry in self._entries.values():
            by_id.setdefault(entry.id, []).append(entry)
        return [entry for found in by_id.values() for entry in found]

    def clear(self) -> None:
        """Start over for another session, or none."""
        self._entries.clear()

    def take(self, conflict: Conflict, view: Mapping[str, Record]) -> None:
        """Add a value that was replaced while the user was away. Held edits come with `update`."""
        if not conflict.away or conflict.kind not in (
            ConflictKind.REPLACED_MINE,
            ConflictKind.REPLACED_THEIRS,
        ):
            return
        stands, known = conflict.kind is ConflictKind.REPLACED_THEIRS, conflict.record is not None
        key = (conflict.mine.id, conflict.kind.value, conflict.names)
        change = HeldChange([conflict.mine], conflict.by, conflict.record)
        theirs = conflict.theirs or Set(conflict.mine.id)
        if not stands:
            theirs = standing(change, view.get(conflict.mine.id))
        self._entries.pop(key, None)
        name = title(conflict.mine.id, conflict.record)
        self._entries[key] = Entry(key, change, theirs, conflict.by, name, stands, known)

    def update(self, replica: Replica, scripts: Collection[str] = ()) -> bool:
        """List exactly the replica's held edits; returns whether the list changed.

        Args:
            scripts: the names of scripts.
        """
        before = {key: entry.change for key, entry in self._entries.items()}
        for key in [key for key in before if key[1] == _HELD and key[0] not in replica.held]:
            del self._entries[key]
        for id, change in replica.held.items():
            key = (id, _HELD, ())
            if before.get(key) is not change:
                now = replica.view.get(id)
                by, name = marked(change.by, change.by in scripts), title(id, now or change.record)
                self._entries[key] = Entry(key, change, standing(change, now), by, name)
        return before != {key: entry.change for key, entry in self._entries.items()}

    def show_again(self, view: Mapping[str, Record], keys: Collection[Key] | None = None) -> bool:
        """Update the shown values, and mark changes; returns whether there were any."""
        changed = False
        for key, entry in self._entries.items():
            if entry.stands or (keys is not None and key not in keys):
                continue
            now = standing(entry.change, view.get(entry.id))
            if now != entry.theirs:
                entry.theirs, entry.again = now, True
                changed = True
        return changed

    def edit(self, keys: Iterable[Key], view: Mapping[str, Record]) -> list[Op]:
        """The edit that uses these, except entries that changed again, which are shown again.

        Returns:
            The part that changes the bench.
        """
        before: dict[str, Record] = {}
        after: dict[str, Record] = {}
        for entry in self._found(keys):
            if not entry.can_use or self.show_again(view, [entry.key]):
                continue
            now = view.get(entry.id)
            if now is not None:
                before[now.id] = now
                after.setdefault(now.id, now)
            for op in bring_back(entry.change, entry.id in after):
                apply(after, op)
        return difference(before, after)

    def settle(self, keys: Iterable[Key], replica: Replica) -> None:
        """Remove entries whose edit now stands on the bench."""
        view = replica.view
        for entry in self._found(keys):
            now = {entry.id: view[entry.id]} if entry.id in view else {}
            wanted = dict(now)
            for op in bring_back(entry.change, entry.id in now):
                apply(wanted, op)
            if entry.can_use and not difference(now, wanted):
                self.dismiss([entry.key], replica)

    def dismiss(self, keys: Iterable[Key], replica: Replica) -> None:
        """Remove these entries: the standing values are right."""
        for entry in self._found(keys):
            del self._entries[entry.key]
            if entry.key[1] == _HELD and entry.id in replica.held:
                replica.dismiss_held(entry.id)

    def _found(self, keys: Iterable[Key]) -> list[Entry]:
        return [self._entries[key] for key in list(keys) if key in self._entries]
