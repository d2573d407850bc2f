"""A file with only one person's unsent edits, for somebody who has the right to send them.

It has the format of a replica's file (`file_format`), without its author's secrets: client ids, with which
somebody could impersonate their replica, and addresses.
"""

from __future__ import annotations

from pathlib import Path

from msgspec import structs

from optiverse_collab.core.checks import check_change
from optiverse_collab.core.client.effects import Conflict
from optiverse_collab.core.client.saved import Saved
from optiverse_collab.core.client.unsent import unsent_edits
from optiverse_collab.core.limits import PENDING_BYTES, Limits
from optiverse_collab.disk.file_format import MAGIC, NewerFormat, Owner, Unreadable, new_file, read
from optiverse_collab.disk.frames import Frames
from optiverse_collab.errors import BenchFileError, ChangeRefused

MOST_BYTES = 2 * PENDING_BYTES
"""A longer file contains more than a replica may have."""

NO_EDITS = "{path} has no edits for a session; ask its author for another file."


def write_edits(path: Path, session: str, author: str, saved: Saved) -> None:
    """Write the pending and held changes of a replica.

    Args:
        path: the file; an existing one is overwritten.
        session: the name of its session.
        author: who made the edits.
        saved: the replica.

    Raises:
        BenchFileError: it can't be written.
    """
    ids = {id for change in saved.pending for id in change.ops}
    given = structs.replace(
        saved,
        client_ids=[],
        records=[record for record in saved.records if record.id in ids],
        pending=[structs.replace(change, former=[]) for change in saved.pending],
    )
    parts = new_file(Owner(session, [], author), given, Frames(MAGIC))
    try:
        path.write_bytes(b"".join(parts))
    except OSError as error:
        raise BenchFileError(f"{path} can't be written: {error.strerror or error}.") from None


def read_edits(path: Path) -> tuple[str, list[Conflict]]:
    """The author of the edits in a file, and the edits, for `Replica.hold`.

    Raises:
        BenchFileError: it is not such a file, or can't be read.
    """
    try:
        data = path.read_bytes() if path.stat().st_size <= MOST_BYTES else b""
        contents = read(data)
        edits = [*unsent_edits(contents.saved)]
        for edit in edits:
            check_change([edit.mine], Limits())
    except OSError as error:
        raise BenchFileError(f"{path} can't be read: {error.strerror or error}.") from None
    except (Unreadable, NewerFormat, ChangeRefused, RecursionError):
        raise BenchFileError(NO_EDITS.format(path=path)) from None
    if not edits:
        raise BenchFileError(NO_EDITS.format(path=path))
    return contents.owner.user_id, edits
