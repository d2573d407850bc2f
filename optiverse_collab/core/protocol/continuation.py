"""A replica as a file, from which a server continues its session (HOST-1)."""

from __future__ import annotations

from typing import Literal

import msgspec

from optiverse_collab.core.records import Record

FORMAT: Literal["optiverse-collab-replica"] = "optiverse-collab-replica"


class Continuation(msgspec.Struct, frozen=True):
    """The content of the file, as JSON: all that a replica knows of the session's history.

    Attributes:
        format, version: identify the file.
        session: the session's name.
        epoch, clock, head: the replica's position; the head is 32 hex digits.
        term: of the server that brought it there (CLK-9).
        time_ms: when it was there, ms since 1970 UTC.
        records: the document.
    """

    format: Literal["optiverse-collab-replica"]
    version: Literal[1]
    session: str
    epoch: str
    clock: int
    head: str
    term: int
    time_ms: int
    records: list[Record]
