"""Unsent edits on this computer, left by a window that was closed while its server was down."""

from __future__ import annotations

import secrets

import msgspec

from optiverse_collab.core.client.replica import Replica
from optiverse_collab.core.records import Op
from optiverse_collab.disk.file_format import Hosted
from optiverse_collab.disk.folder import ReplicaFolder
from optiverse_collab.window import folders

DEADLINE_S = 10.0


def folder() -> ReplicaFolder:
    """All replicas that the windows of this test keep."""
    return ReplicaFolder(folders.replica_folder())


def leave_edits(
    session: Replica, address: str, name: str, user_id: str, *ops: Op, hosted: Hosted | None = None
) -> None:
    """Leave somebody's edits, made on top of another replica of the session.

    Args:
        session: a replica with the session's records.
        address: the server's address.
        name: the session's name.
        user_id: the author of the edits.
        ops: operations, each of which becomes one change.
        hosted: how an editor on this computer hosted the session.
    """
    ids = [secrets.token_hex(16)]
    copy = msgspec.structs.replace(session.save(), client_ids=ids, pending=[], held={})
    replica = Replica.restore(copy, secrets.token_hex(16))
    for op in ops:
        replica.edit([op], step=secrets.token_hex(4))
    slots = []
    while True:  # an id that nobody has used
        slot = folder().claim(address, name, user_id)
        slots.append(slot)
        if slot.load() is None:
            break
    if hosted is not None:
        slot.hosted_on(hosted)
    slot.rebase(replica.save(), 1)
    for slot in slots:
        slot.close()
        assert slot.join(DEADLINE_S)
