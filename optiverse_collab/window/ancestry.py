"""Makes the ancestor of a window's bench, in a session and without one (see `coming_back`)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from optiverse_collab.convert.three_way import Opened
from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.records import Record
from optiverse_collab.disk.ancestors import Ancestor

Records = Mapping[str, Record]


class Shared(NamedTuple):
    """The session that a window shares at the moment.

    Attributes:
        session: the session's name.
        replica: its document.
        clock: up to where others' changes are on the screen; 0 if that is not known.
    """

    session: str
    replica: Replica
    clock: int


def ancestor_of(shared: Shared) -> Callable[[Records], Ancestor]:
    """A function that makes the ancestor of the present bench, in any thread.

    Where the server may lack edits, that is the confirmed state.
    """
    replica, unsure, confirmed = shared.replica, set[str](), dict[str, Record]()
    if replica.pending:
        saved = replica.save()
        unsure = {id for change in saved.pending for id in change.ops}
        confirmed = {record.id: record for record in saved.records if record.id in unsure}
    now_ms = round(datetime.now().astimezone().timestamp() * 1000)
    session, epoch, clock = shared.session, replica.epoch or "", shared.clock

    def ancestor(records: Records) -> Ancestor:
        kept = [record for id, record in records.items() if id not in unsure]
        return Ancestor([*kept, *confirmed.values()], session, epoch, clock, now_ms)

    return ancestor


def ancestors_away(known: Sequence[Ancestor], opened: Opened) -> Callable[[Records], list[Ancestor]]:
    """A function that makes the ancestors of an autosave without a session, in any thread.

    Items that only the window or only the file has were not removed. After leaving a session, nobody
    knows which these are; then none was removed.

    Args:
        known: of the bench as it came into the window.
        opened: that bench.
    """
    unequal, is_left = opened.file.keys() ^ opened.shown.keys(), opened.file is opened.shown

    def ancestors(file: Records) -> list[Ancestor]:
        return [
            one.without({record.id for record in one.records} - file.keys() if is_left else unequal)
            for one in known
        ]

    return ancestors
