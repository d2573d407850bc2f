"""A session with versions in a database, a change at a time, for tests of storage."""

from __future__ import annotations

import msgspec

from optiverse_collab.core.records import Lane, Op, Put, Record
from optiverse_collab.core.server.history import History
from optiverse_collab.core.versions import VERSION
from optiverse_collab_server.storage.database import Append, Database
from optiverse_collab_server.storage.past import bench_of
from optiverse_collab_server.storage.steps import finished
from tests.core.server.histories import begin_chunk, do, make

NAME = "lab"


class KeptSession:
    """The session `NAME`.

    Args:
        made: where it is stored.

    Attributes:
        benches: clock → the records of the bench, of all changes so far.
    """

    def __init__(self, made: Database) -> None:
        self._made = made
        self._history = make()
        self.benches: dict[int, dict[str, Record]] = {}
        finished(made.begin_chunk(NAME, History.empty(self._history.epoch)))

    def change(self, *ops: Op, step: str = "") -> None:
        """Somebody makes a change, and the server may keep a version before it."""
        entries = [do(self._history, *ops, step=step).kept]
        kept = self._history.keep_version()
        entries += [] if kept is None else [kept.kept]
        append = Append(NAME, entries, self._history.names.take_new())
        assert self._made.append([append]) == [None]
        bench = {id: one for id, one in self._history.document.records.items() if one.lane is Lane.BENCH}
        self.benches.update(dict.fromkeys((entry.clock for entry in entries), bench))

    def keep(self, name: str, clock: int) -> None:
        """Somebody keeps a version; its id is its name."""
        self.change(Put(name, VERSION, {"name": name, "clock": clock}, Lane.META))

    def begin_chunk(self) -> None:
        """The history continues in another chunk."""
        finished(self._made.begin_chunk(NAME, begin_chunk(self._history)))


def bench_at(made: Database, clock: int, name: str = NAME) -> dict[str, Record] | None:
    """The stored bench of a clock; None if it is not kept."""
    stored = finished(made.load_at(name, clock))
    if stored is None:
        return None
    head, records = finished(bench_of(stored))
    assert len(head) == 16
    found = [msgspec.json.decode(record, type=Record) for record in records]
    return {record.id: record for record in found}
