"""Whose the data folder is: what root writes in another user's folder, that user's server can't use."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from optiverse_collab.errors import StorageError
from optiverse_collab_server.storage.failures import explained


def check_user(data: Path) -> None:
    """Refuse to work as root in a folder that belongs to another user.

    Args:
        data: the data folder; it need not be there yet.

    Raises:
        StorageError: this process runs as root, and the folder belongs to another user.
    """
    if sys.platform == "win32" or os.geteuid() != 0:
        return
    with explained(data):
        if not data.exists():
            return
        owner = data.stat().st_uid
    if owner != 0:
        name = _name_of(owner)
        raise StorageError(
            f"{data} belongs to the user {name}, whose server could not use the files that root writes "
            f"there. Run the command as that user: put 'runuser -u {name} --' or 'sudo -u {name}' before it."
        )


def _name_of(user: int) -> str:
    """The name of a user; the number with # if it has none, as in a container."""
    import pwd  # Windows has none

    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return f"#{user}"
