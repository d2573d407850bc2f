"""The versions of a session on the server, and the rules for changes of them (HIST-10, HIST-11)."""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence
from itertools import chain, count
from typing import NamedTuple

from optiverse_collab.core.records import Lane, Op, Put, Record, Remove, Set
from optiverse_collab.core.server.occasions import DAY_MS, Occasion
from optiverse_collab.core.versions import FIXED, HAND, VERSION, Version, check_name, key_of, version_of
from optiverse_collab.errors import ChangeRefused, Reason

MOST = 1000
"""How many versions with a name a session has at most."""

MOST_OF_A_DAY, MOST_OF_SERVER = 50, 200
"""How many without a name the server keeps of the last 24 hours, and in all."""

MONTH_MS = 30 * DAY_MS
"""The server keeps the first version of each day for a month, and then the first of each month."""


class Moment(NamedTuple):
    """The present, for a version.

    Attributes:
        bench: the clock of the last change of the bench.
        clock: of the last change.
    """

    bench: int
    clock: int


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

    def completed(self, ops: Sequence[Op], lane: Lane, now: Moment, by: str, time_ms: int) -> Sequence[Op]:
        """A participant's change, with what the server adds to new versions.

        Args:
            ops: the change, and `lane` its lane.
            now: before it.
            by: who made it, and `time_ms` when.

        Raises:
            ChangeRefused: it would make or change a version in a way that only the server may.
        """
        if lane is not Lane.META:
            return ops
        ids, names = set(self._ids), _Names(self.all.values())
        done: list[Op] = []
        for op in ops:
            if isinstance(op, Remove) or (isinstance(op, Put) and op.kind != VERSION):
                ids.discard(op.id)
            elif op.id in ids:
                _check_fixed(op)
                names.take(op)
            elif isinstance(op, Put):
                op = _made(op, now, by, time_ms)
                names.take(op)
                ids.add(op.id)
            done.append(op)
        return done

    def made(self, occasion: Occasion, by: str, time_ms: int, taken: Sequence[Container[str]]) -> list[Op]:
        """The change by which the server keeps a version, and removes those that it no longer needs.

        Args:
            occasion: why.
            by: the name of whoever gave the reason.
            time_ms: the present time.
            taken: have the ids in use.

        Returns:
            Empty if there is a version of that moment already.
        """
        if any(one.clock == occasion.clock for one in self.all.values()):
            return []
        ids = chain([f"version:{occasion.clock}"], (f"version:{occasion.clock}:{n}" for n in count(2)))
        id = next(id for id in ids if not any(id in one for one in taken))
        props = {"clock": occasion.clock, "why": occasion.why, "by": by, "time_ms": time_ms}
        old = [one for one in self.all.values() if one.is_made_by_server and not one.name]
        return [Put(id, VERSION, props, Lane.META), *map(Remove, superfluous(old, time_ms))]


class _Names:
    """The names of versions, while a change is checked.

    A name that the change frees stays taken until the next change, since its removals may be held (SEEN-7).
    """

    def __init__(self, versions: Iterable[Version]) -> None:
        self._owners = {key_of(one.name): one.id for one in versions if one.name}
        self._named = set(self._owners.values())

    def take(self, op: Put | Set) -> None:
        """A version gets a name, if the operation gives it one.

        Raises:
            ChangeRefused: it can't have that name, or there are too many.
        """
        if "name" not in op.props:
            return
        self._named.add(op.id)
        if len(self._named) > MOST:
            raise _refused(f"The session has {MOST} versions with a name; remove some first.")
        name = op.props["name"]
        is_own = isinstance(name, str) and self._owners.get(key_of(name)) == op.id
        check_name(name, () if is_own else self._owners)
        self._owners[key_of(name)] = op.id


def superfluous(versions: Iterable[Version], now_ms: int) -> list[str]:
    """The ids of those of the server's versions that go when it makes the next one (HIST-14)."""
    newest_first = sorted(versions, key=lambda one: (one.time_ms, one.clock), reverse=True)
    recent = [one for one in newest_first if now_ms - one.time_ms < DAY_MS]
    kept = {one.id for one in recent[: MOST_OF_A_DAY - 1]}
    for length_ms, age_ms in ((DAY_MS, MONTH_MS), (MONTH_MS, 2**62)):
        firsts = {one.time_ms // length_ms: one.id for one in newest_first if now_ms - one.time_ms < age_ms}
        kept.update(firsts.values())
    listed = {*[one.id for one in newest_first if one.id in kept][: MOST_OF_SERVER - 1]}
    return [one.id for one in newest_first if one.id not in listed]


def _check_fixed(op: Put | Set) -> None:
    """Make sure that a change of a version leaves alone what never changes.

    Raises:
        ChangeRefused: it does not.
    """
    unset = op.unset if isinstance(op, Set) else ()
    if not FIXED.isdisjoint([*op.props, *unset]) or "name" in unset:
        raise _refused("The moment, author and time of a version stay; change its name only.")


def _made(op: Put, now: Moment, by: str, time_ms: int) -> Put:
    """A new version, with what the server adds.

    Raises:
        ChangeRefused: it says what only the server may say, or has a moment that never was.
    """
    at = op.props.get("clock", now.bench)
    if not FIXED.isdisjoint(op.props.keys() - {"clock"}):
        raise _refused("The server says why there is a version, who made it and when; leave that out.")
    if type(at) is not int or not 0 <= at <= now.clock:
        raise _refused(f"There is no change {at!r} to keep a version of: the session is at {now.clock}.")
    props = {"name": None, **op.props, "clock": at, "why": HAND, "by": by, "time_ms": time_ms}
    return Put(op.id, op.kind, props, op.lane)


def _refused(sentence: str) -> ChangeRefused:
    return ChangeRefused(Reason.INVALID_VERSION, sentence)
