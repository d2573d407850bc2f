"""The messages of the grants' log, and the table that they make (OWN-11, OWN-14)."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from optiverse_collab_server.access.grants import StoredGrant
from optiverse_collab_server.storage.jetstream.stream import PART_BYTES

LONG = 500
"""This many messages make a log long, or a tenth of the number of grants, if that is more."""


class Change(msgspec.Struct, frozen=True, omit_defaults=True):
    """A message of the log.

    Attributes:
        write: unlike that of all other changes.
        grants: new or different; `gone` the ids of those that were dropped.
        all: there are no others.
        key: with which all servers sign heads (BACK-1).
        ids: there are no others from the first id on and before the second; an empty one is the end.
    """

    write: str
    grants: list[StoredGrant] = []
    gone: list[str] = []
    all: bool = False
    key: bytes = b""
    ids: tuple[str, str] | None = None


encode = msgspec.json.Encoder().encode
decode = msgspec.json.Decoder(Change).decode


def new_change(grants: Sequence[StoredGrant] = (), gone: Sequence[str] = (), key: bytes = b"") -> Change:
    """A change that no other one is like."""
    return Change(secrets.token_hex(8), [*grants], [*gone], key=key)


def divided(grants: Iterable[StoredGrant]) -> Iterator[list[StoredGrant]]:
    """Grants in portions that fit into a message; at least one, which may be empty."""
    some: list[StoredGrant] = []
    size = 0
    for grant in grants:
        length = len(encode(grant)) + 1
        if some and size + length > PART_BYTES:
            yield some
            some, size = [], 0
        some.append(grant)
        size += length
    yield some


class GrantTable:
    """The grants, as the messages so far have made them.

    Attributes:
        all: the grants, by id.
        key: with which all servers sign.
        last: the number of the last message.
    """

    def __init__(self) -> None:
        self.all: dict[str, StoredGrant] = {}
        self.key = b""
        self.last = 0
        self._count = 0  # of the messages since the first part of a copy

    @property
    def is_long(self) -> bool:
        """Whether the log is long, so that somebody should write a copy of the table into it."""
        return self._count >= max(LONG, len(self.all) // 10)

    def apply(self, number: int, change: Change) -> None:
        """Apply the next message."""
        first, end = ("", "") if change.all else change.ids or ("", "")
        is_copy = change.all or change.ids is not None
        self.last, self._count = number, 0 if is_copy and not first else self._count + 1
        self.key = change.key or self.key
        others = [id for id in self.all if id >= first and (not end or id < end)] if is_copy else change.gone
        for id in others:
            self.all.pop(id, None)
        self.all.update((grant.id, grant) for grant in change.grants)

    def part(self, first: str) -> Change:
        """A part of a copy of the table: the grants from an id on that fit into a message."""
        ids = sorted(id for id in self.all if id >= first)
        grants = next(divided(self.all[id] for id in ids))
        end = ids[len(grants)] if len(grants) < len(ids) else ""
        key = b"" if first else self.key
        whole = not first and not end
        return Change(secrets.token_hex(8), grants, [], whole, key, None if whole else (first, end))
