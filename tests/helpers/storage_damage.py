"""Ways to damage the rows of a session, and how each is reported.

The session has the key 1. Its entries are rows of their own, and the chunk in question, number 2, has those
from 6 to 8; a chunk 1 has those before it.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import replace

from optiverse_collab_server.storage.directory import read_chunks
from optiverse_collab_server.storage.writing import log_values, write_chunk

Damage = Callable[[sqlite3.Connection], object]


def script(*statements: str) -> Damage:
    """Run statements that leave the checksums alone."""

    def run(connection: sqlite3.Connection) -> None:
        for statement in statements:
            assert connection.execute(statement).rowcount > 0, statement

    return run


def forge_entry(old: bytes, new: bytes) -> Damage:
    """Change the entry 7 and give its row the right checksum."""

    def run(connection: sqlite3.Connection) -> None:
        row = connection.execute(
            "SELECT session, first, last, head, data FROM log WHERE session=1 AND first=7"
        )
        session, first, last, head, data = row.fetchone()
        assert old in data
        values = log_values(session, first, last, head, data.replace(old, new))
        connection.execute(
            "UPDATE log SET data=?, checksum=? WHERE session=1 AND first=7", (values[-2], values[-1])
        )

    return run


def forge_chunk(number: int, **columns: object) -> Damage:
    """Change the row of a chunk and give it the right checksum."""

    def run(connection: sqlite3.Connection) -> None:
        [chunk] = [chunk for chunk in read_chunks(connection, 1) if chunk.number == number]
        write_chunk(connection, replace(chunk, **columns))  # type: ignore[arg-type]

    return run


PART = "session=1 AND chunk=2 AND number"

IN_A_CHUNK: dict[str, tuple[Damage, str]] = {
    "a flipped entry": (
        script("UPDATE log SET data=replace(CAST(data AS TEXT), 'lens', 'Lens') WHERE session=1 AND first=7"),
        "wrong checksum at change 7",
    ),
    "another clock": (
        script("UPDATE log SET last=8 WHERE session=1 AND first=7"),
        "wrong checksum at change 7",
    ),
    "a flipped head": (
        script("UPDATE log SET head=zeroblob(16) WHERE session=1 AND first=7"),
        "wrong checksum at change 7",
    ),
    "a missing entry": (script("DELETE FROM log WHERE session=1 AND first=7"), "change 7 is missing"),
    "a forged entry": (forge_entry(b'"text":"signed"', b'"text":"mine"'), "the chain breaks at change 7"),
    "an entry with another number": (
        forge_entry(b'"clock":7', b'"clock":9'),
        "change 9 is where 7 belongs",
    ),
    "two entries for one": (forge_entry(b"]}", b"]},{}"), "change 7 can't be read"),
    "an entry too many": (
        forge_entry(b"[{", b'[{"clock":7,"origin":0,"author":0},{"clock":8,"origin":0,"author":0},{'),
        "is where 9 belongs",
    ),
    "the next entry too": (
        forge_entry(b'"}}]}]', b'"}}]},{"clock":8,"origin":0,"author":0}]'),
        "there are 2 entries at change 7",
    ),
    "no entry": (forge_entry(b"[{", b"{"), "change 7 can't be read"),
    "a flipped part": (
        script(
            f"UPDATE part SET data=CAST(replace(CAST(data AS TEXT), 'lens', 'Lens') AS BLOB) WHERE {PART}=1"
        ),
        "wrong checksum in part 1 of chunk 2",
    ),
    "a missing part": (script(f"DELETE FROM part WHERE {PART}=2"), "part 2 of chunk 2 is missing"),
    "swapped parts": (
        script(
            f"UPDATE part SET number=1000 WHERE {PART}=1",
            f"UPDATE part SET number=1 WHERE {PART}=2",
            f"UPDATE part SET number=2 WHERE {PART}=1000",
        ),
        "wrong checksum in part 1 of chunk 2",
    ),
    "no JSON": (
        script("UPDATE part SET data=x'00ff' WHERE session=1 AND chunk=2"),
        "wrong checksum in part 1 of chunk 2",
    ),
    "a missing author": (
        script("DELETE FROM name WHERE session=1 AND kind='author' AND number=2"),
        "author 2 is missing",
    ),
    "a missing origin": (
        script("DELETE FROM name WHERE session=1 AND kind='origin' AND number=2"),
        "origin 2 is missing",
    ),
    "a flipped name": (
        script("UPDATE name SET text='Eve' WHERE session=1 AND kind='author' AND number=2"),
        "wrong checksum at author 2",
    ),
    "another start": (forge_chunk(2, head=bytes(16)), "the chain breaks at change 5, where chunk 2 begins"),
    "another clock at the start": (forge_chunk(2, clock=4), "a chunk is missing after change 5"),
    "another end of the chunk before": (
        forge_chunk(1, last_head=bytes(16)),
        "the chain breaks at change 5, where chunk 2 begins",
    ),
    "a flipped chunk": (
        script("UPDATE chunk SET history_start=0 WHERE session=1 AND number=2"),
        "wrong checksum in the row of chunk 2",
    ),
}
"""For the newest chunk, and for any other."""

IN_THE_NEWEST: dict[str, tuple[Damage, str]] = {
    "a missing chunk": (
        script("DELETE FROM chunk WHERE session=1 AND number=2"),
        "the chunk after change 5 is missing",
    ),
    "no chunk": (script("DELETE FROM chunk WHERE session=1"), "its snapshot is missing"),
    "an end": (forge_chunk(2, last=8, last_head=bytes(16)), "the chunk after change 8 is missing"),
}

IN_A_COLD_ONE: dict[str, tuple[Damage, str]] = {
    "a missing chunk": (
        script("DELETE FROM chunk WHERE session=1 AND number=2"),
        "a chunk is missing after change 5",
    ),
    "another end": (
        forge_chunk(2, last_head=bytes(16)),
        "the chain breaks at change 8, where chunk 2 ends",
    ),
    "missing entries at the end": (
        script("DELETE FROM log WHERE session=1 AND first=8"),
        "change 8 is missing",
    ),
}
