"""The pages of an answer to a ``sync:request``, until the last one arrives (SYNC-2 to SYNC-5)."""

from __future__ import annotations

from msgspec import structs

from optiverse_collab.core.client.pending import PendingChange
from optiverse_collab.core.document import Document
from optiverse_collab.core.protocol.messages import Delta, FullState
from optiverse_collab.core.protocol.outcomes import Ack, Notice
from optiverse_collab.core.records import Ids, Op, Put, Record, Remove, Set


class Arriving:
    """Collects pages, and builds the confirmed document from them.

    Attributes:
        authors: who changed the records, if it was one person each.
    """

    def __init__(self) -> None:
        self._records: list[Record] = []
        self._ops: list[Op] = []
        self._names: list[str] = []
        self._by: dict[str, int] = {}
        self._acks: list[Ack] = []
        self._notices: list[Notice] = []
        self._skipped: dict[str, list[int]] = {}

    @property
    def count(self) -> int:
        """How many records, or changes of records, have arrived."""
        return len(self._records) + len(self._ops)

    def clear(self) -> None:
        """Forget the pages."""
        self.__init__()  # type: ignore[misc]

    def add(self, page: FullState | Delta) -> None:
        """A page arrived."""
        self._records += [Record(one.id, one.kind, one.props, one.lane) for one in page.records]
        if isinstance(page, Delta):
            self._ops += [
                Remove(op.id) if isinstance(op, Remove) else Set(op.id, op.props, op.unset) for op in page.ops
            ]
        things = [*page.records, *(page.ops if isinstance(page, Delta) else ())]
        self._by.update({thing.id: thing.by for thing in things if isinstance(thing.by, int)})
        self._names += page.authors
        self._acks += page.acks
        self._notices += page.notices
        for id, numbers in page.skipped.items():
            self._skipped.setdefault(id, []).extend(numbers)

    def joined(self, last: FullState | Delta) -> FullState | Delta:
        """The last page with the other lists of all pages (SYNC-16)."""
        return structs.replace(
            last, authors=self._names, acks=self._acks, notices=self._notices, skipped=self._skipped
        )

    @property
    def authors(self) -> dict[str, str]:  # noqa: D102 - see the class
        return {id: self._names[number] for id, number in self._by.items() if number < len(self._names)}

    def full_document(self) -> Document:
        """The document of a full state."""
        return Document(self._records)

    def apply_to(self, document: Document) -> Ids:
        """Bring a document up to date with a delta; returns the ids that changed, in their order."""
        removed = [op for op in self._ops if isinstance(op, Remove)]
        changed = [op for op in self._ops if not isinstance(op, Remove)]
        for record in self._records:  # complete ones: an existing record of this id is another one
            document.apply(Remove(record.id))
        ops: list[Op] = [*removed, *(Put(r.id, r.kind, r.props, r.lane) for r in self._records), *changed]
        for op in ops:
            document.apply(op)
        return dict.fromkeys(op.id for op in ops)


class Answers:
    """The answers in the last page to pending changes (SYNC-6, SYNC-8).

    A change may have been sent under several client ids, if its replica was restored meanwhile. It may have
    been accepted under several, if a copy of the replica sent it too: then the newest id counts.
    """

    def __init__(self, page: FullState | Delta) -> None:
        self._last = {"": page.client_clock, **page.settled}
        self._skipped = {id: frozenset(numbers) for id, numbers in page.skipped.items()}
        self._acks = {(ack.client_id, ack.client_clock): ack for ack in page.acks}

    def has(self, change: PendingChange) -> bool:
        """Whether the server accepted a change, or refused it."""
        return any(number <= self._last.get(id, 0) for id, number in _names(change))

    def refused(self, change: PendingChange) -> bool:
        """Whether it refused the change."""
        return self._accepted_as(change) is None

    def ack(self, change: PendingChange) -> Ack | None:
        """The acknowledgement of an accepted change; None if all of it took effect."""
        name = self._accepted_as(change)
        return None if name is None else self._acks.get(name)

    def _accepted_as(self, change: PendingChange) -> tuple[str, int] | None:
        accepted = (
            (id, number)
            for id, number in _names(change)
            if number <= self._last.get(id, 0) and number not in self._skipped.get(id, ())
        )
        return next(accepted, None)


def _names(change: PendingChange) -> list[tuple[str, int]]:
    """The numbers of a change, newest first."""
    return [("", change.client_clock), *reversed(change.former)]
