"""The server on a disk that stalls while its data folder contains a file ``stall``."""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path
from unittest import mock

from optiverse_collab.errors import StorageError
from optiverse_collab_server.cli.main import main
from optiverse_collab_server.storage.database import Append, Database

_append = Database.append


def append_when_it_may(self: Database, appends: Sequence[Append]) -> list[StorageError | None]:
    """Wait as `fsync` does on a network share that does not respond."""
    while (Path(self.file).parent / "stall").exists():
        time.sleep(0.01)
    return _append(self, appends)


if __name__ == "__main__":
    with mock.patch.object(Database, "append", append_when_it_may):
        sys.exit(main())
