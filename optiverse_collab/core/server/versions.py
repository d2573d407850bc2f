"""The versions of a session on the server, and the rules for changes of them (HIST-10, HIST-11)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from optiverse_collab.core.records import Lane, Op, Put, Record, Remove, Set
from optiverse_collab.core.versions import FIXED, HAND, VERSION, Version, check_name, key_of, version_of
from optiverse_collab.errors import ChangeRefused, Reason

MOST = 1000
"""How many versions with a name a session has at most."""


class Versions:
    """The versions of one history.

    Args:
        records: those at its start.

    Attributes:
        all: id → version.
    """

    def __init__(self, records: Iterable[Record]) -> None:
        self.all: dict[str, Version] = {}
        self._ids: set[str] = set()  # of records of this kind, even if they describe no version
        for record in records:
            self.note(record.id, record)

    def note(self, id: str, record: Record | None) -> None:
        """A record of the history is now so; None if it is gone."""
        if record is None or record.lane is not Lane.META or record.kind != VERSION:
            if id in self._ids:
                self._ids.remove(id)
                self.all.pop(id, None)
            return
        self._ids.add(id)
        version = version_of(record)
        if version is not None:
            self.all[id] = version

    def completed(self, ops: Sequence[Op], lane: Lane, clock: int, by: str, time_ms: int) -> Sequence[Op]:
        """A participant's change, with what the server adds to new versions.

        Args:
            ops: the change, and `lane` its lane.
            clock: of the change before it.
            by: who made it, and `time_ms` when.

        Raises:
            ChangeRefused: it would make or change a version in a way that only the server may.
        """
        if lane is not Lane.META:
            return ops
        ids = set(self._ids)
        names = {one.id: key_of(one.name) for one in self.all.values() if one.name}
        done: list[Op] = []
        for op in ops:
            if isinstance(op, Remove) or (isinstance(op, Put) and op.kind != VERSION):
                ids.discard(op.id)
                names.pop(op.id, None)
            elif op.id in ids:
                _check_fixed(op)
                _check_naming(op, names)
            elif isinstance(op, Put):
                op = _made(op, clock, by, time_ms)
                _check_naming(op, names)
                ids.add(op.id)
            done.append(op)
        return done


def _check_fixed(op: Put | Set) -> None:
    """Make sure that a change of a version leaves alone what never changes.

    Raises:
        ChangeRefused: it does not.
    """
    unset = op.unset if isinstance(op, Set) else ()
    if not FIXED.isdisjoint([*op.props, *unset]) or "name" in unset:
        raise _refused("The moment, author and time of a version stay; change its name only.")


def _check_naming(op: Put | Set, names: dict[str, str]) -> None:
    """Check the name that a version gets, if it gets one, and add it to `names`.

    Args:
        names: id → key of the name, of all versions.

    Raises:
        ChangeRefused: it can't have that name, or there are too many.
    """
    if "name" not in op.props:
        return
    others = {key for id, key in names.items() if id != op.id}
    if len(others) >= MOST:
        raise _refused(f"The session has {MOST} versions with a name; remove some first.")
    check_name(op.props["name"], others)
    names[op.id] = key_of(op.props["name"])


def _made(op: Put, clock: int, by: str, time_ms: int) -> Put:
    """A new version, with what the server adds.

    Raises:
        ChangeRefused: it says what only the server may say, or has a moment that never was.
    """
    at = op.props.get("clock", clock)
    if not FIXED.isdisjoint(op.props.keys() - {"clock"}):
        raise _refused("The server says why there is a version, who made it and when; leave that out.")
    if type(at) is not int or not 0 <= at <= clock:
        raise _refused(f"There is no change {at!r} to keep a version of: the session is at {clock}.")
    props = {"name": None, **op.props, "clock": at, "why": HAND, "by": by, "time_ms": time_ms}
    return Put(op.id, op.kind, props, op.lane)


def _refused(sentence: str) -> ChangeRefused:
    return ChangeRefused(Reason.INVALID_VERSION, sentence)
