"""The list of edits that met others' unseen ones, until their user has decided (SEEN-9, SEEN-10). Pure.

What is held is in the replica and outlives the program. What was replaced during an absence is here alone:
the session has gone on with the value that stands.

An entry shows both values, and what it shows counts: if the value on the bench is another one by the time
that the user decides, it is shown again, with a mark, before anything is done.
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
"""Record id, kind, and the names of the properties: what a later conflict takes the place of."""

_HELD = ConflictKind.HELD.value


@dataclass
class Entry:
    """One edit of the user's that met somebody else's.

    Attributes:
        key: what it is about.
        change: the user's edit.
        theirs: what stands in its place, as it was shown.
        by: who they are, for people to read.
        title: what the item is called.
        stands: the user's edit does; it replaced theirs.
        known: the values of the user's edit are known here.
        again: what stands in its place changed again since it was shown.
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
        """Of the record."""
        return self.key[0]

    @property
    def can_use(self) -> bool:
        """Whether the user's edit can be done again, as far as is known here."""
        if self.stands or not self.known:
            return False
        return self.change.record is not None or not isinstance(self.theirs, Remove)

    @property
    def brings_back(self) -> bool:
        """Whether to use it is to bring back what others removed."""
        return self.can_use and isinstance(self.theirs, Remove)

    @property
    def sides(self) -> Sides:
        """Both values, in words."""
        return sides(self.change, self.theirs, self.by, self.stands, self.again)


class Changes:
    """The list.

    Attributes:
        entries: those of one record stand together; otherwise the oldest first.
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
        """Another session, or none."""
        self._entries.clear()

    def take(self, conflict: Conflict, view: Mapping[str, Record]) -> None:
        """Note what was replaced while the user was away. What is held comes with `update`."""
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
        """List what the replica holds, and nothing else of that kind; returns whether the list changed.

        Args:
            scripts: the names of those at which nobody sits.
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
        """Bring what is shown up to date, and mark what changed; returns whether anything did."""
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
        """The edit that uses these, except for what changed again, which is shown again.

        Returns:
            What of it changes the bench.
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
        """Take those of these off the list whose edit stands on the bench by now."""
        view = replica.view
        for entry in self._found(keys):
            now = {entry.id: view[entry.id]} if entry.id in view else {}
            wanted = dict(now)
            for op in bring_back(entry.change, entry.id in now):
                apply(wanted, op)
            if entry.can_use and not difference(now, wanted):
                self.dismiss([entry.key], replica)

    def dismiss(self, keys: Iterable[Key], replica: Replica) -> None:
        """Take these off the list: what stands is right."""
        for entry in self._found(keys):
            del self._entries[entry.key]
            if entry.key[1] == _HELD and entry.id in replica.held:
                replica.dismiss_held(entry.id)

    def _found(self, keys: Iterable[Key]) -> list[Entry]:
        return [self._entries[key] for key in list(keys) if key in self._entries]
