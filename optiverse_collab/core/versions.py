"""Versions: records of the lane `meta` that name a moment of the session (HIST-10 to HIST-14).

The server fills in who made one, and when. It makes some of its own, before edits that change a lot.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from dataclasses import dataclass
from typing import Any

from optiverse_collab.core.records import Lane, Record
from optiverse_collab.errors import ChangeRefused, Reason

VERSION = "version"
"""The kind of these records."""

NAME_CHARS = 100
"""The longest name."""

HAND, SWEEP, REMOVAL, DAY = "hand", "sweep", "removal", "day"
"""Why a version exists: somebody made it; somebody was about to replace the bench, or to remove much of it;
or it shows the bench before the first edit of a day."""

FIXED = frozenset(("clock", "why", "by", "time_ms"))
"""The properties that never change; clients set none but `clock`."""


@dataclass(frozen=True)
class Version:
    """A kept moment of a session.

    Attributes:
        id: of its record.
        clock: of the change after which the bench was so; see ``past:request`` (HIST-1).
        name: empty if nobody has named it.
        why: `HAND`, `SWEEP`, `REMOVAL`, `DAY`, or what a newer server says.
        by: who made it; for one that the server made, whose edit was the reason.
        time_ms: when, in ms since 1970 UTC, by the server's clock.
    """

    id: str
    clock: int
    name: str
    why: str
    by: str
    time_ms: int

    @property
    def is_made_by_server(self) -> bool:
        """Whether nobody asked for it."""
        return self.why != HAND


def version_of(record: Record) -> Version | None:
    """The version that a record describes; None if it describes none, or the server has not seen it yet."""
    props = record.props
    clock, time_ms = _count(props.get("clock")), _count(props.get("time_ms"))
    if record.lane is not Lane.META or record.kind != VERSION or clock is None or time_ms is None:
        return None
    name, why, by = (text if isinstance(text := props.get(key), str) else "" for key in ("name", "why", "by"))
    return Version(record.id, clock, name, why, by, time_ms)


def versions_of(records: Iterable[Record]) -> list[Version]:
    """The versions among the records of the lane `meta`, oldest moment first."""
    found = (version_of(record) for record in records)
    return sorted((one for one in found if one is not None), key=lambda one: (one.clock, one.time_ms, one.id))


def named(versions: Iterable[Version], name: str) -> Version | None:
    """The version of this name; upper and lower case are the same."""
    return next((one for one in versions if one.name and key_of(one.name) == key_of(name)), None)


def key_of(name: str) -> str:
    """What two names share that count as the same."""
    return name.strip().casefold()


def check_name(name: Any, taken: Container[str]) -> None:
    """Check the name of a version.

    Args:
        taken: the keys of the session's other names (`key_of`).

    Raises:
        ChangeRefused: it can't be the name of another version.
    """
    if not isinstance(name, str) or not name.strip():
        raise _refused("A version needs a name; write a few words.")
    if len(name) > NAME_CHARS:
        raise _refused(
            f"The version's name has {len(name)} characters, and the limit is {NAME_CHARS}; shorten it."
        )
    if _is_number(name):
        raise _refused(f"The name {name!r} would be taken for the number of a change; write a few words.")
    if key_of(name) in taken:
        raise _refused(f"There is a version {name!r} already; choose another name, or rename that one.")


def _refused(sentence: str) -> ChangeRefused:
    return ChangeRefused(Reason.INVALID_VERSION, sentence)


def _is_number(name: str) -> bool:
    try:
        int(name)
    except ValueError:
        return False
    return True


def _count(value: Any) -> int | None:
    return value if type(value) is int and value >= 0 else None
