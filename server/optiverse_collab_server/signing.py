"""The key with which a server signs heads, and the line of the log when a signed head is missing (BACK)."""

from __future__ import annotations

import logging
import secrets
from pathlib import Path

from optiverse_collab.core.protocol.timestamps import timestamp
from optiverse_collab.core.server.effects import BackupNoticed, BroughtBack
from optiverse_collab.disk.durable import write_private
from optiverse_collab.errors import StorageError
from optiverse_collab_server.storage.failures import explained

KEY_NAME, KEY_BYTES = "signing.key", 32

log = logging.getLogger("optiverse_collab_server")


def signing_key(data: Path) -> bytes:
    """The key in a data folder; created if there is none.

    Args:
        data: the folder; created if there is none.

    Raises:
        StorageError: the file can't be read or written, or is damaged.
    """
    file = data / KEY_NAME
    with explained(file):
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not file.exists():
            write_private(file, secrets.token_bytes(KEY_BYTES), replace=False)
        key = file.read_bytes()
    if len(key) != KEY_BYTES:
        raise StorageError(
            f"The key {file} is damaged. Restore it from a backup; or delete it, and the server makes "
            "another one, which can't show that a backup from before lacks changes."
        )
    return key


def keep_key(data: Path, key: bytes) -> None:
    """Replace the key in a data folder.

    Raises:
        StorageError: it can't be written.
    """
    with explained(data / KEY_NAME):
        write_private(data / KEY_NAME, key)


def log_backup(noticed: BackupNoticed, session_id: str, name: str) -> None:
    """Warn that a session was restored from a backup that lacks changes.

    Args:
        noticed: what is missing.
        session_id: the session's name.
        name: of the participant who has them.
    """
    how = (
        "Its window is asked for them"
        if noticed.is_asked
        else f"If there is a newer backup, restore that one; otherwise ask {name} to bring the changes back"
    )
    backup = "the time before its first change" if noticed.backup == timestamp(0) else noticed.backup
    log.warning(
        "Session %s was restored from a backup of %s, or a standby took over then. It lacks at least %d "
        "change(s) made until %s, which %s has. %s",
        session_id,
        backup,
        noticed.missing,
        noticed.until,
        name,
        how,
    )


def log_brought_back(effect: BroughtBack, session_id: str) -> None:
    """Report that a session has lost changes again."""
    lost = "Session %s: %d change(s) that it had lost came back from the window(s) of %s"
    log.warning(lost, session_id, effect.changes, ", ".join(effect.by))
