"""The server, which begins a chunk every few dozen changes, and takes ``--keep-mb`` for kB."""

from __future__ import annotations

import sys
from unittest import mock

from optiverse_collab_server import chunking
from optiverse_collab_server.cli.main import main
from optiverse_collab_server.storage.housekeeping import Retention


def _small(days: int | None, kilobytes: int | None) -> Retention:
    return Retention(days, None if kilobytes is None else kilobytes * 1_000)


if __name__ == "__main__":
    with mock.patch.object(chunking, "CHUNK_ENTRIES", 40), mock.patch.object(Retention, "of", _small):
        sys.exit(main())
