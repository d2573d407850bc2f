"""Whether a standby's disk has room for what its primary sends (STAND-14)."""

from __future__ import annotations

import shutil
from pathlib import Path

from optiverse_collab_server.storage.failures import explained

RESERVE_BYTES, RESERVE_PART = 1_000_000_000, 10
"""A standby leaves so much free, or a tenth of a small disk. If it is promoted, it needs that to serve."""


class DiskSpace:
    """The free space on the disk of a data folder.

    Args:
        folder: the data folder.

    Attributes:
        is_short: there is less than the reserve; from then on, less than twice as much.
        wanted: how many bytes have to be free now.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.is_short, self.wanted = False, RESERVE_BYTES

    def look(self) -> bool:
        """Look again; returns whether there is too little.

        Raises:
            StorageError: the folder can't be read.
        """
        with explained(self._folder):
            disk = shutil.disk_usage(self._folder)
        reserve = min(RESERVE_BYTES, disk.total // RESERVE_PART)
        self.is_short = disk.free < reserve * (1 + self.is_short)
        self.wanted = reserve * (1 + self.is_short)
        return self.is_short
