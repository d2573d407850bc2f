"""The limits that a server announces in ``connection:ack`` and both ends apply (LIM-1 to LIM-7)."""

from __future__ import annotations

import msgspec

ENVELOPE_BYTES = 64 * 1024
"""Room for a change's envelope (clock, names, other keys), subtracted from the message limit."""


class Limits(msgspec.Struct, frozen=True):
    """Limits that keep one participant from harming the others.

    Attributes:
        message_bytes: the longest message, in bytes of UTF-8, in either direction.
        record_bytes: the longest record, as JSON; a page always has room for one.
        page_bytes: the server ends a page or frame once it is longer than this.
        id_chars: the longest record, session, user or property name, in characters.
        depth: how deep a property's value may nest.
        records: how many records a session may hold.
        presence_bytes: the longest presence state of one participant, as JSON.
        participants: how many connections a session may hold.
        session_bytes: how much all records of a session may take: their JSON, and about what their values,
        properties and stamps take in memory in addition.
    """

    message_bytes: int = 1024 * 1024
    record_bytes: int = 512 * 1024
    page_bytes: int = 256 * 1024
    id_chars: int = 128
    depth: int = 32
    records: int = 100_000
    presence_bytes: int = 64 * 1024
    participants: int = 500
    session_bytes: int = 64 * 1024 * 1024

    @property
    def change_bytes(self) -> int:
        """The longest change: it must fit into a message from the server, including the envelope."""
        return self.message_bytes - ENVELOPE_BYTES


OPS_PER_CHANGE = 1000
"""A change has at most this many operations; clients split longer ones (LIM-11) …"""

OPS_PER_RECORD = 100
"""… and at most this many on one record; clients squash them to fewer."""

PROPERTIES = 1000
"""A record has at most this many (LIM-6)."""

CHANGES_PER_PUSH = 1000
"""A push has at most this many changes (LIM-11)."""

VALUES_PER_MESSAGE = 50_000
"""A client's message has at most this many values: each takes the server time to read (LIM-1)."""

VALUES_PER_CHANGE = VALUES_PER_MESSAGE - 1000
"""A change has at most this many, which leaves room for the message around it (LIM-1)."""

LARGEST_NUMBER = 2**53
"""The largest clock or number of a client: the largest integer that all JSON readers keep exactly
(LIM-12)."""

PENDING_BYTES = 64 * 1024 * 1024
"""The most bytes of changes that may wait for the server in one replica (DISK-7)."""

SETTLES = 100
"""A replica settles at most this many former ids; it remembers fewer (LIM-11)."""

PRESENCE_BYTES = 4 * 1024 * 1024
"""The presence of all participants of a session together (PRES-7)."""

RECEIVED_BYTES = 2 * Limits().message_bytes
"""The longest message that a client accepts; the server obeys `Limits.message_bytes`, the rest is margin."""
