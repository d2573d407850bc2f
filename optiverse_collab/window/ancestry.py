"""What the ancestor of a window's bench is, in a session and without one (see `coming_back`)."""

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
    """What a window shares at the moment.

    Attributes:
        session: the session's name.
        replica: its document.
        clock: up to where others' changes are on the screen; 0 if that is not known.
    """

    session: str
    replica: Replica
    clock: int


def ancestor_of(shared: Shared) -> Callable[[Records], Ancestor]:
    """What makes the ancestor that a bench is now, in any thread.

    Of what the server may not have, that is what it has confirmed.
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
    """What makes the ancestors of what is autosaved without a session, in any thread.

    What a window shows and no file has, or the reverse, was not removed. After a session was left, nobody
    knows what that is; then nothing was.

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
